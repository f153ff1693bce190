"""A file of a client's once it is there: its receipt as a PDF (10.7), taken back from its task, and put back (10.11)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import NotFound, PortalError
from portal_app.http import visitors
from portal_app.http.client_pages import done
from portal_app.http.downloads import HEADERS as SEALED_OFF
from portal_app.http.downloads import disposition
from portal_app.http.intake import in_thread
from portal_app.http.not_found import not_found
from portal_app.http.plain import Typed, page
from portal_app.ports import Ports
from portal_app.services.files import receipts, removing
from portal_app.text import _


@page
def take_back(request: Request, typed: Typed) -> Response:
    """*Take it back*."""
    return done(request, typed, _of_file(request, removing.take_own_back))


@page
def put_back(request: Request, typed: Typed) -> Response:
    """*Undo*, for ten minutes."""
    return done(request, typed, _of_file(request, removing.put_own_back))


async def receipt(request: Request) -> Response:
    """The receipt as a PDF; 404 for whoever may not read the file, whatever the reason."""
    try:
        name, content = await in_thread(_receipt, request, UUID(str(request.path_params["id"])))
    except (ValueError, PortalError):
        return not_found(request)
    headers = {key: value for key, value in SEALED_OFF.items() if key != "Accept-Ranges"}
    return Response(
        content,
        headers=headers | {"Content-Type": "application/pdf", "Content-Disposition": disposition(name)},
    )


def _receipt(request: Request, file_id: UUID) -> tuple[str, bytes]:
    """For whoever this browser is, as staff or as a client."""
    for kind in (Kind.STAFF, Kind.CLIENT):
        actor = visitors.of(request, kind)
        if actor.kind is not kind:
            continue
        try:
            return receipts.receipt(bootstrap.ports(), actor, file_id)
        except PortalError:
            continue
    raise NotFound


def _of_file(
    request: Request, act: Callable[[Ports, Actor, UUID, UUID], None]
) -> Callable[[Ports, Actor, UUID], None]:
    def on_task(ports: Ports, actor: Actor, task_id: UUID) -> None:
        try:
            file_id = UUID(str(request.path_params["file"]))
        except ValueError:
            raise NotFound(_("There is nothing here.")) from None
        act(ports, actor, task_id, file_id)

    return on_task


routes: list[BaseRoute] = [
    Route(paths.FILE_RECEIPT, receipt, methods=["GET"]),
    Route(paths.TASK_FILE_BACK, take_back, methods=["POST"]),
    Route(paths.TASK_FILE_UNDO, put_back, methods=["POST"]),
]
