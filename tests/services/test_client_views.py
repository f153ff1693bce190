"""Reading clients: the list found, narrowed and turned by the database, and one client's page (2.1, 2.6, 2.8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.models import AccessStatus, ClientKind, PortalAccess
from portal_app.services.clients import client_list_views, client_views, clients, contacts
from portal_app.services.clients.client_list_views import ARCHIVED, BY_NAME_DOWN, MINE, ListWanted
from portal_app.services.clients.clients import ClientFields
from portal_app.services.clients.contacts import ContactFields
from portal_app.text import use_locale
from tests.world import World


def added(world: World, *names: str) -> list[Any]:
    """Clients as the form adds them."""
    return [
        clients.add_client(world.ports, world.staff, ClientFields(name, ClientKind.ORGANIZATION))
        for name in names
    ]


def names(world: World, actor: Actor | None = None, **wanted: str) -> list[str]:
    """One page of the list, by name."""
    found = client_list_views.client_list(world.ports, actor or world.staff, ListWanted(**wanted))
    return [row.name for row in found.rows]


# the list


def test_names_are_sorted_as_people_read_them(world: World) -> None:
    added(world, "Zinc ltée", "éditions Papineau", "Épicerie Roy", "Dubé inc.")

    assert names(world) == ["Dubé inc.", "éditions Papineau", "Épicerie Roy", "Zinc ltée"]
    assert names(world, order=BY_NAME_DOWN) == ["Zinc ltée", "Épicerie Roy", "éditions Papineau", "Dubé inc."]


@pytest.mark.parametrize("words", ["côté", "COTE", "cote-lem", " coté  "])
def test_a_client_is_found_without_case_and_accents(world: World, words: str) -> None:
    added(world, "Transport Côté-Lemire ltée", "Restaurant Thaï Laurier inc.")

    assert names(world, search=words) == ["Transport Côté-Lemire ltée"]


def test_a_client_is_found_by_number_and_by_its_contacts(world: World) -> None:
    first, second = added(world, "Un inc.", "Deux inc.")
    clients.edit_client(world.ports, world.staff, first, ClientFields("Un inc.", number="QC-1042"))
    contacts.add_contact(
        world.ports, world.staff, second, ContactFields("Lucie Bouchard", "lucie.b@tenue.example")
    )

    assert names(world, search="qc-104") == ["Un inc."]
    assert names(world, search="bouchard") == ["Deux inc."]
    assert names(world, search="LUCIE.B@") == ["Deux inc."]


@pytest.mark.parametrize("words", ["Hélène", "HÉLÈNE BÉ", "helene", "berube"])
def test_a_client_is_found_by_its_contacts_without_case_and_accents(world: World, words: str) -> None:
    first, _second = added(world, "Un inc.", "Deux inc.")
    contacts.add_contact(world.ports, world.staff, first, ContactFields("Hélène Bérubé", "hb@tenue.example"))

    assert names(world, search=words) == ["Un inc."]


@pytest.mark.parametrize("words", ["%", "_", "\\"])
def test_marks_of_patterns_are_plain_letters(world: World, words: str) -> None:
    added(world, "Un inc.", "Cent % inc.", "Sous_ligne inc.", "Barre \\ inc.")

    assert [words in name for name in names(world, search=words)] == [True]


def test_pages_follow_each_other_without_gap_or_repeat(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_list_views, "PAGE", 2)
    added(world, "Ancien", "Même nom", "Même nom", "Même nom", "Zone")

    for order in ("", BY_NAME_DOWN):
        seen, after = [], ""
        while True:
            found = client_list_views.client_list(
                world.ports, world.staff, ListWanted(order=order, after=after)
            )
            seen += [row.id for row in found.rows]
            after = found.next_after
            if not after:
                break
        assert len(seen) == len(set(seen)) == 5
        assert found.count == "5 clients"


def test_a_mangled_place_begins_at_the_start(world: World) -> None:
    added(world, "Un", "Deux")

    assert names(world, after="nonsense") == ["Deux", "Un"]


def test_mine_and_archived_are_views_of_their_own(world: World) -> None:
    karim = world.new_staff("Karim Benali")
    mine, _theirs, gone = added(world, "À moi", "À elle", "Parti")
    clients.assign(world.ports, world.staff, mine, karim.id)
    clients.archive_client(world.ports, world.staff, gone)

    assert names(world) == ["À elle", "À moi"]
    assert names(world, world.actor(karim), view=MINE) == ["À moi"]
    assert names(world, view=ARCHIVED) == ["Parti"]


def test_an_empty_firm_is_told_from_an_empty_search(world: World) -> None:
    assert not client_list_views.client_list(world.ports, world.staff, ListWanted()).has_any

    added(world, "Un")

    found = client_list_views.client_list(world.ports, world.staff, ListWanted(search="zzz"))
    assert (found.rows, found.has_any) == ([], True)


def test_another_firms_clients_are_not_listed(world: World) -> None:
    other = world.new_firm("Autre cabinet", slug="autre")
    theirs = world.new_client("Leur client", firm=other)
    world.new_contact(theirs, "Nadia Haddad")

    assert names(world) == names(world, search="leur") == names(world, search="nadia") == []
    with pytest.raises(NotFound):
        client_views.client_view(world.ports, world.staff, theirs.id)


def test_clients_and_nobody_list_nothing(world: World) -> None:
    with pytest.raises(SignInNeeded):
        names(world, Actor.nobody())
    with pytest.raises(NotFound):
        names(world, world.new_device()[0])


def test_a_row_counts_what_is_waited_for_and_names_people(world: World) -> None:
    client = world.new_client("Clinique")
    nadia = world.new_contact(client, "Nadia Haddad")
    world.new_contact(client, "Luc Roy")
    request = world.draft_request(client, to=[nadia], tasks=("Un", "Deux", "Trois"))
    world.change(request, sent_at=world.clock.now())
    world.change(world.tasks(request)[0], completed_at=world.clock.now())

    [row] = client_list_views.client_list(world.ports, world.staff, ListWanted()).rows

    assert (row.waiting, row.marks) == ("1 of 3", [True, False, False])
    assert (row.contacts, row.staff, row.initials) == ("Nadia Haddad and 1 more", "Sophie Ouellet", "SO")


def test_drafts_withdrawn_and_complete_requests_are_not_waited_for(world: World) -> None:
    client = world.new_client("Clinique")
    nadia = world.new_contact(client)
    now = world.clock.now()
    world.draft_request(client, to=[nadia])
    world.change(world.draft_request(client, to=[nadia]), sent_at=now, withdrawn_at=now)
    complete = world.draft_request(client, to=[nadia], tasks=("Un",))
    world.change(complete, sent_at=now)
    world.change(world.tasks(complete)[0], completed_at=now)

    [row] = client_list_views.client_list(world.ports, world.staff, ListWanted()).rows

    assert row.waiting == ""


# the portal's state (2.6, 3.5)


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        ((), "Not activated"),
        ((AccessStatus.GIVEN,), "Not activated"),
        ((AccessStatus.CANCELLED,), "Not activated"),
        ((AccessStatus.INVITED,), "Pending activation"),
        ((AccessStatus.UNDELIVERABLE, AccessStatus.GIVEN), "Pending activation"),
        ((AccessStatus.ACCEPTED, AccessStatus.INVITED), "Activated"),
    ],
)
def test_a_client_is_activated_once_somebody_can_sign_in(
    world: World, statuses: tuple[AccessStatus, ...], word: str
) -> None:
    world.change(world.firm, portal_on_at=world.clock.now())
    client = world.new_client()
    for number, status in enumerate(statuses):
        give(world, client, f"Contact {number}", status)

    assert client_views.client_view(world.ports, world.staff, client.id).portal == word


def test_with_the_portal_off_nobody_can_sign_in(world: World) -> None:
    client = world.new_client(portal_on_at=None)
    world.change(world.firm, portal_on_at=world.clock.now())
    give(world, client, "Nadia", AccessStatus.ACCEPTED)

    assert client_views.client_view(world.ports, world.staff, client.id).portal == "Not activated"


def test_3_3_and_3_5_an_invitation_expires_after_three_days_of_24_hours(world: World) -> None:
    client = world.new_client()
    give(world, client, "Nadia", AccessStatus.INVITED)

    world.clock.advance(hours=72, seconds=-1)
    [invited] = client_views.client_view(world.ports, world.staff, client.id).contacts
    world.clock.advance(seconds=1)
    [expired] = client_views.client_view(world.ports, world.staff, client.id).contacts

    assert (invited.portal, expired.portal) == ("Invited", "Expired")


def give(world: World, client: Any, name: str, status: AccessStatus) -> None:
    """A contact with portal access in a status."""
    contact = world.new_contact(client, name)
    now = world.clock.now()
    world.put(
        PortalAccess(
            firm_id=client.firm_id,
            client_id=client.id,
            contact_id=contact.id,
            status=status,
            invited_at=now,
            created_at=now,
        )
    )


# one client's page


def test_the_page_shows_contacts_requests_work_and_what_happened(world: World) -> None:
    client_id = added(world, "Clinique")[0]
    contacts.add_contact(
        world.ports,
        world.staff,
        client_id,
        ContactFields("Nadia Haddad", "n@x.example", title="Owner", locale="fr"),
    )
    client = next(row for row in world.all(clients.Client) if row.id == client_id)
    nadia = world.all(contacts.Contact)[0]
    work = world.new_work(client, "T2 and CO-17", due_on=date(2026, 2, 26))
    request = world.draft_request(client, to=[nadia], work=work, name="Year-end documents")
    world.change(request, sent_at=world.clock.now())

    view = client_views.client_view(world.ports, world.staff, client_id)

    [contact] = view.contacts
    assert (contact.name, contact.title, contact.language, contact.elsewhere) == (
        "Nadia Haddad", "Owner", "French", "",
    )  # fmt: skip
    assert [(row.name, row.title) for row in view.requests] == [("Year-end documents", "T2 and CO-17")]
    assert [(row.title, row.is_late) for row in view.work] == [("T2 and CO-17", True)]
    assert [(one.who, one.what) for one in view.timeline] == [
        ("Sophie Ouellet", "added Nadia Haddad"),
        ("Sophie Ouellet", "added the client"),
    ]
    assert [one.day for one in view.timeline] == ["Today", ""]
    assert [one.name for one in view.assigned] == ["Sophie Ouellet"]


def test_2_15_and_2_19_the_page_says_what_archiving_and_unlinking_end(world: World) -> None:
    from tests.services.way_in import grant_for, mail_to

    client = world.new_client()
    nadia = world.new_contact(client, "Nadia Haddad")
    request = world.draft_request(client, to=[nadia])
    before = client_views.client_view(world.ports, world.staff, client.id)
    grant_for(world, request, nadia)
    mail_to(world, nadia, request)

    view = client_views.client_view(world.ports, world.staff, client.id)

    assert (before.archive_text, before.contacts[0].unlink_ends) == ("", "")
    assert view.archive_text == "1 open link ends. 1 waiting e-mail is taken back."
    assert view.contacts[0].unlink_ends.startswith("1 open link of theirs ends at once")


def test_the_page_speaks_the_readers_language(world: World) -> None:
    client = world.new_client()
    clients.archive_client(world.ports, world.staff, client.id)
    world.clock.advance(days=1)

    with use_locale("fr"):
        view = client_views.client_view(world.ports, world.staff, client.id)

    assert view.archived == "Archivé le 2\N{NO-BREAK SPACE}mars\N{NO-BREAK SPACE}2026"
    assert [(one.day, one.what) for one in view.timeline] == [("Hier", "a archivé le client")]


def test_staff_who_left_are_not_offered(world: World) -> None:
    client = world.new_client()
    world.new_staff("Karim Benali")
    world.new_staff("Paul Roy", deactivated_at=world.clock.now() - timedelta(days=1))

    view = client_views.client_view(world.ports, world.staff, client.id)

    assert [one.word for one in view.to_assign] == ["Karim Benali"]
