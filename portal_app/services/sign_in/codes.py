"""Codes that are sent: ten minutes, three tries, once, and only for the session that asked (4.3)."""

from __future__ import annotations

from typing import Final

from sqlmodel import col, select

from portal_app.domain.factors import EMAIL
from portal_app.domain.secrets import new_code, same
from portal_app.domain.sign_in import CODE_LASTS_FOR, CODE_TRIES, CODES
from portal_app.models import SignInCode, SignInSession
from portal_app.services.sign_in import sign_in_mail, tries
from portal_app.services.sign_in.accounts import Person, Visit, known_browser
from portal_app.text import _
from portal_app.work import Work

NUMBER: Final = "number"
"""Of a code that confirms a telephone number: it opens nothing else."""


def send(
    work: Work, session: SignInSession, person: Person, visit: Visit, way: str = EMAIL, *, to: str = ""
) -> bool:
    """Send a code; the one before ends. False where too many were asked for.

    `to` is a telephone number, for the ways of which the person has none on record.
    """
    if not tries.take(work.ports.limiter, counter(work, "codes", person, visit), CODES):
        return False
    for earlier in _codes(work, session, way):
        earlier.ended_at = work.now
        work.add(earlier)
    code = new_code()
    row = SignInCode(
        firm_id=session.firm_id,
        session_id=session.id,
        way=way,
        sealed=work.ports.sealer.seal(code.encode(), session.id.bytes),
        created_at=work.now,
        expires_at=work.now + CODE_LASTS_FOR,
    )
    work.add(row)
    work.session.flush()
    if way == EMAIL:
        sign_in_mail.send_code(work, person, code, row.id)
    else:
        sign_in_mail.text_code(work, person, to or person.holder.sms_number, code, row.id)
    return True


def wrong(work: Work, session: SignInSession, code: str, way: str = EMAIL) -> str | None:
    """Why this is not the code that was sent; None where it is, and then it is used up."""
    sent = live(work, session, way)
    if sent is None:
        return _("This code no longer works. Send it again.")
    sent.tries += 1
    work.add(sent)
    if same(work.ports.sealer.unseal(sent.sealed, session.id.bytes), code.encode()):
        sent.used_at = work.now
        return None
    if sent.tries == CODE_TRIES:
        return _("That code does not match, and takes no more tries. Send it again.")
    if way == EMAIL:
        return _("That code does not match. Look at the newest e-mail from us.")
    return _("That code does not match. Look at the newest text message from us.")


def tries_left(work: Work, session: SignInSession, way: str) -> int:
    """How many tries the code that works has left; 0 where none works."""
    sent = live(work, session, way)
    return CODE_TRIES - sent.tries if sent else 0


def live(work: Work, session: SignInSession, way: str = EMAIL) -> SignInCode | None:
    """The code that works now: the newest, for ten minutes and three tries (4.3)."""
    newest = next(iter(_codes(work, session, way)), None)
    if newest is None or work.now >= newest.expires_at or newest.tries >= CODE_TRIES:
        return None
    return newest


def counter(work: Work, what: str, person: Person, visit: Visit) -> str:
    """The counter of `what` for this person, in this browser where it is known (4.2)."""
    known = known_browser(work.session, person, visit.device_id)
    return tries.counter(what, person.entrance, person.email, known.device_id if known else None)


def _codes(work: Work, session: SignInSession, way: str) -> list[SignInCode]:
    """Codes of this session that were neither used nor replaced, the newest first."""
    return list(
        work.session.exec(
            select(SignInCode)
            .where(
                SignInCode.session_id == session.id,
                SignInCode.way == way,
                col(SignInCode.used_at).is_(None),
                col(SignInCode.ended_at).is_(None),
            )
            .order_by(col(SignInCode.created_at).desc())
        )
    )
