"""Who looks again when a work item changes: its own page, the firm's lists, and the clients it was sent to."""

from __future__ import annotations

from sqlmodel import col, select

from portal_app.models import ClientRequest, Recipient, Section, SectionKind, WorkItem
from portal_app.work import Work


def ring(work: Work, item: WorkItem) -> None:
    """Everybody who may be looking at any part of this work item."""
    work.ring(f"work:{item.id}", f"firm:{item.firm_id}")
    query = select(ClientRequest.id).where(
        ClientRequest.work_item_id == item.id, col(ClientRequest.sent_at).is_not(None)
    )
    for request_id in work.session.exec(query):
        _ring_request(work, request_id)


def ring_section(work: Work, section: Section) -> None:
    """Everybody who may be looking at one section."""
    work.ring(f"work:{section.work_item_id}", f"firm:{section.firm_id}")
    if section.kind is SectionKind.CLIENT:
        _ring_request(work, section.id)


def _ring_request(work: Work, request_id: object) -> None:
    work.ring(f"request:{request_id}")
    people = select(Recipient.contact_id).where(
        Recipient.request_id == request_id, col(Recipient.removed_at).is_(None)
    )
    work.ring(*(f"contact:{contact_id}" for contact_id in work.session.exec(people)))
