"""Where a mail service posts what came back (8.6): the notice itself, or a list of what it was told.

Both kinds of secret are compared in constant time, and checked before anything in the body is read as more than
bytes. Posting the same twice changes nothing, so a service may try again as often as it likes.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain import bounces as rules
from portal_app.domain.bounces import Report
from portal_app.http import visitors
from portal_app.http.not_found import not_found
from portal_app.ports import Ports
from portal_app.services.mail import bounces

LARGEST_LIST: Final = 256 * 1024
MOST: Final = 500
WRONG_TRIES: Final = "20/minute"
_FRESH = {"Cache-Control": "no-store"}


class _Item(BaseModel):
    """One line of a list; `status` is a code of RFC 3463, or failed, delayed, delivered."""

    model_config = ConfigDict(strict=True, extra="forbid")
    message_id: Annotated[str, Field(max_length=250)] = ""
    recipient: Annotated[str, Field(max_length=320)] = ""
    status: Annotated[str, Field(max_length=20)]
    diagnostic: Annotated[str, Field(max_length=2000)] = ""


_LIST: Final = TypeAdapter(Annotated[list[_Item], Field(max_length=MOST)])


async def taken(request: Request) -> Response:
    """Take what is posted; answers how many e-mails of ours it was about."""
    ports = visitors.ports_of(request)
    secret = ports.settings.bounce_secret.get_secret_value()
    if not secret:
        return not_found(request)
    if not ports.limiter.has_room(_tries(request), WRONG_TRIES):
        return _said(429, "Too many wrong secrets.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    largest = {"message/rfc822": rules.LARGEST, "application/json": LARGEST_LIST}.get(kind)
    if largest is None:
        return _said(415, "Send message/rfc822 or application/json.")
    body = await _read(request, largest)
    if body is None:
        return _said(413, f"At most {largest} bytes.")
    if not _is_trusted(request, body, secret):
        ports.limiter.hit(_tries(request), WRONG_TRIES)
        return _said(401, "The secret or the signature is wrong.")
    return await run_in_threadpool(_take, ports, kind, body)


def _take(ports: Ports, kind: str, body: bytes) -> Response:
    if kind == "message/rfc822":
        return JSONResponse({"matched": bounces.take_notice(ports, body)}, headers=_FRESH)
    try:
        items = _LIST.validate_json(body)
    except ValidationError as fault:
        where = [".".join(str(part) for part in error["loc"]) for error in fault.errors()[:5]]
        return JSONResponse({"error": "Not a list of notices.", "at": where}, status_code=422, headers=_FRESH)
    reports = [one for one in map(_report, items) if one is not None]
    return JSONResponse({"matched": bounces.take_reports(ports, reports)}, headers=_FRESH)


def _report(item: _Item) -> Report | None:
    """A line as a report; None where its status says nothing."""
    fate = rules.fate_of(item.status)
    if fate is None:
        return None
    named = item.message_id.strip()
    return Report(
        fate,
        message_id=f"<{named.strip('<>')}>" if named else "",
        recipients=frozenset({item.recipient.strip().casefold()} - {""}),
        status=item.status if item.status[0].isdigit() else "",
        text=" ".join(item.diagnostic.split())[:400],
    )


def _is_trusted(request: Request, body: bytes, secret: str) -> bool:
    """`Authorization: Bearer <secret>`, or `X-Signature: sha256=<HMAC-SHA256 of the body, in hex>`."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    bearer = hmac.compare_digest(_header(request, "authorization"), f"Bearer {secret}".encode())
    signed = hmac.compare_digest(_header(request, "x-signature"), expected.encode())
    return bearer or signed


def _header(request: Request, name: str) -> bytes:
    return request.headers.get(name, "").encode("latin-1", "replace")


async def _read(request: Request, largest: int) -> bytes | None:
    """The body; None as soon as it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            return None
    return bytes(body)


def _tries(request: Request) -> str:
    return f"bounces:{visitors.address(request)}"


def _said(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status, headers=_FRESH)


routes: list[BaseRoute] = [Route(paths.BOUNCES, taken, methods=["POST"])]
