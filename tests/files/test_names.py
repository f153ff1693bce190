"""Names, sizes and totals: the rules alone."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain import uploads
from portal_app.domain.uploads import MB, Limits, Refused

LIMITS = Limits(largest_file=200 * MB, task_total=500 * MB)

HOSTILE = [
    ("../../etc/passwd", "passwd"),
    ("C:\\a\\b.exe", "b.exe"),
    ("..", ""),
    ("", ""),
    (" . ", ""),
    ("CON.txt", "_CON.txt"),
    ("lpt1", "_lpt1"),
    ("console.txt", "console.txt"),
    ("a\0b.pdf", "ab.pdf"),
    ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
    ("fac\u202efdp.exe", "facfdp.exe"),
    ("\u2066a\u2069.pdf", "a.pdf"),
    ("relevé.pdf".replace("é", "e\u0301"), "relevé.pdf"),
    ("😀👨\u200d👩\u200d👧.png", "😀👨\u200d👩\u200d👧.png"),
    (".htaccess", "htaccess"),
    ('a"<b>|c?*.pdf', "a__b__c__.pdf"),
    ("lone\ud800.pdf", "lone.pdf"),
]


@pytest.mark.parametrize(("raw", "label"), HOSTILE)
def test_fault_17_hostile_names_become_harmless_labels(raw: str, label: str) -> None:
    assert uploads.clean_name(raw) == label


def test_fault_17_a_long_name_keeps_its_ending_within_200_bytes() -> None:
    label = uploads.clean_name("é" * 300 + ".pdf")

    assert label.endswith("é.pdf")
    assert len(label.encode()) == 200


PHOTOS = [
    ("T4 slips", "image.jpg", [], "T4 slips – 2026-03-31 – 1.jpg"),
    ("T4/T5 slips", "IMG_1.HEIC", ["t4-t5 SLIPS – 2026-03-31 – 1.jpg"], "T4-T5 slips – 2026-03-31 – 2.HEIC"),
    ("../..", "photo", [], "- – 2026-03-31 – 1.jpg"),
]


@pytest.mark.parametrize(("subject", "name", "taken", "made"), PHOTOS)
def test_10_4_a_photo_is_named_by_task_day_and_the_first_free_number(
    subject: str, name: str, taken: list[str], made: str
) -> None:
    assert uploads.photo_name(subject, date(2026, 3, 31), name, taken) == made


def test_10_4_a_long_title_leaves_a_photo_its_day_and_number() -> None:
    made = uploads.photo_name("é" * 300, date(2026, 3, 31), "a.jpg", [])

    assert made.endswith("é – 2026-03-31 – 1.jpg")
    assert len(made.encode()) <= 200


@given(st.text(st.characters(), max_size=300))
def test_asvs_45_no_name_is_longer_hidden_or_a_path(raw: str) -> None:
    label = uploads.clean_name(raw)

    assert len(label.encode()) <= 200
    assert unicodedata.is_normalized("NFC", label)
    assert not set(label) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in label)
    assert not any(
        unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI"} for c in label
    )
    assert uploads.clean_name(label) == label


@pytest.mark.parametrize(
    ("name", "taken", "given_name"),
    [
        ("a.pdf", [], "a.pdf"),
        ("a.pdf", ["A.PDF"], "a (2).pdf"),
        ("a.pdf", ["a.pdf", "a (2).pdf"], "a (3).pdf"),
        ("notes", ["notes"], "notes (2)"),
        ("x" * 196 + ".pdf", ["x" * 196 + ".pdf"], "x" * 192 + " (2).pdf"),
    ],
)
def test_a_name_already_there_is_numbered(name: str, taken: list[str], given_name: str) -> None:
    assert uploads.numbered(name, taken) == given_name


@pytest.mark.parametrize(
    ("length", "reserved", "status"),
    [
        (0, 0, 400),
        (1, 0, None),
        (200 * MB - 1, 0, None),
        (200 * MB, 0, None),
        (200 * MB + 1, 0, 413),
        (10 * MB, 490 * MB, None),
        (10 * MB + 1, 490 * MB, 413),
        (1, 500 * MB, 413),
    ],
)
def test_asvs_40_sizes_and_totals_are_exact(length: int, reserved: int, status: int | None) -> None:
    if status is None:
        uploads.check_start("a.pdf", length, LIMITS, reserved)
        return
    with pytest.raises(Refused) as refused:
        uploads.check_start("a.pdf", length, LIMITS, reserved)
    assert refused.value.status == status
    assert "a.pdf" in refused.value.text


def test_fault_18_an_empty_file_is_refused_with_a_reason() -> None:
    with pytest.raises(Refused, match=r"a\.pdf is empty"):
        uploads.check_start("a.pdf", 0, LIMITS, 0)
