"""The help page for clients, for admins and owners to write."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.settings_menu import settings_shell
from portal_app.components.staff_forms import dialog, error_of
from portal_app.components.staff_parts import (
    bones,
    button,
    note,
    plain_link,
    tab,
    tabs,
    tag,
    waiting,
)
from portal_app.pages._frames import staff_page
from portal_app.services.firm.help_texts import LONGEST_BODY, LONGEST_TITLE
from portal_app.state.help_texts import BACK, HelpTextsState
from portal_app.text import N_, _, pgettext

S: Any = HelpTextsState


@staff_page(routes.SETTINGS_HELP, title=N_("Help page for clients"), on_load=S.load)
def settings_help() -> rx.Component:
    """Every section in the order of the page, each with a form of its own."""
    return settings_shell(
        "help",
        _("Help page for clients"),
        rx.cond(S.view.trouble != "", note(S.view.trouble, tone="late")),
        tabs(_language("fr", "Français"), _language("en", "English"), label=_("Language of the page")),
        rx.cond(
            S.is_loaded,
            rx.el.div(rx.foreach(S.view.sections, _section), class_name="help-texts", key=S.turn),
            rx.el.div(waiting(), bones(8), class_name="part"),
        ),
        dialog(
            _("Back to the standard text?"),
            rx.el.p(_("Your words of this section are gone then."), class_name="fields"),
            rx.el.div(
                button(_("Cancel"), on_click=S.leave),
                button(_("Back to the standard text"), kind="stop", on_click=S.back),
                class_name="dfoot",
            ),
            on_leave=S.leave,
            is_open=S.dialog == BACK,
        ),
        is_missing=S.is_missing,
        sub=_(
            "Open to everybody, and linked from every client page and e-mail. Empty a text, and the standard one is back."
        ),
        acts=(plain_link(_("See the page"), href=S.view.href, class_name="btn"),),
    )


def _language(language: str, name: str) -> rx.Component:
    return tab(
        rx.el.span(name, lang=language),
        is_current=S.view.locale == language,
        to=f"{routes.SETTINGS_HELP}?language={language}",
    )


def _section(one: Any) -> rx.Component:
    title, body = rx.Var.create("title-") + one.key, rx.Var.create("body-") + one.key
    return rx.el.form(
        rx.el.input(type="hidden", name="section", value=one.key),
        rx.el.div(
            rx.el.label(
                pgettext("help page", "Title"),
                rx.cond(one.is_own, rx.fragment(" ", tag(pgettext("e-mail", "changed")))),
                html_for=title,
            ),
            rx.el.input(
                id=title, name="title", class_name="in", default_value=one.title, max_length=LONGEST_TITLE
            ),
            error_of(title, _wrong(one, "title")),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(pgettext("help page", "Text"), html_for=body),
            rx.el.textarea(
                id=body,
                name="body",
                class_name="in",
                rows="6",
                default_value=one.body,
                max_length=LONGEST_BODY,
            ),
            rx.el.p(
                _("**bold**, *italic*, lines that begin with - or 1., and addresses of pages."),
                class_name="hint",
            ),
            error_of(body, _wrong(one, "body")),
            class_name="field",
        ),
        rx.el.div(
            button(_("Save"), type="submit"),
            rx.cond(
                one.is_own,
                button(_("Back to the standard text"), kind="bare", on_click=S.ask_back(one.key)),
            ),
            class_name="acts",
        ),
        on_submit=S.save,
        no_validate=True,
        class_name="part",
        lang=S.view.locale,
        key=one.key,
    )


def _wrong(one: Any, name: str) -> rx.Var[Any]:
    return rx.cond((S.wrong_in == one.key) & (S.wrong_field == name), S.wrong_text, "")
