"""The staff's triage."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.reopen_form import reopen_form
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import button, tab, tabs
from portal_app.components.triage_list import snooze_menu, triage_list
from portal_app.components.triage_pane import triage_pane
from portal_app.pages._frames import staff_page
from portal_app.state.triage import REOPEN, TriageState
from portal_app.text import N_, _

S: Any = TriageState


@staff_page(routes.TRIAGE, title=N_("Triage"), on_load=S.load)
def triage() -> rx.Component:
    """What clients did, as it happens."""
    return shell(
        "triage",
        page_head(
            _("Triage"),
            button(
                _("Mark all read"),
                drawing="check",
                class_name="wide-only",
                disabled=S.found.unread == "",
                on_click=S.mark_all_read,
            ),
            sub=rx.el.span(
                _("Live"),
                rx.cond(S.found.summary != "", rx.fragment(" · ", S.found.summary)),
                class_name="live",
                role="status",
            ),
        ),
        tabs(*_views(), label=_("Show")),
        rx.el.div(triage_list(), triage_pane(), class_name="split"),
        snooze_menu(),
        reopen_form(S, is_open=S.dialog == REOPEN, on_leave=S.close),
        keys=(
            (("J", "K"), _("next, previous")),
            (("↵",), _("open")),
            (("R",), _("answer")),
            (("A",), _("accept")),
            (("E",), _("mark read")),
            (("H",), _("snooze")),
            (("X",), _("select")),
            (("O",), _("open the work item")),
        ),
    )


def _views() -> list[rx.Component]:
    named = {
        "unread": (_("Unread"), S.found.unread),
        "all": (_("All"), ""),
        "questions": (_("Questions"), S.found.questions),
        "failures": (_("Failures"), S.found.failures),
        "snoozed": (_("Snoozed"), S.found.snoozed),
    }
    return [
        tab(word, is_current=S.view == view, count=count, on_click=S.show(view))
        for view, (word, count) in named.items()
    ]
