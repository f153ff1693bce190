"""*Pending activation*: whoever has access that they cannot use yet, by the date of the invitation (2.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.invitations import LASTS_FOR
from portal_app.domain.permissions import Permission
from portal_app.domain.standings import WAITING, wanted_words
from portal_app.models import (
    AccessStatus,
    Client,
    Contact,
    Firm,
    PendingContact,
    PortalAccess,
    PortalCount,
    SearchWord,
    Staff,
)
from portal_app.models.standings import NEVER
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.firm.firm_days import day_of, today
from portal_app.services.mail import post
from portal_app.services.portal import portal_words
from portal_app.services.portal.places import Filters
from portal_app.services.portal.portal_search import FEW, PAGE, is_plain
from portal_app.services.portal.words import begins
from portal_app.text import _, format_date, format_number, ngettext
from portal_app.work import Work, reading

WAITS = tuple(AccessStatus(one) for one in sorted(WAITING))
BY_CLIENTS: Final = "clients"
"""The filter for invitations that a contact asked for (3.6)."""


@dataclass(frozen=True, slots=True)
class PendingMark:
    """Where one access stands; `about` names the client where the person's clients stand differently."""

    drawing: str = "half"
    tone: str = "wait"
    word: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class PendingRow:
    """One contact; `trouble` says what is wrong with the address."""

    id: str = ""
    email: str = ""
    name: str = ""
    trouble: str = ""
    clients: str = ""
    marks: list[PendingMark] = field(default_factory=list)
    invited: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class PendingView:
    """One page; `found` is how many match, -1 where they are more than a thousand."""

    rows: list[PendingRow] = field(default_factory=list)
    next_after: str = ""
    matching: str = ""
    found: int = 0


def pending_view(ports: Ports, actor: Actor, wanted: Filters) -> PendingView:
    """Contacts who were given access or invited, and cannot sign in yet, newest invitation first."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.CLIENT_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        if firm.portal_on_at is None:
            return PendingView(matching=_counted(0))
        ids, found = page(work, wanted), _count(work, wanted)
        return PendingView(
            rows=[row for _invited_at, row in rows_of(work, firm, ids[:PAGE])],
            next_after=str(ids[PAGE - 1]) if len(ids) > PAGE else "",
            matching=_counted(found),
            found=found if found is not None else -1,
        )


def matching(work: Work, wanted: Filters) -> Any:
    """A query for the ids of all contacts that match."""
    return select_rows(col(PendingContact.id)).where(*_narrowed(work, wanted))


def page(work: Work, wanted: Filters, size: int = PAGE) -> list[UUID]:
    """The ids of one page in order, `size` at most, and of one more where there is another page."""
    at, row_id, is_up = col(PendingContact.invited_at), col(PendingContact.id), wanted.order == "up"
    query = select(PendingContact.id).where(*_narrowed(work, wanted))
    if last := _last(work, wanted.after):
        beyond, later = (
            (at > last.invited_at, row_id > last.id) if is_up else (at < last.invited_at, row_id < last.id)
        )
        query = query.where(or_(beyond, and_(at == last.invited_at, later)))
    order = (at, row_id) if is_up else (at.desc(), row_id.desc())
    return list(work.session.exec(query.order_by(*order).limit(size + 1)))


def _last(work: Work, after: str) -> PendingContact | None:
    try:
        row = work.session.get(PendingContact, UUID(after))
    except ValueError:
        return None
    return row if row is not None and row.firm_id == work.actor.firm_id else None


def _count(work: Work, wanted: Filters) -> int | None:
    if is_plain(wanted):
        kept = work.session.get(PortalCount, work.actor.firm_id)
        return kept.pending_contacts if kept else 0
    some = matching(work, wanted).limit(FEW + 1).subquery()
    found = int(work.session.execute(select_rows(func.count()).select_from(some)).scalar_one())
    return None if found > FEW else found


def _counted(found: int | None) -> str:
    if found is None:
        return _("more than {n} people").format(n=format_number(FEW))
    return ngettext("{n} person", "{n} people", found)


def _narrowed(work: Work, wanted: Filters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [col(PendingContact.firm_id) == work.actor.firm_id]
    if narrower := _access(work, wanted):
        where.append(
            exists().where(
                col(PortalAccess.contact_id) == PendingContact.id,
                col(PortalAccess.status).in_(WAITS),
                *narrower,
            )
        )
    where += [_has_word(word) for word in wanted_words(wanted.search)]
    return where


def _access(work: Work, wanted: Filters) -> list[ColumnElement[bool]]:
    status, invited_at = col(PortalAccess.status), col(PortalAccess.invited_at)
    ended = work.now - LASTS_FOR
    by_status: dict[str, list[ColumnElement[bool]]] = {
        "given": [status == AccessStatus.GIVEN],
        "invited": [status == AccessStatus.INVITED, invited_at > ended],
        "expired": [status == AccessStatus.INVITED, invited_at <= ended],
        "undeliverable": [status == AccessStatus.UNDELIVERABLE],
    }
    where = by_status.get(wanted.status, [])
    if wanted.by == BY_CLIENTS:
        return [*where, col(PortalAccess.invited_by_contact_id).is_not(None)]
    try:
        return [*where, col(PortalAccess.invited_by_staff_id) == UUID(wanted.by)]
    except ValueError:
        return where


def _has_word(word: str) -> ColumnElement[bool]:
    """The person's own name or address, or a client's that they wait for."""
    return exists().where(
        col(PortalAccess.contact_id) == PendingContact.id,
        col(PortalAccess.status).in_(WAITS),
        col(SearchWord.client_id) == PortalAccess.client_id,
        col(SearchWord.subject_id).in_([PortalAccess.client_id, PendingContact.id]),
        begins(word, col(SearchWord.word)),
    )


def rows_of(work: Work, firm: Firm, ids: Sequence[UUID]) -> list[tuple[datetime | None, PendingRow]]:
    """These contacts as the list shows them, each with the moment of the last invitation."""
    query = (
        select_rows(Contact, PortalAccess, Client)
        .join(PortalAccess, col(PortalAccess.contact_id) == Contact.id)
        .join(Client, col(Client.id) == PortalAccess.client_id)
        .where(
            col(Contact.id).in_(ids),
            col(PortalAccess.status).in_(WAITS),
            col(Client.archived_at).is_(None),
            col(Client.test_of_staff_id).is_(None),
            col(Client.portal_on_at).is_not(None),
        )
        .order_by(col(Client.name_key))
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in work.session.execute(query):
        found[row[0].id].append(row)
    names = _names(work, [row[1] for rows in found.values() for row in rows])
    return [
        (_last_invited(found[one]).invited_at, _row(work, firm, found[one], names))
        for one in ids
        if one in found
    ]


def _last_invited(rows: list[Any]) -> PortalAccess:
    last: PortalAccess = max((row[1] for row in rows), key=lambda one: one.invited_at or NEVER)
    return last


def _row(work: Work, firm: Firm, rows: list[Any], names: dict[UUID, str]) -> PendingRow:
    contact: Contact = rows[0][0]
    last = _last_invited(rows)
    marks = [_mark(access, work.now) for _contact, access, _client in rows]
    differ = len(set(marks)) > 1
    return PendingRow(
        id=str(contact.id),
        email=contact.email,
        name=contact.name,
        trouble=_trouble(contact),
        clients=", ".join(client.name for _contact, _access, client in rows),
        marks=[
            PendingMark(*mark, about=row[2].name if differ else "")
            for mark, row in zip(marks if differ else marks[:1], rows, strict=False)
        ],
        invited=_invited(firm, last.invited_at, work.now),
        by=_by(last, names),
    )


def _mark(access: PortalAccess, now: datetime) -> tuple[str, str, str]:
    shown = portal_words.shown_status(access.status, access.invited_at, now)
    if shown == "invited" and access.invited_at is not None:
        rest = portal_words.left(access.invited_at + LASTS_FOR, now)
        return "half", "wait", _("Invited, {rest}").format(rest=rest)
    return {
        "given": ("open", "none", _("Given")),
        "undeliverable": ("stop", "late", _("Undeliverable")),
    }.get(shown, ("clock", "wait", _("Expired")))


def _trouble(contact: Contact) -> str:
    if contact.bounced_at is not None:
        day = format_date(contact.bounced_at.date(), "short")
        return _("came back on {day}").format(day=day)
    if not contact.email:
        return _("no e-mail address")
    return "" if post.is_usable(contact.email) else _("not a valid address")


def _invited(firm: Firm, at: datetime | None, now: datetime) -> str:
    return spoken.short_day(day_of(firm, at), today(firm, now)) if at else ""


def _by(access: PortalAccess, names: dict[UUID, str]) -> str:
    if access.invited_by_contact_id is not None:
        return _("{name}, client").format(name=names.get(access.invited_by_contact_id, ""))
    return names.get(access.invited_by_staff_id, "") if access.invited_by_staff_id else ""


def _names(work: Work, accesses: Sequence[PortalAccess]) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    for kind, ids in (
        (Staff, {one.invited_by_staff_id for one in accesses}),
        (Contact, {one.invited_by_contact_id for one in accesses}),
    ):
        query = select_rows(col(kind.id), col(kind.name)).where(col(kind.id).in_(ids - {None}))
        names.update({row_id: name for row_id, name in work.session.execute(query)})  # noqa: C416  rows are no pairs to mypy
    return names
