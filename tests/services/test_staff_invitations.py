"""Joining the firm's staff by a link of three days (1.13, 1.16)."""

from __future__ import annotations

import re

import pytest

from portal_app.domain.actors import Role
from portal_app.domain.errors import BadInput, NotFound, TryLater
from portal_app.models import OutboxMail, Staff, StaffInvitation
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Visit
from portal_app.services.team import joining, staff_invitations, team_views
from portal_app.services.team.staff_invitations import InvitationFields
from tests.signing import give_code, latest_code, mails, text_of
from tests.world import World

NADIA = InvitationFields("Nadia Cormier", "Nadia@tremblay.example", Role.MEMBER, "en")
GOOD = "marmotte sous la neige"
HERE = Visit(address="10.0.0.1", browser="Firefox/140.0")


def link_of(world: World) -> str:
    """The token of the link that was e-mailed last."""
    found = re.search(
        r"/staff/join/(\S+)$", text_of(world, mails(world, "staff_invitation")[-1]), re.MULTILINE
    )
    assert found
    return found[1]


def invited(world: World, fields: InvitationFields = NADIA) -> str:
    staff_invitations.invite(world.ports, world.staff, fields)
    return link_of(world)


def test_1_13_the_link_goes_to_the_address_and_makes_a_staff_member_with_password_and_code(
    world: World,
) -> None:
    token = invited(world)
    [mail] = world.all(OutboxMail)
    assert (mail.recipient, mail.subject) == (
        "Nadia@tremblay.example",
        "Join Tremblay Ouellet CPA on its portal",
    )
    assert world.all(Staff, email_key="nadia@tremblay.example") == [], "nobody works here before they accept"

    given = joining.join(world.ports, token, GOOD, HERE)
    assert given.signed_in is None, "the second step is still to come"
    done = give_code(world.ports, STAFF_ENTRANCE, given.token, latest_code(world), HERE)

    [nadia] = world.all(Staff, email_key="nadia@tremblay.example")
    assert (nadia.name, nadia.role, nadia.locale) == ("Nadia Cormier", Role.MEMBER, "en")
    assert done.next_path == "/staff"
    with pytest.raises(NotFound):
        joining.join(world.ports, token, GOOD, HERE)


def test_a_password_that_is_no_good_uses_nothing_up(world: World) -> None:
    token = invited(world)
    with pytest.raises(BadInput) as refused:
        joining.join(world.ports, token, "password", HERE)
    assert refused.value.field == "password"
    assert joining.join(world.ports, token, GOOD, HERE).token


def test_the_link_lives_three_days_less_nothing(world: World) -> None:
    token = invited(world)
    world.clock.advance(hours=72, seconds=-1)
    assert joining.look_invitation(world.ports, token).firm_name == "Tremblay Ouellet CPA"
    world.clock.advance(seconds=1)
    with pytest.raises(NotFound):
        joining.look_invitation(world.ports, token)
    [row] = team_views.team_view(world.ports, world.staff).invited
    assert row.is_expired


def test_resending_starts_three_new_days_with_a_new_link_and_not_too_often(world: World) -> None:
    first = invited(world)
    [row] = world.all(StaffInvitation)
    world.clock.advance(hours=80)
    staff_invitations.invite_again(world.ports, world.staff, row.id)
    second = link_of(world)
    assert joining.look_invitation(world.ports, second).name == "Nadia Cormier"
    with pytest.raises(NotFound):
        joining.look_invitation(world.ports, first)
    with pytest.raises(TryLater):
        staff_invitations.invite_again(world.ports, world.staff, row.id)


def test_a_cancelled_invitation_opens_nothing(world: World) -> None:
    token = invited(world)
    [row] = world.all(StaffInvitation)
    staff_invitations.cancel_invitation(world.ports, world.staff, row.id)
    with pytest.raises(NotFound):
        joining.join(world.ports, token, GOOD, HERE)
    with pytest.raises(NotFound):
        staff_invitations.cancel_invitation(world.ports, world.staff, row.id)
    assert team_views.team_view(world.ports, world.staff).invited == []


@pytest.mark.parametrize("whose", ["here", "left", "another firm's", "invited"])
def test_1_2_an_address_belongs_to_one_firms_staff_once(world: World, whose: str) -> None:
    other = world.new_firm("Other CPA", slug="other")
    email = NADIA.email.casefold()
    if whose == "invited":
        invited(world)
    else:
        there = world.new_staff("Nadia C.", email=email, firm=other if whose == "another firm's" else None)
        if whose == "left":
            world.change(there, deactivated_at=world.clock.now())
    with pytest.raises(BadInput) as refused:
        staff_invitations.invite(world.ports, world.staff, NADIA)
    assert refused.value.field == "email"
    assert ("Nadia" in refused.value.text) is (whose in ("here", "left")), (
        "another firm's people stay unknown"
    )


def test_1_2_of_two_firms_that_invite_one_person_the_first_accepted_has_them(world: World) -> None:
    other = world.new_firm("Other CPA", slug="other")
    rival = world.actor(world.new_staff("Rival", role=Role.OWNER, firm=other))
    here = invited(world)
    staff_invitations.invite(world.ports, rival, NADIA)
    there = link_of(world)
    joining.join(world.ports, here, GOOD, HERE)
    with pytest.raises(NotFound):
        joining.join(world.ports, there, GOOD, HERE)
    assert [one.firm_id for one in world.all(Staff, email_key="nadia@tremblay.example")] == [world.firm.id]


def test_1_16_an_admin_invites_no_owner_and_a_member_nobody(world: World) -> None:
    admin = world.actor(world.new_staff("Admin", role=Role.ADMIN))
    member = world.actor(world.new_staff("Member"))
    as_owner = InvitationFields("Nadia Cormier", "nadia@tremblay.example", Role.OWNER, "en")
    for who, fields in ((admin, as_owner), (member, NADIA)):
        with pytest.raises(NotFound):
            staff_invitations.invite(world.ports, who, fields)
    invited(world, as_owner)
    [row] = world.all(StaffInvitation)
    with pytest.raises(NotFound):
        staff_invitations.cancel_invitation(world.ports, admin, row.id)
    assert team_views.team_view(world.ports, admin).invited[0].can_change is False


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (InvitationFields(" ", "n@x.example", Role.MEMBER, "fr"), "name"),
        (InvitationFields("Nadia", "at home", Role.MEMBER, "fr"), "email"),
        (InvitationFields("Nadia", "n@x.example", Role.MEMBER, "de"), "locale"),
    ],
)
def test_what_cannot_be_right_is_refused_beside_its_field(
    world: World, fields: InvitationFields, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        staff_invitations.invite(world.ports, world.staff, fields)
    assert refused.value.field == field
    assert world.all(OutboxMail) == []
