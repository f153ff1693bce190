"""What is installed is what was chosen: every package by version and hash, none below its floor."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from portal_app.assets import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt")
FLOORS = {"starlette": "1.3.1", "python-multipart": "0.0.32", "granian": "2.7.4", "pillow": "12.3"}
"""Before these, each had a fault that reaches a portal on the internet."""


def locked(name: str) -> dict[str, tuple[Requirement, int]]:
    """The packages of a lock, and how many hashes each has."""
    joined = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [
        line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith(("#", "-"))
    ]
    found = [(Requirement(re.split(r"\s+--hash=", line)[0]), line.count("--hash=sha256:")) for line in lines]
    return {requirement.name: (requirement, hashes) for requirement, hashes in found}


@pytest.mark.parametrize("name", LOCKS)
def test_asvs_58_every_package_is_locked_by_version_and_hash(name: str) -> None:
    packages = locked(name)
    assert len(packages) > 30
    loose = [
        requirement.name
        for requirement, hashes in packages.values()
        if not hashes or [one.operator for one in requirement.specifier] != ["=="]
    ]
    assert loose == []


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_asvs_58_what_had_faults_is_newer_than_they_are(package: str, floor: str) -> None:
    requirement, _hashes = locked("requirements.txt")[package]
    (version,) = [one.version for one in requirement.specifier]
    assert Version(version) >= Version(floor)
