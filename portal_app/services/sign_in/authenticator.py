"""The authenticator app (TOTP, RFC 6238): its key, and spending its codes, each time step once (4.3)."""

from __future__ import annotations

from typing import cast

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import CursorResult, update
from sqlmodel import col

from portal_app.domain.errors import RuleBroken
from portal_app.models import PortalAccount, Staff
from portal_app.services.sign_in.accounts import Person
from portal_app.standings import KEPT_BY_HAND
from portal_app.text import _
from portal_app.work import Work

ISSUER = "Comptoir"
STEPS_OFF = 1
"""How many steps of 30 seconds the phone's clock may be off, each way."""


def new_key(work: Work, holder: Staff | PortalAccount) -> None:
    """Make a key to scan; nothing changes until it is confirmed. Raises `RuleBroken` where one is in use."""
    if holder.totp_confirmed_at is not None:
        raise RuleBroken(_("An authenticator app is already set up."))
    holder.totp_sealed = work.ports.sealer.seal(pyotp.random_base32().encode(), _about(holder))
    work.add(holder)


def shown_key(work: Work, person: Person) -> tuple[str, str]:
    """The key that waits to be confirmed, and as otpauth://… for the QR code; empty where none waits."""
    holder = person.holder
    if holder.totp_confirmed_at is not None or holder.totp_sealed is None:
        return "", ""
    key = _key(work, holder)
    return key, pyotp.TOTP(key, issuer=person.firm.name or ISSUER, name=person.email).provisioning_uri()


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
        .execution_options(synchronize_session=False, **KEPT_BY_HAND)  # nobody stands elsewhere for it
    )
    return cast("CursorResult[None]", spent).rowcount == 1


def _key(work: Work, holder: Staff | PortalAccount) -> str:
    return work.ports.sealer.unseal(holder.totp_sealed or b"", _about(holder)).decode()


def _about(holder: Staff | PortalAccount) -> bytes:
    return b"totp:" + holder.id.bytes
