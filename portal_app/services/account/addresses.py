"""One's own new e-mail address: confirmed by a link to it, and the old one is told (2.18, 4.7).

The link alone does not do it: whoever presses is signed in as that person, or gives their password, since a
mistyped address is somebody else's mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.addresses import LONGEST, is_mailable
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.secrets import token_hash
from portal_app.domain.sign_in import TRIES, email_key
from portal_app.models import AddressChange, Contact, Staff
from portal_app.ports import Ports
from portal_app.services import typed
from portal_app.services.account import readdressed
from portal_app.services.account.own import own
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import address_links, sign_in_mail, step_up, tries
from portal_app.services.sign_in.accounts import Entrance, Person, Visit, by_id
from portal_app.text import _
from portal_app.work import Work, begin, reading

ASKED: Final = ("5/hour", "10/day")
"""Links to new addresses in one session: a mistyped one is corrected at once, strangers are not written to."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The page that asks for the new address: the one of now, and the one that waits to be confirmed."""

    letterhead: Letterhead
    email: str
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class Confirming:
    """What the link's page shows: the new address, and whether a password is asked for."""

    letterhead: Letterhead
    email: str
    is_signed_in: bool
    has_password: bool


def look(ports: Ports, actor: Actor) -> Asking:
    """What the page shows. Raises `ConfirmNeeded` where password or MFA are to be given first, `SignInNeeded`."""
    with reading(ports, actor) as work:
        step_up.need_fresh(work)
        person = own(work)
        return Asking(sign_in_mail.head(work, person), person.email, waiting(work, person))


def ask_change(ports: Ports, actor: Actor, email: str) -> str:
    """Send a link to the new address; gives the address as it was read. Nothing changes until it is pressed.

    Where the address is somebody else's nothing is sent, and nothing says so (2.16). Raises `BadInput` beside the
    field, `ConfirmNeeded`, `TryLater` after too many.
    """
    new = typed.line(email, "email", longest=LONGEST)
    if not is_mailable(new):
        raise BadInput(_("Write an address like name@company.ca."), field="email")
    with reading(ports, actor) as work:
        step_up.need_fresh(work)
        if email_key(own(work).email) == email_key(new):
            raise BadInput(_("This is your address already."), field="email")
    counted = f"address:{actor.session_id}"
    if not tries.take(ports.limiter, counted, ASKED):
        raise tries.full(ports, counted, ASKED)
    with begin(ports, actor) as work:
        person = own(work, lock=True)
        step_up.need_fresh(work)
        address_links.end_open(work, person)
        if _is_free(work, person, new):
            address_links.send(work, person, new)
        work.audit(
            "address_change:asked",
            firm_id=person.firm.id,
            subject_kind=person.kind.value,
            subject_id=person.id,
        )
    return new


def look_link(ports: Ports, entrance: Entrance, actor: Actor, token: str) -> Confirming:
    """What the link's page shows; looking changes nothing. Raises `NotFound` where it works no more."""
    with reading(ports, actor) as work:
        row, person = _found(work, entrance, token)
        return Confirming(
            sign_in_mail.head(work, person),
            row.email,
            is_signed_in=_is_own(actor, person),
            has_password=person.holder.password_hash is not None,
        )


def confirm(ports: Ports, entrance: Entrance, actor: Actor, token: str, password: str, visit: Visit) -> None:
    """The address is theirs: from now on they sign in by it, and what went to the old one ends (2.18).

    Raises `BadInput` for a wrong password where it is asked for, `TryLater`, `NotFound` for a link that works no more.
    """
    with reading(ports, actor) as work:
        row, person = _found(work, entrance, token)
    if not _is_own(actor, person):
        _check_password(ports, row, person, password)
    asker = person.actor(visit, actor.session_id if _is_own(actor, person) else None)
    try:
        _confirmed(ports, entrance, asker, token, visit)
    except IntegrityError:  # somebody else got the address at the same moment
        raise _gone() from None


def _confirmed(ports: Ports, entrance: Entrance, asker: Actor, token: str, visit: Visit) -> None:
    with begin(ports, asker) as work:
        row, person = _found(work, entrance, token, lock=True)
        row.used_at = work.now
        work.add(row)
        if not _is_free(work, person, row.email):
            raise _gone()
        sign_in_mail.tell(work, person, SecurityEvent.ADDRESS_CHANGED, browser_name(visit.browser))
        if email_key(row.email) == email_key(person.email):
            address_links.confirm_given(work, person)
        else:
            readdressed.move(work, person, row)


def waiting(work: Work, person: Person) -> str:
    """The new address that waits to be confirmed; else empty."""
    rows = address_links.open_of(work, person)
    return rows[-1].email if rows else ""


def _check_password(ports: Ports, row: AddressChange, person: Person, password: str) -> None:
    counted = f"address_confirm:{row.id.hex}"
    if not tries.take(ports.limiter, counted, TRIES):
        raise tries.full(ports, counted, TRIES)
    if not ports.passwords.verify(person.holder.password_hash, password):
        raise BadInput(_("This is not your password."), field="password")


def _is_own(actor: Actor, person: Person) -> bool:
    mine = actor.staff_id if person.kind is Kind.STAFF else actor.contact_id
    return actor.session_id is not None and mine == person.id


def _is_free(work: Work, person: Person, email: str) -> bool:
    """Whether nobody else has the address: of the firm's contacts, or of all staff (1.2, 2.16)."""
    key = email_key(email)
    if person.staff_id is not None:
        other = work.session.exec(select(Staff.id).where(Staff.email_key == key)).first()
        return other in (None, person.staff_id)
    query = select(Contact.id).where(Contact.firm_id == person.firm.id, Contact.email_key == key)
    return work.session.exec(query).first() in (None, person.contact_id)


def _found(work: Work, entrance: Entrance, token: str, *, lock: bool = False) -> tuple[AddressChange, Person]:
    """The link's row and whose it is; with `lock` the account and then the row stay locked."""
    query = select(AddressChange).where(AddressChange.token_hash == token_hash(token))
    row = work.session.exec(query).first()
    person = by_id(work.session, row.staff_id, row.contact_id, lock=lock) if row else None
    if row is not None and lock:
        work.session.refresh(row, with_for_update=True)
    is_open = row is not None and row.used_at is None and row.ended_at is None and work.now < row.expires_at
    if row is None or person is None or not is_open or person.entrance != entrance:
        raise _gone()
    return row, person


def _gone() -> NotFound:
    return NotFound(_("This link works no more. Ask for a new one."))
