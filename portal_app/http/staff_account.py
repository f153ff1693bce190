"""`/staff/account`: a staff member's own name, language, sign-in and browsers; a plain page (9.5, 4.4)."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.assets import asset_url
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, NotFound, PortalError, SignInNeeded
from portal_app.http import kept, visitors
from portal_app.http.account import DONE
from portal_app.http.plain import Answer, Typed, lead, page, sign_in_url
from portal_app.http.rendering import keep_language, render
from portal_app.ports import Ports
from portal_app.services.account import browsers, profiles, staff_pages
from portal_app.services.account.profiles import Profile
from portal_app.text import _


def own(answer: Answer) -> Answer:
    """Leads to the sign-in page, and back to the account with what was typed, who is not signed in (4.10)."""

    def guarded(request: Request, typed: Typed) -> Response:
        try:
            return answer(request, typed)
        except SignInNeeded:
            response = lead(sign_in_url(request, paths.STAFF_ACCOUNT))
            if typed:
                kept.keep(response, request, typed)
            return response

    guarded.__name__ = answer.__name__
    return guarded


def show(request: Request, _typed: Typed) -> Response:
    """The page."""
    return _shown(request, {})


def save(request: Request, typed: Typed) -> Response:
    """Name and language; the page answers in that language."""
    profile = Profile(typed.get("name", ""), typed.get("locale", ""))
    try:
        language = profiles.change_profile(*_asked(request), profile)
    except BadInput as refusal:
        return _shown(request, typed, refusal)
    return keep_language(f"{paths.STAFF_ACCOUNT}?done=saved", language)


def end_browser(request: Request, _typed: Typed) -> Response:
    """*End* one browser; this one is signed out by it (4.4)."""
    try:
        browser_id = UUID(str(request.path_params["id"]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
    is_here = browsers.end_browser(*_asked(request), browser_id)
    return lead(paths.STAFF_LOGIN if is_here else f"{paths.STAFF_ACCOUNT}?done=ended")


def end_others(request: Request, _typed: Typed) -> Response:
    """End every other browser (4.4)."""
    browsers.end_others(*_asked(request))
    return lead(f"{paths.STAFF_ACCOUNT}?done=others")


def _shown(request: Request, typed: Typed, refusal: PortalError | None = None) -> Response:
    found = staff_pages.staff_account(*_asked(request))
    waited = kept.take(request, found.person_id) if request.method == "GET" else {}
    done = DONE.get(request.query_params.get("done", "")) if refusal is None else None
    response = render(
        request,
        "staff_account.html",
        refusal.status if refusal else 200,
        here=paths.STAFF_ACCOUNT,
        firm=found.letterhead,
        page=found,
        notice=_(done) if done else "",
        is_back=bool(waited),
        values={"name": found.name, "locale": found.locale} | waited | dict(typed),
        here_url=paths.STAFF_ACCOUNT,
        address_url=paths.STAFF_ADDRESS,
        password_url=paths.STAFF_PASSWORD,
        mfa_url=paths.STAFF_MFA,
        notices_url=paths.NOTICES,
        script=asset_url("devices.js"),
        back_url=paths.TRIAGE,
        errors={refusal.field: refusal.text} if refusal else {},
    )
    kept.forget(response, request)
    return response


def _asked(request: Request) -> tuple[Ports, Actor]:
    return visitors.ports_of(request), visitors.of(request, Kind.STAFF)


routes: list[BaseRoute] = [
    Route(paths.STAFF_ACCOUNT, page(own(show))),
    Route(paths.STAFF_ACCOUNT, page(own(save)), methods=["POST"]),
    Route(paths.STAFF_BROWSERS_END, page(own(end_others)), methods=["POST"]),
    Route(paths.STAFF_BROWSER_END, page(own(end_browser)), methods=["POST"]),
]
