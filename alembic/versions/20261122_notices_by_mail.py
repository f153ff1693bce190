"""Notifications of staff by e-mail, as each person chooses (8.2)."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "2c8f6b1d4e07"
down_revision = "d3f8a61b0c72"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("mailing", sa.String(length=20), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_notice_choice_firm_id_firm"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_notice_choice_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_choice"),
        sa.UniqueConstraint("staff_id", "topic", name="uq_notice_choice_staff_id_topic"),
    )
    op.create_index("ix_notice_choice_firm_id", "notice_choice", ["firm_id"])
    op.add_column("notification", sa.Column("mail_due_at", MOMENT, nullable=True))
    op.add_column("notification", sa.Column("mail_id", sa.Uuid(), nullable=True))
    op.create_index("ix_notification_mail_id", "notification", ["mail_id"])
    op.create_index(
        "ix_notification_mail_due_at",
        "notification",
        ["mail_due_at"],
        sqlite_where=sa.text("mail_due_at IS NOT NULL"),
        postgresql_where=sa.text("mail_due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_notification_mail_due_at", "notification")
    op.drop_index("ix_notification_mail_id", "notification")
    op.drop_column("notification", "mail_id")
    op.drop_column("notification", "mail_due_at")
    op.drop_table("notice_choice")
