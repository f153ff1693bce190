"""The parts of Settings › Branding: the logo, the hero, and the frames in which one looks at both (1.4, 1.5)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.scripts import own_script
from portal_app.components.settings_parts import part
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import note
from portal_app.domain import brand
from portal_app.state.branding import BrandingState
from portal_app.text import _, pgettext

S: Any = BrandingState


class _PictureUpload(rx.Component):
    """`picture_upload.jsx`."""

    library = own_script("picture_upload.jsx")
    tag = "PictureUpload"

    use: rx.Var[str]
    words: rx.Var[dict[str, str]]
    most: rx.Var[int]
    described_by: rx.Var[str]
    on_taken: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


def _placed(x: rx.Var[int], y: rx.Var[int]) -> tuple[rx.Var[int], rx.Var[int]]:
    """Percent from the left and from the top."""
    return x, y


class _FocalPoint(rx.Component):
    """`focal_point.jsx`."""

    library = own_script("focal_point.jsx")
    tag = "FocalPoint"

    src: rx.Var[str]
    width: rx.Var[int]
    height: rx.Var[int]
    x: rx.Var[int]
    y: rx.Var[int]
    words: rx.Var[dict[str, str]]
    on_place: rx.EventHandler[_placed]  # type: ignore[type-arg, valid-type]


def logo_part() -> rx.Component:
    """The firm's name, or its logo: as clients see it on light and on dark."""
    best = "\u00a0×\u00a0".join(str(side) for side in brand.BEST_LOGO)
    return part(
        "logo",
        _("Logo"),
        _either(
            "logo", _("At the top left"), _("Firm’s name"), _("Logo image"), S.view.has_logo, S.view.logo
        ),
        rx.el.div(
            rx.cond(
                S.view.logo.url != "",
                rx.fragment(_plate("light"), _plate("dark"), _about(S.view.logo)),
                rx.el.p(_("No logo yet: the firm’s name stands in its place."), class_name="m"),
            ),
            _upload("logo", S.view.logo),
            class_name="boxed image-box",
        ),
        rx.el.p(
            _(
                "Best is {best} pixels or more, as PNG with a transparent ground. PNG, JPEG, WebP or HEIC, "
                "up to {n} MB. Empty borders are cut off."
            ).format(best=best, n=brand.LARGEST_MB),
            class_name="hint",
            id="logo-hint",
        ),
        _warnings(S.view.logo),
        sub=_("One logo for pages, e-mails, invoices and receipts."),
    )


def hero_part() -> rx.Component:
    """A preset colour, or an image with its focal point."""
    best = "\u00a0×\u00a0".join(str(side) for side in brand.BEST_HERO)
    return part(
        "hero",
        _("Colour and hero"),
        rx.el.fieldset(
            rx.el.legend(_("Colour"), class_name="label"),
            rx.el.div(rx.foreach(S.view.colours, _swatch), class_name="swatches"),
            rx.el.p(S.view.colour_text, class_name="hint", custom_attrs={"aria-live": "polite"}),
            class_name="field",
        ),
        _either(
            "hero", _("Hero of the client’s home"), _("Colour"), _("Image"), S.view.has_hero, S.view.hero
        ),
        rx.el.div(
            rx.cond(
                S.view.hero.url != "",
                rx.fragment(_focal(), _about(S.view.hero)),
                rx.el.p(_("No image yet: the hero is the plain colour."), class_name="m"),
            ),
            _upload("hero", S.view.hero),
            class_name="boxed image-box",
        ),
        rx.el.p(
            _(
                "Best is {best} pixels or more, a quiet photo without words. PNG, JPEG, WebP or HEIC, up to {n} MB."
            ).format(best=best, n=brand.LARGEST_MB),
            class_name="hint",
            id="hero-hint",
        ),
        rx.cond(S.view.hero.veil != "", rx.el.p(S.view.hero.veil, class_name="hint")),
        _warnings(S.view.hero),
        sub=_("The colour is for buttons, links and the hero, the band that greets clients at home."),
    )


def preview_part() -> rx.Component:
    """The real pages in frames, on a desktop and on a phone."""
    return part(
        "preview",
        _("As clients see it"),
        rx.el.div(
            _choice("page", _("What is shown"), S.shown, S.look_at, _pages()),
            _choice("speech", _("Language"), S.language, S.speak, (("fr", "Français"), ("en", "English"))),
            class_name="acts",
        ),
        rx.el.div(
            _frame("desktop", _("On a desktop")),
            _frame("phone", _("On a phone")),
            class_name="frames",
        ),
        sub=_("With invented names. Every change shows here at once."),
    )


def _either(use: str, label: Text, without: Text, with_it: Text, is_on: Any, image: Any) -> rx.Component:
    """The image, or what stands there without one."""

    def one(word: Text, turns_on: bool) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name=f"{use}-shown",
                class_name="vh",
                checked=is_on if turns_on else ~is_on,
                disabled=(image.url == "") if turns_on else False,
                on_change=S.show_image(use, turns_on),
            ),
            word,
        )

    return rx.el.fieldset(
        rx.el.legend(label, class_name="label"),
        rx.el.div(one(without, False), one(with_it, True), class_name="seg"),
        class_name="field",
    )


def _plate(scheme: str) -> rx.Component:
    """The logo at its true size, as a page begins."""
    logo = S.view.shown_logo
    return rx.el.div(
        rx.el.img(
            src=logo.url,
            width=logo.width,
            height=logo.height,
            alt=_("The logo on a light page") if scheme == "light" else _("The logo on a dark page"),
        ),
        class_name=f"plate {scheme}",
    )


def _about(image: Any) -> rx.Component:
    return rx.el.p(
        rx.el.span(image.name, class_name="file-name"),
        rx.el.br(),
        rx.el.span(image.detail, class_name="fine m"),
    )


def _upload(use: str, image: Any) -> rx.Component:
    words = {
        "busy": _("Uploading…"),
        "failed": _("The image did not arrive. Check the connection and choose it again."),
        "tooLarge": _("This file is too large: {n} MB at most. Save it smaller, and choose it anew.").format(
            n=brand.LARGEST_MB
        ),
    }
    first, another = (
        (_("Upload a logo"), _("Upload another logo"))
        if use == "logo"
        else (_("Upload an image"), _("Upload another image"))
    )
    return _PictureUpload.create(
        use=use,
        words=rx.cond(image.url != "", words | {"upload": another}, words | {"upload": first}),
        most=brand.LARGEST_MB << 20,
        described_by=f"{use}-hint",
        on_taken=S.taken,
    )


def _warnings(image: Any) -> rx.Component:
    return rx.foreach(image.warnings, lambda text: note(text))


def _swatch(one: Any) -> rx.Component:
    return rx.el.input(
        type="radio",
        name="accent",
        aria_label=one.name,
        title=one.text,
        checked=one.is_chosen,
        on_change=S.choose_colour(one.key),
        style={"--c": one.colour},
        key=one.key,
    )


def _focal() -> rx.Component:
    image = S.view.hero
    words = {
        "group": _("What of the image stays in sight"),
        "image": _("The whole image"),
        "across": _("From left to right"),
        "down": _("From top to bottom"),
        "phone": _("On a phone"),
        "desktop": _("On a desktop"),
    }
    return rx.fragment(
        rx.el.p(_("Press on what should stay in sight, or use the sliders."), class_name="hint"),
        _FocalPoint.create(
            src=image.url,
            width=image.width,
            height=image.height,
            x=image.x,
            y=image.y,
            words=words,
            on_place=S.place_focus,
        ),
    )


def _pages() -> tuple[tuple[str, str], ...]:
    return (
        ("home", _("Home")),
        ("sign-in", pgettext("branding", "Sign-in page")),
        ("email", pgettext("branding", "E-mail")),
    )


def _choice(
    name: str, label: Text, value: Any, choose: Any, choices: tuple[tuple[str, str], ...]
) -> rx.Component:
    labels = [
        rx.el.label(
            rx.el.input(
                type="radio", name=name, class_name="vh", checked=value == key, on_change=choose(key)
            ),
            rx.el.span(word, lang=key) if name == "speech" else word,
        )
        for key, word in choices
    ]
    return rx.el.div(*labels, class_name="seg", role="radiogroup", aria_label=label)


def _frame(device: str, caption: Text) -> rx.Component:
    """Nothing in it can be pressed: it is looked at, and the sandbox lets nothing run."""
    base = routes.to(routes.BRAND_PREVIEW, page="")
    src = rx.Var.create(base) + S.shown + "?language=" + S.language + "&turn=" + S.turn.to_string()
    return rx.el.figure(
        rx.el.div(
            rx.cond(
                S.is_loaded,
                rx.el.iframe(
                    src=src,
                    sandbox="allow-same-origin",
                    title=caption,
                    tab_index=-1,
                    custom_attrs={"inert": True},
                ),
            ),
            class_name=f"screen {device}",
            role="img",
            aria_label=caption,
        ),
        rx.el.figcaption(caption, class_name="hint"),
    )
