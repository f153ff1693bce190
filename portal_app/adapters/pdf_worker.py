"""The process that draws one page of a PDF: it takes limits upon itself, then reads its order and the file, and answers.

In: a line of JSON, then the PDF. Out: a line of JSON, then the picture. Started as a file of its own by `images.py`;
scripts in the PDF are not run, and nothing of it but the drawn page leaves.
"""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO
from typing import Any, Final

MEMORY: Final = 1 << 30  # bytes of address space
SECONDS: Final = 20  # of the processor
LARGEST: Final = 14_400  # points: the largest page that readers know


class Refused(Exception):
    """What the answer says instead of a picture."""


def limit() -> None:
    """Memory, time, no files written, none to spare to open."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


limit()

import pypdfium2  # noqa: E402


def answer(asked: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """How many pages there are, and the one that was asked for; none where its number is 0, and then the first is one that
    can be drawn. Raises `Refused`."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        raise Refused("locked" if "password" in str(fault).lower() else "damaged") from None
    count, number = len(document), asked["number"]
    if not 0 <= number <= count or not count:
        raise Refused("unknown")
    try:
        page = document[max(0, number - 1)]
        width, height = page.get_size()
        if not (0 < width <= LARGEST and 0 < height <= LARGEST):
            raise Refused("too_large")
        if not number:
            return {"pages": count}, b""
        scale = min(asked["width"] / width, asked["height"] / height)
        image = page.render(scale=scale).to_pil().convert("RGB")
    except pypdfium2.PdfiumError:
        raise Refused("damaged") from None
    out = BytesIO()
    image.save(out, "JPEG", quality=80, optimize=True)
    return {"pages": count, "width": image.width, "height": image.height}, out.getvalue()


def main() -> None:
    """One order."""
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        said, picture = answer(asked, sys.stdin.buffer.read())
    except Refused as refused:
        said, picture = {"fault": str(refused)}, b""
    except MemoryError:
        said, picture = {"fault": "too_heavy"}, b""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + picture)


if __name__ == "__main__":
    main()
