"""Magic links as plain pages: no script, no state, and nothing that a scanner's visit could use up (6.4, 6.5).

A token stands in a path alone, never in a query string, a log line or a Reflex URL (asvs 23).
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token
from portal_app.domain.sign_in import six_digits
from portal_app.http import visitors
from portal_app.http.entering import ahead, device_token, entered
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import render
from portal_app.services.links import access_links, links
from portal_app.services.links.access_links import Asked, CodeAnswer
from portal_app.services.links.links import LinkPage
from portal_app.text import _

GONE = 410


@page
def look(request: Request, _typed: Typed) -> Response:
    """What the link shows here; straight to the request where this browser is known (6.5, 6.21)."""
    seen = links.look(visitors.ports_of(request), visitors.of(request), _token(request))
    return _shown(request, seen)


@page
def claim(request: Request, typed: Typed) -> Response:
    """*Open my requests*: to the request, or to what the link shows to whoever comes second (6.11)."""
    ports, actor, device = visitors.ports_of(request), visitors.of(request), device_token(typed)
    done = links.claim(ports, actor, _token(request), device)
    if done.standing is not Standing.YOURS:
        return _shown(request, links.look(ports, actor, _token(request)))
    return entered(done.request_id, device if done.is_new_device else None)


@page
def send_access_link(request: Request, typed: Typed) -> Response:
    """*Send access link*: the page that takes the code, the same whatever is true (6.12)."""
    asked = access_links.send_access_link(
        visitors.ports_of(request), visitors.of(request), _token(request), typed.get("page", "")
    )
    return _code_page(request, asked)


@page
def give_code(request: Request, typed: Typed) -> Response:
    """The six digits on the page that asked (6.5); what cannot be a code counts as no try."""
    code, device = six_digits(typed.get("code", "")), device_token(typed)
    ports, actor, secret = visitors.ports_of(request), visitors.of(request), typed.get("page", "")
    if not code:
        return _code_page(
            request, access_links.page_of(ports, actor, _token(request), secret), is_malformed=True
        )
    answer = access_links.give_code(ports, actor, _token(request), secret, code, device)
    if answer.is_open:
        return entered(answer.request_id, device if answer.is_new_device else None)
    return _code_page(request, answer.page, answer)


@page
def back(request: Request, _typed: Typed) -> Response:
    """A form's address opened by itself, by reloading or to change the language: back to the link."""
    language = request.query_params.get("lang")
    return lead(_path(request) + (f"?{urlencode({'lang': language})}" if language else ""))


def _shown(request: Request, seen: LinkPage) -> Response:
    if seen.goes_straight:
        return lead(paths.to(paths.REQUEST, id=seen.request_id))
    if seen.is_classic:
        return lead(paths.to(paths.CLASSIC, code=_token(request)))
    if seen.standing is Standing.UNCLAIMED or seen.is_known_here:
        return _claim_page(request, seen)
    return not_open(request, seen, f"{_path(request)}/access")


def not_open(request: Request, seen: LinkPage, send_action: str, **more: object) -> Response:
    """Why the request does not open here, and what to do; `send_action` is where a new link or PIN is asked for."""
    about: dict[str, object] = {"firm": seen.firm, "title": seen.title} | more
    if seen.standing is Standing.WAITS_FOR_SIGN_IN and not seen.can_sign_in:
        return render(request, "waits.html", GONE, contact_name=seen.sender_name, **about)
    if seen.standing is Standing.WAITS_FOR_SIGN_IN:
        query = urlencode({"next": paths.to(paths.REQUEST, id=seen.request_id)})
        return lead(f"{paths.to(paths.LOGIN, firm=seen.firm_slug)}?{query}")
    if seen.standing in (Standing.OTHER_DEVICE, Standing.UNCLAIMED):
        return _outside_page(request, seen, send_action, about)
    return ended_page(request, seen, send_action, **more)


def _outside_page(request: Request, seen: LinkPage, send_action: str, about: dict[str, object]) -> Response:
    """Another device has it, or this browser gave its PIN too long ago (6.5, 6.9)."""
    about |= {"send_action": send_action, "tries_left": None, "device": ""}
    if seen.is_classic:
        about |= {"client_name": seen.client_name, "action": "", "is_wrong": False}
        return render(request, "classic.html", 200, state="locked", **about)
    about |= {"code_action": "", "can_continue": True, "page": ""}
    return render(request, "other_device.html", 200, state="bound", **about)


def ended_page(request: Request, seen: LinkPage, send_action: str = "", **more: object) -> Response:
    """What a link shows that opens nothing, or nothing any more (6.4, 6.6, 6.10, 6.13)."""
    about: dict[str, object] = {"firm": seen.firm, "title": seen.title} | more
    if seen.standing is Standing.EXPIRED:
        about |= {"expired_on": seen.expired_on, "send_action": send_action, "is_classic": seen.is_classic}
        return render(request, "expired.html", GONE, **about)
    about |= {"contact_name": seen.sender_name}
    if seen.standing is Standing.CLOSED:
        return render(request, "closed.html", GONE, **about)
    return render(request, "withdrawn.html", GONE, is_withdrawn=seen.standing is Standing.WITHDRAWN, **about)


def _claim_page(request: Request, seen: LinkPage) -> Response:
    return render(
        request,
        "claim.html",
        firm=seen.firm,
        title=seen.title,
        client_name=seen.client_name,
        recipient_name=seen.recipient_name,
        sender_name=seen.sender_name,
        task_count=seen.task_count,
        due_on=seen.due_on,
        is_known_here=seen.is_known_here,
        action=_path(request),
        device=new_token(),
        prefetch=ahead(),
    )


def _code_page(
    request: Request, asked: Asked, answer: CodeAnswer | None = None, *, is_malformed: bool = False
) -> Response:
    if answer is not None and answer.tries_left == 0:
        return _device_page(request, asked, "spent", 422)
    errors = {"code": _("Type the six digits from the e-mail.")} if is_malformed else {}
    left = answer.tries_left if answer else None
    status = 422 if errors or left is not None else 200
    return _device_page(request, asked, "sent", status, tries_left=left, errors=errors)


def _device_page(
    request: Request,
    asked: Asked,
    state: str,
    status: int = 200,
    *,
    tries_left: int | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    return render(
        request,
        "other_device.html",
        status,
        firm=asked.firm,
        title=asked.title,
        send_action=f"{_path(request)}/access",
        code_action=f"{_path(request)}/code",
        state=state,
        tries_left=tries_left,
        can_continue=True,
        page=asked.page,
        device=new_token(),
        errors=errors or {},
        prefetch=ahead() if state == "sent" else (),
    )


def _token(request: Request) -> str:
    return str(request.path_params["token"])


def _path(request: Request) -> str:
    return paths.to(paths.MAGIC_LINK, token=_token(request))


routes: list[BaseRoute] = [
    Route(paths.MAGIC_LINK, look, methods=["GET"]),
    Route(paths.MAGIC_LINK, claim, methods=["POST"]),
    Route(paths.LINK_ACCESS, send_access_link, methods=["POST"]),
    Route(paths.LINK_ACCESS, back, methods=["GET"]),
    Route(paths.LINK_CODE, give_code, methods=["POST"]),
    Route(paths.LINK_CODE, back, methods=["GET"]),
]
