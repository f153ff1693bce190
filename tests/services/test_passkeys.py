"""Passkeys: as a second step, and as a whole sign-in (4.3)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput
from portal_app.models import AuditEntry, Passkey, SignInSession, Staff
from portal_app.services.sign_in import enrolment, second_step
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Entrance, Visit
from portal_app.services.sign_in.enrolment import Setter, Shown
from portal_app.services.sign_in.opening import SignedIn
from portal_app.services.sign_in.passkey_sign_in import question, sign_in_by_passkey
from portal_app.services.sign_in.passkeys import Answer
from portal_app.services.sign_in.proofs import Given
from portal_app.services.sign_in.sign_in import give_password
from tests.authenticators import SoftKey
from tests.world import PASSWORD, World

HERE = Visit(address="10.0.0.1", browser="Firefox/140.0")


def enrolled(world: World, key: SoftKey, *, staff: Staff | None = None, name: str = "Phone") -> Actor:
    who = staff or world.owner
    session, _token = world.new_session(firm_id=who.firm_id, staff_id=who.id)
    actor = world.confirmed(replace(world.actor(who), session_id=session.id))
    asked = enrolment.look(world.ports, Setter(actor), "passkey").question
    shown = Shown("passkey", key.make(asked.options), asked.sealed, name)
    enrolment.confirm(world.ports, Setter(actor), shown, HERE)
    return actor


def begun(world: World) -> str:
    return give_password(world.ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, HERE).token


def whole(
    world: World, key: SoftKey, entrance: Entrance = STAFF_ENTRANCE, *, replaces: UUID | None = None
) -> SignedIn:
    asked = question(world.ports, entrance, HERE)
    answer = Answer(key.sign(asked.options), asked.sealed)
    return sign_in_by_passkey(world.ports, entrance, answer, HERE, replaces=replaces)


def test_4_3_a_passkey_is_the_second_step_that_is_asked_for_first(world: World) -> None:
    key = SoftKey()
    enrolled(world, key)
    token = begun(world)
    asked = second_step.waiting(world.ports, STAFF_ENTRANCE, token)
    assert (asked.factor, asked.others) == ("passkey", ("email", "recovery"))
    given = Given("passkey", key.sign(asked.question.options), asked.question.sealed)
    passed = second_step.give(world.ports, STAFF_ENTRANCE, token, given, HERE)
    assert passed.signed_in.next_path == "/staff"
    assert world.all(Passkey)[0].counter == 1
    assert world.all(AuditEntry, action="sign_in:completed")[-1].facts == {"factor": "passkey"}


def test_4_3_a_passkey_alone_is_a_whole_sign_in(world: World) -> None:
    key = SoftKey()
    enrolled(world, key)
    done = whole(world, key)
    assert (done.kind, done.next_path) == (Kind.STAFF, "/staff")
    session = world.all(SignInSession)[-1]
    assert (session.staff_id, session.mfa_at) == (world.owner.id, world.clock.now())


def test_4_3_alone_it_has_to_have_known_its_person(world: World) -> None:
    key = SoftKey(knows_person=False)
    enrolled(world, key)
    with pytest.raises(BadInput, match="does not sign in here"):
        whole(world, key)


def test_4_3_several_have_names_and_each_goes_alone(world: World) -> None:
    phone, desk = SoftKey(), SoftKey()
    enrolled(world, phone)
    actor = enrolled(world, desk, name="  Computer\nat work ")
    names = {row.name: row for row in world.all(Passkey)}
    assert set(names) == {"Phone", "Computer at work"}
    enrolment.remove(world.ports, actor, "passkey", HERE, passkey=names["Phone"].id.hex)
    assert whole(world, desk)
    with pytest.raises(BadInput):
        whole(world, phone)


def test_an_answer_is_good_once_and_for_its_own_question(world: World) -> None:
    key = SoftKey()
    enrolled(world, key)
    one, other = question(world.ports, STAFF_ENTRANCE, HERE), question(world.ports, STAFF_ENTRANCE, HERE)
    answer = key.sign(one.options)
    for sealed in (other.sealed, "", "never-sealed", "AAAA"):
        with pytest.raises(BadInput):
            sign_in_by_passkey(world.ports, STAFF_ENTRANCE, Answer(answer, sealed), HERE)
    assert sign_in_by_passkey(world.ports, STAFF_ENTRANCE, Answer(answer, one.sealed), HERE)
    key.counter += 5
    world.change(world.all(Passkey)[0], counter=0)
    with pytest.raises(BadInput):
        sign_in_by_passkey(world.ports, STAFF_ENTRANCE, Answer(answer, one.sealed), HERE)


def test_an_answer_that_comes_after_ten_minutes_is_none(world: World) -> None:
    key = SoftKey()
    enrolled(world, key)
    asked = question(world.ports, STAFF_ENTRANCE, HERE)
    world.clock.advance(minutes=10)
    with pytest.raises(BadInput):
        sign_in_by_passkey(world.ports, STAFF_ENTRANCE, Answer(key.sign(asked.options), asked.sealed), HERE)


def test_a_counter_that_goes_back_is_a_copy(world: World) -> None:
    key = SoftKey(counter=10)
    enrolled(world, key)
    key.counter = 3
    with pytest.raises(BadInput):
        whole(world, key)
    assert world.all(Passkey)[0].counter == 10


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9000", "null"])
def test_an_answer_from_another_site_is_none(world: World, origin: str) -> None:
    key = SoftKey()
    enrolled(world, key)
    key.origin = origin
    with pytest.raises(BadInput):
        whole(world, key)


def test_4_8_a_passkey_of_one_entrance_opens_no_other(world: World) -> None:
    key = SoftKey()
    enrolled(world, key)
    with pytest.raises(BadInput):
        whole(world, key, Entrance(Kind.CLIENT, world.firm.id))


def test_a_passkey_of_somebody_else_is_no_second_step(world: World) -> None:
    key, theirs = SoftKey(), SoftKey()
    enrolled(world, key)
    enrolled(world, theirs, staff=world.new_staff("Luc Roy"))
    token = begun(world)
    asked = second_step.waiting(world.ports, STAFF_ENTRANCE, token).question
    given = Given("passkey", theirs.sign(asked.options), asked.sealed)
    with pytest.raises(BadInput):
        second_step.give(world.ports, STAFF_ENTRANCE, token, given, HERE)


def test_1_13_who_left_opens_nothing_by_a_passkey(world: World) -> None:
    key, luc = SoftKey(), world.new_staff("Luc Roy")
    enrolled(world, key, staff=luc)
    world.change(luc, deactivated_at=world.clock.now())
    with pytest.raises(BadInput):
        whole(world, key)


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", '{"rawId": 5}', '{"rawId": "AA", "response": 3}', "x" * 20_000]
)
def test_what_is_no_answer_is_refused_calmly(world: World, answer: str) -> None:
    asked = question(world.ports, STAFF_ENTRANCE, HERE)
    with pytest.raises(BadInput):
        sign_in_by_passkey(world.ports, STAFF_ENTRANCE, Answer(answer, asked.sealed), HERE)
