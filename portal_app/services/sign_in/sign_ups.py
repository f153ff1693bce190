"""*Create an account* (3.7, 3.8): the address first, then a link to it, then a password and the second step.

The e-mail to go on goes only to whom the firm lets in; everybody else sees the same page and gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import NotFound
from portal_app.domain.passwords import check_password
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.sign_in import RESETS, SIGN_UP_LASTS_FOR, email_key, way_back
from portal_app.models import Contact, Firm, PortalAccount, SignUpLink
from portal_app.ports import Ports
from portal_app.services.invitations import invitation_rows
from portal_app.services.sign_in import sign_in_mail, sign_up_access, tries
from portal_app.services.sign_in.account_making import begin_session, make_account
from portal_app.services.sign_in.accounts import Entrance, Visit, contact_at
from portal_app.services.sign_in.sign_in import PasswordGiven
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class SignUp:
    """A link that still works, as its page shows it."""

    name: str
    email: str


def ask_sign_up(ports: Ports, entrance: Entrance, email: str, visit: Visit, next_path: str = "") -> None:
    """E-mail the way on to whom the firm lets in, say nothing either way; who has an account is led to sign in.

    At most one e-mail a minute and five an hour an address. Call it once the answer has left: what it does for
    a contact takes longer than what it does for anybody else.
    """
    with reading(ports, visit.nobody) as work:
        is_known = contact_at(work.session, entrance, email) is not None
    if not is_known or not tries.take(ports.limiter, tries.counter("sign_up", entrance, email, None), RESETS):
        return
    with begin(ports, visit.nobody) as work:
        contact = contact_at(work.session, entrance, email, lock=True)
        if contact is None or not sign_up_access.may_have_account(work, contact):
            return
        account = _account(work, contact)
        if account is not None and account.password_hash is not None:
            sign_in_mail.send_has_account(work, _firm(work, contact), contact)
            return
        _send_link(work, contact, way_back(next_path, Kind.CLIENT) if next_path else "")


def look_sign_up(ports: Ports, entrance: Entrance, token: str) -> SignUp:
    """Whose account the link makes; looking changes nothing. Raises `NotFound` where it works no more."""
    with reading(ports, Visit().nobody) as work:
        _row, contact = _open(work, entrance, token)
        return SignUp(contact.name, contact.email)


def sign_up(ports: Ports, entrance: Entrance, token: str, password: str, visit: Visit) -> PasswordGiven:
    """Make the account, accept every open invitation (3.8), and give it the access of 3.7; the second step follows.

    Of two presses at once the first makes it. Raises `BadInput` for a password that is not good enough (the
    link still works), else `NotFound`.
    """
    with reading(ports, visit.nobody) as work:
        _row, contact = _open(work, entrance, token)
        firm_name, email = _firm(work, contact).name, contact.email
    check_password(password, firm_name=firm_name, email=email)
    hashed = ports.passwords.hash(password)
    with begin(ports, _as(visit, entrance, contact)) as work:
        row, contact = _open(work, entrance, token, lock=True)
        row.used_at = work.now
        work.add(row)
        _end_open(work, contact)
        make_account(work, contact, _account(work, contact, lock=True), hashed, shown_client_id=None)
        for offer in invitation_rows.open_of(work, contact.id):
            invitation_rows.accept(work, offer)
        sign_up_access.give(work, contact)
        given = begin_session(work, contact.id, visit, row.next_path)
        if given is None:
            raise _gone()
        return given


def _as(visit: Visit, entrance: Entrance, contact: Contact) -> Actor:
    return Actor(
        kind=Kind.CLIENT,
        firm_id=entrance.firm_id,
        locale=visit.locale,
        address=visit.address,
        contact_id=contact.id,
    )


def _send_link(work: Work, contact: Contact, next_path: str) -> None:
    _end_open(work, contact)
    token = new_token()
    row = SignUpLink(
        firm_id=contact.firm_id,
        token_hash=token_hash(token),
        contact_id=contact.id,
        email=contact.email,
        next_path=next_path,
        created_at=work.now,
        expires_at=work.now + SIGN_UP_LASTS_FOR,
    )
    work.add(row)
    sign_in_mail.send_sign_up(work, _firm(work, contact), contact, token, row)
    work.audit("account:asked", firm_id=contact.firm_id, subject_kind="contact", subject_id=contact.id)


def _open(work: Work, entrance: Entrance, token: str, *, lock: bool = False) -> tuple[SignUpLink, Contact]:
    """The link's row and whose it is, while it works; with `lock` the contact and then the row stay locked."""
    row = work.session.exec(select(SignUpLink).where(SignUpLink.token_hash == token_hash(token))).first()
    if row is None or row.firm_id != entrance.firm_id:
        raise _gone()
    contact = work.session.get_one(Contact, row.contact_id)
    if lock:
        work.session.refresh(contact, with_for_update=True)
        work.session.refresh(row, with_for_update=True)
    account = _account(work, contact)
    is_open = row.used_at is None and row.ended_at is None and work.now < row.expires_at
    is_same = contact.archived_at is None and contact.email_key == email_key(row.email)
    has_one = account is not None and account.password_hash is not None
    if not is_open or not is_same or has_one or not sign_up_access.may_have_account(work, contact):
        raise _gone()
    return row, contact


def _gone() -> NotFound:
    return NotFound(_("This link works no more. Ask for a new one."))


def _end_open(work: Work, contact: Contact) -> None:
    """Links sent before end: the newest alone works."""
    still = select(SignUpLink).where(
        SignUpLink.contact_id == contact.id,
        col(SignUpLink.used_at).is_(None),
        col(SignUpLink.ended_at).is_(None),
    )
    for row in work.session.exec(still):
        row.ended_at = work.now
        work.add(row)


def _account(work: Work, contact: Contact, *, lock: bool = False) -> PortalAccount | None:
    query = select(PortalAccount).where(PortalAccount.contact_id == contact.id)
    return work.session.exec(query.with_for_update() if lock else query).first()


def _firm(work: Work, contact: Contact) -> Firm:
    return work.session.get_one(Firm, contact.firm_id)
