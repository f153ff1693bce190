"""Writes the table of docs/security.md: each promise of `tests/promises.py` with the tests that hold it,
and the limits.

`python -m scripts.promises` after a promise or a test's name changed; `make format` runs it too, and `make test` fails
when the page is stale.
"""

import re
from collections import defaultdict
from pathlib import Path

from portal_app.domain import limits
from tests.promises import CHECKLIST, FAULTS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- promises: begin -->", "<!-- promises: end -->"
_TEST = re.compile(r"def (test_(asvs|fault)_(\d+)_\w+)")


def held_by() -> dict[tuple[str, int], list[str]]:
    """(kind, number) -> the tests that carry it in their name, as `file::test`."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, kind, number in _TEST.findall(path.read_text(encoding="utf-8")):
            found[kind, int(number)].append(f"{path.relative_to(ROOT)}::{name}")
    return found


def _table(kind: str, promises: dict[int, str], found: dict[tuple[str, int], list[str]]) -> list[str]:
    lines = ["| # | promise | tests |", "| --- | --- | --- |"]
    for number, promise in sorted(promises.items()):
        tests = "<br>".join(f"`{name.split('/', 1)[1]}`" for name in found.get((kind, number), []))
        lines.append(f"| {number} | {promise} | {tests or 'not yet'} |")
    return lines


def tables() -> str:
    """The tables in Markdown."""
    found = held_by()
    lines = ["### What is promised", "", *_table("asvs", CHECKLIST, found)]
    lines += ["", "### What happens when something breaks", "", *_table("fault", FAULTS, found)]
    lines += [
        "",
        "### Limits",
        "",
        "As the rules read them (`portal_app/domain/limits.py`), on the server.",
        "",
        limits.table(),
    ]
    return "\n".join(lines)


def written(page: str) -> str:
    """The page with its tables made anew."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{tables()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
