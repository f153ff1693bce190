"""Web Push: the installation's key, who takes it, and what waits to leave."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "8f3d2a6c1b90"
down_revision = "e41b7c2d9f60"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "vapid_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vapid_key"),
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("endpoint_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_because", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "(staff_id IS NULL) <> (contact_id IS NULL)", name="ck_push_subscription_one_person"
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_push_subscription_firm_id_firm"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_push_subscription_staff_id_staff"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_push_subscription_contact_id_contact"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name="fk_push_subscription_session_id_sign_in_session"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscription"),
    )
    for column in ("firm_id", "staff_id", "contact_id", "session_id", "device_id"):
        op.create_index(f"ix_push_subscription_{column}", "push_subscription", [column])
    op.create_index(
        "uq_push_subscription_endpoint_hash_person",
        "push_subscription",
        ["endpoint_hash", "person_id"],
        unique=True,
    )
    op.create_table(
        "outbox_push",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("lease_owner", sa.String(length=60), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_outbox_push_firm_id_firm"),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["push_subscription.id"],
            name="fk_outbox_push_subscription_id_push_subscription",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_push"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_push_dedupe_key"),
    )
    for column in ("firm_id", "subscription_id", "notice_id"):
        op.create_index(f"ix_outbox_push_{column}", "outbox_push", [column])
    op.create_index("ix_outbox_push_phase_next_try_at", "outbox_push", ["phase", "next_try_at"])


def downgrade() -> None:
    op.drop_table("outbox_push")
    op.drop_table("push_subscription")
    op.drop_table("vapid_key")
