"""Migrations run on the database of the settings, or on a connection handed over by a test."""

from sqlmodel import SQLModel

import portal_app.models  # noqa: F401  declares every table
from alembic import context
from portal_app.adapters.database import make_engine
from portal_app.settings import Settings


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    url = context.config.get_main_option("sqlalchemy.url") or Settings().database_url
    engine = make_engine(url)
    with engine.connect() as connection:
        run(connection)
        connection.commit()
    engine.dispose()
