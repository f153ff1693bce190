"""The words of tus 1.0: what its headers say, and answers in its terms. Nothing here touches a file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from portal_app import routes as paths
from portal_app.domain.errors import DatabaseAway, PortalError, TryLater
from portal_app.domain.uploads import WrongOffset
from portal_app.services.files.files import Receipt, in_eights
from portal_app.services.files.uploads import Standing
from portal_app.text import format_moment, format_size

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,termination,expiration,checksum"
CHECKSUMS: Final[Mapping[str, Callable[[], Any]]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
OFFSET_STREAM: Final = "application/offset+octet-stream"
_PLAIN: Final = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}


class Misspoken(PortalError):
    """A request that breaks the protocol; for whoever writes a client, hence in English."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a client says its bytes sum up to."""

    algorithm: str
    digest: bytes

    def fits(self, body: bytes | memoryview) -> bool:
        """Whether `body` is what was sent."""
        summed = CHECKSUMS[self.algorithm]()
        summed.update(body)
        return bool(summed.digest() == self.digest)


def check_version(request: Request) -> None:
    """Refuse another protocol version with 412."""
    if request.headers.get("tus-resumable") != VERSION:
        raise Misspoken(412, f"Tus-Resumable must be {VERSION}.")


def method(request: Request) -> str:
    """The request's method, or the one that a proxy would not let through."""
    return request.headers.get("x-http-method-override", request.method).upper()


def number(request: Request, header: str) -> int:
    """A count of bytes in a header. Raises `Misspoken` (400) without."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Misspoken(400, f"{header} must be a number of bytes.")
    return int(text)


def is_stream(request: Request) -> bool:
    """Whether the body is the file's bytes."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == OFFSET_STREAM


def metadata(request: Request) -> dict[str, bytes]:
    """`Upload-Metadata` by key. Raises `Misspoken` (400) when it is not that."""
    found: dict[str, bytes] = {}
    for pair in filter(
        None, (part.strip() for part in request.headers.get("upload-metadata", "").split(","))
    ):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True)
        except ValueError:
            raise Misspoken(400, f"Upload-Metadata: {key} is not Base64.") from None
    return found


def head(request: Request) -> bytes:
    """The file's first bytes, which our own page tells so that a refusal comes before the upload; else none."""
    try:
        return base64.b64decode(request.headers.get("portal-head", ""), validate=True)
    except ValueError:
        return b""


def checksum(request: Request) -> Checksum | None:
    """`Upload-Checksum`, if sent. Raises `Misspoken` (400) for another algorithm."""
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _space, value = text.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except ValueError:
        raise Misspoken(400, "Upload-Checksum is not Base64.") from None
    if algorithm not in CHECKSUMS:
        raise Misspoken(400, f"Upload-Checksum-Algorithm is one of {', '.join(CHECKSUMS)}.")
    return Checksum(algorithm, digest)


def options() -> Response:
    """What this server speaks. The largest file is each firm's own, so it is not told to nobody."""
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return Response(status_code=204, headers=_PLAIN | headers)


def answer(status: int, standing: Standing | None = None, **headers: str) -> Response:
    """An answer with where the upload stands."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    if standing is not None:
        more["Upload-Offset"] = str(standing.received)
        more["Upload-Expires"] = _http_date(standing.expires_at)
        if standing.receipt is not None:
            more["Portal-Receipt"] = _receipt(standing.receipt)
    return Response(status_code=status, headers=_PLAIN | more)


def refusal(error: PortalError | DatabaseAway) -> Response:
    """A refusal's sentence, with the status and the headers that tus and HTTP give it."""
    headers = dict(_PLAIN)
    if error.status == 412:
        headers["Tus-Version"] = VERSION
    if isinstance(error, WrongOffset):
        headers["Upload-Offset"] = str(error.offset)
    if isinstance(error, TryLater) or error.status in (408, 503):
        headers["Retry-After"] = "5"
    return PlainTextResponse(error.text, status_code=error.status, headers=headers)


def _receipt(receipt: Receipt) -> str:
    """The receipt as the page shows it, in the person's language (10.7); percent-encoded JSON."""
    shown = {
        "id": str(receipt.file_id),
        "name": receipt.name,
        "size": format_size(receipt.size),
        "at": format_moment(receipt.received_at, receipt.zone),
        "sha256": in_eights(receipt.sha256),
        "paper": paths.to(paths.FILE_RECEIPT, id=receipt.file_id) if receipt.has_paper else "",
    }
    return quote(json.dumps(shown, ensure_ascii=False, separators=(",", ":")), safe="")


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
