"""The stores: a folder and a bucket do the same; the folder is also durable, tidy, and polite to the disk it shares."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_app.adapters import objects
from portal_app.adapters.objects import GIB, LocalObjects
from portal_app.adapters.s3_objects import S3Objects
from portal_app.domain.uploads import PART
from portal_app.ports import NoRoom, Objects
from tests.files.buckets import bucket_settings, new_bucket

KEY = "parts/ab/0192ab/77"


@pytest.fixture
def store(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "files")


@pytest.fixture(params=["folder", "bucket"])
def either(request: pytest.FixtureRequest) -> Objects:
    """A store of each kind, empty."""
    if request.param == "folder":
        folder: LocalObjects = request.getfixturevalue("store")
        return folder
    url = request.getfixturevalue("s3")
    return S3Objects(bucket_settings(url, new_bucket(url)))


def test_15_1_what_was_put_is_got_and_deleted(either: Objects) -> None:
    for content in (memoryview(b"sealed"), bytearray(b"sealed")):
        either.put(KEY, content)
        assert either.get(KEY) == b"sealed"
        assert list(either.keys()) == [KEY]

        either.delete(KEY)
        either.delete(KEY)

        assert list(either.keys()) == []
        with pytest.raises(KeyError):
            either.get(KEY)


def test_15_1_keys_are_found_by_how_they_begin(either: Objects) -> None:
    for key in ("parts/ab/1", "parts/ab/12", "parts/cd/3", "partsnot/1", "brand/x"):
        either.put(key, b"")

    assert sorted(either.keys("parts/")) == ["parts/ab/1", "parts/ab/12", "parts/cd/3"]
    assert sorted(either.keys("parts/ab/1")) == ["parts/ab/1", "parts/ab/12"]
    assert list(either.keys("logos/")) == []
    assert len(list(either.keys())) == 5


def test_an_object_is_never_written_over(either: Objects) -> None:
    either.put(KEY, b"first")
    with pytest.raises(FileExistsError):
        either.put(KEY, b"second")
    assert either.get(KEY) == b"first"


def test_a_whole_part_is_stored_in_one_piece(either: Objects) -> None:
    sealed = os.urandom(PART + 28)
    either.put(KEY, sealed)
    assert either.get(KEY) == sealed
    assert either.answers()
    assert either.has_room(0)


def test_what_was_deleted_leaves_no_folder(store: LocalObjects, tmp_path: Path) -> None:
    store.put(KEY, b"sealed")
    store.delete(KEY)
    assert not (tmp_path / "files/parts/ab/0192ab").exists()


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "A", "a b", "a/./b", "a\n"])
def test_no_key_leaves_the_folder(either: Objects, key: str) -> None:
    for act in (either.get, either.delete, lambda key: either.put(key, b"")):
        with pytest.raises(ValueError, match="a path of lower-case words"):
            act(key)


def test_file_and_folders_are_synced_before_put_returns(
    store: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    fsync = os.fsync

    def recorded(handle: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{handle}")).relative_to(tmp_path))
        fsync(handle)

    monkeypatch.setattr(objects.os, "fsync", recorded)
    store.put(KEY, b"sealed")

    folders = [Path(), Path("files"), Path("files/parts"), Path("files/parts/ab")]
    assert synced == [*folders, Path("files", KEY), Path("files/parts/ab/0192ab")]


def test_a_large_object_leaves_memory_to_others_once_it_is_synced(
    store: LocalObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    fsync, advise = os.fsync, os.posix_fadvise

    def synced(handle: int) -> None:
        fsync(handle)
        done.append(("synced", os.fstat(handle).st_ino))

    def advised(handle: int, start: int, length: int, advice: int) -> None:
        assert (start, length, advice) == (0, 0, os.POSIX_FADV_DONTNEED)
        advise(handle, start, length, advice)
        done.append(("let go", os.fstat(handle).st_ino))

    monkeypatch.setattr(objects.os, "fsync", synced)
    monkeypatch.setattr(objects.os, "posix_fadvise", advised)
    store.put("small", bytes(PART - 1))
    assert "let go" not in dict(done)

    store.put("large", bytes(PART))

    (large,) = [inode for what, inode in done if what == "let go"]
    assert done.index(("synced", large)) < done.index(("let go", large))
    assert store.get("large") == bytes(PART)


def test_where_the_system_takes_no_such_advice_a_large_object_is_stored_all_the_same(
    store: LocalObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(objects.os, "posix_fadvise", refused)
    store.put("one", bytes(PART))
    monkeypatch.delattr(objects.os, "posix_fadvise")
    store.put("other", bytes(PART))

    assert store.get("one") == store.get("other") == bytes(PART)


def test_a_failed_write_leaves_nothing(store: LocalObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_handle: int) -> None:
        raise OSError(5, "I/O error")

    store.put("parts/ab/0192ab/76", b"")
    monkeypatch.setattr(objects.os, "fsync", broken)

    with pytest.raises(OSError, match="I/O error"):
        store.put(KEY, b"sealed")
    assert list(store.keys()) == ["parts/ab/0192ab/76"]


@pytest.mark.parametrize(
    ("total", "free", "size", "fits"),
    [
        (10 * GIB, 2 * GIB, 1 * GIB, True),
        (10 * GIB, 2 * GIB, 1 * GIB + 4096, False),
        (100 * GIB, 6 * GIB, 1 * GIB, True),
        (100 * GIB, 6 * GIB, 1 * GIB + 4096, False),
    ],
)
def test_fault_4_a_reserve_of_1_gib_or_5_percent_stays_free(
    store: LocalObjects, monkeypatch: pytest.MonkeyPatch, total: int, free: int, size: int, fits: bool
) -> None:
    disk = os.statvfs_result((4096, 4096, total // 4096, free // 4096, free // 4096, 0, 0, 0, 0, 255))
    monkeypatch.setattr(objects.os, "statvfs", lambda _folder: disk)
    assert store.has_room(size) is fits


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Four MiB of memory as a disk; needs root."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.decode()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_fault_4_a_full_disk_refuses_the_part_and_keeps_the_rest(small_disk: Path) -> None:
    store = LocalObjects(small_disk, reserve=0, reserve_share=0)
    part = bytes(1 << 20)
    stored: list[str] = []

    def fill() -> None:
        for number in range(8):
            store.put(f"parts/ab/{number}", part)
            stored.append(f"parts/ab/{number}")

    with pytest.raises(NoRoom):
        fill()

    assert stored
    assert sorted(store.keys()) == stored
    assert all(store.get(key) == part for key in stored)

    store.delete(stored[0])
    store.put("parts/ab/again", part)
