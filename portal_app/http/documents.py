"""A client's documents outside the live page: looked at, taken back, and pictures of pages (10.6)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.errors import NotFound, PortalError, RuleBroken, SignInNeeded, TryLater
from portal_app.domain.uploads import StorageAway
from portal_app.http import first_view, visitors
from portal_app.http.downloads import HEADERS as SEALED_OFF
from portal_app.http.intake import in_thread
from portal_app.http.not_found import not_found
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import app_head, first_views, render
from portal_app.ports import Picture
from portal_app.services.documents import document_looks, document_pages, documents
from portal_app.services.files import previews
from portal_app.services.files.downloads import Damaged
from portal_app.services.links import request_ways
from portal_app.text import _, locale

PICTURE: Final = {key: value for key, value in SEALED_OFF.items() if key != "Accept-Ranges"}
"""A picture of ours, and nothing else: it cannot act, and nobody keeps it."""


def documents_first(request: Request) -> first_view.Filled:
    """The documents, or the way to sign in."""
    ports = visitors.ports_of(request)
    find = request.query_params.get("q", "")[:200]
    try:
        shown = document_pages.documents_page(ports, visitors.of(request, Kind.CLIENT), find)
    except (NotFound, SignInNeeded):
        way = request_ways.way_to_sign_in(ports, paths.DOCUMENTS)
        return lead(way) if way else render(request, "not_found.html", 404)
    other = "en" if locale() == "fr" else "fr"
    html = first_views().get_template("documents.html").render(page=shown, find=find, other_lang=other)
    return first_view.Shown(html, app_head(shown.manifest_url, shown.icon_url))


@page
def document(request: Request, _typed: Typed) -> Response:
    """One document: its pages, its receipt, the way to take it."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    found = document_looks.client_look(ports, actor, _id(request))
    return render(
        request, "document.html", page=found.page, look=found.look, firm=found.firm, current="documents"
    )


@page
def remove(request: Request, _typed: Typed) -> Response:
    """Take back what one put there oneself."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    try:
        documents.take_own_back(ports, actor, _id(request))
    except RuleBroken as refusal:
        back = {"typed": "", "again": "", "back": paths.DOCUMENTS, "back_words": _("All documents")}
        return render(request, "refused.html", 409, text=refusal.text, **back)
    return lead(paths.DOCUMENTS)


async def picture(request: Request) -> Response:
    """One page of a file, drawn anew; 404 for whoever may not see it, whatever the reason."""
    try:
        number = int(request.path_params["number"])
        drawn = await in_thread(_drawn, request, _id(request), number)
    except (TryLater, StorageAway) as refusal:
        return Response(status_code=refusal.status, headers=PICTURE)
    except RuleBroken as refusal:
        return Response(refusal.text, 415, PICTURE | {"Content-Type": "text/plain; charset=utf-8"})
    except (ValueError, PortalError, Damaged):
        return not_found(request)
    headers = PICTURE | {"Content-Type": drawn.media_type, "Content-Disposition": "inline"}
    return Response(drawn.content, headers=headers)


def _drawn(request: Request, file_id: UUID, number: int) -> Picture:
    """For whoever this browser is, as staff or as a client."""
    ports = bootstrap.ports()
    for kind in (Kind.STAFF, Kind.CLIENT):
        actor = visitors.of(request, kind)
        if actor.kind is not kind:
            continue
        try:
            return previews.draw_page(ports, actor, file_id, number)
        except (TryLater, RuleBroken, StorageAway):
            raise
        except PortalError:
            continue
    raise NotFound


def _id(request: Request) -> UUID:
    try:
        return UUID(str(request.path_params["id"]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


first_view.register(paths.DOCUMENTS, documents_first)

routes: list[BaseRoute] = [
    Route(paths.PREVIEW, picture, methods=["GET"]),
    Route(paths.DOCUMENT, document, methods=["GET"]),
    Route(paths.DOCUMENT_REMOVE, remove, methods=["POST"]),
]
