"""Three timetables at once over a week: nothing is sent twice, nothing that is due is missed (faults 25, 29, 15.1)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal_app.models import Activity, Contact, OutboxMail, Recipient, Reminder
from tests.drills.week import Week
from tests.world import World

REQUESTS = int(os.environ.get("PORTAL_TEST_REQUESTS", "40"))
EVERY = 1 if REQUESTS > 100 else 4
"""Hours between the timetables' visits."""


@pytest.fixture
def week(engine: Engine, tmp_path: Path) -> Iterator[Week]:
    lived = Week(World(engine, tmp_path / "data"), requests=REQUESTS, every=EVERY, seed=25)
    yield lived
    lived.close()


@pytest.mark.timeout(1800)
def test_fault_25_and_29_three_timetables_over_a_week_send_each_email_once_and_miss_none(
    week: Week, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    week.live()

    world = week.world
    mails = {mail.message_id: mail for mail in world.all(OutboxMail)}
    with capsys.disabled():
        print(f"\n{request.node.callspec.id}: {_said(week)}")  # noqa: T201
    assert week.postman.taken == Counter({(name, mail.recipient): 1 for name, mail in mails.items()})

    def left(*events: str) -> list[OutboxMail]:
        return [mail for mail in mails.values() if mail.event in events]

    emails = {person.id: person.email for person in world.all(Contact)}
    recipients = {row.id: emails[row.contact_id] for row in world.all(Recipient)}
    ends = world.all(Activity, kind="link_expired")
    assert Counter(((m.request_id, m.recipient), m.sent_at) for m in left("request_sent")) == week.sends
    assert (
        Counter(((r.request_id, recipients[r.recipient_id]), r.reminded_on) for r in world.all(Reminder))
        == week.reminders
    )
    assert Counter((m.recipient, m.sent_at) for m in left("reminder", "reminder_digest")) == week.letters
    assert Counter((m.request_id, m.recipient) for m in left("client_news")) == week.news
    assert Counter((one.request_id, one.contact_id, one.at) for one in ends) == week.expiries
    for due in (week.sends, week.reminders, week.news, week.expiries, left("reminder_digest")):
        assert due, "a week without it proves nothing"


def _said(week: Week) -> str:
    counted = {
        "sends": week.sends,
        "reminders": week.reminders,
        "e-mails with them": week.letters,
        "notices": week.news,
        "links ended": week.expiries,
    }
    return ", ".join(f"{found.total()} {name}" for name, found in counted.items())
