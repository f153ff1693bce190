"""Works out where clients stand that nothing worked out yet: after an upgrade, and whatever came in by bulk (2.5)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from portal_app import standings
from portal_app.domain.actors import Actor
from portal_app.models import Client, ClientStanding
from portal_app.ports import Ports
from portal_app.work import begin, reading

BATCH = 200
"""Clients of one transaction: short enough for others to write between."""


def fill_standings(ports: Ports) -> int:
    """Give each client that has none a standing; gives to how many. May run twice, late, or on two machines."""
    count = 0
    while missing := _missing(ports):
        with begin(ports, Actor.timetable()) as work:
            standings.keep(work.session, missing)
            count += len(missing)
    return count


def _missing(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        query = (
            select(Client.id)
            .outerjoin(ClientStanding, col(ClientStanding.id) == Client.id)
            .where(col(ClientStanding.id).is_(None))
            .limit(BATCH)
        )
        return list(work.session.exec(query))
