"""The recipient's own switch for the reminders of one request, by the link in each of them (7.5)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.secrets import token_hash
from portal_app.models import Client, ClientRequest, Firm, Recipient, Reminder, Section
from portal_app.ports import Ports
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.reminders import replanning
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class SwitchPage:
    """What the link shows: whose request it is about, and whether its reminders are off."""

    firm: Letterhead
    title: str
    client_name: str
    is_off: bool


def look(ports: Ports, actor: Actor, token: str) -> SwitchPage:
    """What the link shows; changes nothing, so that a scanner's visit switches nothing off. Raises `NotFound`."""
    with reading(ports, actor) as work:
        return _page(work, _recipient(work, token))


def switch(ports: Ports, actor: Actor, token: str, *, is_on: bool) -> SwitchPage:
    """Switch the reminders of this request to this recipient off, or on again; staff see it. Raises `NotFound`."""
    with begin(ports, actor) as work:
        replanning.lock(work, [_recipient(work, token).request_id])
        recipient = _recipient(work, token)
        if is_on is (recipient.reminders_off_at is not None):
            recipient.reminders_off_at = None if is_on else work.now
            work.add(recipient)
            replanning.replan(work, [recipient.request_id])
            work.audit(
                "reminders:switched_on" if is_on else "reminders:switched_off",
                firm_id=recipient.firm_id,
                subject_kind="request",
                subject_id=recipient.request_id,
                contact=recipient.contact_id,
            )
            _tell(work, recipient, "reminders_switched_on" if is_on else "reminders_switched_off")
            work.ring(f"request:{recipient.request_id}", f"firm:{recipient.firm_id}")
        return _page(work, recipient)


def _recipient(work: Work, token: str) -> Recipient:
    row = work.session.exec(select(Reminder).where(Reminder.off_hash == token_hash(token))).first()
    recipient = work.session.get(Recipient, row.recipient_id) if row else None
    if recipient is None or recipient.removed_at is not None:
        raise NotFound(_("There is nothing here."))
    return recipient


def _tell(work: Work, recipient: Recipient, kind: str) -> None:
    request = work.session.get_one(ClientRequest, recipient.request_id)
    work.note(
        kind,
        firm_id=recipient.firm_id,
        client_id=request.client_id,
        work_item_id=request.work_item_id,
        request_id=request.id,
        contact_id=recipient.contact_id,
        facts={"title": work.session.get_one(Section, request.id).name},
    )


def _page(work: Work, recipient: Recipient) -> SwitchPage:
    section = work.session.get_one(Section, recipient.request_id)
    request = work.session.get_one(ClientRequest, recipient.request_id)
    client = work.session.get_one(Client, request.client_id)
    firm = work.session.get_one(Firm, recipient.firm_id)
    return SwitchPage(
        letterhead(work.ports.settings, firm, client),
        section.name,
        client.name,
        recipient.reminders_off_at is not None,
    )
