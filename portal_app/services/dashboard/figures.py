"""What each figure of the dashboard counts: one definition, read by the figure and by the rows behind it (8.5, 8.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, false, func, literal, or_, true, union_all
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.models import (
    AccessStatus,
    Client,
    ClientAssignment,
    ClientContact,
    ClientRequest,
    Contact,
    Firm,
    MailPhase,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    Recipient,
    Reminder,
    Section,
    Task,
    WorkItem,
)
from portal_app.services.firm.firm_days import today

Where = list[ColumnElement[bool]]

COMPLETED_WITHIN: Final = timedelta(days=90)
FAILED_WITHIN: Final = timedelta(days=30)
"""How far back two of the figures look, so that their cost does not grow with the years."""


class Figure(StrEnum):
    """The figures with rows of their own; the two percentages open the clients' list."""

    OUTSTANDING = "outstanding"
    OVERDUE = "overdue"
    COMPLETED = "completed"
    REMINDERS = "reminders"
    LIMIT = "limit"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures, and when: the firm's, or of the clients that one staff member looks after (2.13)."""

    firm: Firm
    now: datetime
    staff_id: UUID | None = None

    @property
    def day(self) -> date:
        """The firm's calendar day (1.15)."""
        return today(self.firm, self.now)

    def midnight(self, days: int = 0) -> datetime:
        """When the firm's calendar day began, or one so many days later does."""
        zone = ZoneInfo(self.firm.time_zone)
        return datetime.combine(self.day + timedelta(days=days), time(), zone).astimezone(UTC)


def counted_clients(scope: Scope) -> Where:
    """Clients that figures are about: neither archived nor test clients (2.12, 8.9)."""
    where = [
        col(Client.firm_id) == scope.firm.id,
        col(Client.archived_at).is_(None),
        col(Client.test_of_staff_id).is_(None),
    ]
    if scope.staff_id is not None:
        mine = select(ClientAssignment.client_id).where(ClientAssignment.staff_id == scope.staff_id)
        where.append(col(Client.id).in_(mine))
    return where


def is_portal_on(firm: Firm) -> ColumnElement[bool]:
    """The portal is switched on for the client, and the firm has one (2.3, 2.14)."""
    return col(Client.portal_on_at).is_not(None) & (true() if firm.portal_on_at else false())


def is_activated(firm: Firm) -> ColumnElement[bool]:
    """At least one contact of the client can sign in now (2.6)."""
    able = exists(
        select_rows(col(PortalAccess.id))
        .join(PortalAccount, col(PortalAccount.contact_id) == PortalAccess.contact_id)
        .join(Contact, col(Contact.id) == PortalAccess.contact_id)
        .where(
            col(PortalAccess.client_id) == Client.id,
            col(PortalAccess.status) == AccessStatus.ACCEPTED,
            col(PortalAccount.disabled_at).is_(None),
            col(Contact.archived_at).is_(None),
        )
    )
    return is_portal_on(firm) & able


def requests(*columns: Any) -> Select[Any]:
    """Columns of requests with their client, work item and section beside them."""
    return (
        select_rows(*columns)
        .select_from(ClientRequest)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Section, col(Section.id) == ClientRequest.id)
    )


def is_outstanding(scope: Scope) -> Where:
    """Requests that reached somebody, still ask for something, and can still be answered (5.6, 6.24)."""
    return [
        *counted_clients(scope),
        col(ClientRequest.sent_at).is_not(None),
        col(ClientRequest.withdrawn_at).is_(None),
        col(WorkItem.completed_at).is_(None),
        col(WorkItem.archived_at).is_(None),
        col(Section.archived_at).is_(None),
        _has_task(col(Task.completed_at).is_(None)),
        _has_reached_somebody(),
    ]


def is_overdue(scope: Scope) -> ColumnElement[bool]:
    """Of the outstanding: an open task is past its due date (1.15)."""
    return _has_task(col(Task.completed_at).is_(None), col(Task.due_on) < scope.day)


def is_at_limit() -> ColumnElement[bool]:
    """Of the outstanding: nobody has a reminder left (7.9)."""
    return col(ClientRequest.reminder_limit_at).is_not(None)


def narrowed(figure: Figure, scope: Scope) -> Where:
    """Which requests stand behind one of the figures that count requests that are out."""
    more: dict[Figure, Where] = {
        Figure.OVERDUE: [is_overdue(scope)],
        Figure.LIMIT: [is_at_limit()],
    }
    return [*is_outstanding(scope), *more.get(figure, [])]


def completed(scope: Scope) -> Any:
    """Requests whose last answer came within 90 days: `request_id`, `sent_at` and `done_at`."""
    since, done_at = scope.now - COMPLETED_WITHIN, func.max(col(Task.completed_at))
    recent = select(Task.section_id).where(
        col(Task.firm_id) == scope.firm.id, col(Task.completed_at) >= since, col(Task.put_aside_at).is_(None)
    )
    query: Any = (
        select_rows(
            col(ClientRequest.id).label("request_id"),
            col(ClientRequest.sent_at).label("sent_at"),
            done_at.label("done_at"),
        )
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .join(Task, col(Task.section_id) == ClientRequest.id)
        .where(
            *counted_clients(scope),
            col(ClientRequest.id).in_(recent),
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(Task.put_aside_at).is_(None),
        )
        .group_by(col(ClientRequest.id), col(ClientRequest.sent_at))
        .having(
            func.count() == func.count(col(Task.completed_at)),
            done_at >= since,
            done_at >= col(ClientRequest.sent_at),
        )
    )
    return query


def reminders_of_today(scope: Scope) -> Any:
    """Reminders of the firm's day, one row a recipient: `recipient_id`, `request_id`, `at`, and whether it is `gone`."""
    gone: Any = (
        select_rows(
            col(Reminder.recipient_id).label("recipient_id"),
            col(Reminder.request_id).label("request_id"),
            col(Reminder.at).label("at"),
            literal(1).label("gone"),
        )
        .join(ClientRequest, col(ClientRequest.id) == Reminder.request_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .where(*counted_clients(scope), col(Reminder.reminded_on) == scope.day)
    )
    to_come = (
        select_rows(col(Recipient.id), col(Recipient.request_id), col(Recipient.next_reminder_at), literal(0))
        .join(ClientRequest, col(ClientRequest.id) == Recipient.request_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .where(
            *counted_clients(scope),
            col(Recipient.next_reminder_at) < scope.midnight(1),
            col(Recipient.removed_at).is_(None),
            col(ClientRequest.withdrawn_at).is_(None),
        )
    )
    return union_all(gone, to_come).subquery()


def failed_at() -> Any:
    """When an e-mail was refused, or came back."""
    return func.coalesce(col(OutboxMail.bounced_at), col(OutboxMail.settled_at), col(OutboxMail.queued_at))


def is_failed_mail(scope: Scope) -> Where:
    """E-mails that were refused or came back within 30 days (8.6); those to test clients are no figure (2.12)."""
    linked = (
        select_rows(col(ClientContact.id))
        .join(Client, col(Client.id) == ClientContact.client_id)
        .where(col(ClientContact.contact_id) == OutboxMail.contact_id)
    )
    where = [
        col(OutboxMail.firm_id) == scope.firm.id,
        col(OutboxMail.phase) == MailPhase.FAILED,
        failed_at() >= scope.now - FAILED_WITHIN,
        ~exists(linked.where(col(Client.test_of_staff_id).is_not(None))),
    ]
    if scope.staff_id is not None:
        where.append(exists(linked.where(*counted_clients(scope))))
    return where


def _has_task(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select_rows(col(Task.id)).where(
            col(Task.section_id) == ClientRequest.id, col(Task.put_aside_at).is_(None), *where
        )
    )


def _has_reached_somebody() -> ColumnElement[bool]:
    is_delivered = col(Recipient.first_sent_at).is_not(None) & col(Recipient.bounced_at).is_(None)
    reached = exists(
        select_rows(col(Recipient.id)).where(
            col(Recipient.request_id) == ClientRequest.id,
            col(Recipient.removed_at).is_(None),
            or_(col(Recipient.opened_at).is_not(None), is_delivered),
        )
    )
    return reached | _has_task(col(Task.completed_at).is_not(None))
