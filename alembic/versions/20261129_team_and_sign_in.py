"""The team's invitations, signing in by an issuer, and how a firm writes days."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "4d7a19c2e6b8"
down_revision = "5c0e7a41d9b2"
branch_labels = None
depends_on = None


def _id(name: str, *, may_be_empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=may_be_empty)


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _bytes(name: str) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _moment(name: str, *, may_be_empty: bool = False) -> sa.Column:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=may_be_empty)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _table(name: str, *parts: sa.Column | sa.Constraint) -> None:
    op.create_table(
        name,
        _id("id"),
        _id("firm_id"),
        *parts,
        _to(name, "firm_id", "firm"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_firm_id", name, ["firm_id"])


def upgrade() -> None:
    op.add_column("firm", sa.Column("date_format", sa.String(10), nullable=False, server_default=""))
    op.add_column("firm", sa.Column("staff_sign_in", sa.String(20), nullable=False, server_default="password"))
    _table(
        "staff_invitation",
        _bytes("token_hash"),
        _text("email", 254),
        _text("email_key", 254),
        _text("name", 120),
        _text("role", 20),
        _text("locale", 5),
        _id("invited_by_staff_id", may_be_empty=True),
        _moment("created_at"),
        _moment("sent_at"),
        _moment("expires_at"),
        _moment("accepted_at", may_be_empty=True),
        _moment("ended_at", may_be_empty=True),
        _to("staff_invitation", "invited_by_staff_id", "staff"),
        sa.UniqueConstraint("token_hash", name="uq_staff_invitation_token_hash"),
    )
    op.create_index("ix_staff_invitation_email_key", "staff_invitation", ["email_key"])
    _table(
        "firm_issuer",
        _text("preset", 20),
        _text("issuer", 300),
        _text("client_id", 300),
        _bytes("secret_sealed"),
        _moment("changed_at"),
        sa.UniqueConstraint("firm_id", name="uq_firm_issuer_firm_id"),
    )
    _table(
        "staff_identity",
        _id("staff_id"),
        _text("issuer", 300),
        _text("subject", 255),
        _moment("linked_at"),
        _moment("last_sign_in_at"),
        _to("staff_identity", "staff_id", "staff"),
        sa.UniqueConstraint("firm_id", "issuer", "subject", name="uq_staff_identity_firm_id_issuer_subject"),
        sa.UniqueConstraint("staff_id", "issuer", name="uq_staff_identity_staff_id_issuer"),
    )
    op.create_index("ix_staff_identity_staff_id", "staff_identity", ["staff_id"])
    _table(
        "issuer_attempt",
        _bytes("browser_hash"),
        _bytes("state_hash"),
        _bytes("sealed"),
        _text("issuer", 300),
        _id("invitation_id", may_be_empty=True),
        _text("next_path", 300),
        _moment("created_at"),
        _moment("used_at", may_be_empty=True),
        _to("issuer_attempt", "invitation_id", "staff_invitation"),
        sa.UniqueConstraint("browser_hash", name="uq_issuer_attempt_browser_hash"),
    )
    op.create_index("ix_issuer_attempt_created_at", "issuer_attempt", ["created_at"])


def downgrade() -> None:
    for table in ("issuer_attempt", "staff_identity", "firm_issuer", "staff_invitation"):
        op.drop_table(table)
    op.drop_column("firm", "staff_sign_in")
    op.drop_column("firm", "date_format")
