"""The tables that hold clients in the orders of the management page's list, and what they are narrowed by (2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, literal, or_, true, tuple_

from portal_app.domain.standings import ClientStatus, level_word, status_word, switch_word
from portal_app.models import ClientStanding, Firm, SearchWord
from portal_app.models.standings import NEVER

ME: Final = "me"
NEVER_SEEN: Final = "never"
ORDERS: Final = ("", "down", "seen", "seen_down")
_BY_SEEN: Final = ("seen", "seen_down")
_DOWN: Final = ("down", "seen_down")
_NARROWS: Final = ("status", "is_on", "has_limited", "has_full", "last_sign_in_at")


@dataclass(frozen=True, slots=True)
class Filters:
    """The page's address. Empty is the default; values that mean nothing are ignored.

    `seen` is *never* or a day before which everybody signed in last; `after` the id of the last row of the page before.
    """

    tab: str = ""
    search: str = ""
    status: str = ""
    portal: str = ""
    level: str = ""
    seen: str = ""
    assigned: str = ""
    by: str = ""
    order: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A table, or a query under a name, whose rows say which client they are about and where it stands."""

    client_id: Any
    columns: Any

    @classmethod
    def of(cls, columns: Any, client_id: str) -> Place:
        """What has these columns; `client_id` names the one that tells the client."""
        return cls(getattr(columns, client_id), columns)

    def keys(self, order: str) -> list[Any]:
        """What puts the rows in order, the client last."""
        first = [self.columns.last_sign_in_at] if order in _BY_SEEN else []
        return [*first, self.columns.name_key, self.client_id]

    def ordered(self, order: str) -> Sequence[Any]:
        """The same for `ORDER BY`."""
        return [key.desc() if order in _DOWN else key for key in self.keys(order)]

    def after(self, order: str, row: Sequence[Any]) -> list[ColumnElement[bool]]:
        """What comes after a row with these keys; everything where there is no such row."""
        here, there = self._compared(order, row)
        return [here < there if order in _DOWN else here > there] if row else []

    def until(self, order: str, row: Sequence[Any]) -> list[ColumnElement[bool]]:
        """The row with these keys and what comes before it; everything where there is no such row."""
        here, there = self._compared(order, row)
        return [here >= there if order in _DOWN else here <= there] if row else []

    def _compared(self, order: str, row: Sequence[Any]) -> tuple[Any, Any]:
        keys = self.keys(order)
        return tuple_(*keys), tuple_(
            *(literal(value, key.type) for key, value in zip(keys, row, strict=False))
        )

    def narrowing(self) -> list[Any]:
        """The columns that `narrowed` looks at."""
        return [getattr(self.columns, name) for name in _NARROWS]

    def narrowed(self, firm: Firm, wanted: Filters) -> list[ColumnElement[bool]]:
        """What the filters leave: status, portal, level, last sign-in."""
        where: list[ColumnElement[bool]] = []
        if wanted.status in set(ClientStatus):
            where.append(self._is(firm, ClientStatus(wanted.status)))
        if wanted.portal in ("on", "off"):
            is_on = self.columns.is_on == true() if firm.portal_on_at else false()
            where.append(is_on if wanted.portal == "on" else ~is_on)
        if wanted.level == "full":
            where.append(self.columns.has_full == true())
        if wanted.level == "limited":
            where.append(self.columns.has_limited == true())
        if wanted.seen == NEVER_SEEN:
            where.append(self.columns.last_sign_in_at == NEVER)
        elif before := _day(wanted.seen):
            midnight = datetime.combine(before, time(), ZoneInfo(firm.time_zone)).astimezone(UTC)
            where.append(self.columns.last_sign_in_at < midnight)
        return where

    def _is(self, firm: Firm, status: ClientStatus) -> ColumnElement[bool]:
        """The status of 2.6; while the portal of the firm is off nobody can sign in."""
        is_it: ColumnElement[bool] = self.columns.status == status
        if firm.portal_on_at or status is ClientStatus.PENDING:
            return is_it
        if status is ClientStatus.ACTIVATED:
            return false()
        return or_(is_it, self.columns.status == ClientStatus.ACTIVATED)


LISTED: Final = Place.of(ClientStanding, "id")
FOUND: Final = Place.of(SearchWord, "client_id")


def marks(firm: Firm, wanted: Filters) -> list[str]:
    """The words that stand for filters; while the firm's portal is off, only some do."""
    found = []
    if firm.portal_on_at and wanted.status in set(ClientStatus):
        found.append(status_word(ClientStatus(wanted.status)))
    if firm.portal_on_at and wanted.portal in ("on", "off"):
        found.append(switch_word(is_on=wanted.portal == "on"))
    if wanted.level in ("full", "limited"):
        found.append(level_word(is_full=wanted.level == "full"))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
