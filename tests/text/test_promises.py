"""docs/security.md says which test holds which promise, and is not stale."""

from __future__ import annotations

from scripts.promises import PAGE, held_by, written
from tests.promises import CHECKLIST, FAULTS


def test_the_page_names_the_tests_there_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run: python -m scripts.promises"


def test_every_numbered_test_belongs_to_a_promise() -> None:
    known = {("asvs", number) for number in CHECKLIST} | {("fault", number) for number in FAULTS}
    assert set(held_by()) - known == set()
