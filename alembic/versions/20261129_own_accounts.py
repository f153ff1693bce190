"""A new address that waits to be confirmed, no reminders at all, a session's browser, and colleagues that contacts invite."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "60953cd11f92"
down_revision = "2c8f6b1d4e07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(staff_id IS NULL) <> (contact_id IS NULL)", name=op.f("ck_address_change_one_person")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_address_change_contact_id_contact"),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_address_change_firm_id_firm"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_address_change_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_address_change"),
        sa.UniqueConstraint("token_hash", name="uq_address_change_token_hash"),
    )
    op.create_index("ix_address_change_contact_id", "address_change", ["contact_id"])
    op.create_index("ix_address_change_firm_id", "address_change", ["firm_id"])
    op.create_index("ix_address_change_staff_id", "address_change", ["staff_id"])
    op.create_table(
        "colleague_invite",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_contact_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column(
            "level",
            sa.Enum("limited", "full", name="accesslevel", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_staff_id", sa.Uuid(), nullable=True),
        sa.Column("declined_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_contact_id"], ["contact.id"], name="fk_colleague_invite_asked_by_contact_id_contact"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_colleague_invite_client_id_client"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_colleague_invite_contact_id_contact"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_staff_id"], ["staff.id"], name="fk_colleague_invite_decided_by_staff_id_staff"
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_colleague_invite_firm_id_firm"),
        sa.PrimaryKeyConstraint("id", name="pk_colleague_invite"),
    )
    op.create_index("ix_colleague_invite_asked_by_contact_id", "colleague_invite", ["asked_by_contact_id"])
    op.create_index(
        "ix_colleague_invite_client_id_decided_at", "colleague_invite", ["client_id", "decided_at"]
    )
    op.create_index("ix_colleague_invite_firm_id", "colleague_invite", ["firm_id"])
    op.add_column("contact", sa.Column("reminders_off_at", UtcDateTime(timezone=True), nullable=True))
    for name in ("contacts_may_invite", "invites_need_approval"):
        op.add_column("firm", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("sign_in_session", sa.Column("device_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in_session", "device_id")
    op.drop_column("firm", "invites_need_approval")
    op.drop_column("firm", "contacts_may_invite")
    op.drop_column("contact", "reminders_off_at")
    op.drop_table("colleague_invite")
    op.drop_table("address_change")
