"""Two at once, as on two machines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

WAITS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def while_held(engine: Engine, row: Any, act: Callable[[], object]) -> None:
    """Act while another machine holds a row on PostgreSQL, which it gives up once that waits for it, or has ended."""
    thread = threading.Thread(target=act)
    with Session(engine) as other, engine.connect() as looking:
        other.get_one(type(row), row.id, with_for_update=True)
        thread.start()
        while thread.is_alive() and not looking.scalar(WAITS):
            looking.rollback()
        other.rollback()
    thread.join()
