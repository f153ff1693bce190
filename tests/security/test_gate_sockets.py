"""The gate over real sockets: who is let in as whom, and whose state a tab opens."""

from __future__ import annotations

import uuid

import pytest
from socketio.exceptions import ConnectionError as Refused

from portal_app.domain.actors import Role
from portal_app.models import AuditEntry
from tests.security.tabs import CLIENT, OPEN, STAFF, TAB, knows, left, of, run, sign_in
from tests.trial.served import Served, browser
from tests.world import World

pytestmark = pytest.mark.served


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
