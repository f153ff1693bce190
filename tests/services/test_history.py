"""A contact's history of one client: requests, e-mails and comments, each for one person only (9.3)."""

from __future__ import annotations

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import SignInNeeded
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientRequest,
    Contact,
    OutboxMail,
    PortalAccess,
    WorkItem,
    WorkStatus,
)
from portal_app.services.home.history_pages import PAGE, history_page
from portal_app.services.home.home_pages import show_client
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.tasks import comments, staff_answers, tasks
from portal_app.services.work import work_items
from portal_app.text import use_locale
from tests.world import World


class Told:
    """A client with a request sent to two people, of whom one has an account."""

    def __init__(self, world: World, level: AccessLevel = AccessLevel.FULL) -> None:
        self.world = world
        self.client: Client = world.new_client("Gagnon inc.")
        self.reader: Contact = world.new_contact(self.client, email="reader@client.example")
        self.other: Contact = world.new_contact(self.client, "Luc Gagnon", email="luc@client.example")
        world.give_account(self.reader, self.client, level=level)
        self.actor: Actor = world.signed_in(self.reader)
        self.request = self.send("Documents for 2025", self.reader, self.other)

    def send(self, name: str, *people: Contact) -> ClientRequest:
        request = self.world.draft_request(self.client, to=people, name=name)
        to = [person.id for person in people]
        sending.send_request(self.world.ports, self.world.staff, request.id, to, name)
        deliver_outbox(self.world.ports)
        self.world.clock.advance(minutes=5)
        return request

    def lines(self, kind: str = "", after: str = "") -> list[tuple[str, str, str]]:
        page = history_page(self.world.ports, self.actor, kind, after)
        return [(line.title, line.what, line.who) for line in page.lines]


@pytest.fixture
def told(world: World) -> Told:
    return Told(world)


def test_9_3_requests_answers_comments_and_e_mails_stand_newest_first(told: Told) -> None:
    world = told.world
    task, second = world.tasks(told.request)
    tasks.complete_task(world.ports, told.actor, task.id)
    world.clock.advance(minutes=1)
    comments.add_comment(world.ports, world.staff, second.id, "The lease too, please")
    world.clock.advance(minutes=1)
    staff_answers.reopen_task(world.ports, world.staff, task.id, "Page two is missing")

    page = history_page(world.ports, told.actor)

    firm = f"Sophie Ouellet, {world.firm.name}"
    said = [(line.title, line.what, line.who) for line in page.lines]
    assert said[:4] == [
        ("Bank statements", "Reopened", firm),
        ("Bank statements", "Comment", firm),  # why
        ("T4 slips", "Comment", firm),
        ("Bank statements", "Done", "You"),
    ]
    sent_to = {what for _title, what, who in said if who == firm and what.startswith("Request")}
    assert sent_to == {"Request sent to you", "Request sent to Luc Gagnon"}
    mails = [line for line in page.lines if line.what.startswith("E-mail")]
    assert [line.what for line in mails] == ["E-mail to reader@client.example"]  # never another's
    assert [line.day for line in page.lines if line.day] == ["Today"]
    assert page.lines[2].quote == "The lease too, please"
    assert page.lines[2].href == f"/requests/{told.request.id}#b{second.id}"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("requests", {"Request sent to you", "Request sent to Luc Gagnon"}), ("comments", {"Comment"})],
)
def test_9_3_it_is_narrowed_by_kind(told: Told, kind: str, shown: set[str]) -> None:
    comments.add_comment(told.world.ports, told.actor, told.world.tasks(told.request)[0].id, "Here it is")

    assert {what for _title, what, _who in told.lines(kind)} == shown


def test_9_3_and_5_7_no_staff_note_and_nothing_of_the_firms_own_sections(told: Told) -> None:
    world = told.world
    task = world.tasks(told.request)[0]
    comments.add_comment(world.ports, world.staff, task.id, "They always forget it", is_note=True)
    world.change(world.all(WorkItem)[0], title="Gagnon: difficult, late payer", external_name="2025 return")
    work_items.set_status(world.ports, world.staff, world.all(WorkItem)[0].id, WorkStatus.COMPLETED)

    page = history_page(world.ports, told.actor)

    whole = repr(page)
    assert "forget" not in whole
    assert "difficult" not in whole
    assert ("2025 return", "Work completed") in {(line.title, line.what) for line in page.lines}


def test_3_1_limited_access_reads_nothing_of_what_went_to_others(world: World) -> None:
    told = Told(world, AccessLevel.LIMITED)
    theirs = told.send("Only for Luc", told.other)
    comments.add_comment(world.ports, world.staff, world.tasks(theirs)[0].id, "Between us, Luc")
    assert "Luc Gagnon" in repr(told.lines())  # of the request that both got

    assert "Only for Luc" not in repr(told.lines())
    assert "Between us" not in repr(history_page(world.ports, told.actor))


def test_3_1_full_access_reads_what_went_to_others(told: Told) -> None:
    told.send("Only for Luc", told.other)

    assert (
        "Only for Luc",
        "Request sent to Luc Gagnon",
        f"Sophie Ouellet, {told.world.firm.name}",
    ) in told.lines()


def test_9_3_what_was_withdrawn_says_so_and_leads_nowhere(told: Told) -> None:
    world = told.world
    comments.add_comment(world.ports, world.staff, world.tasks(told.request)[0].id, "Thank you")
    sending.withdraw_request(world.ports, world.staff, told.request.id)
    deliver_outbox(world.ports)

    page = history_page(world.ports, told.actor)

    assert [(line.title, line.what, line.href) for line in page.lines if "E-mail" not in line.what] == [
        ("Documents for 2025", "Request withdrawn", "")
    ]


def test_9_3_it_is_of_the_client_shown_alone(told: Told) -> None:
    world = told.world
    second = world.new_client("Érablière Gagnon")
    now = world.clock.now()
    world.put(
        PortalAccess(
            firm_id=world.firm.id,
            client_id=second.id,
            contact_id=told.reader.id,
            level=AccessLevel.FULL,
            status=AccessStatus.ACCEPTED,
            accepted_at=now,
            created_at=now,
        )
    )

    show_client(world.ports, told.actor, second.id)
    page = history_page(world.ports, told.actor)
    assert (page.about, page.lines) == ("Érablière Gagnon", [])

    show_client(world.ports, told.actor, told.client.id)
    assert "Documents for 2025" in repr(told.lines())


def test_9_3_a_long_history_goes_on_page_by_page_without_gap_or_repeat(told: Told) -> None:
    world = told.world
    task = world.tasks(told.request)[0]
    for number in range(PAGE + 7):
        comments.add_comment(world.ports, told.actor, task.id, f"Word {number}")
        if number % 3:  # several within one moment
            world.clock.advance(seconds=1)

    first = history_page(world.ports, told.actor, "comments")
    second = history_page(world.ports, told.actor, "comments", first.older)

    assert (len(first.lines), len(second.lines)) == (PAGE, 7)
    assert (first.is_first, second.is_first, second.older) == (True, False, "")
    quotes = [line.quote for line in (*first.lines, *second.lines)]
    assert sorted(quotes) == sorted(f"Word {number}" for number in range(PAGE + 7))
    assert quotes[0] == f"Word {PAGE + 6}"


@pytest.mark.parametrize("after", ["x", "2026-03-18~y", "2026-03-18T10:00:00~" + "0" * 32, "~"])
def test_9_3_an_address_that_names_no_place_shows_the_newest(told: Told, after: str) -> None:
    assert told.lines("no kind", after) == told.lines()


def test_9_3_codes_and_links_that_were_used_are_not_listed(told: Told) -> None:
    world = told.world
    [mail] = [one for one in world.all(OutboxMail) if one.contact_id == told.reader.id]
    world.change(mail, event="access_link")

    assert told.lines("emails") == []


def test_9_3_it_speaks_the_readers_language(told: Told) -> None:
    with use_locale("fr"):
        assert "Demande envoyée à vous" in {what for _title, what, _who in told.lines()}


def test_9_3_nobody_reads_it_without_signing_in(told: Told) -> None:
    with pytest.raises(SignInNeeded):
        history_page(told.world.ports, Actor.nobody())
