"""The authenticator app (TOTP, RFC 6238): setting it up, and spending its codes, each time step once (4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import CursorResult, update
from sqlmodel import col

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import BadInput, RuleBroken, SignInNeeded
from portal_app.domain.sign_in import TRIES, six_digits
from portal_app.models import PortalAccount, Staff
from portal_app.ports import Ports
from portal_app.services import sign_in_mail, tries
from portal_app.services.accounts import Person, Visit, by_id
from portal_app.services.emails import SecurityEvent
from portal_app.text import _
from portal_app.work import Work, begin, reading

ISSUER = "Comptoir"
STEPS_OFF = 1
"""How many steps of 30 seconds the phone's clock may be off, each way."""


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What the set-up page shows: the key while it is not confirmed, else that it is."""

    is_set_up: bool
    key: str = ""
    address: str = ""
    """otpauth://…, for the QR code."""


def authenticator(ports: Ports, actor: Actor) -> Authenticator:
    """Where the set-up stands. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        person = _asker(work, actor)
        if person.holder.totp_confirmed_at is not None or person.holder.totp_sealed is None:
            return Authenticator(is_set_up=person.holder.totp_confirmed_at is not None)
        key = _key(work, person.holder)
        totp = pyotp.TOTP(key, issuer=person.firm.name or ISSUER, name=person.email)
        return Authenticator(is_set_up=False, key=key, address=totp.provisioning_uri())


def new_key(ports: Ports, actor: Actor) -> None:
    """Make a key to scan; nothing changes until it is confirmed. Raises `RuleBroken` where one is in use."""
    with begin(ports, actor) as work:
        holder = _asker(work, actor, lock=True).holder
        _refuse_second(holder)
        holder.totp_sealed = work.ports.sealer.seal(pyotp.random_base32().encode(), _about(holder))
        work.add(holder)


def confirm(ports: Ports, actor: Actor, *, password: str, typed: str, visit: Visit) -> None:
    """From now on sign-in asks the app: with the password again, since this changes the way in (4.7).

    Raises `BadInput` naming `password` or `code`, `RuleBroken` where an app is set up, `TryLater`.
    """
    with reading(ports, actor) as work:
        stored = _asker(work, actor).holder.password_hash
    counted = f"confirm:{actor.session_id}"
    if not tries.take(ports.limiter, counted, TRIES):
        raise tries.full(ports, counted, TRIES)
    if not ports.passwords.verify(stored, password):
        raise BadInput(_("This is not your password."), field="password")
    with begin(ports, actor) as work:
        person = _asker(work, actor, lock=True)
        _refuse_second(person.holder)
        if person.holder.totp_sealed is None or not spend(work, person.holder, six_digits(typed)):
            raise BadInput(_("That code does not match. Type the one that the app shows now."), field="code")
        person.holder.totp_confirmed_at = work.now
        work.add(person.holder)
        work.audit("mfa:set_up", firm_id=person.firm.id, subject_kind=person.kind.value, factor="totp")
        sign_in_mail.tell(work, person, SecurityEvent.MFA_CHANGED, browser_name(visit.browser))


def spend(work: Work, holder: Staff | PortalAccount, code: str) -> bool:
    """Whether the app shows this code now, or did or will in the step beside it; then that step is spent.

    One conditional UPDATE: of two that give the same code at once, one is right.
    """
    try:
        step = pyotp.TOTP(_key(work, holder)).verify_and_get_timecode(
            code, for_time=work.now, valid_window=STEPS_OFF
        )
    except OTPVerificationError:
        return False
    kind = type(holder)
    spent = work.session.execute(
        update(kind)
        .where(col(kind.id) == holder.id, col(kind.totp_step) < step)
        .values(totp_step=step)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[None]", spent).rowcount == 1


def _key(work: Work, holder: Staff | PortalAccount) -> str:
    return work.ports.sealer.unseal(holder.totp_sealed or b"", _about(holder)).decode()


def _about(holder: Staff | PortalAccount) -> bytes:
    return b"totp:" + holder.id.bytes


def _refuse_second(holder: Staff | PortalAccount) -> None:
    if holder.totp_confirmed_at is not None:
        raise RuleBroken(_("An authenticator app is already set up."))


def _asker(work: Work, actor: Actor, *, lock: bool = False) -> Person:
    person = by_id(work.session, actor.staff_id, actor.contact_id, lock=lock)
    if person is None or actor.session_id is None:
        raise SignInNeeded(_("Please sign in."))
    return person
