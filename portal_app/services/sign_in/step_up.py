"""Asking again before address, password or MFA change: password or MFA, good for ten minutes of that session (4.7).

A service that changes one of them calls `need_fresh(work)` first; the page that is shown then leads back.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import BadInput, ConfirmNeeded, NotFound, PortalError, SignInNeeded
from portal_app.domain.factors import EMAIL, PASSKEY
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.sign_in import CODES, CONFIRMED_FOR, TRIES, WRONG_CODES
from portal_app.models import SignInSession
from portal_app.ports import Ports
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import codes, passkeys, proofs, second_step, sign_in_mail, tries
from portal_app.services.sign_in.accounts import Person, Visit, by_id
from portal_app.services.sign_in.factors import factors_of
from portal_app.services.sign_in.passkeys import Question
from portal_app.services.sign_in.proofs import PASSWORD, SENT, Given, Proof
from portal_app.services.sign_in.sessions import end_session
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True)
class Confirming:
    """What the page offers: a password first where there is one, then the second steps."""

    letterhead: Letterhead
    way: str
    others: tuple[str, ...]
    sent_to: str
    is_code_out: bool
    email: str
    question: Question | None = None


def need_fresh(work: Work) -> None:
    """Refuse unless who asks gave password or MFA again a moment ago. Raises `ConfirmNeeded`, `SignInNeeded`."""
    session = _session(work, work.actor)
    if session.confirmed_at is None or work.now >= session.confirmed_at + CONFIRMED_FOR:
        raise ConfirmNeeded(_("Confirm that it is you first."))


def is_fresh(ports: Ports, actor: Actor) -> bool:
    """Whether `need_fresh` lets pass now. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        try:
            need_fresh(work)
        except ConfirmNeeded:
            return False
        return True


def look(ports: Ports, actor: Actor, way: str = "") -> Confirming:
    """What can be given, and what `way` asks for; the first way where it is none of theirs. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        session, person = asker(work, actor)
        ways = _ways(work, person)
        chosen = way if way in ways else ways[0]
        return Confirming(
            letterhead=sign_in_mail.head(work, person),
            way=chosen,
            others=tuple(other for other in ways if other != chosen or chosen in SENT),
            sent_to=second_step.sent_to(person, chosen),
            is_code_out=chosen not in SENT or codes.live(work, session, chosen) is not None,
            email=person.email,
            question=passkeys.ask(work, person, proofs.about(session)) if chosen == PASSKEY else None,
        )


def send_code(ports: Ports, actor: Actor, way: str, visit: Visit) -> None:
    """Send a code where that way has one to send. Raises `NotFound`, `SignInNeeded`, `TryLater`."""
    with begin(ports, actor) as work:
        session, person = asker(work, actor, lock=True)
        if way not in _ways(work, person):
            raise NotFound(_("There is nothing here."))
        if way in SENT and not codes.send(work, session, person, visit, way):
            raise tries.full(ports, codes.counter(work, "codes", person, visit), CODES)


def confirm(ports: Ports, actor: Actor, given: Given, visit: Visit) -> str:
    """Take it that it is them for ten minutes; gives the session's new token (4.7).

    Raises `BadInput` for what is wrong, `TryLater` after too many tries, `SignInNeeded` once the session is
    ended for them, `NotFound` for a way that is none of theirs.
    """
    with reading(ports, actor) as work:
        _session_row, person = asker(work, actor)
        if given.way not in _ways(work, person):
            raise NotFound(_("There is nothing here."))
    proofs.readable(given)
    counted = f"confirm:{actor.session_id}"
    if not tries.take(ports.limiter, counted, TRIES):
        raise tries.full(ports, counted, TRIES)
    proof = proofs.weigh(ports, person, given)
    token = new_token()
    with begin(ports, actor) as work:
        session, person = asker(work, actor, lock=True)
        refusal = _refusal(work, session, person, proof, visit)
        if refusal is None:
            session.token_hash, session.confirmed_at, session.wrong_codes = token_hash(token), work.now, 0
            _record(work, session, "sign_in:confirmed", given.way)
    if refusal is not None:
        raise refusal
    tries.forget(ports.limiter, counted, TRIES)
    return token


def _refusal(
    work: Work, session: SignInSession, person: Person, proof: Proof, visit: Visit
) -> PortalError | None:
    """Why it is not taken; None where it is. Tries are counted, and the last one ends the session."""
    wrong = proofs.wrong(work, session, person, proof)
    work.add(session)
    if wrong is None:
        return None
    _record(work, session, "sign_in:not_confirmed", proof.way)
    session.wrong_codes += 1
    if session.wrong_codes < WRONG_CODES:
        told = second_step.tries_told(work, session, proof.way, wrong, f"confirm:{session.id}")
        return BadInput(told, field="password" if proof.way == PASSWORD else "code")
    end_session(work, session.id)
    sign_in_mail.tell(work, person, SecurityEvent.WRONG_CODES, browser_name(visit.browser))
    return SignInNeeded(_("Too many wrong tries. Sign in again."))


def _record(work: Work, session: SignInSession, action: str, way: str) -> None:
    work.audit(action, firm_id=session.firm_id, subject_kind="session", subject_id=session.id, way=way)


def _ways(work: Work, person: Person) -> tuple[str, ...]:
    """What this person can give, a password first."""
    has_password = (PASSWORD,) if person.holder.password_hash is not None else ()
    return (*has_password, *factors_of(work, person).ways) or (EMAIL,)


def asker(work: Work, actor: Actor, *, lock: bool = False) -> tuple[SignInSession, Person]:
    """The session and its person; with `lock`, account and session stay locked, in that order."""
    person = by_id(work.session, actor.staff_id, actor.contact_id, lock=lock)
    session = _session(work, actor, lock=lock)
    if person is None:
        raise SignInNeeded(_("Please sign in."))
    return session, person


def _session(work: Work, actor: Actor, *, lock: bool = False) -> SignInSession:
    session = None
    if actor.session_id is not None:
        session = work.session.get(
            SignInSession, actor.session_id, with_for_update=lock, populate_existing=lock
        )
    if session is None or session.ended_at is not None or session.mfa_at is None:
        raise SignInNeeded(_("Please sign in."))
    return session
