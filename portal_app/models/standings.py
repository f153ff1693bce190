"""What is kept beside clients and contacts so that the management page stays quick at 100,000 clients (2.5).

Nobody writes these rows but `portal_app.standings`, which follows every change that they depend on. They point at
clients and contacts without a constraint, since they go after them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from portal_app.domain.standings import ClientStatus
from portal_app.models.base import FirmRow, choice, moment

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where something has not happened yet, so that an index puts it in order."""
LONGEST_WORD: Final = 80
LONGEST_NAME: Final = 200


def _plain(length: int) -> Any:
    """Text that every database orders as Python does."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Stands(SQLModel):
    """Where a client stands with the portal: what the management page puts in order and narrows by.

    `status` is as if the firm's portal were on.
    """

    name_key: str = Field(sa_type=_plain(LONGEST_NAME))
    is_on: bool = False
    status: ClientStatus = choice(ClientStatus, default=ClientStatus.NONE)
    has_limited: bool = False
    has_full: bool = False
    last_sign_in_at: datetime = moment(default=NEVER)


_NARROWS: Final = ("status", "is_on", "has_limited", "has_full")
"""At the end of indexes, so that what does not match is passed over without reading its row."""


class ClientStanding(FirmRow, Stands, table=True):
    """Where a client stands; its id is the client's. `is_listed`: neither archived nor a test client."""

    __tablename__ = "client_standing"
    __table_args__ = (
        Index(
            *("ix_client_standing_name", "firm_id", "is_listed", "name_key", "id"),
            *(*_NARROWS, "last_sign_in_at"),
        ),
        Index(
            *("ix_client_standing_seen", "firm_id", "is_listed", "last_sign_in_at", "name_key", "id"),
            *_NARROWS,
        ),
    )
    is_listed: bool = True


class PendingContact(FirmRow, table=True):
    """A contact who has access that they cannot use yet (2.9); the id is the contact's."""

    __tablename__ = "pending_contact"
    __table_args__ = (Index("ix_pending_contact_list", "firm_id", "invited_at", "id"),)
    invited_at: datetime = moment(default=NEVER)


class SearchWord(Stands, table=True):
    """A word by which a listed client is found, with where the client stands.

    It is the client's own, one of its contacts', or stands for who looks after it (`subject_id`) or for where it stands.
    One index for each order of the list holds the clients of a word in that order.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        Index(
            *("ix_search_word_name", "firm_id", "word", "name_key", "client_id"),
            *(*_NARROWS, "last_sign_in_at"),
        ),
        Index(
            *("ix_search_word_seen", "firm_id", "word", "last_sign_in_at", "name_key", "client_id"),
            *_NARROWS,
        ),
        {"sqlite_with_rowid": False},
    )
    client_id: UUID = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=_plain(LONGEST_WORD))
    subject_id: UUID = Field(primary_key=True)
    firm_id: UUID = Field(foreign_key="firm.id")


class PortalCount(FirmRow, table=True):
    """A firm's figures of 8.9, as if its portal were on; the id is the firm's."""

    __tablename__ = "portal_count"
    clients: int = 0
    portal_on: int = 0
    activated: int = 0
    pending: int = 0
    pending_contacts: int = 0
