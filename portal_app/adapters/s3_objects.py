"""Sealed parts in a bucket, by S3's protocol (15.1). Several machines share it; none keeps a part of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import obstore
import structlog
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from portal_app.adapters.objects import check_key
from portal_app.domain.uploads import StorageAway
from portal_app.ports import NoRoom
from portal_app.settings import LOOPBACK, Settings, host_of

if TYPE_CHECKING:
    from obstore.store import ClientConfig

TRIES: Final = 2
"""Of a part whose fate is unknown; each try has `ANSWERS_WITHIN`."""
RETRIES: Final = 2
"""Of whatever was refused for the moment, or never begun."""
ANSWERS_WITHIN: Final = timedelta(seconds=10)
CONNECTS_WITHIN: Final = timedelta(seconds=5)
RETRIES_FOR: Final = timedelta(seconds=10)
PROBE_WITHIN: Final = timedelta(seconds=5)
_FULL: Final = re.compile(r"\b507\b|QuotaExceeded|StorageFull|InsufficientCapacity")

log = structlog.get_logger(__name__)


class S3Objects:
    """Objects of one bucket, below a prefix. Nothing connects before it is used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def put(self, key: str, sealed: bytes | bytearray | memoryview) -> None:
        """Store a new object; it counts once the store says again what it has. Raises `NoRoom`, `StorageAway`."""
        check_key(key)
        with _answering("put", key):
            for left in reversed(range(TRIES)):
                try:
                    self._create(key, sealed)
                    return
                except BaseError as fault:
                    if not left or _FULL.search(str(fault)):
                        raise

    def get(self, key: str) -> bytes:
        """Read whole. Raises `KeyError` when absent, `StorageAway` when nobody can say."""
        check_key(key)
        with _answering("get", key):
            try:
                return bytes(obstore.get(self._store, key).bytes())
            except FileNotFoundError as fault:
                raise _absent(key, fault) from None

    def delete(self, key: str) -> None:
        """Remove; nothing happens when absent. Raises `StorageAway`."""
        check_key(key)
        with _answering("delete", key):
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError as fault:
                _absent(key, fault)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that begins with `prefix`. Raises `StorageAway`."""
        folder = prefix.rpartition("/")[0]
        with _answering("list", prefix):
            for page in obstore.list(self._store, folder or None):
                yield from (item["path"] for item in page if item["path"].startswith(prefix))

    def has_room(self, size: int) -> bool:
        """Always: a bucket has no size that one could ask for, and says at `put` that it is full."""
        return True

    def answers(self) -> bool:
        """Whether the bucket can be listed now; asks once, five seconds at most."""
        try:
            with _answering("list", ""):
                next(iter(obstore.list(self._probe, "answers", chunk_size=1)), None)
        except StorageAway:
            return False
        return True

    def _create(self, key: str, sealed: bytes | bytearray | memoryview) -> None:
        """Create only. Where a try before this one came through unheard, the object is ours already."""
        try:
            put = obstore.put(self._store, key, sealed, mode="create", use_multipart=False)
        except AlreadyExistsError:
            if bytes(obstore.get(self._store, key).bytes()) != sealed:
                raise FileExistsError(key) from None
            return
        there = obstore.head(self._store, key)
        if there["size"] != len(sealed) or there["e_tag"] != put["e_tag"]:
            raise StorageAway

    @cached_property
    def _store(self) -> S3Store:
        return self._connected(ANSWERS_WITHIN, retries=RETRIES)

    @cached_property
    def _probe(self) -> S3Store:
        return self._connected(PROBE_WITHIN, retries=0)

    def _connected(self, within: timedelta, *, retries: int) -> S3Store:
        chosen = self._settings
        given: dict[str, Any] = {
            "prefix": chosen.s3_prefix.strip("/") or None,
            "endpoint": chosen.s3_endpoint or None,
            "region": chosen.s3_region,
            "access_key_id": chosen.s3_key or None,
            "secret_access_key": chosen.s3_secret_read or None,
        }
        client: ClientConfig = {
            "timeout": within,
            "connect_timeout": min(within, CONNECTS_WITHIN),
            "allow_http": host_of(chosen.s3_endpoint) in LOOPBACK,
        }
        if chosen.s3_ca_file:
            client["root_certificate"] = chosen.s3_ca_file.read_bytes()
        return S3Store(
            chosen.s3_bucket,
            client_options=client,
            retry_config={"max_retries": retries, "retry_timeout": RETRIES_FOR},
            checksum_algorithm="SHA256",
            disable_bulk_delete=True,
            **{name: value for name, value in given.items() if value is not None},
        )


@contextmanager
def _answering(verb: str, key: str) -> Iterator[None]:
    """Whatever the store says but *yes*, *absent* or *there already*: it is full, or cannot serve."""
    try:
        yield
    except BaseError as fault:
        text = str(fault).split("\n", 1)[0][:300]
        if _FULL.search(text):
            raise NoRoom from fault
        log.warning("storage_away", verb=verb, key=key, fault=type(fault).__name__, answer=text)
        raise StorageAway from fault
    except FileNotFoundError as fault:
        log.warning("storage_away", verb=verb, key=key, answer=str(fault).split("\n", 1)[0][:300])
        raise StorageAway from fault


def _absent(key: str, fault: FileNotFoundError) -> KeyError:
    """The object is not there. A bucket that is not there says nothing of its objects."""
    if "NoSuchBucket" in str(fault):
        raise fault
    return KeyError(key)
