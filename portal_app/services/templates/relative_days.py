"""Days before or after the work's start, as people type them and read them (5.3, 5.4)."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.domain.errors import BadInput
from portal_app.domain.send_rules import FURTHEST
from portal_app.text import _, ngettext

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class TypedDays:
    """A number as typed, and whether it counts before or after the start; an empty number is no date."""

    number: str = ""
    side: str = AFTER


def read(typed: TypedDays, field: str) -> int | None:
    """The days, negative before the start; None where nothing was typed. Raises `BadInput` naming `field`."""
    number = typed.number.strip()
    if not number:
        return None
    if not (number.isascii() and number.isdecimal()) or int(number) > FURTHEST:
        raise BadInput(_("A whole number of days, from 0 to {n}.").format(n=FURTHEST), field=field)
    return -int(number) if typed.side == BEFORE else int(number)


def typed(days: int | None) -> TypedDays:
    """What a form shows for these days."""
    return TypedDays() if days is None else TypedDays(str(abs(days)), BEFORE if days < 0 else AFTER)


def words(days: int | None) -> str:
    """*3 days before the start*; empty where there is no date."""
    if days is None:
        return ""
    if days == 0:
        return _("on the day of the start")
    if days < 0:
        return ngettext("{n} day before the start", "{n} days before the start", -days)
    return ngettext("{n} day after the start", "{n} days after the start", days)
