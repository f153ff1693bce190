"""The management page: figures, and one page of clients with where each stands (2.5, 2.6, 8.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.names import initials
from portal_app.domain.permissions import Permission, may
from portal_app.domain.standings import ClientStatus
from portal_app.models import (
    Client,
    ClientAssignment,
    ClientContact,
    ClientStanding,
    Contact,
    DailyFigures,
    Firm,
    PortalAccess,
    PortalCount,
    Staff,
)
from portal_app.models.standings import NEVER
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.dashboard import charts, dashboard_views
from portal_app.services.dashboard.charts import Chart
from portal_app.services.dashboard.counting import Counts, percent
from portal_app.services.dashboard.figures import Scope
from portal_app.services.portal import portal_search, portal_words
from portal_app.services.portal.places import Filters
from portal_app.services.portal.portal_search import PAGE, Matching
from portal_app.services.work.work_words import Choice
from portal_app.text import _, format_number, ngettext, pgettext
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class Share:
    """One of the two percentages of 8.9."""

    value: str = "0"
    detail: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class PortalRow:
    """One client."""

    id: str = ""
    name: str = ""
    number: str = ""
    drawing: str = "ring"
    tone: str = "none"
    status: str = ""
    portal: str = ""
    invited: str = ""
    sign: str = ""
    sign_tone: str = ""
    invitations: str = ""
    last_seen: str = ""
    has_seen: bool = False
    staff: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class PortalView:
    """The page. `matching` says how many match the filters, `next_after` is empty on the last page.

    `has_any` is false where the firm has no client; `can_bulk` says whether the reader may do bulk work.
    """

    firm_id: str = ""
    about: str = ""
    clients: str = ""
    pending: str = ""
    portal_on: Share = Share()
    activated: Share = Share()
    has_chart: bool = False
    chart: Chart = field(default_factory=Chart)
    is_firm_on: bool = True
    rows: list[PortalRow] = field(default_factory=list)
    matching: str = ""
    is_narrowed: bool = False
    found: int = 0
    next_after: str = ""
    has_any: bool = False
    can_bulk: bool = False
    can_export: bool = False
    staff_choices: list[Choice] = field(default_factory=list)


_SHOWN: tuple[Any, ...] = (
    Client.id,
    Client.name,
    Client.number,
    ClientStanding.is_on,
    ClientStanding.status,
    ClientStanding.last_sign_in_at,
)


def portal_view(ports: Ports, actor: Actor, wanted: Filters) -> PortalView:
    """Figures, and one page of the clients that match. Its cost follows the page, not the firm."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.CLIENT_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        kept = work.session.get(PortalCount, firm.id) or PortalCount(id=firm.id, firm_id=firm.id)
        ids, found = ([], Matching(0)) if wanted.tab == "pending" else _page(work, firm, wanted)
        is_on = firm.portal_on_at is not None
        portal_on, activated = (kept.portal_on, kept.activated) if is_on else (0, 0)
        days = _days(work, firm, Counts(clients=kept.clients, portal_on=portal_on, activated=activated))
        return PortalView(
            firm_id=str(firm.id),
            about=ngettext(
                "{n} client, without archived and test clients",
                "{n} clients, without archived and test clients",
                kept.clients,
            ),
            clients=format_number(kept.clients),
            pending=format_number(kept.pending_contacts),
            portal_on=_share(portal_on, kept.clients, "portal=on"),
            activated=_share(activated, kept.clients, "status=activated"),
            has_chart=True,
            chart=charts.chart(days),
            is_firm_on=is_on,
            rows=[row for _found, row in rows_of(work, firm, ids[:PAGE])],
            matching=_matching(found),
            is_narrowed=not portal_search.is_plain(wanted),
            found=found.number if found.is_all else -1,
            next_after=str(ids[PAGE - 1]) if len(ids) > PAGE else "",
            has_any=kept.clients > 0,
            can_bulk=may(actor, Permission.BULK),
            can_export=may(actor, Permission.EXPORT),
            staff_choices=_staff(work),
        )


def _page(work: Work, firm: Firm, wanted: Filters) -> tuple[list[UUID], Matching]:
    search = portal_search.search(work, firm, wanted)
    ids = portal_search.page(work, search)
    return ids, portal_search.count(work, search, ids)


def _share(part: int, whole: int, asked: str) -> Share:
    text = ngettext("{part} of {n} client", "{part} of {n} clients", whole)
    value = format_number(percent(part, whole))
    return Share(value, text.replace("{part}", format_number(part)), f"{routes.PORTAL}?{asked}")


def _days(work: Work, firm: Firm, now: Counts) -> list[DailyFigures]:
    """The days noted, and today as it is now (8.5)."""
    return dashboard_views.days(work, Scope(firm, work.now), now)


def _matching(found: Matching) -> str:
    if not found.is_all:
        return _("more than {n} clients").format(n=format_number(found.number))
    return ngettext("{n} client", "{n} clients", found.number)


def _staff(work: Work) -> list[Choice]:
    query = select(Staff).where(Staff.firm_id == work.actor.firm_id, col(Staff.deactivated_at).is_(None))
    return [Choice(str(one.id), one.name) for one in work.session.exec(query.order_by(col(Staff.name)))]


def rows_of(work: Work, firm: Firm, ids: Sequence[UUID]) -> list[tuple[datetime, PortalRow]]:
    """These clients as the list shows them, each after its last sign-in."""
    query = (
        select_rows(*(col(column) for column in _SHOWN))
        .join(ClientStanding, col(ClientStanding.id) == Client.id)
        .where(col(Client.id).in_(ids))
    )
    there = {client.id: client for client in work.session.execute(query)}
    people, staff = _people(work, ids), _assigned(work, ids)
    return [
        (there[one].last_sign_in_at, _row(work, firm, there[one], people[one], staff.get(one, "")))
        for one in ids
        if one in there
    ]


def _row(work: Work, firm: Firm, client: Any, people: list[Any], staff: str) -> PortalRow:
    is_on = client.is_on and firm.portal_on_at is not None
    drawing, tone, status = mark(client.status, is_on=is_on)
    accesses: list[tuple[Any, datetime | None]] = [
        (row.status, row.invited_at)
        for row in people
        if row.status is not None and row.status.value != "none"
    ]
    invited = sum(status in portal_words.INVITED for status, _at in accesses)
    sign, sign_tone, words = portal_words.invitations(accesses, work.now)
    seen = client.last_sign_in_at if client.last_sign_in_at != NEVER else None
    return PortalRow(
        id=str(client.id),
        name=client.name,
        number=client.number,
        drawing=drawing,
        tone=tone,
        status=status,
        portal=pgettext("portal", "On") if is_on else pgettext("portal", "Off"),
        invited=_("{n} of {m}").format(n=invited, m=len(people)),
        sign=sign,
        sign_tone=sign_tone,
        invitations=words,
        last_seen=portal_words.last_sign_in(seen, work.now, firm.time_zone),
        has_seen=seen is not None,
        staff=staff,
        initials=initials(staff) if staff else "",
    )


def mark(status: ClientStatus, *, is_on: bool) -> tuple[str, str, str]:
    """Drawing, tone and word of 2.6."""
    if is_on and status is ClientStatus.ACTIVATED:
        return "done", "ok", _("Activated")
    if status is ClientStatus.PENDING:
        return "half", "wait", _("Pending activation")
    return "ring", "none", _("Not activated")


def _people(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """The contacts of each client who are not archived, and where their access stands."""
    query = (
        select_rows(col(ClientContact.client_id), col(PortalAccess.status), col(PortalAccess.invited_at))
        .join(Contact, col(Contact.id) == ClientContact.contact_id)
        .outerjoin(
            PortalAccess,
            and_(
                col(PortalAccess.client_id) == ClientContact.client_id,
                col(PortalAccess.contact_id) == ClientContact.contact_id,
            ),
        )
        .where(col(ClientContact.client_id).in_(ids), col(Contact.archived_at).is_(None))
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in work.session.execute(query):
        found[row.client_id].append(row)
    return found


def _assigned(work: Work, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Who looks after each client first (2.13)."""
    query = (
        select_rows(col(ClientAssignment.client_id), col(Staff.name))
        .join(Staff, col(Staff.id) == ClientAssignment.staff_id)
        .where(col(ClientAssignment.client_id).in_(ids))
        .order_by(col(ClientAssignment.position).desc(), col(ClientAssignment.id).desc())
    )
    return {client_id: name for client_id, name in work.session.execute(query)}  # noqa: C416  rows are no pairs to mypy
