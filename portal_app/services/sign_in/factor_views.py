"""One's own second steps as their page shows them (4.3, 9.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal_app.domain.actors import Actor
from portal_app.domain.factors import EMAIL, PASSKEY, SMS, TOTP
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.phones import last_digits
from portal_app.domain.sign_in import masked
from portal_app.ports import Ports
from portal_app.services.sign_in import sign_in_mail, step_up
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.factors import factors_of, passkeys_of, recovery_left
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One that is set up. `detail` is a passkey's name, or where codes go; `counts`: whether the firm lets it."""

    kind: str
    detail: str
    since: datetime | None
    used_at: datetime | None = None
    passkey: str = ""
    can_remove: bool = False
    counts: bool = True


@dataclass(frozen=True)
class FactorsView:
    """All of them, what can be added, and how many recovery codes are left."""

    letterhead: Letterhead
    rows: tuple[FactorRow, ...]
    addable: tuple[str, ...]
    recovery_left: int


def factors_view(ports: Ports, actor: Actor) -> FactorsView:
    """For whoever confirmed a moment ago (4.7). Raises `ConfirmNeeded`, `SignInNeeded`."""
    with reading(ports, actor) as work:
        _session, person = step_up.asker(work, actor)
        step_up.need_fresh(work)
        return FactorsView(
            letterhead=sign_in_mail.head(work, person),
            rows=tuple(_rows(work, person)),
            addable=factors_of(work, person).addable,
            recovery_left=recovery_left(work, person),
        )


def _rows(work: Work, person: Person) -> list[FactorRow]:
    factors, keys, holder = factors_of(work, person), passkeys_of(work, person), person.holder
    rows = [
        FactorRow(
            PASSKEY, key.name, key.created_at, key.used_at, key.id.hex, counts=PASSKEY in factors.allowed
        )
        for key in keys
    ]
    facts = (
        (TOTP, "", holder.totp_confirmed_at),
        (SMS, last_digits(holder.sms_number), holder.sms_confirmed_at),
        (EMAIL, masked(person.email), holder.email_factor_at),
    )
    rows += [
        FactorRow(kind, detail, since, counts=kind in factors.allowed)
        for kind, detail, since in facts
        if since is not None
    ]
    return [_with_right(row, factors.may_remove(row.kind, passkeys=len(keys))) for row in rows]


def _with_right(row: FactorRow, can_remove: bool) -> FactorRow:
    return FactorRow(row.kind, row.detail, row.since, row.used_at, row.passkey, can_remove, row.counts)
