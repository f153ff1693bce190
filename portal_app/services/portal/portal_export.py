"""The management page's list as a CSV file, narrowed and in order as the page is (2.5, 14.1): for who may export (1.16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from portal_app.domain import csv_cells
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import Firm
from portal_app.models.standings import NEVER
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm import firm_days
from portal_app.services.portal import pending_views, portal_search, portal_views
from portal_app.services.portal.places import Filters
from portal_app.text import _, pgettext
from portal_app.work import Work, begin, reading

BATCH: Final = 500
"""Rows read at once: memory does not grow with the firm."""


def begin_export(ports: Ports, actor: Actor, wanted: Filters) -> str:
    """Open the door, write down who exports what, and give the file's name. Raises `NotFound`."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.EXPORT)
        firm = work.session.get_one(Firm, actor.firm_id)
        shown = replace(wanted, after="", search="yes" if wanted.search else "")
        narrowed = {name: value for name, value in asdict(shown).items() if value}
        work.audit("portal:exported", firm_id=firm.id, **narrowed)
        name = _("pending activation {firm} {day}.csv") if wanted.tab else _("portal {firm} {day}.csv")
        return name.format(firm=firm.slug, day=firm_days.today(firm, work.now))


def portal_lines(ports: Ports, actor: Actor, wanted: Filters) -> Iterator[str]:
    """Every row that the filters leave, in the list's order, a line each, after a line of names."""
    names, lines, page = (
        (_pending_names, _pending_lines, _pending_page) if wanted.tab else (_names, _lines, _page)
    )
    yield csv_cells.START + csv_cells.line(names())
    wanted = replace(wanted, after="")
    while True:
        with reading(ports, actor) as work:
            access.allow(work, Permission.EXPORT)
            firm = work.session.get_one(Firm, actor.firm_id)
            ids = page(work, firm, wanted)
            yield "".join(lines(work, firm, ids[:BATCH]))
        if len(ids) <= BATCH:
            return
        wanted = replace(wanted, after=str(ids[BATCH - 1]))


def _page(work: Work, firm: Firm, wanted: Filters) -> list[UUID]:
    return portal_search.page(work, portal_search.search(work, firm, wanted), BATCH)


def _pending_page(work: Work, firm: Firm, wanted: Filters) -> list[UUID]:
    return pending_views.page(work, wanted, BATCH) if firm.portal_on_at else []


def _names() -> list[str]:
    return [
        _("Client"),
        pgettext("export", "Number"),
        _("Status"),
        _("Portal"),
        _("Invited"),
        _("Invitations"),
        _("Last sign-in"),
        _("Assigned"),
    ]


def _pending_names() -> list[str]:
    return [
        pgettext("export", "E-mail"),
        _("Name"),
        _("Clients"),
        _("Status"),
        _("Invited"),
        _("Invited by"),
        pgettext("export", "Address"),
    ]


def _lines(work: Work, firm: Firm, ids: Sequence[UUID]) -> Iterator[str]:
    for seen, row in portal_views.rows_of(work, firm, ids):
        yield csv_cells.line(
            (
                row.name,
                row.number,
                row.status,
                row.portal,
                row.invited,
                row.invitations,
                _moment(firm, seen if seen != NEVER else None),
                row.staff,
            )
        )


def _pending_lines(work: Work, firm: Firm, ids: Sequence[UUID]) -> Iterator[str]:
    for invited_at, row in pending_views.rows_of(work, firm, ids):
        status = ", ".join(f"{mark.about}: {mark.word}" if mark.about else mark.word for mark in row.marks)
        yield csv_cells.line(
            (row.email, row.name, row.clients, status, _moment(firm, invited_at), row.by, row.trouble)
        )


def _moment(firm: Firm, at: datetime | None) -> str:
    """In the firm's zone, with its offset; empty for never."""
    if at is None:
        return ""
    return at.astimezone(ZoneInfo(firm.time_zone)).isoformat(sep=" ", timespec="seconds")
