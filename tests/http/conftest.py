"""Fixtures of several files."""

from __future__ import annotations

import pytest

from tests.http.asked import Asked
from tests.world import World


@pytest.fixture
def asked(world: World) -> Asked:
    return Asked(world)
