"""The dashboard's figures, one row a firm and day."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "d3f8a61b0c72"
down_revision = "8e2d61b7c0a4"
branch_labels = None
depends_on = None

COUNTED = (
    "clients",
    "portal_on",
    "activated",
    "outstanding",
    "overdue",
    "reminder_limit",
    "reminders",
    "failed_mails",
    "completed",
)


def upgrade() -> None:
    op.create_table(
        "daily_figures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_at", UtcDateTime(timezone=True), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in COUNTED],
        sa.Column("seconds_to_complete", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_daily_figures_firm_id_firm"),
        sa.PrimaryKeyConstraint("id", name="pk_daily_figures"),
        sa.UniqueConstraint("firm_id", "noted_on", name="uq_daily_figures_firm_id_noted_on"),
    )
    op.create_index("ix_daily_figures_firm_id", "daily_figures", ["firm_id"])


def downgrade() -> None:
    op.drop_table("daily_figures")
