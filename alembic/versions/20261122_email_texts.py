"""The firm's own words of e-mails, where replies go, and its limit of e-mails a minute."""

import sqlalchemy as sa
from alembic import op

import portal_app.models.base

revision = "5b1d0c7a9e42"
down_revision = "9b54d2e81c70"
branch_labels = None
depends_on = None

MOMENT = portal_app.models.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("firm", sa.Column("reply_to_email", sa.String(254), nullable=False, server_default=""))
    op.add_column("firm", sa.Column("mail_per_minute", sa.Integer(), nullable=True))
    op.add_column("firm", sa.Column("video_url", sa.String(500), nullable=False, server_default=""))
    op.create_table(
        "email_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_staff_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_email_text_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["changed_by_staff_id"], ["staff.id"], name=op.f("fk_email_text_changed_by_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_text")),
        sa.UniqueConstraint("firm_id", "event", "locale", name=op.f("uq_email_text_firm_id_event_locale")),
    )
    op.create_index(op.f("ix_email_text_firm_id"), "email_text", ["firm_id"])


def downgrade() -> None:
    op.drop_table("email_text")
    op.drop_column("firm", "video_url")
    op.drop_column("firm", "mail_per_minute")
    op.drop_column("firm", "reply_to_email")
