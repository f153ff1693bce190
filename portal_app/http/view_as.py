"""*View as*: a client page as one recipient finds it, for staff, read-only (5.9).

It is the page before its script, so nothing on it acts by itself. Every address on it leads back here, below
`/staff/as/…`, where nothing writes: a form that is pressed is refused by the server, and no live link is shown.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from uuid import UUID

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.http import visitors
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import HEADERS, first_views, live_sheet, render
from portal_app.ports import Ports
from portal_app.services.requests import seen_as
from portal_app.services.requests.seen_as import Seen
from portal_app.text import _, locale, use_locale

_TEMPLATES = {
    "RequestPage": "request.html",
    "HomePage": "home.html",
    "DocumentsPage": "documents.html",
}
_OWN = re.compile(r'(?P<name>href|action)="/(?!staff/)')
"""An address of the portal in a page of ours; text of people is escaped and holds no such thing."""


_Look = Callable[[Request, Ports, Actor], Response]


def _for_staff(look: _Look) -> Callable[[Request], Awaitable[Response]]:
    """A page for who is signed in as staff; anybody else is led to sign in."""

    @wraps(look)
    def answer(request: Request, _typed: Typed) -> Response:
        try:
            return look(request, visitors.ports_of(request), visitors.of(request, Kind.STAFF))
        except SignInNeeded:
            return lead(paths.STAFF_LOGIN)

    return page(answer)


@_for_staff
def home(request: Request, ports: Ports, actor: Actor) -> Response:
    """Home, as this contact sees it."""
    return _shown(request, seen_as.home_as(ports, actor, _id(request, "contact")))


@_for_staff
def checklist(request: Request, ports: Ports, actor: Actor) -> Response:
    """A request, as this contact sees it."""
    return _shown(request, seen_as.request_as(ports, actor, _id(request, "contact"), _id(request, "id")))


@_for_staff
def documents(request: Request, ports: Ports, actor: Actor) -> Response:
    """The documents, as this contact sees them."""
    return _shown(request, seen_as.documents_as(ports, actor, _id(request, "contact")))


@_for_staff
def document(request: Request, ports: Ports, actor: Actor) -> Response:
    """A document that this contact could open, by the staff member's own right."""
    file_id = seen_as.document_as(ports, actor, _id(request, "contact"), _id(request, "id"))
    return lead(paths.to(paths.DOWNLOAD, id=file_id))


@_for_staff
def file(request: Request, ports: Ports, actor: Actor) -> Response:
    """A file that this contact could open, by the staff member's own right."""
    seen_as.file_as(ports, actor, _id(request, "contact"), _id(request, "id"))
    return lead(paths.to(paths.DOWNLOAD, id=request.path_params["id"]))


@page
def refuse(request: Request, _typed: Typed) -> Response:
    """Whatever else such a page leads to: nothing is done and nothing more is shown."""
    if not visitors.of(request, Kind.STAFF).is_staff:
        return lead(paths.STAFF_LOGIN)
    text = _("You are looking at a client’s page: nothing can be changed from here.")
    back = {"typed": "", "again": "", "back": paths.TRIAGE, "back_words": _("Back to triage")}
    return render(request, "refused.html", 403, text=text, **back)


def _shown(request: Request, seen: Seen) -> Response:
    """The page in its person's language, below a banner in the staff member's."""
    at = paths.to(paths.SEEN_AS, contact=seen.eyes.contact_id)
    body = ""
    if seen.page is not None:
        name = _TEMPLATES[type(seen.page).__name__]
        with use_locale(seen.eyes.locale):
            other = "en" if seen.eyes.locale == "fr" else "fr"
            body = first_views().get_template(name).render(page=seen.page, other_lang=other, find="")
    shown = Markup(_OWN.sub(rf'\g<name>="{at}/', body))  # noqa: S704 (rendered with escaping just above)
    html = (
        first_views()
        .get_template("seen_as.html")
        .render(sheet=live_sheet(), seen=seen, body=shown, locale=seen.eyes.locale, reader=locale())
    )
    return HTMLResponse(html, headers=HEADERS)


def _id(request: Request, name: str) -> UUID:
    try:
        return UUID(str(request.path_params[name]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

routes: list[BaseRoute] = [
    Route(paths.SEEN_AS + "/home", home, methods=["GET"]),
    Route(paths.SEEN_AS + "/requests/{id}", checklist, methods=["GET"]),
    Route(paths.SEEN_AS + "/documents", documents, methods=["GET"]),
    Route(paths.SEEN_AS + "/documents/{id}", document, methods=["GET"]),
    Route(paths.SEEN_AS + "/files/{id}/download", file, methods=["GET"]),
    Route(paths.SEEN_AS + "/{rest:path}", refuse, methods=_ANY),
]
