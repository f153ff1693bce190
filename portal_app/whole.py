"""All that is served: the gate around the Reflex app's socket, the plain routes and the built site."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import reflex as rx
from starlette.applications import Starlette
from starlette.datastructures import URL, Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.domain.errors import DatabaseAway
from portal_app.gate import Gate
from portal_app.http import routes
from portal_app.http.broken import broken
from portal_app.http.draining import listening
from portal_app.http.metrics import Counted
from portal_app.http.setup import announce
from portal_app.http.site import Site
from portal_app.jobs.timetable import running
from portal_app.portal_app import app as reflex_app
from portal_app.services.files.keys import check_key
from portal_app.services.push.identity import identity
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.settings import LOOPBACK, settings

Life = Callable[[], AbstractAsyncContextManager[None]]


def forget_setters(app: rx.App) -> None:
    """Delete the `setvar` endpoint that Reflex registers for every State class (decision 0005)."""
    handlers = app._registration_context.event_handlers
    for name in [name for name in handlers if name.rpartition(".")[2] == "setvar"]:
        del handlers[name]


class Portal:
    """Sends the socket to Reflex, pages and files to the site, and the rest to the plain routes."""

    def __init__(self, reflex: ASGIApp, site: Site) -> None:
        self._reflex = reflex
        self._site = site
        self.routes = routes()
        self._plain = Starlette(
            routes=self.routes, exception_handlers={Exception: broken, DatabaseAway: broken}
        )
        self._plain.router.default = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or socket."""
        if scope["path"].startswith(paths.SOCKET):
            await self._reflex(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif self._site.serves(scope["path"]) and scope["method"] in {"GET", "HEAD"}:
            await self._site(scope, receive, send)
        else:
            await self._plain(scope, receive, send)


class OneName:
    """In the demo, leads a browser from another name of this machine to the public one (decision 0005)."""

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
    """Runs what runs by itself while the server does (decision 0005)."""
    kept = running(bootstrap.ports())
    await asyncio.to_thread(kept.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(kept.__exit__, None, None, None)


def load() -> tuple[ASGIApp, Life]:
    """Make the whole portal: what answers, and what lives as long as the server. Raises NotBuilt without a site."""
    chosen = settings()
    reflex = reflex_app()
    if not isinstance(reflex, Starlette):
        raise TypeError(
            "Reflex no longer gives a Starlette app, whose lifespan runs its tasks: read App.__call__"
        )
    forget_setters(reflex_app)
    portal = Portal(reflex, Site())
    served: ASGIApp = Counted(portal, bootstrap.ports().clock, portal.routes)
    if chosen.demo:
        served = OneName(served, chosen.public_url)

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(reflex_app.set_contexts())
            await stack.enter_async_context(reflex.router.lifespan_context(reflex))
            await asyncio.to_thread(check_key, bootstrap.ports())
            await asyncio.to_thread(identity, bootstrap.ports())
            await stack.enter_async_context(listening())
            if chosen.role != "web":
                await stack.enter_async_context(timetable())
            await asyncio.to_thread(announce, bootstrap.ports())
            yield

    return Gate(served, sessions=SessionBook(bootstrap.ports()), settings=chosen, broken=broken), life
