"""The words that narrow the management page's list: how many clients have them, and which (2.5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal
from sqlalchemy import select as select_rows
from sqlalchemy.orm import aliased
from sqlmodel import col

from portal_app.models import SearchWord
from portal_app.services.portal.places import FOUND, Place
from portal_app.work import Work

MERGED: Final = 8
"""A word that begins so many others, at most, is looked up in each of them."""
MANY: Final = 2_500
"""Rows of a word are counted up to here."""
_BEYOND: Final = "\U0010ffff"
"""After every word and name."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that a client must have, whole or as the beginning of another."""

    firm_id: UUID
    text: str
    forms: tuple[str, ...] = ()
    """The words that begin so, one more than `MERGED` at most."""
    size: int = 0
    """How many rows they have, one more than `MANY` at most."""
    span: tuple[str, str] = ("", _BEYOND)
    """The first and the last name of those who have it, where it has one form."""

    @property
    def is_one(self) -> bool:
        """Whether no other word begins so: its index then holds each client's rows side by side."""
        return len(self.forms) == 1

    @property
    def is_merged(self) -> bool:
        """Whether its clients can be read in order, form by form."""
        return len(self.forms) <= MERGED

    @property
    def rows(self) -> list[ColumnElement[bool]]:
        """All rows of it."""
        is_it = (
            col(SearchWord.word) == self.forms[0]
            if len(self.forms) == 1
            else begins(self.text, FOUND.columns.word)
        )
        return [col(SearchWord.firm_id) == self.firm_id, is_it]

    def holds(self, place: Place, order: str) -> ColumnElement[bool]:
        """Whether the client in that place has it: looked up where the list's order lies, as its neighbours were."""
        one = Place.of(aliased(SearchWord), "client_id")
        word = one.columns.word
        if not self.is_merged:
            return exists().where(one.client_id == place.client_id, begins(self.text, word))
        is_it = word == self.forms[0] if self.is_one else word.in_(self.forms)
        same = [there == here for there, here in zip(one.keys(order), place.keys(order), strict=True)]
        return exists().where(one.columns.firm_id == self.firm_id, is_it, *same)


def begins(word: str, column: Any) -> ColumnElement[bool]:
    """Whether a word begins so."""
    return and_(column >= word, column < word + _BEYOND)


def measured(work: Work, firm_id: UUID, texts: list[str], marks: list[str]) -> tuple[Word, ...]:
    """What is asked for, rarest first: words that somebody wrote, and whole ones."""
    found = [_word(work, Word(firm_id, text, _forms(work, firm_id, text))) for text in texts]
    found += [_word(work, Word(firm_id, mark, (mark,))) for mark in marks]
    return tuple(sorted(found, key=lambda word: (word.size, len(word.forms))))


def _word(work: Work, word: Word) -> Word:
    if not word.forms:
        return word
    beyond = select_rows(literal(MANY + 1)).where(*word.rows).offset(MANY).limit(1).scalar_subquery()
    every = select_rows(func.count(FOUND.client_id)).where(*word.rows).scalar_subquery()
    size = func.coalesce(beyond, every)  # passing rows over is quicker than counting them
    name = FOUND.columns.name_key
    ends = [select_rows(end(name)).where(*word.rows).scalar_subquery() for end in (func.min, func.max)]
    row = work.session.execute(select_rows(size, *(ends if word.is_one else ()))).one()
    return replace(word, size=row[0], span=(row[1], row[2]) if word.is_one and row[0] else word.span)


def _forms(work: Work, firm_id: UUID, text: str) -> tuple[str, ...]:
    """From each word that begins so the index leads to the next."""
    word, firm = col(SearchWord.word), col(SearchWord.firm_id) == firm_id
    first = select_rows(func.min(word).label("word")).where(firm, begins(text, word))
    forms = first.cte("forms", recursive=True)
    following = select_rows(func.min(word)).where(firm, word > forms.c.word, word < text + _BEYOND)
    step = select_rows(following.correlate(forms).scalar_subquery()).where(forms.c.word.is_not(None))
    every = forms.union_all(step)
    query = select_rows(every.c.word).where(every.c.word.is_not(None)).limit(MERGED + 1)
    return tuple(work.session.execute(query).scalars())
