"""What a firm takes out as a file, for staff who may export (1.16, 14.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.errors import SignInNeeded
from portal_app.http import visitors
from portal_app.http.downloads import HEADERS, disposition
from portal_app.http.plain import Typed, lead, page, sign_in_url
from portal_app.services.firm import audit_export
from portal_app.services.portal import places, portal_export
from portal_app.services.work import activity_export
from portal_app.services.work.activity_views import Filters


@page
def activity(request: Request, _typed: Typed) -> Response:
    """The activity feed as its page is narrowed, streamed as a CSV file."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.STAFF)
    wanted = Filters(**_asked(request, Filters))
    try:
        name = activity_export.begin_export(ports, actor, wanted)
    except SignInNeeded:
        return lead(sign_in_url(request))
    return _streamed(name, activity_export.activity_lines(ports, actor, wanted))


@page
def portal(request: Request, _typed: Typed) -> Response:
    """The management page's list as it is narrowed, streamed as a CSV file."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.STAFF)
    wanted = places.Filters(**_asked(request, places.Filters))
    try:
        name = portal_export.begin_export(ports, actor, wanted)
    except SignInNeeded:
        return lead(sign_in_url(request))
    return _streamed(name, portal_export.portal_lines(ports, actor, wanted))


@page
def audit(request: Request, _typed: Typed) -> Response:
    """The firm's audit log with its hashes, streamed as JSON Lines."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.STAFF)
    try:
        name = audit_export.begin_export(ports, actor)
    except SignInNeeded:
        return lead(sign_in_url(request))
    return _streamed(name, audit_export.audit_lines(ports, actor), "application/jsonl")


def _asked(request: Request, filters: type[Filters] | type[places.Filters]) -> dict[str, str]:
    """The filters that the address names."""
    return {one.name: request.query_params.get(one.name, "")[:200] for one in fields(filters)}


def _streamed(name: str, lines: Iterator[str], kind: str = "text/csv") -> Response:
    headers = {key: value for key, value in HEADERS.items() if key != "Accept-Ranges"}
    told = {"Content-Type": f"{kind}; charset=utf-8", "Content-Disposition": disposition(name)}
    return StreamingResponse(lines, headers=headers | told)


routes: list[BaseRoute] = [
    Route(paths.ACTIVITY_EXPORT, activity, methods=["GET"]),
    Route(paths.PORTAL_EXPORT, portal, methods=["GET"]),
    Route(paths.AUDIT_EXPORT, audit, methods=["GET"]),
]
