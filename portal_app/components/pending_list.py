"""*Pending activation*: whoever cannot sign in yet, and the bar that resends and cancels (2.9)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.list_parts import narrowers, pager, search_form
from portal_app.components.portal_list import matching, page_check, pick, row_check, selection_bar, sort_head
from portal_app.components.staff_forms import choices, form_dialog
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import bone_rows, button, empty, muted, status, waiting
from portal_app.state.bulk import CANCEL, BulkState
from portal_app.state.portal import PortalState
from portal_app.text import _

S: Any = PortalState
B: Any = BulkState


def pending_list() -> rx.Component:
    """One page of contacts who wait, with what narrows them."""
    return rx.el.div(
        _filters(),
        rx.cond(S.is_loaded, rx.fragment(), waiting()),
        rx.cond(S.is_loaded & (S.pending.rows.length() == 0), _nothing(), _table()),
        pager(S),
        _bar(),
        _cancel(),
        class_name="view",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_form(S, _("E-mail or client"), _("Search pending contacts")),
        narrowers(
            pick(
                "status",
                _("Status"),
                ("", _("Any status")),
                ("given", _("Given, not invited yet")),
                ("invited", _("Invited")),
                ("expired", _("Expired")),
                ("undeliverable", _("Undeliverable")),
            ),
            rx.el.select(
                *choices(
                    S.view.staff_choices,
                    rx.el.option(_("Invited by anyone"), value=""),
                    rx.el.option(_("Invited by clients"), value="clients"),
                ),
                value=S.filters.by,
                on_change=lambda value: S.narrow("by", value),
                class_name="in",
                aria_label=_("Invited by"),
            ),
        ),
        matching(S.pending.matching),
        class_name="filters",
        role="search",
    )


def _table() -> rx.Component:
    heads = rx.el.tr(
        page_check(),
        rx.el.th(_("E-mail"), scope="col"),
        rx.el.th(_("Clients"), scope="col"),
        rx.el.th(_("Status"), scope="col"),
        sort_head(_("Invited"), "invited", "up", "", S.filters.order),
        rx.el.th(_("Invited by"), scope="col"),
    )
    return rx.el.table(
        rx.el.caption(_("Contacts who cannot sign in yet"), class_name="vh"),
        rx.el.thead(heads),
        rx.el.tbody(rx.cond(S.is_loaded, rx.foreach(S.pending.rows, _row), bone_rows(6))),
        class_name="grid cards rows portal",
    )


def _row(row: Any) -> rx.Component:
    address = rx.cond(row.email != "", row.email, row.name)
    return rx.el.tr(
        row_check(row.id, address),
        rx.el.th(
            rx.el.span(address, title=row.name),
            rx.cond(
                row.trouble != "",
                rx.el.span(icon("warn"), " ", row.trouble, class_name="fine late under"),
            ),
            scope="row",
            class_name="name",
        ),
        rx.el.td(row.clients, class_name="span wrap"),
        rx.el.td(rx.foreach(row.marks, _mark), class_name="stc"),
        rx.el.td(
            rx.cond(row.invited != "", row.invited, muted(_("not sent yet"), small=False)), class_name="off"
        ),
        rx.el.td(row.by, class_name="off"),
        key=row.id,
        custom_attrs={"data-row": "true"},
    )


def _mark(mark: Any) -> rx.Component:
    about = rx.cond(mark.about != "", rx.el.span(" ", mark.about, class_name="fine m"))
    return rx.el.span(status(mark.drawing, mark.word, mark.tone), about, class_name="each")


def _nothing() -> rx.Component:
    return rx.cond(
        (S.filters.search != "") | (S.filters.status != "") | (S.filters.by != ""),
        empty(
            _("Nothing found"),
            _("Nobody who waits fits these filters. Words are looked for from their beginning."),
            button(_("Show everybody who waits"), on_click=S.widen),
            drawing="search",
        ),
        empty(
            _("Nobody is waiting"),
            _("Whoever is given access or invited stands here until they can sign in."),
            drawing="done",
        ),
    )


def _bar() -> rx.Component:
    return selection_bar(
        button(_("Cancel invitations"), kind="stop", on_click=B.ask_cancel),
        button(_("Resend to selected"), drawing="send", kind="main", on_click=B.resend),
    )


def _cancel() -> rx.Component:
    return form_dialog(
        _("Cancel the invitations of the selected?"),
        rx.el.p(rx.el.b(S.picked_text), "."),
        rx.el.p(
            _(
                "Every link of these invitations ends at once and for good, and access that was given is taken back. "
                "Links to requests stay as they are."
            )
        ),
        save=_("Cancel the selected invitations"),
        save_kind="stop",
        on_submit=B.cancel,
        on_leave=B.leave,
        is_open=B.dialog == CANCEL,
    )
