"""Notifications by e-mail: as each person chose, one e-mail for what is due, without what was dealt with (8.2)."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.domain.notices import Mailing, Topic, leaves_at
from portal_app.domain.send_rules import Days
from portal_app.domain.snoozing import Snooze
from portal_app.jobs import timetable
from portal_app.models import MailPhase, NoticeChoice, Notification, OutboxMail
from portal_app.services.mail import post
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.tasks import client_answers, tasks
from portal_app.services.triage import notice_settings, triage_marks
from portal_app.services.triage.notice_mail import queue_notices
from tests.fakes import START
from tests.services import posted
from tests.services.asked import Asked
from tests.services.races import while_held
from tests.world import World

DAYS = Days(ZoneInfo("America/Toronto"), 8, frozenset(range(5)))


def mails(world: World) -> list[OutboxMail]:
    return sorted(world.all(OutboxMail, event="notices"), key=lambda row: row.id)


def text_of(world: World, mail: OutboxMail) -> str:
    return posted.text_of(post.envelope(world.ports, mail))


def choose(world: World, topic: Topic, mailing: Mailing, actor: Actor | None = None) -> None:
    notice_settings.choose(world.ports, actor or world.staff, topic, mailing)


def ask(world: World, asked: Asked, number: int = 0, text: str = "Which year?") -> None:
    client_answers.ask_question(world.ports, asked.device, asked.tasks[number].id, text)


def run(world: World) -> None:
    """What the timetable does, twice."""
    for _time in range(2):
        timetable.run(world.ports, "queue_notices")


@pytest.mark.parametrize(
    ("mailing", "told", "leaves"),
    [
        (Mailing.NOW, "2026-03-02T09:03", "2026-03-02T09:03"),
        (Mailing.TOGETHER, "2026-03-02T09:03", "2026-03-02T09:10"),
        (Mailing.TOGETHER, "2026-03-02T09:10", "2026-03-02T09:20"),
        (Mailing.DAILY, "2026-03-02T07:59", "2026-03-02T08:00"),
        (Mailing.DAILY, "2026-03-02T08:00", "2026-03-03T08:00"),
        (Mailing.DAILY, "2026-03-06T09:00", "2026-03-09T08:00"),  # over a weekend, and summer time
        (Mailing.NONE, "2026-03-02T09:03", None),
    ],
)
def test_8_2_when_an_e_mail_leaves(mailing: Mailing, told: str, leaves: str | None) -> None:
    def moment(text: str) -> Any:
        return datetime.fromisoformat(text).replace(tzinfo=DAYS.zone)

    assert leaves_at(mailing, moment(told), DAYS) == (moment(leaves) if leaves else None)


def test_8_2_no_daily_e_mail_where_the_firm_sends_on_no_day() -> None:
    assert leaves_at(Mailing.DAILY, START, Days(DAYS.zone, 8, frozenset())) is None


def test_8_2_a_question_is_e_mailed_at_once_and_once(world: World, asked: Asked) -> None:
    ask(world, asked)
    run(world)
    assert mails(world) == [], "its author may still take it back"

    world.clock.advance(seconds=11)
    run(world)

    [mail] = mails(world)
    assert (mail.recipient, mail.staff_id) == (world.owner.email, world.owner.id)
    assert mail.subject == "Marie-Claude Gagnon: Marie-Claude Gagnon asks about Bank statements"
    text = text_of(world, mail)
    assert "“Which year?”" in text
    for place in (f"/staff/work/{asked.request.work_item_id}", "/staff", "/staff/notifications"):
        assert f"\n{world.settings.public_url}{place}\n" in text
    deliver_outbox(world.ports)
    world.clock.advance(days=3)
    run(world)
    assert len(mails(world)) == 1


def test_8_2_an_answer_that_is_undone_is_never_e_mailed(world: World, asked: Asked) -> None:
    """5.12."""
    choose(world, Topic.TASK_COMPLETED, Mailing.NOW)
    tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)
    world.clock.advance(seconds=10)
    run(world)
    tasks.undo_task(world.ports, asked.device, asked.tasks[0].id)
    world.clock.advance(minutes=1)
    run(world)
    assert mails(world) == []


def test_8_2_together_is_one_e_mail_every_ten_minutes(world: World, asked: Asked) -> None:
    choose(world, Topic.QUESTION, Mailing.TOGETHER)
    ask(world, asked)
    world.clock.advance(minutes=5)
    ask(world, asked, 1, "And which bank?")
    run(world)
    assert mails(world) == []

    world.clock.advance(minutes=5)
    run(world)

    [mail] = mails(world)
    assert mail.subject == "Marie-Claude Gagnon: 2 notifications"
    text = text_of(world, mail)
    assert text.index("Which year?") < text.index("And which bank?")
    assert text.count(f"/staff/work/{asked.request.work_item_id}") == 1, "each link stands once"


def test_8_2_once_a_day_is_at_the_firms_hour_and_none_is_none(world: World, asked: Asked) -> None:
    choose(world, Topic.QUESTION, Mailing.DAILY)
    choose(world, Topic.REQUEST_COMPLETED, Mailing.NONE)
    ask(world, asked)
    for task in asked.tasks:
        tasks.complete_task(world.ports, asked.device, task.id)
    world.clock.move_to("2026-03-03T07:59", zone="America/Toronto")
    run(world)
    assert mails(world) == []

    world.clock.move_to("2026-03-03T08:00", zone="America/Toronto")
    run(world)
    [mail] = mails(world)
    assert mail.subject == "Marie-Claude Gagnon: Marie-Claude Gagnon asks about Bank statements"


@pytest.mark.parametrize("how", ["read", "snoozed"])
def test_8_2_what_was_read_or_snoozed_meanwhile_is_left_out(world: World, asked: Asked, how: str) -> None:
    ask(world, asked)
    ask(world, asked, 1, "And which bank?")
    row = next(row for row in world.all(Notification) if row.facts["text"] == "Which year?")
    world.clock.advance(seconds=11)
    if how == "read":
        triage_marks.mark_read(world.ports, world.staff, [row.id])
    else:
        triage_marks.snooze(world.ports, world.staff, [row.id], Snooze.TOMORROW)
    run(world)

    text = text_of(world, mails(world)[0])
    assert "And which bank?" in text
    assert "Which year?" not in text


def test_8_2_an_e_mail_that_still_waits_is_composed_anew_without_what_was_read(
    world: World, asked: Asked
) -> None:
    ask(world, asked)
    ask(world, asked, 1, "And which bank?")
    world.clock.advance(seconds=11)
    run(world)
    row = next(row for row in world.all(Notification) if row.facts["text"] == "Which year?")
    triage_marks.mark_read(world.ports, world.staff, [row.id])

    deliver_outbox(world.ports)
    run(world)

    first, second = mails(world)
    assert (first.phase, first.answer) == (MailPhase.CANCELLED, "read meanwhile")
    assert "Which year?" not in text_of(world, second)
    assert "And which bank?" in text_of(world, second)


def test_8_2_whoever_was_deactivated_gets_none(world: World, asked: Asked) -> None:
    ask(world, asked)
    world.clock.advance(seconds=11)
    world.change(world.owner, deactivated_at=world.clock.now())
    run(world)
    assert mails(world) == []
    assert world.all(Notification)[0].mail_due_at is None


def test_8_2_two_timetables_at_once_queue_one_e_mail(world: World, asked: Asked) -> None:
    ask(world, asked)
    world.clock.advance(hours=5)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        queue_notices(world.ports)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mails(world)) == 1


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_8_2_and_fault_25_who_takes_part_of_what_is_due_to_a_person_leaves_none_for_an_e_mail_apart(
    world: World, asked: Asked
) -> None:
    ask(world, asked)
    ask(world, asked, 1)
    world.clock.advance(hours=5)
    first, second = world.all(Notification)
    while_held(world.engine, first, lambda: queue_notices(world.ports))
    run(world)

    (mail,) = mails(world)
    assert [world.get(row).mail_id for row in (first, second)] == [mail.id, mail.id]


def test_8_2_it_is_in_the_readers_language(world: World, asked: Asked) -> None:
    world.change(world.owner, locale="fr")
    ask(world, asked)
    world.clock.advance(seconds=11)
    run(world)
    assert "Ouvrir le triage" in text_of(world, mails(world)[0])


def test_8_2_a_choice_is_ones_own_and_what_waits_follows_it(world: World, asked: Asked) -> None:
    karim = world.actor(world.new_staff("Karim Benali"))
    choose(world, Topic.QUESTION, Mailing.NONE, karim)
    ask(world, asked)
    choose(world, Topic.QUESTION, Mailing.NONE)
    choose(world, Topic.QUESTION, Mailing.NONE)
    world.clock.advance(days=1)
    run(world)

    assert mails(world) == []
    assert len(world.all(NoticeChoice, staff_id=world.owner.id)) == 1
    seen = notice_settings.notice_settings(world.ports, world.staff)
    assert (seen.email, seen.asking[0].mailing, seen.daily) == (
        world.owner.email,
        "none",
        "Once a day, at 08:00",
    )


def test_8_2_clients_and_nobody_choose_nothing(world: World, asked: Asked) -> None:
    with pytest.raises(NotFound):
        choose(world, Topic.QUESTION, Mailing.NONE, world.signed_in(asked.contact))
    with pytest.raises(SignInNeeded):
        choose(world, Topic.QUESTION, Mailing.NONE, Actor.nobody())
    assert world.all(NoticeChoice) == []
