"""On which days a request calls for a reminder (7.1 to 7.3, 7.12, 7.13, 5.8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.reminder_plan import Calendar, Series, slots
from portal_app.domain.reminders import EVERY_DAY, MOST, Due, Kind, Rule

GENTLE, URGENT, NONE = Rule(Kind.GENTLE), Rule(Kind.URGENT), Rule(Kind.NONE)
WORKDAYS = frozenset({0, 1, 2, 3, 4})


def march(*numbers: int) -> list[date]:
    return [date(2026, 3, number) for number in numbers]


def days(
    rule: Rule, dues: list[Due], sent_on: date, *, weekdays: Collection[int] = EVERY_DAY, most: int = MOST
) -> list[date]:
    """The first days after the send on which a request calls for a reminder."""
    series = Series(rule, tuple(dues), Calendar("America/Toronto", 8, frozenset(weekdays)), sent_on)
    return [slot.on for slot in islice(slots(series, sent_on), most)]


D = date(2026, 3, 18)  # a Wednesday

TABLE = {
    "gentle: a week before, on the day, and every day after": (
        GENTLE, [Due(D)], date(2026, 3, 2), march(11, 18, 19, 20, 21),
    ),
    "gentle, sent within the week: from the day itself": (
        GENTLE, [Due(D)], date(2026, 3, 12), march(18, 19, 20, 21, 22),
    ),
    "gentle, sent on D-7: none falls on the day of a send": (
        GENTLE, [Due(D)], date(2026, 3, 11), march(18, 19, 20, 21, 22),
    ),
    "gentle, already overdue: every day from the day after the send (7.13)": (
        GENTLE, [Due(date(2026, 2, 20))], date(2026, 3, 2), march(3, 4, 5, 6, 7),
    ),
    "the days of all tasks together": (
        GENTLE, [Due(D), Due(date(2026, 3, 20))], date(2026, 3, 2), march(11, 13, 18, 19, 20),
    ),
    "urgent: every day": (URGENT, [Due(D)], date(2026, 3, 2), march(3, 4, 5, 6, 7)),
    "custom: D-10, then every 4 days, before and after": (
        Rule(Kind.CUSTOM, before=10, every=4), [Due(D)], date(2026, 3, 2), march(8, 12, 16, 20, 24),
    ),
    "custom, whatever the day of the send": (
        Rule(Kind.CUSTOM, before=10, every=4), [Due(D)], date(2026, 3, 13), [*march(16, 20, 24, 28), date(2026, 4, 1)],
    ),
    "none": (NONE, [Due(D)], date(2026, 3, 2), []),
    "no task with a date: no reminder (7.1)": (URGENT, [], date(2026, 3, 2), []),
    "promised: silent until that day, then as if due on it (5.8)": (
        GENTLE, [Due(D, promised_on=date(2026, 3, 25))], date(2026, 3, 2), march(25, 26, 27, 28, 29),
    ),
    "promised earlier than due": (
        GENTLE, [Due(D, promised_on=date(2026, 3, 10))], date(2026, 3, 2), march(10, 11, 12, 13, 14),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_7_2_the_days_of_a_rule(case: str) -> None:
    rule, dues, sent_on, expected = TABLE[case]
    assert days(rule, dues, sent_on) == expected


def test_7_2_a_day_without_sending_moves_to_the_next_with() -> None:
    """7.2: D-7 is a Saturday here; the days after D skip the weekend and collapse into Monday."""
    due = Due(date(2026, 3, 14))
    assert days(GENTLE, [due], date(2026, 3, 2), weekdays=WORKDAYS) == march(9, 16, 17, 18, 19)


def test_7_2_a_day_before_the_send_may_move_to_one_after_it() -> None:
    """D-7 is Saturday 7 March; sent on Sunday the 8th, its reminder moves to Monday."""
    assert days(GENTLE, [Due(date(2026, 3, 14))], date(2026, 3, 8), weekdays=WORKDAYS, most=1) == march(9)


def test_7_2_without_a_day_for_sending_there_are_none() -> None:
    assert days(URGENT, [Due(D)], date(2026, 3, 2), weekdays=()) == []


def test_a_due_date_at_the_end_of_time_ends_the_search() -> None:
    assert days(GENTLE, [Due(date.max)], date(2026, 3, 2)) == []


def test_7_2_a_kept_rule_is_read_within_its_bounds() -> None:
    assert Rule.read({"kind": "gentle"}) == GENTLE
    assert Rule.read({}) == GENTLE
    assert Rule.read({"kind": "custom", "before": 99, "every": 0}) == Rule(Kind.CUSTOM, before=60, every=1)


rules = st.sampled_from([GENTLE, URGENT]) | st.builds(
    Rule, kind=st.just(Kind.CUSTOM), before=st.integers(0, 60), every=st.integers(1, 30)
)
near = st.dates(date(2024, 2, 1), date(2026, 12, 31))


@given(rules, st.lists(near, min_size=1, max_size=4), near, st.sets(st.integers(0, 6), min_size=1))
def test_7_4_five_days_in_order_after_the_send_on_days_with_sending(
    rule: Rule, dues: list[date], sent_on: date, weekdays: set[int]
) -> None:
    found = days(rule, [Due(one) for one in dues], sent_on, weekdays=weekdays)
    assert len(found) == MOST
    assert found == sorted(set(found))
    assert found[0] > sent_on
    assert all(day.weekday() in weekdays for day in found)
    assert found[0] <= max(sent_on, max(dues)) + timedelta(days=30 + 7)
