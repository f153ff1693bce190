"""Further firms by the operator's command: a link for their owner, and nothing of the others (1.1, 1.2)."""

from __future__ import annotations

import pytest

from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.models import Firm, OutboxMail, Staff
from portal_app.services.clients import client_list_views
from portal_app.services.clients.client_list_views import ListWanted
from portal_app.services.firm import further_firms
from portal_app.services.firm.further_firms import NewFirm
from portal_app.services.sign_in.accounts import Visit
from portal_app.services.team import joining, team_views
from tests.world import World

COTE = NewFirm("Tremblay", "America/Halifax", "fr", "Anne Côté", "anne@cote.example")
GOOD = "marmotte sous la neige"


def token_of(made: further_firms.SetUpLink) -> str:
    return made.url.rpartition("/")[2]


def test_1_1_a_further_firm_waits_for_its_owner_by_a_link_that_nobody_e_mails(world: World) -> None:
    made = further_firms.add_firm(world.ports, COTE)
    assert made.url.startswith("http://localhost:8000/staff/join/")
    assert world.all(OutboxMail) == []
    [firm] = world.all(Firm, name="Tremblay")
    assert (firm.slug, firm.locale, firm.time_zone, firm.portal_on_at) == (
        "tremblay-2",
        "fr",
        "America/Halifax",
        None,
    ), "another firm has the shorter address"
    lines = {one.slug: one.has_owner for one in further_firms.firms(world.ports)}
    assert lines == {"tremblay": True, "tremblay-2": False}

    joining.join(world.ports, token_of(made), GOOD, Visit(address="10.0.0.1"))
    [anne] = world.all(Staff, firm_id=firm.id)
    assert (anne.role, anne.email) == (Role.OWNER, "anne@cote.example")


def test_1_1_the_firms_know_nothing_of_each_other(world: World) -> None:
    world.new_client()
    joining.join(world.ports, token_of(further_firms.add_firm(world.ports, COTE)), GOOD, Visit())
    [anne] = world.all(Staff, email_key="anne@cote.example")
    asker = Actor(kind=Kind.STAFF, firm_id=anne.firm_id, staff_id=anne.id, role=anne.role, locale="en")
    assert [row.name for row in team_views.team_view(world.ports, asker).members] == ["Anne Côté"]
    assert client_list_views.client_list(world.ports, asker, ListWanted()).rows == []


def test_a_new_link_takes_the_place_of_the_one_before_until_there_is_an_owner(world: World) -> None:
    first = further_firms.add_firm(world.ports, COTE)
    world.clock.advance(hours=73)
    second = further_firms.new_link(world.ports, "tremblay-2")
    with pytest.raises(NotFound):
        joining.look_invitation(world.ports, token_of(first))
    joining.join(world.ports, token_of(second), GOOD, Visit())
    for slug, refusal in (("tremblay-2", RuleBroken), ("tremblay", RuleBroken), ("nowhere", NotFound)):
        with pytest.raises(refusal):
            further_firms.new_link(world.ports, slug)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (NewFirm(" ", "America/Halifax", "fr", "Anne", "a@x.example"), "name"),
        (NewFirm("Côté", "Mars/Olympus", "fr", "Anne", "a@x.example"), "time_zone"),
        (NewFirm("Côté", "America/Halifax", "de", "Anne", "a@x.example"), "language"),
        (NewFirm("Côté", "America/Halifax", "fr", " ", "a@x.example"), "name"),
        (NewFirm("Côté", "America/Halifax", "fr", "Anne", "at home"), "email"),
        (NewFirm("Côté", "America/Halifax", "fr", "Anne", "sophie.ouellet@tremblay.example"), "email"),
    ],
)
def test_what_cannot_be_a_firm_leaves_nothing(world: World, wrong: NewFirm, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        further_firms.add_firm(world.ports, wrong)
    assert refused.value.field == field
    assert len(world.all(Firm)) == 1
