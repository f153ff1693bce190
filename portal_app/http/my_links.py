"""*Send me my links* at a firm's sign-in page: one answer for any address (6.26)."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, PortalError
from portal_app.http import visitors
from portal_app.http.entrances import Doorway, doorway
from portal_app.http.plain import Typed, page, visit
from portal_app.http.rendering import render
from portal_app.services.firm.setup import checked_email
from portal_app.services.links import my_links
from portal_app.services.sign_in.tries import count_press


@page
def ask(request: Request, _typed: Typed) -> Response:
    """Asks for the address."""
    return _page(request, doorway(request), {})


@page
def send(request: Request, typed: Typed) -> Response:
    """One answer for any address; what there is to send is sent after it, so that it takes no longer."""
    door, ports, here = doorway(request), visitors.ports_of(request), visit(request)
    try:
        email = checked_email(typed.get("email", ""))
    except BadInput as refusal:
        return _page(request, door, typed, refusal)
    count_press(ports, "my_links", here.address)
    response = render(
        request,
        "check_mail.html",
        firm=door.letterhead,
        is_staff=False,
        kind="links",
        back_url=door.login_url(),
        register_url="",
    )
    response.background = BackgroundTask(my_links.send_my_links, ports, door.entrance, email, here)
    return response


def _page(request: Request, door: Doorway, typed: Typed, refusal: PortalError | None = None) -> Response:
    return render(
        request,
        "links.html",
        refusal.status if refusal else 200,
        firm=door.letterhead,
        action=door.links_url,
        back_url=door.login_url(),
        values={"email": typed.get("email", "")},
        errors={refusal.field: refusal.text} if refusal else {},
    )


routes: list[BaseRoute] = [Route(paths.MY_LINKS, ask), Route(paths.MY_LINKS, send, methods=["POST"])]
