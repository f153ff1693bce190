"""The activity feed over the firm: what happened, narrowed by its address, a page at a time (8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission, may
from portal_app.models import Activity, Client, Contact, Firm, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.work import timeline_views
from portal_app.services.work.timeline_views import WORDS
from portal_app.services.work.work_words import Choice
from portal_app.text import pgettext
from portal_app.work import Work, reading

PAGE = 50
PREFIXES: Final = {
    "requests": ("request_", "reminder", "mail_", "link_", "access_link"),
    "answers": ("task_", "comment_", "question_"),
    "files": ("file_", "document_"),
    "access": (
        "portal_",
        "access_given",
        "access_",
        "invitation_",
        "signed_",
        "account_",
        "address_",
        "colleague_",
        "text_",
    ),
    "clients": ("client_", "contact_"),
    "work": ("work_",),
}
"""Kinds that belong together, by how their names begin; a kind of none of them shows under *All* alone."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; days are ISO dates of the firm's zone, `after` is the page before's end."""

    kind: str = ""
    client: str = ""
    contact: str = ""
    staff: str = ""
    since: str = ""
    until: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One thing that happened: `day` where a new one begins; whose act, what, when, and with which client."""

    key: str = ""
    day: str = ""
    drawing: str = ""
    who: str = ""
    what: str = ""
    when: str = ""
    client: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One page, newest first; `next_after` is empty on the last. `bell` says when to look again."""

    rows: tuple[FeedRow, ...] = ()
    next_after: str = ""
    client_name: str = ""
    contact_name: str = ""
    kinds: tuple[Choice, ...] = ()
    staff: tuple[Choice, ...] = ()
    bell: str = ""
    can_export: bool = False


def activity_feed(ports: Ports, actor: Actor, wanted: Filters) -> Feed:
    """One page of what happened in the firm; what the address says and is none of ours narrows nothing."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        found = page_of(work, firm, wanted, PAGE + 1)
        shown = found[:PAGE]
        people = select(Staff.id, Staff.name).where(Staff.firm_id == firm.id).order_by(col(Staff.name))
        return Feed(
            rows=_rows(work, firm, shown),
            next_after=mark_of(shown[-1]) if len(found) > PAGE else "",
            client_name=_name(work, firm, Client, wanted.client),
            contact_name=_name(work, firm, Contact, wanted.contact),
            kinds=_kinds(),
            staff=tuple(Choice(str(one), name) for one, name in work.session.exec(people)),
            bell=f"firm:{firm.id}",
            can_export=may(actor, Permission.EXPORT),
        )


def _name(work: Work, firm: Firm, kind: type[Client] | type[Contact], written: str) -> str:
    """The name of what a filter asks for; empty where it is none of the firm's."""
    query = select(kind.name).where(kind.id == _uuid(written), kind.firm_id == firm.id)
    return work.session.exec(query).first() or ""


def mark_of(row: Activity) -> str:
    """Where the page behind this entry begins."""
    return f"{row.at.isoformat()}~{row.id.hex}"


def page_of(work: Work, firm: Firm, wanted: Filters, size: int) -> list[Activity]:
    """So many entries that the filters leave, newest first, behind the mark of `after`."""
    at, row_id = col(Activity.at), col(Activity.id)
    query = select(Activity).where(*_where(firm, wanted)).order_by(at.desc(), row_id.desc()).limit(size)
    if start := _start(wanted.after):
        query = query.where(or_(at < start[0], and_(at == start[0], row_id < start[1])))
    return list(work.session.exec(query))


def _where(firm: Firm, wanted: Filters) -> list[Any]:
    where: list[Any] = [Activity.firm_id == firm.id, col(Activity.kind).in_(kinds_of(wanted.kind))]
    if client := _uuid(wanted.client):
        where.append(Activity.client_id == client)
    if contact := _uuid(wanted.contact):
        where.append(Activity.contact_id == contact)
    if staff := _uuid(wanted.staff):
        where.append(Activity.staff_id == staff)
    if since := _day(wanted.since):
        where.append(col(Activity.at) >= _midnight(firm, since))
    if until := _day(wanted.until):
        where.append(col(Activity.at) < _midnight(firm, until + timedelta(days=1)))
    return where


def kinds_of(group: str) -> list[str]:
    """The kinds of a group that have words; all of them for no group."""
    begins = PREFIXES.get(group)
    return [kind for kind in WORDS if begins is None or kind.startswith(begins)]


def _kinds() -> tuple[Choice, ...]:
    return (
        Choice("requests", pgettext("activity", "Requests and e-mails")),
        Choice("answers", pgettext("activity", "Answers and comments")),
        Choice("files", pgettext("activity", "Files")),
        Choice("access", pgettext("activity", "Portal access")),
        Choice("clients", pgettext("activity", "Clients and contacts")),
        Choice("work", pgettext("activity", "Work")),
    )


def _rows(work: Work, firm: Firm, shown: list[Activity]) -> tuple[FeedRow, ...]:
    names = client_names(work, firm, shown)
    return tuple(
        FeedRow(
            key=told.key,
            day=told.day,
            drawing=told.drawing,
            who=told.who,
            what=told.what,
            when=told.when,
            client=names.get(row.client_id, "") if row.client_id else "",
            href=_href(row),
        )
        for row, told in zip(shown, timeline_views.told(work, firm, shown), strict=True)
    )


def client_names(work: Work, firm: Firm, rows: Sequence[Activity]) -> dict[UUID, str]:
    """The names of the clients that these entries are about."""
    ids = {row.client_id for row in rows if row.client_id}
    query = select(Client.id, Client.name).where(Client.firm_id == firm.id, col(Client.id).in_(ids))
    return dict(work.session.exec(query).all())


def _href(row: Activity) -> str:
    if row.work_item_id:
        return routes.to(routes.WORK, id=row.work_item_id)
    return routes.to(routes.CLIENT, id=row.client_id) if row.client_id else ""


def _midnight(firm: Firm, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(firm.time_zone)).astimezone(UTC)


def _day(written: str) -> date | None:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _start(after: str) -> tuple[datetime, UUID] | None:
    moment, _break, row_id = after.partition("~")
    try:
        at, found = datetime.fromisoformat(moment), UUID(row_id)
    except ValueError:
        return None
    return (at, found) if at.tzinfo else None
