"""What the send dialog shows before anything goes (6.1, 6.2, 6.25, 7.1, 7.8, 7.13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal_app.models import AccessLevel, Answer, ClientRequest, LinkToken, OutboxMail, Recipient, Task
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import send_views, sending
from portal_app.settings import Settings
from tests.services.posted import html_of, parsed, text_of
from tests.services.sends import sent
from tests.world import World


def names(preview: sending.SendPreview) -> list[str]:
    return [one.name for one in preview.possible if one.is_proposed]


def test_6_1_it_shows_sender_recipients_email_and_changes_nothing(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 3, 18))
    preview = sending.preview(world.ports, world.staff, request.id)

    assert preview.from_line == "Sophie Ouellet <sophie.ouellet@tremblay.example>"
    assert preview.reply_to == "sophie.ouellet@tremblay.example"
    assert names(preview) == ["Marie-Claude Gagnon"]
    assert preview.refusal == ""
    assert world.all(OutboxMail) == world.all(LinkToken) == []


def test_6_1_the_email_shown_is_the_email_sent_but_for_its_link(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 3, 18))
    shown = sending.preview(world.ports, world.staff, request.id).mails[0]
    sent(world, request)
    deliver_outbox(world.ports)
    letter = world.mail.sent[0]

    def without_link(text: str) -> list[str]:
        return [line for line in text.splitlines() if "/r/" not in line]

    assert shown.subject == parsed(letter)["Subject"]
    assert without_link(shown.text) == without_link(text_of(letter))
    assert without_link(shown.html) == without_link(html_of(letter))
    assert "/r/…" in shown.text


def test_6_1_it_proposes_those_of_the_last_time(world: World) -> None:
    client = world.new_client()
    first, second = world.new_contact(client, "Ann Roy"), world.new_contact(client, "Bob Roy")
    sent(world, world.draft_request(client, to=[second]))
    next_one = world.draft_request(client, to=[])

    assert names(sending.preview(world.ports, world.staff, next_one.id)) == ["Bob Roy"]
    chosen = sending.preview(world.ports, world.staff, next_one.id, [first.id])
    assert names(chosen) == [mail.name for mail in chosen.mails] == ["Ann Roy"]


def test_6_1_it_proposes_the_only_contact_there_is_and_never_one_who_cannot_be_written_to(
    world: World,
) -> None:
    client = world.new_client()
    alone = world.draft_request(client, to=[])
    good = world.new_contact(client, "Ann Roy")
    bad = world.new_contact(client, "Bob Roy", email="")
    gone = world.new_contact(client, "Cyd Roy", bounced_at=world.clock.now())

    preview = sending.preview(world.ports, world.staff, alone.id)

    assert names(preview) == [good.name]
    why = {one.name: one.why_not for one in preview.possible}
    assert why[good.name] == ""
    assert why[bad.name] == "has no e-mail address"
    assert why[gone.name] == "cyd.roy@client.example came back on 2\N{NO-BREAK SPACE}March"


def test_6_2_it_names_who_else_sees_it_through_full_access(world: World) -> None:
    client = world.new_client()
    person = world.new_contact(client, "Ann Roy")
    for name, level in (("Bob Full", AccessLevel.FULL), ("Cyd Limited", AccessLevel.LIMITED)):
        world.give_account(world.new_contact(client, name), client, level=level)
    request = world.draft_request(client, to=[person])

    preview = sending.preview(world.ports, world.staff, request.id)

    assert preview.also_see == ("Bob Full",)
    assert {one.name: one.way_in for one in preview.possible} == {
        "Ann Roy": "by link, no account",
        "Bob Full": "has an account",
        "Cyd Limited": "has an account",
    }


def test_6_1_it_shows_the_coming_reminders_with_their_dates(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 3, 18))
    view = send_views.send_view(world.ports, world.staff, request.id)

    assert view.kind == "gentle"
    assert [row.on for row in view.reminders] == [f"2026-03-{day}" for day in (11, 18, 19, 20, 23)]
    assert [row.kind for row in view.reminders] == ["next", "", "", "", ""]
    assert [row.text for row in view.reminders][3:] == ["4 of 5", "5 of 5, the last"]
    assert [row.detail for row in view.reminders] == ["2 tasks", "", "2 overdue", "2 overdue", "2 overdue"]


def _without_a_date(world: World, request: ClientRequest) -> None:
    for task in world.tasks(request):
        world.change(task, due_on=None)


def _a_task_done(world: World, request: ClientRequest) -> None:
    world.change(world.all(Task)[0], completed_at=world.clock.now(), answer=Answer.DONE)


def _no_rule(world: World, request: ClientRequest) -> None:
    world.change(request, reminder_rule={"kind": "none"})


@pytest.mark.parametrize(
    ("happen", "why"),
    [
        (_without_a_date, "no open task with a due date"),
        (_a_task_done, "a task is done"),
        (_no_rule, "switched off for this request"),
    ],
    ids=["7.1 no date", "7.6 gentle and a task done", "7.2 the rule none"],
)
def test_7_1_and_7_6_where_a_send_starts_no_reminders_it_says_why_beforehand(
    world: World, happen: Callable[[World, ClientRequest], None], why: str
) -> None:
    request = world.draft_request(due_on=date(2026, 3, 18))
    happen(world, request)

    view = send_views.send_view(world.ports, world.staff, request.id)

    assert view.reminders == []
    assert why in view.no_reminder


def test_7_13_a_past_due_date_is_a_warning_and_sending_is_allowed(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 3, 1))
    preview = sending.preview(world.ports, world.staff, request.id)
    assert preview.warnings[0] == (
        "Bank statements was due on 1\N{NO-BREAK SPACE}March. It is overdue from the start."
    )
    assert preview.refusal == ""
    sent(world, request)
    assert len(world.all(OutboxMail)) == 1


def test_7_3_a_due_date_ends_at_midnight_in_the_firms_zone(world: World) -> None:
    """1.15: at 3 h UTC on the 19th it is still the 18th in Toronto."""
    request = world.draft_request(due_on=date(2026, 3, 18))
    world.clock.move_to("2026-03-18T23:59", zone="America/Toronto")
    assert sending.preview(world.ports, world.staff, request.id).warnings == ()
    world.clock.advance(minutes=2)
    assert len(sending.preview(world.ports, world.staff, request.id).warnings) == 2


def test_6_25_it_says_why_the_request_cannot_be_sent(world: World) -> None:
    empty = world.draft_request(tasks=())
    assert "no open task" in sending.preview(world.ports, world.staff, empty.id).refusal

    nobody = world.draft_request(world.new_client("Nobody Inc."), to=[])
    assert "Nobody Inc. has no contact" in sending.preview(world.ports, world.staff, nobody.id).refusal


def test_6_16_where_the_server_may_not_send_for_staff_the_firm_stands_in_from(world: World) -> None:
    world.change(world.firm, sender_email="portal@mail.tremblay.example")
    limited = Settings(_env_file=None, smtp_host="mail.example", data_dir=world.settings.data_dir)
    ports = replace(world.ports, settings=limited)
    request = world.draft_request()

    preview = sending.preview(ports, world.staff, request.id)

    assert preview.from_line == "Sophie Ouellet <portal@mail.tremblay.example>"
    assert preview.reply_to == "sophie.ouellet@tremblay.example"


def test_after_the_send_it_knows_that_it_was_sent(world: World) -> None:
    request = world.draft_request()
    sent(world, request)
    world.clock.moment += timedelta(days=1)
    preview = sending.preview(world.ports, world.staff, request.id)
    assert preview.is_sent
    assert len(world.all(Recipient)) == len(names(preview)) == 1
