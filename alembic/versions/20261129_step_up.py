"""When somebody last confirmed that it is them (4.7)."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "7e41c9a05b38"
down_revision = "60953cd11f92"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in_session", sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in_session", "confirmed_at")
