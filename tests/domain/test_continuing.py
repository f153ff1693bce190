"""The code of *Continue on a computer*, as people read and type it (6.5a)."""

from __future__ import annotations

import pytest

from portal_app.domain import continuing as codes


def test_6_5a_a_code_as_it_is_shown_is_the_code_when_typed() -> None:
    for _code in range(200):
        code = codes.new_code()
        assert codes.typed(codes.shown(code)) == codes.typed(code.lower()) == code


def test_6_5a_codes_differ_and_use_the_whole_alphabet() -> None:
    made = {codes.new_code() for _code in range(500)}
    assert len(made) == 500
    assert set("".join(made)) == set(codes.ALPHABET)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("k7pm-4xhd", "K7PM4XHD"),
        ("  K7PM\N{NO-BREAK SPACE}4XHD ", "K7PM4XHD"),
        ("K7PM\N{EN DASH}4XHD", "K7PM4XHD"),
        ("gbsz vuxx", "6852VVXX"),
        ("O0I1 L9QE", "O0I1L9QE"),
        ("", ""),
        ("K7PM4XH", ""),
        ("K7PM4XHDD", ""),
        ("K7PM4XH!", ""),
        ("É7PM4XHD", ""),
        ("٣٣٣٣٣٣٣٣", ""),
        ("ſ7PM4XHD", ""),
        ("K" * 100_000, ""),
    ],
)
def test_6_5a_what_people_type(text: str, code: str) -> None:
    assert codes.typed(text) == code


def test_6_5a_a_hash_belongs_to_one_portal() -> None:
    here = codes.code_hash("K7PM4XHD", "https://portal.example")
    assert here == codes.code_hash("K7PM4XHD", "https://portal.example")
    assert len({here, codes.code_hash("K7PM4XHD", "https://other.example")}) == 2
    assert len(here) == 32
