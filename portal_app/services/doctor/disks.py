"""Whether a folder lies on an encrypted disk, as far as Linux tells (10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_HIDES = frozenset({"ecryptfs", "gocryptfs", "fuse.gocryptfs", "fuse.encfs"})


def is_encrypted(folder: Path, root: Path = Path("/")) -> bool:
    """Whether every disk below `folder` is behind dm-crypt (LUKS), or its file system encrypts by itself.

    False says only that none was found: a cloud's disk or a drive may encrypt underneath, and ZFS, fscrypt and machines other
    than Linux do not show it here.
    """
    device, kind = _mount_of(folder, root)
    if kind in _HIDES:
        return True
    block = root / "sys/dev/block" / device
    return bool(device) and block.exists() and all(_is_crypt(below) for below in _bottom_paths(block))


def _mount_of(folder: Path, root: Path) -> tuple[str, str]:
    """Major:minor and kind of the file system, of the longest mount point above the folder; the last one counts."""
    best, found = -1, ("", "")
    try:
        lines = (root / "proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return found
    for line in lines:
        before, _dash, after = line.partition(" - ")
        fields = before.split()
        point = Path(fields[4].encode().decode("unicode_escape"))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), (fields[2], after.split()[0])
    return found


def _bottom_paths(block: Path, above: tuple[Path, ...] = ()) -> Iterator[tuple[Path, ...]]:
    """Every way from the file system's device down to a disk."""
    slaves = block / "slaves"
    below = sorted(slaves.iterdir()) if slaves.is_dir() else []
    if not below:
        yield (*above, block)
    for one in below:
        yield from _bottom_paths(one.resolve(), (*above, block))


def _is_crypt(way: tuple[Path, ...]) -> bool:
    for block in way:
        try:
            if (block / "dm/uuid").read_text().startswith("CRYPT-"):
                return True
        except OSError:
            continue
    return False
