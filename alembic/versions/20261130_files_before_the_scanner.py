"""When the scanner found nothing in a file; those that were there before a scanner was are looked at later."""

import sqlalchemy as sa
from alembic import op

from portal_app.models import UtcDateTime

revision = "a4d9c2e71b06"
down_revision = "3f6e1c84d2a7"
branch_labels = None
depends_on = None

NEVER = "scanned_at IS NULL AND checking_since IS NULL"


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("scanned_at", UtcDateTime(), nullable=True))
    # Whose turn had come and who waits no more was found clean, at a time that nobody wrote down.
    op.execute(
        "UPDATE stored_file SET scanned_at = completed_at WHERE scan_tries > 0 AND checking_since IS NULL"
    )
    op.create_index(
        op.f("ix_stored_file_never_scanned"),
        "stored_file",
        ["id"],
        sqlite_where=sa.text(NEVER),
        postgresql_where=sa.text(NEVER),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_stored_file_never_scanned"), table_name="stored_file")
    op.drop_column("stored_file", "scanned_at")
