"""A file on a task replaced by a new version, and names beside each other (10.4)."""

from __future__ import annotations

import pytest

from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.uploads import MB, Refused
from portal_app.models import Activity, Client, Side, StoredFile, TaskAnswer
from portal_app.services.documents.document_pages import documents_page
from portal_app.services.files import downloads, removing, uploads, zips
from portal_app.services.files.files import FileView
from portal_app.services.files.forgetting import forget_removed_files
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import client_answers, task_rows, tasks
from portal_app.work import reading
from tests.files.tools import Asked, bring, pdf, uploaded
from tests.services.handed_story import Story
from tests.world import World

FIRST, SECOND = pdf(3000), pdf(4000)


def start(world: World, who: Asked, replaces: object, size: int, name: str = "Scan.pdf") -> str:
    token, _ = uploads.start_upload(world.ports, who.client, who.task.id, name, size, replaces_id=replaces)
    return token


def replaced(
    world: World, who: Asked, replaces: object, body: bytes = SECOND, name: str = "Scan.pdf"
) -> object:
    """A new version that arrived; its id."""
    receipt = bring(world, start(world, who, replaces, len(body), name), body)
    assert receipt is not None
    return receipt.file_id


def clients(world: World, who: Asked) -> list[FileView]:
    return request_page(world.ports, who.client, who.request.id).tasks[0].files


def staffs(world: World, who: Asked) -> list[FileView]:
    return task_rows.task_view(world.ports, world.staff, who.task.id).clients_files


def test_10_4_a_new_version_keeps_the_name_and_counts_alone(world: World, who: Asked) -> None:
    old = uploaded(world, who, FIRST).file_id
    new = replaced(world, who, old)

    (shown,) = clients(world, who)
    assert (shown.id, shown.name, shown.earlier) == (str(new), "Bank statements.pdf", [])
    with reading(world.ports, world.staff) as work:
        assert uploads.reserved(work, who.task.id, Side.CLIENT) == len(SECOND)
    world.change(world.firm, portal_on_at=world.clock.now())
    client = world.all(Client, id=who.request.client_id)[0]
    world.change(client, portal_on_at=world.clock.now())
    world.give_account(who.contact, client)
    page = documents_page(world.ports, world.signed_in(who.contact))
    assert [line.name for line in page.requests[0].documents] == ["Bank statements.pdf"]
    assert [one[0] for one in zips.of_task(world.ports, who.client, who.task.id).files] == [new]
    assert [row.facts["name"] for row in world.all(Activity, kind="file_replaced")] == ["Bank statements.pdf"]


def test_10_4_earlier_versions_stay_for_staff_and_for_them_alone(world: World, who: Asked) -> None:
    first = uploaded(world, who, FIRST).file_id
    world.clock.advance(minutes=5)
    second = replaced(world, who, first)
    world.clock.advance(minutes=5)
    third = replaced(world, who, second, pdf(5000))

    (shown,) = staffs(world, who)
    assert shown.id == str(third)
    assert [one.id for one in shown.earlier] == [str(second), str(first)]
    assert {one.by for one in shown.earlier} == {"Marie-Claude Gagnon"}
    assert shown.earlier[0].at != shown.earlier[1].at
    assert downloads.open_file(world.ports, world.staff, first).size == len(FIRST)
    with pytest.raises(NotFound):
        downloads.open_file(world.ports, who.client, first)


def test_10_4_another_kind_of_file_brings_its_own_name(world: World, who: Asked) -> None:
    old = uploaded(world, who, FIRST).file_id

    replaced(world, who, old, b"a,b\n1,2\n", "Statements.csv")

    assert [file.name for file in clients(world, who)] == ["Statements.csv"]


def test_10_4_without_replace_the_same_name_stands_beside_under_a_number(world: World, who: Asked) -> None:
    for _number in range(3):
        uploaded(world, who, FIRST)

    assert [file.name for file in clients(world, who)] == [
        "Bank statements.pdf",
        "Bank statements (2).pdf",
        "Bank statements (3).pdf",
    ]


def test_10_4_numbers_tell_nothing_of_files_that_one_does_not_see(world: World) -> None:
    story = Story(world)
    paul = story.held()
    for actor in (story.giver, paul, paul):
        token, _ = uploads.start_upload(world.ports, actor, story.task.id, "T4.pdf", len(FIRST))
        bring(world, token, FIRST)

    assert [row.name for row in world.all(StoredFile)] == ["T4.pdf", "T4.pdf", "T4 (2).pdf"]
    token, _ = uploads.start_upload(world.ports, story.giver, story.task.id, "T4.pdf", len(FIRST))
    receipt = bring(world, token, FIRST)
    assert receipt is not None
    assert receipt.name == "T4 (3).pdf"


def test_10_4_only_ones_own_file_that_is_there_is_replaced(world: World, who: Asked) -> None:
    old = uploaded(world, who, FIRST).file_id
    firms = world.new_file(who.task, "Letter.pdf", side=Side.FIRM, staff_id=world.owner.id).id
    client_id = who.request.client_id
    luc = world.new_contact(world.all(type(world.new_client("Other")), id=client_id)[0], "Luc Gagnon")
    theirs = world.new_file(who.task, "Luc.pdf", contact_id=luc.id).id
    elsewhere = world.new_file(world.tasks(who.request)[1], "T4.pdf", contact_id=who.contact.id).id

    for file_id in (firms, theirs):
        with pytest.raises(RuleBroken):
            start(world, who, file_id, 10)
    with pytest.raises(NotFound):
        start(world, who, elsewhere, 10)
    with pytest.raises(RuleBroken):
        uploads.start_upload(world.ports, world.staff, who.task.id, "a.pdf", 10, replaces_id=old)
    new = replaced(world, who, old)
    with pytest.raises(NotFound):
        start(world, who, old, 10)
    tasks.complete_task(world.ports, who.client, who.task.id)
    with pytest.raises(RuleBroken):
        start(world, who, new, 10)


def test_10_12_a_new_version_needs_only_what_it_has_more(world: World, who: Asked) -> None:
    world.change(world.firm, task_total_mb=3)
    old = uploaded(world, who, pdf(2 * MB)).file_id

    token = start(world, who, old, 3 * MB)
    with pytest.raises(Refused):
        start(world, who, None, 1)
    with pytest.raises(Refused):
        start(world, who, old, 3 * MB + 1)
    bring(world, token, pdf(3 * MB))

    assert [file.name for file in clients(world, who)] == ["Bank statements.pdf"]


def test_10_4_what_was_replaced_or_taken_off_meanwhile_loses_nothing(world: World, who: Asked) -> None:
    old = uploaded(world, who, FIRST).file_id
    one, two = start(world, who, old, len(SECOND)), start(world, who, old, len(FIRST))
    bring(world, one, SECOND)
    bring(world, two, FIRST)
    (shown,) = staffs(world, who)
    assert len(shown.earlier) == 2

    late = start(world, who, world.all(StoredFile, id=old)[0].replaced_by_id, len(SECOND), "New.pdf")
    removing.take_own_back(
        world.ports, who.client, who.task.id, world.all(StoredFile, id=old)[0].replaced_by_id
    )
    bring(world, late, SECOND)
    assert [file.name for file in staffs(world, who)] == ["New.pdf"]


def test_10_8_versions_go_and_come_back_with_their_file(world: World, who: Asked) -> None:
    old = uploaded(world, who, FIRST).file_id
    new = replaced(world, who, old)
    removing.take_own_back(world.ports, who.client, who.task.id, new)
    with pytest.raises(NotFound):
        downloads.open_file(world.ports, world.staff, old)
    assert [one.id for one in task_rows.task_view(world.ports, world.staff, who.task.id).gone_files] == [
        str(new)
    ]
    with pytest.raises(NotFound):
        removing.restore_file(world.ports, world.staff, old)

    removing.restore_file(world.ports, world.staff, new)
    assert [one.id for one in staffs(world, who)[0].earlier] == [str(old)]
    removing.remove_file(world.ports, world.staff, new)
    world.clock.advance(days=world.firm.retention_days)
    assert forget_removed_files(world.ports) == 2
    assert world.objects.parts == {}


def test_5_8_a_document_that_was_chosen_stays_chosen_in_its_new_version(world: World, who: Asked) -> None:
    old = uploaded(world, who, FIRST).file_id
    other = world.tasks(who.request)[1]
    client_answers.say_already_there(world.ports, who.client, other.id, old, once_key="once")
    new = replaced(world, who, old)

    assert world.all(TaskAnswer)[0].file_id == new
    assert (
        request_page(world.ports, who.client, who.request.id).tasks[1].document.name == "Bank statements.pdf"
    )
