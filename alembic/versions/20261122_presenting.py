"""Introductions of the portal by e-mail, and the firm's own words on its help page."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "c41d7e0b93f5"
down_revision = "8e21c4f0a6d3"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("queued_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_introduction_firm_id_firm"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_introduction_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_introduction"),
    )
    op.create_index("ix_introduction_firm_id", "introduction", ["firm_id"])
    op.create_table(
        "introduction_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("introduction_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("why_not", sa.String(40), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_introduction_person_contact_id_contact"),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_introduction_person_firm_id_firm"),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name="fk_introduction_person_introduction_id_introduction"
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name="fk_introduction_person_mail_id_outbox_mail"),
        sa.PrimaryKeyConstraint("id", name="pk_introduction_person"),
        sa.UniqueConstraint(
            "introduction_id", "contact_id", name="uq_introduction_person_introduction_id_contact_id"
        ),
    )
    op.create_index("ix_introduction_person_contact_id", "introduction_person", ["contact_id"])
    op.create_index("ix_introduction_person_firm_id", "introduction_person", ["firm_id"])
    op.create_index("ix_introduction_person_waiting", "introduction_person", ["introduction_id", "settled_at"])
    op.create_table(
        "help_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("title", sa.String(150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_staff_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_staff_id"], ["staff.id"], name="fk_help_text_changed_by_staff_id_staff"),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name="fk_help_text_firm_id_firm"),
        sa.PrimaryKeyConstraint("id", name="pk_help_text"),
        sa.UniqueConstraint("firm_id", "locale", "section", name="uq_help_text_firm_id_locale_section"),
    )
    op.create_index("ix_help_text_firm_id", "help_text", ["firm_id"])


def downgrade() -> None:
    op.drop_table("help_text")
    op.drop_table("introduction_person")
    op.drop_table("introduction")
