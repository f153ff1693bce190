"""One's own address and password, for staff and clients: plain pages, after *Confirm that it is you* (2.18, 4.7)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, ConfirmNeeded, NotFound, PortalError, SignInNeeded, TryLater
from portal_app.http import kept, visitors
from portal_app.http.entrances import doorway
from portal_app.http.plain import Answer, Typed, confirm_url, lead, page, sign_in_url, visit
from portal_app.http.rendering import render
from portal_app.ports import Ports
from portal_app.services.account import addresses, passwords


def keeping(answer: Answer) -> Answer:
    """Leads to confirm or to sign in, and back, with what was typed but for passwords (4.10)."""

    def guarded(request: Request, typed: Typed) -> Response:
        try:
            return answer(request, typed)
        except ConfirmNeeded:
            response = lead(confirm_url(request))
        except SignInNeeded:
            response = lead(sign_in_url(request))
        if typed:
            kept.keep(response, request, typed)
        return response

    guarded.__name__ = answer.__name__
    return guarded


def address(request: Request, _typed: Typed) -> Response:
    """The page that asks for the new address."""
    return _address_page(request, {})


def ask_address(request: Request, typed: Typed) -> Response:
    """A link to the new address; nothing changes until it is pressed."""
    try:
        sent_to = addresses.ask_change(*_asked(request), typed.get("email", ""))
    except (BadInput, TryLater) as refusal:
        return _address_page(request, typed, refusal)
    return _address_page(request, {}, sent_to=sent_to)


def link(request: Request, _typed: Typed) -> Response:
    """The link's page; opening it changes nothing."""
    return _link_page(request)


def confirm_address(request: Request, typed: Typed) -> Response:
    """The address is theirs from now on (2.18)."""
    door, (ports, actor) = doorway(request), _asked(request)
    token, given = request.path_params["token"], typed.get("password", "")
    try:
        addresses.confirm(ports, door.entrance, actor, token, given, visit(request))
    except (BadInput, TryLater) as refusal:
        return _link_page(request, refusal)
    except NotFound as refusal:
        return _gone(request, refusal)
    return lead(
        f"{_account(actor, is_staff=door.is_staff)}?done=address"
        if actor.session_id
        else door.login_url(why="new_address")
    )


def password(request: Request, _typed: Typed) -> Response:
    """The page that asks for the new password."""
    return _password_page(request)


def save_password(request: Request, typed: Typed) -> Response:
    """Set it: every other browser is signed out (4.7)."""
    try:
        passwords.change_password(*_asked(request), typed.get("password", ""), visit(request))
    except BadInput as refusal:
        return _password_page(request, refusal)
    return lead(f"{_account(_asked(request)[1])}?done=password")


def _address_page(
    request: Request, typed: Typed, refusal: PortalError | None = None, *, sent_to: str = ""
) -> Response:
    ports, actor = _asked(request)
    asked = addresses.look(ports, actor)
    waited = kept.take(request, _person_id(actor)) if request.method == "GET" else {}
    response = render(
        request,
        "own_address.html",
        refusal.status if refusal else 200,
        firm=asked.letterhead,
        is_staff=actor.is_staff,
        action=request.url.path,
        email=asked.email,
        waiting=asked.waiting,
        sent_to=sent_to,
        kept={"for": _person_id(actor)},
        back_url=_account(actor),
        values=waited | dict(typed),
        errors={refusal.field: refusal.text} if refusal else {},
    )
    kept.forget(response, request)
    return response


def _link_page(request: Request, refusal: PortalError | None = None) -> Response:
    door, (ports, actor) = doorway(request), _asked(request)
    try:
        asked = addresses.look_link(ports, door.entrance, actor, request.path_params["token"])
    except NotFound as gone:
        return _gone(request, gone)
    return render(
        request,
        "new_address.html",
        refusal.status if refusal else 200,
        firm=asked.letterhead,
        is_staff=door.is_staff,
        action=request.url.path,
        email=asked.email,
        needs_password=not asked.is_signed_in,
        has_password=asked.has_password,
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _gone(request: Request, refusal: PortalError) -> Response:
    door = doorway(request)
    return render(
        request,
        "address_gone.html",
        refusal.status,
        firm=door.letterhead,
        is_staff=door.is_staff,
        account_url=paths.STAFF_ACCOUNT if door.is_staff else paths.ACCOUNT,
    )


def _password_page(request: Request, refusal: PortalError | None = None) -> Response:
    ports, actor = _asked(request)
    asked = passwords.look(ports, actor)
    return render(
        request,
        "own_password.html",
        refusal.status if refusal else 200,
        firm=asked.letterhead,
        is_staff=actor.is_staff,
        action=request.url.path,
        email=asked.email,
        back_url=_account(actor),
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _asked(request: Request) -> tuple[Ports, Actor]:
    return visitors.ports_of(request), visitors.of(request)


def _person_id(actor: Actor) -> str:
    return str(actor.staff_id or actor.contact_id)


def _account(actor: Actor, *, is_staff: bool = False) -> str:
    return paths.STAFF_ACCOUNT if is_staff or actor.is_staff else paths.ACCOUNT


routes: list[BaseRoute] = [
    route
    for address_path, link_path, password_path in (
        (paths.STAFF_ADDRESS, paths.STAFF_ADDRESS_LINK, paths.STAFF_PASSWORD),
        (paths.ACCOUNT_ADDRESS, paths.ADDRESS_LINK, paths.ACCOUNT_PASSWORD),
    )
    for route in (
        Route(address_path, page(keeping(address))),
        Route(address_path, page(keeping(ask_address)), methods=["POST"]),
        Route(link_path, page(link)),
        Route(link_path, page(confirm_address), methods=["POST"]),
        Route(password_path, page(keeping(password))),
        Route(password_path, page(keeping(save_password)), methods=["POST"]),
    )
]
