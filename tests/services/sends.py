"""A request sent, and where it stands, as staff's pages work it out (5.6)."""

from __future__ import annotations

from portal_app.domain import lifecycle
from portal_app.domain.lifecycle import RequestFacts, State
from portal_app.models import ClientRequest, Recipient, WorkItem
from portal_app.services.requests import sending
from portal_app.services.work.work_rows import rows_of
from portal_app.work import reading
from tests.world import World


def sent(world: World, request: ClientRequest, key: str = "press-1") -> list[Recipient]:
    """Send to the recipients the draft has."""
    people = world.all(Recipient, request_id=request.id)
    sending.send_request(world.ports, world.staff, request.id, [one.contact_id for one in people], key)
    return world.all(Recipient, request_id=request.id)


def facts_of(world: World, request: ClientRequest) -> RequestFacts:
    """What its state is worked out from, now."""
    with reading(world.ports, world.staff) as work:
        rows = rows_of(work, work.session.get_one(WorkItem, request.work_item_id))
        return rows.facts(rows.requests[request.id])


def state_of(world: World, request: ClientRequest) -> State:
    """Its one state, now."""
    return lifecycle.state(facts_of(world, request), world.clock.now())
