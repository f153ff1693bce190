"""The client's pages before their script has come, and the small requests that tick, write and take back (9.2).

The first view is the real list with forms that POST: an early tick is stored. The same addresses answer the
live page in JSON, so a tick does not depend on the page's socket.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from uuid import UUID

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import LinkEnded, NotFound, PortalError, SignInNeeded
from portal_app.http import first_view, visitors
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import HEADERS, render, sprite_icon
from portal_app.ports import Ports
from portal_app.services import comments, home_pages, request_pages, request_ways, tasks
from portal_app.templates import environment
from portal_app.text import _, locale

TICK = "/requests/{id}/tasks/{task}/tick"
UNDO = "/requests/{id}/tasks/{task}/undo"
COMMENT = "/requests/{id}/tasks/{task}/comment"


def request_first(request: Request) -> first_view.Filled:
    """The checklist, or the page that says why it does not open."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    request_id = _uuid(request, "id")
    try:
        if request_id is None:
            raise NotFound(_("There is nothing here."))
        shown = request_pages.request_page(ports, actor, request_id)
    except PortalError as refusal:
        return _elsewhere(request, ports, actor, refusal)
    return _first().get_template("request.html").render(page=shown, other_lang=_other())


def home_first(request: Request) -> first_view.Filled:
    """Home, or the way to sign in."""
    ports = visitors.ports_of(request)
    try:
        shown = home_pages.home_page(ports, visitors.of(request, Kind.CLIENT))
    except (NotFound, SignInNeeded):
        way = request_ways.way_to_sign_in(ports, paths.HOME)
        return lead(way) if way else render(request, "not_found.html", 404)
    return _first().get_template("home.html").render(page=shown, other_lang=_other())


@page
def tick(request: Request, _typed: Typed) -> Response:
    """*Mark as done* (5.8)."""
    return _done(request, tasks.complete_task)


@page
def undo(request: Request, _typed: Typed) -> Response:
    """*Undo*, for ten seconds (5.12)."""
    return _done(request, tasks.undo_task)


@page
def comment(request: Request, typed: Typed) -> Response:
    """A comment; with `once_key` a repeat is none."""
    key = typed.get("once_key", "")[:60] or None
    return _done(
        request,
        lambda ports, actor, task: comments.add_comment(
            ports, actor, task, typed.get("body", ""), once_key=key
        ),
        "c",
    )


@page
def show(request: Request, typed: Typed) -> Response:
    """Another client of the same account (2.2, 9.2)."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    try:
        home_pages.show_client(ports, actor, UUID(typed.get("client", "")))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
    except SignInNeeded:
        return lead(request_ways.way_to_sign_in(ports, paths.HOME) or paths.START)
    return lead(paths.HOME)


def _done(request: Request, act: Callable[[Ports, Actor, UUID], None], place: str = "t") -> Response:
    """Do it, and answer as the asker reads: JSON for the live page; for a form, back to the task, unfolded to
    the element whose id is `place` and the task's."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    request_id, task_id = _uuid(request, "id"), _uuid(request, "task")
    here = paths.to(paths.REQUEST, id=request.path_params["id"])
    is_json = "application/json" in request.headers.get("accept", "")
    try:
        if request_id is None or task_id is None:
            raise NotFound(_("There is nothing here."))
        act(ports, actor, task_id)
    except PortalError as refusal:
        if is_json:
            return _refused_json(refusal, here)
        if isinstance(refusal, LinkEnded | SignInNeeded | NotFound):
            return _elsewhere(request, ports, actor, refusal)
        return render(
            request,
            "refused.html",
            refusal.status,
            text=refusal.text,
            back=f"{here}#{place}{task_id}",
            back_words=_("Back to the list"),
        )
    return _stored_json(ports) if is_json else lead(f"{here}#{place}{task_id}")


def _stored_json(ports: Ports) -> Response:
    """`at` is a moment, in milliseconds since 1970, after which the page read shows the answer."""
    said = {
        "at": int(ports.clock.now().timestamp() * 1000),
        "undo_ms": int(tasks.UNDO_FOR.total_seconds() * 1000),
    }
    return JSONResponse(said, headers=HEADERS)


def _refused_json(refusal: PortalError, here: str) -> Response:
    leave = here if isinstance(refusal, LinkEnded | SignInNeeded) else ""
    return JSONResponse({"text": refusal.text, "leave": leave}, status_code=refusal.status, headers=HEADERS)


def _elsewhere(request: Request, ports: Ports, actor: Actor, refusal: PortalError) -> Response:
    """To the page of the link this device holds or held, to sign-in, or nowhere."""
    request_id = _uuid(request, "id")
    if request_id is None or isinstance(refusal, NotFound):
        return render(request, "not_found.html", 404)
    way = request_ways.way_to_link(ports, actor, request_id)
    if way is None and isinstance(refusal, SignInNeeded):
        here = paths.to(paths.REQUEST, id=request_id)  # a form's own address opens nothing
        way = request_ways.way_to_sign_in(ports, here, request_id)
    gone = request_ways.withdrawn(ports, request_id) if isinstance(refusal, LinkEnded) else None
    if way is None and gone is not None:
        facts = {"firm": gone.firm, "title": gone.title, "contact_name": gone.contact_name}
        return render(request, "withdrawn.html", refusal.status, is_withdrawn=True, **facts)
    return lead(way) if way else render(request, "not_found.html", 404)


def _uuid(request: Request, name: str) -> UUID | None:
    try:
        return UUID(str(request.path_params[name]))
    except ValueError:
        return None


def _other() -> str:
    return "en" if locale() == "fr" else "fr"


@cache
def _first() -> Environment:
    made = environment("first")
    made.globals.update(icon=sprite_icon)
    return made


first_view.register(paths.REQUEST, request_first)
first_view.register(paths.HOME, home_first)

routes: list[BaseRoute] = [
    Route(TICK, tick, methods=["POST"]),
    Route(UNDO, undo, methods=["POST"]),
    Route(COMMENT, comment, methods=["POST"]),
    Route(paths.HOME_CLIENT, show, methods=["POST"]),
]
