"""A staff member sets up an authenticator app: the picture to scan, the key to type, a code to confirm (4.3)."""

from __future__ import annotations

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, PortalError, RuleBroken, SignInNeeded, TryLater
from portal_app.http import visitors
from portal_app.http.plain import Answer, Typed, lead, page, visit
from portal_app.http.rendering import render
from portal_app.services import authenticator

TO_SIGN_IN = f"{paths.STAFF_LOGIN}?next={paths.STAFF_MFA}"


def _signed_in(answer: Answer) -> Answer:
    """Leads to the sign-in page, and back, who is not signed in with both steps."""

    def guarded(request: Request, typed: Typed) -> Response:
        try:
            return answer(request, typed)
        except SignInNeeded:
            return lead(TO_SIGN_IN)

    return guarded


def show(request: Request, _typed: Typed) -> Response:
    """Where the set-up stands; opening the page makes no key."""
    return _mfa_page(request)


def start(request: Request, _typed: Typed) -> Response:
    """Make a key, and show it."""
    try:
        authenticator.new_key(visitors.ports_of(request), _actor(request))
    except RuleBroken as refusal:
        return _mfa_page(request, refusal)
    return lead(paths.STAFF_MFA)


def confirm(request: Request, typed: Typed) -> Response:
    """The app's code and the password: from now on sign-in asks the app."""
    try:
        authenticator.confirm(
            visitors.ports_of(request),
            _actor(request),
            password=typed.get("password", ""),
            typed=typed.get("code", ""),
            visit=visit(request),
        )
    except (BadInput, RuleBroken, TryLater) as refusal:
        return _mfa_page(request, refusal)
    return lead(paths.STAFF_MFA)


def _mfa_page(request: Request, refusal: PortalError | None = None) -> Response:
    state = authenticator.authenticator(visitors.ports_of(request), _actor(request))
    return render(
        request,
        "staff_mfa.html",
        refusal.status if refusal else 200,
        is_set_up=state.is_set_up,
        key=" ".join(state.key[at : at + 4] for at in range(0, len(state.key), 4)),
        qr=segno.make(state.address, error="m").svg_data_uri(scale=4, border=4, light="#fff")
        if state.address
        else "",
        start_action=paths.STAFF_MFA_START,
        action=paths.STAFF_MFA,
        back_url=paths.TRIAGE,
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _actor(request: Request) -> Actor:
    return visitors.of(request, Kind.STAFF)


routes: list[BaseRoute] = [
    Route(paths.STAFF_MFA, page(_signed_in(show))),
    Route(paths.STAFF_MFA, page(_signed_in(confirm)), methods=["POST"]),
    Route(paths.STAFF_MFA_START, page(_signed_in(start)), methods=["POST"]),
]
