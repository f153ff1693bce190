"""Versions of a file on a task: which file an upload replaces, and which one replaced an earlier version."""

import sqlalchemy as sa
from alembic import op

revision = "c81e5f02a7d4"
down_revision = "b7c20d9e4f13"
branch_labels = None
depends_on = None

COLUMNS = (("upload", "replaces_id"), ("stored_file", "replaced_by_id"))


def upgrade() -> None:
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.Uuid(), nullable=True))
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def downgrade() -> None:
    for table, name in COLUMNS:
        op.drop_index(op.f(f"ix_{table}_{name}"), table)
        op.drop_column(table, name)
