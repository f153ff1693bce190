"""What an answer remembers: the document that the firm already has, what the task said before, its repeat."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "7d5c1a90b3e2"
down_revision = "a3c9d1b47e60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("task_answer", sa.Column("file_id", sa.Uuid(), nullable=True))
    op.add_column("task_answer", sa.Column("file_name", text(length=255), nullable=False, server_default=""))
    op.add_column("task_answer", sa.Column("before", sa.JSON(), nullable=True))
    op.add_column("task_answer", sa.Column("once_key", text(length=120), nullable=True))
    op.create_index("uq_task_answer_once_key", "task_answer", ["once_key"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_task_answer_once_key", "task_answer")
    for name in ("once_key", "before", "file_name", "file_id"):
        op.drop_column("task_answer", name)
