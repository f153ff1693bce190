"""For whom a device shows a request that it opens for several people (6.22)."""

import sqlalchemy as sa
from alembic import op

import portal_app.models.base

revision = "8e2d61b7c0a4"
down_revision = "e7a30c95d1b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = portal_app.models.base.UtcDateTime(timezone=True)
    op.add_column("access_grant", sa.Column("shown_at", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("access_grant", "shown_at")
