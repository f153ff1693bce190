"""A contact's data as one archive, and the page that erases a contact (14.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from uuid import UUID

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, NotFound, PortalError, SignInNeeded
from portal_app.domain.uploads import BeingChecked
from portal_app.http import visitors
from portal_app.http.downloads import HEADERS, disposition
from portal_app.http.plain import Typed, lead, page, sign_in_url
from portal_app.http.rendering import render
from portal_app.http.zip_stream import Entry, zipped
from portal_app.ports import Ports
from portal_app.services.clients import contact_data, erasing
from portal_app.services.clients.contact_data import ContactData
from portal_app.services.files import downloads
from portal_app.services.files.downloads import Damaged
from portal_app.services.sign_in import sign_in_mail
from portal_app.templates import environment
from portal_app.text import _, locale


@page
def data(request: Request, _typed: Typed) -> Response:
    """Everything the portal knows of them: a page to read, the same for machines, and their files."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.STAFF)
    try:
        found = contact_data.take_data(ports, actor, _id(request))
    except SignInNeeded:
        return lead(sign_in_url(request))
    readable = _templates().get_template("contact.html").render(found=found, lang=locale()).encode()
    kept = {key: value for key, value in HEADERS.items() if key != "Accept-Ranges"}
    return StreamingResponse(
        zipped(_entries(ports, actor, found, readable), ports.clock.now()),
        headers=kept
        | {"Content-Type": "application/zip", "Content-Disposition": disposition(found.file_name)},
    )


def _entries(ports: Ports, actor: Actor, found: ContactData, readable: bytes) -> Iterator[Entry]:
    machine = json.dumps(found.for_machines(), ensure_ascii=False, indent=1).encode()
    yield _("read me.html"), [readable]
    yield "data.json", [machine]
    for file_id, name in found.files:
        try:
            file = downloads.open_file(ports, actor, file_id)
            first = downloads.read_part(ports, file, 0)
        except BeingChecked as waiting:
            yield f"files/{name}.txt", [waiting.text.encode()]
            continue
        except (Damaged, PortalError):
            yield f"files/{name}.txt", [_("This file is damaged or gone.").encode()]
            continue
        rest = (downloads.read_part(ports, file, number) for number in range(1, len(file.parts)))
        yield f"files/{name}", _joined(first, rest)


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


@page
def ask(request: Request, typed: Typed) -> Response:
    """What goes, what stays, why and until when; asks for the name."""
    return _page(request, typed)


@page
def erase(request: Request, typed: Typed) -> Response:
    """Do it, once the name is typed."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.STAFF)
    try:
        erasing.erase_contact(ports, actor, _id(request), typed.get("name", ""))
    except SignInNeeded:
        return lead(sign_in_url(request))
    except BadInput as refusal:
        return _page(request, typed, refusal)
    firm = sign_in_mail.letterhead_of(ports, actor)
    return render(request, "erased.html", firm=firm, back=paths.CONTACTS)


def _page(request: Request, typed: Typed, refusal: PortalError | None = None) -> Response:
    try:
        seen = erasing.look_erasing(
            visitors.ports_of(request), visitors.of(request, Kind.STAFF), _id(request)
        )
    except SignInNeeded:
        return lead(sign_in_url(request))
    return render(
        request,
        "erase.html",
        refusal.status if refusal else 200,
        firm=seen.letterhead,
        seen=seen,
        action=request.url.path,
        back=paths.to(paths.CONTACT, id=seen.contact_id),
        values={"name": typed.get("name", "")},
        errors={refusal.field: refusal.text} if refusal else {},
    )


@cache
def _templates() -> Environment:
    """What is read away from the portal."""
    return environment("archive")


def _id(request: Request) -> UUID:
    try:
        return UUID(str(request.path_params["id"]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


routes: list[BaseRoute] = [
    Route(paths.CONTACT_DATA, data, methods=["GET"]),
    Route(paths.CONTACT_ERASE, ask, methods=["GET"]),
    Route(paths.CONTACT_ERASE, erase, methods=["POST"]),
]
