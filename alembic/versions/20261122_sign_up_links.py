"""Links by e-mail to go on with *Create an account*."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "a3c9d1b47e60"
down_revision = "5b1d0c7a9e42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_up_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("next_path", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_sign_up_link_contact_id_contact"),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_sign_up_link_firm_id_firm"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_up_link"),
        sa.UniqueConstraint("token_hash", name="uq_sign_up_link_token_hash"),
    )
    op.create_index("ix_sign_up_link_contact_id", "sign_up_link", ["contact_id"])
    op.create_index("ix_sign_up_link_firm_id", "sign_up_link", ["firm_id"])


def downgrade() -> None:
    op.drop_table("sign_up_link")
