"""The columns of a file of clients and contacts: what each is, by its name in French or English, and what its cells say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal_app.domain.addresses import LONGEST as LONGEST_ADDRESS
from portal_app.domain.addresses import is_mailable
from portal_app.domain.characters import is_control, is_format
from portal_app.domain.csv_files import Line
from portal_app.domain.names import name_key


class Column(StrEnum):
    """What a column can be."""

    CLIENT = "client"
    NUMBER = "number"
    KIND = "kind"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    TITLE = "title"
    LANGUAGE = "language"


class Wrong(StrEnum):
    """What can be wrong with a cell, whatever is in the database."""

    NO_CLIENT = "no_client"
    NO_NAME = "no_name"
    TOO_LONG = "too_long"
    ADDRESS = "address"
    KIND = "kind"
    LANGUAGE = "language"


_NAMES: Final[dict[Column, str]] = {
    Column.CLIENT: "client|client name|nom du client|company|company name|entreprise|societe|organization|organisation"
    "|nom de l entreprise|raison sociale|dossier",
    Column.NUMBER: "number|file number|client number|no|numero|numero de dossier|numero de client|no dossier|no client"
    "|no de dossier|no de client|n|n de dossier|n de client|code|code client|client id|id",
    Column.KIND: "kind|type|client type|type de client|sorte|genre",
    Column.NAME: "contact|contact name|name|full name|nom|nom complet|personne ressource|nom de la personne ressource"
    "|nom du contact",
    Column.FIRST_NAME: "first name|given name|prenom|firstname",
    Column.LAST_NAME: "last name|surname|family name|nom de famille|lastname",
    Column.EMAIL: "email|e mail|email address|e mail address|courriel|adresse courriel|adresse de courriel|mail"
    "|adresse e mail",
    Column.PHONE: "phone|telephone|phone number|tel|mobile|cell|cellulaire|numero de telephone|no de telephone",
    Column.TITLE: "role|title|job title|fonction|titre|poste|role chez le client|role at this client",
    Column.LANGUAGE: "language|langue|locale|lang",
}
_BY_NAME: Final = {name: column for column, names in _NAMES.items() for name in names.split("|")}
LONGEST: Final = {
    Column.CLIENT: 200,
    Column.NUMBER: 40,
    Column.NAME: 120,
    Column.EMAIL: LONGEST_ADDRESS,
    Column.PHONE: 40,
    Column.TITLE: 80,
}
_KINDS: Final = {
    "person": "person|individual|particulier|individu|personne|p|t1",
    "organization": "organization|organisation|company|business|entreprise|societe|organisme|o|t2",
}
_LANGUAGES: Final = {"fr": "fr|french|francais|fr ca|f", "en": "en|english|anglais|en ca|a|e"}


def guessed(head: Sequence[str]) -> dict[Column, int]:
    """Which column is what, by the names in the first line; each is found once, from the left."""
    found: dict[Column, int] = {}
    for place, name in enumerate(head):
        column = _BY_NAME.get(_key(name))
        if column is not None and column not in found:
            found[column] = place
    if Column.FIRST_NAME in found and Column.LAST_NAME not in found and Column.NAME in found:
        found[Column.LAST_NAME] = found.pop(Column.NAME)  # *Prénom, Nom*
    return found


def _key(name: str) -> str:
    return " ".join("".join(mark if mark.isalnum() else " " for mark in name_key(name)).split())


@dataclass(frozen=True, slots=True)
class Cells:
    """A line's cells by what they are, cleaned; `name` is first and last name where they stand apart."""

    number: int
    client: str = ""
    file_number: str = ""
    kind: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    title: str = ""
    language: str = ""

    @property
    def has_contact(self) -> bool:
        """Whether the line is about a person at all."""
        return bool(self.name or self.email or self.phone or self.title)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on a line, in which column, and what stands there."""

    line: int
    column: Column
    wrong: str
    value: str = ""
    other: str = ""
    """The line, name or number that it has to do with."""


def read(line: Line, places: Mapping[Column, int]) -> Cells:
    """The line's cells; a column that is not there, or beyond the line's end, is empty."""

    def cell(column: Column) -> str:
        place = places.get(column)
        found = line.cells[place] if place is not None and place < len(line.cells) else ""
        return " ".join(
            "".join(" " if is_control(mark) else mark for mark in found if not is_format(mark)).split()
        )

    name = cell(Column.NAME) or " ".join(
        part for part in (cell(Column.FIRST_NAME), cell(Column.LAST_NAME)) if part
    )
    return Cells(
        number=line.number,
        client=cell(Column.CLIENT),
        file_number=cell(Column.NUMBER),
        kind=cell(Column.KIND),
        name=name,
        email=cell(Column.EMAIL),
        phone=cell(Column.PHONE),
        title=cell(Column.TITLE),
        language=cell(Column.LANGUAGE),
    )


def faults_of(cells: Cells) -> list[Fault]:
    """What is wrong with a line by itself."""

    def fault(column: Column, wrong: Wrong, value: str = "") -> Fault:
        return Fault(cells.number, column, wrong, value)

    found = []
    if not cells.client and not cells.file_number:
        found.append(fault(Column.CLIENT, Wrong.NO_CLIENT))
    if cells.has_contact and not cells.name:
        found.append(fault(Column.NAME, Wrong.NO_NAME, cells.email))
    values = {
        Column.CLIENT: cells.client,
        Column.NUMBER: cells.file_number,
        Column.NAME: cells.name,
        Column.EMAIL: cells.email,
        Column.PHONE: cells.phone,
        Column.TITLE: cells.title,
    }
    found += [
        fault(column, Wrong.TOO_LONG, value[:60])
        for column, value in values.items()
        if len(value) > LONGEST[column]
    ]
    if cells.email and len(cells.email) <= LONGEST_ADDRESS and not is_mailable(cells.email):
        found.append(fault(Column.EMAIL, Wrong.ADDRESS, cells.email))
    if cells.kind and kind_of(cells.kind) is None:
        found.append(fault(Column.KIND, Wrong.KIND, cells.kind[:60]))
    if cells.language and language_of(cells.language) is None:
        found.append(fault(Column.LANGUAGE, Wrong.LANGUAGE, cells.language[:60]))
    return found


def kind_of(written: str) -> str | None:
    """*person* or *organization*; None where it is neither."""
    return _meant(_KINDS, written)


def language_of(written: str) -> str | None:
    """*fr* or *en*; None where it is neither."""
    return _meant(_LANGUAGES, written)


def _meant(words: Mapping[str, str], written: str) -> str | None:
    key = _key(written)
    return next((meant for meant, names in words.items() if key in names.split("|")), None)
