"""A client's documents as staff see them: one folder at a time, with whom each is shared and who opened it (10.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app import routes
from portal_app.domain import file_kinds
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    Contact,
    Document,
    DocumentReading,
    DocumentShare,
    Firm,
    Folder,
    PortalAccess,
    SharedWith,
    StoredFile,
)
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.documents import document_rows, gone_views
from portal_app.services.documents.document_rows import Listed, Row
from portal_app.services.documents.folders import Tree, order
from portal_app.services.documents.gone_views import GoneRow
from portal_app.services.documents.visible import LEVELS
from portal_app.services.files.there import there
from portal_app.services.files.uploads import limits_of
from portal_app.services.firm.firm_days import day_of, today
from portal_app.services.work.work_words import Choice
from portal_app.text import _, format_size, ngettext
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document; `named` are the ids of contacts it is shared with by name."""

    id: str = ""
    file_id: str = ""
    name: str = ""
    href: str = ""
    has_preview: bool = False
    by: str = ""
    at: str = ""
    size: str = ""
    is_clients: bool = False
    is_damaged: bool = False
    is_checking: bool = False
    shared_with: str = ""
    drawing: str = ""
    shared: str = ""
    named: list[str] = field(default_factory=list)
    opened: str = ""
    versions: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder in the one that is shown; `is_shown` says that full access sees it empty, too."""

    id: str = ""
    name: str = ""
    href: str = ""
    detail: str = ""
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """A folder above, and its address."""

    name: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A contact a document can be shared with by name, and what their access is."""

    id: str = ""
    name: str = ""
    access: str = ""


@dataclass(frozen=True, slots=True)
class DocumentsView:
    """The page, in the reader's language."""

    id: str = ""
    name: str = ""
    folder_id: str = ""
    folder_name: str = ""
    is_shown: bool = False
    place: str = ""
    crumbs: list[Crumb] = field(default_factory=list)
    folders: list[FolderRow] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)
    summary: str = ""
    older: str = ""
    zip: str = ""
    zip_all: str = ""
    zip_documents: str = ""
    limits: str = ""
    full: str = ""
    people: list[PersonRow] = field(default_factory=list)
    targets: list[Choice] = field(default_factory=list)
    can_add_folder: bool = False
    gone: list[GoneRow] = field(default_factory=list)
    gone_text: str = ""
    is_archived: bool = False
    bells: list[str] = field(default_factory=list)


def documents_view(
    ports: Ports, actor: Actor, client_id: UUID, folder_id: UUID | None = None, find: str = ""
) -> DocumentsView:
    """One folder of a client of the firm, or its top; with `find`, what bears these words anywhere. Raises `NotFound`."""
    with reading(ports, actor) as work:
        client = access.client(work, client_id, Permission.DOCUMENT_READ)
        firm = work.session.get_one(Firm, client.firm_id)
        return _Reader(work, firm, client, folder_id, find).view()


class _Reader:
    """Reads one folder."""

    def __init__(self, work: Work, firm: Firm, client: Client, folder_id: UUID | None, find: str) -> None:
        self.work, self.firm, self.client = work, firm, client
        self.tree = Tree(work, client.id)
        if folder_id is not None and folder_id not in self.tree.rows:
            raise NotFound(_("There is nothing here."))
        self.folder = self.tree.rows[folder_id] if folder_id else None
        self.words = name_key(find).split()

    def view(self) -> DocumentsView:
        folder, client_id = self.folder, self.client.id
        listed = self._listed()
        rows = listed.rows
        people, full = self._people()
        every = self._sizes()
        return DocumentsView(
            id=str(client_id),
            name=self.client.name,
            folder_id=str(folder.id) if folder else "",
            folder_name=folder.name if folder else "",
            is_shown=folder is not None and folder.shown_at is not None,
            place=f"{client_id}/{folder.id if folder else ''}",
            crumbs=self._crumbs(),
            folders=self._folders(every),
            documents=self._documents(rows),
            summary=document_rows.summary([row.file.size for row in rows]),
            older=document_rows.older(self.words, has_more=listed.has_more),
            zip=self._zip(folder, rows),
            zip_all=routes.to(routes.CLIENT_ZIP, id=client_id) if every or self._has_handed_in() else "",
            zip_documents=routes.to(routes.DOCUMENTS_ZIP, id=client_id),
            limits=_("Up to {size} a file.").format(size=format_size(limits_of(self.firm).largest_file)),
            full=full,
            people=people,
            targets=self._targets(),
            can_add_folder=folder is None or len(self.tree.path(folder.id)) < LEVELS,
            gone=gone_views.gone(self.work, self.firm, self.client),
            gone_text=gone_views.kept_for(self.firm),
            is_archived=self.client.archived_at is not None,
            bells=[f"documents:{client_id}", f"firm:{self.firm.id}"],
        )

    def _listed(self) -> Listed:
        where = [*document_rows.here(self.client.id)]
        if not self.words:
            place = col(Document.folder_id)
            where.append(place == self.folder.id if self.folder else place.is_(None))
        return document_rows.newest(self.work, *where, words=self.words)

    def _zip(self, folder: Folder | None, rows: Sequence[Row]) -> str:
        if folder is not None:
            return routes.to(routes.FOLDER_ZIP, id=folder.id) if rows else ""
        return routes.to(routes.DOCUMENTS_ZIP, id=self.client.id) if rows or self.tree.rows else ""

    def _has_handed_in(self) -> bool:
        """Whether anything lies on a task of the client's."""
        query = select_rows(col(StoredFile.id)).where(
            col(StoredFile.client_id) == self.client.id, col(StoredFile.task_id).is_not(None), there()
        )
        return self.work.session.execute(query.limit(1)).first() is not None

    def _crumbs(self) -> list[Crumb]:
        top = Crumb(_("All folders"), self._href(None))
        if self.folder is None:
            return []
        return [top, *(Crumb(row.name, self._href(row.id)) for row in self.tree.path(self.folder.id)[:-1])]

    def _href(self, folder_id: UUID | None) -> str:
        page = routes.to(routes.CLIENT_DOCUMENTS, id=self.client.id)
        return f"{page}?folder={folder_id}" if folder_id else page

    def _sizes(self) -> dict[UUID | None, list[int]]:
        query = (
            select_rows(col(Document.folder_id), col(StoredFile.size))
            .join(StoredFile, col(StoredFile.id) == Document.file_id)
            .where(*document_rows.here(self.client.id))
        )
        found: dict[UUID | None, list[int]] = {}
        for folder_id, size in self.work.session.execute(query):
            found.setdefault(folder_id, []).append(size)
        return found

    def _folders(self, sizes: dict[UUID | None, list[int]]) -> list[FolderRow]:
        if self.words:
            return []
        above = self.folder.id if self.folder else None
        inside = [row for row in self.tree.rows.values() if row.parent_id == above]
        return [
            FolderRow(
                id=str(row.id),
                name=row.name,
                href=self._href(row.id),
                detail=document_rows.summary(
                    [size for one in self.tree.below(row.id) for size in sizes.get(one, [])]
                )
                or _("empty"),
                is_shown=row.shown_at is not None,
            )
            for row in sorted(inside, key=order)
        ]

    def _documents(self, rows: Sequence[Row]) -> list[DocumentRow]:
        ids = [row.document.id for row in rows]
        named, opened, versions = self._named(ids), self._opened(ids), self._versions(ids)
        return [
            self._document(row, named.get(row.document.id, []), opened, versions.get(row.document.id, 1))
            for row in rows
        ]

    def _document(
        self, row: Row, named: Sequence[tuple[UUID, str]], opened: dict[UUID, str], versions: int
    ) -> DocumentRow:
        document, file = row.document, row.file
        drawing, shared = self._shared(document, [name for _id, name in named])
        in_folder = document.folder_id if document.folder_id in self.tree.rows else None
        path = self.tree.path(in_folder) if in_folder and self.words else []
        return DocumentRow(
            id=str(document.id),
            file_id=str(file.id),
            name=document.name,
            href=routes.to(routes.DOWNLOAD, id=file.id),
            has_preview=file_kinds.has_preview(
                document.name, file.size, is_checking=file.checking_since is not None
            ),
            by=row.by,
            at=self._day(file),
            size=format_size(file.size),
            is_clients=document.contact_id is not None,
            is_damaged=file.damaged_at is not None,
            is_checking=file.checking_since is not None,
            shared_with=document.shared_with.value,
            drawing=drawing,
            shared=shared,
            named=[str(contact_id) for contact_id, _name in named],
            opened=opened.get(document.id, ""),
            versions=ngettext("{n} version", "{n} versions", versions) if versions > 1 else "",
            folder=" / ".join(folder.name for folder in path),
        )

    def _shared(self, document: Document, names: Sequence[str]) -> tuple[str, str]:
        """With whom, in words, and the sign beside them."""
        if document.shared_with is SharedWith.STAFF:
            return "lock", _("Staff only")
        people = ", ".join(names)
        if document.shared_with is SharedWith.NAMED:
            return "user", people
        return "eye", f"{_('Full access')}, {people}" if people else _("Full access")

    def _day(self, file: StoredFile) -> str:
        return spoken.short_day(day_of(self.firm, file.completed_at), today(self.firm, self.work.now))

    def _named(self, ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
        query = (
            select_rows(col(DocumentShare.document_id), col(Contact.id), col(Contact.name))
            .join(Contact, col(Contact.id) == DocumentShare.contact_id)
            .where(col(DocumentShare.document_id).in_(list(ids)))
            .order_by(col(Contact.name))
        )
        found: dict[UUID, list[tuple[UUID, str]]] = {}
        for document_id, contact_id, name in self.work.session.execute(query):
            found.setdefault(document_id, []).append((contact_id, name))
        return found

    def _opened(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        query = (
            select_rows(DocumentReading, col(Contact.name))
            .join(Contact, col(Contact.id) == DocumentReading.contact_id)
            .where(col(DocumentReading.document_id).in_(list(ids)))
            .order_by(col(DocumentReading.first_at))
        )
        found: dict[UUID, list[str]] = {}
        now = today(self.firm, self.work.now)
        for reading_row, name in self.work.session.execute(query):
            on = spoken.short_day(day_of(self.firm, reading_row.first_at), now)
            found.setdefault(reading_row.document_id, []).append(f"{name}, {on}")
        return {key: _("Opened by {people}").format(people=" · ".join(found[key])) for key in found}

    def _versions(self, ids: Iterable[UUID]) -> dict[UUID, int]:
        query = (
            select_rows(col(StoredFile.document_id), func.count())
            .where(col(StoredFile.document_id).in_(list(ids)))
            .group_by(col(StoredFile.document_id))
        )
        return {document_id: count for document_id, count in self.work.session.execute(query) if document_id}

    def _people(self) -> tuple[list[PersonRow], str]:
        """Who can be named, and a sentence on who has full access."""
        query = (
            select_rows(Contact, PortalAccess)
            .join(ClientContact, col(ClientContact.contact_id) == Contact.id)
            .outerjoin(
                PortalAccess,
                (col(PortalAccess.contact_id) == Contact.id)
                & (col(PortalAccess.client_id) == self.client.id),
            )
            .where(col(ClientContact.client_id) == self.client.id, col(Contact.archived_at).is_(None))
            .order_by(col(Contact.name_key), col(Contact.id))
        )
        found = [(contact, given) for contact, given in self.work.session.execute(query)]
        full = [contact.name for contact, given in found if _is_full(given)]
        people = [PersonRow(str(contact.id), contact.name, _access(given)) for contact, given in found]
        if not full:
            return people, _("nobody yet; it waits for whoever gets it")
        return people, ", ".join(full)

    def _targets(self) -> list[Choice]:
        """Every folder, with those above it in its name."""
        paths = [self.tree.path(row_id) for row_id in self.tree.rows]
        paths.sort(key=lambda path: [order(row) for row in path])
        return [Choice(str(path[-1].id), " / ".join(row.name for row in path)) for path in paths]


def _is_full(given: PortalAccess | None) -> bool:
    return given is not None and given.status is AccessStatus.ACCEPTED and given.level is AccessLevel.FULL


def _access(given: PortalAccess | None) -> str:
    if given is None or given.status is not AccessStatus.ACCEPTED:
        return _("no portal access yet")
    return _("full access") if given.level is AccessLevel.FULL else _("limited access")
