"""Who asks, in the event now running: from the gate's headers, and from the rows at every event."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from uuid import UUID

from portal_app import bootstrap
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.visitors import Visitor
from portal_app.services.actors import actor_of
from portal_app.services.refusals import note_refusal
from portal_app.state._policy import Policy, admit, side
from portal_app.text import locale, set_locale

_asker: ContextVar[Actor | None] = ContextVar("portal_asker", default=None)

Headers = Mapping[str, str]


def visitor(headers: Headers) -> Visitor:
    """The rows behind the browser that holds this socket."""
    return Visitor(
        staff=_id(headers, "x-portal-staff"),
        client=_id(headers, "x-portal-client"),
        device=_id(headers, "x-portal-device"),
    )


def _id(headers: Headers, name: str) -> UUID | None:
    value = headers.get(name)
    return UUID(hex=value) if value else None


def speak(headers: Headers) -> None:
    """Answer this event in the language of the page it came from."""
    set_locale(headers.get("x-portal-locale", ""))


async def admitted(policy: Policy, headers: Headers) -> Actor:
    """Read the asker from the database and let them pass. Raises `SignInNeeded`, `NotFound`."""
    speak(headers)
    actor = await _read(side(policy), headers)
    admit(policy, actor)
    _asker.set(actor)
    return actor


async def _read(kind: Kind, headers: Headers) -> Actor:
    address, language = headers.get("x-portal-address", ""), locale()
    if kind is Kind.NOBODY:
        return Actor.nobody(language, address)
    return await asyncio.to_thread(
        actor_of, bootstrap.ports(), kind, visitor(headers), locale=language, address=address
    )


async def note_refused(policy: Policy, headers: Headers, target: str) -> None:
    """Write down that whoever holds this socket was refused a handler."""
    actor = await _read(side(policy), headers)
    await asyncio.to_thread(note_refusal, bootstrap.ports(), actor, target)


def asker() -> Actor:
    """The one who was admitted to the handler that now runs."""
    actor = _asker.get()
    if actor is None:
        raise RuntimeError("nobody was admitted: only a handler may ask this")
    return actor
