"""What an account made without an invitation reaches, and who may have one at all (3.7)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import col, select

from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    ClientRequest,
    Contact,
    Firm,
    PortalAccess,
    PortalAccount,
    Recipient,
)
from portal_app.services.triage import triage
from portal_app.work import Work

GIVEN = (AccessStatus.GIVEN, AccessStatus.INVITED, AccessStatus.UNDELIVERABLE)
"""Staff meant this person to come in; an invitation that expired took none of it back."""
WITHOUT = (AccessStatus.NONE,)


def may_have_account(work: Work, contact: Contact) -> bool:
    """Whether *Create an account* goes on for this contact: the firm's portal is on, and a client is there for them."""
    firm = work.session.get_one(Firm, contact.firm_id)
    account = work.session.exec(select(PortalAccount).where(PortalAccount.contact_id == contact.id)).first()
    if firm.portal_on_at is None or contact.archived_at is not None or not contact.email:
        return False
    if account is not None and account.disabled_at is not None:
        return False
    return any(True for _client, access in _clients(work, contact) if _lets_in(access)) or any(
        True for _found in _sent(work, contact)
    )


def give(work: Work, contact: Contact, *, is_new: bool = True) -> None:
    """Give the account the access that was given, else limited access to clients whose requests it was sent.

    So it is for a new account, and at each sign-in to an old one for clients that came since; there an invitation
    is still accepted by its own link (3.4). The assigned staff are told of each client (2.11).
    """
    for client, access in _clients(work, contact):
        if access.status in (GIVEN if is_new else GIVEN[:1]):
            access.status, access.accepted_at = AccessStatus.ACCEPTED, work.now
            work.add(access)
            _record(work, client, contact, access, is_new=is_new)
    for client, kept in _sent(work, contact):
        access = kept or PortalAccess(
            firm_id=contact.firm_id,
            client_id=client.id,
            contact_id=contact.id,
            created_at=work.now,
        )
        access.level, access.status, access.accepted_at = (
            AccessLevel.LIMITED,
            AccessStatus.ACCEPTED,
            work.now,
        )
        work.add(access)
        _record(work, client, contact, access, is_new=is_new)


def _lets_in(access: PortalAccess) -> bool:
    return access.status in GIVEN or access.status is AccessStatus.ACCEPTED


def _clients(work: Work, contact: Contact) -> list[tuple[Client, PortalAccess]]:
    """The contact's clients whose portal is on, with the access that stands there."""
    query = (
        select(Client, PortalAccess)
        .join(PortalAccess, col(PortalAccess.client_id) == Client.id)
        .join(
            ClientContact,
            (col(ClientContact.client_id) == Client.id)
            & (col(ClientContact.contact_id) == PortalAccess.contact_id),
        )
        .where(
            PortalAccess.contact_id == contact.id,
            col(Client.portal_on_at).is_not(None),
            col(Client.archived_at).is_(None),
        )
    )
    return list(work.session.exec(query.order_by(col(Client.id))).all())


def _sent(work: Work, contact: Contact) -> Iterator[tuple[Client, PortalAccess | None]]:
    """Clients whose requests the contact was sent, none of them withdrawn, where no access was given or taken."""
    query = (
        select(Client)
        .join(ClientRequest, col(ClientRequest.client_id) == Client.id)
        .join(Recipient, col(Recipient.request_id) == ClientRequest.id)
        .where(
            Recipient.contact_id == contact.id,
            col(Recipient.removed_at).is_(None),
            col(Recipient.last_sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(Client.portal_on_at).is_not(None),
            col(Client.archived_at).is_(None),
        )
        .distinct()
    )
    stands = {
        row.client_id: row
        for row in work.session.exec(select(PortalAccess).where(PortalAccess.contact_id == contact.id))
    }
    for client in sorted(work.session.exec(query).all(), key=lambda one: one.id):
        access = stands.get(client.id)
        if access is None or access.status in WITHOUT:
            yield client, access


def _record(work: Work, client: Client, contact: Contact, access: PortalAccess, *, is_new: bool) -> None:
    kind = "signed_up" if is_new else "access_by_sign_in"
    work.note(kind, firm_id=client.firm_id, client_id=client.id, contact_id=contact.id, staff_id=None)
    work.audit(
        "access:given",
        firm_id=client.firm_id,
        subject_kind="contact",
        subject_id=contact.id,
        client_id=client.id,
        level=access.level.value,
        by="sign_up",
    )
    triage.notify_assigned(
        work, client, "signed_up", contact=contact, once_key=f"signed_up:{client.id.hex}:{contact.id.hex}"
    )
    work.ring(f"firm:{client.firm_id}", f"contact:{contact.id}")
