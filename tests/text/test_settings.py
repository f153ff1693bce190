"""What an operator can set is written down: in the manual, and in the file that is copied to .env (15.1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal_app.jobs.timetable import TIMETABLE
from portal_app.settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = [f"PORTAL_{name.upper()}" for name in Settings.model_fields]


def names_in(path: str) -> set[str]:
    return set(re.findall(r"PORTAL_[A-Z0-9_]+[A-Z]", (ROOT / path).read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", ["docs/operating.md", ".env.example"])
def test_every_setting_is_named(path: str) -> None:
    assert [name for name in NAMES if name not in names_in(path)] == []


def test_the_file_that_is_copied_names_nothing_that_is_no_setting() -> None:
    assert sorted(names_in(".env.example") - set(NAMES)) == []


def test_every_job_of_the_timetable_is_named_in_the_manual() -> None:
    manual = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    assert [name for name in TIMETABLE if f"`{name}`" not in manual] == []
