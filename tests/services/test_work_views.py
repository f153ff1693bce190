"""What staff read about work: the list, a work item's page, a request's state in words (5.1, 5.6, 7.8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from portal_app.domain.errors import NotFound
from portal_app.models import Client, ClientRequest, Recipient, SectionKind, Task, WorkItem, WorkStatus
from portal_app.services.tasks import checklists, comments, staff_answers, tasks
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.tasks.task_rows import task_view
from portal_app.services.work import sections, work_items
from portal_app.services.work.work_item_views import SectionView, WorkView, work_item_view
from portal_app.services.work.work_views import PAGE, Filters, WorkList, work_list
from portal_app.text import use_locale
from portal_app.work import begin
from tests.services.claims import bound
from tests.world import World


@pytest.fixture
def request_(world: World) -> ClientRequest:
    """A request of two tasks due in three weeks, sent today and accepted by the mail server."""
    request = world.draft_request(due_on=date(2026, 3, 23))
    recipient = world.all(Recipient)[0]
    world.change(recipient, first_sent_at=world.clock.now(), last_sent_at=world.clock.now())
    return world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)


def page(world: World, request: ClientRequest) -> WorkView:
    return work_item_view(world.ports, world.staff, request.work_item_id)


def section(world: World, request: ClientRequest) -> SectionView:
    return next(one for one in page(world, request).sections if one.id == str(request.id))


def line(world: World, request: ClientRequest) -> str:
    """The state line as it is read."""
    return " · ".join(
        " ".join(word for word in (part.word, part.value) if word) for part in section(world, request).parts
    ).replace("\N{NO-BREAK SPACE}", " ")


def listed(world: World, **filters: str) -> WorkList:
    return work_list(world.ports, world.staff, Filters(**filters))


def test_5_6_a_draft_says_so_and_can_be_sent(world: World) -> None:
    request = world.draft_request()

    assert line(world, request) == "draft · 2 tasks"
    assert page(world, request).to_send == str(request.id)


def test_5_6_the_state_line_of_a_sent_request_names_sent_progress_and_next_reminder(
    world: World, request_: ClientRequest
) -> None:
    assert line(world, request_) == "sent 2 Mar · 0 of 2 · next 16 Mar"
    assert page(world, request_).to_send == ""


def test_5_6_the_state_line_follows_opening_answers_and_reminders(
    world: World, request_: ClientRequest
) -> None:
    world.change(world.all(Recipient)[0], opened_at=world.clock.now(), reminders_used=2)
    device, first = bound(world, request_), world.tasks(request_)[0]
    tasks.complete_task(world.ports, device, first.id)
    world.change(world.tasks(request_)[1], question_open_at=world.clock.now())

    stopped = "reminders stopped: a task is done"
    facts = "sent 2 Mar · opened 2 Mar · 1 of 2 · 1 question open · reminder 2 of 5"
    assert line(world, request_) == f"{facts} · {stopped}"


def test_6_13_withdrawn_stands_first_and_can_be_sent_again(world: World, request_: ClientRequest) -> None:
    world.change(request_, withdrawn_at=world.clock.now())

    assert line(world, request_).startswith("withdrawn 2 Mar · 0 of 2")
    shown = section(world, request_)
    assert (shown.can_send, shown.can_withdraw, shown.can_resend) == (True, False, False)


def test_6_24_a_bounced_first_email_is_not_called_sent(world: World, request_: ClientRequest) -> None:
    world.change(world.all(Recipient)[0], bounced_at=world.clock.now())

    assert line(world, request_).startswith("delivery failed · 0 of 2")
    assert (
        section(world, request_).recipients[0].delivery.replace("\N{NO-BREAK SPACE}", " ")
        == "came back 2 Mar"
    )


def test_15_6_what_has_not_left_is_not_called_sent(world: World, request_: ClientRequest) -> None:
    world.change(world.all(Recipient)[0], first_sent_at=None)

    assert line(world, request_).startswith("not sent yet")


def test_6_10_completed_work_closes_what_is_open(world: World, request_: ClientRequest) -> None:
    work_items.set_status(world.ports, world.staff, request_.work_item_id, WorkStatus.COMPLETED)

    shown = section(world, request_)
    assert line(world, request_).startswith("closed with the work")
    assert (shown.can_send, shown.can_resend) == (False, False)
    work_items.set_status(world.ports, world.staff, request_.work_item_id, WorkStatus.IN_PROGRESS)
    assert [choice.word for choice in page(world, request_).to_resend] == ["Documents for 2025"]


def test_7_8_every_coming_reminder_has_its_date_and_its_number(world: World, request_: ClientRequest) -> None:
    shown = [(row.kind, row.day, row.text, row.detail) for row in section(world, request_).reminders]

    assert [
        (kind, day.replace("\N{NO-BREAK SPACE}", " "), text, detail) for kind, day, text, detail in shown
    ] == [
        ("next", "Mon 16 Mar", "1 of 5", "2 tasks"),
        ("", "Mon 23 Mar", "2 of 5", ""),
        ("", "Tue 24 Mar", "3 of 5", "2 overdue"),
        ("", "Wed 25 Mar", "4 of 5", "2 overdue"),
        ("", "Thu 26 Mar", "5 of 5, the last", "2 overdue"),
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reminder_rule": {"kind": "none"}}, "switched off"),
        ({"needs_resend_at": "now"}, "until the request is resent"),
        ({"withdrawn_at": "now"}, ""),
    ],
    ids=["no rule", "reopened work", "withdrawn"],
)
def test_5_6_no_reminder_is_explained(
    world: World, request_: ClientRequest, change: dict[str, object], why: str
) -> None:
    world.change(
        request_, **{key: world.clock.now() if value == "now" else value for key, value in change.items()}
    )

    shown = section(world, request_)
    assert why in shown.no_reminder
    assert [row for row in shown.reminders if row.kind != "past"] == []


def test_7_1_without_a_date_nothing_is_reminded_of(world: World) -> None:
    request = world.draft_request()
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)

    assert "no open task with a due date" in section(world, request).no_reminder


def test_8_1_a_task_row_says_what_came_in_and_from_whom(world: World, request_: ClientRequest) -> None:
    device, (bank, slips) = bound(world, request_), world.tasks(request_)
    world.change(slips, needs_file=True)
    tasks.complete_task(world.ports, device, bank.id)
    staff_answers.accept_task(world.ports, world.staff, bank.id, is_accepted=True)
    comments.add_comment(world.ports, world.staff, slips.id, "Check the year", is_note=True)

    done, waits = section(world, request_).tasks

    assert [remark.text for remark in done.remarks] == ["Marie-Claude Gagnon, 09:00", "accepted"]
    assert (done.word, done.is_done) == ("Completed", True)
    assert [remark.text for remark in waits.remarks] == ["Needs a file", "Staff note: Check the year"]


def test_5_15_what_staff_answered_says_by_the_firm(world: World, request_: ClientRequest) -> None:
    from portal_app.models import Answer

    task = world.tasks(request_)[0]
    staff_answers.answer_for_client(world.ports, world.staff, task.id, Answer.DONE)

    assert section(world, request_).tasks[0].remarks[0].text == "Sophie Ouellet, by the firm, 09:00"
    assert "by the firm" in task_view(world.ports, world.staff, task.id).answer


def test_5_2_a_nested_section_shows_among_the_tasks_and_after_its_section(
    world: World, request_: ClientRequest
) -> None:
    review = sections.add_section(
        world.ports, world.staff, request_.work_item_id, "Review", SectionKind.STAFF
    )
    checklists.add_task(world.ports, world.staff, review, TaskFields("Partner review"))
    sections.place_section(world.ports, world.staff, request_.id, review, None)

    shown = page(world, request_).sections

    assert [one.name for one in shown] == ["Review", "Documents for 2025"]
    assert [(row.title, row.is_section) for row in shown[0].tasks] == [
        ("Partner review", False),
        ("Documents for 2025", True),
    ]


def test_a_task_opens_with_its_words_as_pieces_never_as_markup(world: World, request_: ClientRequest) -> None:
    made = checklists.add_task(
        world.ports, world.staff, request_.id, TaskFields("Visa", "All **12** months\n\n<b>x</b>")
    )

    opened = task_view(world.ports, world.staff, made)

    assert [[run.text for run in block.lines[0].runs] for block in opened.description] == [
        ["All ", "12", " months"],
        ["<b>x</b>"],
    ]
    assert opened.typed == "All **12** months\n\n<b>x</b>"


def test_another_firm_sees_neither_page_nor_task_nor_row(world: World, request_: ClientRequest) -> None:
    other = world.new_firm("Another", slug="another")
    stranger = world.actor(world.new_staff("Eve", firm=other))

    with pytest.raises(NotFound):
        work_item_view(world.ports, stranger, request_.work_item_id)
    with pytest.raises(NotFound):
        task_view(world.ports, stranger, world.tasks(request_)[0].id)
    assert work_list(world.ports, stranger, Filters()).rows == []
    assert work_list(world.ports, stranger, Filters(client=str(request_.client_id))).client_name == ""


def test_5_1_the_list_shows_open_work_due_soonest_first_and_no_date_last(world: World) -> None:
    client = world.new_client("Clinique Papineau")
    world.new_work(client, "No date")
    world.new_work(client, "Late", due_on=date(2026, 3, 1))
    world.new_work(client, "Soon", due_on=date(2026, 4, 1))
    world.new_work(client, "Over", status=WorkStatus.COMPLETED, completed_at=world.clock.now())
    world.new_work(client, "Away", archived_at=world.clock.now())

    shown = listed(world)

    assert [(row.title, row.is_late) for row in shown.rows] == [
        ("Late", True),
        ("Soon", False),
        ("No date", False),
    ]
    assert shown.count == "3 work items"
    assert [row.title for row in listed(world, status="completed").rows] == ["Over"]
    assert [row.title for row in listed(world, status="archived").rows] == ["Away"]


def test_5_1_the_list_is_filtered_by_client_assignee_words_and_waiting(
    world: World, request_: ClientRequest
) -> None:
    helper = world.new_staff("Karim Benali")
    other = world.new_client("Écuries du Lac")
    world.new_work(other, "T1 général", assignee_id=helper.id)

    assert [row.client for row in listed(world, client=str(other.id)).rows] == ["Écuries du Lac"]
    assert [row.title for row in listed(world, assignee=str(helper.id)).rows] == ["T1 général"]
    assert [row.title for row in listed(world, assignee="me").rows] == ["2025 return"]
    assert [row.title for row in listed(world, search="écuries").rows] == ["T1 général"]
    assert [row.title for row in listed(world, search="100%").rows] == []
    assert [row.title for row in listed(world, waiting="1").rows] == ["2025 return"]
    assert [(row.asked, row.marks) for row in listed(world, waiting="1").rows] == [("0 of 2", [False, False])]
    for task in world.all(Task):
        world.change(task, completed_at=world.clock.now())
    assert listed(world, waiting="1").rows == []


@pytest.mark.parametrize("words", ["états", "ETATS", "etats fin", " États "])
def test_5_1_work_is_found_by_its_title_without_case_and_accents(world: World, words: str) -> None:
    item = world.new_work(world.new_client(), "États financiers")
    world.new_work(world.new_client(), "Paie")
    assert [row.title for row in listed(world, search=words).rows] == ["États financiers"]

    world.change(item, title="Déclaration 2025")
    assert listed(world, search=words).rows == []
    assert [row.title for row in listed(world, search="declaration").rows] == ["Déclaration 2025"]


def test_15_3_work_that_a_replica_from_before_an_update_made_is_found_too(world: World) -> None:
    item = world.new_work(world.new_client(), "Payroll 2026")
    with begin(world.ports, world.staff) as work:
        work.session.execute(update(WorkItem).where(col(WorkItem.id) == item.id).values(title_key=""))
    assert [row.title for row in listed(world, search="PAYROLL").rows] == ["Payroll 2026"]
    assert listed(world, search="invoices").rows == []


def test_5_1_an_address_that_means_nothing_shows_the_list(world: World, request_: ClientRequest) -> None:
    shown = listed(world, client="x", assignee="y", status="z", after="nonsense")

    assert [row.title for row in shown.rows] == ["2025 return"]


def test_5_1_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    client: Client = world.new_client("Clinique Papineau")
    for number in range(PAGE + 3):
        day = date(2026, 4, 1) + timedelta(days=number % 3)
        world.new_work(client, f"Work {number}", due_on=None if number % 4 == 0 else day)

    first = listed(world)
    second = listed(world, after=first.next_after)

    titles = [row.title for row in first.rows + second.rows]
    assert (len(first.rows), len(second.rows), second.next_after) == (PAGE, 3, "")
    assert sorted(titles) == sorted(f"Work {number}" for number in range(PAGE + 3))


def test_staff_read_it_in_their_language(world: World, request_: ClientRequest) -> None:
    with use_locale("fr"):
        shown = section(world, request_)

    assert shown.parts[0].word == "envoyée le"
    assert shown.reminders[0].text == "1 sur 5"


def test_5_1_the_list_is_narrowed_by_due_date_in_the_firms_days(world: World) -> None:
    client = world.new_client()
    for title, due_on in (
        ("late", date(2026, 3, 1)),
        ("today", date(2026, 3, 2)),
        ("week", date(2026, 3, 9)),
        ("month", date(2026, 4, 1)),
        ("far", date(2026, 4, 2)),
        ("none", None),
    ):
        world.new_work(client, title, due_on=due_on)

    def titles(due: str) -> list[str]:
        return [row.title for row in listed(world, due=due).rows]

    assert titles("overdue") == ["late"]
    assert titles("week") == ["today", "week"]
    assert titles("month") == ["today", "week", "month"]
    assert titles("none") == ["none"]
    assert len(titles("anything")) == 6
