"""What Granian serves: takes requests at once, and loads the portal behind them.

Loading takes a second or two (Reflex, SQLAlchemy, forty tables), too long for a port to stay closed
after a restart. What comes meanwhile waits and is then answered; only `/healthz` is answered at once,
since it asks whether the process takes requests. `/readyz` waits with the rest.
"""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from portal_app import logs
from portal_app.routes import HEALTHZ
from portal_app.settings import StartRefused, checked, settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Loaded = tuple[App, Callable[[], AbstractAsyncContextManager[None]]]

log = logging.getLogger(__name__)


class Opening:
    """Holds what comes until the portal is there. One that cannot be loaded ends the process, to be started anew."""

    def __init__(self, load: Callable[[], Loaded], give_up: Callable[[], None]) -> None:
        self._load, self._give_up = load, give_up
        self._app: App | None = None
        self._settled, self._closing = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one socket, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._serve(receive, send)
        elif self._app is None and scope["path"] == HEALTHZ:
            await _healthy(send)
        else:
            await self._settled.wait()
            if self._app is not None:
                await self._app(scope, receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        await receive()
        living = asyncio.create_task(self._live(), name="portal")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._closing.set()
        await living
        await send({"type": "lifespan.shutdown.complete"})

    async def _live(self) -> None:
        try:
            app, life = await asyncio.get_running_loop().run_in_executor(None, self._load)
            async with life():
                self._app = app
                self._settled.set()
                await self._closing.wait()
        except Exception:
            log.exception("the portal could not be loaded")
            self._settled.set()
            self._give_up()


async def _healthy(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"status":"ok"}'})


def _load() -> Loaded:
    from portal_app.whole import load

    return load()


def for_good(load: Callable[[], Loaded]) -> Loaded:
    """What `load` makes, which the garbage collector never looks through again.

    The portal's 350,000 objects stay as long as the process. Each look through them would hold up whoever waits
    for an answer by a fifth of a second.
    """
    gc.disable()
    try:
        made = load()
        gc.collect()
        gc.freeze()
    finally:
        gc.enable()
    return made


def app() -> App:
    """Make what Granian serves. Unsafe settings end the process with a sentence for each fault."""
    try:
        checked(settings())
    except StartRefused as refusal:
        sys.exit(str(refusal))
    logs.configure(settings())
    return Opening(lambda: for_good(_load), give_up=lambda: os._exit(1))
