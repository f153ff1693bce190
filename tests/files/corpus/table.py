"""The table: a file's name and content; whether it is taken, under which name; what is seen of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.adapters import pictures
from tests.files.corpus import papers, photos

Colour = tuple[int, int, int]
RED, BLUE, WHITE = pictures.LEFT, pictures.RIGHT, (255, 255, 255)
HALVES = ((0.25, 0.5, RED), (0.75, 0.5, BLUE))
HELD = (*HALVES, (0.25, 0.05, WHITE), (0.75, 0.05, WHITE))
ALL_RED = ((0.5, 0.5, RED), (0.9, 0.9, RED))
GREY = ((0.25, 0.5, (31, 31, 31)), (0.75, 0.5, (233, 233, 233)))

NO_PREVIEW = "There is no preview of this file. Download it to look at it."
ASKS = "This PDF asks for a password. Download it to open it."
NOT_SO = "its content is not what its name says"


@dataclass(frozen=True)
class Kept:
    """Taken, under this name (the one it came with, where none is given), and either seen, with these colours at these
    shares of its first page, or not, with this sentence."""

    content: Callable[[], bytes]
    name: str
    colours: tuple[tuple[float, float, Colour], ...] = ()
    why_not: str = ""
    as_name: str = ""
    pages: int = 1

    @property
    def label(self) -> str:
        return self.as_name or self.name


@dataclass(frozen=True)
class Refused:
    """Not taken, with words that say why."""

    content: Callable[[], bytes]
    name: str
    because: str


def seen(content: Callable[[], bytes], name: str, *colours: tuple[float, float, Colour], **more: int) -> Kept:
    return Kept(content, name, colours, pages=more.get("pages", 1))


def unseen(content: Callable[[], bytes], name: str, why_not: str = NO_PREVIEW) -> Kept:
    return Kept(content, name, why_not=why_not)


def named(name: str, as_name: str) -> Kept:
    return Kept(papers.paper, name, ALL_RED, as_name=as_name)


def of(content: bytes) -> Callable[[], bytes]:
    return lambda: content


CASES: dict[str, Kept | Refused] = {
    # Photos and scans
    "heic": seen(pictures.from_an_iphone, "IMG_0001.HEIC", *HALVES),
    "heic-called-jpg": seen(pictures.from_an_iphone, "IMG_0001.jpg", *HALVES),
    "cmyk-jpeg": seen(
        partial(pictures.saved, pictures.halves(mode="CMYK"), "JPEG", quality=95), "ad.jpg", *HALVES
    ),
    "16-bit-grey-png": seen(pictures.sixteen_bits, "scan.png", *GREY),
    "16-bit-colour-png": seen(photos.deep, "scan.png", *HALVES),
    **{f"jpeg-held-{n}": seen(partial(photos.held, n), f"held {n}.jpg", *HELD) for n in range(1, 9)},
    "clear-png": seen(photos.clear, "logo.png", (0.25, 0.5, RED), (0.75, 0.5, WHITE)),
    "moving-webp": seen(partial(pictures.moving, "WEBP"), "moving.webp", *ALL_RED),
    "moving-gif": seen(partial(pictures.moving, "GIF"), "moving.gif", *ALL_RED),
    "clear-gif": seen(partial(photos.clear, "GIF"), "logo.gif", (0.25, 0.5, RED), (0.75, 0.5, WHITE)),
    "gif-called-jpg": seen(partial(pictures.moving, "GIF"), "moving.jpg", *ALL_RED),
    "bmp": seen(partial(pictures.saved, pictures.halves(), "BMP"), "paint.bmp", *HALVES),
    "avif": seen(partial(pictures.saved, pictures.halves(), "AVIF", quality=95), "photo.avif", *HALVES),
    "tiff-of-two-pages": seen(partial(photos.leaves, "TIFF"), "scan.tif", *ALL_RED, pages=2),
    "fax": seen(photos.fax, "fax.tiff", (0.25, 0.5, (0, 0, 0)), (0.75, 0.5, WHITE), pages=3),
    "tiff-of-60-pages": seen(partial(photos.leaves, "TIFF", 60), "ledger.tif", *ALL_RED, pages=40),
    "tiff-called-jpg": seen(partial(photos.leaves, "TIFF"), "scan.jpg", *ALL_RED),
    "cmyk-tiff": seen(
        partial(pictures.saved, pictures.halves(mode="CMYK"), "TIFF", compression="tiff_lzw"),
        "ad.tif",
        *HALVES,
    ),
    "16-bit-grey-tiff": seen(partial(pictures.sixteen_bits, "TIFF"), "scan.tif", *GREY),
    "tiff-held-sideways": seen(photos.tiff_held_sideways, "held.tif", *HALVES),
    "tiff-whose-pages-are-a-circle": seen(photos.circle, "circle.tif", *ALL_RED, pages=2),
    "tiff-cut-short": unseen(lambda: photos.cut(photos.leaves("TIFF", compression="raw")), "cut.tif"),
    "tiff-of-144-megapixels": unseen(partial(pictures.bomb, "TIFF", compression="group4"), "plan.tif"),
    "gif-of-144-megapixels": unseen(partial(pictures.bomb, "GIF"), "plan.gif"),
    "jpeg-cut-short": unseen(lambda: photos.cut(photos.held(1)), "cut.jpg"),
    "png-cut-short": unseen(lambda: photos.cut(photos.deep()), "cut.png"),
    "png-of-144-megapixels": unseen(pictures.bomb, "plan.png"),
    "png-that-lies": seen(pictures.lying_bomb, "small.png", (0.5, 0.5, (0, 0, 0))),
    "png-with-100-mb-of-text": unseen(photos.wordy, "words.png"),
    "jpeg-that-claims-4-gigapixels": unseen(partial(photos.claiming, 65_500, 65_500), "huge.jpg"),
    "jpeg-with-a-page-inside": seen(photos.page_inside, "photo.jpg", *HALVES),
    "gif-that-is-a-script": unseen(of(b"GIF89a/*" + bytes(20) + b"*/=0;alert(1)//"), "a.gif"),
    # Papers
    "pdf": seen(papers.paper, "letter.pdf", *ALL_RED),
    "pdf-of-300-pages": seen(partial(papers.paper, 300), "ledger.pdf", *ALL_RED, pages=40),
    "pdf-with-scripts": seen(papers.scripted, "form.pdf", *ALL_RED),
    "pdf-with-a-password": unseen(papers.locked, "slip.pdf", ASKS),
    "pdf-cut-short": unseen(lambda: photos.cut(papers.paper(), 0.2), "cut.pdf"),
    "pdf-of-another-planet": unseen(partial(papers.paper, size=(20_000, 20_000)), "plan.pdf"),
    "pdf-that-draws-itself": seen(papers.drawing_itself, "loop.pdf", (0.5, 0.5, WHITE)),
    "pdf-whose-pages-are-a-circle": unseen(papers.circular, "circle.pdf"),
    "pdf-behind-a-letter-head": seen(
        lambda: b"received by mail\r\n\r\n" + papers.paper(), "mail.pdf", *ALL_RED
    ),
    "pdf-that-is-a-zip-too": seen(
        lambda: papers.paper() + papers.packed(("a.exe", b"MZ")), "both.pdf", *ALL_RED
    ),
    # Everything else that an accountant gets
    "docx": unseen(partial(papers.office, "word/document.xml"), "lettre.docx"),
    "xlsx": unseen(partial(papers.office, "xl/workbook.xml"), "classeur.xlsx"),
    "xlsx-with-a-password": unseen(of(papers.LOCKED_SHEET), "classeur.xlsx"),
    "csv": unseen(of(papers.SHEET), "relevé.csv"),
    "zip": unseen(partial(papers.packed, ("2025/T4.pdf", b"%PDF-1.4")), "tout.zip"),
    "zip-bomb": unseen(lambda: papers.packed(("zeros", bytes(20 << 20))), "zeros.zip"),
    "qbo": unseen(of(b"OFXHEADER:100\r\nDATA:OFXSGML\r\n"), "banque.qbo"),
    "no-ending": unseen(of(b"\x01\x02\x03"), "fichier"),
    # Names
    "name-too-long": named("é" * 300 + ".pdf", "é" * 98 + ".pdf"),
    "name-turned-around": named("T4\u202efdp\u202c 2025.pdf", "T4fdp 2025.pdf"),
    "name-with-a-family": named("😀👨\u200d👩\u200d👧.pdf", "😀👨\u200d👩\u200d👧.pdf"),
    "name-from-a-mac": named("relevé.pdf".replace("é", "e\u0301"), "relevé.pdf"),
    "name-of-a-device": named("CON.pdf", "_CON.pdf"),
    "name-that-hides": named("..hidden.pdf", "hidden.pdf"),
    "name-with-a-way": named("../../etc/passwd.pdf", "passwd.pdf"),
    "name-with-a-windows-way": named("C:\\Users\\M\\T4.pdf", "T4.pdf"),
    "name-with-a-header": named('a"\r\nSet-Cookie: x=1;.pdf', "a_ Set-Cookie_ x=1;.pdf"),
    "name-of-nothing": Kept(papers.paper, "\u202e/..", why_not=NO_PREVIEW, as_name="File"),
    # Refused
    "empty": Refused(of(b""), "vide.pdf", "is empty"),
    "program": Refused(of(papers.PROGRAM), "setup.exe", "Programs are refused."),
    "program-called-pdf": Refused(of(papers.PROGRAM), "facture.pdf", "Programs are refused."),
    "program-turned-around": Refused(of(papers.PROGRAM), "facture\u202efdp.exe", "Programs are refused."),
    "page-called-jpg": Refused(of(papers.PAGE), "photo.jpg", "Web pages are refused."),
    "page-in-utf-16": Refused(
        of(b"\xff\xfe" + papers.PAGE.decode().encode("utf-16-le")), "a.txt", "Web pages"
    ),
    "drawing-with-a-script": Refused(of(papers.DRAWING), "logo.svg", "SVG drawings are refused."),
    "drawing-called-png": Refused(of(papers.DRAWING), "logo.png", "SVG drawings are refused."),
    "shell-script-called-txt": Refused(of(b"#!/bin/sh\nrm -rf /\n"), "notes.txt", "Scripts are refused."),
    "gif-called-pdf": Refused(partial(pictures.moving, "GIF"), "a.pdf", NOT_SO),
    "gif-with-a-pdf-behind": Refused(lambda: b"GIF89a\x01\0" + papers.paper(), "a.pdf", NOT_SO),
    "pdf-called-jpg": Refused(papers.paper, "photo.jpg", NOT_SO),
    "zip-called-docx": Refused(partial(papers.packed, ("run.bin", b"x")), "lettre.docx", NOT_SO),
}
