"""Accepting an invitation to the staff: a password, then the second step as at every sign-in (1.13, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.issuers import Ways, ways
from portal_app.domain.passwords import check_password
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import Firm, Staff, StaffInvitation
from portal_app.ports import Ports
from portal_app.services.sign_in import second_step
from portal_app.services.sign_in.accounts import Person, Visit
from portal_app.services.sign_in.allowed import issuer_name, issuer_of
from portal_app.services.sign_in.opening import new_session
from portal_app.services.sign_in.sign_in import PasswordGiven
from portal_app.services.team.team import write_down
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class Joining:
    """An open invitation as its page shows it."""

    firm_name: str
    name: str
    email: str
    ways: Ways
    issuer_name: str


def look_invitation(ports: Ports, token: str) -> Joining:
    """Whom the link asks to join which firm; looking changes nothing. Raises `NotFound` where it works no more."""
    with reading(ports, Actor.nobody()) as work:
        row, firm = open_invitation(work, token)
        issuer = issuer_of(work, firm.id)
        allowed = ways(firm.staff_sign_in, row.role, has_issuer=issuer is not None)
        name = issuer_name(issuer) if issuer else ""
        return Joining(firm.name, row.name, row.email, allowed, name)


def join(ports: Ports, token: str, password: str, visit: Visit) -> PasswordGiven:
    """Become staff, and go on to the second step and then to setting up an app for it.

    Of two presses at once the first does it. Raises `BadInput` for a password that is not good enough (the link
    still works), else `NotFound`.
    """
    with reading(ports, visit.nobody) as work:
        row, firm = open_invitation(work, token)
        _refuse_password(work, firm, row)
    check_password(password, firm_name=firm.name, email=row.email)
    hashed = ports.passwords.hash(password)
    with begin(ports, visit.nobody) as work:
        row, firm = open_invitation(work, token, lock=True)
        _refuse_password(work, firm, row)
        person = become_staff(work, firm, row, visit, password_hash=hashed)
        given = new_token()
        session = new_session(ports, person, visit, given, "")
        work.add(session)
        work.session.flush()
        second_step.offer(work, session, person, visit)
        return PasswordGiven(given, None)


def become_staff(
    work: Work, firm: Firm, row: StaffInvitation, visit: Visit, *, password_hash: str | None
) -> Person:
    """Use the invitation up; gives the new staff member."""
    row.accepted_at = work.now
    made = Staff(
        firm_id=firm.id,
        email=row.email,
        email_key=row.email_key,
        name=row.name,
        role=row.role,
        locale=row.locale,
        password_hash=password_hash,
        created_at=work.now,
    )
    work.add(row, made)
    try:
        work.session.flush()
    except IntegrityError:  # another firm took the address a moment ago
        raise _gone() from None
    person = Person(firm, made, made.name, made.email, made.locale, staff_id=made.id)
    work.actor = replace(person.actor(visit), session_id=None)
    write_down(work, firm, "joined", made.id, role=made.role.value)
    return person


def open_invitation(work: Work, token: str, *, lock: bool = False) -> tuple[StaffInvitation, Firm]:
    """The invitation behind a link while it is open, to an address that nobody of the staff has. Raises `NotFound`."""
    query = select(StaffInvitation).where(StaffInvitation.token_hash == token_hash(token))
    row = work.session.exec(query.with_for_update() if lock else query).first()
    if row is None:
        raise _gone()
    return row, still_open(work, row)


def still_open(work: Work, row: StaffInvitation) -> Firm:
    """The firm that an open invitation is of. Raises `NotFound` where it is over, or the address works somewhere."""
    is_open = row.accepted_at is None and row.ended_at is None
    if not is_open or work.now >= row.expires_at or _is_taken(work, row):
        raise _gone()
    return work.session.get_one(Firm, row.firm_id)


def _gone() -> NotFound:
    return NotFound(_("This link works no more. Ask whoever invited you for a new one."))


def _is_taken(work: Work, row: StaffInvitation) -> bool:
    return work.session.exec(select(Staff.id).where(Staff.email_key == row.email_key)).first() is not None


def _refuse_password(work: Work, firm: Firm, row: StaffInvitation) -> None:
    if not ways(firm.staff_sign_in, row.role, has_issuer=issuer_of(work, firm.id) is not None).password:
        raise NotFound(_("There is nothing here."))
