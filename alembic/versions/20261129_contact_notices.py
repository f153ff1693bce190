"""What contacts are told of, and how each wants to hear it."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "5e1b7c94d2a8"
down_revision = "c7d1f0a92b3e"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contact_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("once_key", sa.String(length=120), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("mail_due_at", MOMENT, nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_contact_notice_firm_id_firm"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_contact_notice_contact_id_contact"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_contact_notice_client_id_client"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["client_request.id"], name="fk_contact_notice_request_id_client_request"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_contact_notice_task_id_task"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_contact_notice_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_notice"),
    )
    for column in ("firm_id", "mail_id", "request_id", "task_id"):
        op.create_index(f"ix_contact_notice_{column}", "contact_notice", [column])
    op.create_index("ix_contact_notice_contact_id_at", "contact_notice", ["contact_id", "at"])
    op.create_index(
        "uq_contact_notice_contact_id_once_key", "contact_notice", ["contact_id", "once_key"], unique=True
    )
    op.create_index(
        "ix_contact_notice_mail_due_at",
        "contact_notice",
        ["mail_due_at"],
        sqlite_where=sa.text("mail_due_at IS NOT NULL"),
        postgresql_where=sa.text("mail_due_at IS NOT NULL"),
    )
    op.create_table(
        "contact_notice_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("by_portal", sa.Boolean(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("by_push", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_contact_notice_choice_firm_id_firm"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_contact_notice_choice_contact_id_contact"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contact_notice_choice"),
        sa.UniqueConstraint("contact_id", "topic", name="uq_contact_notice_choice_contact_id_topic"),
    )
    op.create_index("ix_contact_notice_choice_firm_id", "contact_notice_choice", ["firm_id"])


def downgrade() -> None:
    op.drop_table("contact_notice_choice")
    op.drop_table("contact_notice")
