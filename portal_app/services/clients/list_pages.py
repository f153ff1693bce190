"""What the lists of clients and of contacts share: where a page begins, how words are found, several names in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy import select as select_rows
from sqlmodel import SQLModel, col, select

from portal_app.models import Client, Contact
from portal_app.text import _
from portal_app.work import Work

PAGE = 50
Named = TypeVar("Named", Client, Contact)


def pattern(words: str) -> str:
    """For `LIKE … ESCAPE '\\'`: the words anywhere, and nothing in them that means more than itself."""
    return "%" + words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"


def after(name_key: str, row_id: UUID) -> str:
    """What the next page begins after."""
    return f"{name_key}\n{row_id.hex}"


def start(written: str) -> tuple[str, UUID] | None:
    """Where a page begins, of what `after` wrote; None for the first, and for what it never wrote."""
    name, _break, row_id = written.partition("\n")
    try:
        return name, UUID(row_id)
    except ValueError:
        return None


def by_name(
    work: Work, kind: type[Named], where: Sequence[ColumnElement[bool]], written: str, *, is_down: bool
) -> list[Named]:
    """A page by name, up or down, from what `after` wrote, and one row more where there is another page."""
    key, row_id = col(kind.name_key), col(kind.id)
    query = select(kind).where(*where).limit(PAGE + 1)
    query = query.order_by(key.desc(), row_id.desc()) if is_down else query.order_by(key, row_id)
    if begin := start(written):
        name, last = begin
        beyond, later = (key < name, row_id < last) if is_down else (key > name, row_id > last)
        query = query.where(or_(beyond, and_(key == name, later)))
    return list(work.session.exec(query))


def count(work: Work, kind: type[SQLModel], where: Sequence[ColumnElement[bool]]) -> int:
    """How many there are on all pages."""
    return int(work.session.execute(select_rows(func.count()).select_from(kind).where(*where)).scalar_one())


def grouped(work: Work, query: Select[UUID, str]) -> dict[UUID, list[str]]:
    """Names by the row that they belong to, in the query's order."""
    names: dict[UUID, list[str]] = defaultdict(list)
    for row_id, name in work.session.execute(query):
        names[row_id].append(name)
    return names


def some(names: list[str]) -> str:
    """The first name, and how many more."""
    if len(names) < 2:
        return "".join(names)
    return _("{name} and {n} more").format(name=names[0], n=len(names) - 1)
