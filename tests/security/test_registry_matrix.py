"""Every handler of the portal, called over a real socket by everybody who may not: no data, no change (15.1).

Handlers and their payloads come from the registry, so a new one is in here without being named.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from portal_app.domain.actors import Kind, Role
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import BY_ROLE, Permission
from portal_app.state._policy import Audience
from tests.security.house import (
    EVERYTHING,
    OF_REQUEST,
    House,
    Looker,
    build,
    changed,
    snapshot,
)
from tests.trial.registry import Declared, declared
from tests.trial.served import STATE, Browser, Served, browser, served
from tests.world import World

pytestmark = pytest.mark.served

TAB = f"{STATE}.portal_app___state___tab____tab_state"
AT_ONCE = 80
"""Events by one socket: fewer than the gate lets through at once."""


ROW_KINDS = {
    "client",
    "contact",
    "work",
    "request",
    "task",
    "file",
    "staff",
    "notification",
    "automation",
} | {*("template", "template_section", "template_task")}


@dataclass(frozen=True)
class Scene:
    """A served portal, and the house behind it."""

    portal: Served
    house: House

    @property
    def rows(self) -> dict[str, UUID]:
        return self.house.rows


Call = tuple[Declared, Mapping[str, UUID], UUID]
"""A handler, the row under each name of an id, and the row of the page."""


@pytest.fixture(scope="module")
def scene(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("matrix")
    shutil.copy(sqlite_template, folder / "portal.db")
    engine = make_engine(f"sqlite:///{folder / 'portal.db'}")
    world = World(engine, folder)
    world.clock.moment = SystemClock().now()
    house = build(world)
    with served("tests.trial.whole:app", folder) as portal:
        yield Scene(portal, house)
    engine.dispose()


async def call_all(scene: Scene, looker: Looker, calls: list[Call]) -> str:
    """Make the calls in order, and give back all that came for them."""
    heard = []
    for start in range(0, len(calls), AT_ONCE):
        async with browser(scene.portal.url, cookies=looker.cookies) as tab:
            for one, rows, page_id in calls[start : start + AT_ONCE]:
                await _call(tab, one, one.payload(rows), page_id)
            marker = str(uuid4())
            await tab.send(f"{TAB}.say", text=marker, tone="done")
            await tab.until(lambda now, text=marker: now.state[TAB]["notice_text"] == text)
            heard += tab.heard
    return "".join(heard)


async def _call(tab: Browser, one: Declared, payload: dict[str, Any], page_id: UUID) -> None:
    router = {"pathname": "/", "asPath": "/", "query": {"id": str(page_id)}}
    event = {"name": one.name, "payload": payload, "router_data": router}
    await tab.client.emit("event", event, namespace="/_event")


def single_calls(scene: Scene, handlers: list[Declared]) -> list[Call]:
    """Each handler alone: on every sort of page, and where it takes ids, with the rows that fit their names."""
    calls: list[Call] = []
    for one in handlers:
        if not one.takes_rows:
            calls += [(one, _everywhere(scene.rows[name]), scene.rows[name]) for name in PAGES]
            continue
        calls.append((one, _fitting(scene, one), scene.rows[_page_of(one)]))
    return calls


def double_calls(scene: Scene, handlers: list[Declared]) -> list[Call]:
    """What one call sets up (a dialog, a chosen row) and another then does, within each state."""
    calls: list[Call] = []
    for opener in (one for one in handlers if one.takes_rows):
        page, rows = scene.rows[_page_of(opener)], _fitting(scene, opener)
        for action in (one for one in handlers if one.state == opener.state):
            calls += [(opener, rows, page), (action, _fitting(scene, action), page)]
    return calls


def swapped_calls(scene: Scene, looker: Looker, handlers: list[Declared]) -> list[Call]:
    """The looker's own rows in every place but one, where the watched firm's stands (asvs 29)."""
    calls: list[Call] = []
    for one in handlers:
        mine, theirs = (
            {name: rows[_kind(one, name)] for name in one.ids} for rows in (looker.own, scene.rows)
        )
        own_page, other_page = looker.own[_page_of(one)], scene.rows[_page_of(one)]
        rest = looker.own["task"]
        calls.append((one, defaultdict(lambda row=rest: row, mine), other_page))
        for name in one.ids:
            swapped = defaultdict(lambda row=rest: row, mine | {name: theirs[name]})
            calls.append((one, swapped, own_page))
        calls.append((one, defaultdict(lambda row=scene.rows["task"]: row, mine), own_page))
    return calls


PAGES = ("client", "work", "request", "template")
"""Whose ids stand in addresses of pages."""


def _everywhere(row: UUID) -> Mapping[str, UUID]:
    return defaultdict(lambda: row)


def _fitting(scene: Scene, one: Declared) -> Mapping[str, UUID]:
    rest = scene.rows["task"]
    return defaultdict(lambda: rest, {name: scene.rows[_kind(one, name)] for name in one.ids})


def _page_of(one: Declared) -> str:
    for name in ("template", "client"):
        if name in one.module:
            return name
    return "work"


def _kind(one: Declared, name: str) -> str:
    """Which sort of row goes under this name."""
    kind = {"row_id": "task", "before_id": "task", "list_id": "request", "section_id": "request"}.get(
        name, name.removesuffix("_id")
    )
    if _page_of(one) == "template":
        kind = {"task": "template_task", "request": "template_section"}.get(kind, kind)
    return kind if kind in ROW_KINDS else "task"


def check(scene: Scene, name: str, calls: list[Call], *, firm: UUID | None = None) -> None:
    """Call, and see that nothing was given away and nothing changed that is not the looker's own."""
    assert calls, "nothing to call: the registry is empty"
    looker, world = scene.house.lookers[name], scene.house.world
    before, logged = snapshot(world, firm=firm, apart=looker), len(scene.portal.said())
    said = asyncio.run(call_all(scene, looker, calls))
    assert [word for word in looker.hidden or EVERYTHING if word in said] == []
    assert changed(before, snapshot(world, firm=firm, apart=looker)) == {}
    faults = [line for line in scene.portal.said()[logged:].splitlines() if "event_failed" in line]
    assert faults == []


def closed() -> list[Declared]:
    """All but what anyone may call."""
    return [one for one in declared() if one.policy is not Audience.ANYONE]


def of_side(side: Kind) -> list[Declared]:
    """Those of one side."""
    return [one for one in closed() if one.side is side]


@pytest.mark.parametrize("name", ["nobody", "a browser without a grant"])
def test_asvs_28_whoever_is_not_signed_in_gets_nothing_and_changes_nothing(scene: Scene, name: str):
    check(scene, name, single_calls(scene, closed()))


@pytest.mark.parametrize("name", ["another client of the firm", "another firm's client"])
def test_asvs_29_another_client_gets_nothing_and_changes_nothing(scene: Scene, name: str):
    calls = single_calls(scene, closed())
    check(scene, name, calls + swapped_calls(scene, scene.house.lookers[name], of_side(Kind.CLIENT)))


@pytest.mark.parametrize(
    "name", ["full access", "limited access", "link device", "classic browser", "task handed over"]
)
def test_asvs_27_whoever_sees_some_of_a_client_gets_and_changes_no_more_of_it(scene: Scene, name: str):
    """3.1, 5.8a, 6.9: each of the client's own people, with every row that is not theirs."""
    theirs = of_side(Kind.CLIENT)
    calls = single_calls(scene, theirs) if name != "full access" else []
    own = scene.house.lookers[name].own
    calls += [(one, _everywhere(own["task"]), own["request"]) for one in theirs]
    calls += [
        (one, _everywhere(scene.rows[row]), scene.rows[row]) for one in theirs for row in ("draft", "section")
    ]
    staffs = of_side(Kind.STAFF)
    calls += single_calls(scene, [one for one in staffs if one.takes_rows or "load" in one.name])
    rest = [one for one in staffs if not one.takes_rows and "load" not in one.name]
    calls += [(one, _everywhere(scene.rows["work"]), scene.rows["work"]) for one in rest]
    assert {one.name for one in closed()} <= {one.name for one, _rows, _page in calls}, "each is called"
    check(scene, name, calls)


def test_asvs_29_another_firms_owner_gets_nothing_of_this_firm_and_changes_nothing_in_it(scene: Scene):
    name, staff = "another firm's owner", of_side(Kind.STAFF)
    calls = single_calls(scene, staff) + double_calls(scene, staff)
    calls += swapped_calls(scene, scene.house.lookers[name], staff)
    check(scene, name, calls, firm=scene.house.world.firm.id)


@pytest.mark.parametrize("name", ["another firm's owner", "the owner", "the admin", "the member"])
def test_asvs_28_staff_are_nobody_on_the_clients_side(scene: Scene, name: str):
    check(scene, name, single_calls(scene, of_side(Kind.CLIENT)))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
def test_asvs_28_nobody_does_what_takes_a_higher_role(scene: Scene, role: Role):
    above = [
        one
        for one in of_side(Kind.STAFF)
        if isinstance(one.policy, Permission) and one.policy not in BY_ROLE[role]
    ]
    check(scene, f"the {role}", single_calls(scene, above) + double_calls(scene, above))


NONSENSE = (None, True, -1, 1 << 80, 1.5, "\0", "x" * 20_000, [], ["x"], {}, {"id": 1})


def test_asvs_32_nonsense_in_any_field_is_refused_and_never_a_fault(scene: Scene):
    """By the owner, who may: each field of each handler in turn, so that nothing but its form refuses it."""
    calls: list[tuple[Declared, dict[str, Any], UUID]] = []
    for number, one in enumerate(closed()):
        good = one.payload(uuid4())
        for place, field in enumerate(good):
            spoilt = {**good, field: NONSENSE[(number + place) % len(NONSENSE)]}
            if not _is_taken(one, spoilt):
                calls.append((one, spoilt, uuid4()))
        calls.append((one, {**good, "firm_id": str(uuid4()), "role": "owner"}, uuid4()))
    world, logged = scene.house.world, len(scene.portal.said())
    before = snapshot(world)
    asyncio.run(_send_all(scene, calls))
    assert changed(before, snapshot(world)) == {}
    assert [line for line in scene.portal.said()[logged:].splitlines() if "event_failed" in line] == []


def _is_taken(one: Declared, payload: dict[str, Any]) -> bool:
    if any(not isinstance(payload[name], dict) for name in one.shape.forms):
        return False
    try:
        one.takes(payload)
    except BadInput:
        return False
    return True


async def _send_all(scene: Scene, calls: list[tuple[Declared, dict[str, Any], UUID]]) -> None:
    for start in range(0, len(calls), AT_ONCE):
        async with browser(scene.portal.url, cookies=scene.house.lookers["the owner"].cookies) as tab:
            for one, payload, page_id in calls[start : start + AT_ONCE]:
                await _call(tab, one, payload, page_id)
            marker = str(uuid4())
            await tab.send(f"{TAB}.say", text=marker, tone="done")
            await tab.until(lambda now, text=marker: now.state[TAB]["notice_text"] == text)


def test_the_calls_reach_the_handlers(scene: Scene):
    """The owner of the watched firm makes the same calls and does get data: so the others were refused, not lost."""
    reading = [one for one in of_side(Kind.STAFF) if one.name.rpartition(".")[2] == "load"]
    said = asyncio.run(call_all(scene, scene.house.lookers["the owner"], single_calls(scene, reading)))
    assert [word for word in EVERYTHING if word not in said] == []


@pytest.mark.parametrize(
    "name", ["full access", "limited access", "link device", "classic browser", "task handed over"]
)
def test_asvs_27_each_reads_what_is_theirs_by_the_same_call(scene: Scene, name: str):
    looker = scene.house.lookers[name]
    reading = [one for one in of_side(Kind.CLIENT) if one.name.endswith("request_state.load")]
    said = asyncio.run(
        call_all(
            scene, looker, [(one, _everywhere(looker.own["task"]), looker.own["request"]) for one in reading]
        )
    )
    assert (OF_REQUEST if name == "full access" else "First of yours") in said


def test_asvs_55_no_call_was_a_fault(scene: Scene):
    said = scene.portal.said()
    assert "Traceback" not in said
    assert [word for word in EVERYTHING if json.dumps(word) in said] == []
