"""Every rule is named by a test (`tests/rules.py`), and docs/rules.md is not stale."""

from __future__ import annotations

import pytest

from scripts.rules import PAGE, named_by, written
from tests.rules import NOT_YET, RULES


def test_the_page_names_the_tests_there_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "run: python -m scripts.rules"


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_named_by_a_test(rule: str) -> None:
    assert rule in NOT_YET or rule in named_by()


def test_no_test_names_a_rule_that_is_none() -> None:
    assert set(named_by()) - set(RULES) == set()
