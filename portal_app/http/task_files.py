"""What a client does with a file of theirs on a task, once it is there: taken back, and put back (10.11)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.http.client_pages import done
from portal_app.http.plain import Typed, page
from portal_app.ports import Ports
from portal_app.services.files import removing
from portal_app.text import _


@page
def take_back(request: Request, typed: Typed) -> Response:
    """*Take it back*."""
    return done(request, typed, _of_file(request, removing.take_own_back))


@page
def put_back(request: Request, typed: Typed) -> Response:
    """*Undo*, for ten minutes."""
    return done(request, typed, _of_file(request, removing.put_own_back))


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
    Route(paths.TASK_FILE_BACK, take_back, methods=["POST"]),
    Route(paths.TASK_FILE_UNDO, put_back, methods=["POST"]),
]
