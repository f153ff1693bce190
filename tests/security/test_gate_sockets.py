"""The gate over real sockets: who is let in as whom, who is cut off, and what is logged."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
import websockets
from redis import Redis
from socketio.exceptions import ConnectionError as Refused

from portal_app.adapters.clock import SystemClock
from portal_app.domain.actors import Role
from portal_app.models import AuditEntry, Heartbeat, SignInSession
from tests.security.conftest import SHARED
from tests.trial import CANARY
from tests.trial.served import PATIENCE, STATE, Browser, Served, browser
from tests.world import World

pytestmark = pytest.mark.served

STAFF = f"{STATE}.tests___trial___states____staff_trial"
CLIENT = f"{STATE}.tests___trial___states____client_trial"
OPEN = f"{STATE}.tests___trial___states____open_trial"
TAB = f"{STATE}.portal_app___state___tab____tab_state"


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scene())


def sign_in(house: World, **who: Any) -> tuple[SignInSession, dict[str, str]]:
    """A live session and its cookie; the owner's unless said otherwise."""
    house.clock.moment = SystemClock().now()
    row, token = house.new_session(firm_id=house.firm.id, **(who or {"staff_id": house.owner.id}))
    return row, {"staff" if row.staff_id else "client": token}


def of(tab: Browser, state: str, name: str) -> Any:
    return tab.state.get(state, {}).get(name)


def knows(state: str, name: str, value: Any) -> Callable[[Browser], bool]:
    return lambda tab: of(tab, state, name) == value


def left(tab: Browser) -> bool:
    return bool(of(tab, TAB, "leave_to"))


# who is who


def test_asvs_28_nobody_gets_no_data_and_is_led_to_sign_in(portal: Served):
    async def scene() -> None:
        async with browser(portal.url, path="/staff") as tab:
            await tab.until(left)
            assert of(tab, TAB, "leave_to") == "/staff/login?next=%2Fstaff"
            assert of(tab, STAFF, "who") == ""

    run(scene)


def test_a_signed_in_member_is_read_from_the_database(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.until(knows(STAFF, "who", f"staff {house.owner.id} en 127.0.0.1"))

    run(scene)


def test_asvs_28_forged_session_ids_in_the_handshake_are_nobodys(portal: Served, house: World):
    row, _ = sign_in(house)

    async def scene() -> None:
        forged = {"x_portal_staff": row.id.hex, "X-Portal-Staff": row.id.hex}
        async with browser(portal.url, path="/staff", **forged) as tab:
            await tab.until(left)
            assert of(tab, STAFF, "who") == ""

    run(scene)


def test_asvs_53_a_refused_handler_leaves_one_line_however_often_it_is_called(portal: Served, house: World):
    member = house.new_staff("Refused Member", role=Role.MEMBER)
    _, cookies = sign_in(house, staff_id=member.id)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            for _press in range(5):
                await tab.send(f"{STAFF}.rule")
            await tab.send(f"{STAFF}.keep", text="done")
            await tab.until(knows(STAFF, "kept", "done"))

    run(scene)
    (line,) = house.all(AuditEntry, action="access:refused", actor_id=member.id)
    assert (line.firm_id, line.address) == (house.firm.id, "127.0.0.1")
    assert line.facts == {"target": "StaffTrial.rule"}


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://sub.localhost", "https://localhost", "http://localhost:1", ""],
)
def test_asvs_33_a_socket_opened_by_another_site_is_refused(portal: Served, house: World, origin: str):
    _, cookies = sign_in(house)

    async def scene() -> None:
        with pytest.raises(Refused):
            async with browser(portal.url, cookies=cookies, origin=origin):
                pass

    run(scene)


def test_asvs_33_a_socket_that_does_not_say_where_it_comes_from_is_nobodys(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, origin=None, path="/staff") as tab:
            await tab.until(left)
            assert of(tab, STAFF, "who") == ""

    run(scene)


def test_asvs_31_a_role_that_was_taken_away_ends_in_open_tabs_too(portal: Served, house: World):
    person = house.new_staff("Nadia Roy", role=Role.OWNER)
    _, cookies = sign_in(house, staff_id=person.id)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.rule")
            await tab.until(knows(STAFF, "kept", "ruled"))
            await tab.send(f"{STAFF}.keep", text="mine")
            await tab.until(knows(STAFF, "kept", "mine"))
            house.change(person, role=Role.MEMBER)
            await tab.send(f"{STAFF}.rule")
            await tab.until(knows(TAB, "notice_tone", "refused"))
            assert of(tab, STAFF, "kept") == "mine"

    run(scene)


def test_a_handler_for_anyone_acts_for_nobody(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies) as tab:
            await tab.send(f"{OPEN}.load")
            await tab.until(knows(OPEN, "who", "nobody None en 127.0.0.1"))

    run(scene)


def test_a_bound_device_asks_as_a_client(portal: Served, house: World):
    actor, token = house.new_device()

    async def scene() -> None:
        async with browser(portal.url, cookies={"device": token}, accept_language="fr") as tab:
            await tab.send(f"{CLIENT}.load")
            await tab.until(knows(CLIENT, "who", f"client {actor.device_id} fr 127.0.0.1"))
            await tab.send(f"{STAFF}.load", "/staff")
            await tab.until(left)

    run(scene)


# sessions that end


async def _transport(url: str, cookies: dict[str, str]) -> Any:
    """A bare socket, through Engine.IO's and Socket.IO's greetings."""
    address = url.replace("http", "ws") + f"/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Cookie": cookie} if cookie else {}
    socket = await websockets.connect(address, origin=url, additional_headers=headers)
    assert (await socket.recv()).startswith("0")
    await socket.send("40/_event,{}")
    return socket


async def _close_code(socket: Any) -> int:
    async with asyncio.timeout(PATIENCE):
        await socket.wait_closed()
    return socket.close_code


def test_asvs_19_a_revoked_session_is_cut_off_and_comes_back_as_nobody(either: Served, house: World):
    row, cookies = sign_in(house)

    async def scene() -> None:
        socket = await _transport(either.url, cookies)
        house.change(row, ended_at=house.clock.now())
        assert await _close_code(socket) == 4401
        async with browser(either.url, cookies=cookies, path="/staff") as tab:
            await tab.until(left)
            assert tab.is_open
            assert of(tab, STAFF, "who") == ""

    run(scene)


def test_asvs_19_the_next_event_of_a_revoked_session_does_nothing(portal: Served, house: World):
    row, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.until(lambda one: of(one, STAFF, "who"))
            house.change(row, ended_at=house.clock.now())
            await tab.send(f"{STAFF}.keep", text="too late")
            await tab.until(lambda one: left(one) or not one.is_open)
            assert of(tab, STAFF, "kept") == ""

    run(scene)


def test_a_deactivated_member_is_cut_off(portal: Served, house: World):
    person = house.new_staff("Paul Cyr")
    _, cookies = sign_in(house, staff_id=person.id)

    async def scene() -> None:
        socket = await _transport(portal.url, cookies)
        house.change(person, deactivated_at=house.clock.now())
        assert await _close_code(socket) == 4401

    run(scene)


def test_a_session_whose_factor_is_missing_is_nobodys(portal: Served, house: World):
    row, cookies = sign_in(house)
    house.change(row, mfa_at=None)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.until(left)
            assert of(tab, STAFF, "who") == ""

    run(scene)


def test_fault_38_a_stolen_tab_token_opens_an_empty_state(either: Served, house: World):
    _, victim = sign_in(house)
    thief = house.new_staff(f"Luc Vol {uuid.uuid4()}")
    _, thiefs = sign_in(house, staff_id=thief.id)
    token = str(uuid.uuid4())

    async def scene() -> None:
        async with browser(either.url, cookies=victim, token=token, path="/staff") as tab:
            await tab.send(f"{STAFF}.keep", text="private")
            await tab.until(knows(STAFF, "kept", "private"))
        async with browser(either.url, token=token) as tab:
            assert of(tab, STAFF, "kept") == ""
        async with browser(either.url, cookies=victim, token=token, path="/staff") as tab:
            await tab.send(f"{STAFF}.keep", text="private")
            await tab.until(knows(STAFF, "kept", "private"))
        async with browser(either.url, cookies=thiefs, token=token, path="/staff") as tab:
            await tab.until(lambda one: of(one, STAFF, "who"))
            assert of(tab, STAFF, "kept") == ""

    run(scene)


def test_a_tab_that_reconnects_with_its_own_session_keeps_its_state(either: Served, house: World):
    _, cookies = sign_in(house)
    token = str(uuid.uuid4())

    async def scene() -> None:
        async with browser(either.url, cookies=cookies, token=token, path="/staff") as tab:
            await tab.send(f"{STAFF}.keep", text="half a sentence")
            await tab.until(knows(STAFF, "kept", "half a sentence"))
        async with browser(either.url, cookies=cookies, token=token, path="/staff") as tab:
            assert of(tab, STAFF, "kept") == "half a sentence"

    run(scene)


# too much


def test_fault_37_a_flood_of_frames_ends_the_socket(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        socket = await _transport(portal.url, cookies)
        event = json.dumps(["event", {"name": f"{STAFF}.add", "payload": {"number": 1}}])
        with suppress(websockets.ConnectionClosed):  # as soon as the gate has had enough
            for _ in range(2_000):
                await socket.send(f"42/_event,{event}")
        # 1006 where the server's goodbye met what we were still sending.
        assert await _close_code(socket) in (4429, 1006)

    run(scene)
    assert "4429" in portal.said()


def test_fault_37_a_message_above_a_megabyte_ends_the_socket(portal: Served):
    async def scene() -> None:
        socket = await _transport(portal.url, {})
        await socket.send("42/_event," + "x" * 1_200_000)
        assert await _close_code(socket) == 1009

    run(scene)


def test_fault_37_one_browser_has_so_many_sockets_and_no_more(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        held = [await _transport(portal.url, cookies) for _ in range(20)]
        with pytest.raises(websockets.InvalidStatus):
            await _transport(portal.url, cookies)
        await held.pop().close()
        for socket in held:
            await socket.close()

    run(scene)


# what comes in, and what is logged


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


def test_asvs_55_a_fault_is_told_by_its_reference_and_logged_without_its_words(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> str:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.fail")
            await tab.until(knows(TAB, "notice_tone", "fault"))
            return of(tab, TAB, "notice_text")

    text = asyncio.run(scene())
    reference = text.rsplit(" ", 1)[1]
    assert reference in portal.said()
    assert "states.py" in portal.said()
    assert CANARY not in portal.said() + text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "There is nothing here."), ("fr", "Il n’y a rien ici.")]
)
def test_a_refusal_is_told_in_the_readers_language(portal: Served, house: World, language, text):
    person = house.new_staff(f"Member {language}")
    _, cookies = sign_in(house, staff_id=person.id)

    async def scene() -> None:
        async with browser(portal.url, cookies={**cookies, "lang": language}, path="/staff") as tab:
            await tab.send(f"{STAFF}.rule")
            await tab.until(knows(TAB, "notice_tone", "refused"))
            assert of(tab, TAB, "notice_text") == text

    run(scene)


def test_a_rule_that_is_broken_is_told_in_its_own_words(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.refuse")
            await tab.until(knows(TAB, "notice_text", "Not on a Sunday."))

    run(scene)


def test_what_a_handler_says_and_where_it_leads_arrive_after_its_change(either: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(either.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.finish")
            await tab.until(knows(TAB, "leave_to", "/page"))
            assert of(tab, STAFF, "kept") == "finished"
            assert (of(tab, TAB, "notice_text"), of(tab, TAB, "notice_tone")) == ("Done.", "done")

    run(scene)


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_asvs_37_nothing_leads_out_of_the_portal(portal: Served, to: str):
    async def scene() -> None:
        async with browser(portal.url) as tab:
            await tab.send(f"{TAB}.go", to=to)
            await tab.until(knows(TAB, "notice_tone", "refused"))
            assert of(tab, TAB, "leave_to") == ""

    run(scene)


def test_asvs_17_no_cookie_and_no_session_id_is_in_what_reaches_the_browser(portal: Served, house: World):
    row, cookies = sign_in(house)

    async def scene() -> str:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.until(lambda one: of(one, STAFF, "who"))
            return json.dumps(tab.state)

    held = asyncio.run(scene())
    assert cookies["staff"] not in held
    assert row.id.hex not in held
    assert str(row.id) not in held


@pytest.mark.redis
def test_fault_38_a_stolen_state_store_holds_no_cookie(shared_portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(shared_portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.keep", text="kept-in-the-store")
            await tab.until(knows(STAFF, "kept", "kept-in-the-store"))

    run(scene)
    with Redis.from_url(SHARED) as redis:
        stored = b"".join(redis.get(key) or b"" for key in redis.scan_iter(_type="string"))
    assert b"kept-in-the-store" in stored
    assert cookies["staff"].encode() not in stored


@pytest.mark.redis
def test_fault_34_what_was_saved_stays_when_the_lock_on_a_tabs_state_is_lost(
    shared_portal: Served, house: World
):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(shared_portal.url, cookies=cookies, path="/staff") as tab:
            await tab.until(lambda one: of(one, STAFF, "who"))
            await tab.send(f"{STAFF}.outlast_the_lock")
            await tab.until(knows(TAB, "notice_tone", "fault"))
            await tab.send(f"{STAFF}.keep", text="goes on")
            await tab.until(knows(STAFF, "kept", "goes on"))

    run(scene)
    assert house.all(Heartbeat, name="outlasted")
    with Redis.from_url(SHARED) as redis:
        stored = b"".join(redis.get(key) or b"" for key in redis.scan_iter(_type="string"))
    assert b"goes on" in stored
    assert b"never kept" not in stored


# the bell, and presence


def test_a_ring_has_the_tabs_that_listen_ask_again(either: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(either.url, cookies=cookies, path="/staff") as tab:
            await tab.until(lambda one: of(one, STAFF, "who"))
            await tab.send(f"{STAFF}.follow", channel="firm:7")
            await tab.send(f"{STAFF}.keep", text="listening")
            await tab.until(knows(STAFF, "kept", "listening"))
            async with httpx.AsyncClient() as http:
                await http.get(f"{either.url}/ring?channel=firm:7")
            await tab.until(lambda one: one.asked)
            assert tab.asked == [f"{STAFF}.refresh"]
            await tab.send(tab.asked[0])
            await tab.until(knows(STAFF, "refreshed", 1))

    run(scene)


def test_4_6_an_event_of_the_person_keeps_the_session_and_a_refresh_does_not(portal: Served, house: World):
    row, cookies = sign_in(house)
    house.change(row, last_seen_at=house.clock.now() - timedelta(minutes=10))
    before = house.get(row).last_seen_at

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.refresh")
            await tab.until(knows(STAFF, "refreshed", 1))
            assert house.get(row).last_seen_at == before
            await tab.send(f"{STAFF}.keep", text="here")
            async with asyncio.timeout(PATIENCE):
                while house.get(row).last_seen_at == before:
                    await asyncio.to_thread(house.get, row)

    run(scene)
