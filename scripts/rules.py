"""Writes docs/rules.md: each rule of `tests/rules.py`, and the tests that name it.

`python -m scripts.rules` after a rule or a test's name changed; `make format` runs it too, and `make test` fails when
the page is stale.
"""

import re
from collections import defaultdict
from pathlib import Path

from tests.rules import RULES

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "rules.md"
_TEST = re.compile(r"def (test_\w+)")
_NUMBER = re.compile(
    r"(?:test|and|to|asvs_\d+|fault_\d+|\d)_(?:([1-9]|1[0-2])_(\d{1,2}a?)|(14|15)_(\d))(?=_)"
)
HEAD = """# Rules and their tests

What the portal does, and the tests that fail without it. What has none yet is not built yet, or not held by a test.
This page is written by `python -m scripts.rules`.
"""


def named_by() -> dict[str, list[str]]:
    """Rule -> the tests that carry its number in their name, as `file::test`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in _TEST.findall(path.read_text(encoding="utf-8")):
            for found_there in _NUMBER.finditer(name):
                section, number = (part for part in found_there.groups() if part)
                found[f"{section}.{number}"].append(f"{path.relative_to(ROOT / 'tests')}::{name}")
    return found


def written() -> str:
    """The whole page."""
    found = named_by()
    lines = [HEAD, "| rule | what it says | tests |", "| --- | --- | --- |"]
    for number, says in RULES.items():
        tests = "<br>".join(f"`{name}`" for name in found.get(number, []))
        lines.append(f"| {number} | {says} | {tests or 'not yet'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
