"""automatic sending: why a request was held, and which expiries were told."""

import sqlalchemy as sa
from alembic import op

import portal_app.models.base

revision = "5e9d1c0a7b46"
down_revision = "5b0c7d1e8a42"
branch_labels = None
depends_on = None

EXPIRY_TO_NOTE = "ended_at IS NULL AND (expiry_noted_at IS NULL OR expiry_noted_at < expires_at)"
MOMENT = portal_app.models.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("client_request", sa.Column("held_at", MOMENT, nullable=True))
    op.add_column(
        "client_request", sa.Column("held_because", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("access_grant", sa.Column("expiry_noted_at", MOMENT, nullable=True))
    op.create_index(
        "ix_access_grant_expiry_to_note",
        "access_grant",
        ["expires_at"],
        sqlite_where=sa.text(EXPIRY_TO_NOTE),
        postgresql_where=sa.text(EXPIRY_TO_NOTE),
    )


def downgrade() -> None:
    op.drop_index("ix_access_grant_expiry_to_note", table_name="access_grant")
    op.drop_column("access_grant", "expiry_noted_at")
    op.drop_column("client_request", "held_because")
    op.drop_column("client_request", "held_at")
