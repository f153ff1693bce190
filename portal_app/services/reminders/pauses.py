"""Staff hold reminders back: one day of a request, or all of a request, a client or the firm for a while (7.8)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.models import Client, ClientRequest, Firm, ReminderSkip
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.reminders import replanning
from portal_app.services.work import work_channels
from portal_app.text import _
from portal_app.work import Work, begin

FURTHEST = timedelta(days=366)
"""The longest pause with an end; beyond it one says *until resumed*."""


def skip_reminder(ports: Ports, actor: Actor, request_id: UUID, day: date, *, is_skipped: bool) -> None:
    """Send no reminder of this request on `day`, or take that back; before the send too. Twice is once."""
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_EDIT, lock=True)
        row = work.session.exec(
            select(ReminderSkip).where(ReminderSkip.request_id == request_id, ReminderSkip.skipped_on == day)
        ).first()
        if is_skipped is (row is not None):
            return
        if row is not None:
            work.session.delete(row)
        else:
            work.add(
                ReminderSkip(
                    firm_id=sight.firm.id,
                    request_id=request_id,
                    skipped_on=day,
                    staff_id=actor.staff_id,
                    at=work.now,
                )
            )
        replanning.replan(work, [request_id])
        word = "reminder:skipped" if is_skipped else "reminder:taken_back"
        work.audit(
            word, firm_id=sight.firm.id, subject_kind="request", subject_id=request_id, day=day.isoformat()
        )
        _tell(work, sight, "reminder_skipped" if is_skipped else "reminder_taken_back")
        work_channels.ring_section(work, sight.section)


def pause_request(
    ports: Ports, actor: Actor, request_id: UUID, until: date | None, *, is_paused: bool = True
) -> None:
    """Pause a request's reminders until a day (the first with reminders again) or, with None, until resumed.

    With `is_paused` false they go on; nothing of the time between is made up for. Raises `BadInput` for a day that
    is not ahead, or more than a year.
    """
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_EDIT, lock=True)
        _set(work, sight.firm, sight.request, until, is_paused=is_paused)
        replanning.replan(work, [request_id])
        _audit(work, "request", sight.firm.id, request_id, is_paused=is_paused)
        _tell(work, sight, _kind(is_paused=is_paused))
        work_channels.ring_section(work, sight.section)


def pause_client(
    ports: Ports, actor: Actor, client_id: UUID, until: date | None, *, is_paused: bool = True
) -> None:
    """The same for every request of a client, those to come too."""
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        firm = work.session.get_one(Firm, client.firm_id)
        _set(work, firm, client, until, is_paused=is_paused)
        replanning.replan_client(work, client_id)
        _audit(work, "client", firm.id, client_id, is_paused=is_paused)
        kind = _kind(is_paused=is_paused)
        work.note(kind, firm_id=firm.id, client_id=client_id, facts={"title": client.name})
        work.ring(f"client:{client_id}", f"firm:{firm.id}")


def pause_firm(ports: Ports, actor: Actor, until: date | None, *, is_paused: bool = True) -> None:
    """The same for the whole firm. Raises `NotFound` for members."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id, with_for_update=True)
        _set(work, firm, firm, until, is_paused=is_paused)
        replanning.replan_firm(work, firm.id)
        _audit(work, "firm", firm.id, firm.id, is_paused=is_paused)
        work.ring(f"firm:{firm.id}")


def _set(
    work: Work, firm: Firm, row: ClientRequest | Client | Firm, until: date | None, *, is_paused: bool
) -> None:
    today = firm_days.today(firm, work.now)
    if is_paused and until is not None and not today < until <= today + FURTHEST:
        raise BadInput(_("Choose a day after today, at most a year ahead."), field="until")
    row.reminders_paused_at = work.now if is_paused else None
    row.reminders_paused_until = until if is_paused else None
    work.add(row)


def _audit(work: Work, kind: str, firm_id: UUID, subject_id: UUID, *, is_paused: bool) -> None:
    action = "reminders:paused" if is_paused else "reminders:resumed"
    work.audit(action, firm_id=firm_id, subject_kind=kind, subject_id=subject_id)


def _kind(*, is_paused: bool) -> str:
    return "reminders_paused" if is_paused else "reminders_resumed"


def _tell(work: Work, sight: Sight, kind: str) -> None:
    """One entry in the timelines of the request's work and client."""
    work.note(
        kind,
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        facts={"title": sight.section.name},
    )
