"""The firm's letterhead for pages and e-mails, from its row (1.4, 1.14)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy.orm import object_session
from sqlmodel import select

from portal_app import routes
from portal_app.domain.email_texts import OwnText
from portal_app.domain.letterhead import Letterhead
from portal_app.models import Client, EmailText, Firm
from portal_app.services.firm import app_icons, brand
from portal_app.settings import Settings


def letterhead(settings: Settings, firm: Firm, client: Client | None = None) -> Letterhead:
    """How `firm` signs, with complete addresses. The sign-in page stands there while the portal is on: for the
    firm, and for `client` where the page or e-mail is about one (6.2)."""
    is_on = firm.portal_on_at is not None and (client is None or client.portal_on_at is not None)
    return Letterhead(
        firm_name=firm.name,
        accent=firm.accent,
        logo=brand.logo(settings, firm),
        support_email=firm.support_email,
        support_phone=firm.support_phone,
        address=firm.address,
        sign_in_url=_url(settings, routes.LOGIN, firm) if is_on else None,
        help_url=_url(settings, routes.HELP, firm),
        time_zone=firm.time_zone,
        video_url=firm.video_url,
        manifest_url=routes.to(routes.APP_MANIFEST, firm=firm.slug),
        icon_url=app_icons.address(firm, app_icons.APPLE),
        dates=firm.date_format,
        own_texts=partial(own_text, firm),
    )


def staff_letterhead(settings: Settings, firm: Firm) -> Letterhead:
    """How `firm` signs what its staff get: without what is said to clients alone."""
    return replace(letterhead(settings, firm), help_url="", sign_in_url=None, manifest_url="", icon_url="")


def own_text(firm: Firm, event: str, locale: str) -> OwnText | None:
    """The firm's own words of an e-mail (1.12), read by the session that `firm` came with, once a transaction.

    A bulk send composes thousands of e-mails, and a page with a letterhead none.
    """
    session = object_session(firm)
    if session is None:
        return None
    kept: dict[UUID, dict[tuple[str, str], OwnText]] = session.info.setdefault("email_texts", {})
    if firm.id not in kept:
        rows = session.scalars(select(EmailText).where(EmailText.firm_id == firm.id))
        kept[firm.id] = {(row.event, row.locale): OwnText(row.subject, row.body) for row in rows}
    return kept[firm.id].get((event, locale))


def _url(settings: Settings, route: str, firm: Firm) -> str:
    return settings.public_url + routes.to(route, firm=firm.slug)


def signature(head: Letterhead) -> str:
    """The firm's name and address on one line, for the foot of a page."""
    return ", ".join([head.firm_name, *head.address.splitlines()])
