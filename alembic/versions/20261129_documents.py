"""Documents outside tasks: folders, sharing, and who opened what (10.6, 10.14)."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "e41b7c2d9f60"
down_revision = "e19b7c40d5f2"
branch_labels = None
depends_on = None

AT = UtcDateTime(timezone=True)


def upgrade() -> None:
    _folder()
    _document()
    _share()
    _reading()
    with op.batch_alter_table("upload") as batch:
        batch.add_column(sa.Column("folder_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("document_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("shared_with", sa.String(20), nullable=True))
        batch.create_index(batch.f("ix_upload_folder_id"), ["folder_id"])
        batch.create_index(batch.f("ix_upload_document_id"), ["document_id"])
    with op.batch_alter_table("stored_file") as batch:
        batch.add_column(sa.Column("document_id", sa.Uuid(), nullable=True))
        batch.create_index(batch.f("ix_stored_file_document_id"), ["document_id"])


def downgrade() -> None:
    with op.batch_alter_table("stored_file") as batch:
        batch.drop_index(batch.f("ix_stored_file_document_id"))
        batch.drop_column("document_id")
    with op.batch_alter_table("upload") as batch:
        batch.drop_index(batch.f("ix_upload_document_id"))
        batch.drop_index(batch.f("ix_upload_folder_id"))
        for name in ("shared_with", "document_id", "folder_id"):
            batch.drop_column(name)
    for name in ("document_reading", "document_share", "document", "folder"):
        op.drop_table(name)



def _key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"))


def _made(table: str, *columns: sa.Column, keys: dict[str, str], unique: tuple[str, ...] = ()) -> None:
    more = [sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{'_'.join(unique)}"))] if unique else []
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        *columns,
        _key(table, "firm_id", "firm"),
        *[_key(table, column, of) for column, of in keys.items()],
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_firm_id"), table, ["firm_id"])


def _folder() -> None:
    _made(
        "folder",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("shown_at", AT, nullable=True),
        sa.Column("created_by_staff_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("deleted_at", AT, nullable=True),
        keys={"client_id": "client", "parent_id": "folder", "created_by_staff_id": "staff"},
    )
    op.create_index("ix_folder_client_id_parent_id", "folder", ["client_id", "parent_id"])


def _document() -> None:
    _made(
        "document",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("folder_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("shared_with", sa.String(20), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("deleted_at", AT, nullable=True),
        sa.Column("deleted_by_staff_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_contact_id", sa.Uuid(), nullable=True),
        keys={
            "client_id": "client",
            "folder_id": "folder",
            "contact_id": "contact",
            "staff_id": "staff",
            "deleted_by_staff_id": "staff",
            "deleted_by_contact_id": "contact",
        },
    )
    op.create_index("ix_document_client_id_folder_id", "document", ["client_id", "folder_id"])
    op.create_index(op.f("ix_document_folder_id"), "document", ["folder_id"])
    op.create_index(op.f("ix_document_contact_id"), "document", ["contact_id"])


def _share() -> None:
    _made(
        "document_share",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("at", AT, nullable=False),
        keys={"document_id": "document", "contact_id": "contact", "staff_id": "staff"},
        unique=("document_id", "contact_id"),
    )
    op.create_index(op.f("ix_document_share_contact_id"), "document_share", ["contact_id"])


def _reading() -> None:
    _made(
        "document_reading",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", AT, nullable=False),
        sa.Column("last_at", AT, nullable=False),
        keys={"document_id": "document", "contact_id": "contact"},
        unique=("document_id", "contact_id"),
    )
    op.create_index(op.f("ix_document_reading_contact_id"), "document_reading", ["contact_id"])
