"""Bulk work: the choices, the dry run, who was left out, and the strip that says how far it is (2.7)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import dialog, field, form_dialog, segment, text_area, wrong
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, icon_button, note
from portal_app.state.bulk import CHOOSE, DRY, LEFT, BulkState
from portal_app.state.portal import PortalState
from portal_app.text import _

B: Any = BulkState
S: Any = PortalState


def bulk_dialogs() -> rx.Component:
    """What to do for all contacts of the selected clients, and what that means, before it is done."""
    return rx.fragment(_choose(), _dry_run(), _left_out())


def _choose() -> rx.Component:
    draft, error = B.draft, wrong(B, "message")
    return form_dialog(
        _("Change access"),
        rx.el.p(rx.el.b(S.picked_text), ". ", _("What you choose is for all their contacts.")),
        _choice(
            "portal",
            _("Portal access"),
            draft.portal,
            ("on", _("On")),
            ("off", _("Off")),
            ("leave", _("Leave as it is")),
        ),
        rx.el.p(
            _("On gives access and switches the client’s portal on. Off switches the client’s portal off."),
            class_name="hint",
        ),
        _choice("level", _("Level"), draft.level, ("limited", _("Limited")), ("full", _("Full"))),
        rx.el.p(_("Nobody’s level is lowered."), class_name="hint"),
        _choice(
            "notices",
            _("E-mail notifications"),
            draft.notices,
            ("on", _("On")),
            ("off", _("Off")),
            ("leave", _("Leave as it is")),
        ),
        _choice("when", _("Invitations"), draft.when, ("later", _("Later")), ("now", _("Send them now"))),
        field(
            "message",
            _("Message"),
            text_area("message", error=error, rows=3, max_length=2000, default_value=draft.message),
            error=error,
            hint=_("Stands in the invitations. They are valid for three days."),
            optional=True,
        ),
        save=_("See who gets what"),
        on_submit=B.try_out,
        on_leave=B.leave,
        is_open=B.dialog == CHOOSE,
    )


def _choice(name: str, label: str, kept: Any, *options: tuple[str, str]) -> rx.Component:
    return segment(name, label, *options, value=kept)


def _dry_run() -> rx.Component:
    heads = (_("Contact"), _("Client"), _("Gets"), _("Why not"))
    table = rx.el.table(
        rx.el.caption(_("Who gets what, and who does not"), class_name="vh"),
        rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in heads])),
        rx.el.tbody(rx.foreach(B.dry.rows, _dry_row)),
        class_name="plain cards lean dry",
    )
    return dialog(
        _("Who gets what"),
        rx.el.div(
            rx.el.ul(rx.foreach(B.dry.summary, lambda line: rx.el.li(line)), class_name="told"),
            rx.cond(
                B.dry.reasons.length() > 0,
                note(
                    rx.el.ul(rx.foreach(B.dry.reasons, lambda line: rx.el.li(line)), class_name="told"),
                    tone="calm",
                    drawing="user",
                ),
            ),
            table,
            rx.cond(B.dry.more != "", rx.el.p(B.dry.more, class_name="hint")),
            class_name="fields",
        ),
        rx.el.div(
            rx.el.span(
                _("Nothing has happened yet. You can take back afterwards what nobody has used."),
                class_name="say fine m",
            ),
            button(_("Back"), on_click=B.back),
            button(_("Do it"), kind="main", disabled=~B.dry.can_start, on_click=B.start),
            class_name="dfoot",
        ),
        on_leave=B.leave,
        is_open=B.dialog == DRY,
        wide=True,
    )


def _dry_row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.name, rx.el.span(row.email, class_name="fine m under"), scope="row", class_name="name"),
        rx.el.td(row.client, class_name="span"),
        rx.el.td(row.what, class_name="span"),
        rx.el.td(
            rx.cond(row.why_not != "", rx.el.span(icon("stop"), " ", row.why_not, class_name="wait")),
            class_name="span",
        ),
        key=row.key,
    )


def _left_out() -> rx.Component:
    heads = (_("Contact"), _("Client"), _("Why"))
    return dialog(
        B.job.left_out,
        rx.el.div(
            rx.el.table(
                rx.el.caption(B.job.left_out, class_name="vh"),
                rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in heads])),
                rx.el.tbody(rx.foreach(B.left.rows, _left_row)),
                class_name="plain cards lean dry",
            ),
            class_name="fields",
        ),
        rx.el.div(button(_("Done"), kind="main", on_click=B.leave), class_name="dfoot"),
        on_leave=B.leave,
        is_open=B.dialog == LEFT,
    )


def _left_row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.name, scope="row", class_name="name"),
        rx.el.td(row.client, class_name="span"),
        rx.el.td(row.why, class_name="span"),
        key=row.key,
    )


def job_strip() -> rx.Component:
    """How far the last bulk work is; it goes on whoever looks (2.7)."""
    job = B.job
    is_moving = job.is_under_way | job.is_undoing
    strip = rx.el.section(
        rx.el.span(
            rx.el.b(job.title),
            " ",
            rx.el.span(" · ", job.detail, class_name="m"),
            rx.cond(job.trouble != "", rx.el.span(" ", job.trouble, class_name="late")),
            role="status",
        ),
        rx.el.span(
            rx.cond(job.left_out != "", button(job.left_out, small=True, on_click=B.show_left(job.id))),
            rx.cond(job.is_under_way, button(_("Stop"), small=True, on_click=B.stop(job.id))),
            rx.cond(job.can_undo, button(_("Undo"), drawing="undo", small=True, on_click=B.undo(job.id))),
            rx.cond(
                ~is_moving,
                icon_button("x", _("Put this away"), kind="bare", small=True, on_click=B.dismiss(job.id)),
            ),
            class_name="acts",
        ),
        rx.cond(
            is_moving,
            rx.el.progress(value=job.done.to_string(), max=job.total.to_string(), aria_label=job.title),
        ),
        class_name="job",
        aria_label=_("Bulk work"),
    )
    return rx.cond(job.id != "", strip)
