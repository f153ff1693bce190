"""Sealed, compressed lines in a file: how rows and manifests of a backup are written and read (10.3)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from portal_app.ports import Ports
from portal_app.services.backups.shelf import BackupRefused

LEVEL = 6


@contextmanager
def writing(ports: Ports, path: Path, name: str) -> Iterator[BinaryIO]:
    """Lines into a new file; `name` is the backup's, so that no file passes for another's."""
    with ExitStack() as stack:
        sealed = stack.enter_context(ports.sealer.sealing(path.open("xb"), _about(path, name)))
        yield cast(
            BinaryIO,
            stack.enter_context(gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=LEVEL, mtime=0)),
        )


@contextmanager
def reading(ports: Ports, path: Path, name: str) -> Iterator[Iterator[bytes]]:
    """The lines of such a file. Raises `BackupRefused` at the first byte that is not as written, or not for our key."""
    try:
        with ExitStack() as stack:
            sealed = stack.enter_context(ports.sealer.unsealing(path.open("rb"), _about(path, name)))
            yield iter(stack.enter_context(gzip.GzipFile(fileobj=sealed, mode="rb")))
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile):
        raise BackupRefused(
            f"{path} cannot be opened with this secret key, or was changed since it was written. "
            "Name the key file of the portal that was backed up in PORTAL_SECRET_KEY_FILE."
        ) from None


def _about(path: Path, name: str) -> bytes:
    return f"comptoir backup {name} {path.name}".encode()
