"""How connections to SQLite are set up."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from portal_app.adapters.database import EngineSessions, make_engine


@pytest.mark.parametrize(
    ("pragma", "value"), [("synchronous", 2), ("foreign_keys", 1), ("journal_mode", "wal")]
)
def test_every_writer_waits_for_the_disk_and_minds_foreign_keys(
    tmp_path: Path, pragma: str, value: object
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/portal.db")
    sessions = EngineSessions(engine)
    with sessions.writing() as first, sessions.reading() as second:
        for session in (first, second):
            assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value
    engine.dispose()
