"""The local store: durable, tidy, and polite to the disk it shares."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_app.adapters import objects
from portal_app.adapters.objects import GIB, LocalObjects
from portal_app.ports import NoRoom

KEY = "parts/ab/0192ab/77"


@pytest.fixture
def store(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "files")


def test_what_was_put_is_got_and_deleted_without_a_trace(store: LocalObjects, tmp_path: Path) -> None:
    store.put(KEY, memoryview(b"sealed"))
    assert store.get(KEY) == b"sealed"
    assert list(store.keys("parts/")) == [KEY]
    assert list(store.keys("logos/")) == []

    store.delete(KEY)
    store.delete(KEY)

    assert list(store.keys()) == []
    assert not (tmp_path / "files/parts/ab/0192ab").exists()
    with pytest.raises(KeyError):
        store.get(KEY)


def test_an_object_is_never_written_over(store: LocalObjects) -> None:
    store.put(KEY, b"first")
    with pytest.raises(FileExistsError):
        store.put(KEY, b"second")
    assert store.get(KEY) == b"first"


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "A", "a b", "a/./b", "a\n"])
def test_no_key_leaves_the_folder(store: LocalObjects, key: str) -> None:
    with pytest.raises(ValueError, match="a path of lower-case words"):
        store.put(key, b"")


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
