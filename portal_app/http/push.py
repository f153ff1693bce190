"""A browser's page asks for push, and takes it back: JSON from our own script, for clients and staff alike (11.1)."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, PortalError
from portal_app.domain.pushing import PushTarget
from portal_app.http import visitors
from portal_app.http.rendering import HEADERS
from portal_app.services.push import subscriptions
from portal_app.services.push.identity import public_key
from portal_app.text import _

LARGEST: Final = 8 * 1024  # bytes


async def subscribe(request: Request) -> Response:
    """This browser takes push from now on."""
    return await _done(request, _subscribe)


async def unsubscribe(request: Request) -> Response:
    """This browser takes none any more."""
    return await _done(request, _unsubscribe)


async def changed(request: Request) -> Response:
    """The browser's push service gave it another address: the worker tells."""
    return await _done(request, _changed)


def key(request: Request) -> Response:
    """The installation's public key, which a browser asks its push service with."""
    return JSONResponse({"key": public_key(visitors.ports_of(request))}, headers=HEADERS)


def _subscribe(request: Request, said: dict[str, Any]) -> None:
    subscriptions.subscribe(visitors.ports_of(request), visitors.of(request), _target(said))


def _unsubscribe(request: Request, said: dict[str, Any]) -> None:
    endpoint = str(said.get("endpoint", ""))[:2000]
    subscriptions.unsubscribe(visitors.ports_of(request), visitors.of(request), endpoint)


def _changed(request: Request, said: dict[str, Any]) -> None:
    target = _target(said.get("now"))
    subscriptions.unsubscribe(
        visitors.ports_of(request), visitors.of(request), str(said.get("old", ""))[:2000]
    )
    subscriptions.subscribe(visitors.ports_of(request), visitors.of(request), target)


def _target(said: Any) -> PushTarget:
    keys = said.get("keys") if isinstance(said, dict) else None
    values = [said.get("endpoint"), keys.get("p256dh"), keys.get("auth")] if isinstance(keys, dict) else []
    if len(values) != 3 or not all(isinstance(value, str) and value for value in values):
        raise BadInput(_("This browser’s push service cannot be reached safely."))
    return PushTarget(*values)


async def _done(request: Request, act: Any) -> Response:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return JSONResponse({"text": ""}, 413, headers=HEADERS)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return JSONResponse({"text": ""}, 415, headers=HEADERS)
    try:
        said = json.loads(bytes(body))
        if not isinstance(said, dict):
            raise ValueError
    except ValueError:
        return JSONResponse({"text": ""}, 400, headers=HEADERS)
    try:
        await run_in_threadpool(act, request, said)
    except PortalError as refusal:
        return JSONResponse({"text": refusal.text}, refusal.status, headers=HEADERS)
    return JSONResponse({"text": ""}, headers=HEADERS)


routes: list[BaseRoute] = [
    Route(paths.PUSH_KEY, key),
    Route(paths.PUSH, subscribe, methods=["POST"]),
    Route(paths.PUSH_END, unsubscribe, methods=["POST"]),
    Route(paths.PUSH_CHANGED, changed, methods=["POST"]),
    Route(paths.STAFF_PUSH, subscribe, methods=["POST"]),
    Route(paths.STAFF_PUSH_END, unsubscribe, methods=["POST"]),
]
