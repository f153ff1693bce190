"""Accounts whose address the firm changed, until they confirm it (2.17)."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "c7d1f0a92b3e"
down_revision = "b4e24fb66c16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("portal_account", sa.Column("readdressed_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("portal_account") as batch:
        batch.drop_column("readdressed_at")
