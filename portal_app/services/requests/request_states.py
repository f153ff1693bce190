"""The facts of 5.6 for many requests at once, so that a list of hundreds costs four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.lifecycle import RecipientFacts, RequestFacts, State, state
from portal_app.models import (
    AccessGrant,
    AccessStatus,
    Client,
    ClientRequest,
    Contact,
    Firm,
    PortalAccess,
    PortalAccount,
    Recipient,
    Task,
    WorkItem,
)
from portal_app.work import Work


def states(work: Work, request_ids: Collection[UUID]) -> dict[UUID, State]:
    """Each request's one state, now (5.6). The caller's door has said that they may be seen."""
    return {request_id: state(one, work.now) for request_id, one in facts(work, request_ids).items()}


def facts(work: Work, request_ids: Collection[UUID]) -> dict[UUID, RequestFacts]:
    """What `lifecycle.state` needs, by request."""
    tasks = _tasks(work, request_ids)
    recipients = _recipients(work, request_ids)
    query = (
        select_rows(ClientRequest, col(WorkItem.completed_at))
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .where(col(ClientRequest.id).in_(request_ids))
    )
    return {
        request.id: facts_of(
            request,
            tasks.get(request.id, (0, 0)),
            recipients.get(request.id, ()),
            is_work_completed=completed_at is not None,
        )
        for request, completed_at in work.session.execute(query)
    }


def facts_of(
    request: ClientRequest,
    tasks: tuple[int, int],
    recipients: Sequence[RecipientFacts],
    *,
    is_work_completed: bool,
) -> RequestFacts:
    """From rows to facts, for every page alike; `tasks` are all of them and those that are open."""
    return RequestFacts(
        tasks=tasks[0],
        open_tasks=tasks[1],
        sent_at=request.sent_at,
        send_at=request.send_at,
        held_at=request.held_at,
        is_withdrawn=request.withdrawn_at is not None,
        is_work_completed=is_work_completed,
        recipients=recipients,
    )


def recipient_facts(
    recipient: Recipient, expires_at: datetime | None, *, can_sign_in: bool
) -> RecipientFacts:
    """One recipient's facts; `expires_at` is their open grant's."""
    return RecipientFacts(
        first_sent_at=recipient.first_sent_at,
        bounced_at=recipient.bounced_at,
        opened_at=recipient.opened_at,
        expires_at=expires_at,
        can_sign_in=can_sign_in,
    )


def _tasks(work: Work, request_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    is_open = case((col(Task.completed_at).is_(None), 1), else_=0)
    query = (
        select_rows(col(Task.section_id), func.count(), func.sum(is_open))
        .where(col(Task.section_id).in_(request_ids), col(Task.put_aside_at).is_(None))
        .group_by(col(Task.section_id))
    )
    return {section_id: (total, left or 0) for section_id, total, left in work.session.execute(query)}


def _recipients(work: Work, request_ids: Iterable[UUID]) -> dict[UUID, list[RecipientFacts]]:
    query = (
        select_rows(Recipient, col(AccessGrant.expires_at))
        .outerjoin(
            AccessGrant,
            (col(AccessGrant.recipient_id) == Recipient.id) & col(AccessGrant.ended_at).is_(None),
        )
        .where(col(Recipient.request_id).in_(request_ids), col(Recipient.removed_at).is_(None))
        .order_by(col(Recipient.id))
    )
    rows = list(work.session.execute(query))
    able = _able_to_sign_in(work, request_ids)
    found: dict[UUID, list[RecipientFacts]] = defaultdict(list)
    for recipient, expires_at in rows:
        found[recipient.request_id].append(
            recipient_facts(
                recipient, expires_at, can_sign_in=(recipient.request_id, recipient.contact_id) in able
            )
        )
    return found


def _able_to_sign_in(work: Work, request_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Pairs of request and contact who can sign in for the request's client now."""
    query = (
        select(ClientRequest.id, PortalAccess.contact_id)
        .join(PortalAccess, col(PortalAccess.client_id) == ClientRequest.client_id)
        .join(PortalAccount, col(PortalAccount.contact_id) == PortalAccess.contact_id)
        .join(Contact, col(Contact.id) == PortalAccess.contact_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .join(Firm, col(Firm.id) == ClientRequest.firm_id)
        .where(
            col(ClientRequest.id).in_(request_ids),
            PortalAccess.status == AccessStatus.ACCEPTED,
            col(PortalAccount.disabled_at).is_(None),
            col(Contact.archived_at).is_(None),
            col(Client.portal_on_at).is_not(None),
            col(Firm.portal_on_at).is_not(None),
        )
    )
    return set(work.session.exec(query).all())
