"""When a request goes out by itself (5.4, 6.19), whatever the clocks do (fault 29)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.send_rules import FURTHEST, Days, Kind, Rule, again, moment, moved, send_at

TORONTO, LORD_HOWE, KOLKATA = (
    ZoneInfo("America/Toronto"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Asia/Kolkata"),
)
BEIRUT = ZoneInfo("Asia/Beirut")
ZONES = st.sampled_from(
    [TORONTO, LORD_HOWE, KOLKATA, BEIRUT, *(ZoneInfo(n) for n in ("UTC", "America/St_Johns", "Pacific/Apia", "Europe/Paris"))]
)  # fmt: skip
WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)
DAY = st.dates(date(2000, 1, 1), date(2060, 12, 31))
HOUR = st.integers(0, 23)
WORKDAYS = Days(TORONTO, 8, frozenset({0, 1, 2, 3, 4}))
MONDAY = date(2026, 3, 2)


def local(text: str, zone: ZoneInfo = TORONTO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


TABLE = {
    "by hand": (Rule(), MONDAY, None),
    "three days before the start, at nine": (Rule(Kind.RELATIVE, -3, hour=9), date(2026, 3, 6), "2026-03-03T09:00"),
    "on the start": (Rule(Kind.RELATIVE, 0, hour=9), MONDAY, "2026-03-02T09:00"),
    "after the start": (Rule(Kind.RELATIVE, 10, hour=9), MONDAY, "2026-03-12T09:00"),
    "over a leap day": (Rule(Kind.RELATIVE, -1, hour=9), date(2028, 3, 1), "2028-02-29T09:00"),
    "over a year's end": (Rule(Kind.RELATIVE, -3, hour=9), date(2026, 1, 2), "2025-12-30T09:00"),
    "the firm's hour, where the rule names none": (Rule(Kind.RELATIVE, 0), MONDAY, "2026-03-02T08:00"),
    "on a date, whatever the start": (Rule(Kind.ON, on=date(2026, 3, 4), hour=17), None, "2026-03-04T17:00"),
    "relative to a start that nobody set": (Rule(Kind.RELATIVE, 0), None, None),
    "on a Saturday: the Monday after (6.19)": (Rule(Kind.ON, on=date(2026, 3, 7)), None, "2026-03-09T08:00"),
    "before the start on a Sunday: the Monday after (6.19)": (Rule(Kind.RELATIVE, -1), MONDAY, "2026-03-02T08:00"),
    "a start that is a slip of the hand": (Rule(Kind.RELATIVE, -3), date.min, None),
    "a date that is one": (Rule(Kind.ON, on=date.max), None, None),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_5_4_the_moment_of_a_rule(case: str) -> None:
    rule, starts_on, expected = TABLE[case]
    assert send_at(rule, starts_on, WORKDAYS) == (local(expected) if expected else None)


def test_6_19_a_firm_that_sends_on_no_weekday_sends_nothing_by_itself() -> None:
    assert send_at(Rule(Kind.ON, on=MONDAY), None, Days(TORONTO, 8, ())) is None


CLOCKS = {
    "the hour that the spring leaves out": (TORONTO, date(2026, 3, 8), 2, "2026-03-08T07:00+00:00"),
    "the hour that comes twice: the first": (TORONTO, date(2026, 11, 1), 1, "2026-11-01T05:00+00:00"),
    "a gap of half an hour": (LORD_HOWE, date(2026, 10, 4), 2, "2026-10-03T15:30+00:00"),
    "a midnight that does not exist": (BEIRUT, date(2026, 3, 29), 0, "2026-03-28T22:00+00:00"),
    "half hours all year": (KOLKATA, date(2026, 3, 8), 9, "2026-03-08T03:30+00:00"),
}


@pytest.mark.parametrize("case", CLOCKS)
def test_fault_29_an_hour_is_one_moment_of_its_day_whatever_the_clocks_do(case: str) -> None:
    zone, day, hour, expected = CLOCKS[case]
    found = moment(day, hour, zone)
    assert found == datetime.fromisoformat(expected)
    assert found.astimezone(zone).date() == day


@given(day=DAY, hour=HOUR, zone=ZONES)
def test_fault_29_the_moments_of_two_days_follow_each_other(day: date, hour: int, zone: ZoneInfo) -> None:
    first, second = moment(day, hour, zone), moment(day + timedelta(days=1), hour, zone)
    assert first.tzinfo is UTC
    assert timedelta(0) <= second - first <= timedelta(hours=49)  # Apia left out a whole day in 2011
    assert first.astimezone(zone).hour >= hour or first.astimezone(zone).date() > day


@given(day=DAY, weekdays=WEEKDAYS)
def test_6_19_a_day_without_sending_moves_to_the_next_with(day: date, weekdays: frozenset[int]) -> None:
    found = moved(day, weekdays)
    between = [day + timedelta(days=n) for n in range((found - day).days)]
    assert found.weekday() in weekdays
    assert not any(one.weekday() in weekdays for one in between)


@given(starts_on=DAY, by=st.integers(-400, 400), days=st.integers(-FURTHEST, FURTHEST), zone=ZONES, hour=HOUR)
def test_5_14_a_relative_send_moves_with_the_start(
    starts_on: date, by: int, days: int, zone: ZoneInfo, hour: int
) -> None:
    every, rule = Days(zone, hour, range(7)), Rule(Kind.RELATIVE, days)
    later = send_at(rule, starts_on + timedelta(days=by), every)
    assert later == send_at(Rule(Kind.RELATIVE, days + by), starts_on, every)


@given(
    st.builds(Rule, st.just(Kind.RELATIVE), days=st.integers(-FURTHEST, FURTHEST), hour=st.none() | HOUR)
    | st.builds(Rule, st.just(Kind.ON), on=DAY, hour=st.none() | HOUR)
    | st.just(Rule())
)
def test_5_4_a_rule_is_read_as_it_was_kept(rule: Rule) -> None:
    assert Rule.read(rule.kept) == rule


def test_5_4_a_rule_that_says_no_day_is_manual() -> None:
    assert Rule.read({}) == Rule.read({"kind": "on"}) == Rule()


@given(today=DAY, hour=HOUR, ago=st.integers(0, 400), weekdays=WEEKDAYS)
def test_7_14_a_send_made_past_by_a_new_zone_or_weekday_is_not_lost(
    today: date, hour: int, ago: int, weekdays: frozenset[int]
) -> None:
    present, days = moment(today, hour, TORONTO), Days(TORONTO, 8, weekdays)
    planned = present - timedelta(hours=ago)
    found = again(Rule(Kind.RELATIVE), planned, present, days)
    goes_on = today if found <= present else found.astimezone(TORONTO).date()
    assert goes_on == moved(today, weekdays)


def test_7_14_a_send_that_is_still_to_come_keeps_its_moment() -> None:
    planned = local("2026-03-09T08:00").astimezone(UTC)
    assert again(Rule(Kind.RELATIVE), planned, planned - timedelta(days=1), WORKDAYS) == planned
