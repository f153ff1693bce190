"""Every rule is named by a test (`tests/rules.py`)."""

from __future__ import annotations

import pytest

from scripts.rules import named_by
from tests.rules import NOT_YET, RULES


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_named_by_a_test(rule: str) -> None:
    assert rule in NOT_YET or rule in named_by()


def test_no_test_names_a_rule_that_is_none() -> None:
    assert set(named_by()) - set(RULES) == set()
