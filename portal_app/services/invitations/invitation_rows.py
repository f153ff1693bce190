"""Invitations and their links as rows: found, opened, accepted, ended (3.3, 3.8). No right is checked here.

Locks are taken in the order contact, account, session, invitation, portal access.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import invitations as rules
from portal_app.domain.errors import NotFound
from portal_app.domain.invitations import InvitationFacts, Standing
from portal_app.domain.links import Because
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.sign_in import email_key
from portal_app.models import (
    AccessStatus,
    Client,
    Contact,
    Firm,
    Invitation,
    InvitationLink,
    OutboxMail,
    PortalAccess,
    PortalAccount,
)
from portal_app.services.links import ways_in
from portal_app.services.triage import triage
from portal_app.text import _
from portal_app.work import Work

CANCELLED = "cancelled"
TAKEN_BACK = (CANCELLED, Because.REMOVED)
OFFERED = (AccessStatus.INVITED, AccessStatus.UNDELIVERABLE)


@dataclass(frozen=True)
class Offer:
    """An invitation and the rows it stands on."""

    invitation: Invitation
    access: PortalAccess
    contact: Contact
    client: Client
    firm: Firm
    account: PortalAccount | None


def find(work: Work, token: str, *, lock: bool = False) -> list[Offer]:
    """The invitations that a link leads to: one, or all of an e-mail for several clients (3.12), the open first.

    With `lock` contact, account and they stay locked. Raises `NotFound`.
    """
    query = select(Invitation).join(InvitationLink, col(InvitationLink.invitation_id) == Invitation.id)
    query = query.where(InvitationLink.hash == token_hash(token)).order_by(col(Invitation.id))
    rows = list(work.session.exec(query))
    if not rows:
        raise NotFound(_("There is nothing here."))
    if lock:
        contact = work.session.get_one(Contact, rows[0].contact_id)
        work.session.refresh(contact, with_for_update=True)
        account = select(PortalAccount).where(PortalAccount.contact_id == contact.id)
        work.session.exec(account.with_for_update()).first()
        for row in rows:
            work.session.refresh(row, with_for_update=True)
    offers = [_offer(work, row) for row in rows]
    return sorted(offers, key=lambda offer: tuple(Standing).index(standing(work, offer)))


def together(work: Work, invitation: Invitation) -> list[Offer]:
    """The invitations that one of its e-mails brought, itself among them (3.12)."""
    mine = select(InvitationLink.hash).where(InvitationLink.invitation_id == invitation.id)
    others = select(InvitationLink.invitation_id).where(col(InvitationLink.hash).in_(mine))
    query = select(Invitation).where(col(Invitation.id).in_(others)).order_by(col(Invitation.id))
    return [_offer(work, row) for row in work.session.exec(query.with_for_update())]


def standing(work: Work, offer: Offer) -> Standing:
    """Where the invitation stands now, whatever became of person, client and address since."""
    row, contact = offer.invitation, offer.contact
    is_shut = (
        row.ended_at is not None
        or contact.archived_at is not None
        or offer.client.archived_at is not None
        or offer.client.portal_on_at is None
        or offer.firm.portal_on_at is None
        or (offer.account is not None and offer.account.disabled_at is not None)
    )
    facts = InvitationFacts(
        row.expires_at,
        is_accepted=row.accepted_at is not None,
        is_cancelled=row.ended_because in TAKEN_BACK,
        is_readdressed=contact.email_key != email_key(row.email),
        is_shut=is_shut,
    )
    return rules.standing(facts, work.now)


def open_of(work: Work, contact_id: UUID, client_id: UUID | None = None) -> list[Offer]:
    """The contact's open invitations, locked; to one client, or to all."""
    query = select(Invitation).where(
        Invitation.contact_id == contact_id,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.ended_at).is_(None),
    )
    if client_id is not None:
        query = query.where(Invitation.client_id == client_id)
    rows = list(work.session.exec(query.order_by(col(Invitation.id)).with_for_update()))
    offers = [_offer(work, row) for row in rows]
    return [offer for offer in offers if standing(work, offer) is Standing.OPEN]


def new_link(work: Work, invitations: Sequence[Invitation]) -> tuple[InvitationLink, str]:
    """One more link to these invitations of one person, and its URL: the only time that its token is known.

    It ends no other (3.3). The row is of the first, whose id names the e-mail (`mail_key`).
    """
    token = new_token()
    rows = [
        InvitationLink(firm_id=one.firm_id, hash=token_hash(token), invitation_id=one.id, created_at=work.now)
        for one in invitations
    ]
    work.add(*rows)
    work.session.flush()
    return rows[0], work.ports.settings.public_url + routes.to(routes.INVITE, token=token)


def mail_key(link_id: UUID) -> str:
    """The dedupe key of the e-mail that bears this link."""
    return f"invitation:{link_id.hex}"


def accept(work: Work, offer: Offer) -> None:
    """Accept an open invitation: all its links end, and the contact reaches the client (3.3, 3.4).

    The client's assigned staff are told (2.11).
    """
    row, access, contact = offer.invitation, offer.access, offer.contact
    row.accepted_at = work.now
    access.status, access.accepted_at = AccessStatus.ACCEPTED, work.now
    work.add(row, access)
    _stop_mail(work, row, "accepted")
    work.note(
        "invitation_accepted",
        firm_id=offer.firm.id,
        client_id=offer.client.id,
        contact_id=contact.id,
        staff_id=None,
    )
    work.audit(
        "invitation:accepted",
        firm_id=offer.firm.id,
        subject_kind="invitation",
        subject_id=row.id,
        client_id=offer.client.id,
        level=access.level.value,
    )
    once_key = f"signed_up:{row.id.hex}"
    triage.notify_assigned(
        work, offer.client, "signed_up", contact=contact, once_key=once_key, is_invited=True
    )
    work.ring(f"firm:{offer.firm.id}", f"contact:{contact.id}")


def accept_by_sign_in(work: Work, invitation_id: UUID, account: PortalAccount) -> None:
    """Accept what somebody signed in for and what came with it (3.4, 3.12), where it is open and theirs (3.9)."""
    row = work.session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if row is None or row.contact_id != account.contact_id:
        return
    for offer in together(work, row):
        if standing(work, offer) is Standing.OPEN:
            accept(work, offer)
            account.shown_client_id = row.client_id
            work.add(account)


def end(
    work: Work, contact_id: UUID, because: str, status: AccessStatus, client_id: UUID | None = None
) -> None:
    """End a contact's invitations for good, to one client or to all; what was offered stands at `status` then.

    E-mails that wait do not leave. What was accepted stays as it is.
    """
    query = select(Invitation).where(
        Invitation.contact_id == contact_id,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.ended_at).is_(None),
    )
    if client_id is not None:
        query = query.where(Invitation.client_id == client_id)
    for row in work.session.exec(query.order_by(col(Invitation.id)).with_for_update()):
        row.ended_at, row.ended_because = work.now, because
        work.add(row)
        _stop_mail(work, row, because)
        access = work.session.get_one(PortalAccess, row.portal_access_id, with_for_update=True)
        if access.status in OFFERED:
            access.status = status
            work.add(access)


def stop_mail_of_client(work: Work, client_id: UUID, because: str) -> None:
    """Stop invitations to a client that wait to leave (2.15)."""
    query = select(Invitation).where(
        Invitation.client_id == client_id,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.ended_at).is_(None),
    )
    for row in work.session.exec(query.order_by(col(Invitation.id))).all():
        _stop_mail(work, row, because)


def came_back(work: Work, contact_id: UUID) -> None:
    """An invitation could not be delivered: what was offered is *undeliverable* (3.5); its links stay open."""
    query = select(PortalAccess).where(
        PortalAccess.contact_id == contact_id, PortalAccess.status == AccessStatus.INVITED
    )
    for access in work.session.exec(query.with_for_update()):
        access.status = AccessStatus.UNDELIVERABLE
        work.add(access)
        work.ring(f"firm:{access.firm_id}")


def _stop_mail(work: Work, invitation: Invitation, because: str) -> None:
    """Stop what waits to leave for it, unless the same e-mail invites to another client that is open (3.12)."""
    work.session.flush()
    still = any(standing(work, offer) is Standing.OPEN for offer in together(work, invitation))
    if not still:
        mine = select(InvitationLink.hash).where(InvitationLink.invitation_id == invitation.id)
        links = select(InvitationLink.id).where(col(InvitationLink.hash).in_(mine))
        _stop(work, work.session.exec(links).all(), because)


def _stop(work: Work, links: Sequence[UUID], because: str) -> None:
    if links:
        keys = [mail_key(link_id) for link_id in links]
        ways_in.cancel_mail(work, because, col(OutboxMail.dedupe_key).in_(keys))


def _offer(work: Work, row: Invitation) -> Offer:
    query = (
        select_rows(PortalAccess, Contact, Client, Firm, PortalAccount)
        .join(Contact, col(Contact.id) == PortalAccess.contact_id)
        .join(Client, col(Client.id) == PortalAccess.client_id)
        .join(Firm, col(Firm.id) == PortalAccess.firm_id)
        .outerjoin(PortalAccount, col(PortalAccount.contact_id) == PortalAccess.contact_id)
        .where(col(PortalAccess.id) == row.portal_access_id)
    )
    access, contact, client, firm, account = work.session.execute(query).one()
    return Offer(row, access, contact, client, firm, account)
