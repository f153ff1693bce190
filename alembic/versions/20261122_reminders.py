"""Reminders: what went out and when, days skipped, pauses, and each recipient's next moment."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "9b54d2e81c70"
down_revision = "5e9d1c0a7b46"
branch_labels = None
depends_on = None

PAUSED = ("client", "firm")
GENTLE = '{"kind": "gentle"}'


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("slot_on", sa.Date(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("off_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("counted_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_reminder_firm_id_firm"),
        sa.ForeignKeyConstraint(["request_id"], ["client_request.id"], name="fk_reminder_request_id_client_request"),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name="fk_reminder_recipient_id_recipient"),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name="fk_reminder_mail_id_outbox_mail"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder"),
        sa.UniqueConstraint("recipient_id", "reminded_on", name="uq_reminder_recipient_id_reminded_on"),
        sa.UniqueConstraint("off_hash", name="uq_reminder_off_hash"),
    )
    op.create_index("ix_reminder_firm_id", "reminder", ["firm_id"])
    op.create_index("ix_reminder_request_id", "reminder", ["request_id"])
    op.create_index("ix_reminder_mail_id", "reminder", ["mail_id"])
    op.create_table(
        "reminder_skip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("skipped_on", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_reminder_skip_firm_id_firm"),
        sa.ForeignKeyConstraint(["request_id"], ["client_request.id"], name="fk_reminder_skip_request_id_client_request"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_reminder_skip_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_skip"),
        sa.UniqueConstraint("request_id", "skipped_on", name="uq_reminder_skip_request_id_skipped_on"),
    )
    op.create_index("ix_reminder_skip_firm_id", "reminder_skip", ["firm_id"])
    op.add_column("recipient", sa.Column("next_reminder_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("recipient", sa.Column("next_reminder_for", sa.Date(), nullable=True))
    for name in ("reminders_stale_at", "reminders_paused_at", "reminder_limit_at"):
        op.add_column("client_request", sa.Column(name, UtcDateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_client_request_stale",
        "client_request",
        ["reminders_stale_at"],
        sqlite_where=sa.text("reminders_stale_at IS NOT NULL"),
        postgresql_where=sa.text("reminders_stale_at IS NOT NULL"),
    )
    for table in PAUSED:
        op.add_column(table, sa.Column("reminders_paused_at", UtcDateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("reminders_paused_until", sa.Date(), nullable=True))
    op.add_column("firm", sa.Column("reminder_rule", sa.JSON(), nullable=False, server_default=GENTLE))
    op.add_column("firm", sa.Column("reminders_together_at", UtcDateTime(timezone=True), nullable=True))
    # What is out has had no reminders until now: each is worked out by the timetable's first round.
    op.execute("UPDATE client_request SET reminders_stale_at = sent_at WHERE sent_at IS NOT NULL AND withdrawn_at IS NULL")


def downgrade() -> None:
    op.drop_column("firm", "reminders_together_at")
    op.drop_column("firm", "reminder_rule")
    for table in PAUSED:
        op.drop_column(table, "reminders_paused_until")
        op.drop_column(table, "reminders_paused_at")
    op.drop_index("ix_client_request_stale", table_name="client_request")
    for name in ("reminder_limit_at", "reminders_paused_at", "reminders_stale_at"):
        op.drop_column("client_request", name)
    op.drop_column("recipient", "next_reminder_for")
    op.drop_column("recipient", "next_reminder_at")
    op.drop_table("reminder_skip")
    op.drop_table("reminder")
