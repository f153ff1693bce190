"""What a contact's history is made of, for the client shown: acts, comments and e-mails, newest first (9.3).

Each stream is read from a place on, so that a page costs the same however long the history is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.models import Activity, Comment, Contact, OutboxMail, Recipient, Task
from portal_app.models import ClientRequest as Request
from portal_app.services.home.home_rows import SeenRequest
from portal_app.work import Work

ACTS: Final = (
    "request_sent",
    "request_resent",
    "task_completed",
    "task_promised",
    "question_asked",
    "task_undone",
    "task_reopened",
    "file_uploaded",
    "file_removed",
    "file_replaced",
    "file_taken_back",
    "file_restored",
    "task_handed_over",
    "hand_over_ended",
)
"""Kinds of activity on a request that its readers may know of; comments and e-mails are read where they are kept."""
WORK_ACTS: Final = ("work_completed", "work_reopened")
WITHDRAWN: Final = "request_withdrawn"
CODES: Final = ("sign_in_code", "access_link", "password_reset")
"""E-mails whose subject is of no use once they were used."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after this moment and this row."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a client's history one contact may see."""

    person: Contact
    client_id: UUID
    requests: Sequence[SeenRequest]
    """Those that are out, or whose work is completed (`home_rows.seen_requests`)."""
    is_full: bool


def acts(work: Work, seen: Seen, after: Place | None, most: int) -> list[Activity]:
    """What was done on their requests, and what was withdrawn; nothing of tasks that are put aside."""
    known = [request.id for request in seen.requests]
    put_aside = select(Task.id).where(col(Task.section_id).in_(known), col(Task.put_aside_at).is_not(None))
    works = select(Request.work_item_id).where(col(Request.id).in_(known))
    query = (
        select(Activity)
        .where(
            Activity.client_id == seen.client_id,
            or_(
                and_(col(Activity.kind).in_(ACTS), col(Activity.request_id).in_(known)),
                and_(col(Activity.kind).in_(WORK_ACTS), col(Activity.work_item_id).in_(works)),
                and_(col(Activity.kind) == WITHDRAWN, col(Activity.request_id).in_(_withdrawn(seen))),
            ),
            or_(col(Activity.task_id).is_(None), col(Activity.task_id).not_in(put_aside)),
        )
        .limit(most)
    )
    return list(work.session.exec(_from(query, Activity.at, Activity.id, after)))


def comments(work: Work, seen: Seen, after: Place | None, most: int) -> list[tuple[Comment, UUID, str]]:
    """What was written on their requests, with the request and the task's title; never a staff note."""
    known = [request.id for request in seen.requests]
    query = (
        select_rows(Comment, col(Task.section_id), col(Task.title))
        .join(Task, col(Task.id) == Comment.task_id)
        .where(
            col(Task.section_id).in_(known),
            col(Task.put_aside_at).is_(None),
            col(Comment.is_note).is_(False),
        )
        .limit(most)
    )
    rows = work.session.execute(_from(query, Comment.at, Comment.id, after))
    return [(comment, request_id, title) for comment, request_id, title in rows]


def mails(work: Work, seen: Seen, after: Place | None, most: int) -> list[OutboxMail]:
    """E-mails that left for this person about this client."""
    own = select(Recipient.request_id).where(Recipient.contact_id == seen.person.id)
    theirs = select(Request.id).where(Request.client_id == seen.client_id, col(Request.id).in_(own))
    told = select(Activity.mail_id).where(
        Activity.client_id == seen.client_id,
        Activity.contact_id == seen.person.id,
        col(Activity.mail_id).is_not(None),
    )
    query = (
        select(OutboxMail)
        .where(
            OutboxMail.contact_id == seen.person.id,
            col(OutboxMail.sent_at).is_not(None),
            col(OutboxMail.event).not_in(CODES),
            or_(col(OutboxMail.request_id).in_(theirs), col(OutboxMail.id).in_(told)),
        )
        .limit(most)
    )
    return list(work.session.exec(_from(query, OutboxMail.sent_at, OutboxMail.id, after)))


def _withdrawn(seen: Seen) -> Any:
    """Requests of this client that were sent and taken back: their own, with full access all."""
    query = select(Request.id).where(
        Request.client_id == seen.client_id,
        col(Request.sent_at).is_not(None),
        col(Request.withdrawn_at).is_not(None),
    )
    if seen.is_full:
        return query
    own = select(Recipient.request_id).where(
        Recipient.contact_id == seen.person.id, col(Recipient.removed_at).is_(None)
    )
    return query.where(col(Request.id).in_(own))


def _from(query: Any, at: Any, row_id: Any, after: Place | None) -> Any:
    """The query, newest first, from `after` on."""
    query = query.order_by(col(at).desc(), col(row_id).desc())
    if after is None:
        return query
    return query.where(or_(col(at) < after.at, and_(col(at) == after.at, col(row_id) < after.id)))
