"""What the management page keeps beside clients, bulk work, and one e-mail for several invitations."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "84dbcd4b78fa"
down_revision = "c41d7e9f2a63"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)
ONE_A_HASH = """DELETE FROM invitation_link WHERE EXISTS (
    SELECT 1 FROM invitation_link AS other WHERE other.hash = invitation_link.hash AND other.id < invitation_link.id)"""


def upgrade() -> None:
    op.create_table(
        "client_standing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("activated", "pending", "none", name="clientstatus", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("has_limited", sa.Boolean(), nullable=False),
        sa.Column("has_full", sa.Boolean(), nullable=False),
        sa.Column("last_sign_in_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_client_standing_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_standing")),
    )
    with op.batch_alter_table("client_standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_standing_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index(
            "ix_client_standing_name", ["firm_id", "is_listed", "name_key", "id"], unique=False
        )
        batch_op.create_index(
            "ix_client_standing_seen",
            ["firm_id", "is_listed", "last_sign_in_at", "name_key", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_client_standing_status", ["firm_id", "is_listed", "status", "name_key", "id"], unique=False
        )

    op.create_table(
        "pending_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_pending_contact_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_contact")),
    )
    with op.batch_alter_table("pending_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_contact_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index("ix_pending_contact_list", ["firm_id", "invited_at", "id"], unique=False)

    op.create_table(
        "portal_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("clients", sa.Integer(), nullable=False),
        sa.Column("portal_on", sa.Integer(), nullable=False),
        sa.Column("activated", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("pending_contacts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_portal_count_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_count")),
    )
    with op.batch_alter_table("portal_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_portal_count_firm_id"), ["firm_id"], unique=False)

    op.create_table(
        "search_word",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "word",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_search_word_firm_id_firm")),
        sa.PrimaryKeyConstraint("client_id", "word", "subject_id", name=op.f("pk_search_word")),
    )
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.create_index("ix_search_word_word", ["firm_id", "word", "client_id"], unique=False)

    op.create_table(
        "bulk_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("access", "resend", "cancel", name="bulkkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "portal",
            sa.Enum("on", "off", "leave", name="switch", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum("limited", "full", name="accesslevel", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "notices",
            sa.Enum("on", "off", "leave", name="switch", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("is_inviting", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("clients", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("taken_back", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("undo_asked_at", MOMENT, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("dismissed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_bulk_job_firm_id_firm")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_bulk_job_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_job")),
    )
    with op.batch_alter_table("bulk_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_job_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index("ix_bulk_job_firm_id_started_at", ["firm_id", "started_at"], unique=False)

    op.create_table(
        "bulk_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("why_not", sa.String(length=20), nullable=False),
        sa.Column("did", sa.JSON(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("kept", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_bulk_item_client_id_client")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_bulk_item_contact_id_contact")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_bulk_item_firm_id_firm")),
        sa.ForeignKeyConstraint(["job_id"], ["bulk_job.id"], name=op.f("fk_bulk_item_job_id_bulk_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_item")),
    )
    with op.batch_alter_table("bulk_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_item_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bulk_item_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bulk_item_firm_id"), ["firm_id"], unique=False)
        batch_op.create_index("ix_bulk_item_left_out", ["job_id", "why_not", "id"], unique=False)
        batch_op.create_index("ix_bulk_item_waiting", ["job_id", "settled_at", "id"], unique=False)

    with op.batch_alter_table("invitation_link", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_invitation_link_hash"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_invitation_link_hash_invitation_id"), ["hash", "invitation_id"]
        )

    with op.batch_alter_table("portal_access", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notices_off_at", MOMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("portal_access", schema=None) as batch_op:
        batch_op.drop_column("notices_off_at")

    op.execute(ONE_A_HASH)
    with op.batch_alter_table("invitation_link", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_invitation_link_hash_invitation_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_invitation_link_hash"), ["hash"])

    with op.batch_alter_table("bulk_item", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_item_waiting")
        batch_op.drop_index("ix_bulk_item_left_out")
        batch_op.drop_index(batch_op.f("ix_bulk_item_firm_id"))
        batch_op.drop_index(batch_op.f("ix_bulk_item_contact_id"))
        batch_op.drop_index(batch_op.f("ix_bulk_item_client_id"))

    op.drop_table("bulk_item")
    with op.batch_alter_table("bulk_job", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_job_firm_id_started_at")
        batch_op.drop_index(batch_op.f("ix_bulk_job_firm_id"))

    op.drop_table("bulk_job")
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.drop_index("ix_search_word_word")

    op.drop_table("search_word")
    with op.batch_alter_table("portal_count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_portal_count_firm_id"))

    op.drop_table("portal_count")
    with op.batch_alter_table("pending_contact", schema=None) as batch_op:
        batch_op.drop_index("ix_pending_contact_list")
        batch_op.drop_index(batch_op.f("ix_pending_contact_firm_id"))

    op.drop_table("pending_contact")
    with op.batch_alter_table("client_standing", schema=None) as batch_op:
        batch_op.drop_index("ix_client_standing_status")
        batch_op.drop_index("ix_client_standing_seen")
        batch_op.drop_index("ix_client_standing_name")
        batch_op.drop_index(batch_op.f("ix_client_standing_firm_id"))

    op.drop_table("client_standing")
