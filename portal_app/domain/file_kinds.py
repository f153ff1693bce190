"""What a file is, by its name and by its first bytes. The browser's Content-Type is never asked."""

from __future__ import annotations

import re
from typing import Final

PROGRAMS: Final = "programs"
SCRIPTS: Final = "scripts"
HTML: Final = "html"
SVG: Final = "svg"
REFUSED: Final = (PROGRAMS, SCRIPTS, HTML, SVG)
"""What a firm refuses unless it says otherwise (1.10)."""

_ENDINGS: Final = {
    PROGRAMS: "apk app appimage application appx cab com cpl deb dll dmg drv elf exe gadget ipa iso jar lnk msi "
    "msix msp mst ocx pif pkg rpm run scf scr so sys vhd vhdx wasm xap xpi",
    SCRIPTS: "action applescript ascx asp aspx bas bash bat bsh cgi chm cjs cmd command csh desktop fish hta inf ins "
    "jnlp js jse jsp ksh lua mjs msc php php3 php4 php5 phar phtml pl ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyw pyz rb "
    "reg scpt sct sh shb shs tcl ts url vb vbe vbs vbscript ws wsc wsf wsh zsh",
    HTML: "htm html mht mhtml shtm shtml xht xhtm xhtml xsl xslt",
    SVG: "svg svgz",
}
_KIND_OF: Final = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}

_PROGRAM_STARTS: Final = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xca\xfe\xd0\x0d",
    b"\0asm",
    b"dex\n",
    b"L\0\0\0\x01\x14\x02\0",
)
_SCRIPT_STARTS: Final = (b"#!", b"<?php", b"<%@", b"@echo off")
# What browsers take for a page without being told (WHATWG, MIME sniffing); XML says what it is itself.
_HTML_TAGS: Final = frozenset(
    [
        "a",
        "b",
        "body",
        "br",
        "div",
        "font",
        "h1",
        "head",
        "html",
        "iframe",
        "p",
        "script",
        "style",
        "table",
        "title",
    ]
)
_MARKUP: Final = re.compile(
    rb"\s*(?:(?P<xml><\?xml.*?\?>)|<\?.*?\?>|<!--.*?-->|<!doctype\s+(?P<doctype>[\w:-]+)[^>]*>)", re.I | re.S
)
_TAG: Final = re.compile(rb"\s*<(?:[\w-]+:)?(?P<name>[a-z][\w-]*)", re.I)

_OLE: Final = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_IMAGE: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")
_STARTS: Final[dict[str, tuple[bytes, ...]]] = {
    "zip": _ZIP,
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "rar": (b"Rar!\x1a\x07",),
    "gz": (b"\x1f\x8b",),
    "rtf": (b"{\\rtf",),
    "doc": (*_OLE, b"{\\rtf", *_ZIP),
    "xls": (*_OLE, b"\x09\x08", b"\x09\x04", b"\x09\x02", b"<?xml", *_ZIP),
    "ppt": (*_OLE, *_ZIP),
    "msg": _OLE,
    "ps": (b"%!PS",),
}
_IMAGE_ENDINGS: Final = frozenset(
    ["jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "heif", "avif", "tif", "tiff", "bmp"]
)
LARGEST_DRAWN: Final = 50 << 20
"""How large, in bytes, an image or a PDF may be to be drawn anew for a look at it: it lies in memory whole."""
_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
)
_PACKAGES: Final = {
    **dict.fromkeys(["docx", "docm", "dotx"], (b"word/",)),
    **dict.fromkeys(["xlsx", "xlsm", "xlsb", "xltx"], (b"xl/",)),
    **dict.fromkeys(["pptx", "pptm", "potx"], (b"ppt/",)),
    **dict.fromkeys(["odt", "ods", "odp", "odg"], (b"mimetype",)),
}
_OOXML: Final = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"[trash]/")


def has_preview(name: str, size: int, *, is_checking: bool = False) -> bool:
    """Whether a file of this name and size, in bytes, can be looked at without taking it (10.6); none that waits for the
    scanner."""
    end = ending(name)
    return not is_checking and size <= LARGEST_DRAWN and (end in _IMAGE_ENDINGS or end == "pdf")


def endings_of(kind: str) -> str:
    """The endings by which a kind is known, one blank between them."""
    return _ENDINGS[kind]


def ending(name: str) -> str:
    """What stands behind the last dot, in lower case."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def kind_by_name(name: str) -> str | None:
    """The refusable kind that a name's ending says, if any."""
    return _KIND_OF.get(ending(name))


def kind_by_content(head: bytes) -> str | None:
    """The refusable kind that the first bytes show, whatever the name says."""
    if head.startswith(_PROGRAM_STARTS) or _is_dos_program(head):
        return PROGRAMS
    text = _as_text(head)
    if text.lower().startswith(_SCRIPT_STARTS):
        return SCRIPTS
    root, is_xml = _root(text)
    if root == "svg":
        return SVG
    return HTML if root == "html" or (root in _HTML_TAGS and not is_xml) else None


def fits(name: str, head: bytes) -> bool:
    """Whether the content is what a known ending says; an unknown ending fits anything.

    Pictures may go by each other's names: phones call HEIC *.jpg* (fault 21).
    """
    end = ending(name)
    if end == "pdf":
        return _is_pdf(head)
    if end in _IMAGE_ENDINGS:
        return _is_image(head)
    if end in _PACKAGES:
        return _is_package(head, _PACKAGES[end])
    if end == "xml":
        return _as_text(head).lstrip().startswith(b"<")
    return end not in _STARTS or head.startswith(_STARTS[end])


def _is_dos_program(head: bytes) -> bool:
    # Two letters are also a word's beginning; a program's header holds zeros.
    return head[:2] in (b"MZ", b"ZM") and b"\0" in head[2:64]


def _is_pdf(head: bytes) -> bool:
    """Readers accept junk before the header, within 1,024 bytes; another format's header is not junk."""
    at = head[:1029].find(b"%PDF-")
    return at == 0 or (at > 0 and not _is_something(head))


def _is_something(head: bytes) -> bool:
    return (
        _is_image(head)
        or any(head.startswith(starts) for starts in _STARTS.values())
        or kind_by_content(head) is not None
    )


def _is_image(head: bytes) -> bool:
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[i : i + 4] for i in range(16, min(len(head), 64), 4))}
        return bool(brands & _BRANDS)
    return head.startswith(_IMAGE)


def _is_package(head: bytes, own: tuple[bytes, ...]) -> bool:
    """A zip whose first entry is one that such a document begins with; entries are never unpacked."""
    if not head.startswith(b"PK\x03\x04") or len(head) < 31:
        return head.startswith(_OLE)  # with a password, Office wraps the document in OLE
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return name.startswith((*own, *_OOXML))


def _as_text(head: bytes) -> bytes:
    """The start without byte-order mark, and UTF-16 as UTF-8, so that no encoding hides a tag."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, errors="ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def _root(text: bytes) -> tuple[str, bool]:
    """The first element of something marked up, past declarations and comments, and whether it says it is XML."""
    at, is_xml = 0, False
    while found := _MARKUP.match(text, at):
        if found["doctype"]:
            return found["doctype"].decode().lower(), is_xml
        is_xml = is_xml or found["xml"] is not None
        at = found.end()
    tag = _TAG.match(text, at)
    return (tag["name"].decode().lower() if tag else ""), is_xml
