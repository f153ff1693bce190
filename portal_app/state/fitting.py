"""Fits the Reflex app with what its own parts lack: a strict socket, bound states, our words, the bell."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import reflex as rx
import structlog
from reflex.event import Event
from reflex.istate.data import HeaderData
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.utils.format import sanitize_client_log_value
from reflex_base.utils.serializers import serializer

from portal_app import bootstrap, faults
from portal_app.domain.visitors import Visitor
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.state import _asking
from portal_app.state._frames import BOOT, NAVIGATE, Refused, readable
from portal_app.state.base import PageState, tabs
from portal_app.state.tab import TabState
from portal_app.state.telling import note_browser_fault, tell

RELOAD_AGAIN_AFTER_MS = 10_000
NOTE_EVERY = 30.0
"""Seconds: sessions are kept to the minute."""

log = structlog.get_logger(__name__)


def fit(app: rx.App) -> None:
    """Call once, after the app is made and before it is served."""
    app.backend_exception_handler = tell
    app.frontend_exception_handler = note_browser_fault
    app.add_middleware(Binding())
    app.register_lifespan_task(hear_the_bell)
    _guard(app)


@serializer(to=dict, overwrite=True)
def shown_headers(headers: HeaderData) -> dict[str, str]:
    """Nothing of a socket's headers goes back to the browser: the gate's are ours, the rest it knows."""
    return {}


class Binding(Middleware):
    """Before any event runs, Reflex's own too, what another session left in the loaded states is emptied."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Runs under the tab's lock, after the socket's headers are known."""
        visitor = _asking.visitor(state.rx_router_headers.raw_headers)
        for part in _tree(state._get_root_state()):
            if isinstance(part, PageState):
                part._bind(visitor)
        if event.name in (BOOT, NAVIGATE):
            tabs.forget(state.rx_router_session.client_token)
            tab = await state.get_state(TabState)
            if event.name == BOOT:
                tab._begin(is_fresh="hashes" in event.payload)
            else:
                tab._arrive()
        return None


def _tree(root: BaseState) -> Iterator[BaseState]:
    yield root
    for part in root.substates.values():
        yield from _tree(part)


def _guard(app: rx.App) -> None:
    """Let only declared events in, in their exact form, and log none of what others hold (fault 35)."""
    namespace = app.event_namespace
    if namespace is None:
        raise RuntimeError("the app has no socket")
    on_event, on_disconnect = namespace.on_event, namespace.on_disconnect
    presence = Presence()

    async def checked(sid: str, data: Any) -> None:
        if namespace.sid_to_token.get(sid) is None:
            return
        try:
            frame = readable(data)
        except Refused as refusal:
            log.warning("event_refused", why=refusal.why, name=sanitize_client_log_value(refusal.name, 200))
            if refusal.is_unknown:
                await _reload(namespace, sid)
            return
        await on_event(sid, frame)
        if frame["name"] != BOOT and not frame["name"].endswith(".refresh"):
            presence.note(_asking.visitor(namespace._static_router_data[sid]["headers"]))

    def forgotten(sid: str) -> Any:
        if token := namespace.sid_to_token.get(sid):
            tabs.forget(token)
        return on_disconnect(sid)

    namespace.on_event = checked  # type: ignore[method-assign]
    namespace.on_disconnect = forgotten  # type: ignore[method-assign]


class Presence:
    """Notes who is there: a page that only keeps itself fresh is nobody (4.6)."""

    def __init__(self) -> None:
        self._noted: dict[Visitor, float] = {}
        self._notes: set[asyncio.Task[None]] = set()

    def note(self, visitor: Visitor) -> None:
        """Begin their idle time anew, at most twice a minute."""
        now = asyncio.get_running_loop().time()
        if not visitor.is_known or now - self._noted.get(visitor, -NOTE_EVERY) < NOTE_EVERY:
            return
        self._noted = {one: at for one, at in self._noted.items() if now - at < NOTE_EVERY} | {visitor: now}
        task = asyncio.create_task(self._write(visitor), name="presence")
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _write(self, visitor: Visitor) -> None:
        try:
            await asyncio.to_thread(SessionBook(bootstrap.ports()).touch, visitor)
        except Exception as fault:  # noqa: BLE001 (logged; the next event notes them again)
            log.error("presence_not_noted", **faults.facts(fault))


async def _reload(namespace: Any, sid: str) -> None:
    """An event nobody knows comes from a page of another version: tell its tab to load itself anew."""
    schema = rx.State._to_frontend_schema()
    answer = {"backend": schema, "reload_cooldown_ms": RELOAD_AGAIN_AFTER_MS}
    await namespace.emit("state_mismatch", answer, to=sid)


@contextlib.asynccontextmanager
async def hear_the_bell(app: rx.App) -> AsyncIterator[None]:
    """While the server runs, pass each ring on to the tabs of this process."""
    loop = asyncio.get_running_loop()
    tell_tab = functools.partial(_call_in_tab, app)

    def heard(channels: frozenset[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to hear
            loop.call_soon_threadsafe(tabs.heard, channels, tell_tab)

    listening = bootstrap.ports().bell.listen(heard)
    await asyncio.to_thread(listening.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(listening.__exit__, None, None, None)


async def _call_in_tab(app: rx.App, token: str, handler: str) -> None:
    """Have the tab send this event by its own socket: gate, policy and database decide again."""
    namespace = app.event_namespace
    if namespace is None or token not in namespace.token_to_sid:
        tabs.forget(token)
        return
    await namespace.emit_update(StateUpdate(events=[Event(name=handler)]), token)
