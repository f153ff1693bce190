"""How each staff member gets notifications by e-mail: what they chose, and when the e-mail is due (8.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import select

from portal_app.domain.notices import TOPICS, UNDOABLE, USUAL, Mailing, Topic, leaves_at
from portal_app.domain.send_rules import Days
from portal_app.models import Firm, NoticeChoice
from portal_app.work import Work

SETTLED_AFTER = timedelta(seconds=11)
"""A second longer than an answer can be undone (5.12): no e-mail about what was taken back."""


def due_at(work: Work, firm_id: UUID, staff_id: UUID, kind: str) -> datetime | None:
    """When the e-mail about a notification of this kind, told now, is due; None where none is wanted."""
    return due(work.session.get_one(Firm, firm_id), chosen(work, staff_id)[TOPICS[kind]], kind, work.now)


def due(firm: Firm, mailing: Mailing, kind: str, told_at: datetime) -> datetime | None:
    """When the e-mail is due about what was told at `told_at` (aware)."""
    days = Days(ZoneInfo(firm.time_zone), firm.sending_hour, frozenset(firm.sending_weekdays))
    settled_at = told_at + SETTLED_AFTER if kind in UNDOABLE else told_at
    return leaves_at(mailing, settled_at, days)


def chosen(work: Work, staff_id: UUID) -> dict[Topic, Mailing]:
    """How a staff member gets each topic: their own choice, or the usual way."""
    rows = work.session.exec(select(NoticeChoice).where(NoticeChoice.staff_id == staff_id))
    return USUAL | {row.topic: row.mailing for row in rows}
