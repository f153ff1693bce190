"""What Granian does by itself: takes a body and forgets it, and sends back what comes by a socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def app() -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    """As little as an ASGI app can be."""
    return _app


async def _app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    kinds = {"http": _swallow, "websocket": _echo, "lifespan": _live}
    await kinds[scope["type"]](receive, send)


async def _swallow(receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        continue
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
