"""Tasks handed over, as plain pages: the recipient's form, and the link of whoever has the task (5.8a).

The task itself is the request's page with that task alone; here is only the way to it.
"""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput, LinkEnded, NotFound, RuleBroken, SignInNeeded
from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token
from portal_app.domain.sign_in import six_digits
from portal_app.http import visitors
from portal_app.http.entering import ahead, device_token, entered
from portal_app.http.plain import Answer, Typed, lead, page
from portal_app.http.rendering import render
from portal_app.services.links import handed, handing
from portal_app.services.links.handed import HandedPage, Opened
from portal_app.text import _

GONE, WRONG = 410, 422


def _inside(answer: Answer) -> Answer:
    """Leads whose way in has ended to the request's own page, which says so."""

    def guarded(request: Request, typed: Typed) -> Response:
        try:
            return answer(request, typed)
        except (LinkEnded, SignInNeeded):
            return lead(paths.to(paths.REQUEST, id=_id(request, "id")))
        except RuleBroken as refusal:  # the work is closed, or the task itself was handed to whoever asks
            return render(
                request,
                "refused.html",
                refusal.status,
                here=request.url.path,
                text=refusal.text,
                typed="",
                again="",
                back=_back(request),
                back_words=_("Back to the list"),
            )

    return guarded


def ask(request: Request, _typed: Typed) -> Response:
    """Who has the task, and the form that hands it over."""
    return _form(request)


def give(request: Request, typed: Typed) -> Response:
    """*Hand over*."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    wanted = (typed.get("name", ""), typed.get("email", ""), typed.get("until", ""))
    try:
        handing.hand_over(ports, actor, _id(request, "id"), _id(request, "task"), *wanted)
    except BadInput as refusal:
        return _form(request, values=typed, errors={refusal.field: refusal.text})
    except RuleBroken as refusal:
        return _form(request, values=typed, errors={"": refusal.text})
    return lead(_back(request))


def take_back(request: Request, typed: Typed) -> Response:
    """*Take it back*."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    try:
        hand_id = UUID(typed.get("hand", ""))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
    try:
        handing.take_back(ports, actor, _id(request, "id"), _id(request, "task"), hand_id)
    except RuleBroken as refusal:
        return _form(request, errors={"": refusal.text})
    return lead(_back(request))


@page
def look(request: Request, _typed: Typed) -> Response:
    """What the link shows here; straight to the task where this browser has it."""
    return _shown(request, handed.look(visitors.ports_of(request), visitors.of(request), _token(request)))


@page
def claim(request: Request, typed: Typed) -> Response:
    """*Open my requests*."""
    device = device_token(typed)
    done = handed.claim(visitors.ports_of(request), visitors.of(request), _token(request), device)
    return _entered(done, device) if done.is_open else _shown(request, done.page)


@page
def send_access(request: Request, typed: Typed) -> Response:
    """*Send access link*: the page that takes the code, the same whatever is true (6.12)."""
    shown, secret = handed.send_access(
        visitors.ports_of(request), visitors.of(request), _token(request), typed.get("page", "")
    )
    return _device_page(request, shown, "sent", secret)


@page
def give_code(request: Request, typed: Typed) -> Response:
    """The six digits on the page that asked; what cannot be a code counts as no try."""
    code, device, secret = six_digits(typed.get("code", "")), device_token(typed), typed.get("page", "")
    ports, actor = visitors.ports_of(request), visitors.of(request)
    if not code:
        errors = {"code": _("Type the six digits from the e-mail.")}
        shown = handed.look(ports, actor, _token(request))
        return _device_page(request, shown, "sent", secret, WRONG, errors=errors)
    done = handed.give_code(ports, actor, _token(request), secret, code, device)
    if done.is_open:
        return _entered(done, device)
    if not done.tries_left:
        return _device_page(request, done.page, "spent", "", WRONG)
    return _device_page(request, done.page, "sent", secret, WRONG, tries_left=done.tries_left)


@page
def back(request: Request, _typed: Typed) -> Response:
    """A form's address opened by itself: back to the link."""
    return lead(_path(request))


def _shown(request: Request, shown: HandedPage) -> Response:
    if shown.standing is Standing.YOURS:
        return lead(paths.to(paths.REQUEST, id=shown.request_id))
    if shown.standing is Standing.OTHER_DEVICE:
        return _device_page(request, shown, "bound", "")
    if shown.standing is not Standing.UNCLAIMED:
        return over(request, shown)
    return _handed_page(
        request, shown, "open", 200, action=_path(request), device=new_token(), prefetch=ahead()
    )


def over(request: Request, shown: HandedPage, **more: object) -> Response:
    """That the task is no longer in these hands, or that its link waits (6.20, 6.23)."""
    return _handed_page(request, shown, _ENDED.get(shown.standing, "ended"), GONE, **more)


_ENDED = {Standing.WAITS_FOR_SIGN_IN: "waits"}


def _handed_page(request: Request, shown: HandedPage, state: str, status: int, **more: object) -> Response:
    about = {name: getattr(shown, name) for name in ("firm", "title", "client_name", "giver_name", "until")}
    return render(request, "handed.html", status, state=state, **about, **more)


def _device_page(
    request: Request,
    shown: HandedPage,
    state: str,
    secret: str,
    status: int = 200,
    *,
    tries_left: int | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    return render(
        request,
        "other_device.html",
        status,
        firm=shown.firm,
        title=shown.title,
        send_action=f"{_path(request)}/access",
        code_action=f"{_path(request)}/code",
        state=state,
        tries_left=tries_left,
        can_continue=False,
        page=secret,
        device=new_token(),
        errors=errors or {},
        prefetch=ahead() if state == "sent" else (),
    )


def _form(request: Request, *, values: Typed | None = None, errors: dict[str, str] | None = None) -> Response:
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    shown = handing.hand_page(ports, actor, _id(request, "id"), _id(request, "task"))
    here = paths.to(paths.HAND_OVER, id=_id(request, "id"), task=_id(request, "task"))
    return render(
        request,
        "hand_over.html",
        WRONG if errors else 200,
        shown=shown,
        firm=shown.firm,
        action=here,
        back_action=f"{here}/back",
        back_url=_back(request),
        values={"until": shown.usual.isoformat(), **(values or {})},
        errors=errors or {},
        here=here,
    )


def _entered(done: Opened, device: str) -> Response:
    return entered(done.page.request_id, device if done.is_new_device else None)


def _back(request: Request) -> str:
    return f"{paths.to(paths.REQUEST, id=_id(request, 'id'))}#t{_id(request, 'task')}"


def _id(request: Request, name: str) -> UUID:
    try:
        return UUID(str(request.path_params[name]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


def _token(request: Request) -> str:
    return str(request.path_params["token"])


def _path(request: Request) -> str:
    return paths.to(paths.HANDED_OVER, token=_token(request))


routes: list[BaseRoute] = [
    Route(paths.HAND_OVER, page(_inside(ask)), methods=["GET"]),
    Route(paths.HAND_OVER, page(_inside(give)), methods=["POST"]),
    Route(paths.HAND_BACK, page(_inside(take_back)), methods=["POST"]),
    Route(paths.HANDED_OVER, look, methods=["GET"]),
    Route(paths.HANDED_OVER, claim, methods=["POST"]),
    Route(paths.HANDED_ACCESS, send_access, methods=["POST"]),
    Route(paths.HANDED_ACCESS, back, methods=["GET"]),
    Route(paths.HANDED_CODE, give_code, methods=["POST"]),
    Route(paths.HANDED_CODE, back, methods=["GET"]),
]
