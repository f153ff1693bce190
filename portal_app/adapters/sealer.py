"""AES-256-GCM with key ids and rotation: the installation's keys seal secrets and each file's own key.

The key file holds one secret a line, newest first: the first seals, all open. To rotate, put a new line first.
Keys are derived from the lines, so nothing that opens data lies beside the data (10.3).
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tink import TinkError, aead, proto_keyset_format, secret_key_access, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, aes_gcm_pb2, common_pb2, tink_pb2

from portal_app.settings import Settings, StartRefused

NONCE = 12
TAG = 16
_KEY_BYTES = 32
_TYPE = "type.googleapis.com/google.crypto.tink.AesGcmKey"
_STREAM_TYPE = "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey"
_SEGMENT = 1 << 20


class TinkSealer:
    """A Tink key set made from the key file's lines; what it seals begins with the id of its key."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        """`lines` are secrets of at least 32 bytes of text, newest first. Raises `ValueError` without any."""
        aead.register()
        streaming_aead.register()
        kept = list(lines)
        if not kept:
            raise ValueError("a key file without a key")
        self._keys = _key_set(_tink_key(line) for line in kept).primitive(aead.Aead)
        self._streams = _key_set(_stream_key(line) for line in kept).primitive(streaming_aead.StreamingAead)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The keys of this installation; demo makes its own at first use. Raises `StartRefused` without."""
        path = settings.secret_key_file
        if path is not None and settings.demo and not path.exists():
            _make_key_file(path)
        if path is None or not path.is_file():
            raise StartRefused("There is no secret key. Name its file in PORTAL_SECRET_KEY_FILE.")
        try:
            return cls(line.strip() for line in path.read_bytes().splitlines() if line.strip())
        except ValueError:
            raise StartRefused(
                f"The secret key {path} is empty. Put the output of `openssl rand -base64 48` there."
            ) from None

    def seal(self, plain: bytes | memoryview, about: bytes) -> bytes:
        """Encrypt with the newest key; `about` must be given again to unseal."""
        return bytes(self._keys.encrypt(bytes(plain), about))

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt with whichever key it says. Raises `ValueError` when anything was changed."""
        try:
            return bytes(self._keys.decrypt(sealed, about))
        except TinkError:
            raise ValueError("sealed with another key, for something else, or changed since") from None

    def new_key(self, about: bytes) -> bytes:
        """A new key for one file, sealed: changing the installation's key never rewrites a file."""
        return self.seal(AESGCM.generate_key(bit_length=256), about)

    def parts(self, sealed_key: bytes, about: bytes) -> PartSealer:
        """What seals and unseals the parts of one file. Raises `ValueError`."""
        return PartSealer(self.unseal(sealed_key, about))

    def sealing(self, sink: BinaryIO, about: bytes) -> BinaryIO:
        """What is written goes into `sink` sealed, a megabyte at a time; closing it ends and closes both."""
        return cast(BinaryIO, self._streams.new_encrypting_stream(sink, about))

    def unsealing(self, source: BinaryIO, about: bytes) -> BinaryIO:
        """What was sealed by `sealing`. Reading raises `ValueError` when anything was changed or cut off."""
        return cast(
            BinaryIO, io.BufferedReader(_Unsealing(self._streams.new_decrypting_stream(source, about)))
        )


class _Unsealing(io.RawIOBase):
    """A stream of Tink's whose faults are ours."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            found = self._stream.read(len(into))
        except TinkError:
            raise ValueError("sealed with another key, for something else, or changed since") from None
        into[: len(found or b"")] = found or b""
        return len(found or b"")

    def close(self) -> None:
        self._stream.close()
        super().close()


class PartSealer:
    """One file's key. A sealed part is nonce, ciphertext, tag: 28 bytes more than the part.

    Not by Tink: its Python binding copies a part three times and holds the interpreter's lock meanwhile
    (1.1 GB/s against 7, and other people's pages wait). Safe to use from several threads.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes | bytearray | memoryview, about: bytes) -> bytearray:
        """Encrypt, straight into what will be written."""
        sealed = bytearray(NONCE + len(plain) + TAG)
        nonce = os.urandom(NONCE)
        sealed[:NONCE] = nonce
        self._cipher.encrypt_into(nonce, plain, about, memoryview(sealed)[NONCE:])
        return sealed

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt. Raises `ValueError` when anything was changed."""
        if len(sealed) < NONCE + TAG:
            raise ValueError("a part cut short")
        try:
            return self._cipher.decrypt(sealed[:NONCE], memoryview(sealed)[NONCE:], about)
        except InvalidTag:
            raise ValueError("a part changed since it was sealed, or of another place") from None


def _key_set(keys: Iterable[tink_pb2.Keyset.Key]) -> Any:
    kept = tink_pb2.Keyset(key=list(keys))
    kept.primary_key_id = kept.key[0].key_id
    return proto_keyset_format.parse(kept.SerializeToString(), secret_key_access.TOKEN)


def _stream_key(line: bytes) -> tink_pb2.Keyset.Key:
    derived = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"comptoir stream key set").derive(line)
    params = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingParams(
        ciphertext_segment_size=_SEGMENT, derived_key_size=_KEY_BYTES, hkdf_hash_type=common_pb2.SHA256
    )
    key = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, key_value=derived, params=params)
    return tink_pb2.Keyset.Key(
        key_data=tink_pb2.KeyData(
            type_url=_STREAM_TYPE,
            value=key.SerializeToString(),
            key_material_type=tink_pb2.KeyData.SYMMETRIC,
        ),
        status=tink_pb2.ENABLED,
        key_id=int.from_bytes(hashlib.sha256(b"comptoir stream key id" + derived).digest()[:4], "big") or 1,
        output_prefix_type=tink_pb2.RAW,
    )


def _tink_key(line: bytes) -> tink_pb2.Keyset.Key:
    derived = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"comptoir key set").derive(line)
    # The id names the key without telling anything about it, and is the same on every machine.
    key_id = int.from_bytes(hashlib.sha256(b"comptoir key id" + derived).digest()[:4], "big") or 1
    return tink_pb2.Keyset.Key(
        key_data=tink_pb2.KeyData(
            type_url=_TYPE,
            value=aes_gcm_pb2.AesGcmKey(version=0, key_value=derived).SerializeToString(),
            key_material_type=tink_pb2.KeyData.SYMMETRIC,
        ),
        status=tink_pb2.ENABLED,
        key_id=key_id,
        output_prefix_type=tink_pb2.TINK,
    )


def _make_key_file(path: Path) -> None:
    """A new secret that only this user reads; of two processes at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(file, secrets.token_urlsafe(48).encode() + b"\n")
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
