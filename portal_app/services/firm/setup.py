"""The first start (1.1): the firm and its owner, for whoever holds the key that the server printed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.passwords import check_password
from portal_app.domain.secrets import new_token, same
from portal_app.domain.sign_in import email_key
from portal_app.models import Firm, SetupKey, Staff
from portal_app.ports import Ports
from portal_app.services.mail.post import is_usable
from portal_app.services.sign_in import tries
from portal_app.services.sign_in.accounts import Person, Visit
from portal_app.services.sign_in.opening import SignedIn, new_session, open_session
from portal_app.services.typed import line
from portal_app.text import LANGUAGES, _
from portal_app.work import begin, reading

_ABOUT = b"set-up key"


@dataclass(frozen=True, slots=True)
class FirstFirm:
    """What is typed on the set-up page."""

    firm_name: str
    time_zone: str
    language: str
    owner_name: str
    email: str
    password: str
    has_email_codes: bool = True
    """Whether codes by e-mail count as a second step: the owner says so, knowing what they are worth (row 8)."""


def is_open(ports: Ports) -> bool:
    """Whether this installation still has no firm."""
    with reading(ports, Actor.nobody()) as work:
        return not _has_firm(work.session)


def setup_key(ports: Ports) -> str | None:
    """The key to print at start; None once there is a firm. Every process and every start says the same."""
    with reading(ports, Actor.nobody()) as work:
        if _has_firm(work.session):
            return None
        kept = work.session.get(SetupKey, 1)
    if kept is not None:
        return ports.sealer.unseal(kept.sealed, _ABOUT).decode()
    key = new_token()
    try:
        with begin(ports, Actor.timetable()) as work:
            work.add(SetupKey(sealed=ports.sealer.seal(key.encode(), _ABOUT)))
    except IntegrityError:
        return setup_key(ports)  # another process was first
    return key


def set_up(ports: Ports, key: str, first: FirstFirm, visit: Visit) -> SignedIn:
    """Make the firm and its owner, and sign the owner in: the printed key was their second factor.

    Raises `NotFound` once there is a firm, `BadInput` naming the field, `TryLater` for a flood.
    """
    tries.refuse_flood(ports, visit.address)
    if not is_open(ports):
        raise NotFound(_("There is nothing here."))
    if not same(key.strip().encode(), (setup_key(ports) or "").encode()):
        tries.went_wrong(ports, visit.address)
        raise BadInput(_("This is not the key that the server printed when it started."), field="key")
    checked = _checked(first)
    hashed = ports.passwords.hash(first.password)
    firm, owner = _rows(ports, checked, hashed)
    person = Person(firm, owner, owner.name, owner.email, owner.locale, staff_id=owner.id)
    session = new_session(ports, person, visit, new_token(), "")
    session.confirmed_at = (
        session.created_at
    )  # the password was given a moment ago: the second step is set up next
    with begin(ports, person.actor(visit, session.id)) as work:
        kept = work.session.get(SetupKey, 1, with_for_update=True)
        if kept is None or _has_firm(work.session):
            raise NotFound(_("There is nothing here."))
        work.session.delete(kept)
        for row in (firm, owner, session):
            work.add(row)
            work.session.flush()
        work.audit("firm:set_up", firm_id=firm.id, subject_kind="firm", subject_id=firm.id)
        return open_session(work, session, person, visit, factor="setup_key", is_new=True)


def slug_of(name: str) -> str:
    """The firm's part of its addresses: small letters, digits and hyphens; *cabinet* where nothing is left."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "cabinet"


def _has_firm(session: Session) -> bool:
    return session.exec(select(Firm.id).limit(1)).first() is not None


def _checked(first: FirstFirm) -> FirstFirm:
    firm_name = line(first.firm_name, "firm_name", longest=200, missing=_("Type the firm’s name."))
    if first.time_zone not in available_timezones():
        raise BadInput(_("Choose a time zone from the list."), field="time_zone")
    if first.language not in LANGUAGES:
        raise BadInput(_("Choose a language from the list."), field="language")
    owner_name = line(first.owner_name, "owner_name", longest=120, missing=_("Type your name."))
    email = checked_email(first.email)
    check_password(first.password, firm_name=firm_name, email=email)
    return replace(first, firm_name=firm_name, owner_name=owner_name, email=email)


def checked_email(typed: str, field: str = "email") -> str:
    """An address that can be written to. Raises `BadInput` naming `field`."""
    email = line(typed, field, longest=254, missing=_("Type an e-mail address."))
    if not is_usable(email):
        raise BadInput(_("This is not an e-mail address, like name@example.com."), field=field)
    return email


def _rows(ports: Ports, first: FirstFirm, hashed: str) -> tuple[Firm, Staff]:
    now = ports.clock.now()
    firm = Firm(
        slug=slug_of(first.firm_name),
        name=first.firm_name,
        locale=first.language,
        time_zone=first.time_zone,
        support_email=first.email,
        email_codes_at=now if first.has_email_codes else None,
        created_at=now,
    )
    owner = Staff(
        firm_id=firm.id,
        email=first.email,
        email_key=email_key(first.email),
        name=first.owner_name,
        role=Role.OWNER,
        locale=first.language,
        password_hash=hashed,
        created_at=now,
    )
    return firm, owner
