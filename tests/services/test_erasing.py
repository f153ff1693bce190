"""A contact's data taken out as one archive, and a contact erased (14.3)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.domain.actors import Role
from portal_app.domain.automations import Trigger
from portal_app.domain.contact_notices import ContactTopic
from portal_app.domain.errors import BadInput, NotFound
from portal_app.gate import Gate
from portal_app.http import contact_data
from portal_app.models import (
    AccessGrant,
    Activity,
    AuditEntry,
    Client,
    ClientRequest,
    Comment,
    Contact,
    ContactNotice,
    ContactNoticeChoice,
    Document,
    HandOver,
    OutboxMail,
    Passkey,
    PortalAccount,
    Staff,
    WorkStatus,
)
from portal_app.services import audit_chain
from portal_app.services.automations import automation_settings
from portal_app.services.automations.automation_settings import AutomationFields
from portal_app.services.automations.running import run_automations
from portal_app.services.clients import contacts, erasing, merging
from portal_app.services.documents import documents, folders
from portal_app.services.invitations import invitations
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.portal import portal_export
from portal_app.services.portal.places import Filters
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.services.tasks import checklists, comments
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.templates import templates
from portal_app.services.templates.templates import TemplateFields
from portal_app.services.work import sections
from tests.services.sends import sent
from tests.world import World

NAME, EMAIL, PHONE = "Quetzal Ñandú", "quetzal@nandu.example", "418 555-0177"


@pytest.fixture
def person(world: World) -> Contact:
    """Somebody who did and got a bit of everything, once under another address too."""
    client, other = world.new_client("Studio Rivière"), world.new_client("Fiducie Rivière")
    one = world.new_contact(client, NAME, email=EMAIL, phone=PHONE)
    world.give_account(one, client)
    now = world.clock.now()
    world.change(world.all(PortalAccount)[0], sms_number="+14185550177")
    world.put(
        Passkey(
            firm_id=one.firm_id,
            contact_id=one.id,
            name="Phone of Quetzal",
            credential_id=b"1",
            public_key=b"2",
            created_at=now,
        )
    )
    twin = world.new_contact(other, NAME, email="old@nandu.example")
    world.new_session(contact_id=one.id, firm_id=one.firm_id, address="203.0.113.9", browser="Firefox")
    sent(world, world.draft_request(client, to=[one]))
    sent(world, world.draft_request(other, to=[twin], name="Trust deed"))
    deliver_outbox(world.ports)
    merging.merge_contacts(world.ports, world.staff, one.id, twin.id, resend=True)
    contacts.link_contact(world.ports, world.staff, world.new_client("Ferme Rivière").id, one.id)
    ferme = next(row for row in world.all(type(client)) if row.name == "Ferme Rivière")
    invitations.invite_contact(world.ports, world.staff, ferme.id, one.id, message=f"Welcome, {NAME}")
    request = world.all(ClientRequest)[0]
    task = world.tasks(request)[0]
    world.new_file(task, "T4.pdf", contact_id=one.id)
    now = world.clock.now()
    world.put(
        Comment(firm_id=one.firm_id, task_id=task.id, body="Here it is.", contact_id=one.id, at=now),
        Activity(
            firm_id=one.firm_id,
            kind="task_handed_over",
            at=now,
            client_id=client.id,
            facts={"title": "T4", "to": [NAME, "Luc"]},
        ),
    )
    return one


def everything(world: World) -> dict[str, str]:
    """Every row of every table, as text."""
    tables = {}
    with world.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            rows = [dict(row._mapping) for row in connection.execute(select(table))]
            tables[table.name] = json.dumps(rows, default=str, ensure_ascii=False)
    return tables


def naming(world: World) -> dict[str, str]:
    """The tables that still say who it was."""
    words = (NAME, EMAIL, PHONE, "old@nandu.example", "quetzal", "nandu", "203.0.113.9", "4185550177")
    return {
        table: word
        for table, text in everything(world).items()
        for word in words
        if word.casefold() in text.casefold()
    }


def client_named(world: World, name: str) -> Client:
    return next(row for row in world.all(Client) if row.name.startswith(name))


def erase(world: World, person: Contact, name: str = NAME) -> None:
    erasing.erase_contact(world.ports, world.staff, person.id, name)


def test_14_3_no_row_says_any_more_who_it_was_and_the_audit_chain_stays_whole(
    world: World, person: Contact
) -> None:
    assert {"contact", "activity", "outbox_mail", "invitation", "search_word"} <= set(naming(world))

    erase(world, person)

    assert naming(world) == {}
    assert audit_chain.verify(world.ports) == []
    (entry,) = world.all(AuditEntry, action="contact:erased")
    assert entry.subject_id == person.id


def test_14_3_and_asvs_52_the_audit_log_holds_no_name_that_was_typed(world: World, person: Contact) -> None:
    ports, staff, client = world.ports, world.staff, client_named(world, "Studio")
    request = world.draft_request(client)
    checklists.edit_task(ports, staff, world.tasks(request)[0].id, TaskFields(f"T4 of {NAME}"))
    sections.rename_section(ports, staff, request.id, f"Documents of {NAME}")
    templates.add_template(ports, staff, TemplateFields(f"Return of {NAME}"))
    rule = AutomationFields(
        f"Ask {NAME}", Trigger.REQUEST_SENT.value, sets_status=WorkStatus.WAITING_ON_CLIENT.value
    )
    automation_settings.keep_automation(ports, staff, None, rule)
    sent(world, request)
    deliver_outbox(ports)
    run_automations(ports)
    folder_id = folders.add_folder(ports, staff, client.id, NAME)
    folders.edit_folder(ports, staff, folder_id, f"{NAME} 2025", shown=True)
    now = world.clock.now()
    paper = world.put(
        Document(
            firm_id=client.firm_id, client_id=client.id, name=f"{NAME}.pdf", file_id=client.id, created_at=now
        )
    )
    documents.rename_document(ports, staff, paper.id, f"{NAME} 2025.pdf")
    portal_export.begin_export(ports, staff, Filters(search=NAME))

    kept = {row.action: str(row.facts) for row in world.all(AuditEntry)}

    done = {"task:edited", "section:renamed", "template:added", "automation:kept", "automation:ran"}
    assert done | {"folder:renamed", "document:renamed", "portal:exported"} <= set(kept)
    assert [action for action, facts in kept.items() if "Quetzal" in facts] == []
    assert "search" in kept["portal:exported"]


def test_14_3_what_they_gave_stays_with_the_clients_file_by_nobodys_name(
    world: World, person: Contact
) -> None:
    erase(world, person)

    gone = world.get(person)
    assert (gone.name, gone.email, gone.email_key) == ("Erased person", "", None)
    assert [row.body for row in world.all(Comment)] == ["Here it is."]
    assert [row.facts["to"] for row in world.all(Activity, kind="task_handed_over")] == [
        ["Erased person", "Luc"]
    ]
    assert all(row.withdrawn_at for row in world.all(ClientRequest))
    deliver_outbox(world.ports)
    assert all(row.sealed is None for row in world.all(OutboxMail, contact_id=person.id))


def test_14_3_a_task_that_was_handed_to_them_forgets_them_too(world: World, person: Contact) -> None:
    client = world.new_client("Luc Roy")
    luc = world.new_contact(client, "Luc Roy")
    request = world.draft_request(client, to=[luc])
    sent(world, request)
    (grant,) = world.all(AccessGrant, contact_id=luc.id)
    now = world.clock.now()
    hand = world.put(
        HandOver(
            firm_id=luc.firm_id,
            task_id=world.tasks(request)[0].id,
            request_id=request.id,
            grant_id=grant.id,
            contact_id=luc.id,
            name=NAME,
            email=EMAIL.upper(),
            created_at=now,
            expires_at=now + timedelta(days=9),
        )
    )

    erase(world, person)

    assert (world.get(hand).name, world.get(hand).email) == ("Erased person", "")


def test_14_3_erasing_asks_once_for_the_name(world: World, person: Contact) -> None:
    with pytest.raises(BadInput) as refusal:
        erase(world, person, "Somebody else")
    assert refusal.value.field == "name"
    assert world.get(person).name == NAME

    erase(world, person, "  quetzal  ÑANDU ")
    with pytest.raises(NotFound):
        erase(world, person)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_1_16_only_an_owner_erases(world: World, person: Contact, role: Role) -> None:
    one = world.actor(world.new_staff("Ada", role=role))
    with pytest.raises(NotFound):
        erasing.erase_contact(world.ports, one, person.id, NAME)
    with pytest.raises(NotFound):
        erasing.look_erasing(world.ports, one, person.id)
    assert world.get(person).name == NAME


def test_14_3_the_page_names_the_clients_that_bear_the_name_and_stay(world: World, person: Contact) -> None:
    world.new_client(NAME.upper())
    assert erasing.look_erasing(world.ports, world.staff, person.id).namesakes == (NAME.upper(),)


def browser(world: World, staff: Staff | None) -> TestClient:
    app = Starlette(routes=contact_data.routes)
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    cookies = {"staff": world.new_session(staff_id=staff.id, firm_id=staff.firm_id)[1]} if staff else {}
    url = world.settings.public_url
    return TestClient(gate, base_url=url, follow_redirects=False, cookies=cookies, headers={"origin": url})


def test_14_3_the_archive_holds_what_the_portal_knows_to_read_and_for_machines(
    world: World, person: Contact
) -> None:
    got = browser(world, world.new_staff("Ada", role=Role.ADMIN)).get(f"/staff/contacts/{person.id}/data")

    assert (got.status_code, got.headers["content-type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(got.content))
    assert archive.testzip() is None
    assert archive.namelist() == ["read me.html", "data.json", "files/0001 T4.pdf.txt"]
    data = json.loads(archive.read("data.json"))
    assert data["contact"][0]["email"] == EMAIL
    assert {row["client"] for row in data["clients"]} == {
        "Studio Rivière",
        "Fiducie Rivière",
        "Ferme Rivière",
    }
    assert [row["text"] for row in data["comments"]] == ["Here it is."]
    assert {row["request"] for row in data["requests"]} == {"Documents for 2025", "Trust deed"}
    assert data["files"][0]["name"] == "0001 T4.pdf"
    assert data["emails"]
    assert data["timeline"]
    page = archive.read("read me.html").decode()
    assert NAME in page
    assert "<script" not in page
    assert "contact:exported" in {row.action for row in world.all(AuditEntry)}


def test_14_3_the_archive_holds_their_notices_and_how_they_chose_to_be_notified(
    world: World, person: Contact
) -> None:
    studio = client_named(world, "Studio")
    task = world.tasks(world.all(ClientRequest, client_id=studio.id)[0])[0]
    world.put(
        ContactNoticeChoice(
            firm_id=person.firm_id,
            contact_id=person.id,
            topic=ContactTopic.COMMENT,
            by_portal=True,
            by_email=False,
            by_push=False,
            changed_at=world.clock.now(),
        )
    )
    comments.add_comment(world.ports, world.staff, task.id, "Page 2 is missing.")
    world.clock.advance(minutes=5)
    comments.add_comment(world.ports, world.staff, task.id, "And page 3.")
    first, _second = world.all(ContactNotice, kind="comment", contact_id=person.id)
    world.change(first, read_at=world.clock.now())
    elsewhere = world.new_client("Elsewhere inc.")
    theirs = world.draft_request(elsewhere, to=[world.new_contact(elsewhere, "Luc Roy")])
    sent(world, theirs)
    comments.add_comment(world.ports, world.staff, world.tasks(theirs)[0].id, "Not for Quetzal.")

    got = browser(world, world.owner).get(f"/staff/contacts/{person.id}/data")

    archive = zipfile.ZipFile(io.BytesIO(got.content))
    data = json.loads(archive.read("data.json"))
    told = [row for row in data["notices"] if row["what"] == f"Sophie Ouellet wrote about {task.title}:"]
    assert [(row["client"], row["text"]) for row in told] == [
        ("Studio Rivière", "Page 2 is missing."),
        ("Studio Rivière", "And page 3."),
    ]
    assert [bool(row["read_at"]) for row in told] == [True, False]
    ways = {row["what"]: row["ways"] for row in data["notice_choices"]}
    assert ways["Comments and answers by the firm"] == "In the portal"
    assert ways["Documents shared with you"] == "In the portal, By e-mail, On their devices"
    page = archive.read("read me.html").decode()
    assert "And page 3." in page
    assert "Not for Quetzal." not in page


def test_14_3_strangers_members_and_other_firms_get_neither_archive_nor_page(
    world: World, person: Contact
) -> None:
    rival = world.new_staff("Rival", role=Role.OWNER, firm=world.new_firm("Other", slug="other"))
    for path in (f"/staff/contacts/{person.id}/data", f"/staff/contacts/{person.id}/erase"):
        assert browser(world, world.new_staff(f"Karim {path[-4:]}")).get(path).status_code == 404
        assert browser(world, rival).get(path).status_code == 404
        assert browser(world, None).get(path).headers["location"].startswith("/staff/login")
    post = browser(world, rival).post(f"/staff/contacts/{person.id}/erase", data={"name": NAME})
    assert post.status_code == 404
    assert world.get(person).name == NAME


def test_14_3_the_page_says_what_goes_and_what_stays_and_keeps_what_was_typed(
    world: World, person: Contact
) -> None:
    at = browser(world, world.owner)
    path = f"/staff/contacts/{person.id}/erase"
    asked = at.get(path).text
    assert "What stays, why, and until when" in asked
    wrong = at.post(path, data={"name": "Quetzal"})
    assert (wrong.status_code, 'value="Quetzal"' in wrong.text) == (422, True)
    done = at.post(path, data={"name": NAME})
    assert (done.status_code, "Erased" in done.text) == (200, True)
    assert world.get(person).erased_at == world.clock.now()
