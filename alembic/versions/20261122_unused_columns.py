"""Drops two columns that nothing ever wrote: a grant's own suspension, and a request's mark of classic access.

Whether a grant waits is read from the policy at every event (6.20); classic access is a fact of the grant.
"""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "e7a30c95d1b4"
down_revision = "7f1e84c2ab30"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("access_grant", "suspended_at")
    op.drop_column("client_request", "is_classic")


def downgrade() -> None:
    op.add_column(
        "client_request", sa.Column("is_classic", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("access_grant", sa.Column("suspended_at", UtcDateTime(timezone=True), nullable=True))
