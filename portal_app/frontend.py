"""What the build changes in Reflex's own output, and what it tells the site server about each page."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import reflex_base
from reflex_base.plugins import Plugin

from portal_app.components.camera import WORDS_FILE, camera_words
from portal_app.components.scripts import PLACE, SOURCE
from portal_app.text import _, locale

PAGES_FILE = "pages.json"
_DOCUMENT = "app/_document.js"
_CLIENT = "utils/state.js"
_REFLEX_SHEET = re.compile(r'import reflexGlobalStyles from "[^"]+"\n')
_REFLEX_LINKS = re.compile(r'jsx\("link",\{[^}]*href:reflexGlobalStyles[^}]*\},\),')
_COLOUR_SCRIPT = re.compile(r'jsx\("script",\{\},"\\n// Only run in browser.*?"\),')


def bare_document(code: str) -> str:
    """Take Reflex's sheet and its colour script out of the document.

    Our sheets follow `prefers-color-scheme` by themselves, and the build puts them into each document
    by its audience (scripts/build_site.py). Raises ValueError when Reflex writes the document another way.
    """
    for pattern in (_REFLEX_SHEET, _REFLEX_LINKS, _COLOUR_SCRIPT):
        code, count = pattern.subn("", code)
        if not count:
            msg = f"Reflex's document no longer holds {pattern.pattern!r}: read its template again."
            raise ValueError(msg)
    return code


def own_words(_code: str) -> str:
    """Reflex's client with its two English words in the build's language (decision 0005).

    Always from Reflex's own file: the one in `.web` may hold the other language's words.
    Raises ValueError when Reflex has other words.
    """
    code = (Path(reflex_base.__file__).parent / ".templates" / "web" / _CLIENT).read_text(encoding="utf-8")
    for english, words in (
        ("A new version of this app is available.", _("The portal has a new version.")),
        ('"Reload"', json.dumps(_("Load again"), ensure_ascii=False)),
    ):
        if code.count(english) != 1:
            msg = f"Reflex's client no longer says {english} once: read it again."
            raise ValueError(msg)
        code = code.replace(english, words)
    return code


class PortalPlugin(Plugin):
    """Runs inside `reflex export`."""

    def get_static_assets(self, **_context: Any) -> Sequence[tuple[Path, str | bytes]]:
        """Our own scripts, where `own_script` says they are."""
        scripts = sorted([*SOURCE.glob("*.jsx"), *SOURCE.glob("*.js")])
        written = [(path.name, path.read_text(encoding="utf-8")) for path in scripts]
        return [(Path(PLACE) / name, code) for name, code in [*written, (WORDS_FILE, camera_words())]]

    def pre_compile(self, **context: Any) -> None:
        """Give the document our own head, and Reflex's client our words."""
        context["add_modify_task"](_DOCUMENT, bare_document)
        context["add_modify_task"](_CLIENT, own_words)

    def post_build(self, **context: Any) -> None:
        """Write what the site server has to know of each page, in this build's language."""
        from portal_app.pages._frames import PAGES

        pages = [
            {"route": page.route, "audience": page.audience, "title": page.shown_title()} for page in PAGES
        ]
        target = Path(context["static_dir"]) / PAGES_FILE
        target.write_text(json.dumps({"language": locale(), "pages": pages}), encoding="utf-8")
