"""A task's instructions: typed with a few plain marks, stored as a few HTML elements, shown as plain pieces.

People type `**bold**`, `*italic*`, `- ` or `1. ` before list lines, and addresses of pages. What is stored is
HTML of the elements in `TAGS`, sanitized once more by the service. Pages render `blocks`, never the HTML itself: no
stored text is ever given to the browser as markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "a"})
"""All that a description may hold; `a` has `href` alone."""

SCHEMES = frozenset({"http", "https", "mailto"})

_MARKS = re.compile(
    r"\*\*(?P<bold>\S(?:.*?\S)?)\*\*"
    r"|\*(?P<italic>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<to>(?:https?://|mailto:)[^\s()<>]+)\)"
    r"|(?P<bare>https?://[^\s<>()\"]*[^\s<>()\".,;:!?])"
)
_BULLET = re.compile(r"^\s*[-•]\s+(?P<text>.+)$")
_NUMBER = re.compile(r"^\s*\d{1,3}[.)]\s+(?P<text>.+)$")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line: its text, whether bold or italic, and where it leads (empty: nowhere)."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paragraph, or one item of a list."""

    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (`p`), a list (`ul`) or a numbered list (`ol`)."""

    kind: str
    lines: list[Line] = field(default_factory=list)


def to_html(typed: str) -> str:
    """What was typed, as HTML of `TAGS`; everything else in it is escaped."""
    parts: list[str] = []
    for kind, lines in _grouped(typed):
        inner = [_inline(line) for line in lines]
        if kind == "p":
            parts.append("<p>" + "<br>".join(inner) + "</p>")
        else:
            parts.append(f"<{kind}>" + "".join(f"<li>{item}</li>" for item in inner) + f"</{kind}>")
    return "".join(parts)


def to_typed(html: str) -> str:
    """The marks that make this HTML again: what an edit form shows."""
    return "\n\n".join(
        "\n".join(_prefix(block.kind, number) + _marked(line) for number, line in enumerate(block.lines, 1))
        for block in blocks(html)
    )


def blocks(html: str) -> list[Block]:
    """Stored HTML as plain pieces to render one by one; unknown elements lose their tags."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.finished()


def _grouped(typed: str) -> list[tuple[str, list[str]]]:
    groups: list[tuple[str, list[str]]] = []
    is_fresh = True
    for raw in typed.replace("\r\n", "\n").split("\n"):
        line = raw.strip()
        if not line:
            is_fresh = True
            continue
        kind, text = _kind(line)
        if is_fresh or not groups or groups[-1][0] != kind:
            groups.append((kind, []))
        groups[-1][1].append(text)
        is_fresh = False
    return groups


def _kind(line: str) -> tuple[str, str]:
    for kind, pattern in (("ul", _BULLET), ("ol", _NUMBER)):
        if found := pattern.match(line):
            return kind, found["text"]
    return "p", line


def _inline(text: str) -> str:
    out, at = [], 0
    for found in _MARKS.finditer(text):
        out.append(escape(text[at : found.start()]))
        at = found.end()
        if found["bold"]:
            out.append(f"<strong>{_inline(found['bold'])}</strong>")
        elif found["italic"]:
            out.append(f"<em>{_inline(found['italic'])}</em>")
        else:
            to = found["to"] or found["bare"]
            out.append(f'<a href="{escape(to)}">{escape(found["label"] or to)}</a>')
    out.append(escape(text[at:]))
    return "".join(out)


def _prefix(kind: str, number: int) -> str:
    return {"ul": "- ", "ol": f"{number}. "}.get(kind, "")


def _marked(line: Line) -> str:
    out = []
    for run in line.runs:
        text = run.text
        if run.href:
            text = run.href if run.href == run.text else f"[{run.text}]({run.href})"
        if run.is_italic:
            text = f"*{text}*"
        if run.is_bold:
            text = f"**{text}**"
        out.append(text)
    return "".join(out)


class _Reader(HTMLParser):
    """Collects blocks, lines and runs from HTML of `TAGS`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._bold = self._italic = 0
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block or a line, or begin to mark what follows."""
        if tag in {"p", "ul", "ol"}:
            self._blocks.append(Block(tag, [Line()] if tag == "p" else []))
        elif tag in {"br", "li"}:
            self._lines().append(Line())
        elif tag in {"strong", "b"}:
            self._bold += 1
        elif tag in {"em", "i"}:
            self._italic += 1
        elif tag == "a":
            href = dict(attrs).get("href") or ""
            self._href = href if href.partition(":")[0].lower() in SCHEMES else ""

    def handle_endtag(self, tag: str) -> None:
        """End a mark; what follows a list is a paragraph again."""
        if tag in {"strong", "b"}:
            self._bold = max(0, self._bold - 1)
        elif tag in {"em", "i"}:
            self._italic = max(0, self._italic - 1)
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        """Text of the line that is open."""
        lines = self._lines()
        if not lines:
            lines.append(Line())
        lines[-1].runs.append(Run(data, self._bold > 0, self._italic > 0, self._href))

    def finished(self) -> list[Block]:
        """What was collected, without what is empty."""
        return [
            Block(block.kind, kept)
            for block in self._blocks
            if (kept := [line for line in block.lines if any(run.text.strip() for run in line.runs)])
        ]

    def _lines(self) -> list[Line]:
        if not self._blocks:
            self._blocks.append(Block("p", [Line()]))
        return self._blocks[-1].lines
