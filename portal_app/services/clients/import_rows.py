"""The rows of what a file brings, written some thousand at a time (2.1)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from portal_app import standings
from portal_app.domain.import_columns import kind_of, language_of
from portal_app.domain.names import name_key
from portal_app.domain.sign_in import email_key
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    Contact,
    ContactImport,
    Firm,
    ImportInvitation,
    PortalAccess,
    new_id,
)
from portal_app.services.clients import import_plan
from portal_app.services.clients.import_plan import Link, NewClient, NewContact, Plan
from portal_app.services.clients.import_wishes import Wishes
from portal_app.work import Work

IN_ORDER: Final = (
    Client,
    ClientAssignment,
    Contact,
    ClientContact,
    PortalAccess,
    ImportInvitation,
    Activity,
)
"""Parents come before children."""

Values = dict[str, Any]


class Bringing:
    """Makes each new client and contact of a plan once, and what hangs on them; nothing is written before the end."""

    def __init__(self, work: Work, row: ContactImport, wishes: Wishes) -> None:
        self.work, self.row, self.wishes = work, row, wishes
        self.firm = work.session.get_one(Firm, row.firm_id)
        self.made: defaultdict[type[SQLModel], list[Values]] = defaultdict(list)
        self.clients: dict[int, Values] = {}
        self.contacts: dict[int, Values] = {}

    def bring(self, found: Plan, links: list[Link]) -> None:
        """Write it all. Raises `IntegrityError` where somebody took an address meanwhile."""
        for client in found.clients:
            self._client(client)
        for contact in found.contacts:
            self._contact(contact)
        for link in links:
            self._link(link)
        if self.wishes.portal:
            self._switch_on(links)
        if self.wishes.level is not None:
            self._give(links, self.wishes.level)
        self.work.session.flush()
        for kind in IN_ORDER:
            if self.made[kind]:
                self.work.session.execute(
                    insert(kind), self.made[kind], execution_options=standings.KEPT_BY_HAND
                )
        known = {link.client.id for link in links if isinstance(link.client, Client)}
        for some in import_plan.batches(sorted(known)):
            standings.keep(self.work.session, some)  # of those who are new, the timetable works it out

    def _make(self, table: type[SQLModel], /, **values: Any) -> Values:
        row: Values = {"id": new_id(), "firm_id": self.firm.id, **values}
        self.made[table].append(row)
        return row

    def _client(self, new: NewClient) -> None:
        cells = new.cells
        self.clients[id(new)] = client = self._make(
            Client,
            name=cells.client,
            name_key=name_key(cells.client)[:200],
            kind=ClientKind(kind_of(cells.kind) or "organization"),
            number=cells.file_number,
            notes="",
            portal_on_at=None,
            created_at=self.work.now,
        )
        # Who brings a client in looks after it (2.13).
        self._make(ClientAssignment, client_id=client["id"], staff_id=self.row.staff_id, position=0)
        self._note("client_added", client["id"], None, title=cells.client)

    def _contact(self, new: NewContact) -> None:
        cells = new.cells
        self.contacts[id(new)] = self._make(
            Contact,
            name=cells.name,
            name_key=name_key(cells.name)[:120],
            email=cells.email,
            email_key=email_key(cells.email) or None,
            phone=cells.phone,
            locale=language_of(cells.language) or self.firm.locale,
            bounce_text="",
            created_at=self.work.now,
        )

    def _link(self, link: Link) -> None:
        client_id, contact_id = self._client_id(link), self._contact_id(link)
        self._make(
            ClientContact,
            client_id=client_id,
            contact_id=contact_id,
            title=link.title,
            created_at=self.work.now,
        )
        kind = "contact_linked" if link.is_offered else "contact_added"
        self._note(kind, client_id, contact_id, name=self._name(link))

    def _switch_on(self, links: list[Link]) -> None:
        """The portal of every client to which somebody comes (2.7)."""
        seen: set[UUID] = set()
        for link in links:
            client_id = self._client_id(link)
            if client_id in seen or not self._switched(link):
                continue
            seen.add(client_id)
            name = link.client.name if isinstance(link.client, Client) else link.client.cells.client
            self._note("portal_switched_on", client_id, None, name=name)

    def _switched(self, link: Link) -> bool:
        if isinstance(link.client, Client):
            if link.client.portal_on_at is not None:
                return False
            link.client.portal_on_at = self.work.now
            self.work.add(link.client)
            return True
        row = self.clients[id(link.client)]
        if row["portal_on_at"] is not None:
            return False
        row["portal_on_at"] = self.work.now
        return True

    def _give(self, links: list[Link], level: AccessLevel) -> None:
        """Access for those who have a usable address and none at this client yet; nobody's is changed."""
        there = self._with_access(links)
        for link in links:
            client_id, contact_id = self._client_id(link), self._contact_id(link)
            if not self._is_usable(link) or (client_id, contact_id) in there:
                continue
            self._make(
                PortalAccess,
                client_id=client_id,
                contact_id=contact_id,
                level=level,
                status=AccessStatus.GIVEN,
                created_at=self.work.now,
            )
            self._note("access_given", client_id, contact_id, name=self._name(link))
            if self.wishes.invite:
                self._make(
                    ImportInvitation,
                    import_id=self.row.id,
                    client_id=client_id,
                    contact_id=contact_id,
                    why_not="",
                )

    def _with_access(self, links: list[Link]) -> set[tuple[UUID, UUID]]:
        """Who among known contacts has access at which client; nobody who comes by the file has any."""
        known = sorted({link.contact.id for link in links if isinstance(link.contact, Contact)})
        found: set[tuple[UUID, UUID]] = set()
        for some in import_plan.batches(known):
            query = select(PortalAccess.client_id, PortalAccess.contact_id)
            found.update(self.work.session.exec(query.where(col(PortalAccess.contact_id).in_(some))))
        return found

    def _client_id(self, link: Link) -> UUID:
        found: UUID = (
            link.client.id if isinstance(link.client, Client) else self.clients[id(link.client)]["id"]
        )
        return found

    def _contact_id(self, link: Link) -> UUID:
        if isinstance(link.contact, Contact):
            return link.contact.id
        found: UUID = self.contacts[id(link.contact)]["id"]
        return found

    @staticmethod
    def _name(link: Link) -> str:
        return link.contact.name if isinstance(link.contact, Contact) else link.contact.cells.name

    @staticmethod
    def _is_usable(link: Link) -> bool:
        if isinstance(link.contact, Contact):
            return bool(link.contact.email_key) and link.contact.bounced_at is None
        return bool(link.contact.cells.email)

    def _note(self, kind: str, client_id: UUID, contact_id: UUID | None, **facts: str) -> None:
        """What timelines and the feed tell, as `Work.note` writes it."""
        self._make(
            Activity,
            kind=kind,
            at=self.work.now,
            staff_id=self.work.actor.staff_id,
            client_id=client_id,
            contact_id=contact_id,
            facts=facts,
        )
