"""The second step of signing in: a code by e-mail, or from an authenticator app (4.3), and what a sign-in ends in.

Wrong tries are kept even though they are refused: the transaction commits, then the refusal is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import BadInput, PortalError, SignInNeeded
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.secrets import new_code, same, token_hash
from portal_app.domain.sign_in import (
    CODE_LASTS_FOR,
    CODE_TRIES,
    CODES,
    TRIES,
    UNFINISHED_FOR,
    WRONG_CODES,
    masked,
    six_digits,
)
from portal_app.models import SignInCode, SignInSession
from portal_app.ports import Ports
from portal_app.services import authenticator, sign_in_mail, tries
from portal_app.services.accounts import Entrance, Person, Visit, by_row, known_browser
from portal_app.services.emails import SecurityEvent
from portal_app.services.opening import SignedIn, open_session
from portal_app.services.sessions import end_session
from portal_app.text import _
from portal_app.work import Work, begin, reading

EMAIL, TOTP = "email", "totp"


@dataclass(frozen=True)
class Waiting:
    """A sign-in whose second step is still to come, as its page shows it."""

    letterhead: Letterhead
    factor: str
    sent_to: str
    is_code_out: bool
    """Whether there is a code that works: none is sent after too many."""


def waiting(ports: Ports, entrance: Entrance, token: str) -> Waiting:
    """What the second step asks for. Raises `SignInNeeded` where no sign-in waits behind this token."""
    with reading(ports, Actor.nobody()) as work:
        session, person = _unfinished(work, entrance, token)
        head = sign_in_mail.head(work, person)
        if factor_of(person) == TOTP:
            return Waiting(head, TOTP, "", is_code_out=True)
        return Waiting(head, EMAIL, masked(person.email), is_code_out=_live_code(work, session) is not None)


def factor_of(person: Person) -> str:
    """The authenticator app once it is set up, else a code by e-mail."""
    return TOTP if person.holder.totp_confirmed_at is not None else EMAIL


def offer(work: Work, session: SignInSession, person: Person, visit: Visit) -> bool:
    """E-mail a code where that is the factor; the one before ends. False where too many were asked for."""
    if factor_of(person) == TOTP:
        return True
    if not tries.take(work.ports.limiter, _counter(work, "codes", person, visit), CODES):
        return False
    for earlier in _codes(work, session):
        earlier.ended_at = work.now
        work.add(earlier)
    code = new_code()
    row = SignInCode(
        firm_id=session.firm_id,
        session_id=session.id,
        sealed=work.ports.sealer.seal(code.encode(), session.id.bytes),
        created_at=work.now,
        expires_at=work.now + CODE_LASTS_FOR,
    )
    work.add(row)
    sign_in_mail.send_code(work, person, code, row.id)
    return True


def send_again(ports: Ports, entrance: Entrance, token: str, visit: Visit) -> None:
    """E-mail a new code in place of the one before. Raises `SignInNeeded`, `TryLater`."""
    with begin(ports, _asker(ports, entrance, token, visit)) as work:
        session, person = _unfinished(work, entrance, token, lock=True)
        if not offer(work, session, person, visit):
            raise tries.full(ports, _counter(work, "codes", person, visit), CODES)


def give_code(
    ports: Ports, entrance: Entrance, token: str, typed: str, visit: Visit, *, remember: bool = False
) -> SignedIn:
    """Finish a sign-in with the right code; the session's token changes (4.3, 4.4).

    Raises `BadInput` for a wrong code, `TryLater` after too many, `SignInNeeded` where no sign-in waits.
    """
    code = six_digits(typed)
    with begin(ports, _asker(ports, entrance, token, visit)) as work:
        session, person = _unfinished(work, entrance, token, lock=True)
        refusal = _refusal(work, session, person, code, visit)
        if refusal is None:
            counters = [(_counter(work, what, person, visit), limits) for what, limits in _LIMITS]
            done = open_session(work, session, person, visit, factor=factor_of(person), remember=remember)
    if refusal is not None:
        raise refusal
    for name, limits in counters:
        tries.forget(ports.limiter, name, limits)
    return done


_LIMITS = (("factor", TRIES), ("codes", CODES))


def _refusal(
    work: Work, session: SignInSession, person: Person, code: str, visit: Visit
) -> PortalError | None:
    """Why this code does not finish the sign-in; None where it does. What was tried is counted."""
    if not code:
        return BadInput(_("Type the six digits."), field="code")
    counted = _counter(work, "factor", person, visit)
    if not tries.take(work.ports.limiter, counted, TRIES):
        return tries.full(work.ports, counted, TRIES)
    check = _CHECKS[factor_of(person)]
    wrong = check(work, session, person, code)
    if wrong is None:
        return None
    work.audit(
        "sign_in:code_refused",
        firm_id=person.firm.id,
        subject_kind="session",
        subject_id=session.id,
        factor=factor_of(person),
    )
    session.wrong_codes += 1
    work.add(session)
    if session.wrong_codes >= WRONG_CODES:
        end_session(work, session.id)
        sign_in_mail.tell(work, person, SecurityEvent.WRONG_CODES, browser_name(visit.browser))
        return SignInNeeded(_("Too many wrong codes. Start again."))
    return BadInput(wrong, field="code")


def _check_email(work: Work, session: SignInSession, person: Person, code: str) -> str | None:
    live = _live_code(work, session)
    if live is None:
        return _("This code no longer works. Send it again.")
    live.tries += 1
    work.add(live)
    if same(work.ports.sealer.unseal(live.sealed, session.id.bytes), code.encode()):
        live.used_at = work.now
        return None
    if live.tries == CODE_TRIES:
        return _("That code does not match, and takes no more tries. Send it again.")
    return _("That code does not match. Look at the newest e-mail from us.")


def _check_totp(work: Work, session: SignInSession, person: Person, code: str) -> str | None:
    if authenticator.spend(work, person.holder, code):
        return None
    return _("That code does not match. Type the one that the app shows now.")


_CHECKS: dict[str, Callable[[Work, SignInSession, Person, str], str | None]] = {
    EMAIL: _check_email,
    TOTP: _check_totp,
}


def _live_code(work: Work, session: SignInSession) -> SignInCode | None:
    """The code that works now: the newest, for ten minutes and three tries (4.3)."""
    newest = next(iter(_codes(work, session)), None)
    if newest is None or work.now >= newest.expires_at or newest.tries >= CODE_TRIES:
        return None
    return newest


def _codes(work: Work, session: SignInSession) -> list[SignInCode]:
    """Codes of this sign-in that were neither used nor replaced, the newest first."""
    return list(
        work.session.exec(
            select(SignInCode)
            .where(
                SignInCode.session_id == session.id,
                col(SignInCode.used_at).is_(None),
                col(SignInCode.ended_at).is_(None),
            )
            .order_by(col(SignInCode.created_at).desc())
        )
    )


def _counter(work: Work, what: str, person: Person, visit: Visit) -> str:
    known = known_browser(work.session, person, visit.device_id)
    return tries.counter(what, person.entrance, person.email, known.device_id if known else None)


def _asker(ports: Ports, entrance: Entrance, token: str, visit: Visit) -> Actor:
    with reading(ports, visit.nobody) as work:
        session, person = _unfinished(work, entrance, token)
        return person.actor(visit, session.id)


def _unfinished(
    work: Work, entrance: Entrance, token: str, *, lock: bool = False
) -> tuple[SignInSession, Person]:
    """The sign-in that waits behind this token; with `lock`, account and session stay locked, in that order."""
    query = select(SignInSession).where(SignInSession.token_hash == token_hash(token))
    session = work.session.exec(query).first()
    person = by_row(work.session, session, lock=lock) if session else None
    if session is not None and lock:
        work.session.refresh(session, with_for_update=True)
    if session is None or person is None or not _waits(session, work) or person.entrance != entrance:
        raise SignInNeeded(_("Please sign in."))
    return session, person


def _waits(session: SignInSession, work: Work) -> bool:
    return (
        session.ended_at is None and session.mfa_at is None and work.now < session.created_at + UNFINISHED_FOR
    )
