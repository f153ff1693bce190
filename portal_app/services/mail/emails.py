"""What every e-mail says: facts in, a finished subject, text and HTML out (6.1, 6.5, 7.3, 12.1).

Pure: nothing is read or queued here. Each event has a folder of templates of its name. Who it is from, whom a
reply goes to and its Message-ID are the outbox's. No subject holds a code or a link: it is stored in the clear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment

from portal_app.domain import email_texts
from portal_app.domain.letterhead import Letterhead, accent
from portal_app.services.mail import email_places, standard_texts
from portal_app.services.mail.email_facts import (
    Access,
    ClientNews,
    HandedOver,
    Introduction,
    Invitation,
    OpenRequest,
    ReminderPart,
    RequestMail,
    SecurityNotice,
    StaffInvitation,
    StaffNotices,
    TaskLine,
)
from portal_app.templates import environment
from portal_app.text import use_dates, use_locale


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A finished e-mail in one language; `subject` is one line, and each link of `text` stands once, on a line of its own."""

    event: str
    locale: str
    subject: str
    text: str
    html: str


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


def reminder_digest(letterhead: Letterhead, parts: tuple[ReminderPart, ...], *, locale: str) -> ComposedMail:
    """Several requests' reminders to one person in one e-mail; each part names its client (7.11, 9.2)."""
    return _compose("reminder_digest", letterhead, locale, parts_of=parts)


def task_added(letterhead: Letterhead, mail: RequestMail, *, locale: str) -> ComposedMail:
    """Tasks added after the send (5.13): `mail.tasks` are those alone."""
    return _compose("task_added", letterhead, locale, mail=mail)


def task_changed(letterhead: Letterhead, mail: RequestMail, *, locale: str) -> ComposedMail:
    """A task changed after the send (5.13): `mail.tasks` is that one as it reads now."""
    return _compose("task_changed", letterhead, locale, mail=mail)


def task_removed(letterhead: Letterhead, mail: RequestMail, *, locale: str) -> ComposedMail:
    """A task taken out after the send (5.13): `mail.tasks` is that one as it read."""
    return _compose("task_removed", letterhead, locale, mail=mail)


def task_reopened(letterhead: Letterhead, mail: RequestMail, *, reason: str, locale: str) -> ComposedMail:
    """One task reopened by staff, with the reason (5.8): `mail.tasks` is that one alone."""
    return _compose("task_reopened", letterhead, locale, mail=mail, reason=reason)


def request_withdrawn(letterhead: Letterhead, mail: RequestMail, *, locale: str) -> ComposedMail:
    """A request taken back (6.13); of `mail`, tasks and link are not used."""
    return _compose("request_withdrawn", letterhead, locale, mail=mail)


def access_link(letterhead: Letterhead, access: Access, *, locale: str) -> ComposedMail:
    """The answer to *Send access link* (6.5)."""
    return _compose("access_link", letterhead, locale, access=access)


def classic_pin(letterhead: Letterhead, access: Access, *, locale: str) -> ComposedMail:
    """The answer to *Send a new PIN* (6.9)."""
    return _compose("classic_pin", letterhead, locale, access=access)


def my_links(
    letterhead: Letterhead, *, name: str, requests: tuple[OpenRequest, ...], locale: str
) -> ComposedMail:
    """The answer to *Send me my links*: an access link for each open request (6.26)."""
    return _compose("my_links", letterhead, locale, name=name, requests=requests)


def sign_up(
    letterhead: Letterhead, *, name: str, link: str, expires_at: datetime, locale: str
) -> ComposedMail:
    """The way on for who asked for an account (3.7)."""
    return _compose("sign_up", letterhead, locale, name=name, link=link, expires_at=expires_at)


def has_account(letterhead: Letterhead, *, name: str, link: str, locale: str) -> ComposedMail:
    """To who asked for an account and has one: where to sign in (3.7)."""
    return _compose("has_account", letterhead, locale, name=name, link=link)


def task_handed_over(letterhead: Letterhead, handed: HandedOver, *, locale: str) -> ComposedMail:
    """A link to one task, to whom the recipient handed it (5.8a)."""
    return _compose("task_handed_over", letterhead, locale, handed=handed)


def sign_in_code(letterhead: Letterhead, *, name: str, code: str, locale: str) -> ComposedMail:
    """The code of the second step: ten minutes, three tries (4.3)."""
    return _compose("sign_in_code", letterhead, locale, name=name, code=code)


def address_change(
    letterhead: Letterhead, *, name: str, link: str, expires_at: datetime, locale: str, is_given: bool = False
) -> ComposedMail:
    """A link to somebody's new address, which confirms it (2.18); `is_given`: the firm changed it (2.17)."""
    return _compose(
        "address_change", letterhead, locale, name=name, link=link, expires_at=expires_at, is_given=is_given
    )


def invitation(letterhead: Letterhead, offer: Invitation, *, locale: str) -> ComposedMail:
    """An invitation, valid for three days (3.3)."""
    return _compose("invitation", letterhead, locale, offer=offer)


def staff_invitation(letterhead: Letterhead, offer: StaffInvitation, *, locale: str) -> ComposedMail:
    """The link by which somebody joins the staff, valid for three days (1.13)."""
    return _compose("staff_invitation", letterhead, locale, offer=offer)


def introduction(letterhead: Letterhead, facts: Introduction, *, locale: str) -> ComposedMail:
    """The portal presented to clients, in the firm's words or the standard ones (1.12)."""
    return _compose("introduction", letterhead, locale, introduced=facts)


def password_reset(letterhead: Letterhead, *, name: str, link: str, locale: str) -> ComposedMail:
    """A link to choose a new password: one hour, once (4.5)."""
    return _compose("password_reset", letterhead, locale, name=name, link=link)


def security_notice(letterhead: Letterhead, notice: SecurityNotice, *, locale: str) -> ComposedMail:
    """Something about the account changed (4.7)."""
    return _compose("security_notice", letterhead, locale, notice=notice)


def notices(letterhead: Letterhead, told: StaffNotices, *, locale: str) -> ComposedMail:
    """What is in a staff member's triage, without what is said to clients alone (8.2)."""
    inside = replace(letterhead, help_url="", sign_in_url=None)
    return _compose("notices", inside, locale, told=told)


def client_news(letterhead: Letterhead, news: ClientNews, *, locale: str) -> ComposedMail:
    """What a contact is told of besides requests: comments, answers, documents, a request closed (9.6)."""
    return _compose("client_news", letterhead, locale, news=news)


def _compose(event: str, letterhead: Letterhead, locale: str, **facts: Any) -> ComposedMail:
    given = {"firm": letterhead, "accent": accent(letterhead.accent), "lang": locale, **facts}
    with use_locale(locale), use_dates(letterhead.dates):
        own = letterhead.own_texts(event, locale) if letterhead.own_texts else None
        if own is None and event in standard_texts.PLACED:
            own = standard_texts.standard(event)
        if own is None:
            subject = email_texts.one_line(_plain().get_template(f"{event}/subject.txt").render(given))
            parts = f"{event}/body.txt", f"{event}/body.html"
        else:
            values = email_places.values(letterhead, facts)
            subject = email_texts.one_line(email_texts.filled(own.subject, values))
            given |= {"standard": event, "paragraphs": email_texts.pieces(own.body, values)}
            given |= email_places.blocks(facts, subject)
            parts = "own.txt", "own.html"
        text = _plain().get_template(parts[0]).render(given)
        html = _rich().get_template(parts[1]).render(given, subject=subject)
    return ComposedMail(event, locale, subject, _tidy(text), html.strip() + "\n")


@cache
def _plain() -> Environment:
    return _with_filters(environment("emails", is_html=False))


@cache
def _rich() -> Environment:
    return _with_filters(environment("emails"))


def _with_filters(made: Environment) -> Environment:
    made.filters.update(one_line=email_texts.one_line, paragraphs=_paragraphs, local_day=_local_day)
    return made


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
