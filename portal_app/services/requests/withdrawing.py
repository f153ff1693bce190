"""What taking a sent request back does, whoever or whatever takes it back (6.13, 2.19)."""

from __future__ import annotations

from collections.abc import Sequence

from portal_app.domain.links import Because
from portal_app.models import Contact, Recipient, Staff
from portal_app.services.access import Sight
from portal_app.services.links import grants
from portal_app.services.mail import post
from portal_app.services.notices import choices, telling
from portal_app.services.reminders import replanning
from portal_app.services.requests import dispatch, request_mail, sendable
from portal_app.work import Work


def withdraw(work: Work, sight: Sight, recipients: Sequence[Recipient]) -> None:
    """End links, devices, codes, reminders and waiting e-mails; whoever of `recipients` got it is told (9.6)."""
    request = sight.request
    told = [one for one in recipients if one.first_sent_at and not one.bounced_at]
    grants.end_grants(work, request, Because.WITHDRAWN)
    request.withdrawn_at, request.withdrawn_by_staff_id = work.now, work.actor.staff_id
    request.sending_key = request.reminders_go_on_at = None
    work.add(request)
    replanning.replan(work, [request.id])
    for recipient in told:
        _mail(work, sight, recipient)
    telling.tell_contacts(
        work,
        [one.contact_id for one in told],
        "request_withdrawn",
        once_key=f"request_withdrawn:{request.id.hex}:{work.now.isoformat()}",
        facts={"title": sight.section.name},
        client_id=sight.client.id,
        request_id=request.id,
    )
    dispatch.tell(work, sight, "request_withdrawn", {})
    work.audit("request:withdrawn", firm_id=sight.firm.id, subject_kind="request", subject_id=request.id)
    dispatch.ring(work, sight, [one.contact_id for one in recipients])


def _mail(work: Work, sight: Sight, recipient: Recipient) -> None:
    person = work.session.get_one(Contact, recipient.contact_id)
    sender = work.session.get_one(Staff, work.actor.staff_id)
    wants = choices.ways_of(work, person.id, "request_withdrawn", sight.client.id).by_email
    if person.archived_at is not None or sendable.why_not_to(person) or not wants:
        return
    facts = request_mail.facts(work, sight, person, sender, (), link="", expires_at=work.now)
    post.queue(
        work,
        request_mail.request_withdrawn(work, sight, person, facts),
        firm=sight.firm,
        to=(person.name, person.email),
        dedupe_key=f"request_withdrawn:{recipient.id.hex}:{work.now.isoformat()}",
        sender=post.sender_of(work.ports.settings, sight.firm, sender),
        contact_id=person.id,
        request_id=sight.request.id,
        recipient_id=recipient.id,
    )
