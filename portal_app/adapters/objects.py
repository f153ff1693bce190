"""Sealed parts in a local folder. Every file and folder is synced before it counts as stored."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from portal_app.ports import NoRoom

GIB = 1 << 30
LARGE = 1 << 20  # bytes of an object that does not stay in memory once it is stored (decision 0007)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*")


class LocalObjects:
    """Objects under `folder`; it is made when the first one is stored."""

    def __init__(self, folder: Path, *, reserve: int = GIB, reserve_share: float = 0.05) -> None:
        """Keep `reserve` bytes and `reserve_share` of the disk free, for the database and everybody else."""
        self._folder = folder
        self._reserve = reserve
        self._share = reserve_share

    def put(self, key: str, sealed: bytes | bytearray | memoryview) -> None:
        """Store a new object durably: file, then folder. A failed write leaves nothing. Raises `NoRoom`."""
        path = self._path(key)
        try:
            file = self._create(path)
            try:
                _write_all(file, sealed)
                os.fsync(file)
                if len(sealed) >= LARGE:
                    _let_go(file)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            finally:
                os.close(file)
            _sync_folder(path.parent)
        except OSError as error:
            if _is_full(error):
                raise NoRoom from error
            raise

    def get(self, key: str) -> bytes:
        """Read whole. Raises `KeyError` when absent."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def delete(self, key: str) -> None:
        """Remove, and the folder with it when it was the last; nothing happens when absent."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        try:
            path.parent.rmdir()
        except OSError:
            return  # others lie there, or another hand was faster

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that begins with `prefix`."""
        for folder, _folders, names in os.walk(self._folder / prefix.rpartition("/")[0]):
            for name in names:
                key = (Path(folder) / name).relative_to(self._folder).as_posix()
                if key.startswith(prefix):
                    yield key

    def has_room(self, size: int) -> bool:
        """Whether `size` bytes fit and leave the reserve: 1 GiB, or 5 % of the disk where that is more."""
        disk = os.statvfs(self._nearest_folder())
        kept = max(self._reserve, int(disk.f_blocks * disk.f_frsize * self._share))
        return disk.f_bavail * disk.f_frsize - size >= kept

    def answers(self) -> bool:
        """Whether the folder can be reached: one that a machine shares with others may be away."""
        os.statvfs(self._nearest_folder())
        return True

    def _path(self, key: str) -> Path:
        check_key(key)
        return self._folder / key

    def _create(self, path: Path) -> int:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
        while True:
            try:
                return os.open(path, flags, 0o600)
            except FileNotFoundError:
                _make_folder(path.parent)  # again where a delete took the emptied folder away meanwhile

    def _nearest_folder(self) -> Path:
        folder = self._folder
        while not folder.is_dir():
            folder = folder.parent
        return folder


def check_key(key: str) -> None:
    """Raise `ValueError` for a key that is not of our own making."""
    if not _KEY.fullmatch(key):
        raise ValueError("an object's key is a path of lower-case words")


def _let_go(file: int) -> None:
    """Advice to the kernel that these pages are not needed; where it takes none, they stay."""
    if advise := getattr(os, "posix_fadvise", None):  # not on macOS
        with contextlib.suppress(OSError):
            advise(file, 0, 0, os.POSIX_FADV_DONTNEED)


def _write_all(file: int, sealed: bytes | bytearray | memoryview) -> None:
    rest = memoryview(sealed)
    while rest:
        rest = rest[os.write(file, rest) :]


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each durable in the one above."""
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
