"""Who took a file off its task: its uploader, whoever had the task in hand, or staff."""

import sqlalchemy as sa
from alembic import op

revision = "b7c20d9e4f13"
down_revision = "8f3d2a6c1b90"
branch_labels = None
depends_on = None

PEOPLE = {"deleted_by_staff_id": "staff", "deleted_by_contact_id": "contact"}


def upgrade() -> None:
    with op.batch_alter_table("stored_file") as table:
        table.add_column(sa.Column("deleted_by_hand_over_id", sa.Uuid(), nullable=True))
        for name, people in PEOPLE.items():
            table.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            table.create_foreign_key(op.f(f"fk_stored_file_{name}_{people}"), people, [name], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("stored_file") as table:
        for name, people in PEOPLE.items():
            table.drop_constraint(op.f(f"fk_stored_file_{name}_{people}"), type_="foreignkey")
            table.drop_column(name)
        table.drop_column("deleted_by_hand_over_id")
