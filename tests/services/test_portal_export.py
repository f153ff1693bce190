"""The management page's list as a file: whole, as it is narrowed, no formula in it, for who may export (2.5, 14.1, 1.16)."""

from __future__ import annotations

import csv
import io

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.models import AuditEntry, Client
from portal_app.services.invitations import invitations
from portal_app.services.portal import portal_export, portal_views
from portal_app.services.portal.places import Filters
from tests.services.test_portal_views import house as house
from tests.world import World


def exported(world: World, actor: Actor | None = None, **wanted: str) -> list[list[str]]:
    """The cells of the file, line by line."""
    text = "".join(portal_export.portal_lines(world.ports, actor or world.staff, Filters(**wanted)))
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_2_5_and_14_1_the_list_is_exported_whole_in_its_order_and_as_it_is_narrowed(
    world: World, house: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal_export, "BATCH", 3)

    names, *rows = exported(world, after="x")

    assert names[0] == "Client"
    assert rows == [
        ["Atelier Côté", "118", "Activated", "On", "1 of 1", "1 accepted", rows[0][6], "Sophie Ouellet"],
        [
            *("Boulangerie Roy", "", "Pending activation", "On", "1 of 2", "1 invited, 3 days left", ""),
            "Karim Benali",
        ],
        ["Café Lunette", "", "Not activated", "On", "0 of 0", "", "", "Sophie Ouellet"],
        ["Dépanneur", "", "Not activated", "Off", "0 of 0", "", "", "Sophie Ouellet"],
    ]
    assert rows[0][6].startswith("2026-01-21 ")
    assert rows[0][6].endswith("-05:00")
    assert [row[0] for row in exported(world, order="down")[1:]] == [row[0] for row in reversed(rows)]
    assert [row[0] for row in exported(world, status="pending")[1:]] == ["Boulangerie Roy"]
    assert [row[0] for row in exported(world, search="118")[1:]] == ["Atelier Côté"]


def test_2_9_who_is_pending_is_exported_too(
    world: World, house: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal_export, "BATCH", 1)
    second = world.new_contact(house["bare"], "Zoé", email="zoe@cafe.example")
    world.clock.advance(hours=1)
    invitations.invite_contact(world.ports, world.staff, house["bare"].id, second.id)

    names, *rows = exported(world, tab="pending")

    assert (names[0], names[-1]) == ("E-mail", "Address")
    assert [row[1:3] for row in rows] == [["Zoé", "Café Lunette"], ["Bruno", "Boulangerie Roy"]]
    assert (rows[0][0], rows[0][5]) == ("zoe@cafe.example", "Sophie Ouellet")
    assert rows[0][3].startswith("Invited, ")
    assert rows[0][4].startswith("2026-")
    assert exported(world, tab="pending", status="expired")[1:] == []


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", " =1"])
def test_asvs_39_no_cell_of_the_file_is_a_formula(world: World, typed: str) -> None:
    client = world.new_client(typed, number=typed)
    contact = world.new_contact(client, typed, email="one@client.example")
    invitations.invite_contact(world.ports, world.staff, client.id, contact.id)

    [row] = exported(world)[1:]
    [waits] = exported(world, tab="pending")[1:]

    assert row[0].startswith("'")
    assert row[1].startswith("'")
    assert waits[1].startswith("'")
    assert waits[2].startswith("'")


def test_1_16_only_who_may_export_does_and_it_is_written_down(world: World, house: dict[str, Client]) -> None:
    member = world.actor(world.new_staff("Mia Membre"))
    assert portal_views.portal_view(world.ports, world.staff, Filters()).can_export
    assert not portal_views.portal_view(world.ports, member, Filters()).can_export
    with pytest.raises(NotFound):
        portal_export.begin_export(world.ports, member, Filters())
    with pytest.raises(NotFound):
        exported(world, member)

    name = portal_export.begin_export(world.ports, world.staff, Filters(status="pending", after="x"))

    assert name.startswith("portal ")
    assert name.endswith(".csv")
    [entry] = world.all(AuditEntry, action="portal:exported")
    assert entry.facts == {"status": "pending"}


def test_another_firm_s_clients_stand_in_no_file(world: World) -> None:
    other = world.new_firm("Other CPA", slug="other")
    world.new_client("Abroad", firm=other)
    world.new_client("Mine")

    assert [row[0] for row in exported(world)[1:]] == ["Mine"]
