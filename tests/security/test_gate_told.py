"""The gate over real sockets: what a tab is told, and what neither a browser nor a store gets to see."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from redis import Redis

from portal_app.models import Heartbeat
from tests.security.tabs import STAFF, TAB, knows, of, run, sign_in
from tests.trial import CANARY
from tests.trial.served import PATIENCE, Served, becomes, browser
from tests.world import World

pytestmark = pytest.mark.served


def test_asvs_55_a_fault_is_told_by_its_reference_and_logged_without_its_words(portal: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> str:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.fail")
            await tab.until(knows(TAB, "notice_tone", "fault"))
            return of(tab, TAB, "notice_text")

    text = asyncio.run(scene())
    reference = text.rsplit(" ", 1)[1]
    becomes(lambda: reference in portal.said(), True)
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


def stored(redis_url: str) -> bytes:
    """All that the store of tabs' states holds, which a tab may hear before it is there."""
    with Redis.from_url(redis_url) as redis:
        return b"".join(redis.get(key) or b"" for key in redis.scan_iter(_type="string"))


@pytest.mark.redis
def test_fault_38_a_stolen_state_store_holds_no_cookie(shared_portal: Served, house: World, redis_url: str):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(shared_portal.url, cookies=cookies, path="/staff") as tab:
            await tab.send(f"{STAFF}.keep", text="kept-in-the-store")
            await tab.until(knows(STAFF, "kept", "kept-in-the-store"))

    run(scene)
    becomes(lambda: b"kept-in-the-store" in stored(redis_url), True)
    assert cookies["staff"].encode() not in stored(redis_url)


@pytest.mark.redis
def test_fault_34_what_was_saved_stays_when_the_lock_on_a_tabs_state_is_lost(
    shared_portal: Served, house: World, redis_url: str
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
    becomes(lambda: b"goes on" in stored(redis_url), True)
    assert b"never kept" not in stored(redis_url)


def test_a_ring_has_the_tabs_that_listen_ask_again(either: Served, house: World):
    _, cookies = sign_in(house)

    async def scene() -> None:
        async with browser(either.url, cookies=cookies, path="/staff") as tab:
            await tab.until(lambda one: of(one, STAFF, "who"))
            await tab.send(f"{STAFF}.follow", channel="firm:7")
            await tab.send(f"{STAFF}.keep", text="listening")
            await tab.until(knows(STAFF, "kept", "listening"))
            async with httpx.AsyncClient(timeout=PATIENCE) as http:
                await http.get(f"{either.url}/ring?channel=firm:7")
            await tab.until(lambda one: one.asked)
            assert tab.asked == [f"{STAFF}.refresh"]
            await tab.send(tab.asked[0])
            await tab.until(knows(STAFF, "refreshed", 1))

    run(scene)
