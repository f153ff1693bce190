"""A signed-in contact's notices: opened, marked read, and chosen (9.5, 9.6). Forms that POST, on live and plain pages."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.contact_notices import ALWAYS_MAILED, ContactTopic, Ways
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.domain.sign_in import way_back
from portal_app.http import visitors
from portal_app.http.account import own
from portal_app.http.plain import Typed, lead, page, sign_in_url
from portal_app.services.notices import notice_marks
from portal_app.text import _


@page
def open_notice(request: Request, _typed: Typed) -> Response:
    """On to what a notice is about."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    try:
        notice_id = UUID(str(request.path_params["id"]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
    try:
        return lead(notice_marks.open_notice(ports, actor, notice_id))
    except SignInNeeded:
        return lead(sign_in_url(request, paths.HOME))


@page
def read_all(request: Request, typed: Typed) -> Response:
    """Everything read; back to where it was pressed."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    try:
        notice_marks.mark_all_read(ports, actor)
    except SignInNeeded:
        return lead(sign_in_url(request, paths.HOME))
    return lead(way_back(typed.get("next", ""), Kind.CLIENT))


def choose(request: Request, typed: Typed) -> Response:
    """How each topic reaches this person: a box for each way, ticked or not."""
    wishes = {
        topic: Ways(
            by_portal=f"{topic.value}.portal" in typed,
            by_email=topic in ALWAYS_MAILED or f"{topic.value}.email" in typed,
            by_push=f"{topic.value}.push" in typed,
        )
        for topic in ContactTopic
    }
    notice_marks.choose(visitors.ports_of(request), visitors.of(request, Kind.CLIENT), wishes)
    return lead(f"{paths.ACCOUNT}?done=notifications#notifications")


routes: list[BaseRoute] = [
    Route(paths.NOTICES_READ, read_all, methods=["POST"]),
    Route(paths.NOTICE_OPEN, open_notice, methods=["POST"]),
    Route(paths.ACCOUNT_NOTICES, page(own(choose)), methods=["POST"]),
]
