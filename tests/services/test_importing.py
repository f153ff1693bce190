"""Clients and contacts from a file: looked at first, then whole or not at all (2.1, 2.16)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from portal_app.domain.actors import Role
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.import_columns import Column
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    AuditEntry,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    Contact,
    ContactImport,
    ImportInvitation,
    PortalAccess,
)
from portal_app.services.clients import contact_archiving, import_rows, import_views, importing
from portal_app.services.clients.import_invitations import invite_imported
from portal_app.services.clients.import_views import ImportView
from portal_app.services.clients.import_wishes import Wishes
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.portal import portal_views
from portal_app.services.portal.filling import fill_standings
from portal_app.services.portal.places import Filters
from portal_app.text import use_locale
from tests.world import World

HEAD = "Client;Numéro de dossier;Type;Personne-ressource;Courriel;Langue\n"
GOOD = HEAD + (
    "Clinique Papineau;1042;organisation;Anne Côté;anne@clinic.example;fr\n"
    "Clinique Papineau;1042;;Bruno Roy;bruno@clinic.example;en\n"
    "Nadia Haddad;;particulier;Nadia Haddad;nadia@haddad.example;\n"
    "Ferme Seule;;;;;\n"
    "Fiducie Côté;;;Anne Côté;ANNE@clinic.example;\n"
)


def receive(world: World, text: str | bytes) -> UUID:
    data = text.encode() if isinstance(text, str) else text
    return importing.receive_file(world.ports, world.staff, "clients.csv", data)


def view(world: World, import_id: UUID) -> ImportView:
    return import_views.import_view(world.ports, world.staff, import_id)


def take(world: World, import_id: UUID) -> None:
    importing.take(world.ports, world.staff, import_id)


def names(world: World, kind: type) -> list[str]:
    return sorted(row.name for row in world.all(kind))


def faults(world: World, text: str) -> list[tuple[str, str, str]]:
    seen = view(world, receive(world, text))
    return [(one.line, one.column, one.text) for one in seen.faults]


def test_2_1_the_preview_says_what_would_come_and_changes_nothing(world: World) -> None:
    seen = view(world, receive(world, GOOD))

    assert seen.brings == ["5 lines read", "4 new clients", "3 new contacts"]
    assert (seen.faults, seen.take) == ([], "Import")
    assert [(row.line, row.client, row.contact, row.does) for row in seen.lines][:2] == [
        ("2", "Clinique Papineau", "Anne Côté", "new client and contact"),
        ("3", "Clinique Papineau", "Bruno Roy", "new client and contact"),
    ]
    assert (world.all(Client), world.all(Contact), world.all(Activity)) == ([], [], [])


def test_2_1_taken_it_brings_clients_contacts_and_links_once_and_sends_nothing(world: World) -> None:
    import_id = receive(world, GOOD)
    take(world, import_id)
    take(world, import_id)

    assert names(world, Client) == ["Clinique Papineau", "Ferme Seule", "Fiducie Côté", "Nadia Haddad"]
    assert names(world, Contact) == ["Anne Côté", "Bruno Roy", "Nadia Haddad"]
    anne = next(row for row in world.all(Contact) if row.name == "Anne Côté")
    assert (anne.email, anne.locale, anne.name_key) == ("anne@clinic.example", "fr", "anne cote")
    assert len(world.all(ClientContact, contact_id=anne.id)) == 2
    nadia = next(row for row in world.all(Client) if row.name == "Nadia Haddad")
    assert (nadia.kind, nadia.portal_on_at) == (ClientKind.PERSON, None)
    assert {row.staff_id for row in world.all(ClientAssignment)} == {world.owner.id}
    assert len(world.all(ClientAssignment)) == 4
    assert (world.all(PortalAccess), world.all(ImportInvitation)) == ([], [])
    assert world.subjects() == []
    kinds = [row.kind for row in world.all(Activity)]
    assert (kinds.count("client_added"), kinds.count("contact_added")) == (4, 4)
    assert [row.action for row in world.all(AuditEntry)] == ["import:received", "import:taken"]
    assert world.all(ContactImport)[0].content == ""
    assert view(world, import_id).brings == ["4 clients added", "3 contacts added"]


def test_2_1_brought_a_second_time_the_same_file_brings_nothing(world: World) -> None:
    take(world, receive(world, GOOD))
    again = receive(world, GOOD)

    assert view(world, again).brings == [
        "5 lines read", "0 new clients", "0 new contacts", "5 lines say what is here already",
    ]  # fmt: skip
    with pytest.raises(RuleBroken, match="nothing in this file"):
        take(world, again)


def test_2_16_an_address_that_is_known_is_linked_as_offered_or_left_out(world: World) -> None:
    anne = world.new_contact(world.new_client("Elsewhere"), "Anne C.", email="anne@clinic.example")
    import_id = receive(world, GOOD)

    assert "2 known contacts to link" in view(world, import_id).brings
    importing.choose_wishes(world.ports, world.staff, import_id, Wishes(link_known=False))
    assert "2 known contacts to link" not in view(world, import_id).brings
    importing.choose_wishes(world.ports, world.staff, import_id, Wishes())
    take(world, import_id)

    assert len(world.all(ClientContact, contact_id=anne.id)) == 3
    assert names(world, Contact) == ["Anne C.", "Bruno Roy", "Nadia Haddad"]


def test_2_1_errors_name_line_and_column(world: World) -> None:
    old = world.new_contact(world.new_client("Old"), "Old One", email="old@x.example")
    contact_archiving.archive_contact(world.ports, world.staff, old.id)
    world.new_client("Twice")
    world.new_client("Twice")
    world.new_client("Away", archived_at=world.clock.now())

    assert faults(
        world,
        HEAD
        + ";;;Nobody's;;\n"
        + "Studio;;cat;Nadia;not an address;es\n"
        + "Studio;7;;Nadia;n@h.example;\n"
        + "Other;7;;Luc;l@h.example;\n"
        + "Studio;7;;Luc;n@h.example;\n"
        + "Twice;;;X;x@h.example;\n"
        + "Away;;;Y;y@h.example;\n"
        + "Studio;7;;Old;old@x.example;\n",
    ) == [
        ("2", "Client", "write the client’s name, or the file number of a client who is here"),
        ("3", "E-mail", "this is no e-mail address, like name@company.ca"),
        ("3", "Kind", "write organization or individual, or nothing"),
        ("3", "Language", "write fr or en, or nothing"),
        ("5", "File number", "line 4 gives this number to a client of another name"),
        ("6", "E-mail", "line 4 gives this address to somebody of another name"),
        ("7", "Client", "several clients have this name: give the file number"),
        ("8", "Client", "this client is archived: restore it first"),
        ("9", "E-mail", "this address belongs to Old One, who is archived"),
    ]


def test_2_1_lines_in_error_stay_out_and_can_be_taken_away_mended_and_brought(world: World) -> None:
    import_id = receive(world, HEAD + "Studio;;;=Nadia;broken;\nFerme;;;Luc;luc@f.example;\n")
    out = "".join(import_views.faulty_lines(world.ports, world.staff, import_id))
    assert view(world, import_id).take == "Import without the 1 line in error"
    take(world, import_id)
    assert names(world, Client) == ["Ferme"]

    assert '"\'=Nadia","broken","","E-mail: this is no e-mail address' in out
    mended = out.replace("broken", "nadia@h.example")
    take(world, receive(world, mended))
    assert names(world, Contact) == ["=Nadia", "Luc"]


def test_2_1_nothing_is_half_imported(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id, brought = receive(world, GOOD), []

    def breaks(self, link):
        brought.append(link)
        if len(brought) == 3:
            raise OSError("the machine goes down")
        return link_as_before(self, link)

    link_as_before = import_rows.Bringing._link
    monkeypatch.setattr(import_rows.Bringing, "_link", breaks)
    with pytest.raises(OSError, match="goes down"):
        take(world, import_id)

    assert (world.all(Client), world.all(Contact), world.all(ClientContact)) == ([], [], [])
    assert world.all(ContactImport)[0].imported_at is None


def test_2_1_a_client_is_known_by_its_number_then_by_its_name(world: World) -> None:
    numbered = world.new_client("Clinique P.", number="1042")
    named = world.new_client("nadia haddad")

    take(world, receive(world, GOOD))

    assert len(world.all(ClientContact, client_id=numbered.id)) == 2
    assert len(world.all(ClientContact, client_id=named.id)) == 1
    assert len(world.all(Client)) == 4


def test_2_5_who_comes_by_file_is_found_at_once_at_known_clients_and_at_new_ones_soon(world: World) -> None:
    numbered = world.new_client("Clinique P.", number="1042")

    take(world, receive(world, GOOD))

    def found(search: str) -> list[str]:
        view = portal_views.portal_view(world.ports, world.staff, Filters(search=search, assigned="me"))
        return [row.name for row in view.rows]

    assert found("anne bruno") == [numbered.name]
    fill_standings(world.ports)
    assert found("anne") == [numbered.name, "Fiducie Côté"]


def test_2_1_columns_and_separator_can_be_changed(world: World) -> None:
    import_id = receive(world, "Foo,Bar,Courriel\nStudio,Nadia,n@h.example\n")
    assert view(world, import_id).fault_count == "2 errors"

    importing.choose_column(world.ports, world.staff, import_id, Column.CLIENT, 0)
    importing.choose_column(world.ports, world.staff, import_id, Column.NAME, 1)
    assert view(world, import_id).brings[1:] == ["1 new client", "1 new contact"]
    importing.choose_separator(world.ports, world.staff, import_id, ";")
    assert view(world, import_id).heads[0].word.startswith("A · Foo,Bar")
    importing.choose_column(world.ports, world.staff, import_id, Column.CLIENT, None)
    with pytest.raises(RuleBroken):
        take(world, import_id)


def test_2_1_portal_access_and_invitations_are_off_by_default_and_given_as_chosen(world: World) -> None:
    import_id = receive(world, GOOD + "Sans adresse;;;Zoé;;\n")
    seen = view(world, import_id)
    assert (seen.portal, seen.level, seen.invite) == (False, "", False)

    importing.choose_wishes(world.ports, world.staff, import_id, Wishes(invite=True))
    seen = view(world, import_id)
    assert (seen.portal, seen.level, seen.invite) == (True, "limited", True)
    take(world, import_id)
    assert {row.status for row in world.all(PortalAccess)} == {AccessStatus.GIVEN}
    assert world.subjects() == []
    invite_imported(world.ports)
    invite_imported(world.ports)

    assert {(row.level, row.status) for row in world.all(PortalAccess)} == {
        (AccessLevel.LIMITED, AccessStatus.INVITED)
    }
    assert len(world.subjects()) == len(world.all(PortalAccess)) == 4
    portal = {row.name: row.portal_on_at is not None for row in world.all(Client)}
    assert portal == {
        "Clinique Papineau": True,
        "Ferme Seule": False,
        "Fiducie Côté": True,
        "Nadia Haddad": True,
        "Sans adresse": True,
    }
    assert view(world, import_id).sending == "Invitations: 4 of 4 on their way"


def test_2_1_one_invitation_that_cannot_leave_stops_no_other_and_says_why(world: World) -> None:
    import_id = receive(world, GOOD)
    importing.choose_wishes(world.ports, world.staff, import_id, Wishes(level=AccessLevel.FULL, invite=True))
    take(world, import_id)
    bruno = next(row for row in world.all(Contact) if row.name == "Bruno Roy")
    world.change(bruno, bounced_at=world.clock.now())

    invite_imported(world.ports)
    deliver_outbox(world.ports)

    assert len(world.mail.sent) == 3
    (failed,) = view(world, import_id).not_sent
    assert (failed.value, failed.column) == ("Bruno Roy", "Clinique Papineau")


def test_1_3_while_the_firms_portal_is_off_none_can_be_switched_on(world: World) -> None:
    world.change(world.firm, portal_on_at=None)
    import_id = receive(world, GOOD)

    assert view(world, import_id).portal_off != ""
    with pytest.raises(RuleBroken, match="off for the whole firm"):
        importing.choose_wishes(world.ports, world.staff, import_id, Wishes(portal=True))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04\0\0", "no CSV file"),
        (b"Client,Contact\n", "nobody in it"),
        (b'Client,Contact\nA,"B\n', "Line 2: a quotation mark"),
    ],
)
def test_2_1_a_file_that_cannot_be_read_says_why(world: World, data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        receive(world, data)
    assert world.all(ContactImport) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_2_1_the_file_to_fill_in_reads_as_it_stands(world: World, language: str) -> None:
    with use_locale(language):
        text = import_views.template_lines()
    take(world, receive(world, text))
    assert names(world, Client) == ["Clinique Papineau inc.", "Nadia Haddad"]
    assert [row.locale for row in world.all(Contact)] == ["fr", "en"]


def test_1_16_importing_is_bulk_work_for_admins_of_the_firm(world: World) -> None:
    member, admin = world.new_staff("Karim"), world.new_staff("Ada", role=Role.ADMIN)
    there = world.new_firm("Other", slug="other")
    rival = world.new_staff("Rival", role=Role.OWNER, firm=there)
    import_id = receive(world, GOOD)

    for one in (member, rival):
        with pytest.raises(NotFound):
            importing.take(world.ports, world.actor(one), import_id)
        with pytest.raises(NotFound):
            import_views.import_view(world.ports, world.actor(one), import_id)
    with pytest.raises(NotFound):
        importing.receive_file(world.ports, world.actor(member), "x.csv", GOOD.encode())
    importing.take(world.ports, world.actor(admin), import_id)
    assert len(world.all(Client)) == 4


def test_2_1_a_file_that_nobody_takes_goes_after_a_day(world: World) -> None:
    receive(world, GOOD)
    kept = receive(world, GOOD)
    take(world, kept)
    importing.forget_imports(world.ports)
    assert len(world.all(ContactImport)) == 2

    world.clock.advance(hours=24, seconds=1)
    importing.forget_imports(world.ports)
    assert [row.id for row in world.all(ContactImport)] == [kept]
    assert timedelta(days=1) == importing.KEPT_FOR
