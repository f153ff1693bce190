"""What Granian does by itself: writes a body to a file and syncs it, and sends back what comes by a socket."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def app() -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    """As little as an ASGI app can be."""
    return _app


async def _app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    kinds = {"http": _keep, "websocket": _echo, "lifespan": _live}
    await kinds[scope["type"]](receive, send)


async def _keep(receive: Receive, send: Send) -> None:
    with tempfile.TemporaryFile(dir=os.environ["RAW_FOLDER"], buffering=0) as kept:
        more = True
        while more:
            message = await receive()
            kept.write(message.get("body", b""))
            more = message.get("more_body", False)
        os.fsync(kept.fileno())
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _echo(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def _live(receive: Receive, send: Send) -> None:
    for word in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{word}.complete"})
