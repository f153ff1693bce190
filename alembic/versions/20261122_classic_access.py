"""classic access by PIN, and what clients do signed in only."""

import sqlalchemy as sa
from alembic import op

import portal_app.models.base

revision = "5d1f0c7a9b21"
down_revision = "7d1f0c5be2a4"
branch_labels = None
depends_on = None

MOMENT = portal_app.models.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("classic_at", MOMENT, nullable=True))
    op.add_column("firm", sa.Column("signed_in_actions", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "classic_pin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("resent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_classic_pin_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["link_token.id"], name=op.f("fk_classic_pin_link_id_link_token")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classic_pin")),
        sa.UniqueConstraint("link_id", name=op.f("uq_classic_pin_link_id")),
    )
    op.create_index(op.f("ix_classic_pin_firm_id"), "classic_pin", ["firm_id"])
    op.create_table(
        "classic_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_classic_entry_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["access_grant.id"], name=op.f("fk_classic_entry_grant_id_access_grant")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_classic_entry_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classic_entry")),
        sa.UniqueConstraint("grant_id", "device_id", name=op.f("uq_classic_entry_grant_id_device_id")),
    )
    op.create_index(op.f("ix_classic_entry_firm_id"), "classic_entry", ["firm_id"])
    op.create_index(op.f("ix_classic_entry_device_id"), "classic_entry", ["device_id"])


def downgrade() -> None:
    op.drop_table("classic_entry")
    op.drop_table("classic_pin")
    op.drop_column("firm", "signed_in_actions")
    op.drop_column("access_grant", "classic_at")
