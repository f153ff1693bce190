"""Portal access given to one contact for one client, and the invitation to it: sent, resent, cancelled (2.8, 3.2, 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import invitations as rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.invitations import Standing
from portal_app.domain.outbox import Urgency
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    Contact,
    Firm,
    Invitation,
    InvitationLink,
    PortalAccess,
    Staff,
)
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.invitations import invitation_rows
from portal_app.services.invitations.invitation_rows import Offer
from portal_app.services.mail import email_facts, emails, post
from portal_app.services.requests import sendable
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_MESSAGE = 2_000


@dataclass(frozen=True)
class Inviter:
    """In whose name an invitation goes: a staff member's, a contact's with full access (3.6), or the firm's."""

    staff: Staff | None = None
    contact: Contact | None = None

    @property
    def active(self) -> Inviter:
        """Without a staff member who left, or a contact who was archived."""
        return Inviter(
            self.staff if self.staff and self.staff.deactivated_at is None else None,
            self.contact if self.contact and self.contact.archived_at is None else None,
        )

    @property
    def name(self) -> str:
        """The person's; "" for the firm."""
        person = self.contact or self.staff
        return person.name if person else ""


@dataclass(frozen=True)
class Case:
    """One contact at one client, locked, and their portal access where there is one."""

    firm: Firm
    client: Client
    contact: Contact
    access: PortalAccess | None

    @property
    def moves(self) -> rules.Moves:
        return rules.moves(self.access.status if self.access else AccessStatus.NONE)


def give_access(
    ports: Ports, actor: Actor, client_id: UUID, contact_id: UUID, level: AccessLevel = AccessLevel.LIMITED
) -> None:
    """Give portal access at a level and send nothing (2.7, 2.8); the portal is on for the client from then.

    Raises `RuleBroken` where the portal is off for the firm, or the contact was invited or has access.
    """
    with begin(ports, actor) as work:
        case = _case(work, client_id, contact_id)
        row = given(work, case, level)
        row.status, row.invited_by_staff_id = AccessStatus.GIVEN, actor.staff_id
        work.add(row)
        record(work, case, "access_given", "access:given", level=level.value)


def invite_contact(
    ports: Ports,
    actor: Actor,
    client_id: UUID,
    contact_id: UUID,
    level: AccessLevel = AccessLevel.LIMITED,
    message: str = "",
) -> None:
    """Give portal access and send the invitation to it: 72 hours, in the name of who invites (3.2, 3.3).

    Turns the portal on for the client (2.7). Raises `RuleBroken` saying why not, `BadInput` for the message.
    """
    words = typed.prose(message, "message", longest=LONGEST_MESSAGE)
    with begin(ports, actor) as work:
        case = _case(work, client_id, contact_id)
        row = given(work, case, level)
        send(work, case, row, Inviter(staff=work.session.get_one(Staff, actor.staff_id)), words)
        record(work, case, "invitation_sent", "invitation:sent", level=level.value)


def resend_invitation(ports: Ports, actor: Actor, client_id: UUID, contact_id: UUID) -> None:
    """Start three new days with one more e-mail; where it had expired, by a new invitation (3.3).

    Raises `RuleBroken` where nothing is to be resent, or the last e-mail is less than a minute old.
    """
    with begin(ports, actor) as work:
        case = _case(work, client_id, contact_id)
        if case.access is None or not case.moves.can_resend:
            raise RuleBroken(
                _("There is no invitation to resend. Invite {name} instead.").format(name=case.contact.name)
            )
        _check_sendable(case)
        if sent_since(work, case.access, rules.MAIL_EVERY):
            raise RuleBroken(_("An invitation left less than a minute ago."))
        words = last_words(work, case.access)
        send(work, case, case.access, Inviter(staff=work.session.get_one(Staff, actor.staff_id)), words)
        record(work, case, "invitation_resent", "invitation:resent")


def send_failed(work: Work, contact: Contact) -> int:
    """Invite again where the invitation could not be delivered, in a transaction that has opened its door; to how
    many clients, by one e-mail (3.12)."""
    query = select(PortalAccess).where(
        PortalAccess.contact_id == contact.id, PortalAccess.status == AccessStatus.UNDELIVERABLE
    )
    offered = []
    for row in work.session.exec(query.order_by(col(PortalAccess.id)).with_for_update()):
        client = work.session.get_one(Client, row.client_id)
        case = Case(work.session.get_one(Firm, client.firm_id), client, contact, row)
        if case.firm.portal_on_at is not None and client.portal_on_at is not None and not client.archived_at:
            offered.append((case, row))
    if offered:
        inviter = Inviter(staff=work.session.get_one(Staff, work.actor.staff_id))
        send_together(work, offered, inviter, last_words(work, offered[-1][1]))
    for case, _row in offered:
        record(work, case, "invitation_resent", "invitation:resent")
    return len(offered)


def cancel_invitation(ports: Ports, actor: Actor, client_id: UUID, contact_id: UUID) -> None:
    """Take back what was offered and not accepted: every link ends at once and for good (3.3).

    Once cancelled, a second time changes nothing. Raises `RuleBroken` where it was accepted meanwhile.
    """
    with begin(ports, actor) as work:
        case = _case(work, client_id, contact_id)
        row = case.access
        if row is None or row.status is AccessStatus.CANCELLED:
            return
        if not case.moves.can_cancel:
            raise RuleBroken(_("{name} has accepted meanwhile.").format(name=case.contact.name))
        invitation_rows.end(
            work, case.contact.id, invitation_rows.CANCELLED, AccessStatus.CANCELLED, case.client.id
        )
        row.status = AccessStatus.CANCELLED
        work.add(row)
        record(work, case, "invitation_cancelled", "invitation:cancelled")


def send_new(ports: Ports, actor: Actor, token: str) -> None:
    """What the press on an expired link's page does: a new invitation to the invited address (3.3), or nothing.

    At most one e-mail a minute and five an hour for one contact at one client (6.12). Call it once the answer
    has left: the answer is the same whatever is true.
    """
    with begin(ports, actor) as work:
        expired = [
            offer for offer in invitation_rows.find(work, token, lock=True) if _is_to_renew(work, offer)
        ]
        if not expired:
            return
        cases = [Case(offer.firm, offer.client, offer.contact, offer.access) for offer in expired]
        last = expired[0].invitation
        send_together(
            work,
            [(case, one.access) for case, one in zip(cases, expired, strict=True)],
            invited_by(work, last),
            last.message,
        )
        for case in cases:
            record(work, case, "invitation_asked", "invitation:asked")


def _is_to_renew(work: Work, offer: Offer) -> bool:
    """Whether a press on the link brings a new invitation: it expired, and few left lately (3.3, 6.12)."""
    if invitation_rows.standing(work, offer) is not Standing.EXPIRED:
        return False
    if offer.access.status not in invitation_rows.OFFERED or sendable.why_not_to(offer.contact):
        return False
    if sent_since(work, offer.access, rules.MAIL_EVERY):
        return False
    return len(sent_since(work, offer.access, timedelta(hours=1))) < rules.MAILS_AN_HOUR


def _case(work: Work, client_id: UUID, contact_id: UUID) -> Case:
    client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
    contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
    linked = select(ClientContact.id).where(
        ClientContact.client_id == client.id, ClientContact.contact_id == contact.id
    )
    if work.session.exec(linked).first() is None:
        raise NotFound(_("There is nothing here."))
    return case_of(work, client, contact)


def case_of(work: Work, client: Client, contact: Contact) -> Case:
    """A contact of a client with what they were given; the caller has locked both and looked at the right."""
    row = work.session.exec(
        select(PortalAccess).where(PortalAccess.client_id == client.id, PortalAccess.contact_id == contact.id)
    ).first()
    return Case(work.session.get_one(Firm, client.firm_id), client, contact, row)


def invited_by(work: Work, row: Invitation | PortalAccess) -> Inviter:
    """In whose name somebody was invited last."""
    staff, contact = row.invited_by_staff_id, row.invited_by_contact_id
    return Inviter(
        work.session.get(Staff, staff) if staff else None,
        work.session.get(Contact, contact) if contact else None,
    )


def given(work: Work, case: Case, level: AccessLevel) -> PortalAccess:
    """The contact's access at `level`, not yet invited; the client's portal is on from now."""
    _check_sendable(case)
    row = case.access
    if row is not None and not case.moves.can_invite:
        text = (
            _("{name} was invited already. Resend the invitation instead.")
            if row.status in invitation_rows.OFFERED
            else _("{name} has access already.")
        )
        raise RuleBroken(text.format(name=case.contact.name))
    if case.client.portal_on_at is None:
        case.client.portal_on_at = work.now
        work.add(case.client)
        record(work, case, "portal_switched_on", "client:portal_switched_on")
    if row is None:
        row = PortalAccess(
            firm_id=case.firm.id, client_id=case.client.id, contact_id=case.contact.id, created_at=work.now
        )
    row.level = level
    work.add(row)
    work.session.flush()
    return row


def _check_sendable(case: Case) -> None:
    """Raises `RuleBroken` with the reason and what to do."""
    if case.firm.portal_on_at is None:
        raise RuleBroken(_("The portal is off for the whole firm. Switch it on in the settings first."))
    if case.client.archived_at is not None or case.contact.archived_at is not None:
        raise RuleBroken(_("This was archived. Restore it first."))
    if why := sendable.why_not_to(case.contact):
        raise RuleBroken(_("{name}: {why}.").format(name=case.contact.name, why=why))


def send(work: Work, case: Case, row: PortalAccess, inviter: Inviter, message: str) -> None:
    """Three days from now for the open invitation, or for a new one, and an e-mail with a link of its own (3.2)."""
    send_together(work, [(case, row)], inviter, message)


def send_together(
    work: Work, offered: Sequence[tuple[Case, PortalAccess]], inviter: Inviter, message: str
) -> None:
    """Invite one person to these clients by one e-mail: its link accepts them all (3.12)."""
    inviter = inviter.active
    invitations = [_offered(work, case, row, inviter, message) for case, row in offered]
    work.session.flush()
    link, url = invitation_rows.new_link(work, invitations)
    case = offered[0][0]
    facts = email_facts.Invitation(
        name=case.contact.name,
        client_names=tuple(one.client.name for one, _row in offered),
        inviter_name=inviter.name or case.firm.name,
        link=url,
        expires_at=work.now + rules.LASTS_FOR,
        message=message,
    )
    head = letterhead(work.ports.settings, case.firm, case.client)
    post.queue(
        work,
        emails.invitation(head, facts, locale=case.contact.locale),
        firm=case.firm,
        to=(case.contact.name, case.contact.email),
        dedupe_key=invitation_rows.mail_key(link.id),
        sender=post.sender_of(work.ports.settings, case.firm, inviter.staff),
        urgency=Urgency.NOW,
        contact_id=case.contact.id,
    )


def _offered(work: Work, case: Case, row: PortalAccess, inviter: Inviter, message: str) -> Invitation:
    """Three days from now for one client, in the name of who invites."""
    staff_id = inviter.staff.id if inviter.staff else None
    contact_id = inviter.contact.id if inviter.contact else None
    invitation = _open(work, case, row)
    invitation.expires_at, invitation.message = work.now + rules.LASTS_FOR, message
    invitation.invited_by_staff_id, invitation.invited_by_contact_id = staff_id, contact_id
    row.status, row.invited_at = AccessStatus.INVITED, work.now
    if staff_id or contact_id:
        row.invited_by_staff_id, row.invited_by_contact_id = staff_id, contact_id
    work.add(invitation, row)
    return invitation


def _open(work: Work, case: Case, row: PortalAccess) -> Invitation:
    """The invitation that is open, else a new one: what expired stays so, and its links with it (3.3)."""
    still = invitation_rows.open_of(work, case.contact.id, case.client.id)
    if still:
        return still[-1].invitation
    return Invitation(
        firm_id=case.firm.id,
        portal_access_id=row.id,
        client_id=case.client.id,
        contact_id=case.contact.id,
        email=case.contact.email,
        created_at=work.now,
        expires_at=work.now + rules.LASTS_FOR,
    )


def sent_since(work: Work, row: PortalAccess, ago: timedelta) -> list[UUID]:
    """The links that left for this access within that time."""
    query = (
        select(InvitationLink.id)
        .join(Invitation, col(Invitation.id) == InvitationLink.invitation_id)
        .where(Invitation.portal_access_id == row.id, InvitationLink.created_at > work.now - ago)
    )
    return list(work.session.exec(query))


def last_words(work: Work, row: PortalAccess) -> str:
    """The message of the invitation before."""
    query = select(Invitation.message).where(Invitation.portal_access_id == row.id)
    return work.session.exec(query.order_by(col(Invitation.id).desc()).limit(1)).first() or ""


def record(work: Work, case: Case, kind: str, action: str, **facts: str) -> None:
    """Write what happened to the contact's access, for timelines and the audit log."""
    work.note(
        kind,
        firm_id=case.firm.id,
        client_id=case.client.id,
        contact_id=case.contact.id,
        facts={"name": case.contact.name},
    )
    work.audit(
        action,
        firm_id=case.firm.id,
        subject_kind="contact",
        subject_id=case.contact.id,
        client_id=case.client.id,
        **facts,
    )
    work.ring(f"firm:{case.firm.id}")
