"""The words of `standings`: those by which a listed client is found, each with where the client stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, true, update
from sqlalchemy import select as select_rows
from sqlmodel import Session, col

from portal_app.domain.standings import level_word, staff_word, status_word, switch_word, words_of
from portal_app.models import ClientAssignment, ClientStanding, SearchWord, Staff
from portal_app.models.standings import LONGEST_WORD, Stands

_ABOUT: Final = ("firm_id", *Stands.model_fields)
_KEY: Final = ("client_id", "word", "subject_id")

Key = tuple[UUID, str, UUID]
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A client, its contacts, and its standing as `standings` keeps it."""

    client: Any
    people: Sequence[Any]
    standing: Mapping[str, Any]

    @property
    def about(self) -> dict[str, Any]:
        """What each of its words repeats."""
        return {name: self.standing[name] for name in _ABOUT}


def keep_words(session: Session, client_ids: Collection[UUID], found: Iterable[Found]) -> None:
    """Write what finds these clients; those that are not `found`, or not listed, are found by nothing."""
    listed = {one.client.id: one for one in found if one.standing["is_listed"]}
    staff = _staff(session, listed)
    about = {client_id: one.about for client_id, one in listed.items()}
    there: set[Key] = set()
    stale: set[UUID] = set()
    columns = _columns(SearchWord, *_KEY, *_ABOUT)
    query = select_rows(*columns).where(col(SearchWord.client_id).in_(client_ids))
    for row in session.execute(query).mappings():
        there.add((row["client_id"], row["word"], row["subject_id"]))
        if about.get(row["client_id"]) != {name: row[name] for name in _ABOUT}:
            stale.add(row["client_id"])
    for client_id in sorted(stale & set(about)):
        of_client = col(SearchWord.client_id) == client_id
        session.execute(update(SearchWord).where(of_client).values(**about[client_id]))
    wanted = {key for one in listed.values() for key in _words(one, staff[one.client.id])}
    _write(session, there, wanted, about)


def keep_staff_words(session: Session, client_ids: Collection[UUID]) -> None:
    """Write who looks after these clients, whose standing is there."""
    ids = sorted(client_ids)
    for some in (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)):
        query = select_rows(*_columns(ClientStanding, "id", *_ABOUT))
        query = query.where(col(ClientStanding.id).in_(some), col(ClientStanding.is_listed) == true())
        listed = {
            row["id"]: {name: row[name] for name in _ABOUT} for row in session.execute(query).mappings()
        }
        wanted = {
            (client_id, staff_word(staff_id), staff_id)
            for client_id, staff in _staff(session, listed).items()
            for staff_id in staff
        }
        of_staff = select_rows(*_columns(SearchWord, *_KEY)).join(
            Staff, col(Staff.id) == SearchWord.subject_id
        )
        there = session.execute(of_staff.where(col(SearchWord.client_id).in_(some)))
        _write(session, {(row[0], row[1], row[2]) for row in there}, wanted, listed)


def _write(
    session: Session, there: Collection[Key], wanted: Collection[Key], about: Mapping[UUID, dict[str, Any]]
) -> None:
    """Bring the words that are `there` to what is `wanted`; `about` is what each word of a client repeats."""
    gone, new = sorted(set(there) - set(wanted)), sorted(set(wanted) - set(there))
    if gone:
        these = [column == bindparam(f"the_{column.key}") for column in _columns(SearchWord, *_KEY)]
        rows = [{f"the_{name}": part for name, part in zip(_KEY, key, strict=True)} for key in gone]
        session.connection().execute(delete(SearchWord).where(*these), rows)
    if new:
        session.execute(
            insert(SearchWord), [{**dict(zip(_KEY, key, strict=True)), **about[key[0]]} for key in new]
        )


def _columns(kind: Any, *names: str) -> list[Any]:
    return [col(getattr(kind, name)) for name in names]


def _words(one: Found, staff: Sequence[UUID]) -> Iterator[Key]:
    client_id = one.client.id
    for word in words_of(one.client.name, one.client.number, longest=LONGEST_WORD):
        yield client_id, word, client_id
    for person in one.people:
        for word in words_of(person.name, person.email_key or "", longest=LONGEST_WORD):
            yield client_id, word, person.id
    for word in _marks(one.standing):
        yield client_id, word, client_id
    for staff_id in staff:
        yield client_id, staff_word(staff_id), staff_id


def _marks(standing: Mapping[str, Any]) -> Iterator[str]:
    yield status_word(standing["status"])
    yield switch_word(is_on=standing["is_on"])
    for is_full, has in ((True, standing["has_full"]), (False, standing["has_limited"])):
        if has:
            yield level_word(is_full=is_full)


def _staff(session: Session, client_ids: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """Who looks after each."""
    query = select_rows(col(ClientAssignment.client_id), col(ClientAssignment.staff_id))
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for client_id, staff_id in session.execute(query.where(col(ClientAssignment.client_id).in_(client_ids))):
        found[client_id].append(staff_id)
    return found
