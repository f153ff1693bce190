"""Sending a request, sending it again, taking it back (6.1, 6.7, 6.13). What leaves is a row first."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.links import Because
from portal_app.domain.permissions import Permission
from portal_app.models import Recipient, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.links import binding, grants
from portal_app.services.reminders import replanning
from portal_app.services.requests import dispatch, withdrawing
from portal_app.services.requests.sending_preview import SendPreview, preview
from portal_app.text import _
from portal_app.work import Work, begin

__all__ = [
    "SendPreview",
    "add_recipients",
    "preview",
    "remove_recipient",
    "resend_request",
    "send_request",
    "withdraw_request",
]


def send_request(ports: Ports, actor: Actor, request_id: UUID, contact_ids: Iterable[UUID], key: str) -> None:
    """Send a request to these contacts of its client, at once, from whoever asks (6.1, 5.23).

    `key` names one press: the same press again changes nothing, and of two staff members at once one sends
    (6.25). A withdrawn request starts anew, with new grants (6.13). Raises `RuleBroken` or `BadInput` saying why
    it does not go.
    """
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_SEND, lock=True)
        request = sight.request
        if request.sent_at is not None and request.withdrawn_at is None:
            if request.sending_key == key:
                return
            raise RuleBroken(_already_sent(work, sight))
        sending = dispatch.begin_sending(work, sight, key)
        people = dispatch.chosen(sending, contact_ids)
        dispatch.mark_sent(sending)
        dispatch.leave_out(sending, {person.id for person in people})
        for person in people:
            dispatch.send_to(sending, person, dispatch.recipient_for(sending, person), "request_sent")
        dispatch.record(sending, "request:sent", people)


def resend_request(
    ports: Ports,
    actor: Actor,
    request_id: UUID,
    contact_ids: Iterable[UUID] | None,
    key: str,
    freed: Iterable[UUID] = (),
) -> None:
    """Send it again to some recipients, or to all with None; their reminders start again (6.6, 6.7, 7.4).

    Of them, the contacts in `freed` can open it on any device: their grants are taken from the one they have (6.5).
    After the work was reopened it also brings links and devices back (6.10). The same `key` again changes
    nothing. Raises `RuleBroken`.
    """
    with begin(ports, actor) as work:
        sight = _sent(work, request_id)
        sending = dispatch.begin_sending(work, sight, key)
        all_of_them = dispatch.recipients(work, sight)
        wanted = set(contact_ids) if contact_ids is not None else {one.contact_id for one in all_of_them}
        again = [
            one for one in all_of_them if one.contact_id in wanted and not dispatch.was_pressed(sending, one)
        ]
        people = [dispatch.writable(work, one.contact_id) for one in again]
        if not again:
            if wanted & {one.contact_id for one in all_of_them}:
                return
            raise BadInput(_("Choose at least one recipient."), field="recipients")
        sight.request.sent_by_staff_id, sight.request.needs_resend_at = sending.sender.id, None
        work.add(sight.request)
        loose = set(freed)
        for person, recipient in zip(people, again, strict=True):
            if person.id in loose:
                _free(work, sight, recipient)
            dispatch.send_to(sending, person, recipient, "request_resent")
        dispatch.record(sending, "request:resent", people)


def add_recipients(
    ports: Ports, actor: Actor, request_id: UUID, contact_ids: Iterable[UUID], key: str
) -> None:
    """Send a request that is out to more contacts, with thirty days and five reminders of their own (6.15)."""
    with begin(ports, actor) as work:
        sight = _sent(work, request_id)
        sending = dispatch.begin_sending(work, sight, key)
        there = {one.contact_id for one in dispatch.recipients(work, sight)}
        new = [contact_id for contact_id in contact_ids if contact_id not in there]
        if not new:
            return
        people = dispatch.chosen(sending, new)
        for person in people:
            dispatch.send_to(sending, person, dispatch.recipient_for(sending, person), "request_sent")
        dispatch.record(sending, "recipient:added", people)


def remove_recipient(ports: Ports, actor: Actor, request_id: UUID, contact_id: UUID) -> None:
    """Take link, device and coming e-mails from one recipient; what they gave stays (6.14). The last one stays."""
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_SEND, lock=True)
        there = dispatch.recipients(work, sight)
        gone = next((one for one in there if one.contact_id == contact_id), None)
        if gone is None:
            return
        if len(there) == 1 and sight.request.sent_at is not None and sight.request.withdrawn_at is None:
            raise RuleBroken(_("The last recipient cannot be removed. Withdraw the request instead."))
        grants.end_grants(work, sight.request, Because.REMOVED, gone)
        gone.removed_at = work.now
        work.add(gone)
        replanning.replan(work, [request_id])
        work.audit(
            "recipient:removed",
            firm_id=sight.firm.id,
            subject_kind="request",
            subject_id=request_id,
            contact=contact_id,
        )
        dispatch.ring(work, sight, [contact_id])


def withdraw_request(ports: Ports, actor: Actor, request_id: UUID) -> None:
    """Take a sent request back: its links, devices, codes, reminders and waiting e-mails end at once (6.13).

    Whoever got it is told (9.6). Twice is once. Raises `RuleBroken` where nothing was sent.
    """
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_SEND, lock=True)
        if sight.request.sent_at is None:
            raise RuleBroken(_("This request was not sent, so there is nothing to withdraw."))
        if sight.request.withdrawn_at is not None:
            return
        withdrawing.withdraw(work, sight, dispatch.recipients(work, sight))


def _free(work: Work, sight: Sight, recipient: Recipient) -> None:
    grant = grants.open_grant_of(work, recipient.id, lock=True)
    if grant is None or grant.device_id is None:
        return
    binding.free(work, grant)
    work.audit("link:freed", firm_id=sight.firm.id, subject_kind="access_grant", subject_id=grant.id)


def _sent(work: Work, request_id: UUID) -> Sight:
    sight = access.request(work, request_id, Permission.REQUEST_SEND, lock=True)
    if sight.request.sent_at is None or sight.request.withdrawn_at is not None:
        raise RuleBroken(_("This request is not out. Send it first."))
    return sight


def _already_sent(work: Work, sight: Sight) -> str:
    who = work.session.get(Staff, sight.request.sent_by_staff_id)
    return _("{name} already sent this request. Resend it to send it again.").format(
        name=who.name if who else sight.firm.name
    )
