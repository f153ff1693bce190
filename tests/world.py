"""A firm in miniature: a real database, a clock that moves when told, captured mail, memory files.

`World` has builders with short names; each writes real rows in transactions of its own and returns them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import Engine, inspect
from sqlmodel import Session, SQLModel, select

from portal_app.adapters.database import EngineSessions
from portal_app.adapters.images import BoxedImages, BoxedPages
from portal_app.adapters.issuers import OidcIssuers
from portal_app.adapters.limits import WindowLimiter
from portal_app.adapters.passwords import Argon2Passwords
from portal_app.adapters.sealer import TinkSealer
from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.names import name_key
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientAssignment,
    ClientContact,
    ClientRequest,
    Contact,
    Device,
    Firm,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    Recipient,
    Section,
    SectionKind,
    Side,
    SignInSession,
    Staff,
    StoredFile,
    Task,
    Upload,
    WorkItem,
)
from portal_app.ports import Ports
from portal_app.settings import Settings
from tests.fakes import CaughtMail, CaughtTexts, HeardBell, MemoryObjects, SetClock

PASSWORD = "correct horse battery"


class World:
    """One firm, its owner, and builders for the rest."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.clock, self.mail, self.objects, self.bell = (
            SetClock(),
            CaughtMail(),
            MemoryObjects(),
            HeardBell(),
        )
        self.texts = CaughtTexts()
        self.settings = Settings(
            _env_file=None, demo=True, data_dir=folder, database_url=engine.url.render_as_string(False)
        )
        self.ports = Ports(
            settings=self.settings,
            sessions=EngineSessions(engine),
            clock=self.clock,
            mailer=self.mail,
            objects=self.objects,
            sealer=TinkSealer.open(self.settings),
            bell=self.bell,
            limiter=WindowLimiter(self.clock),
            passwords=Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)),
            issuers=OidcIssuers(self.clock, may_be_inside=True),
            images=BoxedImages(),
            pages=BoxedPages(),
            texter=self.texts,
        )
        self.firm = self.new_firm("Tremblay Ouellet CPA", slug="tremblay")
        self.owner = self.new_staff("Sophie Ouellet", role=Role.OWNER)
        self.staff = Actor(
            kind=Kind.STAFF, firm_id=self.firm.id, staff_id=self.owner.id, role=Role.OWNER, locale="en"
        )

    # reading

    def all(self, kind: type[SQLModel], /, **where: Any) -> list[Any]:
        """Every row of a table, in order of making: PostgreSQL may use the place of a row that went."""
        query = select(kind).filter_by(**where).order_by(*inspect(kind).primary_key)
        with Session(self.engine) as session:
            return list(session.exec(query))

    def get(self, row: Any) -> Any:
        """The row as it is now."""
        with Session(self.engine) as session:
            return session.get(type(row), row.id)

    def subjects(self) -> list[str]:
        """Subjects of the outbox, in order of queueing."""
        with Session(self.engine) as session:
            return [mail.subject for mail in session.exec(select(OutboxMail).order_by(OutboxMail.id))]

    # building

    def put(self, *rows: Any) -> Any:
        """Write rows; returns the first. Parents come before children."""
        with self.ports.sessions.writing() as session:
            for row in rows:
                session.add(row)
                session.flush()
            session.commit()
        return rows[0]

    def change(self, row: Any, **values: Any) -> Any:
        """Set columns of a row."""
        with self.ports.sessions.writing() as session:
            kept = session.get(type(row), row.id)
            for name, value in values.items():
                setattr(kept, name, value)
            session.add(kept)
            session.commit()
        return kept

    def new_firm(self, name: str, slug: str, **more: Any) -> Firm:
        return self.put(
            Firm(
                name=name,
                slug=slug,
                locale=more.pop("locale", "en"),
                created_at=self.clock.now(),
                portal_on_at=more.pop("portal_on_at", self.clock.now()),
                email_codes_at=more.pop("email_codes_at", self.clock.now()),
                support_email="aide@tremblay.example",
                support_phone="418 555-0142",
                **more,
            )
        )

    def new_staff(
        self, name: str, *, role: Role = Role.MEMBER, firm: Firm | None = None, **more: Any
    ) -> Staff:
        email = more.pop(
            "email", name.lower().replace(" ", ".") + "@" + (firm or self.firm).slug + ".example"
        )
        return self.put(
            Staff(
                firm_id=(firm or self.firm).id,
                name=name,
                email=email,
                email_key=email.casefold(),
                role=role,
                locale=more.pop("locale", "en"),
                password_hash=self.ports.passwords.hash(PASSWORD),
                email_factor_at=more.pop("email_factor_at", self.clock.now()),
                created_at=self.clock.now(),
                **more,
            )
        )

    def actor(self, staff: Staff) -> Actor:
        """A staff member as one who asks."""
        return Actor(kind=Kind.STAFF, firm_id=staff.firm_id, staff_id=staff.id, role=staff.role, locale="en")

    def new_client(
        self, name: str = "Marie-Claude Gagnon", *, firm: Firm | None = None, **more: Any
    ) -> Client:
        staff = more.pop("assigned", None)
        row = self.put(
            Client(
                firm_id=(firm or self.firm).id,
                name=name,
                name_key=name_key(name),
                created_at=self.clock.now(),
                portal_on_at=more.pop("portal_on_at", self.clock.now()),
                **more,
            )
        )
        if firm is None or staff is not None:
            who = staff or self.owner
            self.put(ClientAssignment(firm_id=row.firm_id, client_id=row.id, staff_id=who.id))
        return row

    def new_contact(self, client: Client, name: str = "Marie-Claude Gagnon", **more: Any) -> Contact:
        email = more.pop("email", name.lower().replace(" ", ".") + "@client.example")
        row = self.put(
            Contact(
                firm_id=client.firm_id,
                name=name,
                email=email,
                email_key=email.casefold() or None,
                locale=more.pop("locale", "en"),
                created_at=self.clock.now(),
                **more,
            )
        )
        self.put(
            ClientContact(
                firm_id=client.firm_id, client_id=client.id, contact_id=row.id, created_at=self.clock.now()
            )
        )
        return row

    def give_account(
        self, contact: Contact, client: Client, *, level: AccessLevel = AccessLevel.FULL
    ) -> PortalAccount:
        """Accepted portal access and a sign-in with `PASSWORD`; the firm's portal is switched on."""
        self.change(self.firm, portal_on_at=self.clock.now())
        now = self.clock.now()
        account = PortalAccount(
            firm_id=contact.firm_id,
            contact_id=contact.id,
            password_hash=self.ports.passwords.hash(PASSWORD),
            email_factor_at=now,
            created_at=now,
        )
        access = PortalAccess(
            firm_id=contact.firm_id,
            client_id=client.id,
            contact_id=contact.id,
            level=level,
            status=AccessStatus.ACCEPTED,
            accepted_at=now,
            created_at=now,
        )
        return self.put(account, access)

    def signed_in(self, contact: Contact) -> Actor:
        """A signed-in contact as one who asks, with a session of their own."""
        session = self.new_session(contact_id=contact.id, firm_id=contact.firm_id)[0]
        return Actor(
            kind=Kind.CLIENT,
            firm_id=contact.firm_id,
            contact_id=contact.id,
            session_id=session.id,
            locale="en",
        )

    def confirmed(self, actor: Actor) -> Actor:
        """The same person, who gave their password again a moment ago (4.7); in a session of their own."""
        if actor.session_id is None:
            who = {"staff_id": actor.staff_id, "contact_id": actor.contact_id}
            session, _token = self.new_session(firm_id=actor.firm_id, **who)
            actor = replace(actor, session_id=session.id)
        self.change(self.all(SignInSession, id=actor.session_id)[0], confirmed_at=self.clock.now())
        return actor

    def new_session(self, *, firm_id: UUID, **who: Any) -> tuple[SignInSession, str]:
        """A live session with MFA done, and its cookie's value."""
        token, now = new_token(), self.clock.now()
        row = self.put(
            SignInSession(
                firm_id=firm_id,
                token_hash=token_hash(token),
                created_at=now,
                last_seen_at=now,
                mfa_at=now,
                **who,
            )
        )
        return row, token

    def new_device(self) -> tuple[Actor, str]:
        """A browser with a device cookie, as one who asks, and the cookie's value."""
        token, now = new_token(), self.clock.now()
        row = self.put(Device(token_hash=token_hash(token), created_at=now, last_seen_at=now))
        return Actor(kind=Kind.CLIENT, device_id=row.id, locale="en"), token

    def new_work(self, client: Client, title: str = "2025 return", **more: Any) -> WorkItem:
        return self.put(
            WorkItem(
                firm_id=client.firm_id,
                client_id=client.id,
                title=title,
                created_at=self.clock.now(),
                assignee_id=more.pop("assignee_id", self.owner.id),
                **more,
            )
        )

    def draft_request(
        self,
        client: Client | None = None,
        *,
        tasks: Iterable[str] = ("Bank statements", "T4 slips"),
        to: Iterable[Contact] | None = None,
        due_on: date | None = None,
        name: str = "Documents for 2025",
        work: WorkItem | None = None,
    ) -> ClientRequest:
        """A request with tasks and recipients, not sent."""
        client = client or self.new_client()
        work = work or self.new_work(client)
        now = self.clock.now()
        section = Section(
            firm_id=client.firm_id, work_item_id=work.id, kind=SectionKind.CLIENT, name=name, created_at=now
        )
        request = ClientRequest(
            id=section.id, firm_id=client.firm_id, work_item_id=work.id, client_id=client.id
        )
        people = list(to) if to is not None else [self.new_contact(client)]
        self.put(section, request)
        for number, title in enumerate(tasks):
            self.put(
                Task(
                    firm_id=client.firm_id,
                    section_id=section.id,
                    title=title,
                    due_on=due_on,
                    position=number,
                    created_at=now,
                )
            )
        for person in people:
            self.put(
                Recipient(firm_id=client.firm_id, request_id=request.id, contact_id=person.id, created_at=now)
            )
        return request

    def tasks(self, request: ClientRequest) -> list[Task]:
        """A request's tasks in the firm's order."""
        return sorted(self.all(Task, section_id=request.id), key=lambda task: task.position)

    def new_file(
        self, task: Task, name: str = "T4.pdf", *, side: Side = Side.CLIENT, **by: Any
    ) -> StoredFile:
        """A file that lies on a task, as if it had arrived; it has no parts to download."""
        now, client_id = self.clock.now(), self.all(ClientRequest, id=task.section_id)[0].client_id
        shared = {
            "firm_id": task.firm_id,
            "client_id": client_id,
            "task_id": task.id,
            "side": side,
            "name": name,
        }
        upload, file = whole_file(now, **shared, **by)
        self.put(upload, file)
        return file


def whole_file(now: datetime, **shared: Any) -> tuple[Upload, StoredFile]:
    """An upload that is done and the file that came of it; it has no parts to download."""
    upload = Upload(
        token_hash=token_hash(new_token()),
        length=10,
        received=10,
        sealed_key=b"",
        created_at=now,
        expires_at=now,
        finished_at=now,
        **shared,
    )
    return upload, StoredFile(
        id=upload.id, size=10, sha256=bytes(32), created_at=now, completed_at=now, **shared
    )
