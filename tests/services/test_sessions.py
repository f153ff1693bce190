"""How long a sign-in lasts, and what ends it (4.6)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal_app.domain.actors import Kind
from portal_app.domain.visitors import NOBODY, Visitor
from portal_app.models import Contact, PortalAccount, SignInSession, new_id
from portal_app.services.actors import actor_of
from portal_app.services.sign_in import sessions
from portal_app.services.sign_in.sessions import SessionBook
from tests.statements import statements
from tests.world import World

MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)
ENDS = [(Kind.STAFF, 30 * MINUTE, 12 * HOUR), (Kind.CLIENT, 60 * MINUTE, 24 * HOUR)]


def sign_in(world: World, kind: Kind) -> tuple[SignInSession, dict[str, str]]:
    """A live session of that side, and its cookie."""
    if kind is Kind.STAFF:
        row, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
        return row, {"staff": token}
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)
    row, token = world.new_session(firm_id=world.firm.id, contact_id=contact.id)
    return row, {"client": token}


def known(world: World, cookies: dict[str, str]) -> bool:
    visitor = SessionBook(world.ports).resolve(cookies, "203.0.113.9")
    return visitor.is_known


@pytest.mark.parametrize(("kind", "idle_for", "_whole_for"), ENDS)
def test_asvs_18_an_idle_session_ends_on_the_second(world: World, kind, idle_for, _whole_for):
    _, cookies = sign_in(world, kind)
    world.clock.moment += idle_for - SECOND
    assert known(world, cookies)
    world.clock.moment += SECOND
    assert not known(world, cookies)


@pytest.mark.parametrize(("kind", "idle_for", "whole_for"), ENDS)
def test_asvs_18_a_session_in_use_ends_all_the_same(world: World, kind, idle_for, whole_for):
    row, cookies = sign_in(world, kind)
    book, start = SessionBook(world.ports), world.clock.now()
    visitor = book.resolve(cookies, "")
    while world.clock.now() + idle_for / 2 < start + whole_for:
        world.clock.moment += idle_for / 2
        book.touch(visitor)
    world.clock.moment = start + whole_for - SECOND
    assert known(world, cookies)
    world.clock.moment = start + whole_for
    assert not known(world, cookies)
    assert world.get(row).ended_at is None


def test_touching_an_ended_session_does_not_bring_it_back(world: World):
    row, cookies = sign_in(world, Kind.STAFF)
    book = SessionBook(world.ports)
    visitor = book.resolve(cookies, "")
    world.clock.advance(minutes=30)
    book.touch(visitor)
    assert world.get(row).last_seen_at == row.last_seen_at


def test_within_a_minute_nothing_is_written(world: World):
    row, cookies = sign_in(world, Kind.STAFF)
    book = SessionBook(world.ports)
    visitor = book.resolve(cookies, "")
    world.clock.advance(seconds=59)
    book.touch(visitor)
    assert world.get(row).last_seen_at == row.last_seen_at
    world.clock.advance(seconds=1)
    book.touch(visitor)
    assert world.get(row).last_seen_at == world.clock.now()


@pytest.mark.parametrize("kind", [Kind.STAFF, Kind.CLIENT])
def test_asvs_19_an_ended_session_is_nobodys_everywhere_at_once(world: World, kind):
    row, cookies = sign_in(world, kind)
    book = SessionBook(world.ports)
    visitor = book.resolve(cookies, "")
    assert book.ended({visitor}) == set()

    world.change(row, ended_at=world.clock.now())

    assert book.ended({visitor}) == {visitor}
    assert not known(world, cookies)
    assert actor_of(world.ports, kind, visitor, locale="en", address="").kind is Kind.NOBODY


@pytest.mark.parametrize("kind", [Kind.STAFF, Kind.CLIENT])
def test_the_next_event_of_an_idle_session_is_nobodys(world: World, kind):
    _, cookies = sign_in(world, kind)
    visitor = SessionBook(world.ports).resolve(cookies, "")
    world.clock.advance(hours=1)
    assert actor_of(world.ports, kind, visitor, locale="en", address="").kind is Kind.NOBODY


def test_a_cookie_opens_its_own_side_alone(world: World):
    _, staff = sign_in(world, Kind.STAFF)
    _, client = sign_in(world, Kind.CLIENT)
    assert not known(world, {"client": staff["staff"], "staff": client["client"]})


def test_asvs_17_one_kind_of_cookie_says_nothing_of_the_others(world: World):
    staff_row, staff = sign_in(world, Kind.STAFF)
    client_row, client = sign_in(world, Kind.CLIENT)
    actor, device = world.new_device()
    book = SessionBook(world.ports)
    everything = {**staff, **client, "device": device}
    assert book.resolve(everything, "") == Visitor(staff_row.id, client_row.id, actor.device_id)
    world.change(staff_row, ended_at=world.clock.now())
    assert book.resolve(everything, "") == Visitor(None, client_row.id, actor.device_id)


def test_however_many_have_a_page_open_they_are_asked_about_in_a_few_statements(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sessions, "AT_ONCE", 4)
    (_, staff), (_, client) = sign_in(world, Kind.STAFF), sign_in(world, Kind.CLIENT)
    book = SessionBook(world.ports)
    signed_in = {book.resolve(staff, ""), book.resolve(client, "")}
    devices = [Visitor(device=world.new_device()[0].device_id) for _number in range(10)]
    gone = {
        Visitor(device=new_id()),
        Visitor(staff=new_id()),
        Visitor(client=new_id(), device=devices[0].device),
    }

    with statements(world.engine) as said:
        assert book.ended({*signed_in, *devices, *gone}) == gone

    assert len([statement for statement in said if statement.startswith("SELECT")]) == 3 + 3


def test_a_deactivated_member_and_an_archived_contact_are_nobody(world: World):
    _, staff = sign_in(world, Kind.STAFF)
    row, client = sign_in(world, Kind.CLIENT)
    book = SessionBook(world.ports)
    both = book.resolve({**staff, **client}, "")
    world.change(world.owner, deactivated_at=world.clock.now())
    assert book.resolve(staff, "") == NOBODY
    assert book.ended({both}) == {both}
    (person,) = world.all(Contact, id=row.contact_id)
    world.change(person, archived_at=world.clock.now())
    assert book.resolve(client, "") == NOBODY


def test_asvs_20_a_disabled_account_is_nobodys_in_the_sessions_that_it_has(world: World):
    _, client = sign_in(world, Kind.CLIENT)
    both = SessionBook(world.ports).resolve(client, "")
    world.change(world.all(PortalAccount)[0], disabled_at=world.clock.now())
    assert SessionBook(world.ports).resolve(client, "") == NOBODY
    assert SessionBook(world.ports).ended({both}) == {both}
    assert actor_of(world.ports, Kind.CLIENT, both, locale="en", address="").kind is Kind.NOBODY


def test_a_session_without_its_second_factor_is_nobodys(world: World):
    row, cookies = sign_in(world, Kind.STAFF)
    world.change(row, mfa_at=None)
    assert not known(world, cookies)


def test_a_device_that_is_gone_is_seen_to_have_ended(world: World):
    actor, token = world.new_device()
    book = SessionBook(world.ports)
    visitor = book.resolve({"device": token}, "")
    assert visitor == Visitor(device=actor.device_id)
    with world.engine.begin() as connection:
        connection.execute(text("DELETE FROM device"))
    assert book.ended({visitor, NOBODY}) == {visitor}


def test_asvs_16_no_column_of_the_database_opens_a_session(world: World):
    _, cookies = sign_in(world, Kind.STAFF)
    with world.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM sign_in_session")).mappings().one()
    for value in row.values():
        stolen = value.hex() if isinstance(value, bytes) else str(value)
        assert not known(world, {"staff": stolen})
    assert re.fullmatch(r"[\w-]{43}", cookies["staff"])
