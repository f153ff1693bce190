"""Fixtures of several files."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.services.asked import Asked, asked_by
from tests.services.link_story import Story
from tests.services.templated import new_template
from tests.world import World


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


@pytest.fixture
def asked(world: World) -> Asked:
    return asked_by(world)


# looking


@pytest.fixture
def template(world: World) -> UUID:
    return new_template(world)
