"""Where somebody is led who stands before a request that does not open for them (4.10, 6.5, 6.23)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.links import ACCESS_PRESSES, standing
from portal_app.models import AccessGrant, ClassicEntry, ClientRequest, Contact, Firm, LostDevice, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import handed, links
from portal_app.services.links.grants import again
from portal_app.services.links.handed import HandedPage
from portal_app.services.links.links import LinkPage
from portal_app.services.sign_in import tries
from portal_app.work import Work, begin, reading


def link_page(ports: Ports, actor: Actor, request_id: UUID) -> LinkPage | None:
    """What a link of the grant that this device holds or held shows to it now; else None. Changes nothing (6.23)."""
    if actor.device_id is None:
        return None
    with reading(ports, actor) as work:
        grant = _grant(work, request_id, actor.device_id)
        sight = access.sight_of(work, request_id)
        if grant is None or sight is None:
            return None
        if grant.classic_at is not None:
            where = access.classic_standing(work, sight, grant)
        else:
            where = standing(access.grant_facts(work, sight, grant), actor.device_id, work.now)
        sight = replace(sight, contact=work.session.get(Contact, grant.contact_id))
        return links.page_of(work, sight, grant, where)


def new_way(ports: Ports, actor: Actor, request_id: UUID) -> str | None:
    """Where a press of *Send access link* or *Send a new PIN* goes on, by a link of its own; None for strangers.

    The link opens nothing that the device could not open before: a bound grant moves by an access link only.
    Raises `TryLater` after sixty presses an hour from one network address (6.12).
    """
    if actor.device_id is None:
        return None
    network = f"link_again:{tries.network(actor.address)}"
    if not ports.limiter.hit(network, ACCESS_PRESSES):
        raise tries.full(ports, network, (ACCESS_PRESSES,))
    with begin(ports, actor) as work:
        grant = _grant(work, request_id, actor.device_id)
        if grant is None:
            return None
        return again(work, grant) + ("/access" if grant.classic_at is None else "/pin")


def handed_page(ports: Ports, actor: Actor, request_id: UUID) -> HandedPage | None:
    """How things stand with a task that this device had in hand and no longer opens; else None. Changes nothing (5.8a)."""
    if actor.device_id is None:
        return None
    with reading(ports, actor) as work:
        return handed.over_here(work, request_id, actor.device_id)


def way_to_sign_in(ports: Ports, path: str, request_id: UUID | None = None) -> str | None:
    """The sign-in page that leads back to `path`: the request's firm's, else the only firm's; else None."""
    with reading(ports, Actor.nobody()) as work:
        asked = work.session.get(ClientRequest, request_id) if request_id else None
        firms = work.session.exec(select(Firm).limit(2)).all()
        firm = work.session.get(Firm, asked.firm_id) if asked else (firms[0] if len(firms) == 1 else None)
        if firm is None:
            return None
        return f"{routes.to(routes.LOGIN, firm=firm.slug)}?{urlencode({'next': path})}"


@dataclass(frozen=True)
class Withdrawn:
    """What the page of a withdrawn request says to somebody signed in (6.13)."""

    firm: Letterhead
    title: str
    contact_name: str


def withdrawn(ports: Ports, request_id: UUID) -> Withdrawn | None:
    """The request's name and whom to ask, for whoever a door has told that it was withdrawn."""
    with reading(ports, Actor.nobody()) as work:
        sight = access.sight_of(work, request_id)
        if sight is None:
            return None
        sender_id = sight.request.withdrawn_by_staff_id or sight.request.sent_by_staff_id
        sender = work.session.get(Staff, sender_id) if sender_id else None
        head = letterhead(ports.settings, sight.firm, sight.client)
        return Withdrawn(head, sight.section.name, sender.name if sender else "")


def _grant(work: Work, request_id: UUID, device_id: UUID) -> AccessGrant | None:
    lost = select(LostDevice.grant_id).where(LostDevice.device_id == device_id)
    entered = select(ClassicEntry.grant_id).where(ClassicEntry.device_id == device_id)
    query = (
        select(AccessGrant)
        .where(
            AccessGrant.request_id == request_id,
            (col(AccessGrant.device_id) == device_id)
            | col(AccessGrant.id).in_(lost)
            | col(AccessGrant.id).in_(entered),
        )
        .order_by(
            col(AccessGrant.ended_at).is_not(None),
            col(AccessGrant.device_id).is_distinct_from(device_id),
            col(AccessGrant.claimed_at).desc(),
        )
    )
    return work.session.exec(query.limit(1)).first()
