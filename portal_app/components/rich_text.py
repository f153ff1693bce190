"""A task's instructions as pieces: each is drawn as text in an element of ours.

No stored HTML ever reaches the browser as markup: it was sanitized when it was written, is read into plain
pieces by `domain.rich_text`, and the page's policy lets no script of a stranger run.
"""

from __future__ import annotations

from typing import Any

import reflex as rx


def rich_text(blocks: rx.Var[Any], class_name: str = "prose") -> rx.Component:
    """Paragraphs and lists; `blocks` are `rich_text.Block`s."""
    return rx.el.div(rx.foreach(blocks, _block), class_name=class_name)


def _block(block: Any) -> rx.Component:
    return rx.match(
        block.kind,
        ("ul", rx.el.ul(rx.foreach(block.lines, _item), class_name="dots")),
        ("ol", rx.el.ol(rx.foreach(block.lines, _item), class_name="numbers")),
        rx.el.p(rx.foreach(block.lines, _line)),
    )


def _item(line: Any) -> rx.Component:
    return rx.el.li(rx.foreach(line.runs, _run))


def _line(line: Any) -> rx.Component:
    return rx.el.span(rx.foreach(line.runs, _run), class_name="line")


def _run(run: Any) -> rx.Component:
    text = rx.cond(
        run.is_bold,
        rx.el.strong(rx.cond(run.is_italic, rx.el.em(run.text), run.text)),
        rx.cond(run.is_italic, rx.el.em(run.text), rx.el.span(run.text)),
    )
    link = rx.el.a(
        text, href=run.href, target="_blank", rel="noopener noreferrer nofollow", class_name="link"
    )
    return rx.cond(run.href != "", link, text)
