"""Work items are found by their title without case and accents (5.1)."""

import sqlalchemy as sa
from alembic import op

from portal_app.domain.names import name_key

revision = "f60c8e31d7b4"
down_revision = "e52b7d10c9a8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_item", sa.Column("title_key", sa.String(length=200), nullable=False, server_default=""))
    item = sa.table("work_item", sa.column("id", sa.Uuid()), sa.column("title"), sa.column("title_key"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(item.c.id, item.c.title)).all()
    change = sa.update(item).where(item.c.id == sa.bindparam("row")).values(title_key=sa.bindparam("key"))
    keyed = [{"row": row.id, "key": name_key(row.title)[:200]} for row in rows]
    if keyed:
        connection.execute(change, keyed)


def downgrade() -> None:
    op.drop_column("work_item", "title_key")
