"""One's second steps: setting one up within a sign-in, and all of them on one's own account (4.3, 4.7, 9.5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.assets import asset_url
from portal_app.domain.errors import BadInput, NotFound, PortalError, RuleBroken, SignInNeeded, TryLater
from portal_app.domain.factors import KINDS, PASSKEY
from portal_app.domain.sign_in import way_back
from portal_app.http import visitors
from portal_app.http.auth_code import going_on
from portal_app.http.entrances import Doorway, doorway, unfinished_token
from portal_app.http.plain import Answer, Typed, lead, page, retry_after, visit
from portal_app.http.rendering import render
from portal_app.services.sign_in import enrolment, factor_views, sign_in_mail
from portal_app.services.sign_in.enrolment import Setter, SetUp, Shown
from portal_app.text import N_, _

DONE = {
    "added": N_("It is set up. Signing in takes it from now on."),
    "removed": N_("It is removed."),
}


def _waiting(answer: Answer) -> Callable[[Request, Typed], Response]:
    """Leads to the sign-in page once no sign-in waits any more."""

    @wraps(answer)
    def guarded(request: Request, typed: Typed) -> Response:
        try:
            return answer(request, typed)
        except SignInNeeded:
            if (door := _door(request)) is None:
                raise
            return lead(door.login_url(why="ended"))

    return guarded


@page
def overview(request: Request, _typed: Typed) -> Response:
    """All of one's own, for whoever confirmed a moment ago."""
    return _overview(request)


@page
def back(request: Request, _typed: Typed) -> Response:
    """An address that only posts, come back to after confirming."""
    return lead(_base(request))


@page
def remove(request: Request, typed: Typed) -> Response:
    """Take one away."""
    try:
        enrolment.remove(
            visitors.ports_of(request),
            visitors.of(request),
            typed.get("factor", ""),
            visit(request),
            passkey=typed.get("passkey", ""),
        )
    except RuleBroken as refusal:
        return _overview(request, refusal)
    return lead(f"{_base(request)}?done=removed")


@page
def renew(request: Request, _typed: Typed) -> Response:
    """Ten new recovery codes, shown this once."""
    codes = enrolment.renew_codes(visitors.ports_of(request), visitors.of(request), visit(request))
    return _codes_page(request, codes)


@page
@_waiting
def show(request: Request, _typed: Typed) -> Response:
    """One step's page; opening it makes and sends nothing."""
    return _set_up_page(request)


@page
@_waiting
def start(request: Request, typed: Typed) -> Response:
    """Make the app's key, or send the code that confirms mailbox or number."""
    ports, kind, setter = visitors.ports_of(request), _kind(request), _setter(request)
    try:
        if kind == "totp":
            enrolment.start_app(ports, setter)
        else:
            enrolment.send_code(ports, setter, kind, visit(request), number=typed.get("number"))
    except (BadInput, RuleBroken, TryLater) as refusal:
        return _set_up_page(request, typed, refusal)
    return lead(f"{_base(request)}/{kind}")


@page
@_waiting
def confirm(request: Request, typed: Typed) -> Response:
    """What confirms it: the portal, or the list; by the recovery codes where they are new."""
    kind = _kind(request)
    shown = Shown(kind, typed.get("code", ""), typed.get("asked", ""), typed.get("name", ""))
    try:
        passed = enrolment.confirm(visitors.ports_of(request), _setter(request), shown, visit(request))
    except (BadInput, TryLater) as refusal:
        return _set_up_page(request, typed, refusal)
    if (door := _door(request)) is not None:
        return going_on(request, door, passed)
    if passed.recovery_codes:
        return _codes_page(request, passed.recovery_codes)
    return lead(f"{_base(request)}?done=added")


def _overview(request: Request, refusal: PortalError | None = None) -> Response:
    actor = visitors.of(request)
    view = factor_views.factors_view(visitors.ports_of(request), actor)
    said = DONE.get(request.query_params.get("done", ""), "")
    return render(
        request,
        "factors.html",
        refusal.status if refusal else 200,
        firm=view.letterhead,
        is_staff=actor.is_staff,
        here=_base(request),
        rows=view.rows,
        addable=view.addable,
        recovery_left=view.recovery_left,
        base=_base(request),
        back_url=way_back("", actor.kind) if actor.is_staff else paths.ACCOUNT,
        done=_(said) if said else "",
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _set_up_page(
    request: Request, typed: Typed | None = None, refusal: PortalError | None = None
) -> Response:
    ports, kind, base = visitors.ports_of(request), _kind(request), _base(request)
    step = enrolment.look(ports, _setter(request), kind)
    response = render(
        request,
        "factor_set_up.html",
        refusal.status if refusal else 200,
        firm=step.letterhead,
        is_staff=request.url.path.startswith("/staff/"),
        here=f"{base}/{kind}",
        kind=kind,
        key=" ".join(step.key[at : at + 4] for at in range(0, len(step.key), 4)),
        qr=_picture(step.address),
        sent_to=step.sent_to,
        is_asked=_is_asked(request, step, refusal),
        question=step.question,
        script=asset_url("passkey.js") if kind == PASSKEY else "",
        start_action=f"{base}/{kind}/start",
        action=f"{base}/{kind}",
        back_url=door.code_url if (door := _door(request)) else base,
        notice="",
        values=dict(typed or {}),
        errors={refusal.field: refusal.text} if refusal else {},
    )
    if isinstance(refusal, TryLater):
        response.headers["Retry-After"] = retry_after(refusal, ports.clock.now())
    return response


def _is_asked(request: Request, step: SetUp, refusal: PortalError | None) -> bool:
    """Whether the page asks for a code that was sent, not where to send one."""
    wants_other = request.query_params.get("number") == "new"
    return step.is_code_out and not wants_other and not (refusal and refusal.field == "number")


def _codes_page(request: Request, codes: tuple[str, ...]) -> Response:
    actor = visitors.of(request)
    return render(
        request,
        "recovery_codes.html",
        firm=sign_in_mail.letterhead_of(visitors.ports_of(request), actor),
        is_staff=actor.is_staff,
        here=_base(request),
        codes=codes,
        to=_base(request),
    )


def _picture(address: str) -> str:
    if not address:
        return ""
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=4, light="#fff"))


def _kind(request: Request) -> str:
    kind: str = request.path_params["kind"]
    if kind not in KINDS:
        raise NotFound(_("There is nothing here."))
    return kind


def _door(request: Request) -> Doorway | None:
    """The sign-in within which it is set up; None on one's own account."""
    is_own = request.url.path.startswith((paths.MFA, paths.STAFF_MFA))
    return None if is_own else doorway(request)


def _setter(request: Request) -> Setter:
    door = _door(request)
    if door is None:
        return Setter(visitors.of(request))
    return Setter(visit(request).nobody, door.entrance, unfinished_token(request, door))


def _base(request: Request) -> str:
    door = _door(request)
    if door is not None:
        return door.set_up_url
    return paths.STAFF_MFA if request.url.path.startswith("/staff/") else paths.MFA


routes: list[BaseRoute] = [
    *(
        route
        for base in (paths.STAFF_MFA, paths.MFA)
        for route in (
            Route(base, overview),
            *(Route(f"{base}/{name}", back) for name in ("remove", "codes")),
            Route(f"{base}/remove", remove, methods=["POST"]),
            Route(f"{base}/codes", renew, methods=["POST"]),
        )
    ),
    *(
        route
        for base in (paths.STAFF_MFA, paths.MFA, paths.STAFF_SET_UP, paths.SET_UP)
        for route in (
            Route(f"{base}/{{kind}}", show),
            Route(f"{base}/{{kind}}", confirm, methods=["POST"]),
            Route(f"{base}/{{kind}}/start", show),
            Route(f"{base}/{{kind}}/start", start, methods=["POST"]),
        )
    ),
]
