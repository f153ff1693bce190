"""A database of its own on PostgreSQL, for tests that begin before the newest revision."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from portal_app.adapters.database import make_engine
from tests.conftest import POSTGRES


@pytest.fixture
def spare_postgres(worker_id: str) -> Iterator[Engine]:
    """Empty, without a table."""
    name = f"comptoir_upgrade_{worker_id}_{os.getpid()}"
    admin = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = make_engine(f"{POSTGRES}/{name}")
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()
