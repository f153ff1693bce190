"""`/account` of a signed-in contact: a plain page, each of its forms posting one thing (9.5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.assets import asset_url
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, NotFound, PortalError, RuleBroken, SignInNeeded, TryLater
from portal_app.http import kept, visitors
from portal_app.http.plain import Answer, Typed, lead, page, sign_in_url
from portal_app.http.rendering import keep_language, render
from portal_app.models import AccessLevel
from portal_app.ports import Ports
from portal_app.services.account import account_pages, browsers, profiles
from portal_app.services.account.account_pages import AccountPage
from portal_app.services.account.profiles import Profile
from portal_app.services.invitations import colleagues
from portal_app.services.invitations.colleagues import ColleagueFields
from portal_app.text import N_, _

DONE = {
    "saved": N_("Saved."),
    "ended": N_("Ended. It is signed out there."),
    "others": N_("All other browsers are signed out."),
    "reminders_off": N_("You get no more reminders. Requests still come by e-mail."),
    "notifications": N_("Saved. From now on you are told this way."),
    "reminders_on": N_("You get reminders again."),
    "invited": N_("The invitation is on its way."),
    "asked": N_("The firm looks at the invitation first. It leaves once they agree."),
    "address": N_("Your new address is confirmed. From now on you sign in with it."),
    "password": N_("Your new password is saved. Every other browser is signed out."),
}
"""What was done, by what stands in the page's address."""
INVITE_FIELDS = {"name": "invite_name", "email": "invite_email"}
OTHER = N_("Somebody else is signed in here now. Nothing was changed.")


def own(answer: Answer) -> Answer:
    """Leads to the sign-in page, and back to the account, who is not signed in; what was typed waits (4.10).

    A form that was made for somebody else does nothing (4.9).
    """

    def guarded(request: Request, typed: Typed) -> Response:
        try:
            actor = visitors.of(request, Kind.CLIENT)
            if actor.contact_id is None:
                raise SignInNeeded(_("Please sign in."))
            if typed.get("for", str(actor.contact_id)) != str(actor.contact_id):
                return shown(request, {}, RuleBroken(_(OTHER)))
            return answer(request, typed)
        except SignInNeeded:
            response = lead(sign_in_url(request, paths.ACCOUNT))
            if typed:
                kept.keep(response, request, typed)
            return response

    guarded.__name__ = answer.__name__
    return guarded


def show(request: Request, _typed: Typed) -> Response:
    """The page."""
    return shown(request, {})


def save(request: Request, typed: Typed) -> Response:
    """Name, phone, language; the page answers in that language."""
    profile = Profile(typed.get("name", ""), typed.get("locale", ""), typed.get("phone", ""))
    try:
        language = profiles.change_profile(*_asked(request), profile)
    except BadInput as refusal:
        return shown(request, typed, refusal)
    return keep_language(_done_url("saved"), language)


def switch_reminders(request: Request, typed: Typed) -> Response:
    """All reminders off, or on again (7.5)."""
    is_on = typed.get("on") == "1"
    profiles.switch_reminders(*_asked(request), is_on=is_on)
    return _done("reminders_on" if is_on else "reminders_off")


def end_browser(request: Request, _typed: Typed) -> Response:
    """*End* one browser; this one is signed out by it (4.4)."""
    try:
        browser_id = UUID(str(request.path_params["id"]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
    if not browsers.end_browser(*_asked(request), browser_id):
        return _done("ended")
    return lead(sign_in_url(request, paths.ACCOUNT))


def end_others(request: Request, _typed: Typed) -> Response:
    """End every other browser (4.4)."""
    browsers.end_others(*_asked(request))
    return _done("others")


def invite(request: Request, typed: Typed) -> Response:
    """A colleague or a bookkeeper, to the client that the form names (3.6)."""
    fields = ColleagueFields(
        name=typed.get("invite_name", ""),
        email=typed.get("invite_email", ""),
        level=AccessLevel.FULL if typed.get("level") == AccessLevel.FULL else AccessLevel.LIMITED,
        message=typed.get("message", ""),
        locale=typed.get("invite_locale", ""),
    )
    try:
        client_id = UUID(typed.get("client", ""))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
    try:
        has_left = colleagues.invite_colleague(*_asked(request), client_id, fields)
    except (BadInput, RuleBroken, TryLater) as refusal:
        return shown(request, typed, refusal, fields=INVITE_FIELDS)
    return _done("invited" if has_left else "asked")


def shown(
    request: Request,
    typed: Typed,
    refusal: PortalError | None = None,
    *,
    fields: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """The page with what was typed, and beside it why it was not kept; `fields` names the form's own for a rule's."""
    found = account_pages.account_page(*_asked(request))
    waited = kept.take(request, found.person_id) if request.method == "GET" else {}
    done = DONE.get(request.query_params.get("done", "")) if refusal is None else None
    response = render(
        request,
        "account.html",
        refusal.status if refusal else 200,
        here=paths.ACCOUNT,
        firm=found.letterhead,
        page=found,
        current="account",
        notice=_(done) if done else "",
        is_back=bool(waited),
        values=_values(found) | waited | dict(typed),
        is_inviting="invite_name" in typed or "invite_name" in waited,
        mfa_url=paths.MFA,
        script=asset_url("devices.js"),
        errors={fields.get(refusal.field, refusal.field): refusal.text} if refusal else {},
    )
    kept.forget(response, request)
    return response


def _values(found: AccountPage) -> dict[str, str]:
    return {
        "name": found.name,
        "phone": found.phone,
        "locale": found.locale,
        "invite_locale": found.locale,
        "level": AccessLevel.LIMITED.value,
    }


def _asked(request: Request) -> tuple[Ports, Actor]:
    return visitors.ports_of(request), visitors.of(request, Kind.CLIENT)


def _done_url(what: str) -> str:
    return f"{paths.ACCOUNT}?done={what}"


def _done(what: str) -> Response:
    return lead(_done_url(what))


routes: list[BaseRoute] = [
    Route(paths.ACCOUNT, page(own(show))),
    Route(paths.ACCOUNT, page(own(save)), methods=["POST"]),
    Route(paths.ACCOUNT_REMINDERS, page(own(switch_reminders)), methods=["POST"]),
    Route(paths.ACCOUNT_BROWSERS_END, page(own(end_others)), methods=["POST"]),
    Route(paths.ACCOUNT_BROWSER_END, page(own(end_browser)), methods=["POST"]),
    Route(paths.ACCOUNT_INVITE, page(own(invite)), methods=["POST"]),
]
