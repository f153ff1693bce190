"""What somebody gives to show that it is them: a password, a code, a passkey's answer, a recovery code.

Signing in and confirming (4.7) look at it alike. What takes long is worked out before the transaction: `weigh`,
then `wrong` within it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from portal_app.domain.errors import BadInput
from portal_app.domain.factors import EMAIL, PASSKEY, RECOVERY, SMS, TOTP
from portal_app.domain.sign_in import six_digits
from portal_app.models import SignInSession
from portal_app.ports import Ports
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import authenticator, codes, passkeys, recovery, sign_in_mail
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.passkeys import Answer
from portal_app.text import _
from portal_app.work import Work

PASSWORD: Final = "password"  # noqa: S105 (a way)
SENT: Final = frozenset({EMAIL, SMS})
"""Ways whose code is sent."""


@dataclass(frozen=True, slots=True)
class Given:
    """One way, as a form gave it: `typed` is the password, the code, or a passkey's answer to what `sealed` asked."""

    way: str
    typed: str
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was given, read and weighed: `matched` is the hash a password matches, `code_id` the recovery code it is."""

    way: str
    typed: str = ""
    sealed: str = ""
    matched: str | None = None
    code_id: UUID | None = None


def weigh(ports: Ports, person: Person, given: Given) -> Proof:
    """Read it, and work out what takes long. Raises `BadInput` for what cannot be a code at all; count tries before."""
    if given.way == PASSWORD:
        stored = person.holder.password_hash
        return Proof(PASSWORD, matched=stored if ports.passwords.verify(stored, given.typed) else None)
    if given.way == PASSKEY:
        return Proof(PASSKEY, given.typed, given.sealed)
    code = readable(given)
    if given.way == RECOVERY:
        return Proof(RECOVERY, code_id=recovery.weigh(ports, person, code))
    return Proof(given.way, code)


def readable(given: Given) -> str:
    """What was typed as the code it can be. Raises `BadInput` where it can be none."""
    if given.way in {PASSWORD, PASSKEY}:
        return given.typed
    if given.way == RECOVERY:
        if code := recovery.plain(given.typed):
            return code
        raise BadInput(
            _("A recovery code has ten letters and digits. Look at the ones you kept."), field="code"
        )
    if code := six_digits(given.typed):
        return code
    raise BadInput(_("Type the six digits."), field="code")


def wrong(work: Work, session: SignInSession, person: Person, proof: Proof) -> str | None:
    """Why it does not show that it is them, in a sentence; None where it does. A code is used up by that."""
    return _CHECKS[proof.way](work, session, person, proof)


def about(session: SignInSession) -> bytes:
    """What a passkey is asked for in this session; an answer to it is none anywhere else."""
    return b"session:" + session.id.bytes


def _password(_work: Work, _session: SignInSession, person: Person, proof: Proof) -> str | None:
    if proof.matched is not None and proof.matched == person.holder.password_hash:
        return None
    return _("This is not your password.")


def _sent(work: Work, session: SignInSession, _person: Person, proof: Proof) -> str | None:
    return codes.wrong(work, session, proof.typed, proof.way)


def _totp(work: Work, _session: SignInSession, person: Person, proof: Proof) -> str | None:
    if authenticator.spend(work, person.holder, proof.typed):
        return None
    return _("That code does not match. Type the one that the app shows now.")


def _passkey(work: Work, session: SignInSession, person: Person, proof: Proof) -> str | None:
    key = passkeys.answered(work, Answer(proof.typed, proof.sealed), about(session), is_whole=False)
    if key is not None and (key.staff_id, key.contact_id) == (person.staff_id, person.contact_id):
        return None
    return _("The passkey did not answer as it should. Try again, or take another way.")


def _recovery(work: Work, _session: SignInSession, person: Person, proof: Proof) -> str | None:
    if proof.code_id is not None and recovery.spend(work, proof.code_id):
        sign_in_mail.tell(work, person, SecurityEvent.RECOVERY_CODE_USED)
        return None
    return _("That code does not match, or was used before.")


_CHECKS: dict[str, Callable[[Work, SignInSession, Person, Proof], str | None]] = {
    PASSWORD: _password,
    EMAIL: _sent,
    SMS: _sent,
    TOTP: _totp,
    PASSKEY: _passkey,
    RECOVERY: _recovery,
}
