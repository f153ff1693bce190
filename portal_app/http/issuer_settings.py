"""The form of the firm's issuer: a plain page, since it takes a secret (1.2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain import issuers
from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput, PortalError
from portal_app.domain.issuers import Preset
from portal_app.http import visitors
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import render
from portal_app.services.team import sign_in_rules
from portal_app.services.team.sign_in_rules import Connection
from portal_app.text import _


@page
def show(request: Request, _typed: Typed) -> Response:
    """The connection as it stands; its secret is never shown."""
    return _form(request)


@page
def save(request: Request, typed: Typed) -> Response:
    """Keep it, once the issuer answers."""
    given = Connection(*(typed.get(name, "") for name in ("preset", "issuer", "client_id", "secret")))
    try:
        sign_in_rules.connect(visitors.ports_of(request), visitors.of(request, Kind.STAFF), given)
    except BadInput as refusal:
        return _form(request, typed, refusal)
    return lead(paths.SETTINGS_SIGN_IN)


def _form(request: Request, typed: Typed | None = None, refusal: PortalError | None = None) -> Response:
    view = sign_in_rules.connection_view(visitors.ports_of(request), visitors.of(request, Kind.STAFF))
    kept = view.connection
    values = {"preset": kept.preset or Preset.MICROSOFT, "issuer": kept.issuer, "client_id": kept.client_id}
    return render(
        request,
        "staff_issuer.html",
        refusal.status if refusal else 200,
        firm=view.letterhead,
        action=paths.SETTINGS_ISSUER,
        back_url=paths.SETTINGS_SIGN_IN,
        presets=[
            (Preset.GOOGLE, "Google"),
            (Preset.MICROSOFT, "Microsoft"),
            (Preset.OTHER, _("Another issuer")),
        ],
        microsoft=issuers.MICROSOFT.format(tenant="…"),
        has_secret=view.has_secret,
        callback_url=view.callback_url,
        values={name: value for name, value in (typed or values).items() if name != "secret"},
        errors={refusal.field: refusal.text} if refusal else {},
    )


routes: list[BaseRoute] = [
    Route(paths.SETTINGS_ISSUER, show),
    Route(paths.SETTINGS_ISSUER, save, methods=["POST"]),
]
