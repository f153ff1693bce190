"""Word of sign-ins that stopped after the right password: somebody may know it (row 15)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.sign_in import UNFINISHED_FOR
from portal_app.models import KnownBrowser, SignInSession
from portal_app.ports import Ports
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import sign_in_mail
from portal_app.services.sign_in.accounts import by_row
from portal_app.work import Work, begin, reading

BATCH = 200


def tell_unfinished(ports: Ports) -> None:
    """Tell the person of each, once, when its half hour is over; not where they know the browser, nor a first sign-in.

    Several of one person in one run are one e-mail. The half hour runs from the password on: nothing resets it.
    """
    with reading(ports, Actor.timetable()) as work:
        query = select(SignInSession.id).where(
            col(SignInSession.mfa_at).is_(None),
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.told_unfinished_at).is_(None),
            SignInSession.created_at <= work.now - UNFINISHED_FOR,
        )
        waiting = list(work.session.exec(query.order_by(col(SignInSession.id)).limit(BATCH)))
    told: set[UUID] = set()
    for session_id in waiting:
        with begin(ports, Actor.timetable()) as work:
            _tell(work, session_id, told)


def _tell(work: Work, session_id: UUID, told: set[UUID]) -> None:
    row = work.session.get(SignInSession, session_id, with_for_update=True)
    if row is None or row.mfa_at or row.ended_at or row.told_unfinished_at:
        return
    row.told_unfinished_at = work.now
    work.add(row)
    person = by_row(work.session, row)
    if person is None or person.id in told or not _has_signed_in(work, row) or _is_known(work, row):
        return
    told.add(person.id)
    sign_in_mail.tell(work, person, SecurityEvent.UNFINISHED, browser_name(row.browser))


def _has_signed_in(work: Work, row: SignInSession) -> bool:
    """Whether this person ever got in: before, they are at their first sign-in, and somewhere in its middle."""
    return work.session.exec(_browsers(row).limit(1)).first() is not None


def _is_known(work: Work, row: SignInSession) -> bool:
    if row.device_id is None:
        return False
    return (
        work.session.exec(_browsers(row).where(KnownBrowser.device_id == row.device_id)).first() is not None
    )


def _browsers(row: SignInSession) -> SelectOfScalar[UUID]:
    return select(KnownBrowser.id).where(
        KnownBrowser.staff_id == row.staff_id, KnownBrowser.contact_id == row.contact_id
    )
