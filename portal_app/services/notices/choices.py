"""By which ways each topic reaches a contact: what they chose, or the usual way (9.5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.contact_notices import ALWAYS_MAILED, TOPICS, USUAL, ContactTopic, Ways
from portal_app.models import ContactNoticeChoice, PortalAccess
from portal_app.text import _
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """One topic as the account page shows it."""

    topic: str
    label: str
    hint: str
    ways: Ways
    is_always_mailed: bool


def chosen(work: Work, contact_id: UUID) -> dict[ContactTopic, Ways]:
    """The ways of every topic for a contact."""
    rows = work.session.exec(select(ContactNoticeChoice).where(ContactNoticeChoice.contact_id == contact_id))
    return USUAL | {row.topic: Ways(row.by_portal, row.by_email, row.by_push) for row in rows}


def ways_of(work: Work, contact_id: UUID, kind: str, client_id: UUID | None) -> Ways:
    """The ways of one kind; none by e-mail where the firm switched it off for the contact at that client (2.8)."""
    ways = chosen(work, contact_id)[TOPICS[kind]]
    off = select(PortalAccess.id).where(
        PortalAccess.contact_id == contact_id,
        PortalAccess.client_id == client_id,
        col(PortalAccess.notices_off_at).is_not(None),
    )
    is_off = client_id is not None and work.session.exec(off).first() is not None
    return replace(ways, by_email=False) if is_off else ways


def kinds_of(topic: ContactTopic) -> list[str]:
    """The kinds of notices under a topic."""
    return [kind for kind, of in TOPICS.items() if of is topic]


def shown(work: Work, contact_id: UUID) -> list[TopicChoice]:
    """Every topic with its ways, in the reader's language."""
    ways = chosen(work, contact_id)
    return [
        TopicChoice(topic.value, *_words(topic), ways[topic], topic in ALWAYS_MAILED)
        for topic in ContactTopic
    ]


def _words(topic: ContactTopic) -> tuple[str, str]:
    return {
        ContactTopic.REQUEST: (_("New requests"), ""),
        ContactTopic.TASK: (_("Tasks added or reopened"), ""),
        ContactTopic.COMMENT: (
            _("Comments and answers by the firm"),
            _("By e-mail, those of ten minutes together."),
        ),
        ContactTopic.DOCUMENT: (_("Documents shared with you"), ""),
        ContactTopic.ENDED: (_("Requests withdrawn or closed"), ""),
        ContactTopic.RECEIPT: (
            _("Receipts of what you upload"),
            _("By e-mail, those of ten minutes together. No e-mail carries a file."),
        ),
    }[topic]
