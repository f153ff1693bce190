"""Fixtures of several files."""

from __future__ import annotations

import pytest

from tests.services.link_story import Story
from tests.world import World


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


# looking
