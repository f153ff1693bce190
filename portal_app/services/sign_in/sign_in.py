"""The first step of signing in: address and password (4.1, 4.2).

A wrong address, a wrong password and too many tries take the same way through this module: one look, one hash
worked out, one audit row, one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal_app.domain.errors import BadInput
from portal_app.domain.secrets import new_token
from portal_app.domain.sign_in import TRIES
from portal_app.models import SignInSession
from portal_app.ports import Ports
from portal_app.services.sign_in import second_step, tries
from portal_app.services.sign_in.accounts import Entrance, Person, Visit, by_address, by_id, known_browser
from portal_app.services.sign_in.allowed import may_use_password
from portal_app.services.sign_in.opening import SignedIn, new_session, open_session
from portal_app.services.sign_in.sessions import end_session
from portal_app.text import N_, _
from portal_app.work import begin, reading

WRONG = N_(
    "The address or the password does not match. Check both, wait a few minutes, or choose a new password."
)


@dataclass(frozen=True, slots=True)
class PasswordGiven:
    """What the browser gets: the session's token, and what is left to do."""

    token: str
    signed_in: SignedIn | None
    """None while the second step is still to come."""


@dataclass(frozen=True)
class _Account:
    """What was found behind an address, before the password is looked at."""

    person: Person | None = None
    known_device_id: UUID | None = None
    may_use_password: bool = False

    @property
    def password_hash(self) -> str | None:
        """None, so that no password is right, where the firm wants another way in (1.2)."""
        return self.person.holder.password_hash if self.person and self.may_use_password else None


def give_password(
    ports: Ports,
    entrance: Entrance,
    email: str,
    password: str,
    visit: Visit,
    *,
    next_path: str = "",
    replaces: UUID | None = None,
    invitation_id: UUID | None = None,
) -> PasswordGiven:
    """Begin a session with the right password; it may do nothing but the second step (4.3).

    `replaces` is the session this browser had here; `invitation_id` is accepted once all is done (3.4). A remembered browser is signed in at once (4.4).
    Raises `BadInput` with one sentence for an address or password that is wrong and for too many tries, and
    `TryLater` for a flood from one network address.
    """
    tries.refuse_flood(ports, visit.address)
    account = _look(ports, entrance, email, visit)
    counted = tries.counter("password", entrance, email, account.known_device_id)
    is_heard = tries.is_welcome(ports, visit.address) and tries.take(ports.limiter, counted, TRIES)
    is_right = ports.passwords.verify(account.password_hash if is_heard else None, password)
    if not is_right or account.person is None:
        tries.went_wrong(ports, visit.address)
        _refuse(ports, entrance, account.person, visit, why="password" if is_heard else "too_many_tries")
        raise BadInput(_(WRONG))
    session = new_session(ports, account.person, visit, token := new_token(), next_path)
    session.invitation_id = invitation_id
    given = _begin_session(ports, account.person, password, visit, session, token, replaces)
    tries.forget(ports.limiter, counted, TRIES)
    return given


def _look(ports: Ports, entrance: Entrance, email: str, visit: Visit) -> _Account:
    with reading(ports, visit.nobody) as work:
        person = by_address(work.session, entrance, email)
        known = known_browser(work.session, person, visit.device_id) if person else None
        may = person is not None and may_use_password(work, person)
        return _Account(person, known.device_id if known else None, may)


def _refuse(ports: Ports, entrance: Entrance, person: Person | None, visit: Visit, *, why: str) -> None:
    with begin(ports, visit.nobody) as work:
        work.audit(
            "sign_in:refused",
            firm_id=person.firm.id if person else entrance.firm_id,
            subject_kind=entrance.kind.value,
            subject_id=person.id if person else None,
            why=why if person else "address",
        )


def _begin_session(
    ports: Ports,
    person: Person,
    password: str,
    visit: Visit,
    session: SignInSession,
    token: str,
    replaces: UUID | None,
) -> PasswordGiven:
    seen = person.holder.password_hash or ""
    stronger = ports.passwords.hash(password) if ports.passwords.is_outdated(seen) else None
    with begin(ports, person.actor(visit, session.id)) as work:
        now = by_id(work.session, person.staff_id, person.contact_id, lock=True)
        if now is None or now.holder.password_hash != seen:
            raise BadInput(_(WRONG))  # changed while its old one was being checked
        if stronger:
            now.holder.password_hash = stronger
            work.add(now.holder)
        if replaces is not None:
            end_session(work, replaces)
        work.add(session)
        work.session.flush()
        known = known_browser(work.session, now, visit.device_id)
        if known is not None and known.remembered_until is not None and known.remembered_until > work.now:
            done = open_session(work, session, now, visit, factor="remembered_browser")
            return PasswordGiven(done.token, done)
        work.audit(
            "sign_in:password_given", firm_id=now.firm.id, subject_kind="session", subject_id=session.id
        )
        second_step.offer(work, session, now, visit)
        return PasswordGiven(token, None)
