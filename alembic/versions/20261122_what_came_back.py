"""What became of an e-mail after the server took it (8.6)."""

import sqlalchemy as sa
from alembic import op

import portal_app.models.base

revision = "5b0c7d1e8a42"
down_revision = "5d1f0c7a9b21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = portal_app.models.base.UtcDateTime(timezone=True)
    for name in ("deferred_at", "delivered_at", "bounced_at"):
        op.add_column("outbox_mail", sa.Column(name, moment, nullable=True))
    op.add_column("recipient", sa.Column("deferred_at", moment, nullable=True))
    op.create_index("ix_outbox_mail_message_id", "outbox_mail", ["message_id"])
    op.create_index("ix_outbox_mail_sent_at", "outbox_mail", ["sent_at"])


def downgrade() -> None:
    op.drop_index("ix_outbox_mail_sent_at", "outbox_mail")
    op.drop_index("ix_outbox_mail_message_id", "outbox_mail")
    op.drop_column("recipient", "deferred_at")
    for name in ("bounced_at", "delivered_at", "deferred_at"):
        op.drop_column("outbox_mail", name)
