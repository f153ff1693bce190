"""Images are decoded in a process of their own that gets so much memory and time and no more (security row 44).

What a stranger's image breaks there, a crash or an endless loop, ends that process; this one only reads its answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import structlog

from portal_app.domain.veils import VeilMap
from portal_app.ports import IconOrder, ImageRefused, Picture, PictureOrder, Redrawn

AT_ONCE: Final = 2
"""Images decoded at a time: each may take half a gigabyte, outside the portal's own process."""
WITHIN: Final = 60.0  # seconds, waiting for the processor included; the process itself gets 30 of its time
_WORKER: Final = Path(__file__).with_name("image_worker.py")
_PDF_WORKER: Final = Path(__file__).with_name("pdf_worker.py")

log = structlog.get_logger(__name__)


class BoxedImages:
    """`image_worker.py`, one process an image, without our environment."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(AT_ONCE)

    def redraw(
        self,
        content: bytes,
        orders: Sequence[PictureOrder],
        *,
        most_pixels: int,
        trims: bool = False,
        measures: bool = False,
        page: int = 1,
        most_pages: int = 0,
    ) -> Redrawn:
        """Make these pictures. Raises `ImageRefused`."""
        asked = {
            "orders": [asdict(order) for order in orders],
            "most_pixels": most_pixels,
            "trims": trims,
            "measures": measures,
            "page": page,
            "most_pages": most_pages,
        }
        with self._places:
            said, body = _asked(_WORKER, json.dumps(asked).encode() + b"\n" + content)
        if fault := said.get("fault"):
            raise ImageRefused(fault)
        veils = said["veils"]
        return Redrawn(
            width=said["width"],
            height=said["height"],
            pictures=tuple(_pictures(said["pictures"], body)),
            veils=VeilMap(tuple(veils["dark"]), tuple(veils["light"])) if veils else None,
            in_sight=said["in_sight"],
            pages=said["pages"],
        )

    def icons(
        self, content: bytes, letters: str, orders: Sequence[IconOrder], *, most_pixels: int
    ) -> tuple[Picture, ...]:
        """Make icons of an image, or of letters. Raises `ImageRefused`."""
        asked = {
            "icons": [asdict(order) for order in orders],
            "letters": letters,
            "most_pixels": most_pixels,
        }
        with self._places:
            said, body = _asked(_WORKER, json.dumps(asked).encode() + b"\n" + content)
        if fault := said.get("fault"):
            raise ImageRefused(fault)
        return tuple(_pictures(said["pictures"], body))


class BoxedPages:
    """`pdf_worker.py`, likewise."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(AT_ONCE)

    def count(self, content: bytes) -> int:
        """How many pages there are. Raises `ImageRefused`."""
        said, _body = self._drawn(content, {"number": 0})
        return int(said["pages"])

    def page(self, content: bytes, number: int, *, width: int, height: int) -> Picture:
        """One page. Raises `ImageRefused`."""
        said, body = self._drawn(content, {"number": number, "width": width, "height": height})
        return Picture("jpeg", said["width"], said["height"], bytes(body))

    def _drawn(self, content: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], memoryview]:
        with self._places:
            said, body = _asked(_PDF_WORKER, json.dumps(asked).encode() + b"\n" + content)
        if fault := said.get("fault"):
            raise ImageRefused(fault)
        return said, body


def _asked(worker: Path, given: bytes) -> tuple[dict[str, Any], memoryview]:
    try:
        ended = subprocess.run(  # noqa: S603 (our own file, by our own Python)
            [sys.executable, "-I", str(worker)],
            input=given,
            capture_output=True,
            timeout=WITHIN,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"fault": "too_heavy"}, memoryview(b"")
    head, _, body = ended.stdout.partition(b"\n")
    if ended.returncode or not head:
        log.warning(
            "image_not_redrawn", status=ended.returncode, said=ended.stderr[-500:].decode("utf-8", "replace")
        )
        return {"fault": "too_heavy" if ended.returncode < 0 else "damaged"}, memoryview(b"")
    return json.loads(head), memoryview(body)


def _pictures(made: list[dict[str, Any]], body: memoryview) -> list[Picture]:
    pictures, at = [], 0
    for it in made:
        pictures.append(Picture(it["kind"], it["width"], it["height"], bytes(body[at : at + it["size"]])))
        at += it["size"]
    return pictures
