"""Password or MFA again before address, password or MFA change (4.7, row 21)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, ConfirmNeeded, NotFound, SignInNeeded, TryLater
from portal_app.models import AuditEntry, SignInSession
from portal_app.services.sign_in import step_up
from portal_app.services.sign_in.accounts import Visit
from portal_app.services.sign_in.proofs import Given
from portal_app.services.sign_in.sessions import SessionBook, cookie_name, sign_out
from portal_app.work import reading
from tests.signing import latest_code, mails, wrong_code
from tests.world import PASSWORD, World

HERE = Visit(address="10.0.0.1", browser="Firefox/140.0")


def owner(world: World) -> Actor:
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    return replace(world.staff, session_id=session.id)


def contact(world: World) -> Actor:
    client = world.new_client()
    person = world.new_contact(client)
    world.give_account(person, client)
    return world.signed_in(person)


BOTH = pytest.mark.parametrize("asker", [owner, contact])


def passes(world: World, actor: Actor) -> bool:
    with reading(world.ports, actor) as work:
        try:
            step_up.need_fresh(work)
        except ConfirmNeeded:
            return False
    return True


def by_password(world: World, actor: Actor, password: str = PASSWORD) -> str:
    return step_up.confirm(world.ports, actor, Given("password", password), HERE)


@BOTH
def test_asvs_21_a_session_alone_does_not_pass_and_a_password_does_for_ten_minutes(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    assert not passes(world, actor)
    by_password(world, actor)
    world.clock.advance(minutes=10, seconds=-1)
    assert passes(world, actor)
    world.clock.advance(seconds=1)
    assert not passes(world, actor)


@BOTH
def test_asvs_21_a_code_by_e_mail_does_as_well(world: World, asker: Callable[[World], Actor]) -> None:
    actor = asker(world)
    step_up.send_code(world.ports, actor, "email", HERE)
    with pytest.raises(BadInput, match="does not match"):
        step_up.confirm(world.ports, actor, Given("email", wrong_code(world)), HERE)
    assert not passes(world, actor)
    step_up.confirm(world.ports, actor, Given("email", latest_code(world)), HERE)
    assert passes(world, actor)


@BOTH
def test_4_3_a_code_that_confirmed_once_confirms_nothing_more(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    step_up.send_code(world.ports, actor, "email", HERE)
    code = latest_code(world)
    step_up.confirm(world.ports, actor, Given("email", code), HERE)
    world.clock.advance(minutes=9, seconds=59)
    with pytest.raises(BadInput):
        step_up.confirm(world.ports, actor, Given("email", code), HERE)
    world.clock.advance(seconds=2)
    assert not passes(world, actor)


def test_asvs_21_what_one_session_confirmed_is_nothing_in_another(world: World) -> None:
    one, other = owner(world), owner(world)
    by_password(world, one)
    assert passes(world, one)
    assert not passes(world, other)
    step_up.send_code(world.ports, one, "email", HERE)
    with pytest.raises(BadInput):
        step_up.confirm(world.ports, other, Given("email", latest_code(world)), HERE)


def test_asvs_16_confirming_changes_the_cookie(world: World) -> None:
    session, before = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    after = by_password(world, replace(world.staff, session_id=session.id))
    name = cookie_name("staff", world.settings)
    book = SessionBook(world.ports)
    assert book.resolve({name: before}, "").staff is None
    assert book.resolve({name: after}, "").staff == session.id


def test_4_7_a_wrong_password_is_said_and_audited_and_nine_end_the_session(world: World) -> None:
    actor = owner(world)
    for number in range(9):
        world.clock.advance(minutes=1)
        world.ports.limiter.clear(f"confirm:{actor.session_id}", "5/minute")
        with pytest.raises((BadInput, SignInNeeded)) as refusal:
            by_password(world, actor, "wrong horse")
        assert isinstance(refusal.value, SignInNeeded) is (number == 8)
    assert len(world.all(AuditEntry, action="sign_in:not_confirmed")) == 9
    assert world.all(SignInSession, id=actor.session_id)[0].ended_at is not None
    assert len(mails(world, "security_notice")) == 1
    with pytest.raises(SignInNeeded):
        by_password(world, actor)


def test_4_7_five_tries_a_minute_are_looked_at(world: World) -> None:
    actor = owner(world)
    for _ in range(5):
        with pytest.raises(BadInput):
            by_password(world, actor, "wrong horse")
    with pytest.raises(TryLater):
        by_password(world, actor)
    assert not passes(world, actor)


@pytest.mark.parametrize("way", ["", "totp", "remembered", "__class__"])
def test_4_7_a_way_that_is_none_of_theirs_is_not_found(world: World, way: str) -> None:
    actor = owner(world)
    with pytest.raises(NotFound):
        step_up.confirm(world.ports, actor, Given(way, PASSWORD), HERE)
    with pytest.raises(NotFound):
        step_up.send_code(world.ports, actor, way, HERE)


def test_4_7_nobody_and_who_signed_out_confirm_nothing(world: World) -> None:
    actor = owner(world)
    sign_out(world.ports, actor)
    for asker in (actor, Actor.nobody(), world.staff):
        with pytest.raises(SignInNeeded):
            by_password(world, asker)
        with pytest.raises(SignInNeeded):
            passes(world, asker)
