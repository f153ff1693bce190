"""A zip archive that leaves while it is made: no file of it is ever whole in memory or on disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import RawIOBase

Entry = tuple[str, Iterable[bytes]]


class _Out(RawIOBase):
    """Takes what the archive writes until somebody fetches it. It cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(data)
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def zipped(entries: Iterable[Entry], at: datetime) -> Iterator[bytes]:
    """The archive's bytes, piece by piece; each entry is a name and its bytes. Files larger than 4 GB are fine."""
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in entries:
            about = zipfile.ZipInfo(name, at.timetuple()[:6])
            about.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(about, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    if data := out.taken():
                        yield data
            if data := out.taken():
                yield data
    yield out.taken()
