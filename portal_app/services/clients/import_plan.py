"""What a file would bring, line by line, against what the firm already has: looked at, nothing written (2.1, 2.16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from portal_app.domain.csv_files import Line
from portal_app.domain.import_columns import Cells, Column, Fault, faults_of, read
from portal_app.domain.names import name_key
from portal_app.domain.sign_in import email_key
from portal_app.models import Client, ClientContact, Contact
from portal_app.work import Work

AT_ONCE: Final = 500
"""Values in one look at the database."""

ARCHIVED_CLIENT, ARCHIVED_CONTACT = "archived_client", "archived_contact"
SAME_NAMES, OTHER_CLIENT, OTHER_PERSON = "same_names", "other_client", "other_person"
"""What can be wrong with a line because of what is there, or of another line."""


@dataclass(slots=True)
class NewClient:
    """A client that the file brings, once, whatever number of lines name it."""

    cells: Cells


@dataclass(slots=True)
class NewContact:
    """A contact that the file brings, once."""

    cells: Cells


@dataclass(slots=True)
class Link:
    """A contact at a client, with what they are there; either may be there already or come by the file."""

    number: int
    client: Client | NewClient
    contact: Contact | NewContact
    title: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether the contact is known already: linking them is offered, not done unasked (2.16)."""
        return isinstance(self.contact, Contact)


@dataclass(slots=True)
class Plan:
    """What the lines come to. `idle` are the lines that say what is so already; a faulty line brings nothing."""

    clients: list[NewClient] = field(default_factory=list)
    contacts: list[NewContact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    idle: int = 0
    lines: int = 0


def plan(work: Work, firm_id: UUID, lines: Iterable[Line], places: Mapping[Column, int]) -> Plan:
    """Go through the lines once; the work grows with the file, not with the firm."""
    every = [read(line, places) for line in lines]
    return _Planner(work, firm_id, every).planned()


class _Planner:
    """The firm's rows that the file names, and what earlier lines of it said."""

    def __init__(self, work: Work, firm_id: UUID, every: Sequence[Cells]) -> None:
        self.every, self.found = every, Plan(lines=len(every))
        known = _Known(work, firm_id)
        self.by_number = {
            row.number: row for row in known.rows(Client, col(Client.number), {c.file_number for c in every})
        }
        self.by_name: dict[str, list[Client]] = {}
        keys = {name_key(c.client) for c in every}
        for row in known.rows(Client, col(Client.name_key), keys):
            self.by_name.setdefault(row.name_key, []).append(row)
        emails = {email_key(c.email) for c in every if c.email}
        self.by_email: dict[str, Contact] = {
            row.email_key: row for row in known.rows(Contact, col(Contact.email_key), emails)
        }
        self.linked, self.unmailed = known.links(
            [*self.by_number.values(), *(row for rows in self.by_name.values() for row in rows)]
        )
        self.new_by_number: dict[str, NewClient] = {}
        self.new_by_name: dict[str, NewClient] = {}
        self.new_people: dict[str, NewContact] = {}
        self.said: set[tuple[int, object]] = set()

    def planned(self) -> Plan:
        for cells in self.every:
            wrong = faults_of(cells)
            if not wrong:
                wrong = self._take(cells)
            self.found.faults += wrong
        return self.found

    def _take(self, cells: Cells) -> list[Fault]:
        client = self._client(cells)
        if isinstance(client, Fault):
            return [client]
        contact = self._contact(cells, client) if cells.has_contact else None
        if isinstance(contact, Fault):
            return [contact]
        is_new = isinstance(client, NewClient) and self._add_client(client)
        if contact is None or self._is_said(client, contact, cells):
            self.found.idle += not is_new
            return []
        if isinstance(contact, NewContact) and contact.cells is cells:
            self.found.contacts.append(contact)
        self.found.links.append(Link(cells.number, client, contact, cells.title))
        return []

    def _client(self, cells: Cells) -> Client | NewClient | Fault:
        """By its number, then by its name: the one that is there, one of an earlier line, or a new one."""
        number, key = cells.file_number, name_key(cells.client)
        there = self.by_number.get(number) if number else None
        if there is None:
            named = [row for row in self.by_name.get(key, []) if not number or not row.number]
            if len([row for row in named if row.archived_at is None]) > 1:
                return Fault(cells.number, Column.CLIENT, SAME_NAMES, cells.client)
            there = next((row for row in named if row.archived_at is None), next(iter(named), None))
        if there is not None:
            if there.archived_at is not None:
                return Fault(cells.number, Column.CLIENT, ARCHIVED_CLIENT, cells.client or number)
            return there
        before = self.new_by_number.get(number) if number else self.new_by_name.get(key)
        if before is not None:
            if cells.client and name_key(before.cells.client) != key:
                other = str(before.cells.number)
                return Fault(cells.number, Column.NUMBER, OTHER_CLIENT, number, other)
            return before
        if not cells.client:
            return Fault(cells.number, Column.CLIENT, "no_client", number)
        return NewClient(cells)

    def _add_client(self, client: NewClient) -> bool:
        number, key = client.cells.file_number, name_key(client.cells.client)
        known = self.new_by_number if number else self.new_by_name
        if (number or key) in known:
            return False
        known[number or key] = client
        if number:
            self.new_by_name.setdefault(key, client)
        self.found.clients.append(client)
        return True

    def _contact(self, cells: Cells, client: Client | NewClient) -> Contact | NewContact | Fault:
        """By the address, which belongs to one contact of a firm; without one, by name within the client."""
        key = email_key(cells.email)
        if key and (there := self.by_email.get(key)) is not None:
            if there.archived_at is not None:
                return Fault(cells.number, Column.EMAIL, ARCHIVED_CONTACT, cells.email, there.name)
            return there
        mark = key or f"{_id(client)} {name_key(cells.name)}"
        before = self.new_people.get(mark)
        if before is not None and key and name_key(before.cells.name) != name_key(cells.name):
            return Fault(cells.number, Column.EMAIL, OTHER_PERSON, cells.email, str(before.cells.number))
        if before is None:
            before = self.new_people[mark] = NewContact(cells)
        return before

    def _is_said(self, client: Client | NewClient, contact: Contact | NewContact, cells: Cells) -> bool:
        """Whether this contact is at this client already, or an earlier line says so."""
        if isinstance(client, Client):
            if isinstance(contact, Contact) and (client.id, contact.id) in self.linked:
                return True
            if not cells.email and (client.id, name_key(cells.name)) in self.unmailed:
                return True
        pair = (_id(client), contact.id if isinstance(contact, Contact) else id(contact))
        if pair in self.said:
            return True
        self.said.add(pair)
        return False


def _id(client: Client | NewClient) -> int:
    return client.id.int if isinstance(client, Client) else id(client)


class _Known:
    """Looks into the firm's rows by the values that a file holds, some hundred at a time."""

    def __init__(self, work: Work, firm_id: UUID) -> None:
        self.work, self.firm_id = work, firm_id

    def rows(self, kind: type[Any], column: ColumnElement[Any] | Any, values: Iterable[str]) -> list[Any]:
        found: list[Any] = []
        for some in batches(sorted({value for value in values if value})):
            query = select(kind).where(kind.firm_id == self.firm_id, column.in_(some))
            found += self.work.session.exec(query)
        return found

    def links(self, clients: Sequence[Client]) -> tuple[set[tuple[UUID, UUID]], set[tuple[UUID, str]]]:
        """Who is linked to these clients: by id, and those without an address by name."""
        linked: set[tuple[UUID, UUID]] = set()
        unmailed: set[tuple[UUID, str]] = set()
        for some in batches(sorted({row.id for row in clients})):
            query = (
                select(ClientContact.client_id, Contact.id, Contact.name_key, Contact.email_key)
                .join(Contact, col(Contact.id) == ClientContact.contact_id)
                .where(col(ClientContact.client_id).in_(some))
            )
            for client_id, contact_id, key, email in self.work.session.exec(query):
                linked.add((client_id, contact_id))
                if not email:
                    unmailed.add((client_id, key))
        return linked, unmailed


def batches(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The values, some hundred at a time."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
