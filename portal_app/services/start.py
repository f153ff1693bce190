"""Where the bare address leads: to one's own first page, else to where one can sign in."""

from __future__ import annotations

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.visitors import Visitor
from portal_app.models import Firm
from portal_app.ports import Ports
from portal_app.work import reading


def first_page(ports: Ports, visitor: Visitor) -> str:
    """The path for this visitor: staff before client, since staff may try the portal as a client too.

    Signed out: setting up while there is no firm (1.1), the firm's sign-in page when there is one,
    the staff's when there are several.
    """
    if visitor.staff:
        return routes.TRIAGE
    if visitor.client:
        return routes.HOME
    with reading(ports, Actor.nobody()) as work:
        slugs = work.session.exec(select(Firm.slug).order_by(col(Firm.slug)).limit(2)).all()
    if not slugs:
        return routes.SETUP
    return routes.to(routes.LOGIN, firm=slugs[0]) if len(slugs) == 1 else routes.STAFF_LOGIN
