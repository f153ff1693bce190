"""Jumps of the machine's clock, until somebody confirms the time."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "7f1e84c2ab30"
down_revision = "c41e7b90d3f5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_jump",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("noticed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_staff_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by_staff_id"], ["staff.id"], name="fk_clock_jump_confirmed_by_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_clock_jump"),
    )


def downgrade() -> None:
    op.drop_table("clock_jump")
