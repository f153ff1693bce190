"""The machine's clock was set far ahead: nothing goes out or ends in great numbers until somebody confirms the time.

The pause is a row, so that it holds on every machine and over a restart; it is one for the whole installation, as
the clock is. Only a running process can tell: time spent down is no jump (faults 26 and 28).
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock

import structlog
from sqlmodel import col, select

from portal_app.domain import clock_jumps
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission, may
from portal_app.models import ClockJump, Firm, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.reminders import replanning
from portal_app.text import _, format_moment
from portal_app.work import Work, begin, reading

log = structlog.get_logger(__name__)


class ClockWatch:
    """Compares the wall clock with the steady one for as long as this process runs; for all threads of it."""

    def __init__(self, ports: Ports) -> None:
        self._ports, self._lock = ports, Lock()
        self._lead = self._now()

    def look(self) -> None:
        """Write a jump down, once. In demo time is moved on purpose: there is none."""
        if self._ports.settings.demo:
            return
        with self._lock:
            lead = self._now()
            ahead = lead - self._lead
            if clock_jumps.is_jump(ahead):
                _keep(self._ports, ahead)
            if clock_jumps.is_jump(ahead) or ahead < timedelta():
                self._lead = lead  # small steps ahead add up

    def _now(self) -> timedelta:
        return clock_jumps.lead(self._ports.clock.now(), self._ports.clock.steady())


def is_waiting(ports: Ports) -> bool:
    """Whether a jump waits to be confirmed."""
    with reading(ports, Actor.timetable()) as work:
        return _open(work) is not None


def trouble(work: Work) -> str:
    """A sentence for staff while a jump waits to be confirmed; empty otherwise."""
    jump = _open(work)
    if jump is None:
        return ""
    zone = work.session.get_one(Firm, work.actor.firm_id).time_zone
    text = _(
        "The server’s clock was set ahead, to {moment}. Automatic sends, reminders and expiries wait "
        "until somebody confirms that the time is right."
    )
    who = "" if may(work.actor, Permission.SETTINGS_EDIT) else _("An admin or an owner can.")
    return f"{text.format(moment=format_moment(jump.noticed_at, zone))} {who}".strip()


def confirm(ports: Ports, actor: Actor) -> None:
    """The time is right: what waited goes on, and every firm's reminders are worked out anew, since some were by the
    time that was. Twice is once. Raises `NotFound` for members."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        waiting = work.session.exec(
            select(ClockJump).where(col(ClockJump.confirmed_at).is_(None)).with_for_update()
        ).all()
        if not waiting:
            return
        for jump in waiting:
            jump.confirmed_at, jump.confirmed_by_staff_id = work.now, actor.staff_id
            work.add(jump)
            for firm_id in (actor.firm_id, None):
                work.audit("clock:confirmed", firm_id=firm_id, seconds=jump.seconds, at=work.now.isoformat())
        for firm_id in work.session.exec(select(Firm.id)).all():
            replanning.replan_firm(work, firm_id)
        _ring(work)


def _keep(ports: Ports, ahead: timedelta) -> None:
    with begin(ports, Actor.timetable()) as work:
        seconds = int(ahead.total_seconds())
        log.warning("clock_jumped", seconds=seconds)
        if _open(work) is not None:  # another machine with the same clock has said so
            return
        work.add(ClockJump(noticed_at=work.now, seconds=seconds))
        work.audit("clock:jumped", firm_id=None, seconds=seconds)
        _ring(work)


def _open(work: Work) -> ClockJump | None:
    return work.session.exec(select(ClockJump).where(col(ClockJump.confirmed_at).is_(None)).limit(1)).first()


def _ring(work: Work) -> None:
    """Every staff page says so, or no longer."""
    people = work.session.exec(select(Staff.id).where(col(Staff.deactivated_at).is_(None))).all()
    work.ring(*(f"staff:{staff_id}" for staff_id in people))
