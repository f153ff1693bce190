"""Who asks, from what the gate wrote into the request; and the one place that writes the three cookies (3.4).

Call from plain functions: the look-up runs in the thread that Starlette gives them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from portal_app import bootstrap
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.visitors import Visitor
from portal_app.ports import Ports
from portal_app.services.actors import actor_of
from portal_app.settings import settings
from portal_app.text import locale

STAFF: Final = "staff"
CLIENT: Final = "client"
DEVICE: Final = "device"

DEVICE_LASTS_FOR: Final = timedelta(days=400)  # as long as browsers keep any cookie; the grant ends earlier


def of(request: Request, kind: Kind | None = None) -> Actor:
    """Who asks, as staff or as a client; without `kind` the path says which: below /staff it is staff.

    Nobody (with language and address) where that person is not signed in here and the device is unknown.
    """
    if kind is None:
        kind = Kind.STAFF if request.url.path.split("/")[1] == "staff" else Kind.CLIENT
    actor = actor_of(ports_of(request), kind, visitor(request), locale=locale(), address=address(request))
    return replace(actor, browser=request.headers.get("user-agent", "")[:200])


def ports_of(request: Request) -> Ports:
    """The ports this app was given in `app.state.ports`, else the installation's."""
    app = request.scope.get("app")
    given: Ports | None = getattr(app.state, "ports", None) if app is not None else None
    return given or bootstrap.ports()


def visitor(request: Request) -> Visitor:
    """The session and device ids that the gate found behind the cookies."""
    return Visitor(
        staff=_id(request, "x-portal-staff"),
        client=_id(request, "x-portal-client"),
        device=_id(request, "x-portal-device"),
    )


def address(request: Request) -> str:
    """The network address that asks, as our own proxies saw it."""
    return request.headers.get("x-portal-address", "")


def cookie_name(kind: str) -> str:
    """`__Host-staff` and so on where the portal is https, `staff` on the demo's plain http."""
    return f"__Host-{kind}" if settings().https else kind


def keep(response: Response, kind: str, token: str, *, lasts_for: timedelta | None = None) -> None:
    """Hand the browser a cookie of one kind; the others stay. Without `lasts_for` it goes with the browser."""
    response.set_cookie(
        cookie_name(kind),
        token,
        max_age=int(lasts_for.total_seconds()) if lasts_for else None,
        path="/",
        secure=settings().https,
        httponly=True,
        samesite="lax",
    )


def keep_device(response: Response, token: str) -> None:
    """Hand the browser the cookie by which its bound links know it."""
    keep(response, DEVICE, token, lasts_for=DEVICE_LASTS_FOR)


def forget(response: Response, kind: str) -> None:
    """Take the cookie of one kind back."""
    response.delete_cookie(
        cookie_name(kind), path="/", secure=settings().https, httponly=True, samesite="lax"
    )


def _id(request: Request, header: str) -> UUID | None:
    text = request.headers.get(header)
    return UUID(hex=text) if text else None
