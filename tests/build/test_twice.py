"""What the gate does with a test that failed (decision 0006)."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.twice import FEW

ONCE = """
from pathlib import Path

def test_fails_the_first_time():
    seen = Path(__file__).with_suffix(".seen")
    was_there = seen.exists()
    seen.touch()
    assert was_there

def test_passes():
    with Path(__file__).with_suffix(".passes").open("a") as log:
        log.write("once ")
"""
ALWAYS = """
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_fails(number):
    assert number < 0
"""


def gate(folder: Path, source: str) -> tuple[int, str]:
    """The status and the output of one run over a file of tests."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -q\n")
    (folder / "test_it.py").write_text(source)
    command = [sys.executable, Path("scripts/twice.py").resolve(), "-n", "0", "-p", "no:asyncio", folder]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return run.returncode, run.stdout


def test_what_passes_alone_passes_and_is_named(tmp_path: Path) -> None:
    status, said = gate(tmp_path, ONCE)
    assert status == 0
    assert said.rstrip().endswith(
        "Failed beside others, passed alone:\n  test_it.py::test_fails_the_first_time"
    )
    assert (tmp_path / "test_it.passes").read_text() == "once ", "only what failed runs again"


def test_what_fails_twice_fails(tmp_path: Path) -> None:
    status, said = gate(tmp_path, ALWAYS.format(count=FEW))
    assert status == 1
    assert said.count("= FAILURES =") == 2


@pytest.mark.parametrize(
    ("source", "status"), [(ALWAYS.format(count=FEW + 1), 1), ("import nothing_of_that_name", 2), ("", 5)]
)
def test_many_failures_broken_files_and_no_tests_fail_at_once(
    tmp_path: Path, source: str, status: int
) -> None:
    got, said = gate(tmp_path, source)
    assert got == status
    assert "trying alone" not in said
