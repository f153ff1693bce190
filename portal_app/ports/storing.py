"""Where files lie, sealed, and who looks into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol


class NoRoom(Exception):
    """The disk, or the bucket, is full; what was being written is gone."""


class Objects(Protocol):
    """Where sealed parts lie. Keys are paths of our own making.

    Each may raise `StorageAway` (domain.uploads), a refusal that a person can read, when the store does not answer.
    """

    def put(self, key: str, sealed: bytes | bytearray | memoryview) -> None:
        """Store durably: when this returns, a power cut loses nothing. Raises `NoRoom`."""
        ...

    def get(self, key: str) -> bytes:
        """Read whole. Raises `KeyError` when absent."""
        ...

    def delete(self, key: str) -> None:
        """Remove; nothing happens when absent."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key below `prefix`."""
        ...

    def has_room(self, size: int) -> bool:
        """Whether `size` bytes fit and leave the reserve (1 GiB or 5 %); where only the store knows, True."""
        ...

    def answers(self) -> bool:
        """Whether the store answers just now; asks it, for five seconds at most."""
        ...


class ScannerAway(Exception):
    """The scanner gave no verdict: it cannot be reached, takes too long, or says something else."""


class ScanTooLarge(Exception):
    """The scanner looked at a part of it only: it is beyond a limit of the scanner's own."""


class Scanner(Protocol):
    """Looks for viruses (10.13)."""

    def scan(self, pieces: Iterable[bytes]) -> str:
        """What was found in these bytes, by the scanner's name for it; empty where nothing was.

        Raises `ScannerAway`, `ScanTooLarge`, and whatever `pieces` raises.
        """
        ...

    def answers(self) -> bool:
        """Whether it answers just now; asks it, for five seconds at most."""
        ...


class PartSealer(Protocol):
    """Seals the parts of one file with the file's own key."""

    def seal(self, plain: bytes | bytearray | memoryview, about: bytes) -> bytearray:
        """Encrypt; `about` must be given again to open it."""
        ...

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt. Raises `ValueError` when anything was changed."""
        ...


class Sealer(Protocol):
    """Authenticated encryption with key ids and rotation."""

    def seal(self, plain: bytes | memoryview, about: bytes) -> bytes:
        """Encrypt; `about` must be given again to open it."""
        ...

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt. Raises `ValueError` when anything was changed."""
        ...

    def new_key(self, about: bytes) -> bytes:
        """A new key for one file, sealed."""
        ...

    def sealing(self, sink: BinaryIO, about: bytes) -> BinaryIO:
        """What is written goes into `sink` sealed, with bounded memory; closing it ends and closes both."""
        ...

    def unsealing(self, source: BinaryIO, about: bytes) -> BinaryIO:
        """What was sealed by `sealing`. Reading raises `ValueError` when anything was changed or cut off."""
        ...

    def parts(self, sealed_key: bytes, about: bytes) -> PartSealer:
        """The sealer of one file's parts. Raises `ValueError` when the key cannot be opened."""
        ...
