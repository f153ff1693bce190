"""The second step of signing in: a code, a passkey or a recovery code, as one has and chooses (4.3).

Wrong tries are kept even though they are refused: the transaction commits, then the refusal is raised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import BadInput, NotFound, PortalError, SignInNeeded
from portal_app.domain.factors import EMAIL, PASSKEY, SMS, Factors
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.phones import last_digits
from portal_app.domain.secrets import token_hash
from portal_app.domain.sign_in import CODES, TRIES, UNFINISHED_FOR, WRONG_CODES, masked
from portal_app.models import SignInSession
from portal_app.ports import Ports
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import codes, passkeys, proofs, recovery, sign_in_mail, tries
from portal_app.services.sign_in.accounts import Entrance, Person, Visit, by_row
from portal_app.services.sign_in.factors import factors_of
from portal_app.services.sign_in.opening import SignedIn, open_session
from portal_app.services.sign_in.passkeys import Question
from portal_app.services.sign_in.proofs import SENT, Given, Proof
from portal_app.services.sign_in.recovery import NewCodes
from portal_app.services.sign_in.sessions import end_session
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True)
class Waiting:
    """A sign-in whose second step is still to come, as its page shows it."""

    letterhead: Letterhead
    factor: str
    """What is asked for; "" where something has to be set up first."""
    others: tuple[str, ...]
    sent_to: str
    is_code_out: bool
    """Whether there is a code that works: none is sent after too many."""
    question: Question | None
    can_set_up: tuple[str, ...]
    """What may be set up instead, before anything is."""


@dataclass(frozen=True)
class Passed:
    """What the right code leads to: the portal, perhaps with recovery codes to keep; or setting up one that counts."""

    signed_in: SignedIn | None
    recovery_codes: tuple[str, ...] = ()


def waiting(ports: Ports, entrance: Entrance, token: str, asked: str = "") -> Waiting:
    """What the second step asks for. Raises `SignInNeeded` where no sign-in waits behind this token."""
    with reading(ports, Actor.nobody()) as work:
        session, person = unfinished(work, entrance, token)
        factors = factors_of(work, person)
        ways = () if session.setting_up_at else factors.ways
        way = asked if asked in ways else next(iter(ways), "")
        return Waiting(
            letterhead=sign_in_mail.head(work, person),
            factor=way,
            others=tuple(other for other in ways if other != way or way in SENT),
            sent_to=sent_to(person, way),
            is_code_out=way not in SENT or codes.live(work, session, way) is not None,
            question=passkeys.ask(work, person, proofs.about(session)) if way == PASSKEY else None,
            can_set_up=settable(session, factors),
        )


def settable(session: SignInSession, factors: Factors) -> tuple[str, ...]:
    """What may be set up within this sign-in. A code by e-mail that is asked for anyway is no choice of its own."""
    if session.setting_up_at is None and not factors.may_set_up_at_once:
        return ()
    return tuple(kind for kind in factors.addable if kind != EMAIL or EMAIL not in factors.ways)


def sent_to(person: Person, way: str) -> str:
    """Where the code of that way goes, as its owner knows it and nobody learns it."""
    return {EMAIL: masked(person.email), SMS: last_digits(person.holder.sms_number)}.get(way, "")


def offer(work: Work, session: SignInSession, person: Person, visit: Visit) -> bool:
    """Send a code where that is what is asked for first. False where too many were asked for."""
    way = next(iter(factors_of(work, person).ways), "")
    return way not in SENT or codes.send(work, session, person, visit, way)


def choose(ports: Ports, entrance: Entrance, token: str, way: str, visit: Visit) -> None:
    """Take another way, or the same again: what is sent is sent anew, in place of the one before. "" is the first.

    Raises `SignInNeeded`, `TryLater`, and `NotFound` for a way that is none of theirs.
    """
    with begin(ports, _asker(ports, entrance, token, visit)) as work:
        session, person = unfinished(work, entrance, token, lock=True)
        ways = factors_of(work, person).ways
        way = way or next(iter(ways), "")
        if session.setting_up_at or way not in ways:
            raise NotFound(_("There is nothing here."))
        if way in SENT and not codes.send(work, session, person, visit, way):
            raise tries.full(ports, codes.counter(work, "codes", person, visit), CODES)


def give(
    ports: Ports, entrance: Entrance, token: str, given: Given, visit: Visit, *, remember: bool = False
) -> Passed:
    """Finish a sign-in with what is right; the session's token changes (4.3, 4.4). Without a way it is the first.

    Raises `BadInput` for what is wrong, `TryLater` after too many tries, `SignInNeeded` where no sign-in waits,
    `NotFound` for a way that is none of theirs.
    """
    actor = _asker(ports, entrance, token, visit)
    proof, new = _weighed(ports, entrance, token, given, visit)
    with begin(ports, actor) as work:
        session, person = unfinished(work, entrance, token, lock=True)
        refusal = _refusal(work, session, person, proof, visit)
        if refusal is None:
            counters = [(codes.counter(work, what, person, visit), limits) for what, limits in _LIMITS]
            passed = _passed(work, session, person, proof, new, visit, remember=remember)
    if refusal is not None:
        raise refusal
    for name, limits in counters:
        tries.forget(ports.limiter, name, limits)
    return passed


_LIMITS = (("factor", TRIES), ("codes", CODES))


def _weighed(
    ports: Ports, entrance: Entrance, token: str, given: Given, visit: Visit
) -> tuple[Proof, NewCodes | None]:
    """Count the try, and work out what takes long; new recovery codes where this sets the first factor up."""
    with reading(ports, visit.nobody) as work:
        session, person = unfinished(work, entrance, token)
        factors = factors_of(work, person)
        given = given if given.way else replace(given, way=next(iter(factors.ways), ""))
        if session.setting_up_at or given.way not in factors.ways:
            raise NotFound(_("There is nothing here."))
        counted = codes.counter(work, "factor", person, visit)
    proofs.readable(given)
    if not tries.take(ports.limiter, counted, TRIES):
        raise tries.full(ports, counted, TRIES)
    is_first = given.way == EMAIL and not factors.set_up and factors.opens(EMAIL)
    return proofs.weigh(ports, person, given), recovery.make(ports) if is_first else None


def _refusal(
    work: Work, session: SignInSession, person: Person, proof: Proof, visit: Visit
) -> PortalError | None:
    """Why this does not finish the sign-in; None where it does. What was tried is counted."""
    wrong = proofs.wrong(work, session, person, proof)
    if wrong is None:
        return None
    work.audit(
        "sign_in:code_refused",
        firm_id=person.firm.id,
        subject_kind="session",
        subject_id=session.id,
        factor=proof.way,
    )
    session.wrong_codes += 1
    work.add(session)
    if session.wrong_codes >= WRONG_CODES:
        end_session(work, session.id)
        sign_in_mail.tell(work, person, SecurityEvent.WRONG_CODES, browser_name(visit.browser))
        return SignInNeeded(_("Too many wrong codes. Start again."))
    counted = codes.counter(work, "factor", person, visit)
    return BadInput(tries_told(work, session, proof.way, wrong, counted), field="code")


def tries_told(work: Work, session: SignInSession, way: str, wrong: str, counted: str) -> str:
    """What was wrong, and how many tries are left before a new code, or some waiting."""
    left = min(WRONG_CODES - session.wrong_codes, tries.left(work.ports.limiter, counted, TRIES))
    if way in SENT:
        left = min(left, codes.tries_left(work, session, way))
    return f"{wrong} {tries.told(left)}" if left else wrong


def _passed(
    work: Work,
    session: SignInSession,
    person: Person,
    proof: Proof,
    new: NewCodes | None,
    visit: Visit,
    *,
    remember: bool,
) -> Passed:
    factors = factors_of(work, person)
    if not factors.opens(proof.way):
        session.setting_up_at = work.now
        work.add(session)
        return Passed(None)
    shown: tuple[str, ...] = ()
    if new is not None and not factors.set_up:
        person.holder.email_factor_at, person.holder.mfa_reset_at = work.now, None
        work.add(person.holder)
        work.audit("mfa:set_up", firm_id=person.firm.id, subject_kind=person.kind.value, factor=EMAIL)
        shown = recovery.keep(work, person, new)
    return Passed(open_session(work, session, person, visit, factor=proof.way, remember=remember), shown)


def _asker(ports: Ports, entrance: Entrance, token: str, visit: Visit) -> Actor:
    with reading(ports, visit.nobody) as work:
        session, person = unfinished(work, entrance, token)
        return person.actor(visit, session.id)


def unfinished(
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
