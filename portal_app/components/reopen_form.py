"""Why a completed task is opened again, on its work item and in triage (5.8)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import IDLE, field, form_dialog, text_area, wrong
from portal_app.text import _


def reopen_form(state: Any, *, is_open: rx.Var[bool], on_leave: Any) -> rx.Component:
    """The reason goes to all recipients; `state.reopen` takes it."""
    return form_dialog(
        _("Reopen the task"),
        field(
            "reason",
            _("Why"),
            text_area("reason", rows=4, error=wrong(state, "reason"), custom_attrs={"data-first": "true"}),
            hint=_("All recipients get it by e-mail, with a link that lasts 30 days."),
            error=wrong(state, "reason"),
        ),
        save=_("Reopen"),
        on_submit=state.reopen,
        on_leave=on_leave,
        is_open=is_open,
        busy=IDLE,
    )
