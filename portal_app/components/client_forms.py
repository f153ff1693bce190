"""The dialogs around clients and their contacts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.contact_fields import contact_fields, edit_contact
from portal_app.components.staff_forms import (
    dialog,
    field,
    form_dialog,
    pause_field,
    segment,
    select_in,
    text_area,
    text_in,
)
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import button, face, icon_button, named, note
from portal_app.state.clients import (
    ADD,
    ARCHIVE,
    ASSIGN,
    CONTACT,
    EDIT,
    EDIT_CONTACT,
    PAUSE,
    UNLINK,
    ClientsState,
    ClientState,
)
from portal_app.text import _

C: Any = ClientState


def _wrong(state: Any, name: str) -> rx.Var[str]:
    return rx.cond(state.wrong_field == name, state.wrong_text, "")


def add_client_dialog() -> rx.Component:
    """A new client."""
    S: Any = ClientsState
    return form_dialog(
        _("Add a client"),
        *_client_fields(S, name="", number="", kind="organization"),
        save=_("Add the client"),
        on_submit=S.add,
        on_leave=S.close,
        is_open=S.dialog == ADD,
    )


def edit_client_dialog() -> rx.Component:
    """The client's own facts."""
    view = C.view
    notes = text_area("notes", error=_wrong(C, "notes"), rows=4, default_value=view.notes, max_length=5000)
    return form_dialog(
        _("Edit the client"),
        *_client_fields(C, name=view.name, number=view.number, kind=view.kind),
        field("notes", _("Notes, for staff only"), notes, error=_wrong(C, "notes"), optional=True),
        save=_("Save"),
        on_submit=C.edit,
        on_leave=C.close,
        is_open=C.dialog == EDIT,
    )


def _client_fields(state: Any, *, name: Text, number: Text, kind: Text) -> tuple[rx.Component, ...]:
    wrong_name, wrong_number = _wrong(state, "name"), _wrong(state, "number")
    return (
        field(
            "name",
            _("Name"),
            text_in(
                "name",
                error=wrong_name,
                first=True,
                default_value=name,
                max_length=200,
                auto_complete="off",
            ),
            error=wrong_name,
            hint=_("As it stands on letters: Clinique dentaire Papineau inc., or Nadia Haddad."),
        ),
        segment(
            "kind", _("Kind"), ("organization", _("Organization")), ("person", _("Individual")), value=kind
        ),
        field(
            "number",
            _("File number"),
            text_in("number", error=wrong_number, default_value=number, max_length=40, auto_complete="off"),
            error=wrong_number,
            optional=True,
        ),
    )


def archive_dialog() -> rx.Component:
    """What ends when the client is archived, then the button that does it (2.15)."""
    return form_dialog(
        _("Archive this client?"),
        rx.el.p(
            _(
                "Its links, portal access and coming e-mails end at once. You keep files and history. "
                "Restoring gives back what has not expired by then."
            )
        ),
        rx.cond(C.view.archive_text != "", note(C.view.archive_text)),
        save=_("Archive"),
        save_kind="stop",
        on_submit=C.archive,
        on_leave=C.close,
        is_open=C.dialog == ARCHIVE,
    )


def pause_dialog() -> rx.Component:
    """Until when the reminders of all requests of the client are held back (7.8)."""
    return form_dialog(
        _("Pause the reminders of this client"),
        pause_field(_wrong(C, "until")),
        save=_("Pause reminders"),
        on_submit=C.pause,
        on_leave=C.close,
        is_open=C.dialog == PAUSE,
    )


def contact_dialogs() -> rx.Component:
    """Adding, changing and unlinking a contact."""
    chosen = C.chosen
    edit = edit_contact(
        C, chosen, title=chosen.title, is_open=C.dialog == EDIT_CONTACT, on_submit=C.edit_contact
    )
    return rx.fragment(_add_contact(), edit, _unlink())


def _add_contact() -> rx.Component:
    offer = note(
        rx.el.b(C.offer.name),
        " ",
        _("already has this address. Link them to this client instead?"),
        rx.el.div(
            button(_("Link this contact"), drawing="link", small=True, on_click=C.link),
            class_name="acts offer",
        ),
        tone="calm",
        drawing="user",
        role="status",
    )
    return form_dialog(
        _("Add a contact"),
        *contact_fields(C, name="", email="", phone="", title="", locale=C.view.firm_language),
        rx.cond(C.offer.contact_id != "", offer),
        save=_("Add the contact"),
        on_submit=C.add_contact,
        on_leave=C.close,
        is_open=C.dialog == CONTACT,
    )


def _unlink() -> rx.Component:
    return form_dialog(
        _("Unlink this contact?"),
        rx.el.p(
            rx.el.b(C.chosen.name),
            " ",
            _(
                "loses access to this client and leaves its requests. What they sent stays. "
                "Their other clients are untouched."
            ),
        ),
        rx.cond(C.chosen.unlink_ends != "", note(C.chosen.unlink_ends)),
        save=_("Unlink"),
        save_kind="stop",
        on_submit=C.unlink,
        on_leave=C.close,
        is_open=C.dialog == UNLINK,
    )


def assign_dialog() -> rx.Component:
    """Who looks after the client: the first is told where nobody else is (2.13)."""
    people = rx.el.ul(
        rx.foreach(
            C.view.assigned,
            lambda one: rx.el.li(
                face(one.initials),
                rx.el.span(one.name),
                rx.cond(
                    C.view.assigned.length() > 1,
                    icon_button(
                        "x",
                        named(_("Take away: {name}"), one.name),
                        kind="bare",
                        small=True,
                        on_click=C.unassign(one.id),
                    ),
                ),
            ),
        ),
        class_name="who",
    )
    choices = select_in(
        "staff_id",
        rx.el.option(_("Choose a person"), value=""),
        rx.foreach(C.view.to_assign, lambda one: rx.el.option(one.word, value=one.value)),
        value="",
        on_change=C.assign,
    )
    return dialog(
        _("Assigned staff"),
        rx.el.div(
            rx.el.p(
                _("They hear of this client’s answers where nobody else is named. The first comes first."),
                class_name="m",
            ),
            people,
            rx.cond(C.view.to_assign.length() > 0, field("staff_id", _("Assign one more"), choices)),
            class_name="fields",
        ),
        rx.el.div(button(_("Done"), kind="main", on_click=C.close), class_name="dfoot"),
        on_leave=C.close,
        is_open=C.dialog == ASSIGN,
    )
