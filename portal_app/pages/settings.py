"""The firm's settings, for admins and owners."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.settings_parts import (
    choice_setting,
    kind_setting,
    line_setting,
    part,
    prose_setting,
)
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import bones, button_link, empty, note, plain_link, waiting
from portal_app.pages._frames import staff_page
from portal_app.state.settings import SettingsState
from portal_app.text import N_, _, pgettext

S: Any = SettingsState


@staff_page(routes.SETTINGS, title=N_("Settings"), on_load=S.load)
def settings() -> rx.Component:
    """*Firm* and *Files*; for a member there is no such page."""
    return shell("settings", rx.cond(S.is_missing, _missing(), _page()))


def _missing() -> rx.Component:
    return empty(
        _("There is no such page"),
        _("The address may be mistyped, or the page is for admins and owners."),
        button_link(_("Go to triage"), routes.TRIAGE),
    )


def _page() -> rx.Component:
    return rx.fragment(
        page_head(
            _("Settings"),
            sub=rx.fragment(
                _("Changes take effect as soon as you leave a field, and are kept in the audit log.")
            ),
            ruled=True,
        ),
        rx.el.div(
            rx.el.nav(
                plain_link(pgettext("settings", "Firm"), href="#firm"),
                plain_link(pgettext("settings", "Files"), href="#files"),
                aria_label=_("Settings"),
            ),
            rx.cond(
                S.is_loaded,
                rx.el.div(_firm(), _files(), key=S.turn),
                rx.el.div(waiting(), bones(8), class_name="part"),
            ),
            class_name="settings",
        ),
    )


def _firm() -> rx.Component:
    return part(
        "firm",
        pgettext("settings", "Firm"),
        line_setting(
            "name",
            _("Firm’s name"),
            _("Clients see it on every page and in every e-mail. Addresses of pages stay as they are."),
            max_length=200,
            auto_complete="organization",
        ),
        prose_setting(
            "address", _("Address"), _("At the foot of pages and e-mails."), rows=3, max_length=500
        ),
        rx.el.div(
            choice_setting(
                "time_zone",
                _("Time zone"),
                rx.foreach(S.zones, lambda zone: rx.el.option(zone, value=zone)),
                hint=S.view.zone_text,
            ),
            choice_setting(
                "locale",
                _("Language"),
                rx.el.option(_("French"), value="fr"),
                rx.el.option(_("English"), value="en"),
                hint=S.view.language_text,
            ),
            class_name="half",
        ),
        rx.el.div(
            _address_line(
                "support_email", _("Support e-mail"), _("Where clients are stuck, they can write here.")
            ),
            line_setting(
                "support_phone",
                _("Support phone"),
                _("Where clients are stuck, they can call here."),
                type="tel",
                max_length=40,
                auto_complete="off",
            ),
            class_name="half",
        ),
        _address_line("sender_email", _("Sender’s address"), S.view.sender_text),
        sub=_("Who you are to your clients, and how they reach you."),
    )


def _address_line(setting: Any, label: str, hint: Any) -> rx.Component:
    return line_setting(
        setting, label, hint, type="email", max_length=254, auto_complete="off", spell_check=False
    )


def _files() -> rx.Component:
    return part(
        "files",
        pgettext("settings", "Files"),
        rx.el.div(
            _number("largest_file_mb", _("Largest file, MB"), S.view.largest_text),
            _number("task_total_mb", _("Total per task, MB"), S.view.total_text),
            _number("retention_days", _("Deleted files kept, days"), S.view.retention_text),
            class_name="half",
        ),
        rx.cond(S.view.limits_note != "", note(S.view.limits_note)),
        _kinds(),
        line_setting(
            "endings",
            _("Other endings refused"),
            _("Such as zip, rar. By the name alone; what is here already stays."),
            key=S.view.endings,
            max_length=2000,
            auto_complete="off",
            spell_check=False,
        ),
        sub=_("Clients are told the limits before they choose a file, and the reason when one is refused."),
    )


def _number(setting: Any, label: str, hint: Any) -> rx.Component:
    return line_setting(setting, label, hint, input_mode="numeric", max_length=7, auto_complete="off")


def _kinds() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(_("Kinds refused"), class_name="label"),
        rx.el.p(
            _(
                "By the ending of the name and by what is inside, whatever the name. What you take, "
                "the portal only keeps and gives back as a download."
            ),
            class_name="hint",
        ),
        rx.el.div(
            kind_setting("programs", _("Programs"), _("They can take over the computer that opens them.")),
            kind_setting("scripts", _("Scripts"), _("Commands that run when they are opened.")),
            kind_setting("html", _("Web pages (HTML)"), _("They can look like a sign-in page.")),
            kind_setting("svg", _("SVG drawings"), _("Pictures that can hold scripts.")),
            class_name="boxed",
        ),
        class_name="field",
    )
