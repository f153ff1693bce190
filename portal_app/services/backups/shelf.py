"""A folder with backups: each whole under its name or not there at all, and the objects that they share.

DEST/objects/<key>            sealed parts and pictures as they lie in the store, never written twice
DEST/<name>/about.json        what it is, for people and for choosing
DEST/<name>/manifest.sealed   every object with its size and SHA-256, and those of the rows
DEST/<name>/rows.sealed       every row of every table
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = 1
MANIFEST, ROWS, ABOUT = "manifest.sealed", "rows.sealed", "about.json"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(?:-\d+)?")
_BLOCK = 1 << 20


class BackupRefused(Exception):
    """A backup that cannot be made or restored; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class About:
    """What stands beside a backup in the clear: nothing of any firm."""

    name: str
    made_at: str
    product: str
    revision: str
    manifest_sha256: str
    objects: int
    bytes: int
    format: int = FORMAT


class Shelf:
    """The backups in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder where it is not there, and keep other backups out of it. Raises `BackupRefused`."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupRefused(f"Another backup into {self.folder} is under way.") from None
            yield

    def names(self) -> list[str]:
        """The backups that are whole, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(
            one.name for one in self.folder.iterdir() if _NAME.fullmatch(one.name) and (one / ABOUT).is_file()
        )

    def about(self, name: str) -> About:
        """What this backup says of itself. Raises `BackupRefused`."""
        try:
            facts = json.loads((self.folder / name / ABOUT).read_text(encoding="utf-8"))
            if int(facts["format"]) > FORMAT:
                raise BackupRefused(
                    f"The backup {name} was written by a newer version of Comptoir (format {facts['format']}). "
                    "Install that version, or a later one, and restore with it."
                )
            about = About(**facts)
        except FileNotFoundError:
            raise BackupRefused(f"There is no whole backup {name} in {self.folder}.") from None
        except (ValueError, TypeError, KeyError):
            raise BackupRefused(f"The backup {name} is damaged: {ABOUT} cannot be read.") from None
        if about.name != name:
            raise BackupRefused(
                f"The backup in {self.folder / name} was made as {about.name}: name its folder so again."
            )
        return about

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        """A folder to write a backup in; it gets its name when the block ends well, and goes when it does not."""
        self.drop_drafts()
        draft = self.folder / f".{name}.partial"
        draft.mkdir(mode=0o700)
        try:
            yield draft
            os.sync()  # rows, manifest and every object copied: all of it lasts before the name says so
            draft.rename(self.folder / name)
            sync_folder(self.folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def drop_drafts(self) -> None:
        """Remove what a kill or a power cut left half-done."""
        for left in (*self.folder.glob(".*.partial"), *self.folder.glob(".*.gone")):
            shutil.rmtree(left)

    def forget(self, name: str) -> None:
        """Remove a backup; first its name, so that none is ever there by half."""
        gone = self.folder / f".{name}.gone"
        (self.folder / name).rename(gone)
        shutil.rmtree(gone)

    def holds(self, key: str, size: int) -> bool:
        """Whether a copy of this object of this size lies here."""
        try:
            return self._object(key).stat().st_size == size
        except FileNotFoundError:
            return False

    def put(self, key: str, sealed: bytes) -> None:
        """Copy an object; half a copy never has its name."""
        path = self._object(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.partial")
        try:
            draft.write_bytes(sealed)
            draft.rename(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def get(self, key: str) -> bytes:
        """Read a copy. Raises `FileNotFoundError`."""
        return self._object(key).read_bytes()

    def drop(self, key: str) -> None:
        """Remove a copy, and folders that it leaves empty."""
        path = self._object(key)
        path.unlink(missing_ok=True)
        for folder in path.relative_to(self.folder / "objects").parents[:-1]:
            try:
                (self.folder / "objects" / folder).rmdir()
            except OSError:
                return

    def copies(self) -> Iterator[str]:
        """The key of every copy, in no order."""
        for folder, _folders, files in os.walk(self.folder / "objects"):
            for name in files:
                yield (Path(folder) / name).relative_to(self.folder / "objects").as_posix()

    def _object(self, key: str) -> Path:
        if ".." in key.split("/") or key.startswith("/"):
            raise BackupRefused(f"The backup names an object outside its folder: {key}.")
        return self.folder / "objects" / key


def write_about(folder: Path, about: About) -> None:
    """The last thing that is written."""
    (folder / ABOUT).write_text(json.dumps(asdict(about), indent=1) + "\n", encoding="utf-8")


def sum_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return path.stat().st_size, found.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make names in a folder last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_full(fault: OSError) -> bool:
    """Whether it was for want of room."""
    return fault.errno in (errno.ENOSPC, errno.EDQUOT)
