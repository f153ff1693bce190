"""Links that end by themselves: told once, when it happens (6.6, 8.4)."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import text
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.models import AccessGrant, Contact
from portal_app.models.requests import EXPIRY_TO_NOTE
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.automations import automations
from portal_app.services.automations.automations import Trigger
from portal_app.services.requests import sendable
from portal_app.work import Work, begin, reading

BATCH = 500
"""Links looked at in one run; more wait a minute."""

log = structlog.get_logger(__name__)


def note_expired_links(ports: Ports) -> int:
    """Tell the timelines of each link that expired, once for each time; gives how many were told.

    May run twice, late and on two machines. A link that a send made last again tells its next end anew.
    """
    told = 0
    for grant_id in _due(ports):
        try:
            told += _note(ports, grant_id)
        except Exception:
            log.exception("expiry_not_noted", grant=str(grant_id))
    return told


def _due(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        query = select(AccessGrant.id).where(text(EXPIRY_TO_NOTE), AccessGrant.expires_at <= work.now)
        return list(work.session.exec(query.order_by(col(AccessGrant.expires_at)).limit(BATCH)))


def _note(ports: Ports, grant_id: UUID) -> bool:
    with begin(ports, Actor.timetable()) as work:
        query = select(AccessGrant).where(
            AccessGrant.id == grant_id, text(EXPIRY_TO_NOTE), AccessGrant.expires_at <= work.now
        )
        grant = work.session.exec(query.with_for_update()).first()
        if grant is None:
            return False
        grant.expiry_noted_at = work.now
        work.add(grant)
        sight = access.sight_of(work, grant.request_id)
        if sight is None or not _matters(work, sight):
            return False
        _tell(work, sight, grant)
        return True


def _matters(work: Work, sight: Sight) -> bool:
    """Nobody misses a link to what is done or closed."""
    rows = (sight.client, sight.work_item, sight.section)
    is_closed = sight.request.withdrawn_at or sight.work_item.completed_at
    return (
        not is_closed and not any(row.archived_at for row in rows) and bool(sendable.open_tasks(work, sight))
    )


def _tell(work: Work, sight: Sight, grant: AccessGrant) -> None:
    person = work.session.get_one(Contact, grant.contact_id)
    work.note(
        "link_expired",
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        contact_id=person.id,
        facts={"title": sight.section.name, "to": person.name},
    )
    cause = f"expired:{grant.id.hex}:{grant.expires_at.isoformat()}"
    automations.react(work, Trigger.LINK_EXPIRED, sight.work_item, cause, request_id=sight.request.id)
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}", f"firm:{sight.firm.id}")
