"""The words that find clients repeat where the client stands, so that an index holds them in each order of the list."""

import sqlalchemy as sa
from alembic import op

from portal_app.models.base import UtcDateTime

revision = "e19b7c40d5f2"
down_revision = "5e1b7c94d2a8"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)
NARROWS = ["status", "is_on", "has_limited", "has_full"]
STANDS = "s.name_key, s.is_on, s.status, s.has_limited, s.has_full, s.last_sign_in_at"
INTO = """INSERT INTO search_word (client_id, word, subject_id, firm_id,
    name_key, is_on, status, has_limited, has_full, last_sign_in_at)"""
KEPT = f"""SELECT w.client_id, w.word, w.subject_id, w.firm_id, {STANDS}
    FROM old_search_word AS w JOIN client_standing AS s ON s.id = w.client_id WHERE s.is_listed"""
STAFF = f"""SELECT s.id, :mark || replace(CAST(a.staff_id AS VARCHAR(36)), '-', ''), a.staff_id, s.firm_id, {STANDS}
    FROM client_assignment AS a JOIN client_standing AS s ON s.id = a.client_id WHERE s.is_listed"""
MARKED = f"""SELECT s.id, :mark || {{word}}, s.id, s.firm_id, {STANDS} FROM client_standing AS s WHERE s.is_listed AND {{when}}"""
MARKS = [
    ("s.status", "1 = 1"),
    ("CASE WHEN s.is_on THEN 'on' ELSE 'off' END", "1 = 1"),
    ("'full'", "s.has_full"),
    ("'limited'", "s.has_limited"),
]
BACK = """INSERT INTO search_word (client_id, word, subject_id, firm_id)
    SELECT client_id, word, subject_id, firm_id FROM old_search_word WHERE word NOT LIKE :staff"""
MARK = "\x1f"


def _plain(length):
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def _set_aside():
    """The table of words under another name, and none of the names that the next one needs."""
    op.rename_table("search_word", "old_search_word")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE old_search_word RENAME CONSTRAINT pk_search_word TO pk_old_search_word")
        op.execute(
            "ALTER TABLE old_search_word RENAME CONSTRAINT fk_search_word_firm_id_firm TO fk_old_search_word"
        )


def _create(*columns, **kw):
    op.create_table(
        "search_word",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("word", _plain(80), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_search_word_firm_id_firm")),
        sa.PrimaryKeyConstraint("client_id", "word", "subject_id", name=op.f("pk_search_word")),
        **kw,
    )


def upgrade() -> None:
    for name in ("name", "seen", "status"):
        op.drop_index(f"ix_client_standing_{name}", "client_standing")
    name, seen = ["name_key", "id"], ["last_sign_in_at", "name_key", "id"]
    listed = ["firm_id", "is_listed"]
    op.create_index(
        "ix_client_standing_name", "client_standing", [*listed, *name, *NARROWS, "last_sign_in_at"]
    )
    op.create_index("ix_client_standing_seen", "client_standing", [*listed, *seen, *NARROWS])

    op.drop_index("ix_search_word_word", "search_word")
    _set_aside()
    _create(
        sa.Column("name_key", _plain(200), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("activated", "pending", "none", name="clientstatus", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("has_limited", sa.Boolean(), nullable=False),
        sa.Column("has_full", sa.Boolean(), nullable=False),
        sa.Column("last_sign_in_at", MOMENT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(f"{INTO} {KEPT}")
    for rows in (STAFF, *(MARKED.format(word=word, when=when) for word, when in MARKS)):
        op.execute(sa.text(f"{INTO} {rows}").bindparams(mark=MARK))
    op.drop_table("old_search_word")
    word = ["firm_id", "word"]
    op.create_index(
        *("ix_search_word_name", "search_word"),
        [*word, "name_key", "client_id", *NARROWS, "last_sign_in_at"],
    )
    op.create_index(
        *("ix_search_word_seen", "search_word"),
        [*word, "last_sign_in_at", "name_key", "client_id", *NARROWS],
    )


def downgrade() -> None:
    for name in ("name", "seen"):
        op.drop_index(f"ix_search_word_{name}", "search_word")
    _set_aside()
    _create()
    op.execute(sa.text(BACK).bindparams(staff=f"{MARK}%"))
    op.drop_table("old_search_word")
    op.create_index("ix_search_word_word", "search_word", ["firm_id", "word", "client_id"])
    op.execute(sa.text("DELETE FROM client_standing WHERE NOT is_listed"))  # filled again, with their words

    for name in ("name", "seen"):
        op.drop_index(f"ix_client_standing_{name}", "client_standing")
    listed = ["firm_id", "is_listed"]
    op.create_index("ix_client_standing_name", "client_standing", [*listed, "name_key", "id"])
    op.create_index(
        "ix_client_standing_seen", "client_standing", [*listed, "last_sign_in_at", "name_key", "id"]
    )
    op.create_index("ix_client_standing_status", "client_standing", [*listed, "status", "name_key", "id"])
