"""What e-mails are about: the facts that `emails` composes into words (6.1, 6.5, 7.3).

Facts alone, already read; days are the firm's, moments aware, links whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One thing asked, as an e-mail lists it. `note` says why it waits, where it does."""

    title: str
    due_on: date | None = None
    is_late: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class RequestMail:
    """One e-mail to one recipient about one request; `expires_at` is aware, and `message` the sender's own words."""

    recipient_name: str
    client_name: str
    title: str
    sender_name: str
    tasks: tuple[TaskLine, ...]
    link: str
    expires_at: datetime
    sender_phone: str = ""
    message: str = ""
    pin: str = ""
    """The six digits that the link's page asks for, under classic access (6.9)."""

    @property
    def last_due_on(self) -> date | None:
        """Until when everything is asked: the last day among the tasks."""
        return max((task.due_on for task in self.tasks if task.due_on), default=None)


@dataclass(frozen=True, slots=True)
class ReminderPart:
    """One request's reminder: `mail.tasks` is what the client can do, `waiting` what waits on the firm (7.3), and
    `off_url` ends the reminders of this request (7.5)."""

    mail: RequestMail
    waiting: tuple[TaskLine, ...] = ()
    off_url: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """An access link with its code, to whom a request was sent (6.5); or a classic link with its PIN (6.9)."""

    recipient_name: str
    client_name: str
    title: str
    link: str
    code: str


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """One open request of a person, with a link of its own; `due_on` is the soonest of its days, `pin` for a
    link that asks for one (6.9)."""

    client_name: str
    title: str
    link: str
    due_on: date | None = None
    pin: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One task in somebody else's hands, until a day; with `code`, an access link to it (5.8a)."""

    name: str
    giver_name: str
    client_name: str
    title: str
    link: str
    until: date
    code: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Portal access offered to one person, for one or more clients (3.2, 3.12); `expires_at` is aware."""

    name: str
    client_names: tuple[str, ...]
    inviter_name: str
    link: str
    expires_at: datetime
    message: str = ""


@dataclass(frozen=True, slots=True)
class StaffInvitation:
    """A person asked to join the firm's staff (1.13); `expires_at` is aware."""

    name: str
    inviter_name: str
    link: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Introduction:
    """The portal presented to one person, for the clients they stand for (1.12); `video_url` is empty without a film."""

    name: str
    client_names: tuple[str, ...]
    staff_name: str
    link: str
    video_url: str = ""


class SecurityEvent(StrEnum):
    """What an account's owner is told at once (4.5, 4.7): what they changed, and what somebody else may be trying."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (an event)
    ADDRESS_CHANGED = "address_changed"
    MFA_CHANGED = "mfa_changed"
    MFA_RESET = "mfa_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_NEW = "recovery_codes_new"
    UNFINISHED = "unfinished"
    NEW_BROWSER = "new_browser"
    WRONG_CODES = "wrong_codes"
    ISSUER_LINKED = "issuer_linked"


@dataclass(frozen=True, slots=True)
class SecurityNotice:
    """What happened to an account, when (aware), and from which browser where that is known."""

    name: str
    what: SecurityEvent
    at: datetime
    browser: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notification: its sentence, what somebody wrote, what stands below it, and when it came."""

    text: str
    quote: str = ""
    more: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class NoticePart:
    """Notifications that lead to one place, named by `place`; `link` is empty where there is none."""

    place: str
    link: str
    lines: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    """One client's notifications."""

    client_name: str
    parts: tuple[NoticePart, ...]


@dataclass(frozen=True, slots=True)
class StaffNotices:
    """Notifications to one staff member, by client; `count` is how many, also beyond those that are written (8.2)."""

    staff_name: str
    count: int
    groups: tuple[NoticeGroup, ...]
    triage_link: str
    choices_link: str

    @property
    def only(self) -> str:
        """The sentence of the one notification there is; empty where there are several."""
        return self.groups[0].parts[0].lines[0].text if self.count == 1 else ""


@dataclass(frozen=True, slots=True)
class ClientNews:
    """What staff wrote or shared within ten minutes, to one contact about one request, or without `title` about
    documents (9.6); `link` is empty where nothing can be done any more."""

    recipient_name: str
    client_name: str
    title: str
    sender_name: str
    lines: tuple[NoticeLine, ...]
    link: str
    pin: str = ""
    choices_link: str = ""
    sender_phone: str = ""
    is_receipt: bool = False
    """Whether it tells of nothing but what the contact uploaded themselves (10.7)."""
