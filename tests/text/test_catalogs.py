"""No half-translated page: every string has its French, every French its string, once (12.1)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from portal_app import text

ROOT = Path(text.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
JINJA = {"silent": "false", "trimmed": "true"}
FRENCH = sorted((ROOT / "locale" / "fr").glob("*.po"))

Key = tuple[str | None, str]


@cache
def used() -> dict[Key, str]:
    """Every string of code and templates, and a file it stands in."""
    options = {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}
    found = extract_from_dir(ROOT, METHODS, options, keywords=KEYWORDS)
    return {(context, _first(message)): name for name, _line, message, _comments, context in found}


def _first(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def entries(path: Path) -> Iterator[tuple[Key, tuple[str, ...], bool]]:
    """Key, translations and whether it is marked fuzzy, for each entry of a catalog."""
    with path.open("rb") as file:
        for message in read_po(file, locale="fr"):
            if message.id:
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                yield (message.context, _first(message.id)), forms, message.fuzzy


@cache
def translated() -> dict[Key, tuple[str, ...]]:
    return {key: forms for path in FRENCH for key, forms, _fuzzy in entries(path)}


def test_12_1_every_string_has_its_french() -> None:
    missing = {key: name for key, name in used().items() if not all(translated().get(key) or ("",))}
    assert missing == {}


def test_12_1_no_french_is_left_without_its_string() -> None:
    assert sorted(key[1] for key in translated() if key not in used()) == []


def test_each_string_is_translated_in_one_catalog_only() -> None:
    counted = Counter(key for path in FRENCH for key, _forms, _fuzzy in entries(path))
    assert [key for key, count in counted.items() if count > 1] == []


def test_nothing_is_marked_fuzzy() -> None:
    assert [key for path in FRENCH for key, _forms, fuzzy in entries(path) if fuzzy] == []


def placeholders(message: str) -> set[str]:
    return set(re.findall(r"\{[a-z_]*\}|%\([a-z_]+\)s", message))


def test_both_languages_fill_in_the_same_things() -> None:
    wrong = [
        key
        for key, forms in translated().items()
        if any(placeholders(form) - {"{n}"} != placeholders(key[1]) - {"{n}"} for form in forms)
    ]
    assert wrong == []


TO_THE_LETTER = {"Envoyer le lien d'accès", "Paramètres d'envoi"}
"""Accessible names that others look for as they are written (16)."""

PLAIN_SPACE = re.compile(r" [:»%$](?:\s|$|[<)])|« ")


def test_french_has_no_break_spaces_where_quebec_wants_them_and_none_before_semicolons() -> None:
    def wrong(form: str) -> bool:
        return bool(PLAIN_SPACE.search(form)) or bool(re.search(r"\w['](?=\w)", form))

    assert [
        form for forms in translated().values() for form in forms if wrong(form) and form not in TO_THE_LETTER
    ] == []


OF_ONE_SEX = re.compile(r"vous (?:n’)?(?:êtes|restez|serez|étiez)(?: de nouveau| pas)? \w+é\b", re.IGNORECASE)


def test_12_1_french_takes_no_reader_for_a_man() -> None:
    assert [form for forms in translated().values() for form in forms if OF_ONE_SEX.search(form)] == []


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [(0, "0 files", "0 fichier"), (1, "1 file", "1 fichier"), (2, "2 files", "2 fichiers")],
)
def test_french_counts_nothing_as_one(
    n: int, english: str, french: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        text,
        "catalog",
        lambda lang: {(None, "{n} file"): ("{n} fichier", "{n} fichiers")} if lang == "fr" else {},
    )
    with text.use_locale("en"):
        assert text.ngettext("{n} file", "{n} files", n) == english
    with text.use_locale("fr"):
        assert text.ngettext("{n} file", "{n} files", n) == french


@pytest.mark.parametrize(
    ("size", "english", "french"),
    [
        (0, "0 bytes", "0 octets"),
        (412 * 1024, "412 KB", "412 Ko"),
        (200 * 1024 * 1024, "200 MB", "200 Mo"),
        (int(11.9 * 1024 * 1024), "11.9 MB", "11,9 Mo"),
    ],
)
def test_sizes_read_as_people_write_them(size: int, english: str, french: str) -> None:
    with text.use_locale("en"):
        assert text.format_size(size).replace(text.NBSP, " ") == english
    with text.use_locale("fr"):
        assert text.format_size(size).replace(text.NBSP, " ") == french
