"""Both sides of every limit, with a clock that stands still: open to the last second, over at the next (asvs 26)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from portal_app.domain import (
    handing,
    invitations,
    limits,
    links,
    promises,
    reminder_reasons,
    sessions,
    uploads,
)
from portal_app.domain.actors import Kind
from portal_app.domain.handing import HandFacts
from portal_app.domain.invitations import InvitationFacts
from portal_app.domain.links import GrantFacts, Standing
from portal_app.domain.reminder_reasons import RecipientSilence, Why
from portal_app.domain.uploads import MB, Limits, Refused

START = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def is_grant_open(expires_at: datetime, now: datetime) -> bool:
    facts = GrantFacts(expires_at, None, "", False, False, False, False, False, False)
    return links.standing(facts, None, now) is Standing.UNCLAIMED


def sent_at(start: datetime, now: datetime) -> bool:
    return is_grant_open(links.extended(start, start, links.SEND_LASTS_FOR), now)


def reminded_at(start: datetime, now: datetime) -> bool:
    return is_grant_open(links.extended(start + timedelta(days=30), start, links.REMINDER_LASTS_FOR), now)


def invited_at(start: datetime, now: datetime) -> bool:
    facts = InvitationFacts(start + invitations.LASTS_FOR)
    return invitations.standing(facts, now) is invitations.Standing.OPEN


def handed_at(start: datetime, now: datetime) -> bool:
    facts = HandFacts(Standing.YOURS, start, start + timedelta(days=30), False, False, None, False)
    return handing.standing(facts, now) is Standing.UNCLAIMED


def idle(kind: Kind) -> Callable[[datetime, datetime], bool]:
    return lambda start, now: now < sessions.ends_at(kind, start, start)


def in_use(kind: Kind) -> Callable[[datetime, datetime], bool]:
    return lambda start, now: now < sessions.ends_at(kind, start, now)


@pytest.mark.parametrize(
    ("is_open", "lasts_for"),
    [
        pytest.param(sent_at, timedelta(days=30), id="a grant after a send"),
        pytest.param(reminded_at, timedelta(days=60), id="a grant after a reminder"),
        pytest.param(invited_at, timedelta(hours=72), id="an invitation"),
        pytest.param(handed_at, timedelta(days=30), id="a task handed over"),
        pytest.param(idle(Kind.STAFF), timedelta(minutes=30), id="a staff session without use"),
        pytest.param(in_use(Kind.STAFF), timedelta(hours=12), id="a staff session in all"),
        pytest.param(idle(Kind.CLIENT), timedelta(minutes=60), id="a client's session without use"),
        pytest.param(in_use(Kind.CLIENT), timedelta(hours=24), id="a client's session in all"),
    ],
)
def test_asvs_26_it_is_open_to_the_last_second_and_over_at_the_next(
    is_open: Callable[[datetime, datetime], bool], lasts_for: timedelta
) -> None:
    assert is_open(START, START)
    assert is_open(START, START + lasts_for - SECOND)
    assert not is_open(START, START + lasts_for)
    assert not is_open(START, START + lasts_for + SECOND)


def test_asvs_26_6_6_nothing_makes_a_grant_shorter() -> None:
    late = START + timedelta(days=50)
    assert links.extended(late, START, links.SEND_LASTS_FOR) == late


@pytest.mark.parametrize(("ahead", "may"), [(0, False), (1, True), (60, True), (61, False)])
def test_asvs_26_5_20_a_promised_day_lies_one_to_sixty_days_ahead(ahead: int, may: bool) -> None:
    today = date(2024, 2, 29)
    assert promises.may_promise(today + timedelta(days=ahead), today) is may


@pytest.mark.parametrize(("used", "why"), [(0, None), (4, None), (5, Why.LIMIT), (6, Why.LIMIT)])
def test_asvs_26_7_4_the_fifth_reminder_is_the_last(used: int, why: Why | None) -> None:
    assert reminder_reasons.of_recipient(RecipientSilence(used=used)) is why


@pytest.mark.parametrize(
    ("length", "reserved", "is_taken"),
    [
        pytest.param(0, 0, False, id="empty"),
        pytest.param(1, 0, True, id="one byte"),
        pytest.param(200 * MB, 0, True, id="the largest file"),
        pytest.param(200 * MB + 1, 0, False, id="a byte more"),
        pytest.param(MB, 249 * MB, True, id="what is left"),
        pytest.param(MB + 1, 249 * MB, False, id="a byte more than is left"),
        pytest.param(1, 250 * MB, False, id="nothing is left"),
    ],
)
def test_asvs_26_1_10_a_file_and_a_task_are_full_to_the_byte(
    length: int, reserved: int, is_taken: bool
) -> None:
    rule = Limits(largest_file=200 * MB, task_total=250 * MB)
    if is_taken:
        uploads.check_start("a.pdf", length, rule, reserved)
        return
    with pytest.raises(Refused):
        uploads.check_start("a.pdf", length, rule, reserved)


def test_asvs_26_the_table_says_what_the_rules_say_and_the_page_shows_it() -> None:
    """The numbers of the specification, by its rules; a changed constant is seen here."""
    said = [line.strip("| ").split(" | ") for line in limits.table().splitlines()[2:]]
    by_rule: dict[str, list[str]] = {}
    for _what, most, rule in said:
        by_rule.setdefault(rule, []).append(most)
    assert by_rule == {
        "6.6": ["30 days", "60 days", "30 days"],
        "6.5": ["10 minutes", "5"],
        "6.12": ["1 minute", "5", "60/hour"],
        "6.9": ["5", "24 hours"],
        "6.5a": ["10 minutes", "5/hour"],
        "3.3": ["3 days"],
        "4.3": ["10 minutes", "3"],
        "4.5": ["60 minutes"],
        "4.4": ["30 days"],
        "4.6": ["30 minutes", "12 hours", "60 minutes", "24 hours"],
        "7.4": ["5"],
        "5.20": ["60"],
        "5.8a": ["30"],
        "8.8": ["10 minutes"],
        "1.10": ["200", "50"],
        "10.10": ["24 hours"],
    }
    page = Path(__file__).parents[2] / "docs" / "security.md"
    assert limits.table() in page.read_text(encoding="utf-8")
