"""The dialogs of a contact's portal access: inviting, and taking it back (2.8, 3.3)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import field, form_dialog, segment, text_area
from portal_app.components.staff_parts import note
from portal_app.state.clients import CANCEL, INVITE, ClientState
from portal_app.text import _

C: Any = ClientState


def invite_dialogs() -> rx.Component:
    """Inviting the chosen contact, and cancelling what was offered."""
    return rx.fragment(_invite(), _cancel())


def _invite() -> rx.Component:
    wrong = rx.cond(C.wrong_field == "message", C.wrong_text, "")
    return form_dialog(
        _("Invite to the client portal"),
        rx.el.p(rx.el.b(C.chosen.name), ", ", C.chosen.email),
        segment("level", _("Access"), ("limited", _("Limited")), ("full", _("Full")), value="limited"),
        rx.el.p(
            _(
                "Limited: the requests sent to this person. "
                "Full: every request sent for this client, whoever it went to, with the right to answer."
            ),
            class_name="hint",
        ),
        segment("when", _("Invitation"), ("now", _("Send it now")), ("later", _("Not yet")), value="now"),
        field(
            "message",
            _("Message"),
            text_area("message", error=wrong, rows=3, max_length=2000),
            error=wrong,
            hint=_("Stands in the e-mail. The invitation is valid for three days."),
            optional=True,
        ),
        rx.cond(
            C.view.is_portal_on,
            rx.fragment(),
            note(_("This switches the portal on for this client."), drawing="key"),
        ),
        save=_("Give access"),
        on_submit=C.invite,
        on_leave=C.close,
        is_open=C.dialog == INVITE,
    )


def _cancel() -> rx.Component:
    return form_dialog(
        _("Cancel the access?"),
        rx.el.p(
            rx.el.b(C.chosen.name),
            " ",
            _(
                "cannot accept any more: every link of the invitation ends at once. "
                "Links to requests stay as they are."
            ),
        ),
        save=_("Take it back"),
        save_kind="stop",
        on_submit=C.cancel,
        on_leave=C.close,
        is_open=C.dialog == CANCEL,
    )
