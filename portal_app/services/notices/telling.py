"""Telling contacts: who hears of what that staff did, in the transaction of what happened (9.6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.contact_notices import mail_leaves_at
from portal_app.models import ClientRequest, Contact, ContactNotice, Recipient, Section, Staff, Task
from portal_app.services.access import Sight
from portal_app.services.notices import choices, notice_words
from portal_app.services.push import queueing
from portal_app.services.push.queueing import Said
from portal_app.text import use_locale
from portal_app.work import Work


def tell_recipients(
    work: Work, sight: Sight, kind: str, *, task: Task | None = None, once_key: str, **facts: Any
) -> None:
    """Tell everybody a request was sent to of something in it. With `once_key` a repeat changes nothing."""
    tell_contacts(
        work,
        recipients(work, sight.request.id),
        kind,
        once_key=once_key,
        facts={"title": sight.section.name, **({"task": task.title} if task else {}), **facts},
        client_id=sight.client.id,
        request_id=sight.request.id,
        task_id=task.id if task else None,
    )


def tell_contacts(
    work: Work,
    contact_ids: Iterable[UUID],
    kind: str,
    *,
    once_key: str,
    facts: dict[str, Any],
    **about: Any,
) -> None:
    """Tell these contacts, by the ways each chose: the one place where that is done.

    `kind` is one of `domain.contact_notices.TOPICS`. Facts: *title* of the request, *task*, *text* of a comment,
    *name* of a document; who did it is the one who acts. `about` names columns of `ContactNotice`: client_id,
    request_id, task_id. Under one `once_key` a contact is told once, and one who is archived not at all.
    """
    writer = work.session.get(Staff, work.actor.staff_id) if work.actor.staff_id else None
    by = {"by": writer.name} if writer else {}
    for contact_id in dict.fromkeys(contact_ids):
        contact = work.session.get_one(Contact, contact_id)
        if contact.archived_at is not None or _was_told(work, contact_id, once_key):
            continue
        client_id = about.get("client_id")
        ways = choices.ways_of(work, contact_id, kind, client_id)
        row = ContactNotice(
            firm_id=contact.firm_id,
            contact_id=contact_id,
            kind=kind,
            staff_id=work.actor.staff_id,
            facts=by | facts,
            once_key=once_key,
            at=work.now,
            is_shown=ways.by_portal,
            mail_due_at=mail_leaves_at(kind, ways, work.now),
            **about,
        )
        work.add(row)
        work.session.flush()
        if ways.by_push:
            _push(work, contact, row)
        work.ring(f"contact:{contact_id}")


def tell_closed(work: Work, requests: Iterable[ClientRequest]) -> None:
    """Tell whom these requests went to that they are closed with something still open (6.10, 9.6)."""
    for request in requests:
        still = select(Task.id).where(
            Task.section_id == request.id, col(Task.completed_at).is_(None), col(Task.put_aside_at).is_(None)
        )
        if work.session.exec(still.limit(1)).first() is None:
            continue
        tell_contacts(
            work,
            recipients(work, request.id),
            "request_closed",
            once_key=f"request_closed:{request.id.hex}:{work.now.isoformat()}",
            facts={"title": work.session.get_one(Section, request.id).name},
            client_id=request.client_id,
            request_id=request.id,
        )


def recipients(work: Work, request_id: UUID) -> list[UUID]:
    """Whom a request is sent to now."""
    query = select(Recipient.contact_id).where(
        Recipient.request_id == request_id, col(Recipient.removed_at).is_(None)
    )
    return list(work.session.exec(query.order_by(col(Recipient.id))))


def _push(work: Work, contact: Contact, row: ContactNotice) -> None:
    with use_locale(contact.locale):
        bare = notice_words.words(row).bare
    said = Said(row.kind, bare, notice_words.place(row), contact.locale)
    queueing.queue(work, contact.id, contact.firm_id, said, notice_id=row.id)


def _was_told(work: Work, contact_id: UUID, once_key: str) -> bool:
    query = select(ContactNotice.id).where(
        ContactNotice.contact_id == contact_id, ContactNotice.once_key == once_key
    )
    return work.session.exec(query).first() is not None
