"""A firm with many requests that are out, written in bulk: each to somebody of their own, in a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from portal_app.domain.names import name_key
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import (
    AccessGrant,
    Client,
    ClientAssignment,
    ClientContact,
    ClientRequest,
    Contact,
    Device,
    Recipient,
    Section,
    SectionKind,
    Task,
    WorkItem,
    new_id,
)
from portal_app.services.portal.filling import fill_standings
from tests.world import World

AT_ONCE = 1_000
Rows = dict[type[SQLModel], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Out:
    """A request that is out, its tasks, and the cookie of the browser that opens it."""

    request_id: UUID
    task_ids: tuple[UUID, ...]
    cookie: str

    def tick_paths(self) -> Iterator[str]:
        """Where each of its tasks is ticked."""
        return (f"/requests/{self.request_id}/tasks/{task}/tick" for task in self.task_ids)


def send_out(world: World, count: int, *, tasks: int, due_on: date, with_standings: bool = True) -> list[Out]:
    """So many requests, each with so many tasks due on a day, as if they had been sent now and opened; with what the
    management page shows of their clients, unless nobody looks at it."""
    plain = _plain(world, due_on)
    found: list[Out] = []
    for start in range(0, count, AT_ONCE):
        rows: Rows = {kind: [] for kind in plain}
        found += [_one(rows, plain, n, tasks) for n in range(start, min(start + AT_ONCE, count))]
        with Session(world.engine) as session:
            for kind, some in rows.items():
                session.execute(insert(kind), some)
            session.commit()
    if with_standings:
        fill_standings(world.ports)
    return found


def settle(world: World, statement: str) -> None:
    """What a database does by itself, sooner or later."""
    with world.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)


def _plain(world: World, due_on: date) -> dict[type[SQLModel], dict[str, Any]]:
    """A row of each table, parents first; ids are put in for each request."""
    now, nobody, firm = world.clock.now(), UUID(int=0), {"firm_id": world.firm.id}
    made = firm | {"created_at": now}
    people = made | {"contact_id": nobody, "request_id": nobody}
    rows = [
        Client(name="", name_key="", portal_on_at=now, **made),
        ClientAssignment(client_id=nobody, staff_id=world.owner.id, **firm),
        Contact(name="", locale="fr", **made),
        ClientContact(client_id=nobody, contact_id=nobody, **made),
        WorkItem(client_id=nobody, title="Déclaration 2025", assignee_id=world.owner.id, **made),
        Section(work_item_id=nobody, kind=SectionKind.CLIENT, name="Documents pour 2025", **made),
        ClientRequest(
            work_item_id=nobody, client_id=nobody, sent_at=now, sent_by_staff_id=world.owner.id, **firm
        ),
        Task(section_id=nobody, title="", due_on=due_on, **made),
        Recipient(first_sent_at=now, last_sent_at=now, **people),
        Device(token_hash=b"", created_at=now, last_seen_at=now),
        AccessGrant(recipient_id=nobody, expires_at=now + timedelta(days=90), claimed_at=now, **people),
    ]
    return {type(row): row.model_dump() for row in rows}


def _one(rows: Rows, plain: dict[type[SQLModel], dict[str, Any]], n: int, tasks: int) -> Out:
    def put(kind: type[SQLModel], **values: Any) -> UUID:
        row = plain[kind] | {"id": new_id()} | values
        rows[kind].append(row)
        found: UUID = row["id"]
        return found

    name, email, cookie = f"Personne {n}", f"personne{n}@client{n % 500}.example", new_token()
    client = put(Client, name=name, name_key=name_key(name), number=f"{n:06}")
    contact = put(Contact, name=name, name_key=name_key(name), email=email, email_key=email)
    put(ClientAssignment, client_id=client)
    put(ClientContact, client_id=client, contact_id=contact)
    work = put(WorkItem, client_id=client)
    request = put(Section, work_item_id=work)
    put(ClientRequest, id=request, work_item_id=work, client_id=client)
    ids = tuple(put(Task, section_id=request, title=f"Relevé {k + 1}", position=k) for k in range(tasks))
    recipient = put(Recipient, request_id=request, contact_id=contact)
    device = put(Device, token_hash=token_hash(cookie))
    put(AccessGrant, request_id=request, recipient_id=recipient, contact_id=contact, device_id=device)
    return Out(request, ids, cookie)
