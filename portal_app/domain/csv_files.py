"""CSV files as spreadsheets write them: which encoding, which separator, which lines (2.1).

Excel in French writes Windows-1252 with semicolons, Excel's *Unicode text* UTF-16 with tabs, everything else UTF-8,
with or without its mark.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of a file: some 40,000 lines."""
MOST_LINES: Final = 10_000
LONGEST_CELL: Final = 5_000
MOST_COLUMNS: Final = 60
SEPARATORS: Final = (";", ",", "\t")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class NotCsv(Exception):
    """Not a text of lines and columns; `why` is a word, `line` where it is seen."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why, self.line = why, line


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the number of the line on which it begins, as an editor counts them, and its cells."""

    number: int
    cells: tuple[str, ...]


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding's name. Raises `NotCsv`: *empty*, *large*, *binary*."""
    if len(data) > LARGEST:
        raise NotCsv("large")
    text, encoding = _decoded(data)
    if "\0" in text:
        raise NotCsv("binary")
    if not text.strip():
        raise NotCsv("empty")
    return text, encoding


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding.removesuffix("-sig")
            except UnicodeDecodeError:
                raise NotCsv("binary") from None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("windows-1252"), "windows-1252"
    except UnicodeDecodeError:
        raise NotCsv("binary") from None


def separator_of(text: str) -> str:
    """What parts the columns: that which parts the first lines into the most columns, all alike."""

    def worth(separator: str) -> tuple[bool, int]:
        first = [len(line.cells) for line in _some(text, separator)]
        return (len(set(first)) == 1 and first[0] > 1, first[0]) if first else (False, 0)

    return max(SEPARATORS, key=worth)


def _some(text: str, separator: str) -> list[Line]:
    """The first lines, up to one that cannot be read."""
    some: list[Line] = []
    try:
        for line in lines(text, separator):
            some.append(line)
            if len(some) == 10:
                break
    except NotCsv:
        pass
    return some


def lines(text: str, separator: str) -> Iterator[Line]:
    """Every record that is not blank. Raises `NotCsv`: *quotes*, *long*, *lines*, *columns*."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins, count = 1, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise NotCsv("quotes", begins) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_LINES + 1:
                raise NotCsv("lines", begins)
            if len(cells) > MOST_COLUMNS:
                raise NotCsv("columns", begins)
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise NotCsv("long", begins)
            yield Line(begins, tuple(_plain(cell) for cell in cells))
        begins = reader.line_num + 1


def _plain(cell: str) -> str:
    """What stands in a cell, without the mark by which exports keep it from being a formula (asvs 39)."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@\t") else text
