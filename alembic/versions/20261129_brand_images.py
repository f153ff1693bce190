"""A firm's logo and hero as images, and the pictures made of them."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "5edeb87b845f"
down_revision = "c41d7be2905a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brand_image",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("use", sa.Enum("logo", "hero", name="imageuse", native_enum=False, length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("in_sight", sa.Integer(), nullable=False),
        sa.Column("focus_x", sa.Integer(), nullable=False),
        sa.Column("focus_y", sa.Integer(), nullable=False),
        sa.Column("veils", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_brand_image_firm_id_firm"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_brand_image_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_brand_image"),
    )
    op.create_index("ix_brand_image_firm_id", "brand_image", ["firm_id"])
    op.create_table(
        "brand_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_brand_file_firm_id_firm"),
        sa.ForeignKeyConstraint(["image_id"], ["brand_image.id"], name="fk_brand_file_image_id_brand_image"),
        sa.PrimaryKeyConstraint("id", name="pk_brand_file"),
        sa.UniqueConstraint("name", name="uq_brand_file_name"),
        sa.UniqueConstraint("object_key", name="uq_brand_file_object_key"),
    )
    op.create_index("ix_brand_file_firm_id", "brand_file", ["firm_id"])
    op.create_index("ix_brand_file_image_id", "brand_file", ["image_id"])
    for name in ("logo", "hero"):
        op.add_column("firm", sa.Column(f"{name}_id", sa.Uuid(), nullable=True))
        op.add_column("firm", sa.Column(f"{name}_shown_at", UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("hero", "logo"):
        op.drop_column("firm", f"{name}_shown_at")
        op.drop_column("firm", f"{name}_id")
    op.drop_table("brand_file")
    op.drop_table("brand_image")
