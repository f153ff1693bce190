"""What client pages are made of: masthead, signs, the firm's contact, files, foot (9.2, 9.4)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portal_app import routes
from portal_app.assets import SOURCE
from portal_app.components.plain_form import plain_form
from portal_app.text import _, locale

Text = rx.Var[str] | str


@cache
def _symbols() -> str:
    sprite = (SOURCE / "icons" / "client.svg").read_text(encoding="utf-8")
    return "".join(re.findall(r"<symbol.*?</symbol>", sprite, re.DOTALL))


def sprite() -> rx.Component:
    """The signs of the page, once."""
    return rx.el.svg(
        style={"display": "none"},
        custom_attrs={"aria-hidden": "true", "dangerouslySetInnerHTML": {"__html": _symbols()}},
    )


def sign(name: Text, class_name: str = "") -> rx.Component:
    """One sign; decoration, since words stand beside it."""
    href = f"#{name}" if isinstance(name, str) else "#" + name.to(str)
    return rx.el.svg(rx.el.svg.use(href=href), class_name=class_name, custom_attrs={"aria-hidden": "true"})


def plain_link(*children: Any, href: Text, **props: Any) -> rx.Component:
    """A link that the browser follows by itself: the next document shows its first view at once."""
    return A.create(*children, href=href, **props)


def masthead(firm_name: Text, home: Text, *links: rx.Component, logo: Any) -> rx.Component:
    """The firm's logo or its name, and the way in or out."""
    shown = rx.el.img(
        src=logo.url,
        width=logo.width,
        height=logo.height,
        alt=firm_name,
        custom_attrs={"srcSet": rx.cond(logo.srcset != "", logo.srcset, rx.Var("undefined"))},
    )
    name = rx.cond(logo.url != "", shown, firm_name)
    return rx.el.header(
        rx.el.div(plain_link(name, href=home, class_name="brand"), *links, class_name="wrap"),
        class_name="mast",
    )


def state_words(line: Any) -> rx.Component:
    """A state: a sign where it has one, and words."""
    return rx.el.span(
        rx.cond(line.sign != "", sign(line.sign)), line.state, class_name="state " + line.tone.to(str)
    )


def client_nav(current: str, class_name: str = "tabs") -> rx.Component:
    """The signed-in pages: at the thumb on a phone, in the masthead above it; `current` is this page's address."""
    places = (
        (routes.HOME, "home", _("Home")),
        (routes.DOCUMENTS, "folder", _("Documents")),
        (routes.HISTORY, "clock", _("History")),
        (routes.ACCOUNT, "account", _("Account")),
    )
    return rx.el.nav(
        *[
            plain_link(
                sign(drawing),
                word,
                href=href,
                custom_attrs={"aria-current": "page"} if href == current else {},
            )
            for href, drawing, word in places
        ],
        class_name=class_name,
        aria_label=_("Client portal"),
    )


def client_news(page: Any) -> rx.Component:
    """What the firm told, newest first: a press marks one read and leads there (9.6)."""
    news = page.news
    read_all = plain_form(
        rx.el.input(type="hidden", name="next", value=page.here),
        rx.el.button(_("Mark all as read"), class_name="link", type="submit"),
        action=routes.NOTICES_READ,
    )
    bell = rx.el.details(
        rx.el.summary(sign("bell"), rx.cond(news.count != "", rx.el.b(news.count)), aria_label=news.said),
        rx.el.ul(
            rx.foreach(news.lines, _notice),
            rx.cond(
                news.lines.length() == 0,
                rx.el.li(rx.el.p(_("What the firm sends or shares shows here."), class_name="quiet")),
            ),
            rx.el.li(
                rx.cond(news.count != "", read_all),
                plain_link(_("How I am told"), href=routes.ACCOUNT + "#notifications"),
                class_name="ends",
            ),
            aria_label=_("Notifications"),
        ),
        class_name="who bell",
        id="bell",
    )
    said = rx.el.span(rx.cond(news.count != "", news.said, ""), role="status", class_name="sr")
    return rx.cond(news.is_there, rx.fragment(bell, said))


def _notice(line: Any) -> rx.Component:
    button = rx.el.button(
        rx.cond(line.is_new, rx.fragment(sign("new", "ok"), rx.el.span(_("New:"), class_name="sr"))),
        rx.el.b(line.text),
        rx.cond(line.quote != "", rx.el.q(line.quote)),
        rx.el.span(line.more, class_name="quiet"),
        type="submit",
    )
    return rx.el.li(plain_form(button, action="/notices/" + line.id.to(str)), key=line.id)


def client_switcher(page: Any) -> rx.Component:
    """Which client is shown and what waits at the others; with one client, just the way out (2.2, 9.2)."""
    several = rx.el.details(
        rx.el.summary(rx.el.b(rx.el.span(_("Change client, shown: "), class_name="sr"), page.about)),
        rx.el.ul(
            rx.foreach(page.clients, lambda one: _client(one, page.here)),
            rx.el.li(_way_out(page, sign("out"))),
        ),
        class_name="who",
        id="who",
    )
    return rx.cond(page.clients.length() > 1, several, _way_out(page))


def _client(client: Any, here: Any) -> rx.Component:
    button = rx.el.button(
        rx.cond(client.is_shown, sign("yes", "ok")),
        rx.el.b(client.name),
        rx.el.span(client.waits, class_name="quiet"),
        type="submit",
        custom_attrs={"aria-current": rx.cond(client.is_shown, "true", "false")},
    )
    return rx.el.li(
        show_client(client, button, here=here),
        key=client.id,
    )


def _way_out(page: Any, *signs: rx.Component) -> rx.Component:
    button = rx.el.button(*signs, rx.el.span(_("Sign out")), class_name="link", type="submit")
    return plain_form(button, action=page.sign_out_url)


def show_client(client: Any, *children: rx.Component, here: Any = routes.HOME) -> rx.Component:
    """A form that lets home open with this client; from the documents it leads back to them."""
    chosen = rx.el.input(type="hidden", name="client", value=client.id)
    back = rx.el.input(type="hidden", name="next", value=here)
    return plain_form(chosen, back, *children, action=routes.HOME_CLIENT)


def bones() -> rx.Component:
    """Still lines where the page will stand."""
    lines = [rx.el.div(class_name="bone") for _line in range(6)]
    return rx.el.main(*lines, class_name="page", aria_busy="true")


def firm_contact(view: Any) -> rx.Component:
    """Who helps, wherever one can be stuck (1.14)."""
    return rx.el.section(
        rx.el.h2(_("Any questions?")),
        rx.cond(
            view.person != "",
            rx.el.p(_("{name} looks after your file.").format(name=view.person), class_name="quiet"),
        ),
        rx.el.ul(
            rx.cond(
                view.support_phone != "",
                rx.el.li(plain_link(sign("tel"), view.support_phone, href=view.phone_url)),
            ),
            rx.cond(
                view.support_email != "",
                rx.el.li(
                    plain_link(
                        sign("mail"), _("Write to the firm"), href="mailto:" + view.support_email.to(str)
                    )
                ),
            ),
        ),
        class_name="firm",
    )


def foot(view: Any) -> rx.Component:
    """Help, the other language, and where the firm is."""
    other = "en" if locale() == "fr" else "fr"
    return rx.el.footer(
        rx.el.div(
            plain_link(_("Help"), href=view.help_url),
            plain_link(
                "English" if other == "en" else "Français",
                href=f"/language/{other}?next=" + view.here.to(str),
                lang=other,
            ),
            rx.el.p(view.firm_line),
            class_name="wrap",
        ),
        class_name="foot",
    )


def art(picture: rx.Var[str]) -> rx.Component:
    """The picture on the hero, in HTML of our own making (`domain.brand.hero_picture`)."""
    return rx.el.div(
        class_name="art", custom_attrs={"dangerouslySetInnerHTML": rx.Var.create({"__html": picture})}
    )


def accent(css: rx.Var[str]) -> rx.Component:
    """The firm's colour, for both schemes."""
    return rx.el.style(css)
