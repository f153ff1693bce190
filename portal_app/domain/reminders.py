"""On which days a request calls for a reminder (7.1 to 7.3): pure, in the firm's calendar days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

MOST = 5  # 7.4: reminders to a recipient since the last send to them
EARLY = 7  # 7.2: gentle begins a week before
EVERY_DAY: frozenset[int] = frozenset(range(7))


class Kind(StrEnum):
    """The four reminder rules."""

    NONE = "none"
    GENTLE = "gentle"
    URGENT = "urgent"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Rule:
    """When to remind. `before` and `every` count in days, for *custom* alone: D−before, then every so many."""

    kind: Kind
    before: int = 0
    every: int = 1

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Rule:
        """A rule as a request keeps it; bounds as in 7.2 (n 1 to 30, m 0 to 60)."""
        return cls(
            kind=Kind(kept.get("kind", Kind.GENTLE)),
            before=min(60, max(0, int(kept.get("before", 0)))),
            every=min(30, max(1, int(kept.get("every", 1)))),
        )


@dataclass(frozen=True, slots=True)
class Due:
    """The date of one open task; with a promise it is silent until that day, then as if due on it (5.8)."""

    on: date
    promised_on: date | None = None


def calls(rule: Rule, due: Due, day: date) -> bool:
    """Whether one task calls for a reminder on `day`, before any day without sending moves it."""
    if due.promised_on is not None and day < due.promised_on:
        return False
    ahead = ((due.promised_on or due.on) - day).days
    if rule.kind is Kind.GENTLE:
        return ahead == EARLY or ahead <= 0
    if rule.kind is Kind.CUSTOM:
        return ahead <= rule.before and (rule.before - ahead) % rule.every == 0
    return rule.kind is Kind.URGENT


def first_day(rule: Rule, due: Due) -> date:
    """A day no later than the first on which the task calls."""
    if rule.kind is Kind.URGENT:
        return date.min
    until = max(EARLY, rule.before)
    return date.fromordinal(max(1, (due.promised_on or due.on).toordinal() - until))
