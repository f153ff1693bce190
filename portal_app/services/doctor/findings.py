"""What a check finds, and how bad it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """The command's exit code is the worst of them."""

    OK = 0
    WARNING = 1
    FAULT = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, what was found, and what to do about it."""

    check: str
    level: Level
    text: str
    remedy: str = ""


def ok(check: str, text: str) -> Finding:
    """All is well."""
    return Finding(check, Level.OK, text)


def warning(check: str, text: str, remedy: str) -> Finding:
    """The portal serves, and somebody should look."""
    return Finding(check, Level.WARNING, text, remedy)


def fault(check: str, text: str, remedy: str) -> Finding:
    """Something does not work, is lost, or is open."""
    return Finding(check, Level.FAULT, text, remedy)


def worst(findings: Iterable[Finding]) -> Level:
    """How bad it is altogether."""
    return max((finding.level for finding in findings), default=Level.OK)
