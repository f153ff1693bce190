"""When a template's section was removed; what is put away is found without reading every section."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "5c0e7a41d9b2"
down_revision = "7e41c9a05b38"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("template_section", sa.Column("removed_at", UtcDateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_section_archived",
        "section",
        ["archived_at"],
        sqlite_where=sa.text("archived_at IS NOT NULL"),
        postgresql_where=sa.text("archived_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_section_archived", "section")
    op.drop_column("template_section", "removed_at")
