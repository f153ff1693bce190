"""The dashboard's past, as lines, bars and a table: of days that were noted, and of no others (8.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal_app.models import DailyFigures
from portal_app.services import spoken
from portal_app.services.dashboard.counting import percent
from portal_app.text import NBSP, _, format_date, format_number

BACK = timedelta(days=396)
"""Thirteen months."""
MONTHS = 13
LEFT, RIGHT, BOTTOM, HEIGHT = 30.0, 480.0, 82.0, 74.0
"""The chart's own measures: 0 to 100 percent stand between `BOTTOM` and `BOTTOM - HEIGHT`."""
APART = 15.0
"""Two labels at the lines' ends do not touch."""
BAR, STEP, TALL = 6.0, 9.2, 26.0

Value = Callable[[DailyFigures], float | None]


@dataclass(frozen=True, slots=True)
class Tick:
    """A date under the chart."""

    x: str = ""
    word: str = ""
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One month in the table: how it stood on the last day noted."""

    when: str = ""
    portal_on: str = ""
    activated: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of a figure."""

    x: str = ""
    y: str = ""
    height: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Two lines over time, and the same as a sentence and as a table; `note` stands while there is one day alone."""

    portal_on: str = ""
    activated: str = ""
    on_end: str = ""
    activated_end: str = ""
    on_label: str = ""
    activated_label: str = ""
    ticks: list[Tick] = field(default_factory=list)
    rows: list[ChartRow] = field(default_factory=list)
    sentence: str = ""
    note: str = ""


def chart(days: Sequence[DailyFigures]) -> Chart:
    """Both percentages over the days noted, oldest first; the last is today as it is now."""
    first, last = days[0], days[-1]
    on, activated = _of(first, "portal_on"), _of(first, "activated")
    on_now, activated_now = _of(last, "portal_on"), _of(last, "activated")
    on_label, activated_label = _labels(_y(on_now), _y(activated_now))
    return Chart(
        portal_on=_line(days, "portal_on"),
        activated=_line(days, "activated"),
        on_end=f"{_y(on_now):.1f}",
        activated_end=f"{_y(activated_now):.1f}",
        on_label=f"{on_label:.1f}",
        activated_label=f"{activated_label:.1f}",
        ticks=_ticks(first.noted_on, last.noted_on),
        rows=[_row(day, last.noted_on) for day in reversed(last_of_months(days))],
        sentence=_("From {first} to {last}: portal on {a} to {b}, activated {c} to {d}.").format(
            first=format_date(first.noted_on),
            last=format_date(last.noted_on),
            a=percent_word(on),
            b=percent_word(on_now),
            c=percent_word(activated),
            d=percent_word(activated_now),
        ),
        note=_("The lines begin today: one point is added each day.") if len(days) == 1 else "",
    )


def percent_word(share: float) -> str:
    """*74.6 %*."""
    return f"{format_number(share)}{NBSP}%"


def last_of_months(days: Sequence[DailyFigures]) -> list[DailyFigures]:
    """Of each month the last day noted, oldest first."""
    return list({(day.noted_on.year, day.noted_on.month): day for day in days}.values())


def bars(days: Sequence[DailyFigures], value: Value) -> list[Bar]:
    """A figure month by month, at its month's place; the tallest fills the height, a month without a row has no bar."""
    months = [(_month(day, days[-1]), value(day)) for day in last_of_months(days)]
    found = [(back, size) for back, size in months if size is not None and back < MONTHS]
    most = max((size for _back, size in found), default=0.0)
    return [
        Bar(
            x=f"{(MONTHS - 1 - back) * STEP:.1f}",
            y=f"{28 - tall:.1f}",
            height=f"{tall:.1f}",
            is_now=back == 0,
        )
        for back, size in found
        for tall in [max(1.0, TALL * size / most) if most else 1.0]
    ]


def _month(day: DailyFigures, last: DailyFigures) -> int:
    return (last.noted_on.year - day.noted_on.year) * 12 + last.noted_on.month - day.noted_on.month


def _of(day: DailyFigures, name: str) -> float:
    return percent(getattr(day, name), day.clients)


def _y(share: float) -> float:
    return BOTTOM - HEIGHT * share / 100


def _x(when: date, first: date, last: date) -> float:
    whole = (last - first).days
    return RIGHT if not whole else LEFT + (RIGHT - LEFT) * (when - first).days / whole


def _line(days: Sequence[DailyFigures], name: str) -> str:
    """One point a week and the ends: more is not seen."""
    first, last = days[0].noted_on, days[-1].noted_on
    weekly = {(day.noted_on - first).days // 7: day for day in days[1:]}
    shown = [days[0], *weekly.values()] if len(days) > 90 else list(days)
    return " ".join(f"{_x(day.noted_on, first, last):.1f},{_y(_of(day, name)):.1f}" for day in shown)


def _labels(on: float, activated: float) -> tuple[float, float]:
    """Where the words at the lines' ends stand: beside them, but never over each other, nor over the last date."""
    missing = max(0.0, APART - (activated - on))
    lower = min(BOTTOM + 4, activated + 4 + missing / 2)
    return min(on + 4 - missing / 2, lower - APART), lower


def _ticks(first: date, last: date) -> list[Tick]:
    whole = (last - first).days
    parts = min(4, whole)
    days = (
        [first + timedelta(days=round(whole * part / parts)) for part in range(parts + 1)]
        if whole
        else [last]
    )
    ends = {first: "start", last: "middle"}
    return [
        Tick(
            x=f"{_x(day, first, last):.1f}",
            word=format_date(day, "month") if whole > 150 else spoken.short_day(day, last),
            anchor=ends.get(day, "middle"),
        )
        for day in days
    ]


def _row(day: DailyFigures, last: date) -> ChartRow:
    is_this_month = (day.noted_on.year, day.noted_on.month) == (last.year, last.month)
    return ChartRow(
        when=_("Today") if is_this_month else format_date(day.noted_on, "month"),
        portal_on=percent_word(_of(day, "portal_on")),
        activated=percent_word(_of(day, "activated")),
    )
