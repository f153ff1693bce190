"""The words of each e-mail to clients, for admins and owners."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.staff_forms import dialog, field, text_area, text_in
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import (
    bones,
    button,
    button_link,
    missing_page,
    named,
    note,
    page_link,
    tab,
    tabs,
    tag,
    waiting,
)
from portal_app.domain.email_texts import LONGEST_BODY, LONGEST_SUBJECT
from portal_app.pages._frames import staff_page
from portal_app.state.email_texts import BACK, EmailTextsState
from portal_app.text import N_, _, pgettext

S: Any = EmailTextsState
HERE = routes.SETTINGS_EMAIL


@staff_page(routes.SETTINGS_EMAIL, title=N_("Texts of the e-mails"), on_load=S.load)
def settings_email() -> rx.Component:
    """One e-mail at a time: its words on the left, how it arrives on the right."""
    return shell("settings", rx.cond(S.is_missing, _missing(), _page()))


def _missing() -> rx.Component:
    return missing_page(
        _("There is no such page"),
        _("The address may be mistyped, or the page is for admins and owners."),
        button_link(_("Go to triage"), routes.TRIAGE),
    )


def _page() -> rx.Component:
    return rx.fragment(
        page_head(
            _("Texts of the e-mails"),
            sub=rx.fragment(
                _("What clients read, in each language. A change holds from the next e-mail on.")
            ),
            crumbs=((_("Settings"), routes.SETTINGS),),
            ruled=True,
        ),
        rx.el.div(
            rx.el.nav(rx.foreach(S.view.emails, _entry), aria_label=pgettext("settings", "E-mails")),
            rx.cond(S.is_loaded, _one(), rx.el.div(waiting(), bones(8), class_name="part")),
            class_name="settings texts",
        ),
        _asks(),
    )


def _entry(entry: Any) -> rx.Component:
    language = "&language=" + S.view.locale.to(str)
    return page_link(
        entry.name,
        rx.cond(entry.is_own, rx.fragment(" ", tag(pgettext("e-mail", "changed")))),
        to=f"{HERE}?event=" + entry.event + language,
        custom_attrs={"aria-current": rx.cond(entry.event == S.view.event, "true", rx.Var("undefined"))},
        key=entry.event,
    )


def _one() -> rx.Component:
    return rx.el.section(
        rx.el.h2(S.view.name, id="text-title"),
        tabs(_language("fr", "Français"), _language("en", "English"), label=_("Language of the e-mail")),
        rx.el.div(_form(), _preview(), class_name="writing"),
        class_name="part",
        aria_labelledby="text-title",
    )


def _language(language: str, name: str) -> rx.Component:
    return tab(
        rx.el.span(name, lang=language),
        is_current=S.view.locale == language,
        to=f"{HERE}?event=" + S.view.event + f"&language={language}",
    )


def _form() -> rx.Component:
    return rx.el.form(
        field(
            "subject",
            _("Subject"),
            text_in(
                "subject",
                error=_wrong("subject"),
                default_value=S.view.subject,
                max_length=LONGEST_SUBJECT,
                on_change=lambda written: S.draft("subject", written).debounce(400),
                on_blur=lambda written: S.draft("subject", written),
                lang=S.view.locale,
            ),
            error=_wrong("subject"),
        ),
        field(
            "body",
            pgettext("e-mail", "Text"),
            text_area(
                "body",
                error=_wrong("body"),
                rows=14,
                default_value=S.view.body,
                max_length=LONGEST_BODY,
                on_change=lambda written: S.draft("body", written).debounce(400),
                on_blur=lambda written: S.draft("body", written),
                lang=S.view.locale,
            ),
            hint=S.view.after,
            error=_wrong("body"),
        ),
        rx.el.div(
            button(_("Save"), kind="main", type="submit"),
            button(_("Send a test to myself"), drawing="mail", on_click=S.test, title=S.view.address),
            rx.cond(S.view.is_own, button(_("Back to the standard text"), kind="bare", on_click=S.ask_back)),
            class_name="acts",
        ),
        rx.el.h3(_("Placeholders"), class_name="label"),
        rx.el.dl(rx.foreach(S.view.places, _place), class_name="places"),
        on_submit=S.save,
        no_validate=True,
        key=S.turn,
    )


def _wrong(name: str) -> rx.Var[Any]:
    return rx.cond(S.wrong_field == name, S.wrong_text, "")


def _place(place: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(rx.el.code(place.mark)),
        rx.el.dd(
            place.meaning, rx.cond(place.is_required, rx.fragment(" ", tag(pgettext("e-mail", "required"))))
        ),
        key=place.mark,
    )


def _preview() -> rx.Component:
    return rx.el.div(
        rx.el.h3(_("How it arrives"), class_name="label"),
        rx.cond(S.preview.wrong != "", note(S.preview.wrong)),
        rx.el.div(
            rx.el.dl(
                rx.el.dt(_("From")),
                rx.el.dd(S.preview.from_line),
                rx.el.dt(_("Replies to")),
                rx.el.dd(S.preview.reply_to),
                rx.el.dt(_("Subject")),
                rx.el.dd(S.preview.subject),
                class_name="props",
            ),
            # Sandboxed without any right: the e-mail is looked at, nothing in it runs or leads anywhere.
            rx.el.iframe(
                src_doc=S.preview.html, sandbox="", title=_("The e-mail"), class_name="sheet", tab_index=-1
            ),
            class_name="mail",
        ),
        rx.el.details(
            rx.el.summary(_("Text part, for mail apps without HTML")),
            rx.el.pre(S.preview.text, lang=S.view.locale),
            class_name="plain-part",
        ),
        rx.el.p(_("With invented names; the links open nothing."), class_name="hint"),
    )


def _asks() -> rx.Component:
    return dialog(
        _("Back to the standard text?"),
        rx.el.p(
            named(_("Your words for “{name}” in this language are gone then."), S.view.name),
            class_name="fields",
        ),
        rx.el.div(
            button(_("Cancel"), on_click=S.leave),
            button(_("Back to the standard text"), kind="stop", on_click=S.back),
            class_name="dfoot",
        ),
        on_leave=S.leave,
        is_open=S.dialog == BACK,
    )
