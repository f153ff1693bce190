"""Running SHA-256 of uploads between their requests. Lost with the process: then the parts are read again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol
from uuid import UUID

KEPT = 512


class Hash(Protocol):
    """A running SHA-256."""

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take in more bytes."""
        ...

    def digest(self) -> bytes:
        """The sum so far."""
        ...

    def copy(self) -> Hash:
        """Another that goes on from here."""
        ...


@dataclass
class RunningSums:
    """The last few hundred; each belongs to one offset of one upload."""

    kept: OrderedDict[UUID, tuple[int, Hash]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def take(self, upload_id: UUID, offset: int) -> Hash | None:
        """The sum up to `offset`, if this process has it; one's own to go on with."""
        with self.lock:
            at, running = self.kept.get(upload_id, (-1, hashlib.sha256()))
        return running.copy() if at == offset else None

    def keep(self, upload_id: UUID, offset: int, running: Hash) -> None:
        """Remember the sum up to `offset`."""
        with self.lock:
            self.kept[upload_id] = (offset, running.copy())
            self.kept.move_to_end(upload_id)
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)

    def drop(self, upload_id: UUID) -> None:
        """Forget an upload that ended."""
        with self.lock:
            self.kept.pop(upload_id, None)


sums = RunningSums()
"""This process's."""
