"""Choosing among one's second steps, setting them up, removing them, recovery codes, an admin's reset (4.3, 4.5, 4.7)."""

from __future__ import annotations

import hmac
import re
from base64 import b32decode
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlmodel import Session

from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.errors import BadInput, ConfirmNeeded, NotFound, RuleBroken, SignInNeeded
from portal_app.domain.phones import e164
from portal_app.models import AuditEntry, KnownBrowser, PortalAccount, RecoveryCode, SignInSession
from portal_app.ports import TextRefused, TextUnknown
from portal_app.services.clients import contact_views
from portal_app.services.firm import security
from portal_app.services.firm.security import CodesBy
from portal_app.services.mail.texts import deliver_texts
from portal_app.services.sign_in import enrolment, factor_views, mfa_reset, recovery, second_step
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Entrance, Visit
from portal_app.services.sign_in.enrolment import Setter, Shown
from portal_app.services.sign_in.proofs import Given
from portal_app.services.sign_in.sign_in import give_password
from portal_app.services.sign_in.unfinished import tell_unfinished
from tests.signing import give_code, latest_code, latest_text, mails, wrong_code
from tests.world import PASSWORD, World

HERE = Visit(address="10.0.0.1", browser="Firefox/140.0")
NUMBER = "+14185550142"


def owner(world: World) -> Actor:
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    return world.confirmed(replace(world.staff, session_id=session.id))


def begun(world: World) -> str:
    return give_password(world.ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, HERE).token


def waiting(world: World, token: str) -> second_step.Waiting:
    return second_step.waiting(world.ports, STAFF_ENTRANCE, token)


def give(world: World, token: str, way: str, code: str) -> second_step.Passed:
    return second_step.give(world.ports, STAFF_ENTRANCE, token, Given(way, code), HERE)


def with_texts(world: World) -> None:
    world.change(world.firm, sms_codes_at=world.clock.now())


def with_phone(world: World) -> Actor:
    with_texts(world)
    actor = owner(world)
    enrolment.send_code(world.ports, Setter(actor), "sms", HERE, number="418 555-0142")
    enrolment.confirm(world.ports, Setter(actor), Shown("sms", latest_text(world)), HERE)
    return actor


def by_hand(key: str, at: datetime) -> str:
    """RFC 6238, from the RFC: HMAC-SHA-1 over the count of thirty seconds, cut to six digits."""
    digest = hmac.digest(b32decode(key), (int(at.timestamp()) // 30).to_bytes(8), "sha1")
    at_byte = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[at_byte : at_byte + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


def with_app(world: World) -> tuple[Actor, str]:
    actor = owner(world)
    enrolment.start_app(world.ports, Setter(actor))
    key = enrolment.look(world.ports, Setter(actor), "totp").key
    enrolment.confirm(world.ports, Setter(actor), Shown("totp", by_hand(key, world.clock.now())), HERE)
    return actor, key


# choosing


def test_4_3_codes_worked_out_by_the_rfc_alone_set_the_app_up_and_sign_in(world: World) -> None:
    _actor, key = with_app(world)
    world.clock.advance(seconds=30)
    token = begun(world)
    assert waiting(world, token).factor == "totp"
    assert give(world, token, "totp", by_hand(key, world.clock.now())).signed_in


def test_4_3_one_chooses_among_ones_own_and_no_others(world: World) -> None:
    with_phone(world)
    with_app(world)
    token = begun(world)
    assert waiting(world, token).others == ("sms", "email", "recovery")
    second_step.choose(world.ports, STAFF_ENTRANCE, token, "email", HERE)
    with pytest.raises(NotFound):
        second_step.choose(world.ports, STAFF_ENTRANCE, token, "passkey", HERE)
    with pytest.raises(BadInput):
        give(world, token, "sms", latest_code(world))  # the e-mail's code is none of the other way
    assert give(world, token, "email", latest_code(world)).signed_in


def test_a_wrong_code_says_how_many_tries_are_left(world: World) -> None:
    token = begun(world)
    for said in ("2 tries are left.", "1 try is left.", "takes no more tries"):
        with pytest.raises(BadInput, match=re.escape(said)):
            give(world, token, "email", wrong_code(world))


# the first sign-in


def newcomer(world: World) -> str:
    world.change(world.owner, email_factor_at=None)
    return begun(world)


def test_4_3_the_first_sign_in_takes_the_mailbox_and_gives_ten_recovery_codes_once(world: World) -> None:
    token = newcomer(world)
    assert waiting(world, token).can_set_up == ("passkey", "totp")
    passed = give(world, token, "email", latest_code(world))
    assert len(set(passed.recovery_codes)) == 10
    assert world.get(world.owner).email_factor_at == world.clock.now()
    assert mails(world, "security_notice")[0].subject != "Your second sign-in step was changed"
    assert give(world, begun(world), "email", latest_code(world)).recovery_codes == ()


def test_4_3_asvs_8_without_codes_by_e_mail_something_safer_is_set_up_before_anything_opens(
    world: World,
) -> None:
    world.change(world.firm, email_codes_at=None)
    token = newcomer(world)
    page = waiting(world, token)
    assert (page.factor, page.others, page.can_set_up) == ("", (), ("passkey", "totp"))
    assert mails(world, "sign_in_code") == []
    setter = Setter(HERE.nobody, STAFF_ENTRANCE, token)
    enrolment.start_app(world.ports, setter)
    key = enrolment.look(world.ports, setter, "totp").key
    shown = Shown("totp", by_hand(key, world.clock.now()))
    passed = enrolment.confirm(world.ports, setter, shown, HERE)
    assert passed.signed_in.next_path == "/staff"
    assert len(passed.recovery_codes) == 10


def test_asvs_7_who_has_a_second_step_cannot_set_another_up_with_the_password_alone(world: World) -> None:
    token = begun(world)
    setter = Setter(HERE.nobody, STAFF_ENTRANCE, token)
    assert waiting(world, token).can_set_up == ()
    for act in (
        lambda: enrolment.start_app(world.ports, setter),
        lambda: enrolment.look(world.ports, setter, "passkey"),
        lambda: enrolment.send_code(world.ports, setter, "sms", HERE, number=NUMBER),
    ):
        with pytest.raises(NotFound):
            act()


def test_asvs_8_a_way_that_was_switched_off_opens_the_set_up_only(world: World) -> None:
    security.take_codes(world.ports, world.staff, CodesBy.EMAIL, is_on=False)
    token = begun(world)
    passed = give(world, token, "email", latest_code(world))
    assert passed.signed_in is None
    assert world.all(SignInSession)[-1].mfa_at is None
    assert waiting(world, token).can_set_up == ("passkey", "totp")
    with pytest.raises(NotFound):
        give(world, token, "email", latest_code(world))


def test_asvs_8_the_switches_are_an_owners_and_text_messages_need_a_provider(world: World) -> None:
    admin = world.actor(world.new_staff("Karim Benali", role=Role.ADMIN))
    with pytest.raises(NotFound):
        security.take_codes(world.ports, admin, CodesBy.SMS, is_on=True)
    assert security.take_codes(world.ports, world.staff, CodesBy.SMS, is_on=True)
    assert not security.take_codes(world.ports, world.staff, CodesBy.SMS, is_on=True)
    mute = replace(world.ports, texter=None)
    security.take_codes(mute, world.staff, CodesBy.SMS, is_on=False)
    with pytest.raises(RuleBroken):
        security.take_codes(mute, world.staff, CodesBy.SMS, is_on=True)
    assert world.all(AuditEntry, action="policy:codes_on")[0].facts == {"by": "sms"}


# text messages


def test_asvs_8_text_messages_go_to_a_number_that_was_validated(world: World) -> None:
    with_phone(world)
    holder = world.get(world.owner)
    assert (holder.sms_number, holder.sms_asked_number) == (NUMBER, "")
    token = begun(world)
    page = waiting(world, token)
    assert (page.factor, page.sent_to) == ("sms", "42")
    code = latest_text(world)
    assert world.texts.sent[-1][0] == NUMBER
    assert give(world, token, "sms", code).signed_in


def test_asvs_8_a_number_is_none_of_ones_ways_before_its_code_came_back(world: World) -> None:
    with_texts(world)
    actor = owner(world)
    enrolment.send_code(world.ports, Setter(actor), "sms", HERE, number=NUMBER)
    code = latest_text(world)
    assert waiting(world, begun(world)).others == ("email",)
    with pytest.raises(BadInput):
        enrolment.confirm(
            world.ports, Setter(actor), Shown("sms", "000000" if code != "000000" else "1"), HERE
        )
    assert world.get(world.owner).sms_confirmed_at is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("418 555-0142", NUMBER),
        ("(418) 555.0142", NUMBER),
        ("1 418 555 0142", NUMBER),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("118 555-0142", ""),
        ("555-0142", ""),
        ("+1", ""),
        ("+1418555014x", ""),
        ("", ""),
        ("+" + "9" * 16, ""),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    assert e164(typed) == number


def test_15_2_a_code_by_text_message_leaves_once_and_of_unknown_outcome_once_more(world: World) -> None:
    with_phone(world)
    sent = len(world.texts.sent)
    world.texts.script = [TextUnknown("broke"), TextUnknown("broke again")]
    begun(world)
    assert deliver_texts(world.ports) == 0
    assert len(world.texts.sent) == sent
    assert world.texts.script == []
    deliver_texts(world.ports)
    assert len(world.texts.sent) == sent


def test_15_2_a_refused_text_message_waits_and_a_spent_code_never_leaves(world: World) -> None:
    with_phone(world)
    sent = len(world.texts.sent)
    world.texts.script = [TextRefused("busy", code=503, is_final=False)]
    token = begun(world)
    deliver_texts(world.ports)
    second_step.choose(world.ports, STAFF_ENTRANCE, token, "sms", HERE)
    world.clock.advance(minutes=2)
    assert deliver_texts(world.ports) == 1  # the newer code; the one it replaced is cancelled
    assert len(world.texts.sent) == sent + 1


# recovery codes


def test_asvs_10_each_recovery_code_opens_once_and_none_lies_in_the_database(world: World) -> None:
    actor, _key = with_app(world)
    codes = enrolment.renew_codes(world.ports, actor, HERE)
    assert len(set(codes)) == 10
    with Session(world.engine) as session:
        dump = str(session.execute(text("SELECT * FROM recovery_code")).all())
    assert "$argon2id$" in dump
    assert not any(code in dump or recovery.plain(code) in dump for code in codes)

    assert give(world, begun(world), "recovery", codes[0].lower().replace("-", " ")).signed_in
    with pytest.raises(BadInput, match="was used before"):
        give(world, begun(world), "recovery", codes[0])
    assert give(world, begun(world), "recovery", codes[9]).signed_in
    assert [row.used_at is not None for row in world.all(RecoveryCode)].count(True) == 2


def test_asvs_10_new_codes_end_the_old_ones_and_need_step_up(world: World) -> None:
    actor, _key = with_app(world)
    old = enrolment.renew_codes(world.ports, actor, HERE)
    new = enrolment.renew_codes(world.ports, actor, HERE)
    with pytest.raises(BadInput):
        give(world, begun(world), "recovery", old[1])
    assert give(world, begun(world), "recovery", new[1]).signed_in
    world.clock.advance(minutes=10)
    with pytest.raises(ConfirmNeeded):
        enrolment.renew_codes(world.ports, actor, HERE)


# removing


def test_4_3_the_last_second_step_stays(world: World) -> None:
    actor, _key = with_app(world)
    rows = factor_views.factors_view(world.ports, actor).rows
    assert [(row.kind, row.can_remove) for row in rows] == [("totp", True), ("email", True)]
    enrolment.remove(world.ports, actor, "email", HERE)
    with pytest.raises(RuleBroken, match="last one"):
        enrolment.remove(world.ports, actor, "totp", HERE)
    assert len(mails(world, "security_notice")) == 2  # one set up, one removed
    assert waiting(world, begun(world)).others == ("recovery",)


def test_asvs_21_removing_needs_password_or_mfa_again(world: World) -> None:
    actor, _key = with_app(world)
    world.clock.advance(minutes=10)
    for act in (
        lambda: enrolment.remove(world.ports, actor, "email", HERE),
        lambda: enrolment.start_app(world.ports, Setter(actor)),
        lambda: factor_views.factors_view(world.ports, actor),
    ):
        with pytest.raises((ConfirmNeeded, NotFound)):
            act()
    assert world.get(world.owner).email_factor_at is not None


# an admin's reset


def contact_with_app(world: World) -> tuple[PortalAccount, str]:
    client = world.new_client()
    contact = world.new_contact(client)
    account = world.give_account(contact, client)
    actor = world.confirmed(world.signed_in(contact))
    enrolment.start_app(world.ports, Setter(actor))
    key = enrolment.look(world.ports, Setter(actor), "totp").key
    enrolment.confirm(world.ports, Setter(actor), Shown("totp", by_hand(key, world.clock.now())), HERE)
    return account, contact.email


def test_4_5_an_admins_reset_ends_all_of_it_is_audited_and_the_contact_is_told(world: World) -> None:
    account, email = contact_with_app(world)
    mfa_reset.reset_mfa(world.ports, world.staff, account.contact_id)

    kept = world.get(account)
    assert (kept.totp_sealed, kept.totp_confirmed_at, kept.email_factor_at) == (None, None, None)
    assert world.all(RecoveryCode) == []
    assert all(row.ended_at is not None for row in world.all(SignInSession, contact_id=account.contact_id))
    assert [entry.subject_id for entry in world.all(AuditEntry, action="mfa:reset")] == [account.contact_id]
    assert mails(world, "security_notice")[-1].recipient == email
    assert mails(world, "security_notice")[-1].subject == "Your second sign-in step was reset by the firm"


def test_4_5_after_it_the_mailbox_speaks_for_the_contact_and_the_password_alone_sets_nothing_up(
    world: World,
) -> None:
    account, email = contact_with_app(world)
    mfa_reset.reset_mfa(world.ports, world.staff, account.contact_id)
    door = Entrance(Kind.CLIENT, world.firm.id)
    token = give_password(world.ports, door, email, PASSWORD, HERE).token
    page = second_step.waiting(world.ports, door, token)
    assert (page.factor, page.can_set_up) == ("email", ())
    assert give_code(world.ports, door, token, latest_code(world), HERE).next_path == "/home"


def test_4_5_asvs_14_members_other_firms_and_contacts_reset_nobodys(world: World) -> None:
    account, _email = contact_with_app(world)
    member = world.actor(world.new_staff("Luc Roy"))
    rival = world.actor(
        world.new_staff("Eve Roy", role=Role.OWNER, firm=world.new_firm("Roy CPA", slug="roy"))
    )
    for actor in (member, rival):
        for act in (mfa_reset.look, mfa_reset.reset_mfa):
            with pytest.raises(NotFound):
                act(world.ports, actor, account.contact_id)
    with pytest.raises(SignInNeeded):
        mfa_reset.reset_mfa(world.ports, Actor.nobody(), account.contact_id)
    assert world.get(account).totp_confirmed_at is not None


# unfinished


def test_asvs_15_a_password_without_a_second_step_is_told_of_once_when_its_half_hour_is_over(
    world: World,
) -> None:
    give_code(world.ports, STAFF_ENTRANCE, begun(world), latest_code(world), HERE)
    before = len(mails(world, "security_notice"))
    token = begun(world)
    world.clock.advance(minutes=20)
    second_step.choose(world.ports, STAFF_ENTRANCE, token, "email", HERE)  # starts no half hour anew
    world.clock.advance(minutes=10, seconds=-1)
    tell_unfinished(world.ports)
    assert len(mails(world, "security_notice")) == before
    world.clock.advance(seconds=1)
    for _ in range(2):
        tell_unfinished(world.ports)
    told = mails(world, "security_notice")[before:]
    assert [mail.subject for mail in told] == ["Somebody gave your password, but no second step"]


def test_asvs_15_in_a_known_browser_and_at_a_first_sign_in_there_is_nothing_to_tell(world: World) -> None:
    begun(world)
    world.clock.advance(minutes=31)
    tell_unfinished(world.ports)
    assert mails(world, "security_notice") == []
    done = give_code(world.ports, STAFF_ENTRANCE, begun(world), latest_code(world), HERE)
    assert done.device_token
    device_id = world.all(KnownBrowser)[0].device_id
    before = len(mails(world, "security_notice"))
    there = replace(HERE, device_id=device_id)
    give_password(world.ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, there)
    world.clock.advance(minutes=31)
    tell_unfinished(world.ports)
    assert len(mails(world, "security_notice")) == before


def test_8_6_a_contact_s_timeline_says_what_became_of_a_code_by_text_message(world: World) -> None:
    with_texts(world)
    client = world.new_client()
    contact = world.new_contact(client, "Nadia Haddad", email="nadia@client.example")
    account = world.give_account(contact, client)
    world.change(account, sms_number=NUMBER, sms_confirmed_at=world.clock.now(), email_factor_at=None)
    entrance = Entrance(Kind.CLIENT, world.firm.id)

    def told() -> list[tuple[str, str]]:
        view = contact_views.contact_view(world.ports, world.staff, contact.id)
        return [
            (row.what, row.when.partition(" · ")[2]) for row in view.timeline if "text message" in row.what
        ]

    world.texts.script = [TextRefused("no such number", code=400, is_final=True)]
    token = give_password(world.ports, entrance, contact.email, PASSWORD, HERE).token
    assert told() == [("A code went by text message to the number that ends in 42", "queued")]
    deliver_texts(world.ports)
    assert [fate for _what, fate in told()] == ["delivery failed"]

    world.bell.rung.clear()
    second_step.choose(world.ports, entrance, token, "sms", HERE)
    code = latest_text(world)
    assert [fate for _what, fate in told()] == ["accepted", "delivery failed"]
    assert f"sign-ins:{world.firm.id}" not in world.bell.rung

    second_step.give(world.ports, entrance, token, Given("sms", code), HERE)

    assert [fate for _what, fate in told()] == ["acted on", "delivery failed"]
    assert f"sign-ins:{world.firm.id}" in world.bell.rung
