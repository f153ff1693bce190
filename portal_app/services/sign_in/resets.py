"""Forgotten passwords (4.5): a link by e-mail, one hour, once; it lets nobody in and skips no second step."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import NotFound
from portal_app.domain.passwords import check_password
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.sign_in import RESET_LASTS_FOR, RESETS
from portal_app.models import KnownBrowser, PasswordReset
from portal_app.ports import Ports
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import address_links, sign_in_mail, tries
from portal_app.services.sign_in.accounts import Entrance, Person, Visit, by_address, by_id, readdressed
from portal_app.services.sign_in.allowed import may_use_password
from portal_app.services.sign_in.sessions import end_sessions
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class Reset:
    """A link that still works, as its page shows it."""

    email: str


def ask_reset(ports: Ports, entrance: Entrance, email: str, visit: Visit) -> None:
    """E-mail a link where this address has an account; say nothing either way.

    At most one a minute and five an hour an account. Call it once the answer has left: what it does for an
    account takes longer than what it does for none.
    """
    with reading(ports, visit.nobody) as work:
        person = by_address(work.session, entrance, email)
        if person is not None and not may_use_password(work, person):
            person = None  # a new password would open nothing (1.2)
        person = person or readdressed(work.session, entrance, email)
    counted = tries.counter("reset", entrance, email, None)
    if person is None or not tries.take(ports.limiter, counted, RESETS):
        return
    with begin(ports, visit.nobody) as work:
        now = by_id(work.session, person.staff_id, person.contact_id, lock=True)
        if now is None:
            return
        if now.is_readdressed:  # whoever has that mailbox shows first that they are the person (2.17)
            address_links.send(work, now, now.email)
            return
        end_open(work, now)
        token = new_token()
        row = PasswordReset(
            firm_id=now.firm.id,
            token_hash=token_hash(token),
            staff_id=now.staff_id,
            contact_id=now.contact_id,
            created_at=work.now,
            expires_at=work.now + RESET_LASTS_FOR,
        )
        work.add(row)
        sign_in_mail.send_reset(work, now, token, row.id)
        work.audit(
            "password_reset:asked", firm_id=now.firm.id, subject_kind=now.kind.value, subject_id=now.id
        )


def look_reset(ports: Ports, entrance: Entrance, token: str) -> Reset:
    """Whose password the link changes. Raises `NotFound` where it does not work, or not any more."""
    with reading(ports, Visit().nobody) as work:
        return Reset(_open_reset(work, entrance, token)[1].email)


def use_reset(ports: Ports, entrance: Entrance, token: str, password: str, visit: Visit) -> None:
    """Set a new password, end all sessions, forget remembered browsers, and tell the person (4.4, 4.5).

    Raises `BadInput` for a password that is not good enough (the link still works), else `NotFound`.
    """
    with reading(ports, visit.nobody) as work:
        _row, person = _open_reset(work, entrance, token)
    check_password(password, firm_name=person.firm.name, email=person.email)
    hashed = ports.passwords.hash(password)
    with begin(ports, person.actor(visit)) as work:
        row, person = _open_reset(work, entrance, token, lock=True)
        row.used_at = work.now
        person.holder.password_hash = hashed
        work.add(row, person.holder)
        end_open(work, person)
        forget_browsers(work, person)
        end_sessions(work, staff_id=person.staff_id, contact_id=person.contact_id)
        work.audit(
            "password:changed", firm_id=person.firm.id, subject_kind=person.kind.value, subject_id=person.id
        )
        sign_in_mail.tell(work, person, SecurityEvent.PASSWORD_CHANGED, browser_name(visit.browser))


def forget_browsers(work: Work, person: Person) -> None:
    """No browser skips the second step any more; they stay known (4.4)."""
    remembered = select(KnownBrowser).where(
        KnownBrowser.staff_id == person.staff_id,
        KnownBrowser.contact_id == person.contact_id,
        col(KnownBrowser.remembered_until).is_not(None),
    )
    for browser in work.session.exec(remembered):
        browser.remembered_until = None
        work.add(browser)


def _open_reset(
    work: Work, entrance: Entrance, token: str, *, lock: bool = False
) -> tuple[PasswordReset, Person]:
    """The link's row and whose it is; with `lock`, the account and then the row stay locked."""
    row = work.session.exec(
        select(PasswordReset).where(PasswordReset.token_hash == token_hash(token))
    ).first()
    person = by_id(work.session, row.staff_id, row.contact_id, lock=lock) if row else None
    if row is not None and lock:
        work.session.refresh(row, with_for_update=True)
    is_open = row is not None and row.used_at is None and row.ended_at is None and work.now < row.expires_at
    if row is None or person is None or not is_open or person.entrance != entrance:
        raise NotFound(_("This link works no more. Ask for a new one."))
    return row, person


def end_open(work: Work, person: Person) -> None:
    """Links sent before end: the newest alone works."""
    still = select(PasswordReset).where(
        PasswordReset.staff_id == person.staff_id,
        PasswordReset.contact_id == person.contact_id,
        col(PasswordReset.used_at).is_(None),
        col(PasswordReset.ended_at).is_(None),
    )
    for row in work.session.exec(still):
        row.ended_at = work.now
        work.add(row)
