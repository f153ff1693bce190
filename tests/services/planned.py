"""A request that goes out by itself at its work's start, what hinders it, and who was told."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from portal_app.domain.send_rules import Rule
from portal_app.models import ClientRequest, Notification, Recipient, WorkItem
from portal_app.services.requests import send_plans
from portal_app.work import begin
from tests.world import World


def told(world: World, kind: str) -> list[Notification]:
    return world.all(Notification, kind=kind)


def no_recipient(world: World, request: ClientRequest) -> None:
    world.change(world.all(Recipient)[0], removed_at=world.clock.now())


def planned(world: World, rule: Rule, starts_on: date | None = date(2026, 3, 10)) -> ClientRequest:
    """A request with a rule in a work that starts on a day, its moment worked out."""
    client = world.new_client()
    work = world.new_work(client, starts_on=starts_on)
    request = world.change(world.draft_request(client, work=work), send_rule=rule.kept)
    with begin(world.ports, world.staff) as unit:
        send_plans.plan_work(unit, unit.session.get_one(WorkItem, work.id))
    return world.get(request)


def local(world: World, request: ClientRequest) -> str:
    moment = world.get(request).send_at
    return moment.astimezone(ZoneInfo("America/Toronto")).isoformat()[:16] if moment else ""
