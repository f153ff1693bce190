"""States that do one thing each."""

from __future__ import annotations

from typing import Annotated

import reflex as rx
from pydantic import Field
from redis.asyncio import Redis

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import Heartbeat
from portal_app.ports import Ports
from portal_app.settings import settings
from portal_app.state.base import ANYONE, CLIENT, STAFF, Line, PageState, Payload, handler
from portal_app.state.tab import leave, notice
from portal_app.work import begin
from tests.trial import CANARY


def name_of(ports: Ports, actor: Actor) -> str:
    return f"{actor.kind.value} {actor.staff_id or actor.contact_id or actor.device_id} {actor.locale} {actor.address}"


def save(ports: Ports, actor: Actor) -> None:
    with begin(ports, actor) as work:
        work.add(Heartbeat(name="outlasted", at=work.now))


class Form(Payload):
    name: Line
    is_on: bool
    to: list[Line]


class StaffTrial(PageState, rx.State):
    """A staff page."""

    who: str = ""
    kept: str = ""
    refreshed: int = 0
    total: int = 0

    @handler(STAFF)
    async def load(self) -> None:
        self.who = await self._call(name_of)

    @handler(STAFF)
    async def keep(self, text: Line) -> None:
        self.kept = text

    @handler(Permission.POLICY_EDIT)
    async def rule(self) -> None:
        self.kept = "ruled"

    @handler(STAFF)
    async def add(self, number: Annotated[int, Field(ge=0, le=10)]) -> None:
        self.total += number

    @handler(STAFF)
    async def submit(self, form: Form) -> None:
        self.kept = f"{form.name} {form.is_on} {','.join(form.to)}"

    @handler(STAFF)
    async def refuse(self) -> None:
        raise RuleBroken("Not on a Sunday.")

    @handler(STAFF)
    async def fail(self) -> None:
        raise RuntimeError(CANARY)

    @handler(STAFF)
    async def outlast_the_lock(self) -> None:
        """Saves something, and is then too slow for the lock on its state."""
        await self._call(save)
        self.kept = "never kept"
        async with Redis.from_url(settings().redis_url) as redis:
            await redis.delete(*[key async for key in redis.scan_iter("*lock*")])

    @handler(STAFF)
    async def follow(self, channel: Line) -> None:
        self._listen(channel)

    @handler(STAFF)
    async def refresh(self) -> None:
        self.refreshed += 1

    @handler(STAFF)
    async def finish(self):
        self.kept = "finished"
        yield notice("Done.")
        yield leave("/page")


class ClientTrial(PageState, rx.State):
    """A client page."""

    who: str = ""
    kept: str = ""

    @handler(CLIENT)
    async def load(self) -> None:
        self.who = await self._call(name_of)

    @handler(CLIENT)
    async def keep(self, text: Line) -> None:
        self.kept = text


class OpenTrial(PageState, rx.State):
    """A page for anyone."""

    who: str = ""

    @handler(ANYONE)
    async def load(self) -> None:
        self.who = await self._call(name_of)
