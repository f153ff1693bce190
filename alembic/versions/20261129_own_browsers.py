"""From where a browser was seen, and links whose device was ended on the account page."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "c41d7be2905a"
down_revision = "84dbcd4b78fa"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("address", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("access_grant", sa.Column("device_ended_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("access_grant", "device_ended_at")
    op.drop_column("device", "address")
