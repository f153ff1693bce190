"""The firm's letterhead for pages and e-mails, from its row (1.4, 1.14)."""

from __future__ import annotations

from portal_app import routes
from portal_app.domain.letterhead import Letterhead
from portal_app.models import Client, Firm
from portal_app.settings import Settings


def letterhead(settings: Settings, firm: Firm, client: Client | None = None) -> Letterhead:
    """How `firm` signs, with complete addresses. The sign-in page stands there while the portal is on: for the
    firm, and for `client` where the page or e-mail is about one (6.2)."""
    is_on = firm.portal_on_at is not None and (client is None or client.portal_on_at is not None)
    return Letterhead(
        firm_name=firm.name,
        accent=firm.accent,
        support_email=firm.support_email,
        support_phone=firm.support_phone,
        address=firm.address,
        sign_in_url=_url(settings, routes.LOGIN, firm) if is_on else None,
        help_url=_url(settings, routes.HELP, firm),
        time_zone=firm.time_zone,
    )


def _url(settings: Settings, route: str, firm: Firm) -> str:
    return settings.public_url + routes.to(route, firm=firm.slug)


def signature(head: Letterhead) -> str:
    """The firm's name and address on one line, for the foot of a page."""
    return ", ".join([head.firm_name, *head.address.splitlines()])
