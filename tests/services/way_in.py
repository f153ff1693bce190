"""A recipient's way in, and an e-mail that waits for them, as rows."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from portal_app.models import AccessGrant, MailPhase, OutboxMail, Recipient
from tests.world import World


def grant_for(world: World, request, contact) -> AccessGrant:
    """An open grant of one recipient."""
    recipient = next(
        row for row in world.all(Recipient, request_id=request.id) if row.contact_id == contact.id
    )
    now = world.clock.now()
    return world.put(
        AccessGrant(
            firm_id=request.firm_id,
            request_id=request.id,
            recipient_id=recipient.id,
            contact_id=contact.id,
            created_at=now,
            expires_at=now + timedelta(days=30),
        )
    )


def mail_to(world: World, contact, request, phase=MailPhase.QUEUED) -> OutboxMail:
    """An e-mail in the outbox."""
    now = world.clock.now()
    received = [row for row in world.all(Recipient, request_id=request.id) if row.contact_id == contact.id]
    return world.put(
        OutboxMail(
            firm_id=contact.firm_id,
            dedupe_key=str(uuid4()),
            event="request_sent",
            phase=phase,
            sender="a@b.example",
            recipient=contact.email,
            subject="Documents",
            message_id=f"<{uuid4()}@x>",
            sealed=b"sealed",
            contact_id=contact.id,
            request_id=request.id,
            recipient_id=received[0].id,
            next_try_at=now,
            queued_at=now,
        )
    )
