"""Whatever reminders depend on works them out anew (7.7, 7.8, 7.11, 7.14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal_app.domain.actors import Role
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.reminders import Kind, Rule
from portal_app.models import (
    Activity,
    Answer,
    ClientRequest,
    Firm,
    MailPhase,
    OutboxMail,
    Recipient,
    Reminder,
    WorkStatus,
)
from portal_app.services.clients import clients, contacts
from portal_app.services.firm import firm_settings
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.reminders import pauses, reminder_settings
from portal_app.services.reminders.reminding import send_due_reminders
from portal_app.services.reminders.replanning import replan_stale
from portal_app.services.requests import send_settings, send_views, sending
from portal_app.services.tasks import checklists, comments, staff_answers, tasks
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.work import timeline_views, work_items
from portal_app.services.work.work_item_views import work_item_view
from tests.services.posted import parsed, text_of
from tests.services.reminded import TORONTO, next_at, out, run
from tests.world import World

TASK = TaskFields("Bank statements", due_on=date(2026, 3, 18))
Change = Callable[[World, ClientRequest], Any]


def first(world: World, request: ClientRequest) -> Any:
    return world.tasks(request)[0]


CAUSES: dict[str, tuple[Change, str | None]] = {
    "a task added": (lambda w, r: checklists.add_task(w.ports, w.staff, r.id, TaskFields("T4", due_on=date(2026, 3, 12))), "03-05 08:00"),
    "a task edited": (lambda w, r: checklists.edit_task(w.ports, w.staff, first(w, r).id, TaskFields("T4", due_on=date(2026, 3, 12))), "03-05 08:00"),
    "a task removed": (lambda w, r: [checklists.remove_task(w.ports, w.staff, one.id) for one in w.tasks(r)], None),
    "a task promised": (lambda w, r: staff_answers.answer_for_client(w.ports, w.staff, first(w, r).id, Answer.PROMISED, promised_on=date(2026, 3, 25)), "03-25 08:00"),
    "a task completed": (lambda w, r: staff_answers.answer_for_client(w.ports, w.staff, first(w, r).id, Answer.NOT_APPLICABLE, "sold"), None),
    "the rule": (lambda w, r: send_settings.keep_settings(w.ports, w.staff, r.id, [], Rule(Kind.URGENT)), "03-03 08:00"),
    "the request withdrawn": (lambda w, r: sending.withdraw_request(w.ports, w.staff, r.id), None),
    "the work completed": (lambda w, r: work_items.set_status(w.ports, w.staff, r.work_item_id, WorkStatus.COMPLETED), None),
    "the work archived": (lambda w, r: work_items.archive_work_item(w.ports, w.staff, r.work_item_id), None),
    "the client archived": (lambda w, r: clients.archive_client(w.ports, w.staff, r.client_id), None),
    "the request paused": (lambda w, r: pauses.pause_request(w.ports, w.staff, r.id, date(2026, 3, 19)), "03-19 08:00"),
    "the client paused": (lambda w, r: pauses.pause_client(w.ports, w.staff, r.client_id, None), None),
    "the firm paused": (lambda w, _r: pauses.pause_firm(w.ports, w.staff, date(2026, 3, 19)), "03-19 08:00"),
    "a day skipped": (lambda w, r: pauses.skip_reminder(w.ports, w.staff, r.id, date(2026, 3, 11), is_skipped=True), "03-18 08:00"),
    "the hour": (lambda w, _r: reminder_settings.set_hour(w.ports, w.staff, 17), "03-11 17:00"),
    "a weekday": (lambda w, _r: reminder_settings.set_weekday(w.ports, w.staff, 2, is_on=False), "03-12 08:00"),
    "the zone": (lambda w, _r: firm_settings.change_setting(w.ports, w.staff, "time_zone", "America/Vancouver"), "03-11 11:00"),
}  # fmt: skip


@pytest.mark.parametrize("cause", CAUSES)
def test_7_7_and_7_14_what_they_depend_on_works_them_out_anew(world: World, cause: str) -> None:
    """One task due on Wednesday 18 March, gentle: first on the 11th."""
    request = out(world, due_on=date(2026, 3, 18), tasks=("Bank statements",))
    assert next_at(world, request) == "03-11 08:00"
    change, expected = CAUSES[cause]
    change(world, request)
    replan_stale(world.ports)
    assert next_at(world, request) == expected


def test_7_7_a_clients_tick_and_its_undo_count_at_once(world: World) -> None:
    client = world.new_client()
    person = world.new_contact(client)
    world.give_account(person, client)
    request = out(world, client=client, to=[person], due_on=date(2026, 3, 18), tasks=("Bank statements",))
    signed_in = world.signed_in(person)
    tasks.complete_task(world.ports, signed_in, first(world, request).id)
    assert next_at(world, request) is None
    tasks.undo_task(world.ports, signed_in, first(world, request).id)
    assert next_at(world, request) == "03-11 08:00"


def test_5_8_a_question_holds_reminders_until_staff_write_or_close_it(world: World) -> None:
    request = out(world, due_on=date(2026, 3, 18), tasks=("Bank statements",))
    world.change(first(world, request), question_open_at=world.clock.now())
    pauses.pause_request(world.ports, world.staff, request.id, None, is_paused=False)
    assert next_at(world, request) is None
    comments.add_comment(world.ports, world.staff, first(world, request).id, "The January ones.")
    assert next_at(world, request) == "03-11 08:00"
    world.change(first(world, request), question_open_at=world.clock.now())
    comments.close_question(world.ports, world.staff, first(world, request).id)
    assert next_at(world, request) == "03-11 08:00"


def test_6_10_after_reopening_they_come_back_only_with_a_resend(world: World) -> None:
    request = out(world, due_on=date(2026, 3, 18))
    for status in (WorkStatus.COMPLETED, WorkStatus.IN_PROGRESS):
        work_items.set_status(world.ports, world.staff, request.work_item_id, status)
    assert next_at(world, request) is None
    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    deliver_outbox(world.ports)
    assert next_at(world, request) == "03-11 08:00"


def test_7_14_reminded_today_is_not_reminded_again_after_a_change_of_hour_or_zone(world: World) -> None:
    request = out(world)
    run(world, "2026-03-03T08:00")
    reminder_settings.set_hour(world.ports, world.staff, 17)
    firm_settings.change_setting(world.ports, world.staff, "time_zone", "Pacific/Honolulu")
    replan_stale(world.ports)
    assert run(world, "2026-03-03T23:59") == []
    row = world.get(request)
    assert row.next_reminder_at.astimezone(ZoneInfo("Pacific/Honolulu")).strftime("%m-%d %H") == "03-04 17"


def test_7_8_a_skip_is_taken_back_and_counts_before_the_send_too(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 3, 18))
    pauses.skip_reminder(world.ports, world.staff, request.id, date(2026, 3, 11), is_skipped=True)
    rows = send_views.send_view(world.ports, world.staff, request.id).reminders
    assert [(row.on, row.kind) for row in rows[:2]] == [("2026-03-11", "skipped"), ("2026-03-18", "next")]
    pauses.skip_reminder(world.ports, world.staff, request.id, date(2026, 3, 11), is_skipped=False)
    rows = send_views.send_view(world.ports, world.staff, request.id).reminders
    assert [(row.on, row.kind) for row in rows[:2]] == [("2026-03-11", "next"), ("2026-03-18", "")]


def test_7_8_staff_see_what_went_what_comes_and_why_there_is_none(world: World) -> None:
    request = out(world)
    run(world, "2026-03-03T08:00")
    world.clock.advance(hours=1)
    pauses.skip_reminder(world.ports, world.staff, request.id, date(2026, 3, 5), is_skipped=True)
    view = work_item_view(world.ports, world.staff, request.work_item_id).sections[0]
    assert [(row.kind, row.on) for row in view.reminders[:3]] == [
        ("past", ""),
        ("next", "2026-03-04"),
        ("skipped", "2026-03-05"),
    ]
    assert "next" in [part.word for part in view.parts]

    pauses.pause_request(world.ports, world.staff, request.id, None)
    view = work_item_view(world.ports, world.staff, request.work_item_id).sections[0]
    assert (view.no_reminder, view.can_resume) == ("Paused until somebody resumes them.", True)
    assert "reminders paused" in [part.word for part in view.parts]


def test_7_8_a_pause_ends_on_a_day_ahead(world: World) -> None:
    request = out(world)
    with pytest.raises(BadInput) as refused:
        pauses.pause_request(world.ports, world.staff, request.id, date(2026, 3, 2))
    assert refused.value.field == "until"
    member = world.actor(world.new_staff("Karim Benali", role=Role.MEMBER))
    with pytest.raises(NotFound):
        pauses.pause_firm(world.ports, member, None)


def test_1_11_one_weekday_is_left_and_new_requests_start_with_the_firms_rule(world: World) -> None:
    for day in (0, 1, 2, 3):
        reminder_settings.set_weekday(world.ports, world.staff, day, is_on=False)
    with pytest.raises(BadInput):
        reminder_settings.set_weekday(world.ports, world.staff, 4, is_on=False)
    reminder_settings.set_rule(world.ports, world.staff, Rule(Kind.CUSTOM, 10, 3))
    shown = reminder_settings.reminder_settings(world.ports, world.staff)
    assert (shown.kind, shown.before, shown.every) == ("custom", "10", "3")
    assert [row.is_on for row in shown.weekdays] == [False] * 4 + [True] + [False] * 2
    assert world.all(Firm)[0].reminder_rule == {"kind": "custom", "before": 10, "every": 3}


def two(world: World) -> list[ClientRequest]:
    """Two clients' requests to one person, both due for a reminder, and the firm wants one e-mail."""
    reminder_settings.set_together(world.ports, world.staff, is_together=True)
    one, other = world.new_client("Marie Gagnon"), world.new_client("Gagnon inc.")
    person = world.new_contact(one, "Marie Gagnon")
    contacts.link_contact(world.ports, world.staff, other.id, person.id)
    return [
        out(world, client=one, to=[person], name="Return"),
        out(world, client=other, to=[person], name="Payroll"),
    ]


def test_7_11_several_requests_come_in_one_email_and_each_counts_for_its_own(world: World) -> None:
    requests = two(world)
    assert run(world, "2026-03-03T08:00") == ["Reminder: 2 requests"]
    text = text_of(world.mail.sent[0])
    assert "Return, Marie Gagnon" in text
    assert "Payroll, Gagnon inc." in text
    assert {one.reminders_used for one in world.all(Recipient)} == {1}
    assert {one.request_id for one in world.all(Reminder)} == {one.id for one in requests}


def test_7_11_whoever_shares_a_request_with_another_still_gets_all_of_theirs_in_one_email(
    world: World,
) -> None:
    reminder_settings.set_together(world.ports, world.staff, is_together=True)
    client = world.new_client()
    luc, marie = world.new_contact(client, "Luc Gagnon"), world.new_contact(client, "Marie Gagnon")
    for name, people in (("His", [luc]), ("Theirs", [luc, marie]), ("Hers", [marie])):
        out(world, client=client, to=people, name=name)

    run(world, "2026-03-03T08:00")

    assert sorted((mail.recipient, str(parsed(mail)["Subject"])) for mail in world.mail.sent) == [
        (luc.email, "Reminder: 2 requests"),
        (marie.email, "Reminder: 2 requests"),
    ]


def test_7_11_a_part_that_ended_meanwhile_is_left_out_of_the_email(world: World) -> None:
    kept, ended = two(world)
    world.clock.move_to("2026-03-03T08:00", TORONTO)
    send_due_reminders(world.ports)
    sending.withdraw_request(world.ports, world.staff, ended.id)
    deliver_outbox(world.ports)
    deliver_outbox(world.ports)

    mails = {row.event: row for row in world.all(OutboxMail) if row.event.startswith("reminder")}
    assert (mails["reminder_digest"].phase, mails["reminder_digest"].answer) == (
        MailPhase.CANCELLED,
        "composed anew",
    )
    assert mails["reminder"].phase is MailPhase.SENT
    assert {one.request_id: one.reminders_used for one in world.all(Recipient)} == {kept.id: 1, ended.id: 0}


def test_7_8_and_8_3_the_timeline_tells_of_skips_and_pauses(world: World) -> None:
    request = out(world)
    deed = (world.ports, world.staff)
    for is_so in (True, False):
        pauses.skip_reminder(*deed, request.id, date(2026, 3, 4), is_skipped=is_so)
        pauses.pause_request(*deed, request.id, None, is_paused=is_so)
    pauses.pause_client(*deed, request.client_id, None)
    pauses.pause_client(*deed, request.client_id, None, is_paused=False)

    told = world.all(Activity, request_id=request.id)
    said = [timeline_views.WORDS[one.kind][1](one.facts) for one in told]

    for words in (
        "skips a reminder of Documents for 2025",
        "lets a skipped reminder of Documents for 2025 go out",
        "paused the reminders of Documents for 2025",
        "resumed the reminders of Documents for 2025",
    ):
        assert words in said
    kinds = [one.kind for one in world.all(Activity, client_id=request.client_id)]
    assert (kinds.count("reminders_paused"), kinds.count("reminders_resumed")) == (2, 2)
