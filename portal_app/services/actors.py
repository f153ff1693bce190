"""From the rows that a browser's cookies stand for to the one who asks, at every request and every event."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.visitors import Visitor
from portal_app.models import Firm, SignInSession, Staff
from portal_app.ports import Ports
from portal_app.services.sign_in.sessions import account_holder, is_live
from portal_app.work import Work, reading


def actor_of(ports: Ports, kind: Kind, visitor: Visitor, *, locale: str, address: str) -> Actor:
    """The visitor as `kind` (staff or client); nobody where that session ended or its person left.

    The three cookies live side by side (4.8), so a page says as what it is asked. A client's actor has
    the signed-in contact, the device, or both (6.21).
    """
    nobody = Actor.nobody(locale, address)
    with reading(ports, nobody) as work:
        if kind is Kind.STAFF:
            return _staff(work, visitor, nobody) or nobody
        return _client(work, visitor, nobody) or nobody


def _staff(work: Work, visitor: Visitor, nobody: Actor) -> Actor | None:
    session = _live(work, visitor.staff)
    person = work.session.get(Staff, session.staff_id) if session and session.staff_id else None
    if session is None or person is None or person.deactivated_at is not None:
        return None
    return Actor(
        kind=Kind.STAFF,
        firm_id=person.firm_id,
        staff_id=person.id,
        role=person.role,
        session_id=session.id,
        locale=nobody.locale,
        address=nobody.address,
        dates=work.session.get_one(Firm, person.firm_id).date_format,
    )


def _client(work: Work, visitor: Visitor, nobody: Actor) -> Actor | None:
    session = _live(work, visitor.client)
    person = account_holder(work.session, session.contact_id) if session and session.contact_id else None
    if person is None and visitor.device is None:
        return None
    return Actor(
        kind=Kind.CLIENT,
        firm_id=person.firm_id if person else None,
        contact_id=person.id if person else None,
        device_id=visitor.device,
        session_id=session.id if session and person else None,
        locale=nobody.locale,
        address=nobody.address,
        dates=work.session.get_one(Firm, person.firm_id).date_format if person else "",
    )


def _live(work: Work, session_id: UUID | None) -> SignInSession | None:
    session = work.session.get(SignInSession, session_id) if session_id else None
    return session if session is not None and is_live(session, work.now) else None
