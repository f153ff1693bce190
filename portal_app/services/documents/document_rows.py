"""The rows that pages of documents stand on: documents with the file that is read now, and who put it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain.names import name_key
from portal_app.models import Contact, Document, Firm, Staff, StoredFile
from portal_app.services import spoken
from portal_app.services.firm.firm_days import day_of, today
from portal_app.text import _, format_size, ngettext
from portal_app.work import Work

MOST: Final = 1000
"""Documents that one page lists, the newest."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document, the version of now, and the name of who brought that."""

    document: Document
    file: StoredFile
    by: str


def rows(work: Work, *where: ColumnElement[bool], most: int = MOST) -> list[Row]:
    """Documents that fit, the one whose version came last first."""
    query = (
        select_rows(Document, StoredFile, col(Contact.name), col(Staff.name))
        .join(StoredFile, col(StoredFile.id) == Document.file_id)
        .outerjoin(Contact, col(Contact.id) == StoredFile.contact_id)
        .outerjoin(Staff, col(Staff.id) == StoredFile.staff_id)
        .where(*where)
        .order_by(col(StoredFile.completed_at).desc(), col(Document.id))
        .limit(most)
    )
    return [
        Row(row, file, contact or staff or "") for row, file, contact, staff in work.session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """What one page lists, the newest first, and whether more would fit."""

    rows: list[Row]
    has_more: bool


def newest(work: Work, *where: ColumnElement[bool], words: Sequence[str] = ()) -> Listed:
    """The `MOST` newest documents that fit; with `words`, of all that bear them in their name."""
    if not words:
        found = rows(work, *where, most=MOST + 1)
        return Listed(found[:MOST], len(found) > MOST)
    query = (
        select_rows(col(Document.id), col(Document.name))
        .join(StoredFile, col(StoredFile.id) == Document.file_id)
        .where(*where)
        .order_by(col(StoredFile.completed_at).desc(), col(Document.id))
    )
    ids = bearing(work, query, words)
    return Listed(rows(work, col(Document.id).in_(ids[:MOST])), len(ids) > MOST)


def bearing(work: Work, query: Select[UUID, str], words: Sequence[str]) -> list[UUID]:
    """The ids of those in `query`, of ids and names, whose name holds these words as `name_key` writes them."""
    named = ((one, name_key(name)) for one, name in work.session.execute(query))
    return [one for one, key in named if all(word in key for word in words)]


def older(words: Sequence[str], *, has_more: bool) -> str:
    """How to reach what one page does not list; empty where it lists all."""
    if not has_more:
        return ""
    if words:
        return _("More documents bear this name. Type more of it to find an older one.")
    return _("The newest are listed here. Type part of a name to find an older document.")


def here(client_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """The documents of a client that were not removed."""
    return col(Document.client_id) == client_id, col(Document.deleted_at).is_(None)


def said_day(work: Work, firm: Firm, file: StoredFile) -> str:
    """When the file came, as pages say a day."""
    return spoken.day(day_of(firm, file.completed_at), today(firm, work.now))


def summary(sizes: Sequence[int]) -> str:
    """*4 documents, 1.1 MB*; empty where there is none."""
    if not sizes:
        return ""
    count = ngettext("{n} document", "{n} documents", len(sizes))
    return _("{documents}, {size}").format(documents=count, size=format_size(sum(sizes)))
