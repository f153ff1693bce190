"""The templates of plain pages and e-mails, and how they are read.

Texts come from the same catalogs as everywhere: `{{ _("Hello {name}").format(name=name) }}`. In HTML a text is
escaped before its places are filled, and what fills them is escaped unless it is markup: a link within a
sentence is a macro's result, so no translation ever holds a tag.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from portal_app import text

FOLDER = Path(__file__).parent


def environment(folder: str, *, is_html: bool = True, is_page: bool = False) -> Environment:
    """Jinja2 over `templates/<folder>`, and `templates/shared` for pieces of several: a name that nobody gave is an error, never an empty place.

    With `is_page` texts are as the portal's pages draw them (`text.unbroken`)."""
    made = Environment(
        loader=FileSystemLoader([FOLDER / folder, FOLDER / "shared"]),
        autoescape=is_html,  # noqa: S701 (text parts hold no HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
        cache_size=-1,
    )
    mark: Callable[[str], str] = _as_markup if is_html else str
    made.globals.update(_texts(_on_a_page if is_page else mark))
    return made


def _as_markup(message: str) -> Markup:
    return Markup(escape(message))  # noqa: S704 (escaped on the same line)


def _on_a_page(message: str) -> Markup:
    return _as_markup(text.unbroken(message))


def _texts(mark: Callable[[str], str]) -> dict[str, Any]:
    def ngettext(singular: str, plural: str, n: int) -> str:
        return mark(text.ngettext(singular, plural, n))

    return {
        "_": lambda message: mark(text._(message)),
        "ngettext": ngettext,
        "pgettext": lambda context, message: mark(text.pgettext(context, message)),
        "format_date": text.format_date,
        "format_moment": text.format_moment,
    }
