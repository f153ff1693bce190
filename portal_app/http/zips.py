"""Several files as one zip, streamed (10.5): no file of it is ever whole in memory or on disk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, NotFound, PortalError, SignInNeeded
from portal_app.domain.uploads import BeingChecked
from portal_app.http import visitors
from portal_app.http.downloads import HEADERS, CutShort, disposition
from portal_app.http.plain import Typed, page, refused
from portal_app.http.zip_stream import Entry, zipped
from portal_app.ports import Ports
from portal_app.services.files import downloads, zips
from portal_app.services.files.downloads import Damaged, OpenFile
from portal_app.services.files.zips import Zip
from portal_app.text import _

Plan = Callable[[Ports, Actor, UUID], Zip]


def _all(plan: Plan) -> Callable[[Request], Awaitable[Response]]:
    """All files of what the address names, as this plan finds them."""

    @page
    def answer(request: Request, _typed: Typed) -> Response:
        return _answer(request, plan)

    return answer


@page
def of_documents(request: Request, _typed: Typed) -> Response:
    """The documents of a client, or those chosen."""
    chosen = [_uuid(text) for text in request.query_params.getlist("id")[: zips.MOST_CHOSEN]]
    return _answer(request, lambda ports, actor, of_id: zips.of_documents(ports, actor, of_id, chosen))


def _answer(request: Request, plan: Plan) -> Response:
    """The archive for whoever this browser is, as staff or as a client."""
    ports, of_id = visitors.ports_of(request), _uuid(str(request.path_params["id"]))
    refusal: PortalError = NotFound()
    for kind in (Kind.STAFF, Kind.CLIENT):
        actor = visitors.of(request, kind)
        if actor.kind is not kind:
            continue
        try:
            return _streamed(ports, actor, plan(ports, actor, of_id))
        except SignInNeeded:
            raise
        except BadInput as too_many:
            return refused(request, too_many.status, too_many.text)
        except PortalError as error:
            refusal = error
    raise NotFound from refusal


def _streamed(ports: Ports, actor: Actor, found: Zip) -> Response:
    kept = {key: value for key, value in HEADERS.items() if key != "Accept-Ranges"}
    return StreamingResponse(
        zipped(_entries(ports, actor, found), ports.clock.now()),
        headers=kept
        | {"Content-Type": "application/zip", "Content-Disposition": disposition(found.file_name)},
    )


def _entries(ports: Ports, actor: Actor, found: Zip) -> Iterator[Entry]:
    """File by file, each opened through its door; where the right to one has ended meanwhile, the archive breaks off."""
    for file_id, path in found.files:
        try:
            file = downloads.open_file(ports, actor, file_id)
            first = downloads.read_part(ports, file, 0)
        except Damaged:
            downloads.mark_damaged(ports, actor, file_id)
            yield f"{path}.txt", [_("This file is damaged or gone.").encode()]
            continue
        except BeingChecked as waiting:
            yield f"{path}.txt", [waiting.text.encode()]
            continue
        except PortalError:
            raise CutShort from None
        downloads.note_download(ports, actor, file)
        yield path, _parts(ports, actor, file, first)


def _parts(ports: Ports, actor: Actor, file: OpenFile, first: bytes) -> Iterator[bytes]:
    yield first
    for number in range(1, len(file.parts)):
        try:
            downloads.may_still_read(ports, actor, file.file_id)
            yield downloads.read_part(ports, file, number)
        except Damaged:
            downloads.mark_damaged(ports, actor, file.file_id)
            raise CutShort from None
        except PortalError:
            raise CutShort from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


routes: list[BaseRoute] = [
    Route(paths.TASK_ZIP, _all(zips.of_task), methods=["GET"]),
    Route(paths.REQUEST_ZIP, _all(zips.of_request), methods=["GET"]),
    Route(paths.WORK_ZIP, _all(zips.of_work_item), methods=["GET"]),
    Route(paths.CLIENT_ZIP, _all(zips.of_client), methods=["GET"]),
    Route(paths.FOLDER_ZIP, _all(zips.of_folder), methods=["GET"]),
    Route(paths.DOCUMENTS_ZIP, of_documents, methods=["GET"]),
]
