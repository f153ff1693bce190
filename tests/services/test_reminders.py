"""Reminders go out by themselves, once, to whom they should, and stop (7.1 to 7.16)."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest

from portal_app.domain.reminders import Kind, Rule
from portal_app.models import (
    AccessGrant,
    Activity,
    Answer,
    LinkToken,
    MailPhase,
    OutboxMail,
    Recipient,
    Reminder,
    WorkStatus,
)
from portal_app.ports import MailRefused, MailUnknown
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.reminders.reminding import remind, send_due_reminders
from portal_app.services.reminders.replanning import LIMIT_REACHED
from portal_app.services.requests import send_settings, sending
from portal_app.services.tasks import staff_answers
from portal_app.services.work import work_items
from tests.services.posted import html_of, text_of, token_in
from tests.services.reminded import TORONTO, next_at, out, recipient, run
from tests.services.sends import sent
from tests.world import World

MONDAY = "2026-03-02T09:00"
NO_SUCH = MailRefused("550 5.1.1 no such user", code=550, is_final=True)


def test_7_2_a_reminder_goes_out_once_when_its_moment_comes(world: World) -> None:
    request = out(world, due_on=date(2026, 3, 18))
    assert next_at(world, request) == "03-11 08:00"

    assert run(world, "2026-03-11T07:59") == []
    assert run(world, "2026-03-11T08:00") == ["Reminder: Documents for 2025"]
    assert run(world) == []

    assert recipient(world, request).reminders_used == 1
    assert next_at(world, request) == "03-18 08:00"


@pytest.mark.parametrize(
    ("due_on", "first"),
    [
        (date(2026, 3, 1), "03-03 08:00"),
        (date(2026, 2, 20), "03-03 08:00"),
        (date(2026, 3, 3), "03-03 08:00"),
        (date(2026, 3, 4), "03-04 08:00"),
    ],
)
def test_7_13_sent_past_its_due_date_the_first_reminder_comes_on_the_first_of_its_days_after_the_send(
    world: World, due_on: date, first: str
) -> None:
    """Gentle: every day after the due date, none on the day of the send."""
    assert next_at(world, out(world, due_on=due_on)) == first


def test_7_3_a_reminder_lists_every_open_task_and_apart_what_waits_on_the_firm(world: World) -> None:
    request = out(world, tasks=("Bank statements", "T4 slips", "Medical expenses", "Void cheque"))
    _statements, slips, medical, cheque = world.tasks(request)
    world.change(slips, due_on=None)
    world.change(medical, question_open_at=world.clock.now())
    world.change(cheque, completed_at=world.clock.now())
    run(world, "2026-03-03T08:00")

    text = text_of(world.mail.sent[0]).replace("\u00a0", " ")
    assert re.search(r"- Bank statements \(late, .*20.*\)", text)
    assert "- T4 slips (no date)" in text
    assert "Void cheque" not in text
    assert text.index("Waiting on the firm") < text.index("Medical expenses (your question is with us)")
    assert "Medical expenses" in html_of(world.mail.sent[0])


def test_6_3_and_6_6_a_reminder_carries_a_new_link_of_the_same_grant_and_makes_it_last_sixty_days(
    world: World,
) -> None:
    request = out(world)
    before = world.all(AccessGrant, request_id=request.id)[0]
    run(world, "2026-03-03T08:00")

    grant = world.all(AccessGrant, request_id=request.id)
    assert [one.id for one in grant] == [before.id]
    assert grant[0].expires_at == world.clock.now() + timedelta(days=60)
    assert len(world.all(LinkToken, grant_id=before.id)) == 2
    assert token_in(world.mail.sent[0])


def test_7_4_after_five_they_stop_and_a_resend_starts_again(world: World) -> None:
    request = out(world)
    for day in (3, 4, 5, 6, 9, 10, 11):
        run(world, f"2026-03-{day:02}T08:00")
    assert len(world.mail.sent) == 5
    assert recipient(world, request).reminders_used == 5

    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    deliver_outbox(world.ports)
    assert recipient(world, request).reminders_used == 0
    assert next_at(world, request) == "03-12 08:00"


def test_7_9_the_limit_is_said_once_for_each_time_it_is_reached(world: World) -> None:
    request = out(world)
    for day in (3, 4, 5, 6, 9, 10):
        run(world, f"2026-03-{day:02}T08:00")
    assert len(world.all(Activity, kind=LIMIT_REACHED)) == 1
    assert world.get(request).reminder_limit_at is not None

    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    deliver_outbox(world.ports)
    assert world.get(request).reminder_limit_at is None
    for day in (11, 12, 13, 16, 17, 18):
        run(world, f"2026-03-{day:02}T08:00")
    assert len(world.all(Activity, kind=LIMIT_REACHED)) == 2


def test_7_9_the_limit_is_not_reached_while_one_recipient_has_a_reminder_left(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, "Marie Gagnon"), world.new_contact(client, "Luc Gagnon")]
    request = out(world, client=client, to=people)
    for one in world.all(Recipient, request_id=request.id)[:1]:
        world.change(one, reminders_used=4)
    run(world, "2026-03-03T08:00")
    assert sorted(one.reminders_used for one in world.all(Recipient)) == [1, 5]
    assert world.all(Activity, kind=LIMIT_REACHED) == []


def test_7_4_and_fault_7_one_of_unknown_outcome_counts_and_is_not_sent_again(world: World) -> None:
    request = out(world)
    world.mail.script = [MailUnknown("timed out")]
    run(world, "2026-03-03T08:00")
    run(world, "2026-03-03T12:00")
    assert recipient(world, request).reminders_used == 1
    assert world.mail.sent == []
    assert next_at(world, request) == "03-04 08:00"


def test_7_5_a_bounce_stops_that_recipient_alone(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, "Marie Gagnon"), world.new_contact(client, "Luc Gagnon")]
    request = out(world, client=client, to=people)
    world.mail.script = [NO_SUCH]
    run(world, "2026-03-03T08:00")
    bounced = [one for one in world.all(Recipient, request_id=request.id) if one.bounced_at]
    assert [(one.reminders_used, one.next_reminder_at) for one in bounced] == [(0, None)]

    run(world, "2026-03-04T08:00")
    assert sorted(one.reminders_used for one in world.all(Recipient)) == [0, 2]


def test_7_5_no_reminder_before_the_first_email_left(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 2, 20))
    sent(world, request)
    assert next_at(world, request) is None
    deliver_outbox(world.ports)
    assert next_at(world, request) == "03-03 08:00"


def test_fault_25_two_timetables_at_once_send_one(world: World) -> None:
    request = out(world)
    world.clock.move_to("2026-03-03T08:00", TORONTO)
    start, counts = threading.Barrier(4), []

    def one() -> None:
        start.wait()
        counts.append(remind(world.ports, request.id))

    threads = [threading.Thread(target=one) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 1]
    assert len(world.all(Reminder)) == 1


def test_fault_25_a_second_reminder_of_a_day_is_refused_by_the_database(world: World) -> None:
    """Even where everything before it failed: the clock went back, and the day is the same."""
    request = out(world)
    run(world, "2026-03-03T08:00")
    row = recipient(world, request)
    world.change(
        row,
        last_reminded_on=None,
        last_reminded_at=None,
        next_reminder_at=world.clock.now(),
        next_reminder_for=date(2026, 3, 3),
    )
    world.change(request, next_reminder_at=world.clock.now())
    assert run(world) == []
    assert len(world.all(OutboxMail, event="reminder")) == 1


def test_one_bad_request_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.new_client()
    people = [world.new_contact(client)]
    bad, good = (out(world, name=name, client=client, to=people) for name in ("Bad", "Good"))
    real = remind

    def broken(ports: object, request_id: object) -> int:
        if request_id == bad.id:
            raise RuntimeError("no luck")
        return real(ports, request_id)  # type: ignore[arg-type]

    monkeypatch.setattr("portal_app.services.reminders.reminding.remind", broken)
    assert run(world, "2026-03-03T08:00") == ["Reminder: Good"]
    assert world.get(good).next_reminder_at is not None


CHANGES = {
    "all tasks done": lambda world, request: [
        staff_answers.answer_for_client(world.ports, world.staff, task.id, Answer.DONE)
        for task in world.tasks(request)
    ],
    "withdrawn": lambda world, request: sending.withdraw_request(world.ports, world.staff, request.id),
    "work completed": lambda world, request: work_items.set_status(
        world.ports, world.staff, request.work_item_id, WorkStatus.COMPLETED
    ),
    "reminders off": lambda world, request: world.change(
        recipient(world, request), reminders_off_at=world.clock.now()
    ),
    "no rule": lambda world, request: send_settings.keep_settings(
        world.ports, world.staff, request.id, [], Rule(Kind.NONE)
    ),
    "date changed": lambda world, request: [
        world.change(task, due_on=date(2026, 4, 20)) for task in world.tasks(request)
    ],
}


@pytest.mark.parametrize("change", CHANGES)
def test_fault_30_what_changed_between_queueing_and_sending_cancels_it_with_a_reason(
    world: World, change: str
) -> None:
    request = out(world)
    world.clock.move_to("2026-03-03T08:00", TORONTO)
    send_due_reminders(world.ports)
    CHANGES[change](world, request)
    deliver_outbox(world.ports)

    row = world.all(OutboxMail, event="reminder")[0]
    assert row.phase is MailPhase.CANCELLED
    assert row.answer == {"all tasks done": "nothing open"}.get(change, change)
    assert recipient(world, request).reminders_used == 0


def test_7_6_gentle_stops_once_a_dated_task_was_done_and_one_click_lets_it_go_on(world: World) -> None:
    request = out(world)
    first = world.tasks(request)[0]
    staff_answers.answer_for_client(world.ports, world.staff, first.id, Answer.DONE)
    assert next_at(world, request) is None
    world.clock.advance(minutes=1)
    send_settings.let_reminders_go_on(world.ports, world.staff, request.id)
    assert next_at(world, request) == "03-03 08:00"
    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    world.clock.advance(minutes=1)
    deliver_outbox(world.ports)
    sending.resend_request(world.ports, world.staff, request.id, None, "once more")
    deliver_outbox(world.ports)
    assert next_at(world, request) is None, "it held for that send alone"


def test_7_6_said_in_the_dialog_it_holds_for_that_send(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 2, 20))
    staff_answers.answer_for_client(world.ports, world.staff, world.tasks(request)[0].id, Answer.DONE)
    send_settings.let_reminders_go_on(world.ports, world.staff, request.id)
    world.clock.advance(minutes=5)
    sent(world, request)
    deliver_outbox(world.ports)
    assert next_at(world, request) == "03-03 08:00"


def test_7_16_reminders_go_to_recipients_only(world: World) -> None:
    client = world.new_client()
    to, other = world.new_contact(client, "Marie Gagnon"), world.new_contact(client, "Chantal Lebrun")
    world.give_account(other, client)
    out(world, client=client, to=[to])
    run(world, "2026-03-03T08:00")
    assert [mail.recipient for mail in world.mail.sent] == ["marie.gagnon@client.example"]


def test_7_16_who_is_a_recipient_no_more_gets_none_though_full_access_stays(world: World) -> None:
    client = world.new_client()
    kept, gone = world.new_contact(client, "Marie Gagnon"), world.new_contact(client, "Chantal Lebrun")
    world.give_account(gone, client)
    request = out(world, client=client, to=[kept, gone])
    sending.remove_recipient(world.ports, world.staff, request.id, gone.id)

    run(world, "2026-03-03T08:00")

    assert [mail.recipient for mail in world.mail.sent] == [kept.email]


def test_7_16_a_recipient_with_full_access_gets_one_not_two(world: World) -> None:
    client = world.new_client()
    person = world.new_contact(client, "Marie Gagnon")
    world.give_account(person, client)
    out(world, client=client, to=[person])

    run(world, "2026-03-03T08:00")

    assert [mail.recipient for mail in world.mail.sent] == [person.email]
