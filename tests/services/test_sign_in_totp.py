"""The authenticator app: set up with the password again, each time step once (4.3, 4.7)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, ConfirmNeeded, NotFound, PortalError, SignInNeeded
from portal_app.models import AuditEntry, Staff
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Visit
from portal_app.services.sign_in.enrolment import Setter, SetUp, Shown, confirm, look, start_app
from portal_app.services.sign_in.second_step import waiting
from portal_app.services.sign_in.sign_in import give_password
from tests.signing import give_code, mails
from tests.world import PASSWORD, World

HERE = Visit(address="10.0.0.1", browser="Firefox/140.0")


def owner(world: World) -> Actor:
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    return world.confirmed(replace(world.staff, session_id=session.id))


def new_key(world: World, actor: Actor) -> None:
    start_app(world.ports, Setter(actor))


def shown(world: World, actor: Actor) -> SetUp:
    return look(world.ports, Setter(actor), "totp")


def confirmed(world: World, actor: Actor, code: str) -> None:
    confirm(world.ports, Setter(actor), Shown("totp", code), HERE)


def set_up(world: World) -> pyotp.TOTP:
    """The owner's app, confirmed by the code of the step before."""
    actor = owner(world)
    new_key(world, actor)
    app = pyotp.TOTP(shown(world, actor).key)
    confirmed(world, actor, app.at(world.clock.now() - timedelta(seconds=30)))
    return app


def begun(world: World) -> str:
    return give_password(world.ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, HERE).token


def give(world: World, token: str, code: str) -> str:
    return give_code(world.ports, STAFF_ENTRANCE, token, code, HERE).token


def test_4_3_a_confirmed_app_is_what_sign_in_asks_for(world: World) -> None:
    app = set_up(world)
    token = begun(world)
    assert waiting(world.ports, STAFF_ENTRANCE, token).factor == "totp"
    assert mails(world, "sign_in_code") == []
    assert give(world, token, app.at(world.clock.now()))
    assert world.all(AuditEntry, action="sign_in:completed")[0].facts == {"factor": "totp"}


def test_until_it_is_confirmed_codes_come_by_e_mail(world: World) -> None:
    new_key(world, owner(world))
    assert waiting(world.ports, STAFF_ENTRANCE, begun(world)).factor == "email"


@pytest.mark.parametrize(("off", "passes"), [(-60, False), (-30, False), (0, True), (30, True), (60, False)])
def test_asvs_9_codes_of_the_step_beside_pass_too_spent_ones_do_not(
    world: World, off: int, passes: bool
) -> None:
    app = set_up(world)  # spends the step before
    token = begun(world)
    code = app.at(world.clock.now() + timedelta(seconds=off))
    if passes:
        assert give(world, token, code)
    else:
        with pytest.raises(BadInput, match="does not match"):
            give(world, token, code)


def test_asvs_9_the_step_before_passes_where_it_is_not_spent(world: World) -> None:
    app = set_up(world)
    world.clock.advance(minutes=5)
    assert give(world, begun(world), app.at(world.clock.now() - timedelta(seconds=30)))


def test_asvs_9_a_code_that_was_used_is_refused_in_another_sign_in(world: World) -> None:
    app = set_up(world)
    code = app.at(world.clock.now())
    give(world, begun(world), code)
    with pytest.raises(BadInput):
        give(world, begun(world), code)


def test_asvs_9_one_code_given_twice_at_once_passes_once(world: World) -> None:
    code = set_up(world).at(world.clock.now())
    tokens = [begun(world) for _ in range(4)]

    def outcome(token: str) -> bool:
        try:
            return bool(give(world, token, code))
        except PortalError:
            return False

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(outcome, tokens)) == [False, False, False, True]


def test_the_key_is_sealed_and_shown_until_it_is_confirmed(world: World) -> None:
    actor = owner(world)
    assert shown(world, actor).key == ""
    new_key(world, actor)
    page = shown(world, actor)
    uri = urlsplit(page.address)
    assert parse_qs(uri.query)["secret"] == [page.key]
    assert parse_qs(uri.query)["issuer"] == [world.firm.name]
    assert page.key.encode() not in world.get(world.owner).totp_sealed

    confirmed(world, actor, pyotp.TOTP(page.key).at(world.clock.now()))
    with pytest.raises(NotFound):
        shown(world, actor)


def test_4_7_setting_it_up_needs_a_code_of_it(world: World) -> None:
    actor = owner(world)
    new_key(world, actor)
    code = pyotp.TOTP(shown(world, actor).key).at(world.clock.now() + timedelta(seconds=90))
    for typed in (code, "", "12345", "no code"):
        with pytest.raises(BadInput) as refusal:
            confirmed(world, actor, typed)
        assert refusal.value.field == "code"
    assert world.get(world.owner).totp_confirmed_at is None


def test_asvs_21_a_session_that_did_not_confirm_sets_nothing_up(world: World) -> None:
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    actor = replace(world.staff, session_id=session.id)
    for act in (new_key, shown):
        with pytest.raises(ConfirmNeeded):
            act(world, actor)
    assert world.get(world.owner).totp_sealed is None


def test_4_7_setting_it_up_is_told_and_audited_once(world: World) -> None:
    set_up(world)
    assert [mail.subject for mail in mails(world, "security_notice")] == [
        "Your second sign-in step was changed"
    ]
    assert len(world.all(AuditEntry, action="mfa:set_up")) == 1


def test_a_second_app_does_not_take_the_first_ones_place(world: World) -> None:
    set_up(world)
    sealed = world.get(world.owner).totp_sealed
    with pytest.raises(NotFound):
        new_key(world, owner(world))
    assert world.get(world.owner).totp_sealed == sealed


def test_nobody_sets_up_an_app(world: World) -> None:
    with pytest.raises(SignInNeeded):
        new_key(world, Actor.nobody())
    assert all(row.totp_sealed is None for row in world.all(Staff))


def test_a_key_of_one_person_opens_nothing_of_another(world: World) -> None:
    set_up(world)
    other = world.new_staff(
        "Luc Roy", totp_sealed=world.get(world.owner).totp_sealed, totp_confirmed_at=moment(world)
    )
    token = give_password(world.ports, STAFF_ENTRANCE, other.email, PASSWORD, HERE).token
    with pytest.raises(ValueError, match="sealed"):
        give(world, token, "123456")


def moment(world: World) -> datetime:
    return world.clock.now()
