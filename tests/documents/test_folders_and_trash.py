"""Folders, and what was removed: taken back within the firm's time, then really gone (10.6, 10.8)."""

from __future__ import annotations

import pytest

from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.models import (
    AccessLevel,
    Document,
    DocumentReading,
    DocumentShare,
    FilePart,
    Folder,
    SharedWith,
    StoredFile,
    Upload,
)
from portal_app.services.documents import document_uploads, documents, folders, visible
from portal_app.services.documents.document_uploads import Place
from portal_app.services.files import downloads
from portal_app.services.files.forgetting import forget_removed_files
from portal_app.work import reading
from tests.documents.conftest import House
from tests.files.tools import pdf


def add(house: House, name: str, within: object = None, *, shown: bool = True) -> object:
    world = house.world
    return folders.add_folder(world.ports, world.staff, house.client.id, name, within, shown=shown)


def seen(house: House, level: AccessLevel) -> set[str]:
    who = house.marie if level is AccessLevel.FULL else house.luc
    with reading(house.world.ports, house.world.staff) as work:
        ids = visible.folders(work, house.client.id, who.id, level)
    return {row.name for row in house.world.all(Folder) if row.id in ids}


def test_10_6_folders_have_names_of_their_own_and_three_levels(house: House) -> None:
    world = house.world
    top = add(house, " Taxes  2025 ")
    middle = add(house, "Receipts", top)
    low = add(house, "Home office", middle)

    assert [row.name for row in world.all(Folder)] == ["Taxes 2025", "Receipts", "Home office"]
    with pytest.raises(RuleBroken):
        add(house, "Too deep", low)
    with pytest.raises(BadInput):
        add(house, "taxes 2025")
    with pytest.raises(BadInput):
        add(house, "  ")
    with pytest.raises(RuleBroken):
        folders.move_folder(world.ports, world.staff, top, low)
    other = add(house, "Mortgage")
    with pytest.raises(RuleBroken):
        folders.move_folder(world.ports, world.staff, middle, low)
    folders.move_folder(world.ports, world.staff, middle, other)
    with pytest.raises(RuleBroken):
        folders.move_folder(world.ports, world.staff, other, top) or folders.move_folder(
            world.ports, world.staff, top, middle
        )


def test_10_6_a_folder_of_another_client_takes_nothing(house: House) -> None:
    world = house.world
    other = world.new_client("Other inc.")
    folder = folders.add_folder(world.ports, world.staff, other.id, "Theirs")
    document = house.put(world.staff)

    with pytest.raises(NotFound):
        documents.move_documents(world.ports, world.staff, [document.id], folder)
    for actor in (world.staff, house.full):
        with pytest.raises(NotFound):
            document_uploads.start_upload(world.ports, actor, Place(house.client.id, folder), "a.pdf", 10)
    with pytest.raises(NotFound):
        add(house, "Inside", folder)


def test_10_14_folders_show_what_they_hold_and_to_full_access_also_empty_ones(house: House) -> None:
    world = house.world
    top = add(house, "Taxes")
    inner = add(house, "Slips", top, shown=False)
    add(house, "Notes of the firm", shown=False)

    assert seen(house, AccessLevel.FULL) == {"Taxes"}
    assert seen(house, AccessLevel.LIMITED) == set()

    document = house.put(world.staff, folder=inner)
    assert seen(house, AccessLevel.FULL) == {"Taxes", "Slips"}
    assert seen(house, AccessLevel.LIMITED) == set()
    with pytest.raises(NotFound):
        document_uploads.start_upload(world.ports, house.limited, Place(house.client.id, inner), "a.pdf", 9)

    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.NAMED, [house.luc.id])
    assert seen(house, AccessLevel.LIMITED) == {"Taxes", "Slips"}
    assert house.put(house.limited, "Mine.pdf", folder=inner).folder_id == inner


def test_10_8_what_was_removed_comes_back_within_the_firms_time(house: House) -> None:
    world = house.world
    document = house.put(house.full)

    documents.remove_documents(world.ports, world.staff, [document.id])
    with pytest.raises(NotFound):
        downloads.open_file(world.ports, house.full, document.file_id)
    world.clock.advance(days=29)
    forget_removed_files(world.ports)
    documents.restore_documents(world.ports, world.staff, [document.id])

    assert downloads.open_file(world.ports, house.full, document.file_id).size == 3000
    assert world.get(document).deleted_at is None


def test_10_8_after_the_firms_time_it_really_goes_with_every_version(house: House) -> None:
    world = house.world
    document, kept = house.put(house.full), house.put(world.staff, "Kept.pdf")
    house.put(house.full, replaces=document, body=pdf(2000))
    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.CLIENT, [house.luc.id])
    file = downloads.open_file(world.ports, house.full, world.get(document).file_id)
    downloads.note_download(world.ports, house.full, file)
    documents.remove_documents(world.ports, world.staff, [document.id])
    world.clock.advance(days=31)

    assert forget_removed_files(world.ports) == 2
    assert forget_removed_files(world.ports) == 0

    assert [row.id for row in world.all(Document)] == [kept.id]
    for kind in (StoredFile, Upload):
        assert [row.id for row in world.all(kind)] == [kept.file_id]
    assert {row.upload_id for row in world.all(FilePart)} == {kept.file_id}
    assert len(world.objects.parts) == 1
    assert world.all(DocumentShare) == world.all(DocumentReading) == []


def test_10_8_a_contact_takes_back_what_they_put_there_and_staff_restore_it(house: House) -> None:
    world = house.world
    own, firms = house.put(house.full), house.put(world.staff, "Ours.pdf")

    documents.take_own_back(world.ports, house.full, own.id)
    with pytest.raises(RuleBroken):
        documents.take_own_back(world.ports, house.full, firms.id)
    with pytest.raises(NotFound):
        documents.take_own_back(world.ports, house.limited, firms.id)

    assert world.get(own).deleted_by_contact_id == house.marie.id
    documents.restore_documents(world.ports, world.staff, [own.id])
    assert world.get(own).deleted_at is None


def test_10_8_a_folder_goes_and_comes_back_with_what_was_in_it_then(house: House) -> None:
    world = house.world
    top = add(house, "Taxes")
    inner = add(house, "Slips", top)
    first = house.put(world.staff, "First.pdf", folder=inner)
    house.put(world.staff, "Outside.pdf")
    documents.remove_documents(world.ports, world.staff, [first.id])
    world.clock.advance(minutes=1)
    second = house.put(world.staff, "Second.pdf", folder=inner)

    assert folders.remove_folder(world.ports, world.staff, top) == 1
    assert [row.name for row in world.all(Document) if row.deleted_at is None] == ["Outside.pdf"]
    folders.restore_folder(world.ports, world.staff, top)

    assert [row.deleted_at for row in world.all(Folder)] == [None, None]
    assert world.get(second).deleted_at is None
    assert world.get(first).deleted_at is not None


def test_10_8_restored_where_its_folder_is_gone_it_stands_at_the_top_under_a_free_name(house: House) -> None:
    world = house.world
    folder = add(house, "Taxes")
    document = house.put(world.staff, folder=folder)
    house.put(world.staff)
    folders.remove_folder(world.ports, world.staff, folder)

    documents.restore_documents(world.ports, world.staff, [document.id])

    back = world.get(document)
    assert (back.folder_id, back.name) == (None, "Letter (2).pdf")


def test_10_8_an_upload_whose_folder_is_removed_meanwhile_lands_at_the_top(house: House) -> None:
    world = house.world
    folder, body = add(house, "Taxes"), pdf(600)
    token, _ = document_uploads.start_upload(
        world.ports, house.full, Place(house.client.id, folder), "Slip.pdf", len(body)
    )
    folders.remove_folder(world.ports, world.staff, folder)

    house.bring(token, body)

    assert [(row.name, row.folder_id) for row in world.all(Document)] == [("Slip.pdf", None)]
