"""What the sweeper removes, and what it must not."""

from __future__ import annotations

import pytest

from portal_app.domain.uploads import MB
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files import downloads, parts, uploads
from portal_app.services.files.upload_sweep import sweep_orphans, sweep_uploads
from tests.files.tools import Asked, begin, bring, pdf, uploaded
from tests.world import World

BODY = pdf(2 * MB + 9)


def test_fault_1_unfinished_uploads_go_after_24_hours_with_their_reservation(
    world: World, who: Asked
) -> None:
    world.change(world.firm, task_total_mb=3)
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])

    world.clock.advance(hours=24, seconds=-1)
    sweep_uploads(world.ports)
    assert len(world.objects.parts) == 1
    with pytest.raises(uploads.Refused):
        begin(world, who, BODY)

    world.clock.advance(seconds=1)
    sweep_uploads(world.ports)
    sweep_uploads(world.ports)
    assert (world.all(Upload), world.all(FilePart), world.objects.parts) == ([], [], {})
    begin(world, who, BODY)


def test_fault_2_an_object_without_a_row_is_found_and_removed(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])
    with monkeypatch.context() as process:
        process.setattr(parts, "_commit", kill)
        with pytest.raises(Killed):
            bring(world, token, BODY)
    assert (len(world.objects.parts), len(world.all(FilePart))) == (2, 1)

    sweep_orphans(world.ports)
    assert len(world.objects.parts) == 2  # its row could still come

    receipt = bring(world, token, BODY)
    sweep_orphans(world.ports)
    assert set(world.objects.parts) == {part.object_key for part in world.all(FilePart)}
    assert receipt is not None
    file = downloads.open_file(world.ports, who.client, receipt.file_id)
    assert b"".join(downloads.read_part(world.ports, file, n) for n in range(3)) == BODY


def test_fault_2_objects_of_no_upload_go_and_others_stay(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)
    kept = dict(world.objects.parts)
    world.objects.put(f"parts/ab/{'ab' * 16}/{'0' * 32}", b"of an upload that was dropped")
    world.objects.put(f"parts/x/{receipt.file_id.hex}/{'0' * 32}", b"of a try that lost")
    world.objects.put("logos/one", b"not a part")

    sweep_orphans(world.ports)

    assert world.objects.parts == kept | {"logos/one": b"not a part"}


def test_a_bad_row_does_not_keep_the_rest(world: World, who: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.pdf", "b.pdf"):
        bring(world, begin(world, who, BODY, name), BODY[:MB])
    bad = world.all(Upload)[0]
    drop = uploads.drop_upload

    def failing(ports: object, upload_id: object) -> bool:
        if upload_id == bad.id:
            raise RuntimeError("a bad row")
        return drop(ports, upload_id)

    monkeypatch.setattr("portal_app.services.files.upload_sweep.drop_upload", failing)
    world.clock.advance(hours=25)
    sweep_uploads(world.ports)

    assert [upload.id for upload in world.all(Upload)] == [bad.id]


def test_files_that_arrived_are_never_swept(world: World, who: Asked) -> None:
    uploaded(world, who, BODY)
    kept = dict(world.objects.parts)
    world.clock.advance(days=400)

    sweep_uploads(world.ports)
    sweep_orphans(world.ports)

    assert world.objects.parts == kept
    assert len(world.all(StoredFile)) == 1
