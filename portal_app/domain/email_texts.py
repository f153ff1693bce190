"""The firm's own words of an e-mail: what may stand in them, what must, and how they fall into pieces (1.12).

A text is plain: paragraphs parted by an empty line, and places in braces. A place within a line is a word
(`{client}`); a block stands on its own (`{link}`), and no text can lose one that the e-mail is sent for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

LONGEST_SUBJECT, LONGEST_BODY = 150, 5_000

BLOCKS: Final = frozenset({"link", "code", "tasks", "message", "reason", "video"})
"""Places that stand on lines of their own, once."""

_BREAKS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")
_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}]*[^\s<>\"{}.,;:!?)»]")
_PIECE = re.compile(rf"\{{(?:{'|'.join(sorted(BLOCKS))})\}}|{_ADDRESS.pattern}")


@dataclass(frozen=True, slots=True)
class OwnText:
    """A subject of one line and a body, with places not yet filled."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What the text of one e-mail may hold: words anywhere, blocks in the body, of which some must stand there."""

    words: tuple[str, ...]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """All that may stand in the body, in the order in which a page lists it."""
        return (*self.words, *self.required, *self.optional)


_REQUEST = ("name", "client", "request", "due", "items", "staff", "firm")

EVENTS: Final[dict[str, Rules]] = {
    "request_sent": Rules(_REQUEST, required=("message", "link", "tasks")),
    "reminder": Rules(_REQUEST, required=("message", "link", "tasks")),
    "task_added": Rules(_REQUEST, required=("message", "tasks", "link")),
    "task_reopened": Rules(
        ("name", "client", "request", "task", "staff", "firm"), required=("reason", "link", "tasks")
    ),
    "request_withdrawn": Rules(("name", "client", "request", "staff", "firm"), required=("message",)),
    "access_link": Rules(("name", "client", "request", "firm"), required=("code", "link")),
    "sign_in_code": Rules(("name", "firm"), required=("code",)),
    "invitation": Rules(("name", "clients", "staff", "firm"), required=("message", "link")),
    "password_reset": Rules(("name", "firm"), required=("link",)),
    "introduction": Rules(("name", "clients", "staff", "firm"), required=("link",), optional=("video",)),
}
"""Every e-mail whose words a firm can change, in the order in which a page lists them."""

Fault = Literal["unknown", "not_here", "missing", "twice", "address_twice", "empty"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text cannot be kept: in which field, and about which place or address."""

    field: Literal["subject", "body"]
    fault: Fault
    name: str = ""


def problem(event: str, text: OwnText) -> Problem | None:
    """The first thing that is wrong with a text; None where it can be kept."""
    return next(_problems(EVENTS[event], text), None)


def _problems(rules: Rules, text: OwnText) -> Iterator[Problem]:
    if not text.subject.strip():
        yield Problem("subject", "empty")
    for name in _PLACE.findall(text.subject):
        if name not in rules.words:
            yield Problem("subject", "not_here" if name in rules.places else "unknown", name)
    if not text.body.strip():
        yield Problem("body", "empty")
    found = _PLACE.findall(text.body)
    yield from (Problem("body", "unknown", name) for name in found if name not in rules.places)
    yield from (Problem("body", "missing", name) for name in rules.required if name not in found)
    yield from (Problem("body", "twice", name) for name in BLOCKS if found.count(name) > 1)
    addresses = _ADDRESS.findall(text.body)
    yield from (Problem("body", "address_twice", one) for one in addresses if addresses.count(one) > 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a paragraph: `words` (lines, filled), the `address` of a page, or a block by its name."""

    kind: str
    text: str = ""


def pieces(body: str, values: Mapping[str, str]) -> list[list[Piece]]:
    """A body as paragraphs of pieces, words filled in. What fills a place is never read as a place or a block."""
    return [
        found
        for paragraph in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip())
        if (found := list(_cut(paragraph, values)))
    ]


def _cut(paragraph: str, values: Mapping[str, str]) -> Iterator[Piece]:
    at = 0
    for found in _PIECE.finditer(paragraph):
        yield from _words(paragraph[at : found.start()], values)
        mark = found.group()
        yield Piece(mark[1:-1]) if mark.startswith("{") else Piece("address", mark)
        at = found.end()
    yield from _words(paragraph[at:], values)


def _words(text: str, values: Mapping[str, str]) -> Iterator[Piece]:
    """Lines of words; a full stop or comma left over behind an address or a block is none."""
    lines = [one_line(line) for line in filled(text, values).split("\n")]
    if any(re.search(r"[^\W_]", line) for line in lines):
        yield Piece("words", "\n".join(line for line in lines if line))


def one_line(words: str) -> str:
    """`words` on one line, so that a header stays one (asvs_38); no-break spaces stay."""
    return _BREAKS.sub(" ", words).strip(" ")


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with its places filled, once over; a place that has no value stays as it was typed."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)
