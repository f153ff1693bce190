"""Bound devices for tests that need a client at work."""

from __future__ import annotations

from portal_app.domain.actors import Actor
from portal_app.models import AccessGrant, ClientRequest, Recipient
from tests.world import World


def bound(world: World, request: ClientRequest, recipient: Recipient | None = None) -> Actor:
    """A device that claimed the link of the request's recipient, else of its first."""
    recipient = recipient or world.all(Recipient, request_id=request.id)[0]
    device, _token = world.new_device()
    world.put(
        AccessGrant(
            firm_id=request.firm_id,
            request_id=request.id,
            recipient_id=recipient.id,
            contact_id=recipient.contact_id,
            created_at=world.clock.now(),
            expires_at=world.clock.now().replace(year=2027),
            device_id=device.device_id,
            claimed_at=world.clock.now(),
        )
    )
    return device
