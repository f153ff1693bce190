"""A staff member's test client (2.12), and what archiving a client says beforehand (2.15)."""

from __future__ import annotations

from sqlmodel import select

from portal_app.models import AccessLevel, Client, ClientContact, Contact, Firm
from portal_app.services.clients import client_list_views, client_views, clients, contact_list_views, contacts
from portal_app.services.clients.client_list_views import ListWanted
from portal_app.services.clients.contact_list_views import ContactsWanted
from portal_app.services.clients.own_test_client import open_test_client
from portal_app.services.dashboard.figures import Scope, counted_clients
from portal_app.services.invitations import invitations
from portal_app.work import reading
from tests.services.sends import sent
from tests.world import World


def test_2_12_it_is_made_once_with_oneself_as_contact_and_is_ones_own(world: World) -> None:
    first = open_test_client(world.ports, world.staff)
    again = open_test_client(world.ports, world.staff)
    other = open_test_client(world.ports, world.actor(world.new_staff("Karim Benali")))

    assert first == again != other
    (client,) = world.all(Client, id=first)
    assert (client.test_of_staff_id, client.portal_on_at) == (world.owner.id, world.clock.now())
    (link,) = world.all(ClientContact, client_id=first)
    assert world.all(Contact, id=link.contact_id)[0].email == world.owner.email


def test_2_12_it_is_left_out_of_every_figure_list_and_count(world: World) -> None:
    world.new_contact(world.new_client("Studio"), "Nadia")
    test = open_test_client(world.ports, world.staff)

    found = client_list_views.client_list(world.ports, world.staff, ListWanted())
    people = contact_list_views.contact_list(world.ports, world.staff, ContactsWanted())

    assert (found.count, [row.name for row in found.rows]) == ("1 client", ["Studio"])
    assert (people.count, [row.name for row in people.rows]) == ("1 contact", ["Nadia"])
    with reading(world.ports, world.staff) as work:
        scope = Scope(work.session.get_one(Firm, world.firm.id), work.now)
        assert test not in set(work.session.exec(select(Client.id).where(*counted_clients(scope))))
    assert client_views.client_view(world.ports, world.staff, test).is_test


def test_2_15_the_dialog_says_how_many_of_what_ends(world: World) -> None:
    client = world.new_client("Studio")
    nadia = world.new_contact(client, "Nadia")
    world.give_account(nadia, client, level=AccessLevel.FULL)
    luc = world.new_contact(client, "Luc")
    invitations.invite_contact(world.ports, world.staff, client.id, luc.id)
    sent(world, world.draft_request(client, to=[nadia]))

    text = client_views.client_view(world.ports, world.staff, client.id).archive_text

    assert text == (
        "1 open link ends. 1 person no longer signs in to it. 1 open invitation ends. "
        "1 waiting e-mail is taken back."
    )
    clients.archive_client(world.ports, world.staff, client.id)
    assert f"contact:{nadia.id}" in world.bell.rung
    assert contacts is not None
