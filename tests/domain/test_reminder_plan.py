"""When the next reminder goes out (7.2 to 7.14, 5.8), against a slow reference that lives day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal_app.domain.reminder_plan import (
    UNTIL_RESUMED,
    Calendar,
    Held,
    Series,
    coming,
    holds,
    next_reminder,
)
from portal_app.domain.reminders import MOST, Due, Kind, Rule

TORONTO = Calendar("America/Toronto", 8)
WORKDAYS = frozenset({0, 1, 2, 3, 4})
DAY = timedelta(days=1)


def local(text: str, zone: str = "America/Toronto") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def overdue(**more: object) -> Series:
    """Gentle, due before the send: a reminder every day from the day after it."""
    plain = Series(Rule(Kind.GENTLE), (Due(date(2026, 3, 1)),), TORONTO, sent_on=date(2026, 3, 2))
    return replace(plain, **more)  # type: ignore[arg-type]


def test_7_10_what_was_missed_is_one_reminder_at_once_where_the_hour_is_past() -> None:
    found = next_reminder(overdue(), since=local("2026-03-03T08:00"), now=local("2026-03-06T09:30"))
    assert found is not None
    assert (found.at, found.slot_on) == (local("2026-03-06T08:00"), date(2026, 3, 3))
    after = next_reminder(
        overdue(reminded_on=date(2026, 3, 6)), since=local("2026-03-06T09:30"), now=local("2026-03-06T09:30")
    )
    assert after is not None
    assert after.at == local("2026-03-07T08:00")


def test_7_10_before_the_hour_it_waits_for_the_hour_even_on_a_day_without_a_slot_of_its_own() -> None:
    every_ten = overdue(rule=Rule(Kind.CUSTOM, before=0, every=10), dues=(Due(date(2026, 3, 5)),))
    since = local("2026-03-05T08:00")
    found = next_reminder(every_ten, since, now=local("2026-03-07T06:00"))
    assert found is not None
    assert (found.at, found.slot_on) == (local("2026-03-07T08:00"), date(2026, 3, 5))
    again = next_reminder(every_ten, since, now=local("2026-03-07T08:00"))
    assert again == found, "still the one of the 5th when its moment comes"


def test_7_10_what_was_missed_waits_for_a_day_with_sending() -> None:
    weekdays = replace(TORONTO, weekdays=WORKDAYS)
    saturday = local("2026-03-07T10:00")
    found = next_reminder(overdue(calendar=weekdays), local("2026-03-06T08:00"), saturday)
    assert found is not None
    assert found.at == local("2026-03-09T08:00")


def test_7_8_a_change_makes_nothing_up_for_days_before_it() -> None:
    """7.7: a rule or a date set at ten in the morning sends nothing that morning."""
    ten = local("2026-03-06T10:00")
    found = next_reminder(overdue(), since=ten, now=ten)
    assert found is not None
    assert found.at == local("2026-03-07T08:00")


@pytest.mark.parametrize("hour", [1, 2, 3])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_fault_29_both_changes_of_the_clock_give_one_moment_a_day(day: str, hour: int) -> None:
    """02:30 is not there on 8 March, and 01:30 comes twice on 1 November."""
    calendar, change = Calendar("America/Toronto", hour), date.fromisoformat(day)
    moments = [calendar.moment_of(change + n * DAY) for n in (-1, 0, 1)]
    assert [calendar.day_of(moment) for moment in moments] == [change - DAY, change, change + DAY]
    assert moments == sorted(set(moments))


def test_7_14_a_recipient_reminded_today_in_the_old_zone_is_not_reminded_again_in_the_new() -> None:
    """Reminded on the 11th in Tokyo, while it is still the 10th in Toronto."""
    at = local("2026-03-11T08:00", "Asia/Tokyo")
    moved = overdue(reminded_on=max(date(2026, 3, 11), TORONTO.day_of(at)))
    found = next_reminder(moved, since=at, now=at)
    assert found is not None
    assert found.at == local("2026-03-12T08:00")


def test_7_8_what_is_skipped_or_paused_is_not_made_up_for_and_does_not_count() -> None:
    now = local("2026-03-02T12:00")
    held = overdue(skipped=frozenset({date(2026, 3, 6)}), paused_until=date(2026, 3, 5))
    rows = coming(held, now, now)
    assert [(row.on.day, row.number, row.held) for row in rows] == [
        (3, 0, Held.PAUSED),
        (4, 0, Held.PAUSED),
        (5, 1, None),
        (6, 0, Held.SKIPPED),
        *((6 + number - 1, number, None) for number in range(2, MOST + 1)),
    ]
    resumed = local("2026-03-05T10:00")
    found = next_reminder(overdue(), since=resumed, now=resumed)
    assert found is not None
    assert found.at == local("2026-03-06T08:00")


def test_7_8_paused_until_resumed_has_no_next_but_shows_what_would_come() -> None:
    now = local("2026-03-02T12:00")
    held = overdue(paused_until=UNTIL_RESUMED)
    assert next_reminder(held, now, now) is None
    assert {row.held for row in coming(held, now, now)} == {Held.PAUSED}


def test_7_2_a_moved_day_says_where_it_came_from() -> None:
    now = local("2026-03-05T12:00")
    custom = Series(
        Rule(Kind.CUSTOM, before=0, every=4),
        (Due(date(2026, 3, 7)),),
        replace(TORONTO, weekdays=WORKDAYS),
        sent_on=date(2026, 3, 5),
    )
    first, second = coming(custom, now, now)[:2]
    assert (first.on, first.moved_from) == (date(2026, 3, 9), date(2026, 3, 7))
    assert (second.on, second.moved_from) == (date(2026, 3, 11), None)


def test_fault_30_what_was_queued_still_holds_only_while_its_day_is_called_for() -> None:
    today = date(2026, 3, 6)
    assert holds(overdue(), date(2026, 3, 3), today)
    assert not holds(overdue(dues=(Due(date(2026, 4, 20)),)), today, today)
    assert not holds(overdue(sent_on=today), today, today), "7.12: none on the day of a send"
    assert not holds(overdue(paused_until=date(2026, 3, 9)), today, today)


def test_years_of_silence_cost_nothing() -> None:
    """The next day is found from today on, not from a send ten years ago."""
    old = overdue(sent_on=date(2016, 3, 2), dues=(Due(date(2016, 3, 1)),))
    now = local("2026-03-06T10:00")
    found = next_reminder(old, now, now)
    assert found is not None
    assert found.at == local("2026-03-07T08:00")


# The reference: a firm that looks at each task on each day, written without a look at the planner.


def asked_for(rule: Rule, due: Due, day: date) -> bool:
    """7.2 and 5.8, as they are written."""
    if due.promised_on and day < due.promised_on:
        return False
    d = due.promised_on or due.on
    if rule.kind is Kind.GENTLE:
        return day == d - 7 * DAY or day >= d
    if rule.kind is Kind.URGENT:
        return True
    step = d - rule.before * DAY
    while step < day:
        step += rule.every * DAY
    return step == day


def reference(series: Series, since: datetime, now: datetime) -> datetime | None:
    """Live through every day since the send, keep what was missed, and stop at the first reminder that goes."""
    zone = ZoneInfo(series.calendar.zone)
    today = now.astimezone(zone).date()
    carried = missed = False
    day = series.sent_on - 10 * DAY
    for _number in range(900):
        day += DAY
        carried = carried or any(asked_for(series.rule, due, day) for due in series.dues)
        if day.weekday() not in series.calendar.weekdays:
            continue
        is_called, carried = carried, False
        hour = series.calendar.hour
        at = datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
        is_held = day in series.skipped or day < series.paused_until
        is_too_soon = day <= series.sent_on or (series.reminded_on is not None and day <= series.reminded_on)
        is_open = is_called and not is_held and not is_too_soon
        if is_open and at >= now:
            return at
        missed = missed or (is_open and at >= since)
        if missed and day >= today and day not in series.skipped:
            return at
    return None


ZONES = ["America/Toronto", "Asia/Kolkata", "Australia/Adelaide", "Asia/Kathmandu", "Pacific/Apia", "UTC", "America/St_Johns"]  # fmt: skip
rules = st.sampled_from([Rule(Kind.GENTLE), Rule(Kind.URGENT)]) | st.builds(
    Rule, kind=st.just(Kind.CUSTOM), before=st.integers(0, 60), every=st.integers(1, 30)
)
near = st.dates(date(2024, 1, 20), date(2024, 12, 20))  # a leap year, with both changes of the clock
dues = st.builds(Due, on=near, promised_on=st.none() | near)
calendars = st.builds(
    Calendar,
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
)
moments = st.builds(
    lambda minutes: datetime(2024, 2, 1, tzinfo=UTC) + timedelta(minutes=minutes),
    st.integers(0, 320 * 24 * 60),
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Series, datetime, datetime]:
    """A series, when it was last looked at, and now."""
    now = draw(moments)
    since = now - draw(st.sampled_from([timedelta(), timedelta(minutes=1), 3 * DAY, 20 * DAY]))
    calendar = draw(calendars)
    sent_on = calendar.day_of(since) - draw(st.integers(0, 60)) * DAY
    today = calendar.day_of(now)
    some_days = st.integers(-5, 15).map(lambda n: today + n * DAY)
    series = Series(
        draw(rules),
        tuple(draw(st.lists(dues, min_size=1, max_size=3))),
        calendar,
        sent_on,
        used=draw(st.integers(0, 4)),
        reminded_on=draw(st.none() | st.integers(0, 5).map(lambda n: calendar.day_of(since) - n * DAY)),
        skipped=draw(st.frozensets(some_days, max_size=4)),
        paused_until=draw(st.just(date.min) | st.integers(-9, 0).map(lambda n: today + n * DAY)),
    )
    return series, since, now


@settings(max_examples=600, deadline=None)
@given(lives())
def test_7_7_the_next_reminder_is_the_one_of_a_firm_that_lives_day_by_day(
    life: tuple[Series, datetime, datetime],
) -> None:
    series, since, now = life
    found = next_reminder(series, since, now)
    assert (found.at if found else None) == reference(series, since, now)


@settings(max_examples=200, deadline=None)
@given(lives(), st.lists(st.sampled_from(ZONES), min_size=1, max_size=3))
def test_fault_25_a_series_never_reminds_twice_a_day_nor_more_than_five_times(
    life: tuple[Series, datetime, datetime], zones: list[str]
) -> None:
    """Lived through to its end, with changes of zone on the way (7.14)."""
    series, since, now = life
    went: list[tuple[date, str]] = []
    last_at: datetime | None = None
    for number in range(10):
        found = next_reminder(series, since, now)
        if found is None:
            break
        assert last_at is None or found.at > last_at
        now = last_at = max(now, found.at)
        on = series.calendar.day_of(now)
        went.append((on, series.calendar.zone))
        zone = zones[number % len(zones)]
        calendar = replace(series.calendar, zone=zone)
        series = replace(
            series, used=series.used + 1, calendar=calendar, reminded_on=max(on, calendar.day_of(now))
        )
        since = now
    assert len(went) <= MOST
    assert len({on for on, _zone in went}) == len(went)
