"""The gate: the outermost thing that is served (15.4).

It turns cookies into session ids and lets no secret further in, refuses other sites, meters sockets and
hangs up when a session ends, and puts the security headers on everything.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Protocol
from urllib.parse import quote

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal_app import faults
from portal_app.domain.errors import DatabaseAway
from portal_app.domain.visitors import NOBODY, Visitor
from portal_app.gate import rules
from portal_app.gate.headers import security_headers
from portal_app.gate.rules import From, Head
from portal_app.gate.sockets import Full, Line, Switchboard
from portal_app.settings import Settings
from portal_app.text import use_locale

__all__ = ["Gate", "SessionBook"]

Broken = Callable[[Request, Exception], Response]

log = structlog.get_logger(__name__)


class SessionBook(Protocol):
    """Who is behind which cookie. Every method runs in a thread."""

    def resolve(self, cookies: Mapping[str, str], address: str) -> Visitor:
        """The live sessions and the device that these cookies stand for."""
        ...

    def touch(self, visitor: Visitor) -> None:
        """Somebody is there: the idle time of their sessions begins anew (4.6)."""
        ...

    def ended(self, visitors: Collection[Visitor]) -> set[Visitor]:
        """Those of whom a session or device has ended since it was resolved."""
        ...


class Gate:
    """Wraps the whole app; `portal_app/asgi.py` serves it. `broken` makes the answer to what nobody caught."""

    def __init__(
        self, app: ASGIApp, *, sessions: SessionBook, settings: Settings, broken: Broken | None = None
    ) -> None:
        self._app, self._sessions, self._settings = app, sessions, settings
        self._broken = broken or _bare
        self._switchboard = Switchboard(sessions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one socket, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        head = rules.read(scope, self._settings)
        reference = secrets.token_hex(6)
        with use_locale(head.language), structlog.contextvars.bound_contextvars(request=reference):
            serve = self._socket if scope["type"] == "websocket" else self._request
            await serve(scope, receive, send, head)

    async def _request(self, scope: Scope, receive: Receive, send: Send, head: Head) -> None:
        send = security_headers(send, https=self._settings.https)
        if head.is_plain:
            await _to_https(scope, send, self._settings.public_url)
            return
        if head.is_closed:
            await _answer(send, 404)
            return
        if head.origin is From.ELSEWHERE and not head.is_safe:
            await _answer(send, 403)
            return
        started = _Started(send)
        try:
            visitor = NOBODY if head.is_static else await self._visitor(head, is_activity=True)
            await self._app(self._admitted(scope, head, visitor), receive, started)
        except ClientDisconnect:
            log.debug("client_left")
        except Exception as fault:  # noqa: BLE001 (the last resort: logged, and nothing of it shown)
            _log("request_failed", fault, area=head.area, method=head.method)
            if not started.yet:
                await self._broken(Request(scope, receive), fault)(scope, receive, started)

    async def _socket(self, scope: Scope, receive: Receive, send: Send, head: Head) -> None:
        await receive()  # websocket.connect: nothing may be answered before it
        if head.is_plain or head.origin is From.ELSEWHERE or not _is_event_socket(scope):
            await _hang_up(send)
            return
        try:
            line = Line(await self._visitor(head, is_activity=False), _connected(receive), send)
            with self._switchboard.seat(line, rules.neighbourhood(head.address)):
                await self._app(self._admitted(scope, head, line.visitor), line.receive, line.send)
        except Full:
            await _hang_up(send)
        except Exception as fault:  # noqa: BLE001 (the last resort: logged, and nothing of it shown)
            _log("socket_failed", fault)
            await _hang_up(send)

    async def _visitor(self, head: Head, *, is_activity: bool) -> Visitor:
        if not head.cookies or not head.believes_cookies:
            return NOBODY
        return await asyncio.to_thread(self._look_up, head, is_activity)

    def _look_up(self, head: Head, is_activity: bool) -> Visitor:
        visitor = self._sessions.resolve(head.cookies, head.address)
        if is_activity and visitor.is_known:
            with suppress(DatabaseAway):  # what is saved can be read while nothing more can be
                self._sessions.touch(visitor)
        return visitor

    def _admitted(self, scope: Scope, head: Head, visitor: Visitor) -> Scope:
        """The scope as the app sees it. Our own pages read other cookies too, where cookies are believed."""
        ours = {
            "x-portal-staff": visitor.staff.hex if visitor.staff else "",
            "x-portal-client": visitor.client.hex if visitor.client else "",
            "x-portal-device": visitor.device.hex if visitor.device else "",
            "x-portal-address": head.address,
            "x-portal-locale": head.language,
        }
        if scope["type"] == "websocket":
            headers, secure = rules.to_socket(scope["headers"], ours), "wss"
        else:
            dropped = frozenset() if head.believes_cookies else frozenset({"cookie"})
            headers, secure = rules.passed_on(scope["headers"], ours, dropped=dropped), "https"
        return {
            **scope,
            "headers": headers,
            "client": (head.address, (scope.get("client") or ("", 0))[1]),
            "scheme": secure if self._settings.https else scope["scheme"],
        }


def _log(name: str, fault: Exception, **about: str) -> None:
    """Where it happened, but for a database that is away: that is logged where it is noticed."""
    if isinstance(fault, DatabaseAway):
        log.warning(name, **about)
    else:
        log.error(name, **about, **faults.facts(fault))


class _Started:
    """A `send` that remembers whether the answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send, self.yet = send, False

    async def __call__(self, message: Message) -> None:
        self.yet = True
        await self._send(message)


def _is_event_socket(scope: Scope) -> bool:
    return scope["path"].rstrip("/") == rules.SOCKET_PATH and rules.is_tab_token(scope["query_string"])


def _connected(receive: Receive) -> Receive:
    """`receive` with the `websocket.connect` that was already taken out of it put back."""
    first = True

    async def again() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "websocket.connect"}
        return await receive()

    return again


async def _hang_up(send: Send) -> None:
    """Refuse a handshake (the server answers 403) or end a socket that broke."""
    try:
        await send({"type": "websocket.close", "code": 1011, "reason": ""})
    except (OSError, RuntimeError):
        log.debug("client_left")


async def _to_https(scope: Scope, send: Send, public_url: str) -> None:
    """Lead who only looks to the same address by https; what was sent in the clear is not taken (15.4)."""
    if scope["method"] not in {"GET", "HEAD"}:
        await _answer(send, 403)
        return
    way = public_url.encode() + (scope.get("raw_path") or quote(scope["path"]).encode())
    if scope["query_string"]:
        way += b"?" + scope["query_string"]
    headers = [(b"location", way), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _answer(send: Send, status: int) -> None:
    """A bare answer: a status and its reference, nothing about the inside."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": _said(status).encode()})


def _bare(_request: Request, _fault: Exception) -> Response:
    return PlainTextResponse(_said(500), 500, headers={"cache-control": "no-store"})


def _said(status: int) -> str:
    reference = str(structlog.contextvars.get_contextvars().get("request", ""))
    return f"{status} {reference}\n"
