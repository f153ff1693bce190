"""A request's one state (5.6): the first that holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.lifecycle import RecipientFacts, RequestFacts, State, Unsent, state, unsent

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)

DRAFT = RequestFacts(tasks=3, open_tasks=3, recipients=(RecipientFacts(),))
WAITING = replace(DRAFT, sent_at=NOW)
DELIVERED = RecipientFacts(first_sent_at=NOW, expires_at=NOW + HOUR)
SENT = replace(WAITING, recipients=(DELIVERED,))
OPENED = replace(SENT, recipients=(replace(DELIVERED, opened_at=NOW),))
CAME_BACK = replace(WAITING, recipients=(replace(DELIVERED, bounced_at=NOW),))
GONE_BY = replace(DELIVERED, expires_at=NOW)

TABLE = {
    "a draft": (DRAFT, State.DRAFT),
    "planned": (replace(DRAFT, send_at=NOW + HOUR), State.SCHEDULED),
    "its moment came, the timetable comes in a moment": (replace(DRAFT, send_at=NOW), State.SCHEDULED),
    "its moment came and something was missing (6.17)": (
        replace(DRAFT, send_at=NOW, held_at=NOW),
        State.NOT_SENT,
    ),
    "pressed, not left yet (15.6)": (WAITING, State.NOT_SENT),
    "every first e-mail came back (6.24)": (CAME_BACK, State.NOT_SENT),
    "left": (SENT, State.SENT),
    "one left, one came back": (
        replace(SENT, recipients=(DELIVERED, replace(DELIVERED, bounced_at=NOW))),
        State.SENT,
    ),
    "claimed": (OPENED, State.OPENED),
    "one of three done": (replace(OPENED, open_tasks=2), State.IN_PROGRESS),
    "done though never opened": (replace(SENT, open_tasks=2), State.IN_PROGRESS),
    "every grant expired": (replace(SENT, recipients=(GONE_BY, GONE_BY)), State.EXPIRED),
    "one grant still lasts": (replace(SENT, recipients=(GONE_BY, DELIVERED)), State.SENT),
    "expired, but one can sign in": (
        replace(SENT, recipients=(GONE_BY, replace(GONE_BY, can_sign_in=True))),
        State.SENT,
    ),
    "expired before in progress": (
        replace(SENT, open_tasks=1, recipients=(GONE_BY,)),
        State.EXPIRED,
    ),
    "the work was completed first": (replace(OPENED, is_work_completed=True), State.CLOSED),
    "all done, then the work completed": (
        replace(OPENED, open_tasks=0, is_work_completed=True),
        State.COMPLETED,
    ),
    "all done, then expired": (replace(SENT, open_tasks=0, recipients=(GONE_BY,)), State.COMPLETED),
    "no task at all is not completed": (replace(SENT, tasks=0, open_tasks=0), State.SENT),
    "withdrawn, whatever else": (
        replace(OPENED, open_tasks=0, is_work_completed=True, is_withdrawn=True),
        State.WITHDRAWN,
    ),
    "without recipients nothing has expired": (replace(WAITING, recipients=()), State.NOT_SENT),
}


@pytest.mark.parametrize("case", TABLE)
def test_5_6_a_request_has_the_first_state_that_holds(case: str) -> None:
    facts, expected = TABLE[case]
    assert state(facts, NOW) is expected


@pytest.mark.parametrize(
    ("before", "expected"), [(timedelta(seconds=1), State.SENT), (timedelta(), State.EXPIRED)]
)
def test_6_6_a_grant_expires_at_its_moment(before: timedelta, expected: State) -> None:
    facts = replace(SENT, recipients=(replace(DELIVERED, expires_at=NOW),))
    assert state(facts, NOW - before) is expected


def test_6_17_why_it_was_not_sent() -> None:
    assert unsent(WAITING) is Unsent.WAITING
    assert unsent(CAME_BACK) is Unsent.CAME_BACK
    assert unsent(replace(DRAFT, send_at=NOW, held_at=NOW)) is Unsent.HELD
    assert unsent(DRAFT) is unsent(SENT) is None


moments = st.none() | st.just(NOW - HOUR) | st.just(NOW + HOUR)
people = st.builds(
    RecipientFacts,
    first_sent_at=moments,
    bounced_at=moments,
    opened_at=moments,
    expires_at=moments,
    can_sign_in=st.booleans(),
)
requests = st.builds(
    lambda total, done, **rest: RequestFacts(tasks=total, open_tasks=max(0, total - done), **rest),
    total=st.integers(0, 4),
    done=st.integers(0, 4),
    sent_at=moments,
    send_at=moments,
    held_at=moments,
    is_withdrawn=st.booleans(),
    is_work_completed=st.booleans(),
    recipients=st.lists(people, max_size=3).map(tuple),
)


@given(requests)
def test_8_6_nothing_is_called_sent_unless_an_email_left_and_stayed(facts: RequestFacts) -> None:
    """15.6, 8.6."""
    delivered = any(one.first_sent_at and not one.bounced_at for one in facts.recipients)
    if state(facts, NOW) is State.SENT:
        assert delivered
    if unsent(facts) is not None:
        assert not delivered
