"""PDFs and office files, whole and broken, written here byte by byte so that none lies in the repository."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

RED = b"0.78 0.12 0.12 rg 0 0 20000 20000 re f"
A4 = (595, 842)


def written(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalog."""
    out, starts = io.BytesIO(), []
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, content in enumerate(objects, 1):
        starts.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    at = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % start for start in starts)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %b >>\n" % (len(objects) + 1, trailer))
    out.write(b"startxref\n%d\n%%%%EOF\n" % at)
    return out.getvalue()


def stream(content: bytes, facts: bytes = b"") -> bytes:
    """A stream and its facts."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), facts, content)


def paper(
    pages: int = 1,
    size: tuple[int, int] = A4,
    *,
    catalog: bytes = b"",
    page: bytes = b"",
    drawing: bytes = RED,
    more: Sequence[bytes] = (),
    trailer: bytes = b"",
) -> bytes:
    """Red pages. `more` are objects from 4 on; the pages follow them."""
    first = 4 + len(more)
    kids = b" ".join(b"%d 0 R" % number for number in range(first, first + pages))
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 3 0 R %b >>" % (*size, page)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (pages, kids),
        stream(drawing),
        *more,
        *[leaf] * pages,
    ]
    return written(objects, trailer)


def scripted() -> bytes:
    """Runs a script and starts a program where a reader lets it."""
    acts = b"/OpenAction << /S /JavaScript /JS (app.alert\\(document.cookie\\)) >> /AA << /WC 4 0 R >>"
    return paper(catalog=acts, more=[b"<< /S /Launch /F (calc.exe) >>"])


def locked() -> bytes:
    """Asks for a password: no empty one fits these sums."""
    sums = b"<%b>" % (b"5a" * 32)
    guard = b"<< /Filter /Standard /V 1 /R 2 /O %b /U %b /P -4 >>" % (sums, sums)
    return paper(more=[guard], trailer=b"/Encrypt 4 0 R /ID [<00> <00>]")


def drawing_itself() -> bytes:
    """A form that draws itself, over and over."""
    form = stream(
        b"/F Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >>"
    )
    return paper(drawing=b"/F Do", page=b"/Resources << /XObject << /F 4 0 R >> >>", more=[form])


def circular() -> bytes:
    """Pages whose parent is among their children."""
    return written(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 9 /Kids [2 0 R] /Parent 2 0 R >>"]
    )


def packed(*entries: tuple[str, bytes]) -> bytes:
    """A zip, its entries in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def office(part: str) -> bytes:
    """What Word or Excel saves: its types first."""
    return packed(("[Content_Types].xml", b"<Types/>"), ("_rels/.rels", b"<Relationships/>"), (part, b"<x/>"))


PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(50) + b"PE\0\0" + bytes(200)
PAGE = b"<!DOCTYPE html><html><script>fetch('/home')</script></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SHEET = b"Date;Montant\n2026-03-31;1 234,56 $\n"
LOCKED_SHEET = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
