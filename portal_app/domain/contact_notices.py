"""What contacts are told of, by topic, and by which ways it reaches them as each chose (9.5, 9.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TOGETHER: timedelta = timedelta(minutes=10)  # 9.6
"""What comes within it makes one e-mail."""


class ContactTopic(StrEnum):
    """What a contact chooses by, in the order of the page."""

    REQUEST = "request"
    TASK = "task"
    COMMENT = "comment"
    DOCUMENT = "document"
    ENDED = "ended"
    RECEIPT = "receipt"


TOPICS = {
    "request_sent": ContactTopic.REQUEST,
    "task_added": ContactTopic.TASK,
    "task_reopened": ContactTopic.TASK,
    "file_infected": ContactTopic.TASK,
    "file_infected_open": ContactTopic.TASK,
    "comment": ContactTopic.COMMENT,
    "task_answered": ContactTopic.COMMENT,
    "document_shared": ContactTopic.DOCUMENT,
    "document_infected": ContactTopic.DOCUMENT,
    "request_withdrawn": ContactTopic.ENDED,
    "request_closed": ContactTopic.ENDED,
    "file_received": ContactTopic.RECEIPT,
}
"""The topic of every kind of notice."""

MAILED_APART = frozenset({"request_sent", "task_added", "task_reopened", "request_withdrawn"})
"""They have e-mails of their own (6.1, 5.8, 5.13, 6.13), so they stand in none that gathers."""

ALWAYS_MAILED = frozenset({ContactTopic.REQUEST, ContactTopic.TASK})
"""Requests come by e-mail whatever somebody chose; a task as the firm or 5.8 says."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a topic reaches a contact: in the portal, by e-mail, by push."""

    by_portal: bool = True
    by_email: bool = True
    by_push: bool = True


USUAL = {topic: Ways() for topic in ContactTopic} | {
    ContactTopic.RECEIPT: Ways(by_portal=False, by_push=False)
}
"""Where a contact chose nothing; a receipt of what they uploaded themselves comes by e-mail alone (10.7)."""


def mail_leaves_at(kind: str, ways: Ways, told_at: datetime) -> datetime | None:
    """When the e-mail about a notice leaves that was told at `told_at` (aware); None where none does."""
    if kind in MAILED_APART or not ways.by_email:
        return None
    return told_at + TOGETHER
