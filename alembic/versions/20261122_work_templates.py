"""Work templates, relative dates, earlier work, folded sections, and files that lie in another's parts."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "7d1f0c5be2a4"
down_revision = "32c05038eb2a"
branch_labels = None
depends_on = None

FILES = ("upload", "stored_file")


def upgrade() -> None:
    op.create_table(
        "work_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_key", sa.String(length=200), nullable=False),
        sa.Column("external_name", sa.String(length=200), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("archived_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_staff_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_staff_id"], ["staff.id"], name="fk_work_template_created_by_staff_id_staff"),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_work_template_firm_id_firm"),
        sa.PrimaryKeyConstraint("id", name="pk_work_template"),
    )
    op.create_index("ix_work_template_firm_id", "work_template", ["firm_id"])
    op.create_index("ix_work_template_list", "work_template", ["firm_id", "title_key", "id"])
    op.create_table(
        "template_section",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("within_section_id", sa.Uuid(), nullable=True),
        sa.Column("send_rule", sa.JSON(), nullable=False),
        sa.Column("reminder_rule", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_template_section_firm_id_firm"),
        sa.ForeignKeyConstraint(["template_id"], ["work_template.id"], name="fk_template_section_template_id_work_template"),
        sa.ForeignKeyConstraint(["within_section_id"], ["template_section.id"], name="fk_template_section_within_section_id_template_section"),
        sa.PrimaryKeyConstraint("id", name="pk_template_section"),
    )
    op.create_index("ix_template_section_firm_id", "template_section", ["firm_id"])
    op.create_index("ix_template_section_template_id", "template_section", ["template_id"])
    op.create_table(
        "template_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("needs_file", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_template_task_firm_id_firm"),
        sa.ForeignKeyConstraint(["section_id"], ["template_section.id"], name="fk_template_task_section_id_template_section"),
        sa.PrimaryKeyConstraint("id", name="pk_template_task"),
    )
    op.create_index("ix_template_task_firm_id", "template_task", ["firm_id"])
    op.create_index("ix_template_task_section_id", "template_task", ["section_id"])
    op.create_table(
        "folded_section",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_folded_section_firm_id_firm"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_folded_section_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_folded_section"),
        sa.UniqueConstraint("staff_id", "section_id", name="uq_folded_section_staff_id_section_id"),
    )
    op.create_index("ix_folded_section_firm_id", "folded_section", ["firm_id"])
    op.add_column("work_item", sa.Column("due_days", sa.Integer(), nullable=True))
    op.add_column("work_item", sa.Column("earlier_id", sa.Uuid(), nullable=True))
    op.create_index("ix_work_item_earlier_id", "work_item", ["earlier_id"])
    op.add_column("task", sa.Column("due_days", sa.Integer(), nullable=True))
    op.add_column("task", sa.Column("earlier_task_id", sa.Uuid(), nullable=True))
    op.create_index("ix_task_earlier_task_id", "task", ["earlier_task_id"])
    op.add_column("upload", sa.Column("parts_of_id", sa.Uuid(), nullable=True))
    op.create_index("ix_upload_parts_of_id", "upload", ["parts_of_id"])
    for table in FILES:
        op.add_column(table, sa.Column("template_task_id", sa.Uuid(), nullable=True))
        op.create_index(f"ix_{table}_template_task_id", table, ["template_task_id"])
        _let_client_be_missing(table, may=True)


def downgrade() -> None:
    op.execute("DELETE FROM stored_file WHERE client_id IS NULL")
    op.execute("DELETE FROM stored_file WHERE id IN (SELECT id FROM upload WHERE parts_of_id IS NOT NULL)")
    op.execute("DELETE FROM file_part WHERE upload_id IN (SELECT id FROM upload WHERE client_id IS NULL)")
    op.execute("DELETE FROM upload WHERE client_id IS NULL OR parts_of_id IS NOT NULL")
    for table in FILES:
        _let_client_be_missing(table, may=False)
        op.drop_index(f"ix_{table}_template_task_id", table)
        op.drop_column(table, "template_task_id")
    op.drop_index("ix_upload_parts_of_id", "upload")
    op.drop_column("upload", "parts_of_id")
    op.drop_index("ix_task_earlier_task_id", "task")
    op.drop_column("task", "earlier_task_id")
    op.drop_column("task", "due_days")
    op.drop_index("ix_work_item_earlier_id", "work_item")
    op.drop_column("work_item", "earlier_id")
    op.drop_column("work_item", "due_days")
    for table in ("folded_section", "template_task", "template_section", "work_template"):
        op.drop_table(table)


def _let_client_be_missing(table: str, *, may: bool) -> None:
    """A template's file has no client. SQLite keeps a table with rows that others name by changing its text only.

    That is the way SQLite's documentation gives for taking NOT NULL away; copying the table would ask to
    switch foreign keys off, which no open transaction can.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(table, "client_id", existing_type=sa.Uuid(), nullable=may)
        return
    connection = op.get_bind()
    strict, loose = "client_id CHAR(32) NOT NULL", "client_id CHAR(32)"
    old, new = (strict, loose) if may else (loose, strict)
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
        (old, new, table, old),
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"{table}.client_id is not written as expected")
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
