"""Runs the project's migrations on an engine."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from sqlalchemy import Engine

from alembic import command

ROOT = Path(__file__).parent.parent


def config_for(connection: object) -> Config:
    """Alembic's settings with a connection handed over."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to `revision`."""
    with engine.begin() as connection:
        command.upgrade(config_for(connection), revision)
