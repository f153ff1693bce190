"""Every handler of the portal, called over a real socket by everybody who may not: no data, no change (15.1).

Handlers and their payloads come from the registry, so a new one is in here without being named.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from portal_app.domain.actors import Kind, Role
from portal_app.domain.permissions import BY_ROLE, Permission
from portal_app.models import Comment, Notification
from portal_app.services import sending
from portal_app.state._policy import Audience
from tests.trial.registry import Declared, declared
from tests.trial.served import STATE, Browser, Served, browser, served
from tests.world import World

pytestmark = pytest.mark.served

CANARY = "Quetzalcoatl"
"""In every name and text of the client that is looked at."""
TAB = f"{STATE}.portal_app___state___tab____tab_state"
AT_ONCE = 80
"""Events by one socket: fewer than the gate lets through at once."""


@dataclass(frozen=True)
class Scene:
    """A served portal; the rows that are looked at; and the cookies of those who look."""

    portal: Served
    house: World
    rows: dict[str, UUID]
    cookies: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def scene(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("matrix")
    shutil.copy(sqlite_template, folder / "portal.db")
    engine = make_engine(f"sqlite:///{folder / 'portal.db'}")
    house = World(engine, folder)
    house.clock.moment = SystemClock().now()
    rows = _watched(house)
    cookies = _lookers(house)
    with served("tests.trial.whole:app", folder) as portal:
        yield Scene(portal, house, rows, cookies)
    engine.dispose()


def _watched(house: World) -> dict[str, UUID]:
    """One of everything, at the firm that is looked at."""
    house.change(house.firm, portal_on_at=house.clock.now())
    client = house.new_client(f"{CANARY} Inc.")
    contact = house.new_contact(client, f"Marie {CANARY}")
    house.give_account(contact, client)
    work = house.new_work(client, f"{CANARY} 2025")
    request = house.draft_request(
        client, tasks=[f"T4 of {CANARY}"], to=[contact], name=f"{CANARY} papers", work=work
    )
    draft = house.draft_request(
        client, tasks=[f"T5 of {CANARY}"], to=[contact], name=f"{CANARY} draft", work=work
    )
    sending.send_request(house.ports, house.staff, request.id, [contact.id], "once")
    (task,) = house.tasks(request)
    now = house.clock.now()
    notice = Notification(
        firm_id=house.firm.id,
        staff_id=house.owner.id,
        kind="question_asked",
        client_id=client.id,
        task_id=task.id,
        at=now,
    )
    comment = Comment(
        firm_id=house.firm.id, task_id=task.id, body=f"Where is {CANARY}?", contact_id=contact.id, at=now
    )
    house.put(notice, comment)
    return {
        "client": client.id,
        "contact": contact.id,
        "work": work.id,
        "request": request.id,
        "draft": draft.id,
        "task": task.id,
        "file": house.new_file(task, f"{CANARY}.pdf").id,
        "staff": house.owner.id,
        "notice": notice.id,
    }


def _lookers(house: World) -> dict[str, dict[str, str]]:
    """Those who may not, each with their cookie."""
    other = house.new_firm("Other CPA", slug="other", portal_on_at=house.clock.now())
    rival = house.new_staff("Rival Owner", role=Role.OWNER, firm=other)
    member = house.new_staff("Member of the house")
    neighbour_client = house.new_client("Neighbour")
    neighbour = house.new_contact(neighbour_client, "Neighbour")
    house.give_account(neighbour, neighbour_client)
    abroad_client = house.new_client("Abroad", firm=other)
    abroad = house.new_contact(abroad_client, "Abroad")
    house.give_account(abroad, abroad_client)
    return {
        "nobody": {},
        "a browser without a grant": {"device": house.new_device()[1]},
        "another firm's owner": _cookie(house, other.id, staff_id=rival.id),
        "a member": _cookie(house, house.firm.id, staff_id=member.id),
        "another client of the firm": _cookie(house, house.firm.id, contact_id=neighbour.id),
        "another firm's client": _cookie(house, other.id, contact_id=abroad.id),
    }


def _cookie(house: World, firm_id: UUID, **who: UUID) -> dict[str, str]:
    return {"staff" if "staff_id" in who else "client": house.new_session(firm_id=firm_id, **who)[1]}


def snapshot(house: World, *, whose: UUID | None) -> dict[str, list[str]]:
    """Every row, or those of one firm: what a call may not change. *Last seen* is no change."""
    tables = {}
    with house.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "last_seen_at"]
            query = select(*columns)
            if whose is not None and "firm_id" in table.columns:
                query = query.where(table.columns["firm_id"] == whose)
            elif whose is not None:
                continue
            tables[table.name] = sorted(map(repr, connection.execute(query)))
    return tables


async def call_all(scene: Scene, who: str, calls: list[tuple[Declared, UUID, UUID]]) -> str:
    """Make the calls (handler, row, row of the page) in order, and give back all that came for them."""
    heard = []
    for start in range(0, len(calls), AT_ONCE):
        async with browser(scene.portal.url, cookies=scene.cookies[who]) as tab:
            for one, row_id, page_id in calls[start : start + AT_ONCE]:
                await _call(tab, one, row_id, page_id)
            marker = str(uuid4())
            await tab.send(f"{TAB}.say", text=marker, tone="done")
            await tab.until(lambda now, text=marker: now.state[TAB]["notice_text"] == text)
            heard += tab.heard
    return "".join(heard)


async def _call(tab: Browser, one: Declared, row_id: UUID, page_id: UUID) -> None:
    router = {"pathname": "/", "asPath": "/", "query": {"id": str(page_id)}}
    event = {"name": one.name, "payload": one.payload(row_id), "router_data": router}
    await tab.client.emit("event", event, namespace="/_event")


def single_calls(scene: Scene, handlers: list[Declared]) -> list[tuple[Declared, UUID, UUID]]:
    """Each handler alone: with every row as its page, and where it takes ids, with every row as its row."""
    return [
        (one, row_id, page_id)
        for one in handlers
        for row_id, page_id in (
            [(row, row) for row in scene.rows.values()]
            if one.takes_rows
            else [
                (row, row)
                for name, row in scene.rows.items()
                if name in ("client", "work", "request", "draft")
            ]
        )
    ]


def double_calls(scene: Scene, handlers: list[Declared]) -> list[tuple[Declared, UUID, UUID]]:
    """What one call sets up (a dialog, a chosen row) and another then does, within each state."""
    calls = []
    for opener in (one for one in handlers if one.takes_rows):
        rows = [scene.rows["task"], scene.rows["request"], scene.rows["contact"]]
        for row_id, action in ((row, one) for row in rows for one in handlers if one.state == opener.state):
            page = scene.rows["client" if "client" in opener.module else "work"]
            calls += [(opener, row_id, page), (action, row_id, page)]
    return calls


def check(scene: Scene, who: str, calls: list[tuple[Declared, UUID, UUID]], *, whose: UUID | None) -> None:
    """Call, and see that nothing was given away and nothing changed."""
    assert calls, "nothing to call: the registry is empty"
    before, logged = snapshot(scene.house, whose=whose), len(scene.portal.said())
    said = asyncio.run(call_all(scene, who, calls))
    assert CANARY not in said
    after = snapshot(scene.house, whose=whose)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    faults = [line for line in scene.portal.said()[logged:].splitlines() if "event_failed" in line]
    assert faults == []


def closed() -> list[Declared]:
    """All but what anyone may call."""
    return [one for one in declared() if one.policy is not Audience.ANYONE]


@pytest.mark.parametrize("who", ["nobody", "a browser without a grant"])
def test_asvs_28_whoever_is_not_signed_in_gets_nothing_and_changes_nothing(scene: Scene, who: str):
    check(scene, who, single_calls(scene, closed()), whose=None)


@pytest.mark.parametrize("who", ["another client of the firm", "another firm's client"])
def test_asvs_29_another_client_gets_nothing_and_changes_nothing(scene: Scene, who: str):
    check(scene, who, single_calls(scene, closed()), whose=None)


def test_asvs_29_another_firms_owner_gets_nothing_of_this_firm_and_changes_nothing_in_it(scene: Scene):
    staff = [one for one in closed() if one.side is Kind.STAFF]
    calls = single_calls(scene, staff) + double_calls(scene, staff)
    check(scene, "another firm's owner", calls, whose=scene.house.firm.id)


def test_asvs_28_staff_are_nobody_on_the_clients_side(scene: Scene):
    clients = [one for one in closed() if one.side is Kind.CLIENT]
    check(scene, "another firm's owner", single_calls(scene, clients), whose=None)


def test_asvs_28_a_member_does_nothing_of_what_admins_and_owners_do(scene: Scene):
    above = [
        one
        for one in closed()
        if isinstance(one.policy, Permission)
        and one.side is Kind.STAFF
        and one.policy not in BY_ROLE[Role.MEMBER]
    ]
    if not above:
        pytest.skip("no page yet does what only an admin or owner may")
    check(scene, "a member", single_calls(scene, above) + double_calls(scene, above), whose=None)


def test_the_calls_reach_the_handlers(scene: Scene):
    """The owner of the watched firm makes the same calls and does get data: so the others were refused, not lost."""
    house = scene.house
    scene.cookies["the owner"] = _cookie(house, house.firm.id, staff_id=house.owner.id)
    reading = [one for one in closed() if one.side is Kind.STAFF and one.name.rpartition(".")[2] == "load"]
    said = asyncio.run(call_all(scene, "the owner", single_calls(scene, reading)))
    assert CANARY in said


def test_asvs_55_no_call_was_a_fault(scene: Scene):
    said = scene.portal.said()
    assert "Traceback" not in said
    assert json.dumps(CANARY) not in said
