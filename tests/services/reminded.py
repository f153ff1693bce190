"""A request that is out with reminders, and the days that pass."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from portal_app.models import ClientRequest, Recipient
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.reminders.reminding import send_due_reminders
from tests.services.posted import subjects
from tests.services.sends import sent
from tests.world import World

TORONTO = "America/Toronto"


def out(
    world: World, *, due_on: date | None = date(2026, 2, 20), name: str = "Documents for 2025", **more: object
) -> ClientRequest:
    """A request that was sent on Monday 2 March and whose first e-mail left; overdue unless said otherwise."""
    request = world.draft_request(due_on=due_on, name=name, **more)  # type: ignore[arg-type]
    sent(world, request)
    deliver_outbox(world.ports)
    world.mail.sent.clear()
    return request


def run(world: World, at: str | None = None) -> list[str]:
    """Let the timetable run at a local moment; gives the subjects that left since the last time."""
    if at:
        world.clock.move_to(at, TORONTO)
    before = len(world.mail.sent)
    send_due_reminders(world.ports)
    deliver_outbox(world.ports)
    return subjects(world)[before:]


def recipient(world: World, request: ClientRequest) -> Recipient:
    return world.all(Recipient, request_id=request.id)[0]  # type: ignore[no-any-return]


def next_at(world: World, request: ClientRequest) -> str | None:
    """The request's next reminder in Toronto, and the same as its recipients' earliest."""
    row = world.get(request)
    moments = [
        one.next_reminder_at for one in world.all(Recipient, request_id=request.id) if one.next_reminder_at
    ]
    assert row.next_reminder_at == min(moments, default=None)
    if row.next_reminder_at is None:
        return None
    return row.next_reminder_at.astimezone(ZoneInfo(TORONTO)).strftime("%m-%d %H:%M")  # type: ignore[no-any-return]
