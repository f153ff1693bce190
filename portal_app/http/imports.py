"""A file of clients and contacts: taken in by a plain form, the one to fill in, and the lines in error (2.1)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain import csv_files
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, NotFound, PortalError
from portal_app.domain.permissions import Permission, may
from portal_app.http import visitors
from portal_app.http.downloads import HEADERS, disposition
from portal_app.http.not_found import not_found
from portal_app.http.plain import lead, sign_in_url
from portal_app.http.rendering import render
from portal_app.services.clients import import_views, importing
from portal_app.services.refusals import note_refusal
from portal_app.text import _

LARGEST_BODY: Final = csv_files.LARGEST + 64 * 1024
"""The file, and the form around it."""
_CSV: Final = {key: value for key, value in HEADERS.items() if key != "Accept-Ranges"} | {
    "Content-Type": "text/csv; charset=utf-8"
}


class _InMemory(MultiPartParser):
    """Keeps the file in memory: what is in it touches the disk as rows alone."""

    spool_max_size = LARGEST_BODY + 1


class _TooLarge(Exception):
    pass


async def receive(request: Request) -> Response:
    """Take the file in and lead to its preview; a refusal says what is wrong with it and leads back."""
    ports, actor = visitors.ports_of(request), await run_in_threadpool(visitors.of, request, Kind.STAFF)
    if not actor.is_staff:
        return lead(paths.STAFF_LOGIN)
    if not may(actor, Permission.BULK):
        await run_in_threadpool(note_refusal, ports, actor, "receive")
        return not_found(request)
    try:
        name, data = await _file(request)
        import_id = await run_in_threadpool(importing.receive_file, ports, actor, name, data)
    except PortalError as refusal:
        back = {"typed": "", "again": "", "back": paths.IMPORTS, "back_words": _("Choose another file")}
        return render(request, "refused.html", refusal.status, text=refusal.text, **back)
    return lead(paths.to(paths.IMPORT, id=import_id))


async def template(request: Request) -> Response:
    """The file to fill in, in the reader's language."""
    actor = await run_in_threadpool(visitors.of, request, Kind.STAFF)
    if not actor.is_staff:
        return lead(sign_in_url(request))
    name = _("clients and contacts.csv")
    return Response(import_views.template_lines(), headers=_CSV | {"Content-Disposition": disposition(name)})


async def faults(request: Request) -> Response:
    """The lines that stay out, to be mended."""
    ports, actor = visitors.ports_of(request), await run_in_threadpool(visitors.of, request, Kind.STAFF)
    if not actor.is_staff:
        return lead(sign_in_url(request))
    try:
        body = await run_in_threadpool(_faulty, request, actor)
    except (ValueError, PortalError) as refusal:
        if isinstance(refusal, NotFound):
            await run_in_threadpool(note_refusal, ports, actor, "faults")
        return not_found(request)
    name = _("lines in error.csv")
    return StreamingResponse(iter(body), headers=_CSV | {"Content-Disposition": disposition(name)})


def _faulty(request: Request, actor: Actor) -> list[str]:
    import_id = UUID(str(request.path_params["id"]))
    return list(import_views.faulty_lines(visitors.ports_of(request), actor, import_id))


async def _file(request: Request) -> tuple[str, bytes]:
    """The file's name and its bytes, read no further than allowed. Raises `BadInput`."""
    nothing = BadInput(_("Choose a CSV file first."), field="file")
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise nothing
    parser = _InMemory(request.headers, _bounded(request), max_files=1, max_fields=3)
    try:
        form = await parser.parse()
    except _TooLarge:
        raise BadInput(importing.sentence(csv_files.NotCsv("large")), field="file") from None
    except (MultiPartException, HTTPException):
        raise nothing from None
    found = form.get("file")
    if not isinstance(found, UploadFile) or not found.filename:
        raise nothing
    data = await found.read()
    await form.close()
    return found.filename.rpartition("/")[2].rpartition("\\")[2], data


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST_BODY:
            raise _TooLarge
        yield piece


routes: list[BaseRoute] = [
    Route(paths.IMPORT_FILE, receive, methods=["POST"]),
    Route(paths.IMPORT_TEMPLATE, template, methods=["GET"]),
    Route(paths.IMPORT_FAULTS, faults, methods=["GET"]),
]
"""A staff member's CSV file is small and read at once; documents of clients come by tus alone."""
