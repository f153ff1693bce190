"""Reading triage and marking it: one's own notifications, and nobody else's (8.1, 8.2, 8.7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.domain.snoozing import Snooze
from portal_app.models import Answer, Comment, Notification, Side, Task, WorkItem
from portal_app.services.tasks import staff_answers
from portal_app.services.triage import triage_marks, triage_pane, triage_views
from portal_app.text import use_locale
from tests.world import World


@pytest.fixture
def story(world: World) -> Any:
    """A request of two tasks that is out, and its contact."""
    client = world.new_client("Clinique dentaire Papineau inc.")
    nadia = world.new_contact(client, "Nadia Haddad")
    request = world.draft_request(client, to=[nadia], due_on=date(2026, 3, 20))
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
    return request, nadia


def told(
    world: World, story: Any, kind: str = "task_completed", *, staff: Any = None, **facts: Any
) -> Notification:
    """A notification of the owner's (or another's) about the first task."""
    request, contact = story
    return world.put(
        Notification(
            firm_id=request.firm_id,
            staff_id=(staff or world.owner).id,
            kind=kind,
            client_id=request.client_id,
            work_item_id=request.work_item_id,
            request_id=request.id,
            task_id=world.tasks(request)[0].id if kind != "request_completed" else None,
            contact_id=contact.id,
            facts=facts,
            at=world.clock.now(),
        )
    )


def names(world: World, view: str = "unread", actor: Actor | None = None) -> list[str]:
    """The sentences of a view, in order."""
    found = triage_views.triage_view(world.ports, actor or world.staff, view)
    return [item.name for group in found.groups for item in group.notifications]


# reading


def test_8_2_notifications_stand_under_their_client_in_words(world: World, story: Any) -> None:
    told(world, story)
    world.clock.advance(minutes=5)
    told(world, story, "comment", text="The camp was paid by their father.")

    found = triage_views.triage_view(world.ports, world.staff)

    [group] = found.groups
    assert (group.name, group.work, group.end) == (
        "Clinique dentaire Papineau inc.", "2025 return", "0 of 2 in",
    )  # fmt: skip
    assert [item.name for item in group.notifications] == [
        "Nadia Haddad commented on Bank statements",
        "Nadia Haddad completed Bank statements",
    ]
    assert group.notifications[0].quote == "“The camp was paid by their father.”"
    assert [(piece.text, piece.is_name) for piece in group.notifications[1].pieces] == [
        ("Nadia Haddad", True), (" completed ", False), ("Bank statements", True),
    ]  # fmt: skip
    assert (found.unread, found.summary) == ("2", "2 unread from 1 client")


def test_8_2_words_are_in_the_readers_language(world: World, story: Any) -> None:
    told(world, story)

    with use_locale("fr"):
        [name] = names(world)

    assert name == "Nadia Haddad a terminé Bank statements"


def test_8_2_what_came_within_a_minute_is_fresh(world: World, story: Any) -> None:
    told(world, story)
    [group] = triage_views.triage_view(world.ports, world.staff).groups
    assert group.notifications[0].is_fresh

    world.clock.advance(seconds=60)

    [group] = triage_views.triage_view(world.ports, world.staff).groups
    assert not group.notifications[0].is_fresh


def test_8_2_a_group_says_when_its_request_is_late_and_when_complete(world: World, story: Any) -> None:
    told(world, story)
    world.clock.advance(days=20)
    [late] = triage_views.triage_view(world.ports, world.staff).groups
    for task in world.tasks(story[0]):
        world.change(task, completed_at=world.clock.now())
    [complete] = triage_views.triage_view(world.ports, world.staff).groups

    assert (late.end, late.tone) == ("2 days late", "late")
    assert (complete.end, complete.tone) == ("complete", "ok")


def test_5_12_what_was_taken_back_is_shown_nowhere(world: World, story: Any) -> None:
    row = told(world, story)
    world.change(row, taken_back_at=world.clock.now())

    assert names(world) == names(world, "all") == []
    with pytest.raises(NotFound):
        triage_pane.pane_view(world.ports, world.staff, row.id)


def test_views_hold_what_they_say(world: World, story: Any) -> None:
    question = told(world, story, "question", text="Which year?")
    failure = told(world, story, "mail_failed", to="nadia@x.example", answer="550 no such user")
    read = told(world, story)
    triage_marks.mark_read(world.ports, world.staff, [read.id, question.id])
    task = world.tasks(story[0])[0]
    world.change(task, question_open_at=world.clock.now())

    assert names(world) == ["E-mail to nadia@x.example came back"]
    assert len(names(world, "all")) == 3
    assert names(world, "questions") == ["Nadia Haddad asks about Bank statements"]
    assert names(world, "failures") == ["E-mail to nadia@x.example came back"]

    world.change(task, question_open_at=None)
    triage_marks.mark_read(world.ports, world.staff, [failure.id])

    found = triage_views.triage_view(world.ports, world.staff, "questions")
    assert (found.groups, found.questions, found.failures) == ([], "", "")


def test_8_2_a_long_list_is_read_in_portions(world: World, story: Any) -> None:
    for _number in range(3):
        told(world, story)
        world.clock.advance(minutes=1)

    short = triage_views.triage_view(world.ports, world.staff, most=2)
    whole = triage_views.triage_view(world.ports, world.staff, most=3)

    assert (len(short.groups[0].notifications), short.has_more) == (2, True)
    assert (len(whole.groups[0].notifications), whole.has_more) == (3, False)


def test_8_2_nobody_reads_another_persons_triage(world: World, story: Any) -> None:
    karim = world.new_staff("Karim Benali")
    row = told(world, story)

    assert names(world, actor=world.actor(karim)) == []
    with pytest.raises(NotFound):
        triage_pane.pane_view(world.ports, world.actor(karim), row.id)
    with pytest.raises(SignInNeeded):
        triage_views.triage_view(world.ports, Actor.nobody())
    with pytest.raises(NotFound):
        triage_views.triage_view(world.ports, world.signed_in(story[1]))


# the pane


def test_8_1_the_pane_shows_task_comments_and_who_sees_an_answer(world: World, story: Any) -> None:
    request, nadia = story
    task = world.tasks(request)[0]
    row = told(world, story, "comment", text="Which year?")
    world.put(
        Comment(
            firm_id=request.firm_id,
            task_id=task.id,
            body="Which year?",
            contact_id=nadia.id,
            at=world.clock.now(),
        )
    )

    pane = triage_pane.pane_view(world.ports, world.staff, row.id)

    assert (pane.title, pane.above, pane.task_id) == ("Bank statements", "2025 return", str(task.id))
    assert [(line.by, line.text, line.is_firms) for line in pane.lines] == [
        ("Nadia Haddad", "Which year?", False)
    ]
    assert pane.can_answer
    assert pane.sees == "Nadia Haddad will see it."
    assert [part.word for part in pane.parts] == ["Open", "due", "0 of 2 in"]


def test_5_8_the_pane_offers_to_accept_and_to_reopen_what_was_answered(world: World, story: Any) -> None:
    row, task = told(world, story), world.tasks(story[0])[0]
    before = triage_pane.pane_view(world.ports, world.staff, row.id)
    assert (before.can_accept, before.can_reopen) == (False, False)
    world.change(task, completed_at=world.clock.now(), answer=Answer.DONE)

    staff_answers.accept_task(world.ports, world.staff, task.id, is_accepted=True)

    pane = triage_pane.pane_view(world.ports, world.staff, row.id)
    assert (pane.can_accept, pane.is_accepted, pane.can_reopen) == (True, True, True)
    staff_answers.reopen_task(world.ports, world.staff, task.id, "Page 2 is missing.")
    pane = triage_pane.pane_view(world.ports, world.staff, row.id)
    assert (pane.can_accept, pane.is_accepted, pane.can_reopen) == (False, False, False)


def test_6_10_the_pane_reopens_nothing_while_the_work_is_completed(world: World, story: Any) -> None:
    row, task = told(world, story), world.tasks(story[0])[0]
    world.change(task, completed_at=world.clock.now(), answer=Answer.DONE)
    world.change(world.all(WorkItem)[0], completed_at=world.clock.now())

    pane = triage_pane.pane_view(world.ports, world.staff, row.id)

    assert (pane.can_accept, pane.can_reopen) == (True, False)


def test_a_withdrawn_request_takes_no_answer(world: World, story: Any) -> None:
    row = told(world, story)
    world.change(story[0], withdrawn_at=world.clock.now())

    assert not triage_pane.pane_view(world.ports, world.staff, row.id).can_answer


def test_8_6_an_e_mail_that_came_back_says_why_and_what_to_do(world: World, story: Any) -> None:
    row = told(world, story, "mail_failed", to="nadia@x.example", answer="550 no such user")

    pane = triage_pane.pane_view(world.ports, world.staff, row.id)

    assert "550 no such user" in pane.failure
    assert "Correct the address" in pane.failure


# marking


def test_8_2_read_and_unread_again(world: World, story: Any) -> None:
    row = told(world, story)

    triage_marks.mark_read(world.ports, world.staff, [row.id])
    assert names(world) == []
    assert world.get(row).read_at == world.clock.now()
    assert f"staff:{world.owner.id}" in world.bell.rung

    triage_marks.mark_unread(world.ports, world.staff, [row.id])
    assert len(names(world)) == 1


def test_8_2_marks_touch_ones_own_rows_only(world: World, story: Any) -> None:
    karim = world.actor(world.new_staff("Karim Benali"))
    row = told(world, story)

    triage_marks.mark_read(world.ports, karim, [row.id])
    triage_marks.snooze(world.ports, karim, [row.id], Snooze.WEEK)
    triage_marks.mark_all_read(world.ports, karim, world.clock.now())

    kept = world.get(row)
    assert (kept.read_at, kept.snoozed_until) == (None, None)


def test_8_2_clients_and_nobody_mark_nothing(world: World, story: Any) -> None:
    row = told(world, story)
    with pytest.raises(NotFound):
        triage_marks.mark_read(world.ports, world.signed_in(story[1]), [row.id])
    with pytest.raises(SignInNeeded):
        triage_marks.mark_all_read(world.ports, Actor.nobody(), world.clock.now())
    assert world.get(row).read_at is None


def test_8_2_mark_all_read_leaves_what_came_later_and_what_is_snoozed(world: World, story: Any) -> None:
    seen, snoozed = told(world, story), told(world, story)
    triage_marks.snooze(world.ports, world.staff, [snoozed.id], Snooze.TOMORROW)
    shown_at = world.clock.now()
    world.clock.advance(seconds=1)
    later = told(world, story)

    triage_marks.mark_all_read(world.ports, world.staff, shown_at)

    assert world.get(seen).read_at is not None
    assert world.get(later).read_at is None
    assert world.get(snoozed).read_at is None


def test_8_2_a_snoozed_one_is_away_until_its_moment_and_rings_when_it_is_back(
    world: World, story: Any
) -> None:
    first, second = told(world, story), told(world, story)

    triage_marks.snooze(world.ports, world.staff, [first.id, second.id], Snooze.TOMORROW)

    assert names(world) == []
    [group] = triage_views.triage_view(world.ports, world.staff, "snoozed").groups
    assert group.notifications[0].when.startswith("back ")

    world.clock.move_to("2026-03-03T07:59", zone="America/Toronto")
    triage_marks.wake_snoozed(world.ports)
    assert names(world) == []

    world.clock.move_to("2026-03-03T08:00", zone="America/Toronto")
    world.bell.rung.clear()
    triage_marks.wake_snoozed(world.ports)
    triage_marks.wake_snoozed(world.ports)

    assert len(names(world)) == 2
    assert world.bell.rung == [f"staff:{world.owner.id}"]
    assert names(world, "snoozed") == []


@pytest.mark.parametrize(
    ("day", "offered"),
    [
        (date(2026, 3, 4), ["today", "tomorrow", "monday", "week"]),
        (date(2026, 3, 8), ["today", "tomorrow", "week"]),  # tomorrow is Monday
        (date(2026, 3, 9), ["today", "tomorrow", "week"]),  # Monday is in a week
    ],
    ids=["Wednesday", "Sunday", "Monday"],
)
def test_8_2_no_moment_is_offered_under_two_names(day: date, offered: list[str]) -> None:
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    assert [one.value for one in triage_views.snooze_choices(noon, "UTC")] == offered


def test_8_2_a_snoozed_one_is_back_even_when_the_timetable_is_late(world: World, story: Any) -> None:
    row = told(world, story)
    triage_marks.snooze(world.ports, world.staff, [row.id], Snooze.TODAY)

    world.clock.advance(days=2)

    assert len(names(world)) == 1


def test_8_1_files_of_the_client_are_counted_below_a_completion(world: World, story: Any) -> None:
    request, nadia = story
    task: Task = world.tasks(request)[0]
    _stored(world, request, task, nadia, size=2 * 1024 * 1024)
    _stored(world, request, task, nadia, size=1024 * 1024)
    told(world, story)

    [group] = triage_views.triage_view(world.ports, world.staff).groups

    assert group.notifications[0].where.replace("\N{NO-BREAK SPACE}", " ") == "2 files · 3 MB"


def _stored(world: World, request: Any, task: Task, contact: Any, *, size: int) -> None:
    """A whole file of the client's on a task."""
    from portal_app.domain.secrets import new_token, token_hash
    from portal_app.models import StoredFile, Upload

    now = world.clock.now()
    shared = {
        "firm_id": request.firm_id,
        "client_id": request.client_id,
        "task_id": task.id,
        "side": Side.CLIENT,
        "name": "a.pdf",
        "contact_id": contact.id,
        "created_at": now,
    }
    upload = Upload(
        **shared,
        token_hash=token_hash(new_token()),
        length=size,
        received=size,
        sealed_key=b"key",
        expires_at=now + timedelta(days=1),
        finished_at=now,
    )
    world.put(upload, StoredFile(**shared, id=upload.id, size=size, sha256=bytes(32), completed_at=now))
