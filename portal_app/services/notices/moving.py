"""The notices of two contacts who are one person come together (2.20)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from portal_app.models import ContactNotice
from portal_app.work import Work


def move_notices(work: Work, kept_id: UUID, other_id: UUID) -> None:
    """What one was told, the other was; what both were told stands once. How they chose to hear it stays with each."""
    told = select(ContactNotice.once_key).where(
        ContactNotice.contact_id == kept_id, col(ContactNotice.once_key).is_not(None)
    )
    mine = col(ContactNotice.contact_id) == other_id
    work.session.execute(
        delete(ContactNotice).where(mine, col(ContactNotice.once_key).in_(list(work.session.exec(told))))
    )
    work.session.execute(update(ContactNotice).where(mine).values(contact_id=kept_id))
