"""Who may sign in where: staff at one page, a firm's contacts with an account at the firm's own (1.2, 4.9)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.sign_in import email_key
from portal_app.models import Contact, Firm, KnownBrowser, PortalAccount, SignInSession, Staff
from portal_app.ports import Ports
from portal_app.services.firm.letterheads import letterhead
from portal_app.text import _
from portal_app.work import reading


@dataclass(frozen=True, slots=True)
class Entrance:
    """A sign-in page: the staff's (`firm_id` None), or one firm's for its clients."""

    kind: Kind
    firm_id: UUID | None = None

    @property
    def name(self) -> str:
        """Distinguishes the same address at two entrances (4.8, 4.9)."""
        return "staff" if self.firm_id is None else self.firm_id.hex


STAFF_ENTRANCE = Entrance(Kind.STAFF)


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody signs in: network address, browser, its device row, language."""

    address: str = ""
    browser: str = ""
    device_id: UUID | None = None
    locale: str = "en"

    @property
    def nobody(self) -> Actor:
        """The one who asks, before it is known who."""
        return Actor.nobody(self.locale, self.address)


@dataclass(frozen=True)
class Person:
    """Somebody with a sign-in; `holder` is the row that keeps password and authenticator."""

    firm: Firm
    holder: Staff | PortalAccount
    name: str
    email: str
    locale: str
    staff_id: UUID | None = None
    contact_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """The staff member's or the contact's number."""
        return self.staff_id or self.contact_id or self.holder.id

    @property
    def kind(self) -> Kind:
        """Staff or client."""
        return Kind.STAFF if self.staff_id else Kind.CLIENT

    @property
    def is_readdressed(self) -> bool:
        """Whether the firm changed their address, and they have not confirmed it yet (2.17)."""
        return isinstance(self.holder, PortalAccount) and self.holder.readdressed_at is not None

    @property
    def entrance(self) -> Entrance:
        """Where this person signs in."""
        return STAFF_ENTRANCE if self.staff_id else Entrance(Kind.CLIENT, self.firm.id)

    def actor(self, visit: Visit, session_id: UUID | None = None) -> Actor:
        """This person as one who asks."""
        return Actor(
            kind=self.kind,
            firm_id=self.firm.id,
            role=self.holder.role if isinstance(self.holder, Staff) else None,
            session_id=session_id,
            locale=visit.locale,
            address=visit.address,
            staff_id=self.staff_id,
            contact_id=self.contact_id,
        )


@dataclass(frozen=True)
class FirmDoor:
    """A firm's own sign-in page (1.7)."""

    entrance: Entrance
    slug: str
    letterhead: Letterhead


def firm_door(ports: Ports, slug: str) -> FirmDoor:
    """The sign-in page of the firm with that address part. Raises `NotFound`."""
    with reading(ports, Actor.nobody()) as work:
        firm = work.session.exec(select(Firm).where(Firm.slug == slug)).first()
        if firm is None:
            raise NotFound(_("There is nothing here."))
        return FirmDoor(Entrance(Kind.CLIENT, firm.id), firm.slug, letterhead(ports.settings, firm))


def by_address(session: Session, entrance: Entrance, email: str) -> Person | None:
    """Whose sign-in this address is at that entrance; None where there is none, or it is shut.

    An address that the firm gave a contact opens nothing before they confirm it (2.17).
    """
    person = _at(session, entrance, email)
    return None if person is None or person.is_readdressed else person


def readdressed(session: Session, entrance: Entrance, email: str) -> Person | None:
    """Whose account waits for this address to be confirmed (2.17)."""
    person = _at(session, entrance, email)
    return person if person is not None and person.is_readdressed else None


def contact_at(session: Session, entrance: Entrance, email: str, *, lock: bool = False) -> Contact | None:
    """The firm's contact with this address, with or without an account; None where archived or unknown."""
    query = select(Contact).where(
        Contact.firm_id == entrance.firm_id,
        Contact.email_key == email_key(email),
        col(Contact.archived_at).is_(None),
    )
    return session.exec(query.with_for_update() if lock else query).first()


def by_row(session: Session, row: SignInSession, *, lock: bool = False) -> Person | None:
    """Whose session this is; None where they may no longer sign in. With `lock` their sign-in stays locked."""
    return by_id(session, row.staff_id, row.contact_id, lock=lock)


def by_id(
    session: Session, staff_id: UUID | None, contact_id: UUID | None, *, lock: bool = False
) -> Person | None:
    """The staff member, or the contact with an account; None where they may not sign in."""
    if staff_id is not None:
        query = select(Staff).where(Staff.id == staff_id)
        return _staff(session, session.exec(query.with_for_update() if lock else query).first())
    if contact_id is None:
        return None
    return _contact(session, session.get(Contact, contact_id), lock=lock)


def known_browser(session: Session, person: Person, device_id: UUID | None) -> KnownBrowser | None:
    """What says that this person signed in with this browser before (4.2)."""
    if device_id is None:
        return None
    return session.exec(
        select(KnownBrowser).where(
            KnownBrowser.device_id == device_id,
            KnownBrowser.staff_id == person.staff_id,
            KnownBrowser.contact_id == person.contact_id,
        )
    ).first()


def _at(session: Session, entrance: Entrance, email: str) -> Person | None:
    if entrance.firm_id is None:
        staff = session.exec(select(Staff).where(Staff.email_key == email_key(email))).first()
        return _staff(session, staff)
    return _contact(session, contact_at(session, entrance, email))


def _staff(session: Session, row: Staff | None) -> Person | None:
    firm = session.get(Firm, row.firm_id) if row else None
    if row is None or firm is None or row.deactivated_at is not None:
        return None
    return Person(firm, row, row.name, row.email, row.locale, staff_id=row.id)


def _contact(session: Session, row: Contact | None, *, lock: bool = False) -> Person | None:
    if row is None or row.archived_at is not None:
        return None
    query = (
        select_rows(PortalAccount, Firm)
        .join(Firm, col(Firm.id) == PortalAccount.firm_id)
        .where(
            col(PortalAccount.contact_id) == row.id,
            col(PortalAccount.disabled_at).is_(None),
            col(PortalAccount.password_hash).is_not(None),
            col(Firm.portal_on_at).is_not(None),
        )
    )
    found = session.execute(query.with_for_update(of=PortalAccount) if lock else query).first()
    if found is None:
        return None
    account, firm = found
    return Person(firm, account, row.name, row.email, row.locale, contact_id=row.id)
