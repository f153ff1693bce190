"""The notices of a signed-in contact as their pages show them: newest first, and only what they may still see (9.6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from portal_app.models import Contact, ContactNotice, Firm
from portal_app.services import spoken
from portal_app.services.documents import document_notices
from portal_app.services.home.switching import Switcher
from portal_app.services.notices import notice_words
from portal_app.text import _, ngettext
from portal_app.work import Work

MOST: Final = 12
"""Notices that are shown; of older ones the pages themselves tell."""
LOOKED_AT: Final = 60


@dataclass(frozen=True)
class NewsLine:
    """One notice; `more` says when it came, and about which client where there are several."""

    id: str = ""
    text: str = ""
    quote: str = ""
    more: str = ""
    is_new: bool = False


@dataclass(frozen=True)
class News:
    """What a contact is told; `said` names the button that shows it, with how much is new."""

    is_there: bool = False
    lines: list[NewsLine] = field(default_factory=list)
    new: int = 0
    count: str = ""
    said: str = ""


def news(work: Work, person: Contact, firm: Firm, found: Switcher) -> News:
    """The notices of a contact who sees these clients and requests."""
    names = {client.id: client.name for client in found.clients}
    seen = {request.id for request in found.requests}
    query = (
        select(ContactNotice)
        .where(ContactNotice.contact_id == person.id, col(ContactNotice.is_shown).is_(True))
        .order_by(col(ContactNotice.at).desc(), col(ContactNotice.id).desc())
        .limit(LOOKED_AT)
    )
    rows = [row for row in work.session.exec(query) if _is_theirs(row, names, seen)]
    rows = document_notices.still_told(work, person.id, rows)
    new = sum(row.read_at is None for row in rows)
    said = ngettext("Notifications, {n} new", "Notifications, {n} new", new) if new else _("Notifications")
    return News(
        is_there=True,
        lines=[_line(work, firm, row, names if len(names) > 1 else {}) for row in rows[:MOST]],
        new=new,
        count=str(new) if new else "",
        said=said.format(n=new),
    )


def _is_theirs(row: ContactNotice, clients: dict[str, str], requests: set[UUID]) -> bool:
    """Whether its contact may still see what it is about; of a request withdrawn, that it was."""
    if row.client_id is not None and str(row.client_id) not in clients:
        return False
    return row.request_id is None or row.kind == "request_withdrawn" or row.request_id in requests


def _line(work: Work, firm: Firm, row: ContactNotice, names: dict[str, str]) -> NewsLine:
    words = notice_words.words(row)
    when = spoken.moment(row.at, work.now, firm.time_zone)
    about = names.get(str(row.client_id), "")
    return NewsLine(
        id=str(row.id),
        text=words.text,
        quote=words.quote,
        more=f"{when} · {about}" if about else when,
        is_new=row.read_at is None,
    )
