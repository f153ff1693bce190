"""tasks handed over to somebody else."""

import sqlalchemy as sa
from alembic import op

import portal_app.models.base

revision = "c41e7b90d3f5"
down_revision = "c41d7e0b93f5"
branch_labels = None
depends_on = None

MOMENT = portal_app.models.base.UtcDateTime(timezone=True)
WITH_HANDS = ("comment", "upload", "stored_file")


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_hand_over_firm_id_firm")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_hand_over_task_id_task")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["client_request.id"], name=op.f("fk_hand_over_request_id_client_request")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["access_grant.id"], name=op.f("fk_hand_over_grant_id_access_grant")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_hand_over_contact_id_contact")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_hand_over_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    for column in ("firm_id", "task_id", "request_id", "grant_id", "contact_id", "device_id"):
        op.create_index(op.f(f"ix_hand_over_{column}"), "hand_over", [column])
    op.create_table(
        "hand_over_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("is_access", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("page_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_hand_over_link_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name=op.f("fk_hand_over_link_hand_over_id_hand_over")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_link")),
        sa.UniqueConstraint("hash", name=op.f("uq_hand_over_link_hash")),
    )
    op.create_index(op.f("ix_hand_over_link_firm_id"), "hand_over_link", ["firm_id"])
    op.create_index(op.f("ix_hand_over_link_hand_over_id"), "hand_over_link", ["hand_over_id"])
    for table in WITH_HANDS:
        op.add_column(table, sa.Column("hand_over_id", sa.Uuid(), nullable=True))
        op.create_index(op.f(f"ix_{table}_hand_over_id"), table, ["hand_over_id"])


def downgrade() -> None:
    for table in WITH_HANDS:
        op.drop_index(op.f(f"ix_{table}_hand_over_id"), table)
        op.drop_column(table, "hand_over_id")
    op.drop_table("hand_over_link")
    op.drop_table("hand_over")
