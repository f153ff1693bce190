"""Files off a task: taken back by their uploader, removed by staff, put back, and really gone in time (10.8, 10.11)."""

from __future__ import annotations

import pytest

from portal_app.domain.errors import LinkEnded, NotFound, PortalError, RuleBroken, SignInNeeded
from portal_app.domain.uploads import MB, Refused
from portal_app.models import AccessLevel, Activity, AuditEntry, Side, StoredFile, Upload
from portal_app.services.files import downloads, removing, uploads
from portal_app.services.files.files import FileView
from portal_app.services.files.forgetting import forget_removed_files
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import staff_answers, task_rows, tasks
from portal_app.services.tasks.task_views import TaskView
from portal_app.work import reading
from tests.files.tools import Asked, begin, bring, pdf, uploaded
from tests.services.handed_story import Story
from tests.world import World

BODY = pdf(MB)


def page(world: World, who: Asked) -> TaskView:
    """The task as the client sees it."""
    return request_page(world.ports, who.client, who.request.id).tasks[0]


def there(world: World, who: Asked) -> list[FileView]:
    return [file for file in page(world, who).files if not file.is_gone]


def take_back(world: World, who: Asked, file_id: object) -> None:
    removing.take_own_back(world.ports, who.client, who.task.id, file_id)


def put_back(world: World, who: Asked, file_id: object) -> None:
    removing.put_own_back(world.ports, who.client, who.task.id, file_id)


def kinds(world: World) -> list[str]:
    rows = sorted(world.all(Activity), key=lambda row: row.at)
    return [row.kind for row in rows if row.kind.startswith("file_")]


def total(world: World, who: Asked) -> int:
    with reading(world.ports, who.client) as work:
        return uploads.reserved(work, who.task.id, Side.CLIENT)


def test_10_11_a_client_takes_a_file_back_and_totals_and_the_task_follow(world: World, who: Asked) -> None:
    world.change(who.task, needs_file=True)
    receipt = uploaded(world, who, BODY)
    before = page(world, who)
    assert (before.lacks_file, before.files[0].can_change) == (False, True)

    take_back(world, who, receipt.file_id)
    take_back(world, who, receipt.file_id)

    assert total(world, who) == 0
    assert page(world, who).lacks_file
    with pytest.raises(RuleBroken):
        tasks.complete_task(world.ports, who.client, who.task.id)
    for actor in (who.client, world.staff):
        with pytest.raises(NotFound):
            downloads.open_file(world.ports, actor, receipt.file_id)
    assert kinds(world) == ["file_uploaded", "file_taken_back"]
    told = world.all(Activity, kind="file_taken_back")[0]
    assert (told.contact_id, told.task_id, told.facts["name"]) == (
        who.contact.id,
        who.task.id,
        "Bank statements.pdf",
    )
    assert len(world.all(AuditEntry, action="file:taken_back")) == 1
    assert {f"request:{who.request.id}", f"work:{who.request.work_item_id}"} <= set(world.bell.rung)


def test_10_11_it_can_be_undone_right_after_by_whoever_did_it(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    take_back(world, who, receipt.file_id)
    (shown,) = page(world, who).files
    assert (shown.is_gone, shown.href, shown.can_change) == (True, "", True)

    put_back(world, who, receipt.file_id)
    put_back(world, who, receipt.file_id)

    assert [file.name for file in there(world, who)] == ["Bank statements.pdf"]
    assert total(world, who) == len(BODY)
    assert kinds(world)[-1] == "file_restored"
    take_back(world, who, receipt.file_id)
    world.clock.advance(minutes=10, seconds=1)
    assert page(world, who).files == []
    with pytest.raises(RuleBroken, match="restore"):
        put_back(world, who, receipt.file_id)


def test_1_10_and_10_11_undone_it_takes_no_more_room_than_the_task_has(world: World, who: Asked) -> None:
    world.change(world.firm, task_total_mb=2)
    receipt = uploaded(world, who, pdf(2 * MB))
    take_back(world, who, receipt.file_id)
    token = begin(world, who, pdf(MB), "Other.pdf")

    with pytest.raises(Refused, match=r"1\sMB of 2\sMB are left"):
        put_back(world, who, receipt.file_id)

    uploads.cancel_upload(world.ports, token)
    put_back(world, who, receipt.file_id)
    assert total(world, who) == 2 * MB


def test_10_11_what_staff_removed_no_client_brings_back(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    removing.remove_file(world.ports, world.staff, receipt.file_id)

    assert page(world, who).files == []
    with pytest.raises(RuleBroken):
        put_back(world, who, receipt.file_id)


def test_10_11_only_while_the_task_is_open_and_the_way_in_is_good(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    tasks.complete_task(world.ports, who.client, who.task.id)
    assert not page(world, who).files[0].can_change
    with pytest.raises(RuleBroken):
        take_back(world, who, receipt.file_id)
    staff_answers.reopen_task(world.ports, world.staff, who.task.id, "One page is missing")
    world.change(who.grant, expires_at=world.clock.now())

    with pytest.raises(LinkEnded):
        take_back(world, who, receipt.file_id)
    assert world.all(StoredFile)[0].deleted_at is None


def test_10_11_each_takes_back_their_own_alone(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    firms = world.new_file(who.task, "Letter.pdf", side=Side.FIRM, staff_id=world.owner.id)
    client = world.all(type(world.new_client("Other")), id=who.request.client_id)[0]
    luc = world.new_contact(client, "Luc Gagnon")
    world.change(world.firm, portal_on_at=world.clock.now())
    world.give_account(luc, client)
    stranger = world.new_contact(world.new_client("Elsewhere"), "Eve")
    world.give_account(stranger, world.all(type(client))[-1], level=AccessLevel.FULL)

    for file_id in (firms.id, receipt.file_id):
        with pytest.raises(RuleBroken):
            removing.take_own_back(world.ports, world.signed_in(luc), who.task.id, file_id)
    with pytest.raises(RuleBroken):
        take_back(world, who, firms.id)
    for actor in (world.signed_in(stranger), world.staff):
        with pytest.raises(PortalError):
            removing.take_own_back(world.ports, actor, who.task.id, receipt.file_id)
    with pytest.raises(NotFound):
        removing.take_own_back(world.ports, who.client, world.tasks(who.request)[1].id, receipt.file_id)
    with pytest.raises(NotFound):
        removing.remove_file(world.ports, who.client, receipt.file_id)
    assert [row.deleted_at for row in world.all(StoredFile)] == [None, None]


def test_10_11_where_uploading_is_signed_in_only_so_is_taking_back(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    now = world.clock.now()
    world.change(world.firm, portal_on_at=now, signed_in_actions=["upload"])
    world.change(world.all(type(world.new_client("x")), id=who.request.client_id)[0], portal_on_at=now)

    assert not page(world, who).files[0].can_change
    with pytest.raises(SignInNeeded):
        take_back(world, who, receipt.file_id)


def test_10_11_a_task_handed_over_gives_back_what_was_put_there_by_those_hands(world: World) -> None:
    story = Story(world)
    paul = story.held()
    for actor, name in ((story.giver, "Marie.pdf"), (paul, "Paul.pdf")):
        token, _ = uploads.start_upload(world.ports, actor, story.task.id, name, len(BODY))
        bring(world, token, BODY)
    files = {row.name: row.id for row in world.all(StoredFile)}

    with pytest.raises(NotFound):
        removing.take_own_back(world.ports, paul, story.task.id, files["Marie.pdf"])
    with pytest.raises(RuleBroken):
        removing.take_own_back(world.ports, story.giver, story.task.id, files["Paul.pdf"])
    removing.take_own_back(world.ports, paul, story.task.id, files["Paul.pdf"])

    (gone,) = task_rows.task_view(world.ports, world.staff, story.task.id).gone_files
    assert gone.text.startswith("Taken back by Paul Roy")
    told = world.all(Activity, kind="file_taken_back")[0]
    assert (told.contact_id, told.facts["by"]) == (story.contact.id, "Paul Roy")
    removing.put_own_back(world.ports, paul, story.task.id, files["Paul.pdf"])
    assert task_rows.task_view(world.ports, world.staff, story.task.id).gone_files == []


def test_10_8_staff_see_who_took_it_back_and_restore_it_under_a_free_name(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    take_back(world, who, receipt.file_id)
    uploaded(world, who, BODY)
    (gone,) = task_rows.task_view(world.ports, world.staff, who.task.id).gone_files
    assert gone.text.startswith("Taken back by Marie-Claude Gagnon, ")

    removing.restore_file(world.ports, world.staff, receipt.file_id)
    removing.restore_file(world.ports, world.staff, receipt.file_id)

    view = task_rows.task_view(world.ports, world.staff, who.task.id)
    assert [file.name for file in view.clients_files] == ["Bank statements (2).pdf", "Bank statements.pdf"]
    assert view.gone_files == []
    assert len(world.all(Activity, kind="file_restored")) == 1


def test_10_8_staff_remove_and_restore_any_file_of_a_task_also_a_completed_one(
    world: World, who: Asked
) -> None:
    receipt = uploaded(world, who, BODY)
    firms = world.new_file(who.task, "Letter.pdf", side=Side.FIRM, staff_id=world.owner.id)
    tasks.complete_task(world.ports, who.client, who.task.id)

    for file_id in (receipt.file_id, firms.id):
        removing.remove_file(world.ports, world.staff, file_id)
        removing.remove_file(world.ports, world.staff, file_id)

    assert kinds(world).count("file_removed") == 2
    assert page(world, who).files == page(world, who).firm_files == []
    gone = task_rows.task_view(world.ports, world.staff, who.task.id).gone_files
    assert {one.name for one in gone} == {"Bank statements.pdf", "Letter.pdf"}
    assert all(one.text.startswith(f"Removed by {world.owner.name}, ") for one in gone)
    removing.restore_file(world.ports, world.staff, firms.id)
    assert [file.name for file in page(world, who).firm_files] == ["Letter.pdf"]


def test_10_8_a_file_taken_back_really_goes_after_the_firms_time(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    take_back(world, who, receipt.file_id)
    world.clock.advance(days=world.firm.retention_days - 1)
    assert forget_removed_files(world.ports) == 0
    world.clock.advance(days=1)

    assert forget_removed_files(world.ports) == 1

    assert world.all(StoredFile) == world.all(Upload) == []
    assert world.objects.parts == {}
    with pytest.raises(NotFound):
        removing.restore_file(world.ports, world.staff, receipt.file_id)


def test_10_11_a_tick_that_waits_for_another_file_still_counts(world: World, who: Asked) -> None:
    world.change(who.task, needs_file=True)
    first = uploaded(world, who, BODY)
    token = begin(world, who, BODY, "Second.pdf")
    tasks.complete_task(world.ports, who.client, who.task.id)
    take_back(world, who, first.file_id)
    bring(world, token, BODY)

    assert world.get(who.task).completed_at is not None
