"""The dashboard's figures: each is the number of its rows, of this firm alone, for a set number of queries (8.5, 8.9)."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.domain.lifecycle import State
from portal_app.models import (
    AccessStatus,
    Client,
    ClientRequest,
    DailyFigures,
    MailPhase,
    OutboxMail,
    PortalAccess,
    Recipient,
    Reminder,
    Section,
    Task,
    WorkItem,
)
from portal_app.services.clients.client_list_views import ListWanted, client_list
from portal_app.services.dashboard import charts
from portal_app.services.dashboard import figure_rows as reading_rows
from portal_app.services.dashboard.dashboard_views import Dashboard, dashboard
from portal_app.services.dashboard.figure_rows import FigureRow, Wanted, figure_rows
from tests.services.sends import state_of
from tests.statements import statements
from tests.world import World

FIGURES = ("outstanding", "overdue", "completed", "reminders", "limit", "failed")


def value(shown: Dashboard, key: str) -> str:
    return next(line.value for line in shown.lines if line.key == key)


def all_rows(world: World, of: str, actor: Actor | None = None, who: str = "") -> list[FigureRow]:
    """Every page of a figure's rows."""
    rows: list[FigureRow] = []
    page = "1"
    while page:
        found = figure_rows(world.ports, actor or world.staff, Wanted(of=of, who=who, page=page))
        rows += found.rows
        page = found.next_page
    return rows


def sent(world: World, client: Client | None = None, **more: Any) -> ClientRequest:
    request = world.draft_request(client, **more)
    for row in world.all(Recipient, request_id=request.id):
        world.change(row, first_sent_at=world.clock.now())
    return world.change(request, sent_at=world.clock.now())


def failed_mail(world: World, key: str, **more: Any) -> OutboxMail:
    now = world.clock.now()
    values = {
        "firm_id": world.firm.id,
        "event": "request_sent",
        "phase": MailPhase.FAILED,
        "sender": "a@b.example",
        "recipient": "lost@client.example",
        "subject": "Documents needed",
        "message_id": key,
        "queued_at": now,
        "next_try_at": now,
        "settled_at": now,
        "answer": "550 no such user",
    }
    return world.put(OutboxMail(dedupe_key=key, **(values | more)))


def messy(world: World, chance: random.Random, clients: int = 9) -> list[ClientRequest]:
    """Clients and requests in every state that chance brings about."""
    requests = []
    now = world.clock.now()
    world.change(world.firm, portal_on_at=now)
    for _number in range(clients):
        number = chance.getrandbits(48)
        client = world.new_client(
            f"Client {number}",
            portal_on_at=chance.choice([now, now, None]),
            archived_at=chance.choice([None, None, None, now]),
            test_of_staff_id=chance.choice([None, None, None, world.owner.id]),
        )
        contact = world.new_contact(client, f"Contact {number}")
        if chance.random() < 0.6:
            world.give_account(contact, client)
            access = world.all(PortalAccess, client_id=client.id)[0]
            world.change(access, status=chance.choice([*AccessStatus, AccessStatus.ACCEPTED]))
        if chance.random() < 0.2:
            world.change(contact, archived_at=now)
        requests += [_messy_request(world, chance, client, contact) for _one in range(chance.randint(0, 3))]
    return requests


def _messy_request(world: World, chance: random.Random, client: Client, contact: Any) -> ClientRequest:
    now = world.clock.now()
    work = world.new_work(
        client,
        completed_at=chance.choice([None, None, None, now]),
        archived_at=chance.choice([None, None, None, now]),
    )
    request = world.draft_request(
        client,
        tasks=["a", "b"][: chance.randint(0, 2)],
        to=[contact],
        work=work,
        due_on=chance.choice(
            [None, (now - timedelta(days=3)).date(), now.date(), (now + timedelta(days=3)).date()]
        ),
    )
    world.change(
        request,
        sent_at=chance.choice([None, now - timedelta(days=chance.randint(1, 120))]),
        withdrawn_at=chance.choice([None, None, None, now]),
        reminder_limit_at=chance.choice([None, now]),
    )
    for task in world.tasks(request):
        at = now - timedelta(hours=chance.randint(0, 24 * 110))
        world.change(
            task,
            completed_at=chance.choice([None, None, at]),
            put_aside_at=chance.choice([None, None, None, now]),
        )
    for row in world.all(Recipient, request_id=request.id):
        world.change(
            row,
            first_sent_at=chance.choice([None, now]),
            bounced_at=chance.choice([None, None, now]),
            opened_at=chance.choice([None, now]),
            removed_at=chance.choice([None, None, None, now]),
            next_reminder_at=chance.choice([None, now, now + timedelta(hours=3), now + timedelta(days=2)]),
        )
    return request


def by_the_book(world: World, requests: list[ClientRequest]) -> dict[str, list[Any]]:
    """The same figures, worked out row by row from the rules."""
    today, out, late, limit, lengths = world.clock.now().date(), [], [], [], []
    for one in (world.get(request) for request in requests):
        client, item = world.all(Client, id=one.client_id)[0], world.all(WorkItem, id=one.work_item_id)[0]
        tasks = [task for task in world.tasks(one) if task.put_aside_at is None]
        if client.archived_at or client.test_of_staff_id or one.sent_at is None or one.withdrawn_at:
            continue
        still = [task for task in tasks if task.completed_at is None]
        if tasks and not still:
            done = max(task.completed_at for task in tasks)
            if one.sent_at <= done and done >= world.clock.now() - timedelta(days=90):
                lengths.append((done - one.sent_at).total_seconds())
        has_state = state_of(world, one) in {State.IN_PROGRESS, State.OPENED, State.SENT}
        if item.archived_at is None and still and has_state:
            out.append(one.id.hex)
            late += [one.id.hex] if any(task.due_on and task.due_on < today for task in still) else []
            limit += [one.id.hex] if one.reminder_limit_at else []
    return {"outstanding": out, "overdue": late, "limit": limit, "completed": lengths}


@pytest.mark.parametrize("seed", range(4))
def test_8_5_each_figure_is_the_number_of_its_rows_and_what_the_rules_say(world: World, seed: int) -> None:
    requests = messy(world, random.Random(seed))
    shown, book = dashboard(world.ports, world.staff), by_the_book(world, requests)

    for key in ("outstanding", "overdue", "limit"):
        rows = [row.key for row in all_rows(world, key)]
        assert sorted(rows) == sorted(book[key])
        assert value(shown, key) == str(len(rows))
    lengths = book["completed"]
    assert len(all_rows(world, "completed")) == len(lengths)
    days = f"{round(median(lengths) / 86400, 1):g}" if lengths else "–"
    assert value(shown, "completed") == days
    assert value(shown, "reminders") == str(len(all_rows(world, "reminders")))


@pytest.mark.parametrize("seed", range(4))
def test_8_9_the_two_percentages_are_of_clients_neither_archived_nor_test_and_open_those_clients(
    world: World, seed: int
) -> None:
    messy(world, random.Random(100 + seed))
    counted = [one for one in world.all(Client) if not one.archived_at and not one.test_of_staff_id]
    shown = dashboard(world.ports, world.staff)
    for portal, share in (("on", shown.portal_on), ("activated", shown.activated)):
        found = client_list(world.ports, world.staff, ListWanted(portal=portal))
        assert {row.id for row in found.rows} <= {str(one.id) for one in counted}
        assert share.detail == f"{len(found.rows)} of {len(counted)} client" + "s" * (len(counted) != 1)
        assert share.value == f"{round(100 * len(found.rows) / len(counted), 1) if counted else 0:g}"
        assert share.href == f"/staff/clients?portal={portal}"
        if portal == "activated":
            assert {row.portal for row in found.rows} <= {"Activated"}


def test_8_9_with_no_clients_both_are_0_percent_and_the_dashboard_stands(world: World) -> None:
    shown = dashboard(world.ports, world.staff)
    assert (shown.portal_on.value, shown.activated.value) == ("0", "0")
    assert {line.key: line.value for line in shown.lines} == dict.fromkeys(FIGURES, "0") | {"completed": "–"}


@pytest.mark.parametrize(("on", "activated"), [(0, 0), (2, 0), (10, 4), (10, 10)])
def test_8_5_the_words_at_the_lines_ends_touch_neither_each_other_nor_the_date_below(
    on: int, activated: int
) -> None:
    drawn = charts.chart(
        [DailyFigures(noted_on=date(2026, 11, 30), clients=10, portal_on=on, activated=activated)]
    )
    assert float(drawn.activated_label) - float(drawn.on_label) >= charts.APART
    assert float(drawn.activated_label) <= charts.BOTTOM + 4


def test_2_6_activated_is_a_contact_who_can_sign_in_now_and_ends_with_the_portal(world: World) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    world.new_client("Another", portal_on_at=None)
    assert dashboard(world.ports, world.staff).activated.value == "0"
    world.give_account(contact, client)
    assert dashboard(world.ports, world.staff).activated.value == "50"
    world.change(contact, archived_at=world.clock.now())
    assert dashboard(world.ports, world.staff).activated.value == "0"
    world.change(contact, archived_at=None)
    world.change(world.firm, portal_on_at=None)
    shown = dashboard(world.ports, world.staff)
    assert (shown.activated.value, shown.portal_on.value) == ("0", "0")


def test_8_5_reminders_of_the_firms_day_are_those_that_left_and_those_to_come(world: World) -> None:
    request = sent(world)
    (recipient,) = world.all(Recipient, request_id=request.id)
    world.clock.move_to("2026-03-02T23:30", zone="America/Toronto")
    world.change(recipient, next_reminder_at=datetime(2026, 3, 3, 4, 45, tzinfo=UTC))
    assert value(dashboard(world.ports, world.staff), "reminders") == "1"
    world.change(recipient, next_reminder_at=datetime(2026, 3, 3, 5, 0, tzinfo=UTC))  # midnight
    assert value(dashboard(world.ports, world.staff), "reminders") == "0"

    mail = failed_mail(world, "r", phase=MailPhase.SENT)
    world.put(
        Reminder(
            firm_id=world.firm.id,
            request_id=request.id,
            recipient_id=recipient.id,
            reminded_on=datetime(2026, 3, 2, tzinfo=UTC).date(),
            slot_on=datetime(2026, 3, 2, tzinfo=UTC).date(),
            mail_id=mail.id,
            off_hash=b"x",
            at=world.clock.now(),
        )
    )
    (row,) = all_rows(world, "reminders")
    assert row.rest[-1] == "sent at 23:30"
    assert next(x.detail for x in dashboard(world.ports, world.staff).lines if x.key == "reminders") == (
        "1 sent, 0 to come"
    )


def test_8_6_failed_emails_are_those_of_thirty_days_and_never_a_test_clients(world: World) -> None:
    client = world.new_client()
    contact = world.new_contact(client, "Lost")
    trial = world.new_client("Trial", test_of_staff_id=world.owner.id)
    mine = world.new_contact(trial, "Myself")
    failed_mail(world, "one", contact_id=contact.id)
    failed_mail(world, "two", contact_id=contact.id)
    failed_mail(world, "test", contact_id=mine.id)
    failed_mail(world, "sent", contact_id=contact.id, phase=MailPhase.SENT)
    failed_mail(world, "old", contact_id=contact.id, settled_at=world.clock.now() - timedelta(days=31))

    line = dashboard(world.ports, world.staff).lines[-1]
    assert (line.value, line.detail) == ("2", "Came back in the last 30 days, 1 address")
    rows = all_rows(world, "failed")
    assert [(row.name, row.href) for row in rows] == [("Lost", f"/staff/clients/{client.id}")] * 2


def test_8_5_mine_counts_the_clients_one_looks_after_and_no_others(world: World) -> None:
    karim = world.new_staff("Karim Benali")
    sent(world, world.new_client("Hers"))
    his = sent(world, world.new_client("His", assigned=karim), to=[], tasks=["x"])
    world.change(world.tasks(his)[0], completed_at=None)
    person = world.new_contact(world.all(Client, id=his.client_id)[0], "Paul")
    world.put(
        Recipient(
            firm_id=world.firm.id,
            request_id=his.id,
            contact_id=person.id,
            created_at=world.clock.now(),
            first_sent_at=world.clock.now(),
        )
    )
    assert value(dashboard(world.ports, world.actor(karim)), "outstanding") == "2"
    mine = dashboard(world.ports, world.actor(karim), "mine")
    assert (value(mine, "outstanding"), mine.portal_on.detail) == ("1", "1 of 1 client")
    assert [row.name for row in all_rows(world, "outstanding", world.actor(karim), "mine")] == ["His"]
    assert not mine.has_chart


def test_8_5_pages_of_rows_follow_one_another_without_gap_or_repeat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_rows, "PAGE", 2)
    keys = {sent(world, to=[], tasks=["x"], client=None).id.hex for _one in range(5)}
    for request in world.all(ClientRequest):
        (task,) = world.tasks(request)
        second = Task(
            firm_id=world.firm.id,
            section_id=request.id,
            title="y",
            created_at=world.clock.now(),
            completed_at=world.clock.now(),
        )
        world.put(second)
        assert task.completed_at is None
    rows = [row.key for row in all_rows(world, "outstanding")]
    assert (len(rows), set(rows)) == (5, keys)


def test_8_5_another_firms_rows_are_in_no_figure_and_behind_none(world: World) -> None:
    messy(world, random.Random(7))
    world.change(world.firm, portal_on_at=world.clock.now())
    other = world.new_firm("Other CPA", slug="other")
    rival = world.actor(world.new_staff("Rival", role=Role.OWNER, firm=other))
    shown = dashboard(world.ports, rival)
    assert {line.value for line in shown.lines} == {"0", "–"}
    assert shown.portal_on.detail == "0 of 0 clients"
    assert [all_rows(world, of, rival) for of in FIGURES] == [[]] * len(FIGURES)


def test_8_5_clients_see_no_figures(world: World) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)
    for ask in (lambda: dashboard(world.ports, world.signed_in(contact)), lambda: all_of(world, contact)):
        with pytest.raises((NotFound, SignInNeeded)):
            ask()


def all_of(world: World, contact: Any) -> object:
    return figure_rows(world.ports, world.signed_in(contact), Wanted())


def test_8_5_what_an_address_says_and_is_nothing_shows_what_is_outstanding(world: World) -> None:
    sent(world)
    for odd in ("x", "-1", "0", "²", "99999999999", "\n"):
        found = figure_rows(world.ports, world.staff, Wanted(of=odd, who=odd))
        assert (found.of, len(found.rows)) == ("outstanding", 1)
        assert figure_rows(world.ports, world.staff, Wanted(page=odd)).total == 1


def test_8_5_the_number_of_queries_does_not_grow_with_clients_and_requests(world: World) -> None:
    def ask() -> list[int]:
        found = []
        with statements(world.engine) as seen:
            dashboard(world.ports, world.staff)
        found.append(len(seen))
        for of in FIGURES:
            with statements(world.engine) as seen:
                figure_rows(world.ports, world.staff, Wanted(of=of))
            found.append(len(seen))
        return found

    messy(world, random.Random(3), clients=3)
    few = ask()
    messy(world, random.Random(5), clients=25)
    assert ask() == few
    assert few[0] <= 8
    assert max(few) <= 11


def test_5_6_a_section_put_away_is_in_no_figure(world: World) -> None:
    request = sent(world)
    section = world.all(Section, id=request.id)[0]
    assert value(dashboard(world.ports, world.staff), "outstanding") == "1"
    world.change(section, archived_at=world.clock.now())
    assert value(dashboard(world.ports, world.staff), "outstanding") == "0"
