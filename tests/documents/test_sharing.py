"""Who sees which document (10.6, 10.14, 3.1, 3.10), and how names and versions stand (10.4)."""

from __future__ import annotations

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, PortalError, RuleBroken, SignInNeeded
from portal_app.domain.permissions import Permission
from portal_app.domain.uploads import Refused, UploadGone
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    AuditEntry,
    Document,
    DocumentReading,
    Notification,
    PortalAccess,
    SharedWith,
    StoredFile,
    Upload,
)
from portal_app.services import access
from portal_app.services.clients import contact_archiving
from portal_app.services.documents import document_uploads, documents, folders
from portal_app.services.documents.document_uploads import Place
from portal_app.services.files import downloads
from portal_app.services.files.downloads import read_part
from portal_app.services.invitations import levels
from portal_app.work import reading
from tests.documents.conftest import House
from tests.files.tools import asked, pdf
from tests.world import World


def sees(world: World, actor: Actor, document: Document) -> bool:
    """Whether the door opens, for the document and for its bytes; both or neither."""
    permission = Permission.DOCUMENT_READ if actor.is_staff else Permission.DOCUMENT_VIEW
    file_id = world.get(document).file_id

    def opens(ask: object) -> bool:
        try:
            ask()  # type: ignore[operator]
        except (NotFound, SignInNeeded):
            return False
        return True

    def door() -> None:
        with reading(world.ports, actor) as work:
            access.document(work, document.id, permission)

    found = opens(door)
    assert found == opens(lambda: downloads.open_file(world.ports, actor, file_id))
    return found


def test_10_14_shared_with_the_client_is_for_full_access_and_staff(house: House) -> None:
    document = house.put(house.world.staff)

    assert sees(house.world, house.world.staff, document)
    assert sees(house.world, house.full, document)
    assert not sees(house.world, house.limited, document)


def test_10_14_kept_by_staff_is_for_staff_alone(house: House) -> None:
    document = house.put(house.world.staff, shared_with=SharedWith.STAFF)

    assert sees(house.world, house.world.staff, document)
    assert not sees(house.world, house.full, document)
    assert not sees(house.world, house.limited, document)


def test_10_14_and_3_1_shared_by_name_is_for_them_and_for_full_access(house: House) -> None:
    world = house.world
    document = house.put(world.staff, shared_with=SharedWith.STAFF)

    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.NAMED, [house.luc.id])

    assert sees(world, house.limited, document)
    assert sees(world, house.full, document)


def test_10_14_what_a_limited_contact_uploads_is_seen_by_them_by_full_access_and_by_staff(
    house: House,
) -> None:
    world = house.world
    other = world.new_contact(house.client, "Paul Gagnon")
    world.give_account(other, house.client, level=AccessLevel.LIMITED)
    document = house.put(house.limited, shared_with=SharedWith.STAFF)

    assert document.shared_with is SharedWith.CLIENT
    assert sees(world, house.limited, document)
    assert sees(world, house.full, document)
    assert sees(world, world.staff, document)
    assert not sees(world, world.signed_in(other), document)


def test_10_14_what_came_from_the_client_is_not_taken_out_of_their_sight(house: House) -> None:
    document = house.put(house.limited)

    with pytest.raises(RuleBroken):
        documents.share_documents(house.world.ports, house.world.staff, [document.id], SharedWith.STAFF)

    assert sees(house.world, house.full, document)


def test_10_14_sharing_by_name_needs_a_name_of_this_client(house: House) -> None:
    world = house.world
    stranger = world.new_contact(world.new_client("Other inc."), "Somebody Else")
    document = house.put(world.staff)

    with pytest.raises(BadInput):
        documents.share_documents(world.ports, world.staff, [document.id], SharedWith.NAMED)
    with pytest.raises(NotFound):
        documents.share_documents(world.ports, world.staff, [document.id], SharedWith.NAMED, [stranger.id])

    assert world.get(document).shared_with is SharedWith.CLIENT


def test_10_6_another_client_another_firm_and_a_device_see_nothing(house: House) -> None:
    world = house.world
    document = house.put(world.staff)
    other = world.new_client("Other inc.")
    stranger = world.new_contact(other, "Somebody Else")
    world.give_account(stranger, other)
    firm = world.new_firm("Elsewhere", slug="elsewhere")
    colleague = world.actor(world.new_staff("Not Ours", firm=firm))
    device = asked(world, "Roland Gagnon").client

    assert not sees(world, world.signed_in(stranger), document)
    assert not sees(world, colleague, document)
    assert not sees(world, device, document)
    assert not sees(world, Actor.nobody(), document)


def test_10_6_nobody_but_those_uploads_there(house: House) -> None:
    world, place = house.world, Place(house.client.id)
    other = world.new_client("Other inc.")
    stranger = world.new_contact(other, "Somebody Else")
    world.give_account(stranger, other)
    colleague = world.actor(world.new_staff("Not Ours", firm=world.new_firm("Elsewhere", slug="elsewhere")))
    device = asked(world, "Roland Gagnon").client

    for actor in (world.signed_in(stranger), colleague, device, Actor.nobody()):
        with pytest.raises((NotFound, SignInNeeded)):
            document_uploads.start_upload(world.ports, actor, place, "a.pdf", 10)
    assert world.all(Upload) == []


def test_3_10_from_full_to_limited_what_was_shared_with_all_is_not_found(house: House) -> None:
    world = house.world
    shared, own = house.put(world.staff), house.put(house.full, "Own.pdf")
    named = house.put(world.staff, "Named.pdf")
    documents.share_documents(world.ports, world.staff, [named.id], SharedWith.CLIENT, [house.marie.id])

    levels.change_level(world.ports, world.staff, house.client.id, house.marie.id, AccessLevel.LIMITED)

    assert not sees(world, house.full, shared)
    assert sees(world, house.full, own)
    assert sees(world, house.full, named)


def test_2_10_an_archived_contact_sees_none_and_their_upload_stops(house: House) -> None:
    world = house.world
    document = house.put(house.full)
    body = pdf(500)
    token, _ = document_uploads.start_upload(
        world.ports, house.full, Place(house.client.id), "Late.pdf", len(body)
    )

    contact_archiving.archive_contact(world.ports, world.staff, house.marie.id)

    assert not sees(world, house.full, document)
    with pytest.raises(UploadGone):
        house.bring(token, body)
    assert world.all(Upload, name="Late.pdf") == []


def test_10_10_an_upload_goes_on_when_the_session_has_ended(house: House) -> None:
    world, body = house.world, pdf(500)
    token, _ = document_uploads.start_upload(
        world.ports, house.limited, Place(house.client.id), "Slow.pdf", len(body)
    )
    world.clock.advance(hours=3)

    house.bring(token, body)

    assert world.all(Document)[0].name == "Slow.pdf"
    assert world.all(Document)[0].contact_id == house.luc.id


def test_10_10_access_that_was_taken_away_stops_an_upload(house: House) -> None:
    world, body = house.world, pdf(500)
    token, _ = document_uploads.start_upload(
        world.ports, house.limited, Place(house.client.id), "Slow.pdf", len(body)
    )
    given = world.all(PortalAccess, contact_id=house.luc.id)[0]
    world.change(given, status=AccessStatus.CANCELLED)

    with pytest.raises(UploadGone):
        house.bring(token, body)
    assert world.all(Document) == []
    assert world.objects.parts == {}


def test_10_4_a_second_name_is_numbered_among_what_that_person_sees(house: House) -> None:
    world = house.world
    house.put(world.staff, "Slip.pdf")

    assert house.put(house.limited, "Slip.pdf").name == "Slip.pdf"
    assert house.put(house.limited, "Slip.pdf").name == "Slip (2).pdf"
    assert house.put(house.full, "slip.pdf").name == "slip (3).pdf"


def test_10_4_replacing_makes_a_version_and_staff_reach_the_earlier(house: House) -> None:
    world = house.world
    document = house.put(house.full, body=pdf(1000))
    first = document.file_id

    house.put(house.full, replaces=document, body=pdf(2000))

    now = world.get(document)
    assert now.file_id != first
    assert len(world.all(Document)) == 1
    opened = downloads.open_file(world.ports, house.full, now.file_id)
    assert read_part(world.ports, opened, 0) == pdf(2000)
    assert downloads.open_file(world.ports, world.staff, first).size == 1000
    with pytest.raises(NotFound):
        downloads.open_file(world.ports, house.full, first)


def test_10_4_a_contact_replaces_only_what_they_put_there(house: House) -> None:
    document = house.put(house.world.staff)

    with pytest.raises(RuleBroken):
        house.put(house.full, replaces=document)
    with pytest.raises(NotFound):
        house.put(house.limited, replaces=document)


def test_10_2_limits_and_refused_kinds_hold_for_documents(house: House) -> None:
    world, place = house.world, Place(house.client.id)
    for name, length in (("virus.exe", 10), ("page.html", 10), ("empty.pdf", 0), ("big.pdf", 201 << 20)):
        for actor in (world.staff, house.full):
            with pytest.raises(Refused):
                document_uploads.start_upload(world.ports, actor, place, name, length)
    token, _ = document_uploads.start_upload(world.ports, house.full, place, "big.pdf", 200 << 20)
    assert house.standing(token).length == 200 << 20


def test_10_2_content_that_is_not_what_its_name_says_leaves_nothing(house: House) -> None:
    world = house.world
    token, _ = document_uploads.start_upload(
        world.ports, house.full, Place(house.client.id), "letter.pdf", 31
    )

    with pytest.raises(PortalError):
        house.bring(token, b"<html><script>alert(1)</script>")

    assert world.all(Upload) == []
    assert world.all(Document) == []


def test_8_7_documents_of_ten_minutes_are_one_notification(house: House) -> None:
    world = house.world
    for name in ("a.pdf", "b.pdf"):
        house.put(house.limited, name)
    world.clock.advance(minutes=11)
    house.put(house.limited, "c.pdf")
    house.put(world.staff, "ours.pdf")

    told = world.all(Notification)
    assert [(row.kind, row.facts["count"], row.staff_id) for row in told] == [
        ("documents_uploaded", 2, world.owner.id),
        ("documents_uploaded", 1, world.owner.id),
    ]
    assert told[0].contact_id == house.luc.id


def test_10_6_who_opened_it_is_known_and_in_the_audit_log(house: House) -> None:
    world = house.world
    document = house.put(world.staff)
    for _time in range(2):
        file = downloads.open_file(world.ports, house.full, document.file_id)
        downloads.note_download(world.ports, house.full, file)

    readings = world.all(DocumentReading)
    assert [(row.document_id, row.contact_id) for row in readings] == [(document.id, house.marie.id)]
    taken = world.all(AuditEntry, action="file:downloaded")
    assert [entry.actor_id for entry in taken] == [house.marie.id] * 2


def test_unshared_after_the_tab_was_open_the_bell_sounds_for_everybody(house: House) -> None:
    world = house.world
    document = house.put(world.staff)
    world.bell.rung.clear()

    documents.share_documents(world.ports, world.staff, [document.id], SharedWith.STAFF)

    assert {f"contact:{house.marie.id}", f"contact:{house.luc.id}", f"documents:{house.client.id}"} <= set(
        world.bell.rung
    )
    assert not sees(world, house.full, document)


def test_10_6_a_renamed_document_keeps_its_ending_and_a_moved_one_its_name(house: House) -> None:
    world = house.world
    folder = folders.add_folder(world.ports, world.staff, house.client.id, "Taxes 2025")
    there = house.put(world.staff, "Letter.pdf", folder=folder)
    document = house.put(world.staff, "Draft.pdf")

    documents.rename_document(world.ports, world.staff, document.id, "Letter")
    assert world.get(document).name == "Letter.pdf"
    documents.move_documents(world.ports, world.staff, [document.id], folder)

    assert world.get(document).name == "Letter (2).pdf"
    assert world.get(document).folder_id == there.folder_id == folder


def test_10_6_only_staff_rename_move_share_and_remove(house: House) -> None:
    world = house.world
    document = house.put(house.full)
    colleague = world.actor(world.new_staff("Not Ours", firm=world.new_firm("Elsewhere", slug="elsewhere")))
    for actor in (house.full, house.limited, colleague):
        for act in (
            lambda one: documents.rename_document(world.ports, one, document.id, "x"),
            lambda one: documents.move_documents(world.ports, one, [document.id], None),
            lambda one: documents.share_documents(world.ports, one, [document.id], SharedWith.CLIENT),
            lambda one: documents.remove_documents(world.ports, one, [document.id]),
            lambda one: folders.add_folder(world.ports, one, house.client.id, "Mine"),
        ):
            with pytest.raises(NotFound):
                act(actor)
    kept = world.get(document)
    assert (kept.name, kept.deleted_at) == ("Letter.pdf", None)
    assert len(world.all(StoredFile)) == 1
