"""What is served: the gate around the Reflex app's socket, the plain routes and the built site."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from reflex_base.registry import RegistrationContext
from starlette.applications import Starlette
from starlette.datastructures import URL, Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from portal_app import bootstrap
from portal_app.gate import Gate
from portal_app.http import routes
from portal_app.http.site import NotBuilt, Site
from portal_app.jobs.timetable import running
from portal_app.services.sessions import SessionBook
from portal_app.settings import LOOPBACK, StartRefused, checked, settings

SOCKET = "/_event"


def forget_setters() -> None:
    """Delete the `setvar` endpoint that Reflex registers for every State class (design 3.2)."""
    handlers = RegistrationContext.ensure_context().event_handlers
    for name in [name for name in handlers if name.rpartition(".")[2] == "setvar"]:
        del handlers[name]


class Portal:
    """Sends the socket to Reflex, pages and files to the site, and the rest to the plain routes."""

    def __init__(self, reflex: ASGIApp, site: Site) -> None:
        self._reflex = reflex
        self._site = site
        self._plain = Starlette(routes=routes())
        self._plain.router.default = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, socket or the server's start and stop."""
        if scope["type"] == "lifespan" or scope["path"].startswith(SOCKET):
            await self._reflex(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif self._site.serves(scope["path"]) and scope["method"] in {"GET", "HEAD"}:
            await self._site(scope, receive, send)
        else:
            await self._plain(scope, receive, send)


class OneName:
    """In the demo, leads a browser from another name of this machine to the public one (design 3.8)."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_url = public_url
        self._host = urlsplit(public_url).hostname

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect a page's request under a wrong name; let the rest pass."""
        app: ASGIApp = self._app
        if scope["type"] == "http" and self._is_page_elsewhere(scope):
            url = URL(scope=scope)
            way = url.path + (f"?{url.query}" if url.query else "")
            app = RedirectResponse(
                f"{self._public_url}{way}", status_code=307, headers={"Cache-Control": "no-store"}
            )
        await app(scope, receive, send)

    def _is_page_elsewhere(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        return name != self._host and name in LOOPBACK and "text/html" in headers.get("accept", "")


@asynccontextmanager
async def timetable() -> AsyncIterator[None]:
    """Runs what runs by itself while the server does, where this process has that role (design 3.18)."""
    kept = running(bootstrap.ports())
    await asyncio.to_thread(kept.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(kept.__exit__, None, None, None)


def app() -> ASGIApp:
    """Make what Granian serves. Ends the process with one sentence a fault when it must not be served."""
    try:
        chosen = checked(settings())
        site = Site()
    except (StartRefused, NotBuilt) as refusal:
        sys.exit(str(refusal))
    from portal_app.portal_app import app as reflex_app

    if chosen.role != "web":
        reflex_app.register_lifespan_task(timetable)
    served: ASGIApp = Portal(reflex_app(), site)
    forget_setters()
    if chosen.demo:
        served = OneName(served, chosen.public_url)
    return Gate(served, sessions=SessionBook(bootstrap.ports()), settings=chosen)
