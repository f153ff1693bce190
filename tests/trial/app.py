"""Serves the trial states behind the real gate; `granian --factory tests.trial.app:app`."""

from __future__ import annotations

import reflex as rx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portal_app import bootstrap
from portal_app.gate import Gate
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.settings import settings
from portal_app.state.fitting import fit
from tests.trial import states

reflex_app = rx.App(toaster=None, app_wraps={})
reflex_app.add_page(rx.el.div, route="/staff", on_load=states.StaffTrial.load)
reflex_app.add_page(rx.el.div, route="/home")
fit(reflex_app)


async def seen(request: Request) -> JSONResponse:
    """What of a request comes through the gate."""
    body = await request.body()
    return JSONResponse(
        {
            "headers": dict(request.headers),
            "client": request.client and request.client.host,
            "size": len(body),
        }
    )


async def page(_request: Request) -> HTMLResponse:
    return HTMLResponse("<p>A page.</p>")


async def broken(_request: Request) -> HTMLResponse:
    raise RuntimeError("canary-in-a-route")


async def ring(request: Request) -> JSONResponse:
    bootstrap.ports().bell.ring([request.query_params["channel"]])
    return JSONResponse({})


class Whole:
    """The socket goes to Reflex, the rest to plain routes."""

    def __init__(self) -> None:
        self._reflex = reflex_app()
        routes = [
            Route("/seen", seen, methods=["GET", "POST", "OPTIONS"]),
            Route("/page", page),
            Route("/broken", broken),
            Route("/ring", ring),
        ]
        self._plain = Starlette(routes=routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_plain = scope["type"] == "http" and not scope["path"].startswith(("/ping", "/_"))
        await (self._plain if is_plain else self._reflex)(scope, receive, send)


def app() -> ASGIApp:
    return Gate(Whole(), sessions=SessionBook(bootstrap.ports()), settings=settings())
