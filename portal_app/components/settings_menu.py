"""The menu of all settings, and the frame that every page of them stands in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.scripts import own_script
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import Child, button_link, missing_page, page_link, plain_link
from portal_app.text import _, pgettext

MENU = "settings-menu"


class SectionSpy(rx.Component):
    """`section_spy.jsx`: lights the entry of the section in sight; `content` says when the sections are there."""

    library = own_script("section_spy.jsx")
    tag = "SectionSpy"

    menu: rx.Var[str]
    content: rx.Var[Any]


def settings_shell(
    current: str,
    title: Text,
    *content: Child,
    is_missing: Any,
    sub: Text,
    acts: tuple[Child, ...] = (),
    turn: Any = 0,
) -> rx.Component:
    """A page of the settings, for whom it is there; `current` is its entry of the menu, "" for the sections' page,
    whose `turn` changes when they are there."""
    page = rx.fragment(
        page_head(title, *acts, sub=rx.fragment(sub), ruled=True),
        rx.el.div(_menu(current), rx.el.div(*content, class_name="settings-page"), class_name="settings"),
        SectionSpy.create(menu=MENU, content=turn),
    )
    return shell("settings", rx.cond(is_missing, missing(), page))


def missing() -> rx.Component:
    """What a member sees where settings are."""
    return missing_page(
        _("There is no such page"),
        _("The address may be mistyped, or the page is for admins and owners."),
        button_link(_("Go to triage"), routes.TRIAGE),
    )


def _menu(current: str) -> rx.Component:
    sections = [
        _section(name, word, is_here=not current)
        for name, word in (
            ("firm", pgettext("settings", "Firm")),
            ("portal", pgettext("settings", "Portal")),
            ("security", pgettext("settings", "Security")),
            ("files", pgettext("settings", "Files")),
            ("email", pgettext("settings", "E-mail")),
            ("reminders", pgettext("settings", "Reminders")),
            ("automations", _("Automations")),
        )
    ]
    sections.insert(2, _page("branding", routes.SETTINGS_BRANDING, pgettext("settings", "Branding"), current))
    pages = [
        _page("team", routes.SETTINGS_TEAM, pgettext("settings", "Team"), current),
        _page("sign-in", routes.SETTINGS_SIGN_IN, pgettext("settings", "Sign-in"), current),
        _page("texts", routes.SETTINGS_EMAIL, _("Texts of the e-mails"), current),
        _page("introduction", routes.SETTINGS_INTRODUCTION, pgettext("settings", "Introduction"), current),
        _page("help", routes.SETTINGS_HELP, pgettext("settings", "Help page"), current),
    ]
    return rx.el.nav(*sections, *pages, id=MENU, aria_label=_("Settings"))


def _section(name: str, word: Text, *, is_here: bool) -> rx.Component:
    if is_here:
        return plain_link(word, href=f"#{name}")
    return page_link(word, to=f"{routes.SETTINGS}#{name}")


def _page(name: str, to: str, word: Text, current: str) -> rx.Component:
    return page_link(word, to=to, custom_attrs={"aria-current": "page"} if name == current else {})
