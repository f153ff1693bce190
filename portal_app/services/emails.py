"""What every e-mail says: facts in, a finished subject, text and HTML out (6.1, 6.5, 7.3, 12.1).

Pure: nothing is read or queued here. Each event has a folder of templates of its name. Who it is from, whom a
reply goes to and its Message-ID are the outbox's. No subject holds a code or a link: it is stored in the clear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment

from portal_app.domain.letterhead import Letterhead, accent
from portal_app.templates import environment
from portal_app.text import use_locale

__all__ = [
    "Access",
    "Answer",
    "AnswerKind",
    "Completion",
    "ComposedMail",
    "Invitation",
    "Letterhead",
    "RequestMail",
    "SecurityEvent",
    "SecurityNotice",
    "TaskLine",
    "access_link",
    "completed_notice",
    "invitation",
    "password_reset",
    "reminder",
    "request_sent",
    "request_withdrawn",
    "security_notice",
    "sign_in_code",
    "task_added",
    "task_reopened",
]


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A finished e-mail in one language; `subject` is one line, and each link of `text` stands once, on a line of its own."""

    event: str
    locale: str
    subject: str
    text: str
    html: str


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

    @property
    def last_due_on(self) -> date | None:
        """Until when everything is asked: the last day among the tasks."""
        return max((task.due_on for task in self.tasks if task.due_on), default=None)


@dataclass(frozen=True, slots=True)
class Access:
    """An access link with its code, to whom a request was sent (6.5)."""

    recipient_name: str
    client_name: str
    title: str
    link: str
    code: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Portal access offered to one person, for one or more clients (3.2, 3.12); `expires_at` is aware."""

    name: str
    client_names: tuple[str, ...]
    inviter_name: str
    link: str
    expires_at: datetime
    message: str = ""


class SecurityEvent(StrEnum):
    """What an account's owner is told at once (4.5, 4.7): what they changed, and what somebody else may be trying."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (an event)
    ADDRESS_CHANGED = "address_changed"
    MFA_CHANGED = "mfa_changed"
    MFA_RESET = "mfa_reset"
    NEW_BROWSER = "new_browser"
    WRONG_CODES = "wrong_codes"


@dataclass(frozen=True, slots=True)
class SecurityNotice:
    """What happened to an account, when (aware), and from which browser where that is known."""

    name: str
    what: SecurityEvent
    at: datetime
    browser: str = ""


class AnswerKind(StrEnum):
    """How a client completed a task (5.8)."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    ALREADY_HAVE = "already_have"


@dataclass(frozen=True, slots=True)
class Answer:
    """One completed task; `note` is the reason, or the document's name."""

    title: str
    kind: AnswerKind = AnswerKind.DONE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a client completed, for a staff member (8.1). `link` leads to the work item."""

    staff_name: str
    contact_name: str
    client_name: str
    title: str
    answers: tuple[Answer, ...]
    link: str
    is_whole_request: bool = False


def request_sent(letterhead: Letterhead, mail: RequestMail, *, locale: str) -> ComposedMail:
    """A request, when it is sent or resent (6.1, 6.2)."""
    return _compose("request_sent", letterhead, locale, mail=mail)


def reminder(
    letterhead: Letterhead,
    mail: RequestMail,
    *,
    locale: str,
    waiting: tuple[TaskLine, ...] = (),
    off_url: str = "",
) -> ComposedMail:
    """A reminder: `mail.tasks` is what the client can do, `waiting` what waits on the firm (7.3); `off_url` ends reminders (7.5)."""
    return _compose("reminder", letterhead, locale, mail=mail, waiting=waiting, off_url=off_url)


def task_added(letterhead: Letterhead, mail: RequestMail, *, locale: str) -> ComposedMail:
    """Tasks added after the send (5.13): `mail.tasks` are those alone."""
    return _compose("task_added", letterhead, locale, mail=mail)


def task_reopened(letterhead: Letterhead, mail: RequestMail, *, reason: str, locale: str) -> ComposedMail:
    """One task reopened by staff, with the reason (5.8): `mail.tasks` is that one alone."""
    return _compose("task_reopened", letterhead, locale, mail=mail, reason=reason)


def request_withdrawn(letterhead: Letterhead, mail: RequestMail, *, locale: str) -> ComposedMail:
    """A request taken back (6.13); of `mail`, tasks and link are not used."""
    return _compose("request_withdrawn", letterhead, locale, mail=mail)


def access_link(letterhead: Letterhead, access: Access, *, locale: str) -> ComposedMail:
    """The answer to *Send access link* (6.5)."""
    return _compose("access_link", letterhead, locale, access=access)


def sign_in_code(letterhead: Letterhead, *, name: str, code: str, locale: str) -> ComposedMail:
    """The code of the second step: ten minutes, three tries (4.3)."""
    return _compose("sign_in_code", letterhead, locale, name=name, code=code)


def invitation(letterhead: Letterhead, offer: Invitation, *, locale: str) -> ComposedMail:
    """An invitation, valid for three days (3.3)."""
    return _compose("invitation", letterhead, locale, offer=offer)


def password_reset(letterhead: Letterhead, *, name: str, link: str, locale: str) -> ComposedMail:
    """A link to choose a new password: one hour, once (4.5)."""
    return _compose("password_reset", letterhead, locale, name=name, link=link)


def security_notice(letterhead: Letterhead, notice: SecurityNotice, *, locale: str) -> ComposedMail:
    """Something about the account changed (4.7)."""
    return _compose("security_notice", letterhead, locale, notice=notice)


def completed_notice(letterhead: Letterhead, done: Completion, *, locale: str) -> ComposedMail:
    """What a client completed, to a staff member, without what is said to clients alone (8.1, 8.2)."""
    inside = replace(letterhead, help_url="", sign_in_url=None)
    return _compose("completed_notice", inside, locale, done=done)


def _compose(event: str, letterhead: Letterhead, locale: str, **facts: object) -> ComposedMail:
    given = {"firm": letterhead, "accent": accent(letterhead.accent), "lang": locale, **facts}
    with use_locale(locale):
        subject = _one_line(_plain().get_template(f"{event}/subject.txt").render(given))
        text = _plain().get_template(f"{event}/body.txt").render(given)
        html = _rich().get_template(f"{event}/body.html").render(given, subject=subject)
    return ComposedMail(event, locale, subject, _tidy(text), html.strip() + "\n")


@cache
def _plain() -> Environment:
    return _with_filters(environment("emails", is_html=False))


@cache
def _rich() -> Environment:
    return _with_filters(environment("emails"))


def _with_filters(made: Environment) -> Environment:
    made.filters.update(one_line=_one_line, paragraphs=_paragraphs, local_day=_local_day)
    return made


def _one_line(words: str) -> str:
    """`words` on one line; no-break spaces stay."""
    return re.sub(r"[\x00-\x20\x7f\x85\u2028\u2029]+", " ", words).strip()


def _paragraphs(words: str) -> list[list[str]]:
    """What somebody typed, as lines within paragraphs."""
    return [
        part.splitlines()
        for part in re.split(r"\n\s*\n", words.replace("\r\n", "\n").strip())
        if part.strip()
    ]


def _local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _tidy(text: str) -> str:
    lines = (line.rstrip(" ") for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
