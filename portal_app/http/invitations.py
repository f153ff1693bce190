"""An invitation's link as plain pages: opening it changes nothing, accepting it takes a press (3.3, 3.4, 3.9).

Its token stands in a path alone, never in a query string, a session or a log line (asvs 23).
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain import invitations as rules
from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput, LinkEnded, SignInNeeded
from portal_app.domain.invitations import Standing
from portal_app.http import visitors
from portal_app.http.entrances import welcome
from portal_app.http.plain import Typed, lead, page, visit
from portal_app.http.rendering import render
from portal_app.services.invitations import accepting, invitations
from portal_app.services.invitations.accepting import Asker, InvitationPage
from portal_app.services.sign_in import sessions, sign_in, tries
from portal_app.services.sign_in.sign_in import PasswordGiven

GONE = 410


@page
def look(request: Request, _typed: Typed) -> Response:
    """What the link shows to this browser."""
    return _shown(request, _look(request))


@page
def accept(request: Request, typed: Typed) -> Response:
    """Accept: as who is signed in, with the password of an account, or with one for a new account (3.4)."""
    seen = _look(request)
    if seen.standing is not Standing.OPEN or seen.asker is Asker.OTHER:
        return _shown(request, seen)
    try:
        return _accepted(request, seen, typed.get("password", ""))
    except BadInput as refusal:
        return _shown(request, seen, refusal)
    except (LinkEnded, SignInNeeded):
        return _came_second(request, typed.get("password", ""))


@page
def send_new(request: Request, _typed: Typed) -> Response:
    """The press on an expired link: one answer whatever is true; what there is to send is sent after it (6.12)."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    counted = f"invitation:{tries.network(actor.address)}"
    if not tries.take(ports.limiter, counted, (rules.PRESSES,)):
        raise tries.full(ports, counted, (rules.PRESSES,))
    response = _ended(request, _look(request), "asked", 200)
    response.background = BackgroundTask(invitations.send_new, ports, visit(request).nobody, _token(request))
    return response


@page
def leave(request: Request, _typed: Typed) -> Response:
    """Sign out who is signed in here, and come back (3.9)."""
    sessions.sign_out(visitors.ports_of(request), visitors.of(request, Kind.CLIENT))
    response = lead(_path(request))
    visitors.forget(response, visitors.CLIENT)
    return response


@page
def back(request: Request, _typed: Typed) -> Response:
    """A form's address opened by itself, by reloading or to change the language: back to the link."""
    language = request.query_params.get("lang")
    return lead(_path(request) + (f"?{urlencode({'lang': language})}" if language else ""))


def _look(request: Request) -> InvitationPage:
    return accepting.look(visitors.ports_of(request), visitors.of(request, Kind.CLIENT), _token(request))


def _accepted(request: Request, seen: InvitationPage, password: str) -> Response:
    ports, actor, here = visitors.ports_of(request), visitors.of(request, Kind.CLIENT), visit(request)
    if seen.asker is Asker.INVITED:
        accepting.accept_signed_in(ports, actor, _token(request))
        return lead(paths.HOME)
    if seen.has_account:
        return _going_on(seen, _signed_in(request, seen, password))
    return _going_on(seen, accepting.accept(ports, actor, _token(request), password, here))


def _signed_in(request: Request, seen: InvitationPage, password: str) -> PasswordGiven:
    return sign_in.give_password(
        visitors.ports_of(request),
        seen.entrance,
        seen.email,
        password,
        visit(request),
        invitation_id=seen.invitation_id,
    )


def _came_second(request: Request, password: str) -> Response:
    """Somebody else accepted it meanwhile, or the same person by pressing twice: their password goes on."""
    seen = _look(request)
    if seen.standing is Standing.ACCEPTED and seen.asker is Asker.NOBODY and seen.has_account:
        try:
            return _going_on(seen, _signed_in(request, seen, password))
        except BadInput:
            pass
    return _shown(request, seen)


def _going_on(seen: InvitationPage, given: PasswordGiven) -> Response:
    """To the second step; home where this browser needs none (4.4)."""
    if given.signed_in is not None:
        return welcome(given.signed_in)
    response = lead(paths.to(paths.CODE, firm=seen.firm_slug))
    visitors.keep(response, visitors.CLIENT, given.token)
    return response


def _shown(request: Request, seen: InvitationPage, refusal: BadInput | None = None) -> Response:
    if seen.standing is not Standing.OPEN:
        return _ended(request, seen, seen.standing.value, GONE)
    if seen.asker is Asker.OTHER:
        return render(
            request,
            "invite_other.html",
            firm=seen.firm,
            other_name=seen.other_name,
            sent_to=seen.masked_email,
            leave_action=paths.to(paths.INVITE_LEAVE, token=_token(request)),
            home_url=paths.HOME,
        )
    return render(
        request,
        "invite.html",
        422 if refusal else 200,
        firm=seen.firm,
        client_name=seen.client_name,
        clients=seen.clients,
        inviter_name=seen.inviter_name,
        message=seen.message,
        email=seen.email,
        name=seen.name,
        expires_at=seen.expires_at,
        has_account=seen.has_account,
        is_signed_in=seen.asker is Asker.INVITED,
        action=_path(request),
        forgot_url=paths.to(paths.FORGOT, firm=seen.firm_slug),
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _ended(request: Request, seen: InvitationPage, state: str, status: int) -> Response:
    return render(
        request,
        "invite_ended.html",
        status,
        firm=seen.firm,
        state=state,
        client_name=seen.client_name,
        expires_at=seen.expires_at,
        sent_to=seen.masked_email,
        again_action=paths.to(paths.INVITE_AGAIN, token=_token(request)),
        login_url=paths.to(paths.LOGIN, firm=seen.firm_slug),
        has_account=seen.has_account,
        here=_path(request),
    )


def _token(request: Request) -> str:
    token: str = request.path_params["token"]
    return token


def _path(request: Request) -> str:
    return paths.to(paths.INVITE, token=_token(request))


routes: list[BaseRoute] = [
    Route(paths.INVITE, look),
    Route(paths.INVITE, accept, methods=["POST"]),
    Route(paths.INVITE_AGAIN, back),
    Route(paths.INVITE_AGAIN, send_new, methods=["POST"]),
    Route(paths.INVITE_LEAVE, back),
    Route(paths.INVITE_LEAVE, leave, methods=["POST"]),
]
