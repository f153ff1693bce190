"""A request as one person may see it, and the rows it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.models import (
    AccessGrant,
    Client,
    ClientRequest,
    Contact,
    Firm,
    HandOver,
    Recipient,
    Section,
    WorkItem,
)
from portal_app.text import set_dates
from portal_app.work import Work


@dataclass(frozen=True)
class Sight:
    """A request as one person may see it, and the rows it stands on."""

    firm: Firm
    client: Client
    work_item: WorkItem
    section: Section
    request: ClientRequest
    contact: Contact | None = None
    recipient: Recipient | None = None
    grant: AccessGrant | None = None
    is_read_only: bool = False
    is_classic: bool = False
    handed: tuple[HandOver, ...] = ()
    """The tasks that were handed to whoever asks, where that is all they may see (5.8a)."""

    @property
    def by_link(self) -> bool:
        """Whether a bound device let them in, not an account."""
        return self.grant is not None or bool(self.handed)


def rows_of(work: Work, request_id: UUID, *, lock: bool) -> Sight | None:
    query = (
        select_rows(ClientRequest, Section, WorkItem, Client, Firm)
        .join(Section, col(Section.id) == ClientRequest.id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .join(Firm, col(Firm.id) == ClientRequest.firm_id)
        .where(col(ClientRequest.id) == request_id)
    )
    if lock:
        query = query.with_for_update(of=ClientRequest)
    row = work.session.execute(query).first()
    if row is None:
        return None
    asked, part, item, whose, firm = row
    set_dates(firm.date_format)
    return Sight(firm=firm, client=whose, work_item=item, section=part, request=asked)


def seen_by(
    found: Sight,
    person: Contact | None,
    received: Recipient | None,
    grant: AccessGrant | None,
    *,
    is_read_only: bool,
) -> Sight:
    return Sight(
        firm=found.firm,
        client=found.client,
        work_item=found.work_item,
        section=found.section,
        request=found.request,
        contact=person,
        recipient=received,
        grant=grant,
        is_read_only=is_read_only,
    )


def through_grant(
    found: Sight, person: Contact | None, received: Recipient | None, grant: AccessGrant
) -> Sight:
    """A request as a link of this grant shows it; what the grant opens, the caller has looked at."""
    return seen_by(found, person, received, grant, is_read_only=False)


def sight_of(work: Work, request_id: UUID, *, lock: bool = False) -> Sight | None:
    """The rows around a request for the portal's own pages and jobs, read once a transaction; no right is checked here."""
    if lock or request_id not in work.sights:
        work.sights[request_id] = rows_of(work, request_id, lock=lock)
    found: Sight | None = work.sights[request_id]
    return found
