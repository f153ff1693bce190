"""A whole sign-in by one passkey, without address or password (4.3): the key knows its person, and is their MFA too."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.errors import BadInput
from portal_app.domain.factors import PASSKEY
from portal_app.domain.secrets import new_token
from portal_app.models import Passkey
from portal_app.ports import Ports
from portal_app.services.sign_in import passkeys, tries
from portal_app.services.sign_in.accounts import Entrance, Person, Visit, by_id
from portal_app.services.sign_in.allowed import may_use_password
from portal_app.services.sign_in.factors import factors_of
from portal_app.services.sign_in.opening import SignedIn, new_session, open_session
from portal_app.services.sign_in.passkeys import Answer, Question
from portal_app.services.sign_in.sessions import end_session
from portal_app.text import _
from portal_app.work import Work, begin, reading


def question(ports: Ports, entrance: Entrance, visit: Visit) -> Question:
    """What the browser asks any passkey of this portal; nothing is written."""
    with reading(ports, visit.nobody) as work:
        return passkeys.ask(work, None, _about(entrance))


def sign_in_by_passkey(
    ports: Ports,
    entrance: Entrance,
    answer: Answer,
    visit: Visit,
    *,
    next_path: str = "",
    replaces: UUID | None = None,
) -> SignedIn:
    """Open a session for whoever's passkey answered, where they sign in at this entrance.

    `replaces` is the session this browser had here. Raises `BadInput`, one sentence whatever is wrong, and
    `TryLater` for a flood from one network address.
    """
    tries.refuse_flood(ports, visit.address)
    with reading(ports, visit.nobody) as work:
        person = _person(work, entrance, passkeys.whose(work, answer))
    if person is not None and tries.is_welcome(ports, visit.address):
        with begin(ports, person.actor(visit)) as work:
            now = by_id(work.session, person.staff_id, person.contact_id, lock=True)
            key = passkeys.answered(work, answer, _about(entrance), is_whole=True)
            if now is not None and _person(work, entrance, key) is not None:
                session = new_session(ports, now, visit, new_token(), next_path)
                if replaces is not None:
                    end_session(work, replaces)
                work.add(session)
                work.session.flush()
                return open_session(work, session, now, visit, factor="passkey_alone")
    tries.went_wrong(ports, visit.address)
    _note_refusal(ports, entrance, person, visit)
    raise BadInput(_("This passkey does not sign in here. Sign in with your address and password."))


def _person(work: Work, entrance: Entrance, key: Passkey | None) -> Person | None:
    """Whose key it is, where that person signs in here and may do it without an issuer (1.2)."""
    person = by_id(work.session, key.staff_id, key.contact_id) if key else None
    if person is None or person.entrance != entrance or not may_use_password(work, person):
        return None
    return person if PASSKEY in factors_of(work, person).counting else None


def _note_refusal(ports: Ports, entrance: Entrance, person: Person | None, visit: Visit) -> None:
    with begin(ports, visit.nobody) as work:
        work.audit(
            "sign_in:refused",
            firm_id=person.firm.id if person else entrance.firm_id,
            subject_kind=entrance.kind.value,
            subject_id=person.id if person else None,
            why="passkey",
        )


def _about(entrance: Entrance) -> bytes:
    return b"entrance:" + entrance.name.encode()
