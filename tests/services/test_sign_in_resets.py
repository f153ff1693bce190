"""Forgotten passwords (4.5, 4.4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput, NotFound, SignInNeeded
from portal_app.models import AuditEntry, KnownBrowser, PasswordReset, SignInSession
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Entrance, Visit
from portal_app.services.sign_in.resets import ask_reset, look_reset, use_reset
from portal_app.services.sign_in.sign_in import give_password
from portal_app.services.sign_in.tries import counter
from tests.services.test_factors import by_hand, give, waiting, with_app
from tests.services.test_sign_in import again, given, signed_in
from tests.signing import give_code, latest_code, latest_reset, mails
from tests.world import PASSWORD, World

HERE = Visit(address="10.0.0.1", browser="Firefox/140.0")
NEW = "marmotte sous la neige"


def asked(world: World) -> str:
    ask_reset(world.ports, STAFF_ENTRANCE, world.owner.email, HERE)
    return latest_reset(world)


def use(world: World, token: str, password: str = NEW) -> None:
    use_reset(world.ports, STAFF_ENTRANCE, token, password, HERE)


def test_asvs_12_a_link_sets_a_new_password_and_lets_nobody_in(world: World) -> None:
    use(world, asked(world))
    assert world.all(SignInSession) == []
    with pytest.raises(BadInput):
        given(world)
    entered = give_password(world.ports, STAFF_ENTRANCE, world.owner.email, NEW, HERE)
    assert entered.signed_in is None  # the second step is asked for all the same


@pytest.mark.parametrize("email", ["nobody@x.example", ""])
def test_4_5_nothing_is_sent_to_an_address_without_an_account(world: World, email: str) -> None:
    ask_reset(world.ports, STAFF_ENTRANCE, email, HERE)
    assert mails(world, "password_reset") == []
    assert world.all(AuditEntry) == []


def test_4_5_a_link_works_once(world: World) -> None:
    token = asked(world)
    use(world, token)
    with pytest.raises(NotFound):
        use(world, token, "un autre mot de passe")
    with pytest.raises(NotFound):
        look_reset(world.ports, STAFF_ENTRANCE, token)


def test_4_5_a_link_lasts_one_hour(world: World) -> None:
    token = asked(world)
    world.clock.advance(hours=1, seconds=-1)
    assert look_reset(world.ports, STAFF_ENTRANCE, token).email == world.owner.email
    world.clock.advance(seconds=1)
    with pytest.raises(NotFound):
        use(world, token)


def test_looking_at_the_link_uses_nothing_up(world: World) -> None:
    token = asked(world)
    for _ in range(3):
        look_reset(world.ports, STAFF_ENTRANCE, token)
    use(world, token)


def test_a_new_link_ends_the_one_before(world: World) -> None:
    first = asked(world)
    world.ports.limiter.clear(counter("reset", STAFF_ENTRANCE, world.owner.email, None), "1/minute")
    second = asked(world)
    with pytest.raises(NotFound):
        use(world, first)
    use(world, second)


def test_at_most_one_link_a_minute(world: World) -> None:
    asked(world)
    ask_reset(world.ports, STAFF_ENTRANCE, world.owner.email, HERE)
    assert len(mails(world, "password_reset")) == 1


def test_a_weak_password_leaves_the_link_as_it_was(world: World) -> None:
    token = asked(world)
    for weak in ("password1", "short", "Tremblay2026"):
        with pytest.raises(BadInput):
            use(world, token, weak)
    use(world, token)


def test_4_5_a_reset_ends_all_sessions_and_forgets_remembered_browsers(world: World) -> None:
    done = signed_in(world, remember=True)
    sessions = [row.id for row in world.all(SignInSession)]
    there = again(world, done)
    use(world, asked(world))

    assert all(row.ended_at is not None for row in world.all(SignInSession))
    assert {f"session:{session_id}" for session_id in sessions} <= set(world.bell.rung)
    assert [row.remembered_until for row in world.all(KnownBrowser)] == [None]
    entered = give_password(world.ports, STAFF_ENTRANCE, world.owner.email, NEW, there)
    assert entered.signed_in is None


def test_a_reset_touches_nobody_else(world: World) -> None:
    other = world.new_staff("Luc Roy")
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=other.id)
    use(world, asked(world))
    assert world.get(session).ended_at is None
    assert give_password(world.ports, STAFF_ENTRANCE, other.email, PASSWORD, HERE).token


def test_asvs_15_and_53_a_new_password_is_told_and_audited_once(world: World) -> None:
    use(world, asked(world))
    assert [mail.subject for mail in mails(world, "security_notice")] == ["Your password was changed"]
    actions = [entry.action for entry in sorted(world.all(AuditEntry), key=lambda row: row.seq)]
    assert actions == ["password_reset:asked", "password:changed"]


def test_the_token_lies_nowhere_in_the_clear(world: World) -> None:
    token = asked(world).encode()
    [mail] = mails(world, "password_reset")
    [row] = world.all(PasswordReset)
    assert token not in mail.sealed
    assert token not in row.token_hash
    assert mail.urgency == 0


def test_4_9_a_link_of_one_side_opens_nothing_at_another(world: World) -> None:
    token = asked(world)
    with pytest.raises(NotFound):
        look_reset(world.ports, Entrance(Kind.CLIENT, world.firm.id), token)


def test_a_client_resets_at_the_firms_page(world: World) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)
    entrance = Entrance(Kind.CLIENT, world.firm.id)
    ask_reset(world.ports, entrance, contact.email, HERE)
    use_reset(world.ports, entrance, latest_reset(world), NEW, HERE)
    assert give_password(world.ports, entrance, contact.email, NEW, HERE).token


def test_one_who_left_meanwhile_cannot_use_the_link(world: World) -> None:
    token = asked(world)
    world.change(world.owner, deactivated_at=world.clock.now())
    with pytest.raises(NotFound):
        use(world, token)


def test_asvs_12_of_two_who_use_a_link_at_once_one_does(world: World) -> None:
    token, together = asked(world), Barrier(2)

    def press(password: str) -> bool:
        together.wait()
        try:
            use(world, token, password)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, [NEW, "un autre mot de passe"])) == [False, True]
    assert len(mails(world, "security_notice")) == 1


def test_asvs_12_a_sign_in_that_was_under_way_ends_with_the_old_password(world: World) -> None:
    """Whoever had typed it and waits for the code is out too."""
    begun = given(world).token
    code = latest_code(world)
    use(world, asked(world))
    with pytest.raises((NotFound, BadInput, SignInNeeded)):
        give_code(world.ports, STAFF_ENTRANCE, begun, code, HERE)
    assert all(row.ended_at is not None for row in world.all(SignInSession))


def test_asvs_12_with_an_app_set_up_a_reset_asks_for_its_code_and_for_nothing_weaker(world: World) -> None:
    actor, key = with_app(world)
    assert actor.staff_id == world.owner.id
    use(world, asked(world))
    world.clock.advance(seconds=30)
    entered = give_password(world.ports, STAFF_ENTRANCE, world.owner.email, NEW, HERE)
    assert entered.signed_in is None
    assert waiting(world, entered.token).factor == "totp"
    with pytest.raises(BadInput):
        give(world, entered.token, "totp", "000000")
    assert give(world, entered.token, "totp", by_hand(key, world.clock.now())).signed_in
