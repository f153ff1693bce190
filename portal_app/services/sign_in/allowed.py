"""By which ways a person may sign in: what the firm allows its staff, and by which issuer (1.2)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select

from portal_app.domain.issuers import Preset, Ways, ways
from portal_app.models import FirmIssuer, Staff
from portal_app.services.sign_in.accounts import Person
from portal_app.work import Work

_NAMES = {Preset.GOOGLE: "Google", Preset.MICROSOFT: "Microsoft"}


def issuer_of(work: Work, firm_id: UUID) -> FirmIssuer | None:
    """The firm's issuer; None where it has none."""
    return work.session.exec(select(FirmIssuer).where(FirmIssuer.firm_id == firm_id)).first()


def issuer_name(issuer: FirmIssuer) -> str:
    """What stands on the button: a name that people know, else the issuer's host."""
    return _NAMES.get(issuer.preset) or issuer.issuer.partition("://")[2].partition("/")[0]


def ways_of(person: Person, *, has_issuer: bool) -> Ways:
    """What a person may use; a contact has a password and nothing else of this."""
    if not isinstance(person.holder, Staff):
        return Ways()
    return ways(person.firm.staff_sign_in, person.holder.role, has_issuer=has_issuer)


def may_use_password(work: Work, person: Person) -> bool:
    """Whether this person's password opens anything."""
    if not isinstance(person.holder, Staff):
        return True
    return ways_of(person, has_issuer=issuer_of(work, person.firm.id) is not None).password
