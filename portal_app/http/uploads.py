"""Uploads by tus 1.0 (10.1): creation, also with bytes, going on, standing, cancelling.

A browser needs its cookies to begin. Going on needs the secret in the upload's address alone (10.10), and
`Tus-Resumable`, a header that no other site can send.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.domain import uploads as rules
from portal_app.domain.actors import Kind
from portal_app.domain.errors import DatabaseAway, NotFound, PortalError, TryLater
from portal_app.domain.uploads import NoRoomLeft, StorageAway
from portal_app.http import tus, visitors
from portal_app.http.draining import draining
from portal_app.http.intake import Intake, discard, in_thread
from portal_app.http.tus import Checksum, Misspoken
from portal_app.models import SharedWith
from portal_app.services.documents import document_uploads
from portal_app.services.documents.document_uploads import Place
from portal_app.services.files import arrivals, template_files, uploads
from portal_app.services.files.uploads import Standing
from portal_app.text import _

Endpoint = Callable[[Request], Awaitable[Response]]

REQUESTS_PER_ADDRESS: Final = 60  # at once; a browser opens six
_open: Counter[str] = Counter()


def spoken(endpoint: Endpoint) -> Endpoint:
    """Check the protocol's version, and answer refusals in its terms."""

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            if tus.method(request) != "OPTIONS":
                tus.check_version(request)
            return await endpoint(request)
        except (PortalError, DatabaseAway) as error:
            if not isinstance(error, TryLater):
                await discard(request)
            return tus.refusal(error)

    return answered


@spoken
async def files(request: Request) -> Response:
    """`OPTIONS` says what is spoken; `POST` begins an upload, and may bring its first bytes."""
    if tus.method(request) == "OPTIONS":
        return tus.options()
    if "upload-concat" in request.headers or "upload-defer-length" in request.headers:
        raise Misspoken(400, "This server has no concatenation and no deferred length.")
    if draining.is_on:
        raise Misspoken(503, _("The portal is restarting. The upload goes on in a moment."))
    length, told = tus.number(request, "upload-length"), tus.metadata(request)
    token, standing = await in_thread(_start, request, length, told)
    if tus.is_stream(request):
        standing = await _begin_with_bytes(request, token, standing)
    return tus.answer(201, standing, Location=paths.to(paths.UPLOAD, token=token))


@spoken
async def upload(request: Request) -> Response:
    """`HEAD` says where to go on, `PATCH` brings bytes, `DELETE` cancels."""
    verbs = {"OPTIONS": _options, "HEAD": _head, "PATCH": _patch, "DELETE": _delete}
    verb = verbs.get(tus.method(request))
    if verb is None:
        raise Misspoken(405, "An upload takes HEAD, PATCH and DELETE.")
    return await verb(request, request.path_params["token"])


async def _options(_request: Request, _token: str) -> Response:
    return tus.options()


async def _head(_request: Request, token: str) -> Response:
    """Never waits for a request that is bringing bytes: it may be dead."""
    standing = await in_thread(uploads.upload_standing, bootstrap.ports(), token)
    return tus.answer(200, standing, Upload_Length=str(standing.length))


async def _patch(request: Request, token: str) -> Response:
    if not tus.is_stream(request):
        raise Misspoken(415, f"Content-Type must be {tus.OFFSET_STREAM}.")
    offset = tus.number(request, "upload-offset")
    standing = await in_thread(uploads.upload_standing, bootstrap.ports(), token)
    return tus.answer(204, await _take(request, token, offset, standing))


async def _delete(_request: Request, token: str) -> Response:
    await in_thread(uploads.cancel_upload, bootstrap.ports(), token)
    return tus.answer(204)


def _start(request: Request, length: int, told: dict[str, bytes]) -> tuple[str, Standing]:
    """Begin, as staff for the firm's side, a template's and the firm's documents, and as a client for theirs."""
    side = told.get("side")
    kind = Kind.STAFF if side in {b"firm", b"template", b"firm documents"} else Kind.CLIENT
    actor = visitors.of(request, kind)
    name = told.get("filename", b"").decode(errors="replace")
    head, is_photo = tus.head(request)[: rules.HEAD], bool(told.get("photo"))
    if side in {b"documents", b"firm documents"}:
        return document_uploads.start_upload(
            bootstrap.ports(), actor, _document_place(told), name, length, head=head, is_photo=is_photo
        )
    task_id = _told_id(told, "task")
    if task_id is None:
        raise NotFound(_("There is nothing here."))
    if side == b"template":
        return template_files.start_upload(bootstrap.ports(), actor, task_id, name, length, head=head)
    replaces_id = _told_id(told, "replaces")
    return uploads.start_upload(
        bootstrap.ports(), actor, task_id, name, length, head=head, is_photo=is_photo, replaces_id=replaces_id
    )


def _document_place(told: dict[str, bytes]) -> Place:
    """Where a document goes. Raises `NotFound` for what is no id, and for sharing that there is not."""
    client_id = _told_id(told, "client")
    try:
        shared_with = SharedWith(told.get("shared", b"").decode("ascii") or SharedWith.CLIENT)
    except ValueError:
        shared_with = SharedWith.NAMED
    if client_id is None or shared_with is SharedWith.NAMED:
        raise NotFound(_("There is nothing here."))
    return Place(client_id, _told_id(told, "folder"), _told_id(told, "document"), shared_with)


def _told_id(told: dict[str, bytes], name: str) -> UUID | None:
    """An id of the metadata, None where it is empty. Raises `NotFound` for what is none."""
    try:
        text = told.get(name, b"").decode("ascii")
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


async def _take(request: Request, token: str, offset: int, standing: Standing) -> Standing:
    """Bring a body's bytes into the upload. Raises `PortalError` of every kind that stops it."""
    if standing.receipt is not None and offset == standing.length:
        return standing
    ports, sent = bootstrap.ports(), tus.checksum(request)
    if (
        "content-length" in request.headers
        and tus.number(request, "content-length") > standing.length - offset
    ):
        raise Misspoken(413, "More bytes than Upload-Length.")
    with _place(visitors.address(request)):
        arrival = await in_thread(arrivals.receive, ports, token, offset, address=visitors.address(request))
        intake = Intake(ports, arrival)
        if sent is not None:
            await _whole(request, sent)
        await intake.take(request)
    return Standing(intake.offset, standing.length, standing.expires_at, intake.receipt)


async def _whole(request: Request, sent: Checksum) -> None:
    """A body with a checksum is kept only when it fits, so it is read first; one part at most."""
    if tus.number(request, "content-length") > rules.PART:
        raise Misspoken(400, f"With Upload-Checksum send at most {rules.PART} bytes at a time.")
    if not sent.fits(await request.body()):
        raise Misspoken(460, "Checksum mismatch.")


async def _begin_with_bytes(request: Request, token: str, standing: Standing) -> Standing:
    """The upload exists whatever becomes of these bytes, unless they are refused; so its address is told."""
    try:
        return await _take(request, token, 0, standing)
    except (DatabaseAway, Misspoken, NoRoomLeft, StorageAway, TryLater):
        return await in_thread(uploads.upload_standing, bootstrap.ports(), token)


@contextmanager
def _place(address: str) -> Iterator[None]:
    """One of the places an address has for requests that bring bytes; freed however it ends."""
    if _open[address] >= REQUESTS_PER_ADDRESS:
        until = bootstrap.ports().clock.now() + timedelta(seconds=5)
        raise TryLater(_("Too many files at once. Wait until some have arrived, then go on."), until)
    _open[address] += 1
    try:
        yield
    finally:
        _open[address] -= 1
        if not _open[address]:
            del _open[address]


routes: list[BaseRoute] = [
    Route(paths.UPLOADS, files, methods=["OPTIONS", "POST"]),
    Route(paths.UPLOAD, upload, methods=["OPTIONS", "HEAD", "PATCH", "DELETE", "POST"]),
]
