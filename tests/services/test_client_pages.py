"""What clients read: the checklist and home, each for one person only (3.1, 5.11, 5.17, 9.1, 9.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    Answer,
    Client,
    Comment,
    Contact,
    PortalAccess,
    Recipient,
    TaskAnswer,
)
from portal_app.services.files.uploads import start_upload
from portal_app.services.home import home_pages
from portal_app.services.home.home_pages import home_page
from portal_app.services.home.switching import waits
from portal_app.services.requests.request_pages import open_request, request_page
from portal_app.services.tasks import client_answers, comments, tasks
from portal_app.text import use_locale
from tests.fakes import START
from tests.services.claims import bound
from tests.world import World


def sent(world: World, **more: object) -> tuple[object, Contact]:
    """A sent request and its recipient."""
    client = world.new_client("Gagnon inc.")
    contact = world.new_contact(client)
    request = world.draft_request(client, to=[contact], **more)
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
    return request, contact


def device_of(world: World, request: object) -> Actor:
    return bound(world, request, world.all(Recipient, request_id=request.id)[0])


def test_the_checklist_says_who_asks_for_how_much_and_until_when(world: World) -> None:
    request, _contact = sent(world, due_on=date(2026, 3, 31))

    page = request_page(world.ports, device_of(world, request), request.id)

    assert page.intro == "Sophie Ouellet asks for two items by 31\u00a0March\u00a02026."
    assert page.for_whom == "For Marie-Claude Gagnon, about Gagnon inc."
    assert [task.state for task in page.tasks] == ["Due 31\u00a0March"] * 2
    assert page.progress == "0 of 2 done"
    assert page.until == "This link works on this device until 2\u00a0March\u00a02027."


def test_the_checklist_speaks_french_to_whoever_reads_french(world: World) -> None:
    request, _contact = sent(world, due_on=date(2026, 3, 1))
    device = device_of(world, request)

    with use_locale("fr"):
        page = request_page(world.ports, device, request.id)

    assert page.tasks[0].state == "En retard de 1\u00a0jour (1er\u00a0mars)"
    assert page.tasks[0].tone == "late"
    assert page.tasks[0].tick_label == "Marquer comme terminée\u00a0: Bank statements"


def test_5_12_the_reader_can_undo_for_ten_seconds_and_nobody_else_can(world: World) -> None:
    request, _contact = sent(world)
    device = device_of(world, request)
    task = world.tasks(request)[0]
    tasks.complete_task(world.ports, device, task.id)

    world.clock.advance(seconds=4)
    page = request_page(world.ports, device, request.id)
    assert (page.undo_task_id, page.undo_ms) == (str(task.id), 6000)
    world.clock.advance(seconds=7)
    assert request_page(world.ports, device, request.id).undo_task_id == ""


def test_5_7_notes_of_staff_never_reach_the_client(world: World) -> None:
    request, _contact = sent(world)
    device, task = device_of(world, request), world.tasks(request)[0]
    comments.add_comment(world.ports, world.staff, task.id, "They always forget the lease", is_note=True)
    comments.add_comment(world.ports, world.staff, task.id, "The lease too, please")
    comments.add_comment(world.ports, device, task.id, "Here it is")

    shown = request_page(world.ports, device, request.id).tasks[0].comments

    assert [(line.by, line.text, line.is_firms) for line in shown] == [
        ("Sophie Ouellet", "The lease too, please", True),
        ("You", "Here it is", False),
    ]
    assert len(world.all(Comment)) == 3


def test_5_3_a_task_that_needs_a_file_says_so_and_cannot_be_ticked(world: World) -> None:
    request, contact = sent(world)
    task = world.tasks(request)[0]
    world.change(task, needs_file=True)
    device = device_of(world, request)

    before = request_page(world.ports, device, request.id).tasks[0]
    world.new_file(task, contact_id=contact.id)
    after = request_page(world.ports, device, request.id).tasks[0]

    assert (before.can_tick, before.state) == (False, "File needed")
    assert (after.can_tick, [file.name for file in after.files]) == (True, ["T4.pdf"])


def test_3_1_home_of_a_limited_contact_lists_only_what_was_sent_to_them(world: World) -> None:
    request, contact = sent(world)
    other = world.draft_request(
        world.all(type(world.new_client("Elsewhere")), id=request.client_id)[0], to=[], name="Not theirs"
    )
    world.change(other, sent_at=world.clock.now())
    client = world.all(type(world.new_client("X")), id=request.client_id)[0]
    world.give_account(contact, client, level=AccessLevel.LIMITED)
    actor = world.signed_in(contact)

    assert [line.title for line in home_page(world.ports, actor).open] == ["Documents for 2025"]
    with pytest.raises(NotFound):
        request_page(world.ports, actor, other.id)


def test_3_1_home_of_a_full_contact_lists_every_request_sent_for_the_client(world: World) -> None:
    request, contact = sent(world)
    client = world.all(type(world.new_client("X")), id=request.client_id)[0]
    other = world.draft_request(client, to=[], name="Sent to a colleague", due_on=date(2026, 3, 1))
    world.change(other, sent_at=world.clock.now())
    world.draft_request(client, to=[], name="Still a draft")
    world.give_account(contact, client, level=AccessLevel.FULL)

    page = home_page(world.ports, world.signed_in(contact))

    assert [(line.title, line.state, line.tone) for line in page.open] == [
        ("Sent to a colleague", "0 of 2, 1\u00a0March", "late"),
        ("Documents for 2025", "0 of 2", ""),
    ]
    assert page.waits == "Four items to hand in, two of them late."


def test_3_1_home_says_how_many_are_late() -> None:
    said = [waits(left, late) for left, late in ((0, 0), (1, 1), (2, 2), (2, 1))]
    assert said == [
        "Nothing to hand in.",
        "One item to hand in, late.",
        "Two items to hand in, all of them late.",
        "Two items to hand in, one of them late.",
    ]
    with use_locale("fr"):
        assert waits(5, 5) == "Cinq éléments à remettre, tous en retard."


def test_6_10_signed_in_a_closed_request_can_be_read_and_not_changed(world: World) -> None:
    work = world.new_work(world.new_client("Closed inc."))
    client = world.all(type(world.new_client("X")), id=work.client_id)[0]
    contact = world.new_contact(client, "Ann Roy")
    request = world.draft_request(client, to=[contact], work=work)
    world.change(request, sent_at=world.clock.now())
    world.change(work, completed_at=world.clock.now())
    world.give_account(contact, client)

    page = request_page(world.ports, world.signed_in(contact), request.id)

    assert page.closed_text.startswith("This request is closed.")
    assert not any(task.can_tick or task.can_answer for task in page.tasks)


def test_5_6_a_recipient_who_sees_it_signed_in_has_opened_it(world: World) -> None:
    request, contact = sent(world)
    client = world.all(type(world.new_client("X")), id=request.client_id)[0]
    world.give_account(contact, client)
    actor = world.signed_in(contact)

    open_request(world.ports, actor, request.id)
    first = world.all(Recipient)[0].opened_at
    world.clock.advance(hours=1)
    open_request(world.ports, actor, request.id)

    assert first is not None
    assert world.all(Recipient)[0].opened_at == first


def test_8_3_seeing_it_signed_in_for_the_first_time_stands_in_the_timelines(world: World) -> None:
    request, contact = sent(world)
    client = world.all(type(world.new_client("X")), id=request.client_id)[0]
    world.give_account(contact, client)

    for _visit in range(2):
        open_request(world.ports, world.signed_in(contact), request.id)

    noted = [row for row in world.all(Activity) if row.kind == "request_opened"]
    assert [(row.contact_id, row.work_item_id) for row in noted] == [(contact.id, request.work_item_id)]


def test_6_20_home_asks_a_bound_device_without_an_account_to_sign_in(world: World) -> None:
    request, _contact = sent(world)
    device = device_of(world, request)

    with pytest.raises((SignInNeeded, NotFound)):
        home_page(world.ports, replace(device))


STATES = [
    ({"due_on": date(2026, 3, 31)}, "Due 31\u00a0March", "Échéance le 31\u00a0mars"),
    (
        {"due_on": date(2026, 3, 31), "needs_file": True},
        "File needed, 31\u00a0March",
        "Fichier demandé, 31\u00a0mars",
    ),
    ({"needs_file": True}, "File needed", "Fichier demandé"),
    (
        {"due_on": date(2026, 2, 25), "needs_file": True},
        "5 days late (25\u00a0February)",
        "En retard de 5\u00a0jours (25\u00a0février)",
    ),
    (
        {"due_on": date(2026, 3, 31), "question_open_at": START},
        "Question asked, 31\u00a0March",
        "Question posée, 31\u00a0mars",
    ),
    ({"promised_on": date(2026, 3, 24)}, "Promised for 24\u00a0March", "Promis pour le 24\u00a0mars"),
    (
        {"due_on": date(2026, 3, 1), "promised_on": date(2026, 3, 1)},
        "1 day late (1\u00a0March)",
        "En retard de 1\u00a0jour (1er\u00a0mars)",
    ),
    ({}, "No date", "Sans date"),
    ({"completed_at": START, "answer": Answer.NOT_APPLICABLE}, "Doesn’t apply", "Ne s’applique pas"),
    (
        {"completed_at": START, "answer": Answer.DONE, "accepted_at": START},
        "Done by the firm on 2\u00a0March, accepted",
        "Terminée par le cabinet le 2\u00a0mars, acceptée",
    ),
]


@pytest.mark.parametrize(("facts", "english", "french"), STATES, ids=[state[1] for state in STATES])
def test_5_8_a_task_says_its_state_in_a_few_words(
    world: World, facts: dict[str, object], english: str, french: str
) -> None:
    request, _contact = sent(world)
    world.change(world.tasks(request)[0], **facts)
    device = device_of(world, request)

    said = {}
    for language in ("en", "fr"):
        with use_locale(language):
            said[language] = request_page(world.ports, device, request.id).tasks[0].state

    assert said == {"en": english, "fr": french}


def test_5_11_an_answer_says_whose_it_was_and_what_they_wrote(world: World) -> None:
    request, contact = sent(world)
    mine, firms = world.tasks(request)
    done = {"completed_at": world.clock.now(), "answer": Answer.NOT_APPLICABLE}
    world.change(mine, completed_by_contact_id=contact.id, answer_text="Sold in 2024.", **done)
    world.change(firms, completed_by_staff_id=world.owner.id, **done)

    shown = request_page(world.ports, device_of(world, request), request.id).tasks

    assert (shown[0].answer_text, shown[0].answered) == (
        "“Sold in 2024.”",
        "Your answer, 2\u00a0March, 09:00.",
    )
    assert shown[1].answered == "Sophie Ouellet’s answer, 2\u00a0March, 09:00."


def both(world: World) -> tuple[object, Actor, Actor]:
    """A request sent to two people, and a device of each."""
    client = world.new_client("Gagnon inc.")
    people = [world.new_contact(client, name) for name in ("Marie Gagnon", "Luc Gagnon")]
    request = world.draft_request(client, to=people)
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
    rows = world.all(Recipient, request_id=request.id)
    marie, luc = (next(row for row in rows if row.contact_id == one.id) for one in people)
    return request, bound(world, request, marie), bound(world, request, luc)


def test_5_11_an_answer_by_one_recipient_counts_for_all(world: World) -> None:
    request, marie, luc = both(world)
    first, second = world.tasks(request)
    tasks.complete_task(world.ports, marie, first.id)
    client_answers.say_not_applicable(world.ports, luc, second.id, "Sold.")

    for device in (marie, luc):
        page = request_page(world.ports, device, request.id)
        assert [task.is_completed for task in page.tasks] == [True, True]
        assert page.progress == "2 of 2 done"
    assert len(world.all(TaskAnswer)) == 2


def test_5_11_recipients_see_each_others_answers_comments_and_files_with_names(world: World) -> None:
    request, marie, luc = both(world)
    first, second = world.tasks(request)
    tasks.complete_task(world.ports, marie, first.id)
    comments.add_comment(world.ports, marie, second.id, "Which year?", once_key="b")
    marias = world.all(Contact, name="Marie Gagnon")[0]
    world.new_file(second, "T4.pdf", contact_id=marias.id)

    shown = request_page(world.ports, luc, request.id).tasks

    assert shown[0].answered.startswith("Marie Gagnon’s answer")
    assert [(line.by, line.text) for line in shown[1].comments] == [("Marie Gagnon", "Which year?")]
    [file] = shown[1].files
    assert (file.name, "Marie Gagnon" in f"{file.by} {file.detail}") == ("T4.pdf", True)


@pytest.mark.parametrize(
    ("count", "shown", "label"), [(4, 4, ""), (5, 3, "2 earlier comments"), (40, 3, "37 earlier comments")]
)
def test_many_comments_fold_but_the_last_three(world: World, count: int, shown: int, label: str) -> None:
    request, _contact = sent(world)
    device, task = device_of(world, request), world.tasks(request)[0]
    for number in range(count):
        comments.add_comment(world.ports, device, task.id, f"Line {number}", once_key=f"k{number}")
        world.clock.advance(seconds=1)

    view = request_page(world.ports, device, request.id).tasks[0]

    assert [line.text for line in [*view.earlier, *view.comments]] == [
        f"Line {number}" for number in range(count)
    ]
    assert (len(view.comments), view.earlier_label) == (shown, label)
    assert view.comments[-1].key == f"k{count - 1}"


def test_5_19_a_task_whose_file_is_on_its_way_can_be_ticked_and_unticked(world: World) -> None:
    request, _contact = sent(world)
    device, task = device_of(world, request), world.tasks(request)[0]
    world.change(task, needs_file=True)
    start_upload(world.ports, device, task.id, "T4.pdf", 10)

    sending = request_page(world.ports, device, request.id).tasks[0]
    tasks.complete_task(world.ports, device, task.id)
    ticked = request_page(world.ports, device, request.id).tasks[0]

    assert (sending.state, sending.can_tick, sending.is_ticked) == ("Sending, 1 file", True, False)
    assert (ticked.state, ticked.is_ticked, ticked.can_untick) == (
        "Done as soon as the file is in",
        True,
        True,
    )
    assert not ticked.is_completed


def test_9_1_home_names_the_task_due_first_with_promises_and_late_ones_in_their_place(world: World) -> None:
    request, contact = sent(world, tasks=("Late", "Promised", "Undated", "Due", "Far"))
    late, promised, _undated, due, far = world.tasks(request)
    world.change(late, due_on=date(2026, 3, 1))
    world.change(promised, due_on=date(2026, 2, 1), promised_on=date(2026, 3, 20))
    world.change(due, due_on=date(2026, 3, 10))
    world.change(far, due_on=date(2026, 5, 1))
    client = world.all(Client, id=request.client_id)[0]
    world.give_account(contact, client)

    page = home_page(world.ports, world.signed_in(contact))

    assert (page.first.title, page.first.state) == ("Late", "1 day late (1\u00a0March)")
    assert [line.title for line in page.next] == ["Due", "Promised", "Far"]
    assert page.all_label == "See all 5 items"
    assert page.waits == "Five items to hand in, one of them late."


@pytest.mark.parametrize("is_closed", [False, True])
def test_9_3_home_lists_works_and_whatever_was_asked_in_each(
    world: World, is_closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_pages, "MOST", 2)
    client = world.new_client("Gagnon inc.")
    contact = world.new_contact(client)
    world.give_account(contact, client)
    for number in (3, 1, 2):
        done = START + timedelta(days=-number) if is_closed else None
        item = world.new_work(client, f"Work {number}", completed_at=done)
        for part in ("a", "b"):
            due = date(2026, 4, number)
            one = world.draft_request(client, to=[contact], work=item, name=f"{number}{part}", due_on=due)
            world.change(one, sent_at=world.clock.now())

    page = home_page(world.ports, world.signed_in(contact))

    assert [line.title for line in (page.past if is_closed else page.open)] == ["1a", "1b", "2a", "2b"]
    assert page.waits == ("Nothing to hand in." if is_closed else "12 items to hand in.")


def test_9_2_home_opens_with_the_client_whose_request_was_read_last(world: World) -> None:
    request, contact = sent(world)
    first = world.all(Client, id=request.client_id)[0]
    world.give_account(contact, first)
    actor = world.signed_in(contact)
    assert home_page(world.ports, actor).about == "Gagnon inc."
    other = world.new_client("Zinc inc.")
    grant_access(world, contact, other)
    theirs = world.draft_request(other, to=[], name="Lease")
    world.change(theirs, sent_at=world.clock.now())

    open_request(world.ports, actor, theirs.id)

    page = home_page(world.ports, actor)
    assert page.about == "Zinc inc."
    assert [(line.name, line.waits, line.is_shown) for line in page.clients] == [
        ("Gagnon inc.", "Two items to hand in.", False),
        ("Zinc inc.", "Two items to hand in.", True),
    ]
    assert [line.elsewhere for line in page.elsewhere] == ["Gagnon inc. has two items to hand in."]


def grant_access(world: World, contact: Contact, client: Client) -> None:
    """Full access for a contact who has an account."""
    now = world.clock.now()
    world.put(
        PortalAccess(
            firm_id=client.firm_id,
            client_id=client.id,
            contact_id=contact.id,
            level=AccessLevel.FULL,
            status=AccessStatus.ACCEPTED,
            accepted_at=now,
            created_at=now,
        )
    )
