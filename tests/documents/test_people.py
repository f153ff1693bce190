"""Documents when people come together, leave, or ask what is known of them (2.19, 2.20, 14.3), and at home (9.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal_app.domain.actors import Actor
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    ContactNotice,
    Document,
    DocumentReading,
    DocumentShare,
    PortalAccess,
    SharedWith,
)
from portal_app.services.clients import clients, contact_archiving, contact_data, contacts, merging
from portal_app.services.documents import document_pages, document_rows, document_views, documents
from portal_app.services.documents.document_pages import DocumentsPage
from portal_app.services.files import downloads, uploads
from portal_app.services.home import home_pages
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.notices.notice_mail import queue_contact_notices
from tests.documents.conftest import House
from tests.files.tools import pdf
from tests.services import posted


def read(house: House, actor: Actor, document: Document) -> None:
    file = downloads.open_file(house.world.ports, actor, document.file_id)
    downloads.note_download(house.world.ports, actor, file)


def test_2_20_merged_contacts_have_what_was_shared_with_either_once(house: House) -> None:
    world = house.world
    document, own = house.put(world.staff), house.put(house.limited, "Mine.pdf")
    documents.share_documents(
        world.ports, world.staff, [document.id], SharedWith.NAMED, [house.luc.id, house.marie.id]
    )
    for actor in (house.full, house.limited):
        read(house, actor, document)

    merging.merge_contacts(world.ports, world.staff, house.marie.id, house.luc.id)

    assert [row.contact_id for row in world.all(DocumentShare)] == [house.marie.id]
    assert [row.contact_id for row in world.all(DocumentReading)] == [house.marie.id]
    assert world.get(own).contact_id == house.marie.id


def test_2_19_unlinked_from_the_client_nothing_is_shared_by_name_any_more(house: House) -> None:
    world = house.world
    document = house.put(world.staff)
    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.NAMED, [house.luc.id])

    contacts.unlink_contact(world.ports, world.staff, house.client.id, house.luc.id)

    assert world.all(DocumentShare) == []


def archive_and_restore_contact(house: House) -> None:
    contact_archiving.archive_contact(house.world.ports, house.world.staff, house.luc.id)
    contact_archiving.restore_contact(house.world.ports, house.world.staff, house.luc.id)


def archive_and_restore_client(house: House) -> None:
    clients.archive_client(house.world.ports, house.world.staff, house.client.id)
    clients.restore_client(house.world.ports, house.world.staff, house.client.id)


def unlink(house: House) -> None:
    contacts.unlink_contact(house.world.ports, house.world.staff, house.client.id, house.luc.id)


@pytest.mark.parametrize("is_gathered", [False, True], ids=["within ten minutes", "in the outbox"])
@pytest.mark.parametrize("end", [archive_and_restore_contact, archive_and_restore_client, unlink])
def test_2_10_and_2_15_and_2_19_no_e_mail_about_a_document_leaves_any_more(
    house: House, end: Callable[[House], None], is_gathered: bool
) -> None:
    world = house.world
    other = world.new_client("Elsewhere inc.")
    contacts.link_contact(world.ports, world.staff, other.id, house.luc.id)
    world.put(
        PortalAccess(
            firm_id=world.firm.id,
            client_id=other.id,
            contact_id=house.luc.id,
            level=AccessLevel.FULL,
            status=AccessStatus.ACCEPTED,
            created_at=world.clock.now(),
        )
    )
    elsewhere = replace(house, client=other)
    document = house.put(world.staff)
    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.NAMED, [house.luc.id])
    elsewhere.put(world.staff, "Lease.pdf")
    if is_gathered:
        world.clock.advance(minutes=10)
        queue_contact_notices(world.ports)

    end(house)
    world.clock.advance(minutes=10)
    queue_contact_notices(world.ports)
    deliver_outbox(world.ports)

    to_luc = [one for one in world.mail.sent if one.recipient == house.luc.email]
    about = {name for one in to_luc for name in ("Letter.pdf", "Lease.pdf") if name in posted.text_of(one)}
    assert about == (set() if end is archive_and_restore_contact else {"Lease.pdf"})


def test_14_3_a_contacts_data_names_what_they_sent_and_what_was_shared_with_them(house: House) -> None:
    world = house.world
    document = house.put(world.staff, "Letter.pdf")
    house.put(house.limited, "Mine.pdf")
    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.NAMED, [house.luc.id])

    found = contact_data.take_data(world.ports, world.staff, house.luc.id).for_machines()

    assert [row["name"] for row in found["documents"]] == ["Letter.pdf"]
    assert [row["name"] for row in found["files"]] == ["0001 Mine.pdf"]


def test_9_1_home_shows_what_came_last_and_only_what_its_reader_sees(house: House) -> None:
    world = house.world
    house.put(world.staff, "For all.pdf")
    world.clock.advance(minutes=1)
    house.put(world.staff, "Kept.pdf", shared_with=SharedWith.STAFF)
    world.clock.advance(minutes=1)
    house.put(house.limited, "Mine.pdf")

    def names(actor: Actor) -> list[str]:
        return [file.name for file in home_pages.home_page(world.ports, actor).files]

    assert names(house.full) == ["Mine.pdf", "For all.pdf"]
    assert names(house.limited) == ["Mine.pdf"]


def test_9_3_the_documents_page_is_of_the_client_shown_and_of_its_reader(house: House) -> None:
    world = house.world
    other = world.new_client("Other inc.")
    here = world.all(PortalAccess, contact_id=house.marie.id)[0]
    world.put(
        PortalAccess(
            firm_id=other.firm_id,
            client_id=other.id,
            contact_id=house.marie.id,
            level=here.level,
            status=here.status,
            created_at=world.clock.now(),
        )
    )
    house.put(world.staff, "Here.pdf")

    def seen(actor: Actor) -> list[str]:
        page = document_pages.documents_page(world.ports, actor)
        return [document.name for folder in page.folders for document in folder.documents]

    assert seen(house.full) == ["Here.pdf"]
    assert seen(house.limited) == []
    home_pages.show_client(world.ports, house.full, other.id)
    assert seen(house.full) == []


def test_9_3_a_document_is_found_by_part_of_its_name_without_accents(house: House) -> None:
    world = house.world
    for name in ("Relevé bancaire.pdf", "Lettre.pdf"):
        house.put(world.staff, name)

    page = document_pages.documents_page(world.ports, house.full, "releve")

    assert [one.name for folder in page.folders for one in folder.documents] == ["Relevé bancaire.pdf"]
    assert document_pages.documents_page(world.ports, house.full, "nothing").empty != ""


def _names(page: DocumentsPage) -> list[str]:
    return [one.name for folder in (*page.folders, *page.requests) for one in folder.documents]


def test_9_3_a_page_says_when_it_does_not_list_all_and_the_rest_is_found_by_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_rows, "MOST", 2)
    world = house.world
    for name in ("Oldest.pdf", "Older lease.pdf", "New.pdf"):
        house.put(world.staff, name)
        world.clock.advance(minutes=1)

    page = document_pages.documents_page(world.ports, house.full)
    found = document_pages.documents_page(world.ports, house.full, "old")
    staff = document_views.documents_view(world.ports, world.staff, house.client.id)
    sought = document_views.documents_view(world.ports, world.staff, house.client.id, find="oldest")

    assert _names(page) == ["New.pdf", "Older lease.pdf"]
    assert (
        page.older
        == staff.older
        == "The newest are listed here. Type part of a name to find an older document."
    )
    assert (_names(found), found.older) == (["Older lease.pdf", "Oldest.pdf"], "")
    assert [one.name for one in staff.documents] == ["New.pdf", "Older lease.pdf"]
    assert ([one.name for one in sought.documents], sought.older) == (["Oldest.pdf"], "")

    house.put(world.staff, "Old again.pdf")
    found = document_pages.documents_page(world.ports, house.full, "old")
    assert _names(found) == ["Old again.pdf", "Older lease.pdf"]
    assert found.older == "More documents bear this name. Type more of it to find an older one."


def test_9_3_what_came_with_an_older_request_is_found_by_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_pages, "MOST_REQUESTS", 1)
    world = house.world
    for name in ("Slip 2019.pdf", "Slip 2026.pdf"):
        request = world.draft_request(house.client, to=[house.marie])
        world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
        token, _ = uploads.start_upload(world.ports, house.full, world.tasks(request)[0].id, name, 3000)
        house.bring(token, pdf(3000))
        world.clock.advance(days=1)

    page = document_pages.documents_page(world.ports, house.full)
    found = document_pages.documents_page(world.ports, house.full, "2019")

    assert (_names(page), page.older != "") == (["Slip 2026.pdf"], True)
    assert (_names(found), found.older) == (["Slip 2019.pdf"], "")


def test_all_as_one_zip_is_offered_where_there_is_anything(house: House) -> None:
    world = house.world
    assert document_views.documents_view(world.ports, world.staff, house.client.id).zip_all == ""
    house.put(world.staff)
    assert document_views.documents_view(world.ports, world.staff, house.client.id).zip_all != ""


def test_9_6_whom_a_document_is_shared_with_is_told_and_not_when_it_is_taken_back(house: House) -> None:
    world = house.world
    document = house.put(world.staff, shared_with=SharedWith.STAFF)
    assert world.all(ContactNotice) == []

    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.CLIENT)
    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.CLIENT, [house.luc.id])
    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.CLIENT, [house.luc.id])

    told = world.all(ContactNotice)
    assert [(row.kind, row.contact_id, row.facts["name"]) for row in told] == [
        ("document_shared", house.marie.id, "Letter.pdf"),
        ("document_shared", house.luc.id, "Letter.pdf"),
    ]
    documents.remove_documents(world.ports, world.staff, [document.id])
    assert world.all(ContactNotice) == []


def test_9_6_what_a_contact_uploads_is_told_to_no_other_contact_and_to_them_as_a_receipt(
    house: House,
) -> None:
    house.put(house.limited)

    told = [(row.contact_id, row.kind) for row in house.world.all(ContactNotice)]
    assert told == [(house.luc.id, "file_received")]
