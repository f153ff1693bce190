"""Settings › Portal: who may invite (3.6), what switching off ends (2.14); the operator's contact (1.17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal_app.domain.actors import Role
from portal_app.domain.errors import NotFound
from portal_app.models import AuditEntry
from portal_app.services.clients import portal_switch
from portal_app.services.firm import security, settings_views, staff_help
from portal_app.services.invitations import invitations
from tests.world import World


def test_3_6_the_firm_says_whether_contacts_invite_and_whether_staff_look_first(world: World) -> None:
    view = settings_views.settings_view(world.ports, world.staff)
    assert (view.contacts_may_invite, view.invites_need_approval) == (True, True)
    assert portal_switch.let_contacts_invite(world.ports, world.staff, is_on=False)
    assert not portal_switch.let_contacts_invite(world.ports, world.staff, is_on=False)
    assert portal_switch.approve_first(world.ports, world.staff, is_on=False)
    view = settings_views.settings_view(world.ports, world.staff)
    assert (view.contacts_may_invite, view.invites_need_approval) == (False, False)
    assert [entry.facts["fields"] for entry in world.all(AuditEntry, action="settings:changed")] == [
        "contacts_may_invite",
        "invites_need_approval",
    ]
    member = world.actor(world.new_staff("Member"))
    for press in (portal_switch.let_contacts_invite, portal_switch.approve_first):
        with pytest.raises(NotFound):
            press(world.ports, member, is_on=True)


def test_2_14_the_question_before_switching_off_counts_what_it_ends(world: World) -> None:
    client = world.new_client()
    world.give_account(world.new_contact(client), client)
    invited = world.new_contact(client, "Paul Roy")
    invitations.invite_contact(world.ports, world.staff, client.id, invited.id)
    lines = settings_views.settings_view(world.ports, world.staff).off_lines
    assert lines == [
        "Switching it off ends signing in for 1 person from their next click.",
        "1 open invitation is cancelled.",
        "Links that were sent work on; later sends are classic, by PIN.",
        "Switched on again, everybody has the access they had.",
    ]
    security.require_mfa(world.ports, world.staff, is_on=True)
    assert "say whom to ask" in settings_views.settings_view(world.ports, world.staff).off_lines[2]
    assert "It is on for 1 of 1 client" in settings_views.settings_view(world.ports, world.staff).portal_text


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("", ""),
        ("aide@exploitant.example", "mailto:aide@exploitant.example"),
        ("https://exploitant.example/aide", "https://exploitant.example/aide"),
        ("+1 514 555-0142", "tel:+15145550142"),
        ("http://plain.example", ""),
        ("javascript:alert(1)", ""),
        ("Room 12", ""),
    ],
)
def test_1_17_the_operators_contact_is_shown_and_followed_where_it_can_be(
    world: World, contact: str, href: str
) -> None:
    ports = replace(world.ports, settings=world.settings.model_copy(update={"operator_contact": contact}))
    member = world.actor(world.new_staff("Member", role=Role.MEMBER))
    seen = staff_help.staff_help(ports, member)
    assert (seen.contact, seen.contact_href) == (contact, href)
    assert seen.client_help_href == "/f/tremblay/help"
