"""The firm's settings, for admins and owners."""

from __future__ import annotations

from datetime import date
from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.automation_parts import automations
from portal_app.components.reminder_settings import reminders_part
from portal_app.components.security_parts import portal_part, security_part
from portal_app.components.settings_menu import settings_shell
from portal_app.components.settings_parts import (
    choice_setting,
    kind_setting,
    line_setting,
    part,
    prose_setting,
)
from portal_app.components.staff_parts import bones, button_link, note, waiting
from portal_app.pages._frames import staff_page
from portal_app.state.automations import AutomationsState
from portal_app.state.reminder_settings import ReminderSettingsState
from portal_app.state.settings import SettingsState
from portal_app.text import DATE_FORMATS, N_, _, format_date, pgettext, use_dates

S: Any = SettingsState


@staff_page(
    routes.SETTINGS,
    title=N_("Settings"),
    on_load=[S.load, ReminderSettingsState.load, AutomationsState.load],
)
def settings() -> rx.Component:
    """*Firm* to *Automations*, each a section; for a member there is no such page."""
    return settings_shell(
        "",
        _("Settings"),
        rx.cond(
            S.is_loaded,
            rx.el.div(
                _firm(),
                portal_part(),
                security_part(),
                _files(),
                _email(),
                reminders_part(),
                automations(),
                key=S.turn,
            ),
            rx.el.div(waiting(), bones(8), class_name="part"),
        ),
        is_missing=S.is_missing,
        turn=rx.cond(S.is_loaded, S.turn, -1),
        sub=_("Changes take effect as soon as you leave a field, and are kept in the audit log."),
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
        choice_setting(
            "date_format",
            _("Dates"),
            *[rx.el.option(_sample(chosen), value=chosen) for chosen in DATE_FORMATS],
            hint=_("On pages and in e-mails, of staff and clients, wherever a day is written."),
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
        sub=_("Who you are to your clients, and how they reach you."),
    )


def _sample(chosen: str) -> str:
    """A day as it is written then."""
    with use_dates(chosen):
        return format_date(date(2026, 3, 31))


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


def _email() -> rx.Component:
    return part(
        "email",
        pgettext("settings", "E-mail"),
        rx.el.div(
            _address_line("sender_email", _("Sender’s address"), S.view.sender_text),
            _address_line(
                "reply_to_email",
                _("Replies go to"),
                _("For what no staff member sends. Empty: to the sender’s address."),
            ),
            class_name="half",
        ),
        rx.el.div(
            _number("mail_per_minute", _("E-mails a minute, at most"), S.view.limit_text),
            line_setting(
                "video_url",
                _("Link to a video"),
                _("On the help page and in the introduction e-mail. It begins with https://"),
                type="url",
                max_length=500,
                auto_complete="off",
                spell_check=False,
            ),
            class_name="half",
        ),
        rx.el.div(
            button_link(_("Texts of the e-mails"), routes.SETTINGS_EMAIL, drawing="pen"),
            button_link(_("Introduce the portal to clients"), routes.SETTINGS_INTRODUCTION, drawing="mail"),
            class_name="acts",
        ),
        sub=_("Whom e-mails come from, and what they say."),
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
