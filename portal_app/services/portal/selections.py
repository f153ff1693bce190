"""What was selected on the management page, as rows of the firm: by id, or all that match but some (2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import true
from sqlmodel import col, select

from portal_app.models import ClientStanding, Firm, PendingContact
from portal_app.services.portal import pending_views, portal_search
from portal_app.services.portal.places import Filters
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids, or with `is_all` everything that matches `wanted` but these."""

    wanted: Filters
    is_all: bool = False
    ids: tuple[UUID, ...] = ()


def clients(work: Work, firm: Firm, selection: Selection) -> list[UUID]:
    """The clients of the firm that are meant, by name; those that are not listed any more are left out."""
    if selection.is_all:
        ids = portal_search.every(work, portal_search.search(work, firm, selection.wanted))
        return [one for one in ids if one not in set(selection.ids)]
    query = select(ClientStanding.id).where(
        ClientStanding.firm_id == firm.id,
        col(ClientStanding.is_listed) == true(),
        col(ClientStanding.id).in_(selection.ids),
    )
    return list(work.session.exec(query.order_by(col(ClientStanding.name_key))))


def pending(work: Work, firm: Firm, selection: Selection) -> list[UUID]:
    """The pending contacts of the firm that are meant."""
    if selection.is_all:
        ids = [row[0] for row in work.session.execute(pending_views.matching(work, selection.wanted))]
        return [one for one in ids if one not in set(selection.ids)]
    query = select(PendingContact.id).where(
        PendingContact.firm_id == firm.id, col(PendingContact.id).in_(selection.ids)
    )
    return list(work.session.exec(query))
