"""Rows of a work item to be made, from a template or from an earlier one (5.5, 5.10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Client,
    ClientRequest,
    Contact,
    Recipient,
    Section,
    SectionKind,
    Staff,
    WorkItem,
)
from portal_app.services import access
from portal_app.services.requests import sendable
from portal_app.services.work import work_channels
from portal_app.text import _
from portal_app.work import Work


def client_of(work: Work, client_id: UUID | None) -> Client:
    """Whom the work is for. Raises `BadInput` where nobody was chosen, `RuleBroken` for an archived client."""
    if client_id is None:
        raise BadInput(_("Choose whom the work is for."), field="client_id")
    client = access.client(work, client_id, Permission.WORK_EDIT)
    if client.archived_at is not None:
        raise RuleBroken(_("{name} is archived.").format(name=client.name))
    return client


def start_of(starts_on: date | None) -> date:
    """The start that relative dates count from. Raises `BadInput` where there is none, or it is nowhere near."""
    if starts_on is None:
        raise BadInput(_("Say when the work starts."), field="starts_on")
    if not 1990 <= starts_on.year <= 2200:
        raise BadInput(_("This date cannot be right."), field="starts_on")
    return starts_on


def assignee_of(work: Work, staff_id: UUID | None) -> UUID | None:
    """Who does the work. Raises `BadInput` for whoever left."""
    if staff_id is None:
        return None
    person = access.of_firm(work, Staff, staff_id, Permission.WORK_EDIT)
    if person.deactivated_at is not None:
        raise BadInput(_("{name} no longer works here.").format(name=person.name), field="assignee_id")
    return person.id


def add_section(
    work: Work, item: WorkItem, kind: SectionKind, name: str, position: int, within_id: UUID | None
) -> tuple[Section, ClientRequest | None]:
    """A section of the new work item, and its request where it is a client's."""
    section = Section(
        firm_id=item.firm_id,
        work_item_id=item.id,
        kind=kind,
        name=name,
        position=position,
        within_section_id=within_id,
        created_at=work.now,
    )
    work.add(section)
    work.session.flush()
    if kind is not SectionKind.CLIENT:
        return section, None
    request = ClientRequest(
        id=section.id, firm_id=item.firm_id, work_item_id=item.id, client_id=item.client_id
    )
    work.add(request)
    work.session.flush()
    return section, request


def add_recipients(work: Work, request: ClientRequest, contact_ids: Collection[UUID]) -> None:
    """Plan recipients of a new request."""
    for contact_id in contact_ids:
        work.add(
            Recipient(
                firm_id=request.firm_id, request_id=request.id, contact_id=contact_id, created_at=work.now
            )
        )
    work.session.flush()


def usable(work: Work, client: Client) -> dict[UUID, Contact]:
    """Contacts of the client to whom something can be sent."""
    return {one.id: one for one in sendable.contacts(work, client) if not sendable.why_not_to(one)}


def record(work: Work, item: WorkItem, **facts: str) -> None:
    """Write down that a work item was made."""
    work.note(
        "work_added",
        firm_id=item.firm_id,
        client_id=item.client_id,
        work_item_id=item.id,
        facts={"title": item.title},
    )
    work.audit("work:added", firm_id=item.firm_id, subject_kind="work_item", subject_id=item.id, **facts)
    work_channels.ring(work, item)
