"""Measures the figures of docs/benchmarks.md: `make bench`, or one by `make bench-start`.

A module here is one measurement: a docstring that says what is compared with what, and `measure()`.
All figures are ratios of two things measured in the same run, since machines differ.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a figure's table."""

    what: str
    ours: str
    limit: str
    goal: str
    reached: bool | None
    """None where a figure has no goal and only gives context."""


def ratio(ours: float, limit: float) -> str:
    """How many times the limit ours is."""
    times = ours / limit
    return f"{times:.2f}×" if times >= 0.1 else f"{times:.4f}×"
