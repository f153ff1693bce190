"""The gate over real sockets: whoever lost their session is cut off, and what keeps a session."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.security.tabs import STAFF, close_code, knows, left, of, run, sign_in, transport_of
from tests.trial.served import PATIENCE, Served, browser
from tests.world import World

pytestmark = pytest.mark.served


def test_asvs_19_a_revoked_session_is_cut_off_and_comes_back_as_nobody(either: Served, house: World):
    row, cookies = sign_in(house)

    async def scene() -> None:
        socket = await transport_of(either.url, cookies)
        house.change(row, ended_at=house.clock.now())
        assert await close_code(socket) == 4401
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
        socket = await transport_of(portal.url, cookies)
        house.change(person, deactivated_at=house.clock.now())
        assert await close_code(socket) == 4401

    run(scene)


def test_a_session_whose_factor_is_missing_is_nobodys(portal: Served, house: World):
    row, cookies = sign_in(house)
    house.change(row, mfa_at=None)

    async def scene() -> None:
        async with browser(portal.url, cookies=cookies, path="/staff") as tab:
            await tab.until(left)
            assert of(tab, STAFF, "who") == ""

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
