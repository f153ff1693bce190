"""The account page's own facts: name, language, reminders, password (4.7, 7.5, 9.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, ConfirmNeeded, NotFound, SignInNeeded
from portal_app.models import (
    Activity,
    AuditEntry,
    Client,
    Contact,
    KnownBrowser,
)
from portal_app.services.account import passwords, profiles
from portal_app.services.account.profiles import Profile
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.sign_in import resets
from portal_app.services.sign_in.sign_in import give_password
from tests.services.account_acts import (
    BOTH,
    HERE,
    NEW_PASSWORD,
    contact,
    entrance_of,
    is_live,
    owner,
    row_of,
    sign_in,
)
from tests.services.reminded import out, run
from tests.services.sends import sent
from tests.signing import mails
from tests.world import PASSWORD, World


@BOTH
def test_9_5_name_and_language_are_kept_and_nobody_elses(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    other = world.new_staff("Karim Haddad")
    assert profiles.change_profile(world.ports, actor, Profile("  Ann  Roy ", "fr", "418 555-0100")) == "fr"

    row = row_of(world, actor)
    assert (row.name, row.locale) == ("Ann Roy", "fr")
    assert getattr(row, "phone", "418 555-0100") == "418 555-0100"
    assert world.get(other).name == "Karim Haddad"
    assert [one.action for one in world.all(AuditEntry)] == ["account:edited"]


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        (Profile("", "fr"), "name"),
        (Profile("x" * 121, "fr"), "name"),
        (Profile("Ann", "de"), "locale"),
        (Profile("Ann", "fr", "1" * 41), "phone"),
    ],
)
def test_9_5_what_cannot_be_kept_is_said_beside_its_field(world: World, profile: Profile, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        profiles.change_profile(world.ports, contact(world), profile)
    assert refusal.value.field == field


def test_7_5_who_switched_reminders_off_on_the_account_page_gets_none_and_again_after(world: World) -> None:
    request = out(world, due_on=date(2026, 3, 3))
    person = world.all(Contact)[0]
    client = world.all(Client)[0]
    world.give_account(person, client)
    actor = world.signed_in(person)
    profiles.switch_reminders(world.ports, actor, is_on=False)
    profiles.switch_reminders(world.ports, actor, is_on=False)

    assert run(world, "2026-03-03T08:00") == []
    assert [row.kind for row in world.all(Activity, client_id=client.id) if "reminders_all" in row.kind] == [
        "reminders_all_switched_off"
    ]
    later = world.draft_request(client, to=[person], due_on=date(2026, 3, 5), name="Later")
    sent(world, later)
    deliver_outbox(world.ports)
    assert run(world, "2026-03-05T08:00") == []

    profiles.switch_reminders(world.ports, actor, is_on=True)
    assert len(run(world, "2026-03-06T08:00")) == 2
    assert world.get(request).next_reminder_at is not None


def test_7_5_staff_have_no_such_switch_and_a_bound_device_neither(world: World) -> None:
    for actor, refusal in (
        (owner(world), NotFound),
        (world.new_device()[0], NotFound),
        (Actor.nobody(), SignInNeeded),
    ):
        with pytest.raises(refusal):
            profiles.switch_reminders(world.ports, actor, is_on=False)


# password


@BOTH
def test_4_7_a_new_password_ends_every_other_session_forgets_browsers_and_is_told(
    world: World, asker: Callable[[World], Actor]
) -> None:
    """4.4, asvs_19, asvs_21."""
    actor = world.confirmed(asker(world))
    other = sign_in(world, actor, HERE, remember=True)
    resets.ask_reset(world.ports, entrance_of(actor), row_of(world, actor).email, HERE)
    world.bell.rung.clear()

    passwords.change_password(world.ports, actor, NEW_PASSWORD, HERE)

    assert is_live(world, actor)
    assert world.get(other).ended_at is not None
    assert f"session:{other.id}" in world.bell.rung
    assert [row.remembered_until for row in world.all(KnownBrowser)] == [None]
    [notice] = [one for one in mails(world, "security_notice") if "password" in one.subject]
    assert notice.recipient == row_of(world, actor).email.lower()
    given = give_password(world.ports, entrance_of(actor), row_of(world, actor).email, NEW_PASSWORD, HERE)
    assert given.signed_in is None  # the second step is asked for again
    with pytest.raises(BadInput):
        give_password(world.ports, entrance_of(actor), row_of(world, actor).email, PASSWORD, HERE)


@BOTH
def test_asvs_21_a_password_changes_only_after_it_or_mfa_was_given_again(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    with pytest.raises(ConfirmNeeded):
        passwords.change_password(world.ports, actor, NEW_PASSWORD, HERE)
    with pytest.raises(SignInNeeded):
        passwords.change_password(world.ports, replace(actor, session_id=None), NEW_PASSWORD, HERE)
    actor = world.confirmed(actor)
    with pytest.raises(BadInput):
        passwords.change_password(world.ports, actor, "password1", HERE)
    assert [one.action for one in world.all(AuditEntry)] == []


# address
