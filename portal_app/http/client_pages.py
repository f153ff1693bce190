"""The client's pages before their script has come, and the small requests that tick, write and take back (9.2).

The first view is the real list with forms that POST: an early tick is stored. The same addresses answer the
live page in JSON, so a tick does not depend on the page's socket.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, LinkEnded, NotFound, PortalError, SignInNeeded
from portal_app.http import first_view, handed, links, visitors
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import HEADERS, app_head, first_views, render
from portal_app.ports import Ports
from portal_app.services.home import home_pages
from portal_app.services.links import reading_as, request_ways
from portal_app.services.links.reading_as import OtherReader
from portal_app.services.refusals import note_refusal
from portal_app.services.requests import request_pages
from portal_app.services.requests.request_pages import KEPT_FOR
from portal_app.services.tasks import answering, client_answers, comments, tasks
from portal_app.text import _, locale

TICK = "/requests/{id}/tasks/{task}/tick"
UNDO = "/requests/{id}/tasks/{task}/undo"
COMMENT = "/requests/{id}/tasks/{task}/comment"
NOT_APPLICABLE = "/requests/{id}/tasks/{task}/not-applicable"
PROMISE = "/requests/{id}/tasks/{task}/promise"
QUESTION = "/requests/{id}/tasks/{task}/question"
ALREADY_THERE = "/requests/{id}/tasks/{task}/already-there"


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
    html = first_views().get_template("request.html").render(page=shown, other_lang=_other())
    return first_view.Shown(
        html, app_head(shown.manifest_url, shown.icon_url), shown.reader_id, shown.keeps_for
    )


def home_first(request: Request) -> first_view.Filled:
    """Home, or the way to sign in."""
    ports = visitors.ports_of(request)
    try:
        shown = home_pages.home_page(ports, visitors.of(request, Kind.CLIENT))
    except (NotFound, SignInNeeded):
        way = request_ways.way_to_sign_in(ports, paths.HOME)
        return lead(way) if way else render(request, "not_found.html", 404)
    html = first_views().get_template("home.html").render(page=shown, other_lang=_other())
    return first_view.Shown(html, app_head(shown.manifest_url, shown.icon_url), shown.contact_id, KEPT_FOR)


@page
def tick(request: Request, typed: Typed) -> Response:
    """*Mark as done* (5.8)."""
    return done(request, typed, tasks.complete_task)


@page
def undo(request: Request, typed: Typed) -> Response:
    """*Undo*, for ten seconds (5.12)."""
    return done(request, typed, tasks.undo_task)


@page
def comment(request: Request, typed: Typed) -> Response:
    """A comment; with `once_key` a repeat is none."""
    body, key = typed.get("body", ""), _once(typed) or None
    return done(request, typed, partial(_with, comments.add_comment, body, once_key=key), "c")


@page
def not_applicable(request: Request, typed: Typed) -> Response:
    """*Doesn't apply*, with a reason (5.8)."""
    reason = typed.get("text", "")
    return done(
        request, typed, partial(_with, client_answers.say_not_applicable, reason, once_key=_once(typed))
    )


@page
def promise(request: Request, typed: Typed) -> Response:
    """*I'll have it on* a day (5.20)."""
    day = _day(typed.get("promised_on", ""))
    return done(request, typed, partial(_with, client_answers.promise_task, day, once_key=_once(typed)))


@page
def question(request: Request, typed: Typed) -> Response:
    """*A question*, which leaves the task open (5.8)."""
    text = typed.get("text", "")
    return done(request, typed, partial(_with, client_answers.ask_question, text, once_key=_once(typed)), "c")


@page
def already_there(request: Request, typed: Typed) -> Response:
    """*You already have it*: one of the documents that this person may see (5.8)."""
    file_id = _known(typed.get("file", ""))
    return done(
        request, typed, partial(_with, client_answers.say_already_there, file_id, once_key=_once(typed))
    )


@page
def access(request: Request, _typed: Typed) -> Response:
    """*Send access link*, or a PIN, pressed where the request itself stood: on to a link of its own (6.5, 6.9)."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    request_id = _uuid(request, "id")
    way = request_ways.new_way(ports, actor, request_id) if request_id else None
    if way is None:
        raise NotFound(_("There is nothing here."))
    return RedirectResponse(way, 307, headers=HEADERS)


@page
def reader(request: Request, typed: Typed) -> Response:
    """Another person for whom this browser opens the request (6.22)."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    request_id, contact_id = _uuid(request, "id"), _known(typed.get("reader", ""))
    if request_id is None or contact_id is None:
        raise NotFound(_("There is nothing here."))
    try:
        reading_as.show_for(ports, actor, request_id, contact_id)
    except NotFound:
        raise
    except PortalError as refusal:
        return _elsewhere(request, ports, actor, refusal)
    return lead(paths.to(paths.REQUEST, id=request_id))


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
    return lead(paths.DOCUMENTS if typed.get("next") == paths.DOCUMENTS else paths.HOME)


def done(
    request: Request, typed: Typed, act: Callable[[Ports, Actor, UUID], None], place: str = "t"
) -> Response:
    """Do it, and answer as the asker reads: JSON for the live page; for a form, back to the task, unfolded to
    the element whose id is `place` and the task's."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    request_id, task_id = _uuid(request, "id"), _uuid(request, "task")
    here = paths.to(paths.REQUEST, id=request.path_params["id"])
    is_json = "application/json" in request.headers.get("accept", "")
    try:
        if request_id is None or task_id is None:
            raise NotFound(_("There is nothing here."))
        request_pages.check_task(ports, actor, request_id, task_id)
        if reader_id := typed.get("reader", ""):
            reading_as.check_reader(ports, actor, request_id, reader_id)
        act(ports, actor, task_id)
    except PortalError as refusal:
        if isinstance(refusal, NotFound):
            note_refusal(ports, actor, request.url.path.rpartition("/")[2])
        if is_json:
            return _refused_json(refusal, _leave(request, refusal, here))
        return _refused_form(request, refusal, typed, here, f"#{place}{task_id}")
    return _stored_json(ports) if is_json else lead(f"{here}#{place}{task_id}")


def _refused_form(request: Request, refusal: PortalError, typed: Typed, here: str, place: str) -> Response:
    """Why, and what was typed: to correct and send again where that helps, else to copy (6.23)."""
    name = "body" if "body" in typed else "text"
    body = typed.get(name, "")
    is_over = isinstance(refusal, LinkEnded | SignInNeeded)
    if isinstance(refusal, NotFound) or (is_over and not body.strip()):
        ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
        return _elsewhere(request, ports, actor, refusal)
    return render(
        request,
        "refused.html",
        refusal.status,
        here=here,
        text=refusal.text,
        typed=body,
        typed_as=name,
        again=request.url.path if isinstance(refusal, BadInput) else "",
        back=here + ("" if is_over else place),
        back_words=_("Go on") if is_over else _("Back to the list"),
    )


def _with(
    act: Callable[..., None], said: object, ports: Ports, actor: Actor, task_id: UUID, **more: object
) -> None:
    """An answer that holds something, as `done` calls it."""
    act(ports, actor, task_id, said, **more)


def _once(typed: Typed) -> str:
    """What the page called this answer, so that a repeat is none."""
    return "".join(mark for mark in typed.get("once_key", "")[:60] if mark.isalnum())


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _known(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _stored_json(ports: Ports) -> Response:
    """`at` is a moment, in milliseconds since 1970, after which the page read shows the answer."""
    said = {
        "at": int(ports.clock.now().timestamp() * 1000),
        "undo_ms": int(answering.UNDO_FOR.total_seconds() * 1000),
    }
    return JSONResponse(said, headers=HEADERS)


def _leave(request: Request, refusal: PortalError, here: str) -> str:
    """Where the live page goes on: to sign-in for what is done signed in only, else to itself, loaded anew."""
    if isinstance(refusal, SignInNeeded):
        return request_ways.way_to_sign_in(visitors.ports_of(request), here, _uuid(request, "id")) or here
    return here if isinstance(refusal, LinkEnded | OtherReader) else ""


def _refused_json(refusal: PortalError, leave: str) -> Response:
    return JSONResponse({"text": refusal.text, "leave": leave}, status_code=refusal.status, headers=HEADERS)


def _elsewhere(request: Request, ports: Ports, actor: Actor, refusal: PortalError) -> Response:
    """What a link of this device says, sign-in, or nothing."""
    request_id = _uuid(request, "id")
    if request_id is None or isinstance(refusal, NotFound):
        return render(request, "not_found.html", 404)
    here = paths.to(paths.REQUEST, id=request_id)  # a form's own address opens nothing
    if isinstance(refusal, SignInNeeded):
        way = request_ways.way_to_sign_in(ports, here, request_id)
        return lead(way) if way else render(request, "not_found.html", 404)
    if seen := request_ways.link_page(ports, actor, request_id):
        return links.not_open(request, seen, paths.to(paths.REQUEST_ACCESS, id=request_id), here=here)
    if had := request_ways.handed_page(ports, actor, request_id):
        return handed.over(request, had, here=here)
    gone = request_ways.withdrawn(ports, request_id)
    if gone is None:
        return render(request, "not_found.html", 404)
    facts = {"firm": gone.firm, "title": gone.title, "contact_name": gone.contact_name}
    return render(request, "withdrawn.html", refusal.status, here=here, is_withdrawn=True, **facts)


def _uuid(request: Request, name: str) -> UUID | None:
    return _known(str(request.path_params[name]))


def _other() -> str:
    return "en" if locale() == "fr" else "fr"


first_view.register(paths.REQUEST, request_first)
first_view.register(paths.HOME, home_first)

routes: list[BaseRoute] = [
    Route(TICK, tick, methods=["POST"]),
    Route(UNDO, undo, methods=["POST"]),
    Route(COMMENT, comment, methods=["POST"]),
    Route(paths.REQUEST_READER, reader, methods=["POST"]),
    Route(paths.REQUEST_ACCESS, access, methods=["POST"]),
    Route(NOT_APPLICABLE, not_applicable, methods=["POST"]),
    Route(PROMISE, promise, methods=["POST"]),
    Route(QUESTION, question, methods=["POST"]),
    Route(ALREADY_THERE, already_there, methods=["POST"]),
    Route(paths.HOME_CLIENT, show, methods=["POST"]),
]
