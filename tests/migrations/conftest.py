"""A database of its own on PostgreSQL, for tests that begin before the newest revision."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from portal_app.adapters.database import make_engine
from tests.conftest import postgres_database


@pytest.fixture
def spare_postgres() -> Iterator[Engine]:
    """Empty, without a table."""
    with postgres_database("upgrade") as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()
