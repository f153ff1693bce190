"""The link by e-mail that confirms a person's new address: one day, once, the newest alone (2.17, 2.18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import AddressChange, PortalAccount
from portal_app.services.sign_in import sign_in_mail
from portal_app.services.sign_in.accounts import Person, by_id
from portal_app.work import Work

LASTS_FOR: Final = timedelta(hours=24)
"""As short as lets somebody wait for a mailbox that their employer has yet to open."""


def send(work: Work, person: Person, new: str) -> None:
    """E-mail the new address a link that confirms it; those sent before end."""
    end_open(work, person)
    token = new_token()
    row = AddressChange(
        firm_id=person.firm.id,
        token_hash=token_hash(token),
        staff_id=person.staff_id,
        contact_id=person.contact_id,
        email=new,
        created_at=work.now,
        expires_at=work.now + LASTS_FOR,
    )
    work.add(row)
    sign_in_mail.send_address_change(work, person, token, row)


def readdress(work: Work, contact_id: UUID) -> None:
    """The firm changed a contact's address: their account, if any, opens again once they confirm it (2.17)."""
    account = work.session.exec(
        select(PortalAccount).where(PortalAccount.contact_id == contact_id).with_for_update()
    ).first()
    if account is None or account.password_hash is None:
        return
    account.readdressed_at = work.now
    work.add(account)
    work.session.flush()
    person = by_id(work.session, None, contact_id)
    if person is not None and person.email:
        send(work, person, person.email)


def confirm_given(work: Work, person: Person) -> None:
    """The address that the firm gave them is theirs: the account opens by it from now on (2.17)."""
    if isinstance(person.holder, PortalAccount):
        person.holder.readdressed_at = None
        work.add(person.holder)
    work.audit(
        "address:confirmed", firm_id=person.firm.id, subject_kind=person.kind.value, subject_id=person.id
    )


def open_of(work: Work, person: Person) -> list[AddressChange]:
    """The links that work still, oldest first."""
    query = select(AddressChange).where(
        AddressChange.staff_id == person.staff_id,
        AddressChange.contact_id == person.contact_id,
        col(AddressChange.used_at).is_(None),
        col(AddressChange.ended_at).is_(None),
        col(AddressChange.expires_at) > work.now,
    )
    return list(work.session.exec(query.order_by(col(AddressChange.id))))


def end_open(work: Work, person: Person) -> None:
    """Links sent before end: the newest alone works, and none after a change."""
    for row in open_of(work, person):
        row.ended_at = work.now
        work.add(row)
