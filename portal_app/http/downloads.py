"""Downloads (10.3): authorized each time, never active content, and no byte leaves before its part was checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import NotFound, PortalError
from portal_app.domain.uploads import BeingChecked, StorageAway
from portal_app.http import visitors
from portal_app.http.intake import in_thread
from portal_app.http.not_found import not_found
from portal_app.http.rendering import render
from portal_app.ports import Ports
from portal_app.services.files import downloads
from portal_app.services.files.downloads import Damaged, OpenFile

HEADERS: Final = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Accept-Ranges": "bytes",
}
_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_NOT_TOKEN: Final = re.compile(r"[^A-Za-z0-9 ._()-]")


class CutShort(Exception):
    """A download that ends before its announced length, so that nobody takes it for whole."""


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from `first` up to and with `last`."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


async def download(request: Request) -> Response:
    """The file, or a range of it; 404 for whoever may not read it, whatever the reason."""
    try:
        file_id = UUID(request.path_params["id"])
        actor, file = await in_thread(_open, request, file_id)
        span = wanted(request, file)
        if span is None:
            return Response(status_code=416, headers=HEADERS | {"Content-Range": f"bytes */{file.size}"})
        return await _answer(request, actor, file, span)
    except BeingChecked as waiting:
        return render(request, "file_checked.html", status=409, name=waiting.name)
    except StorageAway:
        return render(request, "storage_away.html", status=503)
    except (ValueError, PortalError):
        return not_found(request)
    except _FoundDamaged as found:
        await in_thread(downloads.mark_damaged, bootstrap.ports(), found.actor, file_id)
        return render(request, "file_damaged.html", status=500, name=found.name)


class _FoundDamaged(Exception):
    def __init__(self, actor: Actor, name: str) -> None:
        self.actor, self.name = actor, name


def disposition(name: str) -> str:
    """`Content-Disposition` by RFC 6266: always an attachment; plain ASCII for the old, UTF-8 for the rest."""
    plain = _NOT_TOKEN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def wanted(request: Request, file: OpenFile) -> Span | None:
    """The span that is asked for, the whole file where none is; None when it lies outside.

    Several ranges at once, or `If-Range` for another content, give the whole file, as HTTP allows.
    """
    whole = Span(0, file.size - 1)
    asked_for = request.headers.get("range", "") if request.method == "GET" else ""  # RFC 9110, 14.2
    asked = _RANGE.fullmatch(asked_for.replace(" ", ""))
    if asked is None or not any(asked.groups()) or request.headers.get("if-range", _tag(file)) != _tag(file):
        return whole
    first, last = asked.groups()
    if not first:
        length = min(int(last), file.size)
        return Span(file.size - length, file.size - 1) if length else None
    if int(first) >= file.size or (last and int(last) < int(first)):
        return None
    return Span(int(first), min(int(last), file.size - 1) if last else file.size - 1)


def _open(request: Request, file_id: UUID) -> tuple[Actor, OpenFile]:
    """Open the file for whoever this browser is, as staff or as a client."""
    ports = bootstrap.ports()
    for kind in (Kind.STAFF, Kind.CLIENT):
        actor = visitors.of(request, kind)
        if actor.kind is not kind:
            continue
        try:
            return actor, downloads.open_file(ports, actor, file_id)
        except Damaged as damaged:
            raise _FoundDamaged(actor, damaged.name) from None
        except BeingChecked:
            raise
        except PortalError:
            continue
    raise NotFound


async def _answer(request: Request, actor: Actor, file: OpenFile, span: Span) -> Response:
    """The first and the last part are checked before the length is said; the rest before each leaves."""
    ports = bootstrap.ports()
    headers = HEADERS | {
        "Content-Length": str(span.length),
        "Content-Disposition": disposition(file.name),
        "ETag": _tag(file),
    }
    status = 200
    if span.length != file.size:
        status = 206
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{file.size}"
    numbers = [n for n, part in enumerate(file.parts) if _overlaps(part, span)]
    try:
        first = await in_thread(downloads.read_part, ports, file, numbers[0])
        await in_thread(downloads.read_part, ports, file, len(file.parts) - 1)
    except Damaged:
        raise _FoundDamaged(actor, file.name) from None
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    if span.first == 0:
        await in_thread(downloads.note_download, ports, actor, file)
    body = _checked(ports, actor, file, span, numbers, first)
    return StreamingResponse(body, status_code=status, headers=headers)


async def _checked(
    ports: Ports, actor: Actor, file: OpenFile, span: Span, numbers: list[int], first: bytes
) -> AsyncIterator[memoryview]:
    """Part by part; a bad one, or the end of the right to read (3.10), breaks the connection off."""
    whole = hashlib.sha256() if span.length == file.size else None
    for number in numbers:
        try:
            plain = first if number == numbers[0] else await in_thread(_next, ports, actor, file, number)
            if whole is not None:
                await in_thread(whole.update, plain)
                if number == numbers[-1] and whole.digest() != file.sha256:
                    raise Damaged(file.name)
        except Damaged:
            await in_thread(downloads.mark_damaged, ports, actor, file.file_id)
            raise CutShort from None
        except PortalError:
            raise CutShort from None
        offset = file.parts[number][0]
        yield memoryview(plain)[max(0, span.first - offset) : span.last - offset + 1]


def _next(ports: Ports, actor: Actor, file: OpenFile, number: int) -> bytes:
    downloads.may_still_read(ports, actor, file.file_id)
    return downloads.read_part(ports, file, number)


def _overlaps(part: tuple[int, int, str], span: Span) -> bool:
    offset, size, _key = part
    return offset <= span.last and offset + size > span.first


def _tag(file: OpenFile) -> str:
    return f'"{file.sha256.hex()}"'


routes: list[BaseRoute] = [Route(paths.DOWNLOAD, download, methods=["GET", "HEAD"])]
