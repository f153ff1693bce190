"""E-mails about notices that are not to leave any more, since what they tell of is out of reach (2.10, 2.15, 2.19)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from portal_app.domain.links import Because
from portal_app.models import ContactNotice, OutboxMail
from portal_app.services.links import ways_in
from portal_app.work import Work


def stop_mail(work: Work, because: Because, *where: Any) -> None:
    """Stop the e-mails about the notices that match, gathered already or not; restoring brings none of them back.

    An e-mail is about one client, so a filter by contact or client takes no other notice with it.
    """
    gathered = select(ContactNotice.mail_id).where(col(ContactNotice.mail_id).is_not(None), *where)
    ways_in.cancel_mail(work, because, col(OutboxMail.id).in_(gathered))
    work.session.execute(
        update(ContactNotice)
        .where(col(ContactNotice.mail_due_at).is_not(None), *where)
        .values(mail_due_at=None)
    )
