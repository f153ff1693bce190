"""Automations and their runs (8.4, 8.8)."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "8e21c4f0a6d3"
down_revision = "7d5c1a90b3e2"
branch_labels = None
depends_on = None


def _choice(name: str, *, nullable: bool) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=20), nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "automation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        _choice("trigger", nullable=False),
        sa.Column("title_part", sa.String(length=120), nullable=False),
        _choice("client_kind", nullable=True),
        _choice("sets_status", nullable=True),
        sa.Column("assigns_id", sa.Uuid(), nullable=True),
        _choice("tells", nullable=False),
        _moment("on_at"),
        _moment("removed_at"),
        _moment("created_at", nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_automation_firm_id_firm"),
        sa.ForeignKeyConstraint(["assigns_id"], ["staff.id"], name="fk_automation_assigns_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_automation"),
    )
    op.create_index("ix_automation_firm_id", "automation", ["firm_id"])
    op.create_table(
        "automation_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("automation_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("work_item_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("caused_by_staff_id", sa.Uuid(), nullable=True),
        _moment("caused_at", nullable=False),
        _moment("due_at", nullable=False),
        _moment("ended_at"),
        sa.Column("let_be", sa.String(length=20), nullable=False),
        _moment("taken_back_at"),
        _moment("reverted_at"),
        _choice("status_before", nullable=True),
        _choice("status_set", nullable=True),
        sa.Column("assignee_before_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_set_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_automation_run_firm_id_firm"),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automation.id"], name="fk_automation_run_automation_id_automation"
        ),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name="fk_automation_run_work_item_id_work_item"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_automation_run"),
        sa.UniqueConstraint("automation_id", "cause", name="uq_automation_run_automation_id_cause"),
    )
    op.create_index("ix_automation_run_firm_id", "automation_run", ["firm_id"])
    op.create_index("ix_automation_run_work_item_id", "automation_run", ["work_item_id"])
    op.create_index("ix_automation_run_cause", "automation_run", ["cause"])
    waits = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_automation_run_due", "automation_run", ["due_at"], sqlite_where=waits, postgresql_where=waits
    )


def downgrade() -> None:
    op.drop_table("automation_run")
    op.drop_table("automation")
