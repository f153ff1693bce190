"""The activity feed as a CSV file, narrowed as its page is (8.3, 14.1): for who may export (1.16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from portal_app.domain import csv_cells
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import Activity, Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm import firm_days
from portal_app.services.work import activity_views, timeline_views
from portal_app.services.work.activity_views import Filters
from portal_app.text import _, pgettext
from portal_app.work import Work, begin, reading

BATCH: Final = 500
"""Entries read at once: memory does not grow with the firm's history."""


def begin_export(ports: Ports, actor: Actor, wanted: Filters) -> str:
    """Open the door, write down who exports, and give the file's name. Raises `NotFound`."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.EXPORT)
        firm = work.session.get_one(Firm, actor.firm_id)
        work.audit(
            "activity:exported",
            firm_id=firm.id,
            **{name: value for name in _NARROWING if (value := getattr(wanted, name))},
        )
        return _("activity {firm} {day}.csv").format(firm=firm.slug, day=firm_days.today(firm, work.now))


def activity_lines(ports: Ports, actor: Actor, wanted: Filters) -> Iterator[str]:
    """Every entry that the filters leave, newest first, a line each, after a line of names."""
    yield csv_cells.START + csv_cells.line(_names())
    wanted = replace(wanted, after="")
    while True:
        with reading(ports, actor) as work:
            access.allow(work, Permission.EXPORT)
            firm = work.session.get_one(Firm, actor.firm_id)
            rows = activity_views.page_of(work, firm, wanted, BATCH)
            yield "".join(_lines(work, firm, rows))
        if len(rows) < BATCH:
            return
        wanted = replace(wanted, after=activity_views.mark_of(rows[-1]))


_NARROWING: Final = ("kind", "client", "contact", "staff", "since", "until")


def _names() -> list[str]:
    return [
        pgettext("export", "Time"),
        pgettext("export", "Who"),
        pgettext("export", "What"),
        _("Client"),
        pgettext("export", "E-mail"),
    ]


def _lines(work: Work, firm: Firm, rows: list[Activity]) -> Iterator[str]:
    zone, clients = ZoneInfo(firm.time_zone), activity_views.client_names(work, firm, rows)
    for row, told in zip(rows, timeline_views.told(work, firm, rows), strict=True):
        _at, _dot, fate = told.when.partition(" · ")
        client = clients.get(row.client_id, "") if row.client_id else ""
        at = row.at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
        yield csv_cells.line((at, told.who, told.what, client, fate))
