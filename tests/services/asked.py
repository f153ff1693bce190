"""A request that is out, and its first recipient at work on a device."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.domain.actors import Actor
from portal_app.models import ClientRequest, Contact, Notification, Recipient, Task
from tests.services.claims import bound
from tests.world import World


@dataclass
class Asked:
    """A sent request and the bound device of its first recipient."""

    request: ClientRequest
    tasks: list[Task]
    device: Actor
    contact: Contact


def asked_by(world: World) -> Asked:
    """A request of the firm's owner, sent without its e-mail."""
    request = world.draft_request()
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
    contact = world.all(Contact, id=world.all(Recipient)[0].contact_id)[0]
    return Asked(request, world.tasks(request), bound(world, request), contact)


def kinds(world: World) -> list[str]:
    """Kinds of what triage shows."""
    return [row.kind for row in world.all(Notification) if row.taken_back_at is None]
