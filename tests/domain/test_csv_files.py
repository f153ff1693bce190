"""CSV files as spreadsheets write them, and what their columns are (2.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal_app.domain import csv_cells
from portal_app.domain.csv_files import LARGEST, MOST_LINES, Line, NotCsv, decoded, lines, separator_of
from portal_app.domain.import_columns import Column, faults_of, guessed, kind_of, language_of, read

TEXT = "Client;Courriel;Prénom\nCôté & fils;a@b.ca;Élise\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("windows-1252"), "windows-1252"),
        (TEXT.encode("utf-16"), "utf-16"),
    ],
)
def test_2_1_every_encoding_that_spreadsheets_write_is_read(data: bytes, encoding: str) -> None:
    assert decoded(data) == (TEXT, encoding)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b"PK\x03\x04\x00\x00", "binary"),
        (b"\xff\xfeA", "binary"),
        (b"a" * (LARGEST + 1), "large"),
    ],
)
def test_2_1_what_is_no_text_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(NotCsv) as refusal:
        decoded(data)
    assert refusal.value.why == why


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_2_1_the_separator_is_known_by_the_columns_it_makes(separator: str) -> None:
    text = "\n".join(
        separator.join(row) for row in (("A", "B", "C"), ("x", '"y, z; w"', "v"), ("1", "2", "3"))
    )
    assert separator_of(text) == separator


def test_2_1_line_numbers_are_an_editors_through_blank_lines_and_breaks_in_cells() -> None:
    text = 'Client,Contact\n\nA,"B\nC"\r\nD,E\n'
    assert list(lines(text, ",")) == [
        Line(1, ("Client", "Contact")),
        Line(3, ("A", "B\nC")),
        Line(5, ("D", "E")),
    ]


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ('A,B\nx,"open\ny,z\n', "quotes", 2),
        ('A,B\n"x"y,z\n', "quotes", 2),
        ("A\n" + "x" * 5_001, "long", 2),
        ("A\n" + "," * 60, "", 0),
        ("A\nb" + "," * 60, "columns", 2),
        ("A\n" + "x\n" * (MOST_LINES + 1), "lines", MOST_LINES + 2),
    ],
)
def test_2_1_lines_that_cannot_be_read_say_which(text: str, why: str, line: int) -> None:
    if not why:
        assert len(list(lines(text, ","))) == 1
        return
    with pytest.raises(NotCsv) as refusal:
        list(lines(text, ","))
    assert (refusal.value.why, refusal.value.line) == (why, line)


@given(some.lists(some.text(max_size=20).map(lambda cell: cell.replace("\r", " ")), min_size=1, max_size=5))
def test_asvs_39_what_goes_out_is_no_formula_and_comes_back_as_it_was(cells: list[str]) -> None:
    cells = [" ".join(cell.replace("\0", "").split()) for cell in cells]
    (back,) = lines(csv_cells.line(cells), ",") if any(cells) else (Line(1, tuple(cells)),)
    assert [cell for cell in back.cells if cell[:1] in set("=+-@") and cell[:1]] == [
        cell for cell in cells if cell[:1] in set("=+-@") and cell[:1]
    ]
    raw = csv_cells.line(cells)
    assert not any(part.startswith(("=", "+", "-", "@")) for part in raw.strip().strip('"').split('","'))


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("Client;Nom;Courriel", {Column.CLIENT: 0, Column.NAME: 1, Column.EMAIL: 2}),
        (
            "N° de dossier;Raison sociale;Prénom;Nom;Adresse courriel;Téléphone;Fonction;Langue",
            {
                Column.NUMBER: 0,
                Column.CLIENT: 1,
                Column.FIRST_NAME: 2,
                Column.LAST_NAME: 3,
                Column.EMAIL: 4,
                Column.PHONE: 5,
                Column.TITLE: 6,
                Column.LANGUAGE: 7,
            },
        ),
        (
            "Company Name;File Number;Full name;E-mail address;Type",
            {Column.CLIENT: 0, Column.NUMBER: 1, Column.NAME: 2, Column.EMAIL: 3, Column.KIND: 4},
        ),
        ("x;y", {}),
    ],
)
def test_2_1_columns_are_known_by_their_names_in_french_and_english(
    head: str, found: dict[Column, int]
) -> None:
    assert guessed(head.split(";")) == found


def test_2_1_kinds_and_languages_are_known_in_both_languages() -> None:
    assert [kind_of(word) for word in ("Particulier", "INDIVIDUAL", "Société", "organization", "cat")] == [
        "person", "person", "organization", "organization", None,
    ]  # fmt: skip
    assert [language_of(word) for word in ("Français", "fr-CA", "ENGLISH", "Anglais", "es")] == [
        "fr", "fr", "en", "en", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        (("Studio", "Nadia", "n@h.ca", "", ""), []),
        (("Studio", "", "", "", ""), []),
        (("", "Nadia", "n@h.ca", "", ""), [("client", "no_client")]),
        (("Studio", "", "n@h.ca", "", ""), [("name", "no_name")]),
        (("Studio", "Nadia", "n at h", "", ""), [("email", "address")]),
        (("Studio", "Nadia", "", "cat", "es"), [("kind", "kind"), ("language", "language")]),
        (("x" * 201, "y" * 121, "", "", ""), [("client", "too_long"), ("name", "too_long")]),
    ],
)
def test_2_1_what_is_wrong_with_a_line_is_said_by_column(
    cells: tuple[str, ...], wrong: list[tuple[str, str]]
) -> None:
    order = (Column.CLIENT, Column.NAME, Column.EMAIL, Column.KIND, Column.LANGUAGE)
    found = faults_of(read(Line(7, cells), {column: place for place, column in enumerate(order)}))
    assert [(fault.column.value, fault.wrong) for fault in found] == wrong
    assert all(fault.line == 7 for fault in found)
