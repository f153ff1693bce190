"""A file waits for the scanner's verdict in its own row; whoever scans it holds it by moving its turn ahead."""

import sqlalchemy as sa
from alembic import op

from portal_app.models import UtcDateTime

revision = "3f6e1c84d2a7"
down_revision = "c81e5f02a7d4"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_stored_file_scan_at": ("scan_at", "scan_at IS NOT NULL"),
    "ix_stored_file_being_checked": ("firm_id", "checking_since IS NOT NULL"),
}


def upgrade() -> None:
    op.add_column("stored_file", sa.Column("checking_since", UtcDateTime(), nullable=True))
    op.add_column("stored_file", sa.Column("scan_at", UtcDateTime(), nullable=True))
    op.add_column("stored_file", sa.Column("scan_tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("stored_file", sa.Column("scan_fault", sa.String(20), nullable=False, server_default=""))
    for name, (column, where) in INDEXES.items():
        op.create_index(
            op.f(name),
            "stored_file",
            [column],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(name), table_name="stored_file")
    for column in ("scan_fault", "scan_tries", "scan_at", "checking_since"):
        op.drop_column("stored_file", column)
