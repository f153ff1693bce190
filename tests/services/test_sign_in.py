"""Address and password, code, remembered browsers, sign-out (4.1 to 4.6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from portal_app.adapters.passwords import Argon2Passwords
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, SignInNeeded
from portal_app.domain.secrets import token_hash
from portal_app.models import (
    Activity,
    AuditEntry,
    Device,
    KnownBrowser,
    PortalAccount,
    SignInCode,
    SignInSession,
)
from portal_app.services.actors import actor_of
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Entrance, Visit
from portal_app.services.sign_in.opening import SignedIn
from portal_app.services.sign_in.second_step import waiting
from portal_app.services.sign_in.sessions import SessionBook, sign_out
from portal_app.services.sign_in.sign_in import PasswordGiven, give_password
from portal_app.services.sign_in.tries import counter
from tests.signing import give_code, latest_code, mails, send_again, text_of, wrong_code
from tests.world import PASSWORD, World

HERE = Visit(address="10.0.0.1", browser="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")


def given(world: World, visit: Visit = HERE, **more: object) -> PasswordGiven:
    return give_password(world.ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, visit, **more)


def signed_in(world: World, visit: Visit = HERE, *, remember: bool = False) -> SignedIn:
    token = given(world, visit).token
    return give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), visit, remember=remember)


def again(world: World, done: SignedIn) -> Visit:
    """The same browser, the next time."""
    device = world.all(Device, token_hash=token_hash(done.device_token))[0]
    return Visit(address=HERE.address, browser=HERE.browser, device_id=device.id)


def session_of(world: World, token: str) -> SignInSession | None:
    return next(iter(world.all(SignInSession, token_hash=token_hash(token))), None)


def resolved(world: World, token: str) -> object:
    return SessionBook(world.ports).resolve({"staff": token}, HERE.address).staff


def actions(world: World) -> list[str]:
    return [entry.action for entry in sorted(world.all(AuditEntry), key=lambda row: row.seq)]


def test_staff_sign_in_with_password_and_code(world: World) -> None:
    token = given(world).token
    assert resolved(world, token) is None

    done = give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), HERE)

    assert done.kind is Kind.STAFF
    assert done.next_path == "/staff"
    session = session_of(world, done.token)
    assert resolved(world, done.token) == session.id
    actor = actor_of(
        world.ports,
        Kind.STAFF,
        SessionBook(world.ports).resolve({"staff": done.token}, HERE.address),
        locale="en",
        address=HERE.address,
    )
    assert (actor.staff_id, actor.role, actor.firm_id) == (world.owner.id, world.owner.role, world.firm.id)


def test_an_address_is_compared_without_case_and_blanks(world: World) -> None:
    done = give_password(world.ports, STAFF_ENTRANCE, f"  {world.owner.email.upper()} ", PASSWORD, HERE)
    assert session_of(world, done.token).staff_id == world.owner.id


@pytest.mark.parametrize(
    ("email", "password"), [("nobody@x.example", PASSWORD), (None, "wrong horse battery"), (None, "")]
)
def test_4_2_a_wrong_address_and_a_wrong_password_get_one_answer(
    world: World, email: str | None, password: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        give_password(world.ports, STAFF_ENTRANCE, email or world.owner.email, password, HERE)
    assert refusal.value.text.startswith("The address or the password does not match.")
    assert refusal.value.field == ""
    assert world.all(SignInSession) == []
    assert mails(world, "sign_in_code") == []


def test_a_staff_member_who_left_gets_the_same_answer(world: World) -> None:
    world.change(world.owner, deactivated_at=world.clock.now())
    with pytest.raises(BadInput, match="does not match"):
        given(world)


def test_a_code_goes_to_the_address_before_everything_else(world: World) -> None:
    given(world)
    [mail] = mails(world, "sign_in_code")
    assert (mail.recipient, mail.urgency, mail.staff_id) == (world.owner.email, 0, world.owner.id)
    assert latest_code(world) not in mail.subject


def test_4_6_a_session_is_random_stored_hashed_and_changes_at_each_step(world: World) -> None:
    first = given(world)
    done = give_code(world.ports, STAFF_ENTRANCE, first.token, latest_code(world), HERE)
    assert first.token != done.token
    assert len(done.token) >= 43  # 256 bits
    assert session_of(world, first.token) is None
    assert done.token.encode() not in b"".join(row.token_hash for row in world.all(SignInSession))


def test_signing_in_again_ends_the_session_this_browser_had(world: World) -> None:
    done = signed_in(world)
    before = session_of(world, done.token)
    given(world, again(world, done), replaces=before.id)
    assert world.get(before).ended_at == world.clock.now()
    assert f"session:{before.id}" in world.bell.rung


def test_4_3_a_code_works_once(world: World) -> None:
    token = given(world).token
    code = latest_code(world)
    give_code(world.ports, STAFF_ENTRANCE, token, code, HERE)
    with pytest.raises(SignInNeeded):
        give_code(world.ports, STAFF_ENTRANCE, token, code, HERE)


def test_4_3_a_code_lasts_ten_minutes(world: World) -> None:
    token = given(world).token
    world.clock.advance(minutes=10)
    with pytest.raises(BadInput, match="no longer works"):
        give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), HERE)


def test_4_3_a_code_works_until_its_last_second(world: World) -> None:
    token = given(world).token
    world.clock.advance(minutes=10, seconds=-1)
    assert give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), HERE).token


def test_4_3_a_code_takes_three_tries_and_then_not_even_the_right_one(world: World) -> None:
    token = given(world).token
    for said in ("newest e-mail", "newest e-mail", "no more tries"):
        with pytest.raises(BadInput, match=said):
            give_code(world.ports, STAFF_ENTRANCE, token, wrong_code(world), HERE)
    with pytest.raises(BadInput, match="no longer works"):
        give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), HERE)
    assert world.all(SignInCode)[0].tries == 3


def test_what_is_no_code_costs_no_try(world: World) -> None:
    token = given(world).token
    with pytest.raises(BadInput, match="six digits"):
        give_code(world.ports, STAFF_ENTRANCE, token, "12345", HERE)
    assert world.all(SignInCode)[0].tries == 0


def test_a_code_may_be_typed_with_blanks(world: World) -> None:
    token = given(world).token
    code = latest_code(world)
    assert give_code(world.ports, STAFF_ENTRANCE, token, f" {code[:3]} {code[3:]} ", HERE).token


def test_a_new_code_takes_the_place_of_the_one_before(world: World) -> None:
    token = given(world).token
    old = latest_code(world)
    send_again(world.ports, STAFF_ENTRANCE, token, HERE)
    if old != latest_code(world):
        with pytest.raises(BadInput):
            give_code(world.ports, STAFF_ENTRANCE, token, old, HERE)
    assert give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), HERE).token


def test_the_second_step_waits_for_half_an_hour(world: World) -> None:
    token = given(world).token
    world.clock.advance(minutes=30)
    with pytest.raises(SignInNeeded):
        waiting(world.ports, STAFF_ENTRANCE, token)
    with pytest.raises(SignInNeeded):
        send_again(world.ports, STAFF_ENTRANCE, token, HERE)


def test_the_second_step_shows_the_address_masked(world: World) -> None:
    shown = waiting(world.ports, STAFF_ENTRANCE, given(world).token)
    assert (shown.factor, shown.sent_to, shown.is_code_out) == ("email", "s…t@tremblay.example", True)


def test_4_4_a_remembered_browser_skips_the_second_step_for_thirty_days(world: World) -> None:
    there = again(world, signed_in(world, remember=True))
    world.clock.advance(days=30, seconds=-1)
    done = given(world, there)
    assert done.signed_in is not None
    assert done.token == done.signed_in.token
    assert resolved(world, done.token) is not None

    world.clock.advance(seconds=1)
    assert given(world, there).signed_in is None


def test_4_4_a_browser_is_remembered_only_where_it_was_asked_for(world: World) -> None:
    assert given(world, again(world, signed_in(world))).signed_in is None


def test_4_4_a_remembered_browser_is_remembered_for_one_person(world: World) -> None:
    there = again(world, signed_in(world, remember=True))
    other = world.new_staff("Luc Roy")
    assert give_password(world.ports, STAFF_ENTRANCE, other.email, PASSWORD, there).signed_in is None


def test_a_remembered_browser_does_not_stand_for_the_password(world: World) -> None:
    there = again(world, signed_in(world, remember=True))
    with pytest.raises(BadInput):
        give_password(world.ports, STAFF_ENTRANCE, world.owner.email, "wrong horse battery", there)


def test_asvs_15_a_new_browser_is_told_once_a_known_one_is_not(world: World) -> None:
    done = signed_in(world)
    [notice] = mails(world, "security_notice")
    assert "Firefox, Windows" in text_of(world, notice)

    signed_in(world, again(world, done))
    assert len(mails(world, "security_notice")) == 1
    assert len(world.all(KnownBrowser)) == 1


def test_asvs_15_somebody_with_the_password_and_many_wrong_codes_is_shut_out_and_told_of(
    world: World,
) -> None:
    token = given(world).token
    for number in range(9):
        world.ports.limiter.clear(counter("factor", STAFF_ENTRANCE, world.owner.email, None), "5/minute")
        with pytest.raises((BadInput, SignInNeeded)):
            give_code(world.ports, STAFF_ENTRANCE, token, wrong_code(world), HERE)
        if number % 3 == 2 and number < 8:
            send_again(world.ports, STAFF_ENTRANCE, token, HERE)
    with pytest.raises(SignInNeeded):
        waiting(world.ports, STAFF_ENTRANCE, token)
    [notice] = mails(world, "security_notice")
    assert notice.subject == "Somebody knew your password, but not your codes"


def test_asvs_53_each_step_leaves_one_row_in_the_audit_log(world: World) -> None:
    with pytest.raises(BadInput):
        give_password(world.ports, STAFF_ENTRANCE, world.owner.email, "wrong horse battery", HERE)
    token = given(world).token
    with pytest.raises(BadInput):
        give_code(world.ports, STAFF_ENTRANCE, token, wrong_code(world), HERE)
    done = give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), HERE)
    session = session_of(world, done.token)
    sign_out(world.ports, Actor(kind=Kind.STAFF, session_id=session.id))
    assert actions(world) == [
        "sign_in:refused",
        "sign_in:password_given",
        "sign_in:code_refused",
        "sign_in:completed",
        "session:ended",
    ]
    completed = world.all(AuditEntry, action="sign_in:completed")[0]
    assert (completed.actor_id, completed.address, completed.facts) == (
        world.owner.id,
        HERE.address,
        {"factor": "email"},
    )


def test_an_unknown_address_leaves_a_row_without_the_address(world: World) -> None:
    with pytest.raises(BadInput):
        give_password(world.ports, STAFF_ENTRANCE, "secret@typed.example", PASSWORD, HERE)
    [entry] = world.all(AuditEntry)
    assert (entry.action, entry.firm_id, entry.subject_id) == ("sign_in:refused", None, None)
    assert "typed" not in str(entry.facts)


def test_signing_out_ends_the_session_in_the_database_and_rings(world: World) -> None:
    done = signed_in(world)
    visitor = SessionBook(world.ports).resolve({"staff": done.token}, HERE.address)
    actor = actor_of(world.ports, Kind.STAFF, visitor, locale="en", address=HERE.address)
    sign_out(world.ports, actor)
    sign_out(world.ports, actor)
    assert resolved(world, done.token) is None
    assert SessionBook(world.ports).ended([visitor]) == {visitor}
    assert world.bell.rung.count(f"session:{actor.session_id}") == 1


@pytest.mark.parametrize(
    ("kind", "idle", "whole"),
    [
        (Kind.STAFF, timedelta(minutes=30), timedelta(hours=12)),
        (Kind.CLIENT, timedelta(minutes=60), timedelta(hours=24)),
    ],
)
def test_4_6_sessions_end_after_their_idle_and_their_whole_time(
    world: World, kind: Kind, idle: timedelta, whole: timedelta
) -> None:
    token = signed_in(world).token if kind is Kind.STAFF else client_signed_in(world).token
    book, cookies = SessionBook(world.ports), {kind.value: token}

    def is_in() -> bool:
        return getattr(book.resolve(cookies, HERE.address), kind.value) is not None

    world.clock.moment += idle - timedelta(seconds=1)
    assert is_in()
    book.touch(book.resolve(cookies, HERE.address))
    world.clock.moment += idle - timedelta(seconds=1)
    assert is_in()
    world.clock.moment += timedelta(seconds=1)
    assert not is_in()


@pytest.mark.parametrize(("kind", "hours"), [(Kind.STAFF, 12), (Kind.CLIENT, 24)])
def test_4_6_a_session_in_use_ends_all_the_same(world: World, kind: Kind, hours: int) -> None:
    token = signed_in(world).token if kind is Kind.STAFF else client_signed_in(world).token
    book, cookies = SessionBook(world.ports), {kind.value: token}
    for _ in range(hours * 4 - 1):
        world.clock.advance(minutes=15)
        book.touch(book.resolve(cookies, HERE.address))
    world.clock.advance(minutes=15, seconds=-1)
    assert getattr(book.resolve(cookies, HERE.address), kind.value) is not None
    world.clock.advance(seconds=1)
    assert getattr(book.resolve(cookies, HERE.address), kind.value) is None


def client_entrance(world: World) -> Entrance:
    return Entrance(Kind.CLIENT, world.firm.id)


def client_signed_in(world: World) -> SignedIn:
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)
    token = give_password(world.ports, client_entrance(world), contact.email, PASSWORD, HERE).token
    return give_code(world.ports, client_entrance(world), token, latest_code(world), HERE)


def test_a_client_signs_in_at_the_firms_page(world: World) -> None:
    done = client_signed_in(world)
    assert (done.kind, done.next_path) == (Kind.CLIENT, "/home")
    account = world.all(PortalAccount)[0]
    assert account.last_sign_in_at == world.clock.now()
    assert world.all(Activity, kind="signed_in")[0].contact_id == account.contact_id
    assert mails(world, "sign_in_code")[0].contact_id == account.contact_id


def test_4_8_staff_and_clients_sign_in_at_their_own_pages_only(world: World) -> None:
    client_signed_in(world)
    contact_email = "marie-claude.gagnon@client.example"
    with pytest.raises(BadInput):
        give_password(world.ports, STAFF_ENTRANCE, contact_email, PASSWORD, HERE)
    with pytest.raises(BadInput):
        give_password(world.ports, client_entrance(world), world.owner.email, PASSWORD, HERE)


def test_4_9_an_account_belongs_to_one_firm(world: World) -> None:
    client_signed_in(world)
    other = world.new_firm("Roy CPA", slug="roy", portal_on_at=world.clock.now())
    with pytest.raises(BadInput):
        give_password(
            world.ports, Entrance(Kind.CLIENT, other.id), "marie-claude.gagnon@client.example", PASSWORD, HERE
        )


def test_a_sign_in_begun_at_one_page_does_not_go_on_at_another(world: World) -> None:
    token = given(world).token
    with pytest.raises(SignInNeeded):
        give_code(world.ports, client_entrance(world), token, latest_code(world), HERE)


@pytest.mark.parametrize("shut", ["contact", "account", "firm"])
def test_2_10_2_14_archived_disabled_and_switched_off_get_the_same_answer(world: World, shut: str) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    account = world.give_account(contact, client)
    if shut == "contact":
        world.change(contact, archived_at=world.clock.now())
    elif shut == "account":
        world.change(account, disabled_at=world.clock.now())
    else:
        world.change(world.firm, portal_on_at=None)
    with pytest.raises(BadInput, match="does not match"):
        give_password(world.ports, client_entrance(world), contact.email, PASSWORD, HERE)


def test_asvs_4_an_old_hash_is_made_anew_at_sign_in(world: World) -> None:
    weak = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=512, parallelism=1)).hash(PASSWORD)
    world.change(world.owner, password_hash=weak)
    given(world)
    stored = world.get(world.owner).password_hash
    assert stored != weak
    assert world.ports.passwords.verify(stored, PASSWORD)
    assert not world.ports.passwords.is_outdated(stored)


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/staff/work?status=open", "/staff/work?status=open"),
        ("", "/staff"),
        ("//evil.example/", "/staff"),
        ("https://evil.example/", "/staff"),
        ("/\\evil.example", "/staff"),
        ("/staff/login", "/staff"),
        ("/home", "/staff"),
        ("/staffed", "/staff"),
        ("/staff/\r\nSet-Cookie: x=y", "/staff"),
        ("/staff/" + "x" * 300, "/staff"),
        ("javascript:alert(1)", "/staff"),
    ],
)
def test_4_10_sign_in_leads_back_into_the_portal_and_nowhere_else(
    world: World, asked: str, leads: str
) -> None:
    token = given(world, next_path=asked).token
    assert give_code(world.ports, STAFF_ENTRANCE, token, latest_code(world), HERE).next_path == leads
