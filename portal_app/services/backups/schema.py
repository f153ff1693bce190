"""Which revision a database is at, which this program knows, and the way there."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from alembic import command

ROOT = Path(__file__).parents[3]


def config() -> Config:
    """Alembic's settings, wherever the command is run from."""
    found = Config(str(ROOT / "alembic.ini"))
    found.set_main_option("script_location", str(ROOT / "alembic"))
    return found


def newest() -> str:
    """The revision of this program."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def is_known(revision: str) -> bool:
    """Whether this program can bring a database there."""
    try:
        return ScriptDirectory.from_config(config()).get_revision(revision) is not None
    except CommandError:
        return False


def revision_of(connection: Connection) -> str:
    """Where the database is; empty before the first migration."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def bring(connection: Connection, revision: str) -> None:
    """Migrate inside the transaction that is open."""
    found = config()
    found.attributes["connection"] = connection
    command.upgrade(found, revision)


def migrate() -> None:
    """Bring the database of the settings to this version; safe to repeat."""
    command.upgrade(config(), "head")
