"""The invitations that an import asked for, sent after it, one transaction each: a bad address stops no other (2.1)."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import PortalError
from portal_app.models import AccessStatus, ContactImport, ImportInvitation, PortalAccess, Staff
from portal_app.ports import Ports
from portal_app.services.invitations import invitations
from portal_app.text import N_
from portal_app.work import begin, reading

BATCH = 50
LEFT = N_("who imported no longer works here")

log = structlog.get_logger(__name__)


def invite_imported(ports: Ports) -> None:
    """The timetable's: send what waits, in the name of who imported; may run twice, or late."""
    while rows := _waiting(ports):
        for row_id in rows:
            _invite(ports, row_id)


def _waiting(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        query = select(ImportInvitation.id).where(col(ImportInvitation.settled_at).is_(None))
        return list(work.session.exec(query.order_by(col(ImportInvitation.id)).limit(BATCH)))


def _invite(ports: Ports, row_id: UUID) -> None:
    """Send one, then note that it is settled: killed between the two, the second try finds it invited."""
    with reading(ports, Actor.timetable()) as work:
        row = work.session.get_one(ImportInvitation, row_id)
        who = work.session.get_one(Staff, work.session.get_one(ContactImport, row.import_id).staff_id)
        given = work.session.exec(
            select(PortalAccess).where(
                PortalAccess.client_id == row.client_id, PortalAccess.contact_id == row.contact_id
            )
        ).first()
    why_not = ""
    if who.deactivated_at is not None:
        why_not = LEFT
    elif given is not None and given.status is AccessStatus.GIVEN:
        actor = Actor(kind=Kind.STAFF, firm_id=who.firm_id, staff_id=who.id, role=who.role, locale=who.locale)
        try:
            invitations.invite_contact(ports, actor, row.client_id, row.contact_id, given.level)
        except PortalError as refusal:
            why_not = refusal.text[:200]
            log.warning("import_invitation_left_out", contact=str(row.contact_id))
    with begin(ports, Actor.timetable()) as work:
        settled = work.session.get_one(ImportInvitation, row_id, with_for_update=True)
        settled.settled_at, settled.why_not = work.now, why_not
        work.add(settled)
        work.ring(f"import:{settled.import_id}")
