"""A receipt as a PDF: one page of real text, with the firm's logo or name, whose it is, and each file (10.7).

The font is embedded, so it looks and copies the same everywhere; title and language stand in the PDF itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from portal_app.text import _, locale

FONTS: Final = Path(__file__).parents[2] / "fonts"
FONT: Final = "Source Sans Pro"
MARGIN: Final = 22  # millimetres
LABEL: Final = 34
INK, MUTED, LINE = (33, 32, 28), (95, 93, 87), (200, 197, 188)
LOGO_HEIGHT, LOGO_WIDTH = 16, 70


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file, in the reader's words; `sha256` in eights."""

    name: str
    size: str
    at: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """What a receipt says; `facts` are pairs of a label and words. `logo` is a picture, or nothing for the name."""

    firm_name: str
    firm_address: str
    facts: Sequence[tuple[str, str]]
    files: Sequence[ReceivedFile]
    foot: str
    paper: str = "letter"
    logo: bytes | None = None


def drawn(receipt: ReceiptPaper) -> bytes:
    """The PDF. Files beyond the first page go on on the next."""
    from fpdf import FPDF

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of each table that it leaves out

    title = _("Receipt")
    paper: Any = FPDF(unit="mm", format=receipt.paper)
    for style, weight in (("", "Regular"), ("B", "Semibold")):
        paper.add_font(FONT, style, FONTS / f"SourceSansPro-{weight}.ttf")
    paper.set_margins(MARGIN, MARGIN, MARGIN)
    paper.set_auto_page_break(True, MARGIN)
    paper.set_title(f"{title}, {receipt.firm_name}")
    paper.set_author(receipt.firm_name)
    paper.set_lang({"fr": "fr-CA", "en": "en-CA"}[locale()])
    paper.set_creator("Comptoir")
    paper.add_page()
    _head(paper, receipt)
    _say(paper, title, size=24, bold=True, below=4)
    for label, words in receipt.facts:
        _fact(paper, label, words)
    paper.ln(5)
    _rule(paper, INK)
    for file in receipt.files:
        _file(paper, file)
    _rule(paper, INK, twice=True)
    paper.ln(4)
    _say(paper, receipt.foot, size=9.5, colour=MUTED)
    return bytes(paper.output())


def _head(paper: Any, receipt: ReceiptPaper) -> None:
    if receipt.logo is not None:
        paper.image(
            BytesIO(receipt.logo),
            w=LOGO_WIDTH,
            h=LOGO_HEIGHT,
            keep_aspect_ratio=True,
            alt_text=receipt.firm_name,
            x=MARGIN,
        )
        paper.set_y(MARGIN + LOGO_HEIGHT + 2)
    else:
        _say(paper, receipt.firm_name, size=15, bold=True)
    _say(paper, receipt.firm_address, size=9.5, colour=MUTED)
    paper.ln(12)


def _file(paper: Any, file: ReceivedFile) -> None:
    """Kept together on one page."""
    with paper.offset_rendering() as trial:
        _file_lines(trial, file)
    if trial.page_break_triggered:
        paper.add_page()
    _file_lines(paper, file)


def _file_lines(paper: Any, file: ReceivedFile) -> None:
    paper.ln(3)
    _say(paper, file.name, size=11.5, bold=True, below=0.5)
    for label, words in ((_("Size"), file.size), (_("Received on"), file.at), (_("SHA-256"), file.sha256)):
        _fact(paper, label, words, size=9.5)
    paper.ln(3)
    _rule(paper, LINE)


def _fact(paper: Any, label: str, words: str, *, size: float = 10.5) -> None:
    height = size * 0.5
    paper.set_font(FONT, "", size)
    paper.set_text_color(*MUTED)
    paper.cell(LABEL, height, label)
    paper.set_text_color(*INK)
    paper.multi_cell(0, height, words, align="L", new_x="LMARGIN", new_y="NEXT")


def _say(
    paper: Any,
    text: str,
    *,
    size: float,
    bold: bool = False,
    colour: tuple[int, int, int] = INK,
    below: float = 0,
) -> None:
    if not text:
        return
    paper.set_font(FONT, "B" if bold else "", size)
    paper.set_text_color(*colour)
    paper.multi_cell(0, size * 0.46, text, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(below)


def _rule(paper: Any, colour: tuple[int, int, int], *, twice: bool = False) -> None:
    paper.set_draw_color(*colour)
    paper.set_line_width(0.25)
    for down in (0, 0.9) if twice else (0,):
        paper.line(MARGIN, paper.get_y() + down, paper.w - MARGIN, paper.get_y() + down)
