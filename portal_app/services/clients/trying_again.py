"""An address that failed is tried once more: its mark goes, and what came back is sent again (8.6, 6.24)."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import readdressing
from portal_app.services.invitations import invitations
from portal_app.services.reminders import replanning
from portal_app.services.requests import sendable
from portal_app.text import _, ngettext
from portal_app.work import begin


def try_again(ports: Ports, actor: Actor, contact_id: UUID) -> int:
    """Take the mark from a contact's address and send what came back from it; gives how many e-mails that makes.

    Those are the open requests whose e-mail to this contact failed, from whoever asks (6.24), and invitations
    that could not be delivered, with three new days (3.3). Others notice nothing. Where nothing failed, nothing
    is sent. Raises `RuleBroken` for an address that can never be written to, and for who is archived.
    """
    with begin(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        if contact.archived_at is not None:
            raise RuleBroken(_("{name} is archived.").format(name=contact.name))
        contact.bounced_at, contact.bounce_text = None, ""
        if why := sendable.why_not_to(contact):
            raise RuleBroken(_("{name}: {why}.").format(name=contact.name, why=why))
        work.add(contact)
        work.session.flush()
        count = readdressing.resend_failed(work, contact) + invitations.send_failed(work, contact)
        replanning.replan_contact(work, contact.id)
        work.audit(
            "contact:tried_again",
            firm_id=contact.firm_id,
            subject_kind="contact",
            subject_id=contact.id,
        )
        work.ring(f"firm:{contact.firm_id}")
        return count


def words(count: int) -> str:
    """What a second try made, for who pressed."""
    if count == 0:
        return _("The address counts as working again. Nothing had to be sent again.")
    return ngettext(
        "Tried again: {n} e-mail is on its way.", "Tried again: {n} e-mails are on their way.", count
    )
