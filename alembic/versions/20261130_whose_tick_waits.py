"""Whose tick waits for a file that is on its way: another recipient's file may complete the task (5.19)."""

import sqlalchemy as sa
from alembic import op

revision = "e52b7d10c9a8"
down_revision = "a4d9c2e71b06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("ticked_by_contact_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "ticked_by_contact_id")
