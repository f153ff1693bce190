"""Which second steps somebody has, read from the rows that keep them (4.3, row 8)."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain.factors import EMAIL, PASSKEY, SMS, TOTP, Factors
from portal_app.models import Passkey, RecoveryCode
from portal_app.ports import Ports
from portal_app.services.sign_in.accounts import Person
from portal_app.settings import Settings
from portal_app.work import Work


def factors_of(work: Work, person: Person) -> Factors:
    """What this person has set up, and what their firm lets count."""
    holder, has_passkey = person.holder, count_passkeys(work, person) > 0
    facts = {
        TOTP: holder.totp_confirmed_at is not None,
        EMAIL: holder.email_factor_at is not None,
        SMS: holder.sms_confirmed_at is not None,
        PASSKEY: has_passkey,
    }
    return Factors(
        set_up=frozenset(kind for kind, is_there in facts.items() if is_there),
        allowed=allowed(work.ports, person),
        has_recovery=_count(work, RecoveryCode, person, col(RecoveryCode.used_at).is_(None)) > 0,
        is_reset=holder.mfa_reset_at is not None,
    )


def allowed(ports: Ports, person: Person) -> frozenset[str]:
    """What counts: the app always; e-mail and text messages as the firm switched them; passkeys under a name."""
    facts = {
        TOTP: True,
        EMAIL: person.firm.email_codes_at is not None,
        SMS: person.firm.sms_codes_at is not None and ports.texter is not None,
        PASSKEY: has_passkeys(ports.settings),
    }
    return frozenset(kind for kind, counts in facts.items() if counts)


def has_passkeys(settings: Settings) -> bool:
    """Browsers keep passkeys for names, not for network addresses."""
    try:
        ipaddress.ip_address(relying_party(settings))
    except ValueError:
        return True
    return False


def relying_party(settings: Settings) -> str:
    """The name that passkeys are kept for: the public address's, from settings alone."""
    return urlsplit(settings.public_url).hostname or ""


def count_passkeys(work: Work, person: Person) -> int:
    """How many passkeys this person has."""
    return _count(work, Passkey, person)


def recovery_left(work: Work, person: Person) -> int:
    """How many recovery codes are not used."""
    return _count(work, RecoveryCode, person, col(RecoveryCode.used_at).is_(None))


def passkeys_of(work: Work, person: Person) -> list[Passkey]:
    """This person's passkeys, in order of making."""
    return list(work.session.exec(select(Passkey).where(*_of(Passkey, person)).order_by(col(Passkey.id))))


def _count(work: Work, kind: type[Passkey | RecoveryCode], person: Person, *where: Any) -> int:
    query = select(func.count()).select_from(kind).where(*_of(kind, person), *where)
    return int(work.session.exec(query).one())


def _of(kind: type[Passkey | RecoveryCode], person: Person) -> list[Any]:
    return [
        kind.firm_id == person.firm.id,
        kind.staff_id == person.staff_id,
        kind.contact_id == person.contact_id,
    ]
