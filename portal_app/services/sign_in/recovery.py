"""Ten recovery codes for whoever lost their second step: shown once, kept as Argon2id, each good once (4.3, row 10)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.factors import RECOVERY_CODES
from portal_app.models import RecoveryCode
from portal_app.ports import Ports
from portal_app.services.sign_in.accounts import Person
from portal_app.work import Work, reading

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that people take for one another."""
PLACE, SECRET = 2, 8  # letters; eight of thirty-one are 39 bits


@dataclass(frozen=True, slots=True)
class NewCodes:
    """Ten codes and their hashes, made before the transaction, since hashing takes long."""

    codes: tuple[str, ...]
    hashes: tuple[str, ...]


def make(ports: Ports) -> NewCodes:
    """Ten new codes, of which no two begin alike."""
    places = secrets.SystemRandom().sample([a + b for a in LETTERS for b in LETTERS], RECOVERY_CODES)
    codes = tuple(place + "".join(secrets.choice(LETTERS) for _ in range(SECRET)) for place in places)
    return NewCodes(codes, tuple(ports.passwords.hash(code) for code in codes))


def keep(work: Work, person: Person, new: NewCodes) -> tuple[str, ...]:
    """Put these in place of all earlier ones; gives them as they are shown, once."""
    forget(work, person)
    for code, code_hash in zip(new.codes, new.hashes, strict=True):
        work.add(
            RecoveryCode(
                firm_id=person.firm.id,
                staff_id=person.staff_id,
                contact_id=person.contact_id,
                place=code[:PLACE],
                code_hash=code_hash,
                created_at=work.now,
            )
        )
    return tuple(f"{code[:2]}-{code[2:6]}-{code[6:]}" for code in new.codes)


def forget(work: Work, person: Person) -> None:
    """No recovery code of this person works any more."""
    work.session.execute(
        delete(RecoveryCode).where(
            col(RecoveryCode.staff_id) == person.staff_id, col(RecoveryCode.contact_id) == person.contact_id
        )
    )


def plain(typed: str) -> str:
    """A code as it was made, from what people type; "" when it is none."""
    code = re.sub(r"[\s\-\u2010-\u2015]", "", typed).upper()
    return code if len(code) == PLACE + SECRET and set(code) <= set(LETTERS) else ""


def weigh(ports: Ports, person: Person, code: str) -> UUID | None:
    """Which of this person's unused codes it is; looked at outside any transaction. A wrong one takes as long."""
    with reading(ports, Actor.nobody()) as work:
        row = work.session.exec(
            select(RecoveryCode).where(
                RecoveryCode.firm_id == person.firm.id,
                RecoveryCode.staff_id == person.staff_id,
                RecoveryCode.contact_id == person.contact_id,
                RecoveryCode.place == code[:PLACE],
                col(RecoveryCode.used_at).is_(None),
            )
        ).first()
        found = (row.id, row.code_hash) if row else None
    is_right = ports.passwords.verify(found[1] if found else None, code)
    return found[0] if found and is_right else None


def spend(work: Work, code_id: UUID) -> bool:
    """Use it up; of two at once, one is right."""
    spent = work.session.execute(
        update(RecoveryCode)
        .where(col(RecoveryCode.id) == code_id, col(RecoveryCode.used_at).is_(None))
        .values(used_at=work.now)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[None]", spent).rowcount == 1
