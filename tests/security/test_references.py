"""No token speaks for itself, and nobody's password passes through a page (asvs 14, 22)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary
from sqlmodel import SQLModel

import portal_app
from portal_app.domain.secrets import new_token, token_hash
from tests.trial.registry import declared

SOURCE = Path(portal_app.__file__).parent
SIGNED_TOKENS = re.compile(r"^\s*(?:import|from)\s+(?:jwt|jose|joserfc|authlib|itsdangerous)\b", re.MULTILINE)
SECRET = re.compile(r"passw|passphrase|(?:^|_)pin(?:$|_)|secret|(?:^|_)token(?:$|_)", re.IGNORECASE)


def _names(schema: Any) -> set[str]:
    """Every field of a payload, however deep."""
    if isinstance(schema, list):
        return {name for part in schema for name in _names(part)}
    if not isinstance(schema, dict):
        return set()
    inside = {name for part in schema.values() for name in _names(part)}
    return inside | set(schema.get("properties", {}))


def test_asvs_14_no_page_of_staff_or_clients_takes_or_sends_a_password() -> None:
    """They are typed on plain pages alone, by the person whose they are."""
    fields = {(one.name, field) for one in declared() for field in _names(one.schema)}
    assert fields
    assert [pair for pair in fields if SECRET.search(pair[1])] == []


def test_asvs_14_staff_set_nobodys_password() -> None:
    """What sets one opens no row by a staff member's right; taking one away, as merging does, sets none."""
    setting = re.compile(r"^.*\.password_hash\b[^=\n]* = (?!.*\bNone$).*$", re.MULTILINE)
    texts = {path.name: path.read_text(encoding="utf-8") for path in (SOURCE / "services").rglob("*.py")}
    found = {name for name, text in texts.items() if setting.search(text)}
    assert {"resets.py", "account_making.py"} <= found
    doors = ("access.client(", "access.contact(", "access.of_firm(")
    assert [name for name in found if any(door in texts[name] for door in doors)] == []


def test_asvs_22_only_the_sign_in_of_another_issuer_reads_signed_tokens() -> None:
    readers = [
        path for path in SOURCE.rglob("*.py") if SIGNED_TOKENS.search(path.read_text(encoding="utf-8"))
    ]
    assert {path.parent.name for path in readers} <= {"adapters"}


def test_asvs_22_every_token_is_looked_up_by_its_hash_and_says_nothing_itself() -> None:
    """256 random bits; what is kept is 32 bytes of hash, in a column that finds one row."""
    one, other = new_token(), new_token()
    assert one != other
    assert len(one) >= 43
    assert len(token_hash(one)) == 32
    columns = [
        column
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name == "token_hash"
    ]
    assert len(columns) >= 6
    for column in columns:
        assert isinstance(column.type, LargeBinary), column
        assert column.unique or any(list(rule.columns) == [column] for rule in column.table.constraints), (
            column
        )
