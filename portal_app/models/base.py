"""What every table shares: UUIDv7 keys, aware UTC moments, named constraints, a firm."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, Enum, LargeBinary, Text, TypeDecorator
from sqlmodel import Field, SQLModel
from uuid6 import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware on the way in, aware UTC on the way out, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone: it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> UUID:
    """A UUIDv7: sorted by time, so that new rows lie together."""
    return UUID(int=uuid7().int)


class Row(SQLModel):
    """A table's row."""

    id: UUID = Field(default_factory=new_id, primary_key=True)


class FirmRow(Row):
    """A row that belongs to one firm; every query by id goes through a door that checks it."""

    firm_id: UUID = Field(foreign_key="firm.id", index=True)


class SecondSteps(SQLModel):
    """What a sign-in keeps of its second steps besides the authenticator app (4.3); passkeys are rows of their own."""

    email_factor_at: datetime | None = Field(default=None, sa_type=UtcDateTime, nullable=True)
    """Since when codes by e-mail are one of them."""
    sms_number: str = Field(default="", max_length=16)
    """Where codes by text message go (E.164), once it is confirmed."""
    sms_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, nullable=True)
    sms_asked_number: str = Field(default="", max_length=16)
    """A number that waits for its first code."""
    mfa_reset_at: datetime | None = Field(default=None, sa_type=UtcDateTime, nullable=True)
    """When the firm took all of them away (4.5); none again once one is set up."""


def moment(**kw: Any) -> Any:
    """A moment that is always there."""
    return Field(sa_type=UtcDateTime, **kw)


def fact(**kw: Any) -> Any:
    """A moment that is there once something happened."""
    return Field(default=None, sa_type=UtcDateTime, nullable=True, **kw)


def long_text(default: str = "") -> Any:
    """Text without a bound in the database; services bound it."""
    return Field(default=default, sa_type=Text)


def digest(**kw: Any) -> Any:
    """The hash of a secret, or a sealed secret."""
    return Field(sa_type=LargeBinary, **kw)


def choice(kind: type[StrEnum], **kw: Any) -> Any:
    """One of an enumeration, kept as its value in plain text: a new member needs no migration."""
    column = Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )
    return Field(sa_type=column, **kw)
