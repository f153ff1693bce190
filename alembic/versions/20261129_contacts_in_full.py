"""Contacts listed by name, merged, erased, and brought in from files."""

import sqlalchemy as sa
from alembic import op

from portal_app.domain.names import name_key
from portal_app.models.base import UtcDateTime

revision = "c41d7e9f2a63"
down_revision = "4d7a19c2e6b8"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("contact", sa.Column("name_key", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("contact", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.add_column("contact", _moment("erased_at"))
    contact = sa.table("contact", sa.column("id", sa.Uuid()), sa.column("name"), sa.column("name_key"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(contact.c.id, contact.c.name)).all()
    change = (
        sa.update(contact).where(contact.c.id == sa.bindparam("row")).values(name_key=sa.bindparam("key"))
    )
    keyed = [{"row": row.id, "key": name_key(row.name)[:120]} for row in rows]
    if keyed:
        connection.execute(change, keyed)
    op.create_index("ix_contact_list", "contact", ["firm_id", "archived_at", "name_key", "id"])
    op.create_table(
        "contact_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("separator", sa.String(length=1), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("imported_at"),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_contact_import_firm_id_firm"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_contact_import_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_import"),
    )
    op.create_index("ix_contact_import_firm_id", "contact_import", ["firm_id"])
    op.create_table(
        "import_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        _moment("settled_at"),
        sa.Column("why_not", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_import_invitation_client_id_client"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_import_invitation_contact_id_contact"
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_import_invitation_firm_id_firm"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["contact_import.id"], name="fk_import_invitation_import_id_contact_import"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_invitation"),
        sa.UniqueConstraint(
            "import_id", "client_id", "contact_id", name="uq_import_invitation_import_id_client_id_contact_id"
        ),
    )
    op.create_index("ix_import_invitation_contact_id", "import_invitation", ["contact_id"])
    op.create_index("ix_import_invitation_firm_id", "import_invitation", ["firm_id"])
    op.create_index("ix_import_invitation_waiting", "import_invitation", ["settled_at", "import_id"])


def downgrade() -> None:
    op.drop_table("import_invitation")
    op.drop_table("contact_import")
    op.drop_index("ix_contact_list", "contact")
    with op.batch_alter_table("contact") as table:
        for name in ("erased_at", "merged_into_id", "name_key"):
            table.drop_column(name)
