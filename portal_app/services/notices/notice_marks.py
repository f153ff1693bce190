"""What contacts do with their own notices: open one, mark all read, choose how each topic reaches them (9.5, 9.6)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.contact_notices import ContactTopic, Ways
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import Contact, ContactNotice, ContactNoticeChoice
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.account.own import own
from portal_app.services.notices import choices, notice_words
from portal_app.text import _
from portal_app.work import Work, begin


def open_notice(ports: Ports, actor: Actor, notice_id: UUID) -> str:
    """Mark one of one's own notices read; gives the path where it leads. Raises `NotFound`, `SignInNeeded`."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.HOME_READ)
        mine = own(work).contact_id
        row = work.session.get(ContactNotice, notice_id)
        if row is None or row.contact_id != mine:
            raise NotFound(_("There is nothing here."))
        _mark(work, mine, col(ContactNotice.id) == row.id)
        return notice_words.place(row)


def mark_all_read(ports: Ports, actor: Actor) -> None:
    """Mark all of one's own notices read. Raises `SignInNeeded`."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.HOME_READ)
        _mark(work, own(work).contact_id)


def mark_seen(work: Work, contact_id: UUID, request_id: UUID) -> None:
    """Who opens a request has read what is told about it."""
    _mark(work, contact_id, col(ContactNotice.request_id) == request_id)


def has_new(work: Work, contact_id: UUID, request_id: UUID) -> bool:
    """Whether something about this request is told and not read."""
    query = select(ContactNotice.id).where(
        ContactNotice.contact_id == contact_id,
        ContactNotice.request_id == request_id,
        col(ContactNotice.read_at).is_(None),
    )
    return work.session.exec(query.limit(1)).first() is not None


def choose(ports: Ports, actor: Actor, wishes: dict[ContactTopic, Ways]) -> None:
    """Be told of each topic by these ways from now on. Raises `SignInNeeded`."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.ACCOUNT_EDIT)
        person = own(work, lock=True)
        contact = work.session.get_one(Contact, person.contact_id, with_for_update=True)
        before = choices.chosen(work, contact.id)
        changed = {topic: ways for topic, ways in wishes.items() if before[topic] != ways}
        for topic, ways in changed.items():
            _keep(work, contact, topic, ways)
        if changed:
            work.audit(
                "notices:chosen",
                firm_id=contact.firm_id,
                subject_kind="contact",
                subject_id=contact.id,
                topics=", ".join(sorted(changed)),
            )


def _keep(work: Work, contact: Contact, topic: ContactTopic, ways: Ways) -> None:
    query = select(ContactNoticeChoice).where(
        ContactNoticeChoice.contact_id == contact.id, ContactNoticeChoice.topic == topic
    )
    row = work.session.exec(query).first() or ContactNoticeChoice(
        firm_id=contact.firm_id, contact_id=contact.id, topic=topic, changed_at=work.now
    )
    row.by_portal, row.by_email, row.by_push = ways.by_portal, ways.by_email, ways.by_push
    row.changed_at = work.now
    work.add(row)
    if not ways.by_email:
        kinds: Collection[str] = choices.kinds_of(topic)
        work.session.execute(
            update(ContactNotice)
            .where(col(ContactNotice.contact_id) == contact.id, col(ContactNotice.kind).in_(kinds))
            .values(mail_due_at=None)
        )


def _mark(work: Work, contact_id: UUID | None, *where: Any) -> None:
    work.session.execute(
        update(ContactNotice)
        .where(col(ContactNotice.contact_id) == contact_id, col(ContactNotice.read_at).is_(None), *where)
        .values(read_at=work.now)
    )
    work.ring(f"contact:{contact_id}")
