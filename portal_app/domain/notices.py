"""What staff are told of, by topic, and when the e-mail about it leaves as each person chose (8.2, 8.7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from portal_app.domain.send_rules import Days, moment, moved

SLOT = timedelta(minutes=10)  # 8.2
_DAY = timedelta(days=1)


class Mailing(StrEnum):
    """How notifications come by e-mail."""

    NOW = "now"
    TOGETHER = "together"
    DAILY = "daily"
    NONE = "none"


class Topic(StrEnum):
    """What one chooses by, in the order of the page."""

    QUESTION = "question"
    COMMENT = "comment"
    PROMISE = "promise"
    FILES = "files"
    HAND_OVER = "hand_over"
    TASK_COMPLETED = "task_completed"
    REQUEST_COMPLETED = "request_completed"
    SIGN_UP = "sign_up"
    COLLEAGUE = "colleague"
    ADDRESS = "address"
    MAIL_FAILED = "mail_failed"
    NOT_SENT = "not_sent"
    FILE_DAMAGED = "file_damaged"
    AUTOMATION = "automation"


TOPICS = {
    "question": Topic.QUESTION,
    "comment": Topic.COMMENT,
    "promise": Topic.PROMISE,
    "files_uploaded": Topic.FILES,
    "documents_uploaded": Topic.FILES,
    "task_handed_over": Topic.HAND_OVER,
    "task_completed": Topic.TASK_COMPLETED,
    "request_completed": Topic.REQUEST_COMPLETED,
    "signed_up": Topic.SIGN_UP,
    "address_moved": Topic.ADDRESS,
    "colleague_asked": Topic.COLLEAGUE,
    "colleague_invited": Topic.COLLEAGUE,
    "mail_failed": Topic.MAIL_FAILED,
    "staff_mail_failed": Topic.MAIL_FAILED,
    "send_failed": Topic.NOT_SENT,
    "left_out": Topic.NOT_SENT,
    "send_by_hand": Topic.NOT_SENT,
    "file_damaged": Topic.FILE_DAMAGED,
    "file_infected": Topic.FILE_DAMAGED,
    "automation": Topic.AUTOMATION,
}
"""The topic of every kind of notification."""

USUAL = {
    Topic.QUESTION: Mailing.NOW,
    Topic.COMMENT: Mailing.TOGETHER,
    Topic.PROMISE: Mailing.DAILY,
    Topic.FILES: Mailing.DAILY,
    Topic.HAND_OVER: Mailing.DAILY,
    Topic.TASK_COMPLETED: Mailing.NONE,
    Topic.REQUEST_COMPLETED: Mailing.DAILY,
    Topic.SIGN_UP: Mailing.NOW,
    Topic.COLLEAGUE: Mailing.NOW,
    Topic.ADDRESS: Mailing.DAILY,
    Topic.MAIL_FAILED: Mailing.NOW,
    Topic.NOT_SENT: Mailing.NOW,
    Topic.FILE_DAMAGED: Mailing.NOW,
    Topic.AUTOMATION: Mailing.TOGETHER,
}
"""Where a person chose nothing: what waits for them or went wrong comes at once, what went well does not."""

UNDOABLE = frozenset({"task_completed", "request_completed", "promise", "question"})
"""What its author may take back for a few seconds (5.12)."""


def leaves_at(mailing: Mailing, settled_at: datetime, days: Days) -> datetime | None:
    """When the e-mail leaves (aware UTC) about what can be undone no more from `settled_at` (aware) on.

    *Together* is every ten minutes by the clock, so that one person gets six an hour at most; *daily* is the
    firm's hour on the next of its days with sending. None for none, and for a firm that sends on no day.
    """
    if mailing is Mailing.NOW:
        return settled_at
    if mailing is Mailing.TOGETHER:
        slots = int(settled_at.timestamp() // SLOT.total_seconds()) + 1
        return datetime.fromtimestamp(slots * SLOT.total_seconds(), UTC)
    if mailing is Mailing.NONE or not set(days.weekdays) & set(range(7)):
        return None
    day = moved(settled_at.astimezone(days.zone).date(), days.weekdays)
    at = moment(day, days.hour, days.zone)
    return at if at > settled_at else moment(moved(day + _DAY, days.weekdays), days.hour, days.zone)
