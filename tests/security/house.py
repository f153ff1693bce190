"""One of everything at a firm that is looked at, and everybody who looks: the people of `tests/security/matrix.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel

from portal_app.domain.actors import Actor, Role
from portal_app.domain.automations import Trigger
from portal_app.domain.names import name_key
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    Automation,
    ClassicEntry,
    Client,
    ClientRequest,
    Comment,
    Contact,
    Document,
    Firm,
    HandOver,
    Notification,
    Recipient,
    Section,
    SectionKind,
    Staff,
    StoredFile,
    Task,
    TemplateSection,
    TemplateTask,
    WorkTemplate,
)
from portal_app.services.documents import document_uploads, documents, folders
from portal_app.services.documents.document_uploads import Place
from portal_app.services.files import uploads
from tests.files.tools import bring, pdf
from tests.security.matrix import Person
from tests.world import World

OF_CLIENT = "Quetzalcoatl"
"""In the names of the client, its contact and its work."""
OF_REQUEST = "Xolotl"
"""In all of a request that was sent to the contact with full access alone."""
OF_STAFF = "Mictlantecuhtli"
"""In a draft, a staff section, and a note of staff: what no client ever sees."""
OF_REST = "Huitzilopochtli"
"""In the task beside the one that was handed over."""
EVERYTHING = (OF_CLIENT, OF_REQUEST, OF_STAFF, OF_REST)

LOG, REFUSALS = "audit_entry", ("access:refused", "sign_in:refused")
"""That somebody was refused is meant to be written down (asvs 53)."""


@dataclass(frozen=True)
class Looker:
    """Somebody with their cookies, words they may not read, and rows of their own; `ids` name them in rows."""

    name: str
    person: Person
    cookies: dict[str, str]
    hidden: tuple[str, ...] = EVERYTHING
    ids: tuple[UUID, ...] = ()
    own: dict[str, UUID] = field(default_factory=dict)
    secret: tuple[UUID, ...] = ()
    """Rows that not even what is the looker's own may touch."""

    def __str__(self) -> str:
        return self.name


@dataclass
class House:
    """The world, the rows that are looked at, and the lookers by name."""

    world: World
    rows: dict[str, UUID]
    lookers: dict[str, Looker]


def build(world: World) -> House:
    """Everything, in one firm; and another firm with as much."""
    world.change(world.firm, portal_on_at=world.clock.now())
    watched = _Client(world, world.firm, OF_CLIENT, OF_REQUEST, inside=OF_STAFF)
    lookers = [*_outsiders(world, watched.secret), *_staff(world), *_insiders(world, watched)]
    return House(world, watched.rows, {looker.name: looker for looker in lookers})


def snapshot(world: World, *, firm: UUID | None = None, apart: Looker | None = None) -> dict[str, list[str]]:
    """Every row that a call may not change: all, or those of one firm; `apart` from what is the looker's own.

    *Last seen* is no change.
    """
    tables = {}
    with world.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            query = select(*[column for column in table.columns if column.name != "last_seen_at"])
            if table.name == LOG:
                query = query.where(table.columns["action"].not_in(REFUSALS))
            if firm is not None and "firm_id" not in table.columns:
                continue
            if firm is not None:
                query = query.where(table.columns["firm_id"] == firm)
            rows = map(repr, connection.execute(query))
            tables[table.name] = sorted(row for row in rows if apart is None or not _is_own(row, apart))
    return tables


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows that are not as they were, by table."""
    return {
        name: sorted(set(rows) ^ set(before[name])) for name, rows in after.items() if rows != before[name]
    }


def _is_own(row: str, looker: Looker) -> bool:
    """Whether a row is about the looker and touches nothing that they may not read."""
    return _names(row, looker.ids) and not _names(row, looker.secret)


def _names(row: str, ids: tuple[UUID, ...]) -> bool:
    return any(str(one) in row or one.hex in row for one in ids)


class _Client:
    """A client with one of everything: `name` in names, `word` in what was sent, `inside` in what no client sees."""

    def __init__(self, world: World, firm: Firm, name: str, word: str, *, inside: str) -> None:
        self.world, self.firm, self.inside, now = world, firm, inside, world.clock.now()
        self.staff: Staff = world.all(Staff, firm_id=firm.id)[0]
        self.client: Client = world.new_client(f"{name} Inc.", firm=firm, assigned=self.staff)
        self.contact: Contact = world.new_contact(self.client, f"Marie {name}")
        world.give_account(self.contact, self.client)
        self.work = world.new_work(self.client, f"{name} 2025", assignee_id=self.staff.id)
        self.request = self.sent(f"{word} papers", [f"T4 of {word}"], self.contact)
        draft = world.draft_request(
            self.client,
            tasks=[f"T5 of {inside}"],
            to=[self.contact],
            name=f"{inside} draft",
            work=self.work,
        )
        (task,) = world.tasks(self.request)
        self.rows = {
            "client": self.client.id,
            "contact": self.contact.id,
            "work": self.work.id,
            "request": self.request.id,
            "draft": draft.id,
            "task": task.id,
            "file": self.file(task, f"{word}.pdf"),
            **self.document(word, self.world.actor(self.staff)),
            "staff": self.staff.id,
            "notification": self._notification(task),
            "section": self._staff_section(),
            "automation": self._automation(name),
            **self._template(word),
        }
        about = {"firm_id": firm.id, "task_id": task.id, "at": now}
        world.put(
            Comment(body=f"Where is {word}?", contact_id=self.contact.id, **about),
            Comment(body=f"Call {inside}", staff_id=self.staff.id, is_note=True, **about),
        )

    @property
    def secret(self) -> tuple[UUID, ...]:
        """Its rows, without the staff member whom it shares with others."""
        return tuple(row_id for name, row_id in self.rows.items() if name != "staff")

    def sent(self, name: str, tasks: list[str], *people: Contact) -> ClientRequest:
        """A request that has left."""
        world, now = self.world, self.world.clock.now()
        request = world.draft_request(self.client, tasks=tasks, to=people, name=name, work=self.work)
        world.change(request, sent_at=now, sent_by_staff_id=self.staff.id)
        for row in world.all(Recipient, request_id=request.id):
            world.change(row, last_sent_at=now)
        return request

    def file(self, task: Task, name: str) -> UUID:
        """The firm's, of some bytes."""
        actor, body = self.world.actor(self.staff), pdf(40)
        bring(self.world, uploads.start_upload(self.world.ports, actor, task.id, name, len(body))[0], body)
        made: UUID = self.world.all(StoredFile, task_id=task.id)[0].id
        return made

    def document(self, word: str, by: Actor) -> dict[str, UUID]:
        """A folder, and in it a document that the client shares."""
        world, body = self.world, pdf(40)
        staff = world.actor(self.staff)
        folder = folders.add_folder(world.ports, staff, self.client.id, f"{word} folder", shown=by is staff)
        place = Place(self.client.id, folder if by.is_staff else None)
        token, _ = document_uploads.start_upload(world.ports, by, place, f"{word} letter.pdf", len(body))
        receipt = bring(world, token, body)
        assert receipt is not None
        (made,) = world.all(Document, file_id=receipt.file_id)
        if not by.is_staff:
            documents.move_documents(world.ports, staff, [made.id], folder)
        return {"folder": folder, "document": made.id}

    def _notification(self, task: Task) -> UUID:
        made: UUID = self.world.put(
            Notification(
                firm_id=self.firm.id,
                staff_id=self.staff.id,
                kind="question_asked",
                client_id=self.client.id,
                task_id=task.id,
                at=self.world.clock.now(),
            )
        ).id
        return made

    def _staff_section(self) -> UUID:
        now, firm = self.world.clock.now(), self.firm.id
        section = Section(
            firm_id=firm, work_item_id=self.work.id, kind=SectionKind.STAFF, name=self.inside, created_at=now
        )
        self.world.put(
            section, Task(firm_id=firm, section_id=section.id, title=f"Check {self.inside}", created_at=now)
        )
        return section.id

    def _automation(self, name: str) -> UUID:
        row = Automation(
            firm_id=self.firm.id,
            name=f"{name} moves on",
            trigger=next(iter(Trigger)),
            created_at=self.world.clock.now(),
        )
        made: UUID = self.world.put(row).id
        return made

    def _template(self, word: str) -> dict[str, UUID]:
        now, firm, title = self.world.clock.now(), self.firm.id, f"Template {word}"
        template = WorkTemplate(firm_id=firm, title=title, title_key=name_key(title), created_at=now)
        section = TemplateSection(
            firm_id=firm, template_id=template.id, kind=SectionKind.CLIENT, name=word, created_at=now
        )
        task = TemplateTask(firm_id=firm, section_id=section.id, title=f"Slip of {word}", created_at=now)
        self.world.put(template, section, task)
        return {"template": template.id, "template_section": section.id, "template_task": task.id}


def _session(world: World, firm: UUID, **who: UUID) -> tuple[dict[str, str], UUID]:
    row, token = world.new_session(firm_id=firm, **who)
    return {"staff" if "staff_id" in who else "client": token}, row.id


def _outsiders(world: World, secret: tuple[UUID, ...]) -> list[Looker]:
    other = world.new_firm("Other CPA", slug="other")
    rival = world.new_staff("Rival Owner", role=Role.OWNER, firm=other)
    abroad, neighbour = (
        _Client(world, other, "Abroad", "Faraway", inside="Withheld"),
        _Client(world, world.firm, "Neighbour", "Near", inside="Withheld"),
    )
    cookies, session = _session(world, other.id, staff_id=rival.id)
    ids = (other.id, rival.id, session, *abroad.rows.values())
    return [
        Looker("nobody", Person.NOBODY, {}),
        Looker("a browser without a grant", Person.LINK, {"device": world.new_device()[1]}),
        Looker("another firm's owner", Person.OWNER, cookies, EVERYTHING, ids, abroad.rows, secret),
        _client(world, "another client of the firm", neighbour, secret),
        _client(world, "another firm's client", abroad, secret),
    ]


def _client(world: World, name: str, of: _Client, secret: tuple[UUID, ...]) -> Looker:
    cookies, session = _session(world, of.firm.id, contact_id=of.contact.id)
    ids = (session, *of.rows.values())
    return Looker(name, Person.FULL, cookies, EVERYTHING, ids, of.rows, secret)


def _staff(world: World) -> list[Looker]:
    admin = world.new_staff("Admin of the house", role=Role.ADMIN)
    member = world.new_staff("Member of the house")
    of_house = ((Person.OWNER, world.owner), (Person.ADMIN, admin), (Person.MEMBER, member))
    return [
        Looker(f"the {person}", person, _session(world, world.firm.id, staff_id=staff.id)[0], hidden=())
        for person, staff in of_house
    ]


def _insiders(world: World, watched: _Client) -> list[Looker]:
    """People of the watched client itself, each with a request of their own beside the watched one."""
    rows = watched.rows
    hidden_from_all = (rows["draft"], rows["section"], rows["notification"])
    hidden_from_most = (
        *hidden_from_all,
        *(rows[name] for name in ("request", "task", "file", "folder", "document")),
    )
    cookies, session = _session(world, world.firm.id, contact_id=watched.contact.id)
    ids = (watched.contact.id, session, rows["request"], rows["task"], rows["file"])
    insiders = [Looker("full access", Person.FULL, cookies, (OF_STAFF,), ids, rows, hidden_from_all)]
    for person in (Person.LIMITED, Person.LINK, Person.CLASSIC, Person.HANDED):
        who: Contact = world.new_contact(watched.client, f"Insider {person.name.title()}")
        request = watched.sent("Papers of your own", ["First of yours", f"Second, {OF_REST}"], who)
        cookies, ids = _way_in(world, watched.client, person, who, request)
        words = (OF_REQUEST, OF_STAFF) + ((OF_REST,) if person is Person.HANDED else ())
        task, beside = world.tasks(request)
        own = rows | {"request": request.id, "task": task.id, "beside": beside.id, "contact": who.id}
        own["file"] = watched.file(task, "Yours.pdf")
        if person is Person.LIMITED:
            own |= watched.document("Yours", world.signed_in(who))
            ids += (own["folder"], own["document"])
        grants = [grant.id for grant in world.all(AccessGrant, request_id=request.id)]
        ids += (request.id, task.id, beside.id, own["file"], *grants)
        beside_too = (beside.id,) if person is Person.HANDED else ()
        insiders.append(Looker(str(person), person, cookies, words, ids, own, hidden_from_most + beside_too))
    return insiders


def _way_in(
    world: World, client: Client, person: Person, who: Contact, request: ClientRequest
) -> tuple[dict[str, str], tuple[UUID, ...]]:
    if person is Person.LIMITED:
        world.give_account(who, client, level=AccessLevel.LIMITED)
        cookies, session = _session(world, world.firm.id, contact_id=who.id)
        return cookies, (who.id, session)
    device, token = world.new_device()
    assert device.device_id is not None
    now, later = world.clock.now(), world.clock.now() + timedelta(days=30)
    common: dict[str, Any] = {"firm_id": client.firm_id, "created_at": now, "expires_at": later}
    bound = {"device_id": device.device_id, "claimed_at": now}
    grant = world.put(
        AccessGrant(
            request_id=request.id,
            recipient_id=world.all(Recipient, request_id=request.id)[0].id,
            contact_id=who.id,
            classic_at=now if person is Person.CLASSIC else None,
            **(bound if person is Person.LINK else {}),
            **common,
        )
    )
    if person is Person.CLASSIC:
        entry = {"grant_id": grant.id, "device_id": device.device_id, "entered_at": now, "expires_at": later}
        world.put(ClassicEntry(firm_id=client.firm_id, **entry))
    if person is Person.HANDED:
        first = world.tasks(request)[0]
        about = {"task_id": first.id, "request_id": request.id, "grant_id": grant.id, "contact_id": who.id}
        world.put(HandOver(name="Paul Roy", email="paul@elsewhere.example", **about, **bound, **common))
    return {"device": token}, (who.id, device.device_id)
