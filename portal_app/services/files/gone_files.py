"""What was taken off a task and can still be restored: by whom, when, and until when (10.8, 10.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.models import Contact, Firm, HandOver, Staff, StoredFile
from portal_app.services.firm.firm_days import day_of
from portal_app.text import _, format_date, format_moment
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class GoneFile:
    """One file in the bin of a task; `text` says who took it off, when, and until when it can be restored."""

    id: str = ""
    name: str = ""
    text: str = ""


def gone_files(work: Work, firm: Firm, task_id: UUID) -> list[GoneFile]:
    """The bin of a task that a door has already opened, the newest first; for staff."""
    by_client = func.coalesce(col(HandOver.name), col(Contact.name))
    query = (
        select_rows(StoredFile, by_client, col(Staff.name))
        .outerjoin(HandOver, col(HandOver.id) == StoredFile.deleted_by_hand_over_id)
        .outerjoin(Contact, col(Contact.id) == StoredFile.deleted_by_contact_id)
        .outerjoin(Staff, col(Staff.id) == StoredFile.deleted_by_staff_id)
        .where(
            col(StoredFile.task_id) == task_id,
            col(StoredFile.deleted_at).is_not(None),
            col(StoredFile.replaced_by_id).is_(None),
        )
        .order_by(col(StoredFile.deleted_at).desc(), col(StoredFile.id))
    )
    return [_gone(firm, row, client, staff) for row, client, staff in work.session.execute(query)]


def _gone(firm: Firm, row: StoredFile, client: str | None, staff: str | None) -> GoneFile:
    assert row.deleted_at is not None  # noqa: S101  asked for removed rows only
    text = _("Taken back by {name}, {moment}. Kept until {day}.")
    if client is None:
        text = _("Removed by {name}, {moment}. Kept until {day}.")
    until = day_of(firm, row.deleted_at + timedelta(days=firm.retention_days))
    text = text.format(
        name=client or staff or firm.name,
        moment=format_moment(row.deleted_at, firm.time_zone),
        day=format_date(until, "short"),
    )
    return GoneFile(str(row.id), row.name, text)
