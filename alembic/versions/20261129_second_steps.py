"""Second steps of signing in: e-mail, text message, passkeys, recovery codes; text messages on their way (4.3)."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "b4e24fb66c16"
down_revision = "5edeb87b845f"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)
HOLDERS = ("staff", "portal_account")
MOMENTS = {
    "firm": ("email_codes_at", "sms_codes_at"),
    "staff": ("email_factor_at", "sms_confirmed_at", "mfa_reset_at"),
    "portal_account": ("email_factor_at", "sms_confirmed_at", "mfa_reset_at"),
    "sign_in_session": ("setting_up_at", "told_unfinished_at"),
}
NUMBERS = ("sms_number", "sms_asked_number")


def upgrade() -> None:
    _make_tables()
    for table, names in MOMENTS.items():
        for name in names:
            op.add_column(table, sa.Column(name, MOMENT, nullable=True))
    for table in HOLDERS:
        for name in NUMBERS:
            op.add_column(table, sa.Column(name, sa.String(16), nullable=False, server_default=""))
    op.add_column("sign_in_code", sa.Column("way", sa.String(10), nullable=False, server_default="email"))
    # Until now everybody without an authenticator app signed in with codes by e-mail.
    op.execute("UPDATE firm SET email_codes_at = created_at")
    for table in HOLDERS:
        op.execute(
            f"UPDATE {table} SET email_factor_at = created_at"
            " WHERE password_hash IS NOT NULL AND totp_confirmed_at IS NULL"
        )


def _make_tables() -> None:
    op.create_table('spent_challenge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('challenge_hash', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spent_challenge')),
    sa.UniqueConstraint('challenge_hash', name=op.f('uq_spent_challenge_challenge_hash'))
    )
    op.create_table('passkey',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(60), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('counter', sa.BigInteger(), nullable=False),
    sa.Column('transports', sa.JSON(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('used_at', MOMENT, nullable=True),
    sa.CheckConstraint('(staff_id IS NULL) <> (contact_id IS NULL)', name=op.f('ck_passkey_one_person')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_passkey_contact_id_contact')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_passkey_firm_id_firm')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_passkey_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    op.create_index(op.f('ix_passkey_contact_id'), 'passkey', ['contact_id'])
    op.create_index(op.f('ix_passkey_firm_id'), 'passkey', ['firm_id'])
    op.create_index(op.f('ix_passkey_staff_id'), 'passkey', ['staff_id'])

    op.create_table('recovery_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('place', sa.String(2), nullable=False),
    sa.Column('code_hash', sa.String(200), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('used_at', MOMENT, nullable=True),
    sa.CheckConstraint('(staff_id IS NULL) <> (contact_id IS NULL)', name=op.f('ck_recovery_code_one_person')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_recovery_code_contact_id_contact')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_recovery_code_firm_id_firm')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_recovery_code_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    op.create_index(op.f('ix_recovery_code_contact_id'), 'recovery_code', ['contact_id'])
    op.create_index(op.f('ix_recovery_code_firm_id'), 'recovery_code', ['firm_id'])
    op.create_index(op.f('ix_recovery_code_staff_id'), 'recovery_code', ['staff_id'])

    op.create_table('outbox_text',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('firm_id', sa.Uuid(), nullable=False),
    sa.Column('dedupe_key', sa.String(200), nullable=False),
    sa.Column('event', sa.String(40), nullable=False),
    sa.Column('phase', sa.Enum('queued', 'leased', 'transmitting', 'sent', 'failed', 'unknown', 'cancelled', name='mailphase', native_enum=False, length=20), nullable=False),
    sa.Column('recipient', sa.String(16), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('code_id', sa.Uuid(), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', MOMENT, nullable=False),
    sa.Column('lease_owner', sa.String(60), nullable=True),
    sa.Column('leased_until', MOMENT, nullable=True),
    sa.Column('answer', sa.String(500), nullable=False),
    sa.Column('provider_id', sa.String(80), nullable=False),
    sa.Column('resent_after_unknown_at', MOMENT, nullable=True),
    sa.Column('queued_at', MOMENT, nullable=False),
    sa.Column('sent_at', MOMENT, nullable=True),
    sa.Column('settled_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['code_id'], ['sign_in_code.id'], name=op.f('fk_outbox_text_code_id_sign_in_code')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_outbox_text_contact_id_contact')),
    sa.ForeignKeyConstraint(['firm_id'], ['firm.id'], name=op.f('fk_outbox_text_firm_id_firm')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_outbox_text_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_text')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_outbox_text_dedupe_key'))
    )
    op.create_index(op.f('ix_outbox_text_code_id'), 'outbox_text', ['code_id'])
    op.create_index(op.f('ix_outbox_text_contact_id'), 'outbox_text', ['contact_id'])
    op.create_index(op.f('ix_outbox_text_firm_id'), 'outbox_text', ['firm_id'])
    op.create_index('ix_outbox_text_phase_next_try_at', 'outbox_text', ['phase', 'next_try_at'])



def downgrade() -> None:
    op.drop_column("sign_in_code", "way")
    for table in HOLDERS:
        for name in NUMBERS:
            op.drop_column(table, name)
    for table, names in MOMENTS.items():
        for name in names:
            op.drop_column(table, name)
    for table in ("outbox_text", "recovery_code", "passkey", "spent_challenge"):
        op.drop_table(table)
