"""The gate over real sockets: too much of it, and events that nobody declared, change nothing and reach no log."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
import websockets

from tests.security.tabs import STAFF, TAB, close_code, knows, of, run, sign_in, transport_of
from tests.trial import CANARY
from tests.trial.served import STATE, Served, becomes, browser
from tests.world import World

pytestmark = pytest.mark.served


def test_fault_37_a_flood_of_frames_ends_the_socket(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        socket = await transport_of(portal.url, cookies)
        event = json.dumps(["event", {"name": f"{STAFF}.add", "payload": {"number": 1}}])
        with suppress(websockets.ConnectionClosed):  # as soon as the gate has had enough
            for _ in range(2_000):
                await socket.send(f"42/_event,{event}")
        # 1006 where the server's goodbye met what we were still sending.
        assert await close_code(socket) in (4429, 1006)

    run(scene)
    becomes(lambda: "4429" in portal.said(), True)


def test_fault_37_a_message_above_a_megabyte_ends_the_socket(portal: Served):
    async def scene() -> None:
        socket = await transport_of(portal.url, {})
        await socket.send("42/_event," + "x" * 1_200_000)
        assert await close_code(socket) == 1009

    run(scene)


def test_fault_37_one_browser_has_so_many_sockets_and_no_more(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        held = [await transport_of(portal.url, cookies) for _ in range(20)]
        with pytest.raises(websockets.InvalidStatus):
            await transport_of(portal.url, cookies)
        await held.pop().close()
        for socket in held:
            await socket.close()

    run(scene)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("add", {"number": "5"}),
        ("add", {"number": 5.0}),
        ("add", {"number": True}),
        ("add", {"number": 11}),
        ("add", {"number": 2**70}),
        ("add", {"number": None}),
        ("add", {}),
        ("add", {"number": 1, "role": "owner"}),
        ("add", {"number": 1, "self": 1}),
        ("add", {"number": [1]}),
        ("keep", {"text": "x" * 201}),
        ("keep", {"text": "a\0b"}),
        ("keep", {"text": {"__reflex_form_data__": [["a", "b"]]}}),
        ("submit", {"form": {"name": "n", "is_on": True, "to": [], "firm_id": "x"}}),
        ("submit", {"form": {"name": ["n"], "is_on": True, "to": []}}),
        ("submit", {"form": "n"}),
    ],
)
def test_asvs_32_a_payload_that_was_not_declared_is_refused(portal: Served, house: World, name, payload):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.until(lambda one: of(one, STAFF, "who"))
            await tab.send(f"{STAFF}.{name}", **payload)
            await tab.until(knows(TAB, "notice_tone", "refused"))
            assert (of(tab, STAFF, "total"), of(tab, STAFF, "kept")) == (0, "")

    run(scene)


def test_a_submitted_form_arrives_whole(portal: Served, house: World):
    _, cookies = sign_in(house)
    entries = [["name", "Gagnon"], ["is_on", "on"], ["to", "a"], ["to", "b"]]

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.submit", form={"__reflex_form_data__": entries})
            await tab.until(knows(STAFF, "kept", "Gagnon True a,b"))
            await tab.send(f"{STAFF}.submit", form={"__reflex_form_data__": entries[:1]})
            await tab.until(knows(STAFF, "kept", "Gagnon False "))

    run(scene)


@pytest.mark.parametrize(
    "name",
    [f"{STAFF}.setvar", f"{STAFF}.vanished", f"{STATE}.hydrate", f"{STATE}.set_is_hydrated", "_redirect"],
)
def test_fault_35_an_unknown_event_tells_its_tab_to_reload_and_leaves_no_payload_in_the_log(
    portal: Served, house: World, name: str
):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(name, var_name="kept", value="canary-in-a-payload")
            await tab.until(lambda one: one.mismatches)

    run(scene)
    assert "canary-in-a-payload" not in portal.said()
    assert cookies["staff"] not in portal.said()


@pytest.mark.parametrize(
    "event",
    [
        "canary-as-text",
        ["canary-as-list"],
        {"name": 7, "payload": {"a": "canary-in-a-payload"}},
        {"name": f"{STAFF}.keep", "payload": "canary-in-a-payload"},
        {"name": f"{STAFF}.submit", "payload": {"form": {"__reflex_form_data__": "canary-in-a-form"}}},
        {"name": f"{STATE}.hydrate_and_load", "payload": {"vars": {"canary.x": "y"}}},
        {
            "name": f"{STAFF}.keep",
            "payload": {"text": "x"},
            "router_data": {"query": {"a": ["canary-in-a-query"]}},
        },
    ],
)
def test_asvs_52_a_malformed_event_is_passed_over_and_the_tab_goes_on(portal: Served, house: World, event):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.client.emit("event", event, namespace="/_event")
            await tab.send(f"{STAFF}.keep", text="still here")
            await tab.until(knows(STAFF, "kept", "still here"))

    run(scene)
    assert "canary" not in portal.said().replace(CANARY, "")
