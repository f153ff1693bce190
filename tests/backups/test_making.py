"""A backup is whole or not there, names nothing that it has not, and copies nothing twice (15.3)."""

from __future__ import annotations

import fcntl
import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest

from portal_app.adapters.sealer import TinkSealer
from portal_app.domain.uploads import MB, StorageAway
from portal_app.models import AuditEntry, FilePart, Heartbeat, StoredFile
from portal_app.services.backups import making
from portal_app.services.backups.making import make_backup
from portal_app.services.backups.restoring import check, restore
from portal_app.services.backups.shelf import BackupRefused, Shelf
from portal_app.services.files import forgetting
from tests.fakes import MemoryObjects
from tests.files.tools import asked, pdf, uploaded
from tests.world import World

BODY = pdf(2 * MB + 9)


class Disturbed(MemoryObjects):
    """A store in which something happens before the first object is read, whichever thread reads it."""

    def __init__(self, store: MemoryObjects, happens: Callable[[], object]) -> None:
        super().__init__(store.parts)
        self._happens: list[Callable[[], object]] = [happens]
        self._lock = Lock()

    def get(self, key: str) -> bytes:
        with self._lock:
            if self._happens:
                self._happens.pop()()
        return super().get(key)


def copies(shelf: Path) -> set[str]:
    return set(Shelf(shelf).copies())


def test_15_3_a_second_backup_copies_only_what_is_new(portal: World, shelf: Path) -> None:
    who = asked(portal)
    uploaded(portal, who, BODY)
    first = make_backup(portal.ports, shelf)
    uploaded(portal, who, pdf(MB), "new.pdf")

    second = make_backup(portal.ports, shelf)

    assert (first.copied, second.copied, second.objects) == (3, 1, 4)
    assert check(portal.ports, shelf, name=second.name).objects == 4
    assert check(portal.ports, shelf, name=first.name).objects == 3
    assert first.name < second.name


def test_15_3_a_file_that_goes_for_good_meanwhile_is_in_the_backup_whole_or_not_at_all(
    portal: World, empty: object, shelf: Path
) -> None:
    who = asked(portal)
    receipt = uploaded(portal, who, BODY)
    uploaded(portal, who, pdf(MB), "stays.pdf")
    portal.change(portal.all(StoredFile, id=receipt.file_id)[0], deleted_at=portal.clock.now())
    store = Disturbed(portal.objects, lambda: forgetting.forget_file(portal.ports, receipt.file_id))

    made = make_backup(replace(portal.ports, objects=store), shelf)

    assert (made.missing, made.objects) == ((), 1)
    restore(empty, shelf)  # type: ignore[arg-type]
    assert check(portal.ports, shelf).objects == 1


def test_15_3_what_the_store_has_lost_is_said_and_the_rest_is_saved(portal: World, shelf: Path) -> None:
    uploaded(portal, asked(portal), BODY)
    lost = portal.all(FilePart)[1].object_key
    portal.objects.delete(lost)

    made = make_backup(portal.ports, shelf)

    assert (made.missing, made.objects) == ((lost,), 2)
    assert check(portal.ports, shelf).name == made.name


def test_15_3_a_backup_that_breaks_off_is_none(portal: World, shelf: Path) -> None:
    uploaded(portal, asked(portal), BODY)

    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupRefused, match="no room left"):
        make_backup(replace(portal.ports, objects=Disturbed(portal.objects, full)), shelf)

    assert Shelf(shelf).names() == []
    assert [one.name for one in shelf.iterdir() if one.is_dir()] == ["objects"]
    (shelf / ".2026-03-02T14-00-00Z.partial").mkdir()  # as a kill leaves it
    assert make_backup(portal.ports, shelf).name == "2026-03-02T14-00-00Z"
    assert sorted(one.name for one in shelf.iterdir() if one.is_dir()) == ["2026-03-02T14-00-00Z", "objects"]


def test_15_3_only_so_many_stay_with_the_objects_that_they_name(portal: World, shelf: Path) -> None:
    who = asked(portal)
    receipt = uploaded(portal, who, BODY)
    make_backup(portal.ports, shelf)
    portal.change(portal.all(StoredFile, id=receipt.file_id)[0], deleted_at=portal.clock.now())
    forgetting.forget_file(portal.ports, receipt.file_id)
    uploaded(portal, who, pdf(MB), "new.pdf")

    kept = [make_backup(portal.ports, shelf, keep=2).name for _ in range(2)]

    assert Shelf(shelf).names() == kept
    assert copies(shelf) == set(portal.objects.parts)


def test_15_3_a_backup_that_cannot_be_opened_keeps_its_objects(
    portal: World, shelf: Path, tmp_path: Path
) -> None:
    uploaded(portal, asked(portal), BODY)
    other = replace(portal.ports, sealer=TinkSealer([b"x" * 40]))
    for _ in range(2):
        make_backup(other, shelf)
    before = copies(shelf)

    made = make_backup(portal.ports, shelf, keep=2)

    assert made.copied == made.objects == 3  # nothing was known of them
    assert copies(shelf) == before
    assert len(Shelf(shelf).names()) == 2


def test_15_3_two_backups_into_one_folder_do_not_mix(portal: World, shelf: Path) -> None:
    shelf.mkdir()
    with (shelf / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BackupRefused, match="under way"):
            make_backup(portal.ports, shelf)


def test_15_3_when_the_last_one_was_made_is_known(
    portal: World, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_backup(portal.ports, shelf)
    made_at = portal.clock.now()
    assert portal.all(Heartbeat, name=making.HEARTBEAT)[0].at == made_at
    assert portal.all(AuditEntry, action="backup:made")[0].facts["name"] == made.name

    portal.clock.advance(hours=1)
    monkeypatch.setattr(
        Shelf, "draft", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    with pytest.raises(BackupRefused, match="cannot be written"):
        make_backup(portal.ports, shelf)

    row = portal.all(Heartbeat, name=making.HEARTBEAT)[0]
    assert (row.at, row.failed_at) == (made_at, portal.clock.now())
    assert "cannot be written" in row.error


def unpacked(content: bytes) -> bytes:
    """What lies in a file, and what unpacks from it: rows are packed before they are sealed."""
    try:
        return content + gzip.decompress(content)
    except gzip.BadGzipFile:
        return content


def test_fault_38_a_stolen_backup_says_nothing_in_the_clear(portal: World, shelf: Path) -> None:
    who = asked(portal, "Aurèle Zéphirin")
    uploaded(portal, who, BODY, "Secret salaries.pdf")
    make_backup(portal.ports, shelf)

    content = b"".join(unpacked(one.read_bytes()) for one in shelf.rglob("*") if one.is_file())

    for canary in ("Zéphirin", "Secret salaries", portal.firm.name, portal.owner.email, "%PDF-1.7"):
        assert canary.encode() not in content


def test_15_3_while_the_store_is_away_no_backup_is_added_and_it_is_said(portal: World, shelf: Path) -> None:
    uploaded(portal, asked(portal), BODY)

    def away() -> None:
        raise StorageAway

    with pytest.raises(BackupRefused, match="does not answer"):
        make_backup(replace(portal.ports, objects=Disturbed(portal.objects, away)), shelf)

    assert Shelf(shelf).names() == []
    assert "does not answer" in portal.all(Heartbeat, name=making.HEARTBEAT)[0].error
