"""The send dialog and its settings, reopening with word to recipients, and rows moved by hand (5.4, 5.8, 6.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.reminders import Kind, Rule
from portal_app.domain.send_rules import Kind as SendKind
from portal_app.domain.send_rules import Rule as SendRule
from portal_app.models import (
    AccessGrant,
    Answer,
    Client,
    ClientRequest,
    Comment,
    Contact,
    OutboxMail,
    Recipient,
    Section,
    SectionKind,
    Task,
)
from portal_app.services.requests import automatic, send_settings, sending
from portal_app.services.requests.send_views import SendView, send_view
from portal_app.services.tasks import checklists, staff_answers
from portal_app.services.tasks.checklists import Moved, TaskFields
from portal_app.services.work import arranging, sections
from portal_app.services.work.work_item_views import SectionView, work_item_view
from portal_app.text import use_locale
from tests.world import World

GENTLE = Rule(Kind.GENTLE)


@pytest.fixture
def draft(world: World) -> ClientRequest:
    """A request of two tasks due in three weeks, with one contact who is its planned recipient."""
    return world.draft_request(due_on=date(2026, 3, 23))


def people(world: World, request: ClientRequest) -> set[UUID]:
    """Who is a recipient now."""
    return {row.contact_id for row in world.all(Recipient, request_id=request.id) if not row.removed_at}


def client_of(world: World, request: ClientRequest) -> Client:
    return world.all(Client, id=request.client_id)[0]


def view(world: World, request: ClientRequest, **wanted: object) -> SendView:
    return send_view(world.ports, world.staff, request.id, **wanted)  # type: ignore[arg-type]


def send(world: World, request: ClientRequest, *, rule: Rule = GENTLE, key: str = "one") -> None:
    send_settings.send_with_settings(world.ports, world.staff, request.id, people(world, request), rule, key)


def test_6_1_the_dialog_shows_recipients_sender_email_and_coming_reminders(
    world: World, draft: ClientRequest
) -> None:
    shown = view(world, draft)

    assert [(one.name, one.is_chosen) for one in shown.people] == [("Marie-Claude Gagnon", True)]
    assert "sophie.ouellet@tremblay.example" in shown.from_line
    assert (shown.count, shown.how) == ("1 e-mail", "leaves at once, with a link of its own")
    assert "Documents for 2025" in shown.subject
    assert "Bank statements" in shown.html
    assert [row.text for row in shown.reminders][-1] == "5 of 5, the last"
    assert world.all(OutboxMail) == []


def test_5_9_no_live_link_is_ever_shown_to_staff(world: World, draft: ClientRequest) -> None:
    send(world, draft)

    assert "/r/…" in view(world, draft).html
    assert len(world.all(AccessGrant)) == 1


def test_6_1_the_dialog_follows_what_is_ticked_and_the_rule_without_keeping_either(
    world: World, draft: ClientRequest
) -> None:
    luc = world.new_contact(client_of(world, draft), "Luc Gagnon")
    marie = world.all(Contact)[0]

    shown = view(world, draft, chosen={marie.id, luc.id}, rule=Rule(Kind.NONE), shown=str(luc.id))

    assert [tab.word for tab in shown.tabs] == ["Luc", "Marie-Claude"]
    assert shown.shown == str(luc.id)
    assert (shown.reminders, shown.no_reminder) == (
        [],
        "None: reminders are switched off for this request.",
    )
    assert people(world, draft) == {marie.id}
    assert world.get(draft).reminder_rule == {"kind": "gentle"}


def test_6_1_the_dialog_speaks_the_readers_language_and_the_email_the_recipients(
    world: World, draft: ClientRequest
) -> None:
    world.change(world.all(Contact)[0], locale="en")
    with use_locale("fr"):
        shown = view(world, draft)

    assert shown.reminders[0].text == "1 sur 5"
    assert "Documents needed" in shown.subject


def test_5_4_settings_of_a_draft_are_kept_and_send_nothing(world: World, draft: ClientRequest) -> None:
    luc = world.new_contact(client_of(world, draft), "Luc Gagnon")

    send_settings.save_settings(world.ports, world.staff, draft.id, {luc.id}, Rule(Kind.CUSTOM, 15, 4), "one")

    assert people(world, draft) == {luc.id}
    assert world.get(draft).reminder_rule == {"kind": "custom", "before": 15, "every": 4}
    assert world.all(OutboxMail) == []
    assert [one.is_chosen for one in view(world, draft).people] == [True, False]


def test_5_4_a_send_rule_is_kept_with_its_moment_and_shown_with_who_sends(
    world: World, draft: ClientRequest
) -> None:
    rule = SendRule(SendKind.ON, on=date(2026, 3, 7), hour=9)

    assert view(world, draft, send_rule=rule).when.hint == (
        "Goes out by itself on 9\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026, 09:00, from Sophie Ouellet."
    ), "the 7th is a Saturday (6.19)"
    assert world.get(draft).send_at is None, "looking keeps nothing"
    plan(world, draft, rule)

    assert world.get(draft).send_rule == {"kind": "on", "date": "2026-03-07", "hour": 9}
    assert world.get(draft).send_at == datetime(2026, 3, 9, 13, tzinfo=UTC)
    assert view(world, draft).when.kind == "on"
    assert world.all(OutboxMail) == []


def test_5_4_by_hand_again_takes_the_moment_away(world: World, draft: ClientRequest) -> None:
    plan(world, draft, SendRule(SendKind.ON, on=date(2026, 3, 9)))
    plan(world, draft, SendRule())

    assert world.get(draft).send_at is None
    assert view(world, draft).when.hint == "Goes out when somebody presses Send to client."


def test_5_4_a_day_relative_to_a_start_that_is_not_set_waits_for_it(
    world: World, draft: ClientRequest
) -> None:
    plan(world, draft, SendRule(SendKind.RELATIVE, -3))

    assert world.get(draft).send_at is None
    assert "no start yet" in view(world, draft).when.hint


@pytest.mark.parametrize(
    "rule",
    [
        SendRule(SendKind.ON, on=date(2026, 3, 2), hour=8),
        SendRule(SendKind.ON, on=date(2020, 1, 1)),
        SendRule(SendKind.ON),
        SendRule(SendKind.RELATIVE, 731),
    ],
)
def test_6_18_a_moment_that_is_past_or_none_is_refused_beside_its_field(
    world: World, draft: ClientRequest, rule: SendRule
) -> None:
    with pytest.raises(BadInput) as refused:
        plan(world, draft, rule)

    assert refused.value.field == "send_day"
    assert world.get(draft).send_rule == {"kind": "manual"}


def test_6_17_the_dialog_of_a_held_request_says_why_and_its_recipients_can_be_put_right(
    world: World, draft: ClientRequest
) -> None:
    someone = people(world, draft)
    plan(world, draft, rule := SendRule(SendKind.ON, on=date(2026, 3, 3)), to=set())
    world.clock.advance(days=1)
    automatic.send_due_requests(world.ports)

    shown = view(world, draft).when
    assert (shown.is_late, shown.hint) == (
        True,
        "Not sent: no recipient was chosen. Send it now, or choose a later day.",
    )
    plan(world, draft, rule, to=someone)
    assert people(world, draft) == someone
    assert world.get(draft).held_at is not None, "it waits for a hand, or for another day"

    plan(world, draft, SendRule(SendKind.ON, on=date(2026, 3, 10)), to=someone)
    world.clock.advance(days=7)
    assert automatic.send_due_requests(world.ports) == 1


def test_5_4_after_the_send_there_is_no_send_rule_to_change(world: World, draft: ClientRequest) -> None:
    send(world, draft)

    plan(world, draft, SendRule(SendKind.ON, on=date(2026, 3, 9)))

    assert world.get(draft).send_at is None
    assert view(world, draft).can_plan is False


def plan(world: World, request: ClientRequest, rule: SendRule, to: set[UUID] | None = None) -> None:
    """Keep a send rule, by the dialog."""
    to = people(world, request) if to is None else to
    send_settings.save_settings(world.ports, world.staff, request.id, to, GENTLE, "plan", rule)


@pytest.mark.parametrize(
    ("before", "every", "named"), [(61, 4, "before"), (15, 31, "every"), (-1, 4, "before")]
)
def test_7_2_a_custom_rule_out_of_bounds_is_refused_beside_its_field(
    world: World, draft: ClientRequest, before: int, every: int, named: str
) -> None:
    with pytest.raises(BadInput) as refused:
        send_settings.save_settings(
            world.ports, world.staff, draft.id, people(world, draft), Rule(Kind.CUSTOM, before, every), "one"
        )

    assert refused.value.field == named
    assert world.get(draft).reminder_rule == {"kind": "gentle"}


def test_5_4_the_reminder_rule_of_a_request_without_an_open_task_can_still_be_changed(
    world: World, draft: ClientRequest
) -> None:
    send(world, draft)
    for task in world.tasks(draft):
        staff_answers.answer_for_client(world.ports, world.staff, task.id, Answer.DONE)
    to = people(world, draft)
    send_settings.save_settings(world.ports, world.staff, draft.id, to, Rule(Kind.URGENT), "rule")
    assert world.get(draft).reminder_rule == {"kind": "urgent"}


def test_6_25_sending_keeps_the_rule_and_sends_once_however_often_it_is_pressed(
    world: World, draft: ClientRequest
) -> None:
    for _press in range(2):
        send(world, draft, rule=Rule(Kind.URGENT))

    assert world.get(draft).sent_at == world.clock.now()
    assert world.get(draft).reminder_rule == {"kind": "urgent"}
    assert len(world.subjects()) == 1


def test_6_25_what_was_chosen_stays_when_the_send_is_refused(world: World, draft: ClientRequest) -> None:
    for task in world.tasks(draft):
        checklists.remove_task(world.ports, world.staff, task.id)

    with pytest.raises(RuleBroken, match="no open task"):
        send(world, draft, rule=Rule(Kind.URGENT))

    assert view(world, draft).refusal.startswith("There is no open task")
    assert world.get(draft).reminder_rule == {"kind": "urgent"}


def test_6_15_a_recipient_added_after_the_send_gets_the_email_and_6_14_one_taken_out_loses_the_link(
    world: World, draft: ClientRequest
) -> None:
    send(world, draft)
    marie = world.all(Contact)[0]
    luc = world.new_contact(client_of(world, draft), "Luc Gagnon")

    send_settings.save_settings(world.ports, world.staff, draft.id, {marie.id, luc.id}, GENTLE, "two")
    assert (people(world, draft), len(world.subjects())) == ({marie.id, luc.id}, 2)
    send_settings.save_settings(world.ports, world.staff, draft.id, {luc.id}, GENTLE, "three")

    assert people(world, draft) == {luc.id}
    ended = [grant.contact_id for grant in world.all(AccessGrant) if grant.ended_at]
    assert ended == [marie.id]


def test_6_14_a_request_that_is_out_keeps_at_least_one_recipient(world: World, draft: ClientRequest) -> None:
    send(world, draft)

    with pytest.raises(BadInput) as refused:
        send_settings.save_settings(world.ports, world.staff, draft.id, set(), GENTLE, "two")

    assert refused.value.field == "recipients"
    assert len(people(world, draft)) == 1


def test_5_8_reopening_tells_every_recipient_why_and_6_6_makes_links_last_thirty_days_more(
    world: World, draft: ClientRequest
) -> None:
    send(world, draft)
    task = world.tasks(draft)[0]
    staff_answers.answer_for_client(world.ports, world.staff, task.id, Answer.DONE)
    world.clock.advance(days=40)

    staff_answers.reopen_task(world.ports, world.staff, task.id, "Page 3 is missing")

    kept = world.get(task)
    assert (kept.completed_at, kept.reopened_at) == (None, world.clock.now())
    assert [row.body for row in world.all(Comment)] == ["Page 3 is missing"]
    assert len(world.subjects()) == 2
    assert world.all(AccessGrant)[0].expires_at == world.clock.now() + timedelta(days=30)


def test_5_8_a_task_is_not_reopened_without_a_reason(world: World, draft: ClientRequest) -> None:
    task = world.tasks(draft)[0]
    staff_answers.answer_for_client(world.ports, world.staff, task.id, Answer.DONE)

    with pytest.raises(BadInput) as refused:
        staff_answers.reopen_task(world.ports, world.staff, task.id, "  ")

    assert refused.value.field == "reason"
    assert world.get(task).completed_at is not None


@pytest.mark.parametrize(("tell", "emails"), [(True, 2), (False, 1)], ids=["told", "not told"])
def test_5_13_a_task_added_after_the_send_goes_by_email_only_when_staff_say_so(
    world: World, draft: ClientRequest, tell: bool, emails: int
) -> None:
    send(world, draft)

    checklists.add_task(world.ports, world.staff, draft.id, TaskFields("T5 slips"), tell=tell)

    assert len(world.subjects()) == emails


@pytest.mark.parametrize("tell", [True, False], ids=["told", "not told"])
def test_5_13_a_task_changed_or_taken_out_after_the_send_goes_by_email_only_when_staff_say_so(
    world: World, draft: ClientRequest, tell: bool
) -> None:
    send(world, draft)
    bank, slips = world.tasks(draft)

    checklists.edit_task(world.ports, world.staff, bank.id, TaskFields("All statements"), tell=tell)
    checklists.remove_task(world.ports, world.staff, slips.id, tell=tell)

    told = ["Changed in your list: Documents for 2025", "Taken off your list: Documents for 2025"]
    assert world.subjects()[1:] == (told if tell else [])


def test_5_13_a_draft_tells_nobody_of_an_added_task(world: World, draft: ClientRequest) -> None:
    checklists.add_task(world.ports, world.staff, draft.id, TaskFields("T5 slips"), tell=True)

    assert world.subjects() == []


def test_5_2_rows_are_moved_by_what_they_are(world: World, draft: ClientRequest) -> None:
    prepare = sections.add_section(world.ports, world.staff, draft.work_item_id, "Prepare", SectionKind.STAFF)
    bank, slips = world.tasks(draft)

    assert arranging.move_row(world.ports, world.staff, slips.id, draft.id, bank.id) is Moved.MOVED
    assert [task.title for task in world.tasks(draft)] == ["T4 slips", "Bank statements"]
    arranging.move_row(world.ports, world.staff, prepare, None, draft.id)
    arranging.move_row(world.ports, world.staff, draft.id, prepare, None)

    assert world.all(Section, id=draft.id)[0].within_section_id == prepare


def test_5_2_a_task_is_nudged_by_one_and_stops_at_either_end(world: World, draft: ClientRequest) -> None:
    bank = world.tasks(draft)[0]

    def titles() -> list[str]:
        return [task.title for task in world.tasks(draft)]

    arranging.nudge_task(world.ports, world.staff, bank.id, -1)
    assert titles() == ["Bank statements", "T4 slips"]
    arranging.nudge_task(world.ports, world.staff, bank.id, 1)
    assert titles() == ["T4 slips", "Bank statements"]
    arranging.nudge_task(world.ports, world.staff, bank.id, 1)
    arranging.nudge_task(world.ports, world.staff, bank.id, -1)

    assert titles() == ["Bank statements", "T4 slips"]
    assert len(world.all(Task)) == 2


def test_7_6_gentle_reminders_stop_when_a_task_is_done_and_one_press_lets_them_go_on(
    world: World, draft: ClientRequest
) -> None:
    send(world, draft)
    staff_answers.answer_for_client(world.ports, world.staff, world.tasks(draft)[0].id, Answer.DONE)

    def section() -> SectionView:
        return work_item_view(world.ports, world.staff, draft.work_item_id).sections[0]

    assert (section().can_go_on, section().no_reminder) == (True, "Reminders stopped: a task is done.")
    for _press in range(2):
        send_settings.let_reminders_go_on(world.ports, world.staff, draft.id)

    assert (section().can_go_on, section().no_reminder) == (False, "")
    assert section().reminders[0].text == "1 of 5"
    world.clock.advance(hours=1)
    sending.resend_request(world.ports, world.staff, draft.id, None, "again")
    assert section().can_go_on
