"""What staff do with their own notifications: mark read and unread, snooze, one or many together (8.2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.domain.snoozing import Snooze, comes_back_at
from portal_app.models import Firm, Notification
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.work import Work, begin


def mark_read(ports: Ports, actor: Actor, ids: Collection[UUID]) -> None:
    """Mark these of one's own notifications read; a snoozed one with it. Others' are passed over."""
    with begin(ports, actor) as work:
        _set(work, col(Notification.id).in_(ids), read_at=work.now, snoozed_until=None)


def mark_unread(ports: Ports, actor: Actor, ids: Collection[UUID]) -> None:
    """Put these of one's own notifications back among the unread."""
    with begin(ports, actor) as work:
        _set(work, col(Notification.id).in_(ids), read_at=None, snoozed_until=None)


def mark_all_read(ports: Ports, actor: Actor, seen_until: datetime) -> None:
    """Mark read what is unread, not snoozed and came until `seen_until` (aware): nothing that nobody saw yet."""
    with begin(ports, actor) as work:
        snoozed = col(Notification.snoozed_until)
        _set(
            work,
            col(Notification.read_at).is_(None),
            col(Notification.at) <= seen_until,
            snoozed.is_(None) | (snoozed <= work.now),
            read_at=work.now,
        )


def snooze(ports: Ports, actor: Actor, ids: Collection[UUID], choice: Snooze) -> None:
    """Put these of one's own notifications away; they come back unread at the chosen moment."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.TRIAGE_READ)
        zone = work.session.get_one(Firm, actor.firm_id).time_zone
        until = comes_back_at(choice, work.now, zone)
        _set(work, col(Notification.id).in_(ids), read_at=None, snoozed_until=until)


def wake_snoozed(ports: Ports) -> None:
    """Bring back what was snoozed until now, and tell whose it is.

    Views look at the moment itself, so this only rings: late or twice is no harm.
    """
    with begin(ports, Actor.timetable()) as work:
        due = select(Notification).where(
            col(Notification.snoozed_until) <= work.now, col(Notification.read_at).is_(None)
        )
        for row in work.session.exec(due.with_for_update(skip_locked=True)):
            row.snoozed_until = None
            work.add(row)
            work.ring(f"staff:{row.staff_id}")


def _set(work: Work, *where: Any, **values: Any) -> None:
    access.allow(work, Permission.TRIAGE_READ)
    work.session.execute(
        update(Notification)
        .where(
            col(Notification.staff_id) == work.actor.staff_id,
            col(Notification.taken_back_at).is_(None),
            *where,
        )
        .values(**values)
    )
    work.ring(f"staff:{work.actor.staff_id}")
