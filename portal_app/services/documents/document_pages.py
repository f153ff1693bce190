"""The signed-in contact's documents, for the client shown: in folders, and with the requests they came by (9.3, 10.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app import routes
from portal_app.domain import file_kinds
from portal_app.domain.actors import Actor
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import Contact, Firm, Folder, HandOver, Staff, StoredFile, Task
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.documents import document_rows, visible
from portal_app.services.documents.document_rows import Row
from portal_app.services.documents.folders import Tree, order
from portal_app.services.files.there import there
from portal_app.services.files.uploads import limits_of
from portal_app.services.firm.brand import brand_css
from portal_app.services.firm.client_frames import ClientFrame, framed
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home import home_rows, switching
from portal_app.services.home.home_rows import Reached, SeenRequest
from portal_app.services.home.switching import ClientLine
from portal_app.services.notices import notice_views
from portal_app.services.notices.notice_views import News
from portal_app.text import _, format_size
from portal_app.work import Work, reading

MOST_REQUESTS: Final = 40


@dataclass(frozen=True)
class DocumentLine:
    """A document as its folder lists it; `look` is its preview, empty where there is none."""

    id: str = ""
    name: str = ""
    href: str = ""
    look: str = ""
    by: str = ""
    at: str = ""
    size: str = ""
    file_id: str = ""
    place: str = ""
    """Where a new version that the reader brings goes up, empty where it is not theirs to replace."""


@dataclass(frozen=True)
class FolderLine:
    """A folder with all above it in its title; `place` is where an upload into it is known by, empty where none goes."""

    id: str = ""
    title: str = ""
    documents: list[DocumentLine] = field(default_factory=list)
    summary: str = ""
    zip: str = ""
    place: str = ""
    folder_id: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class DocumentsPage(ClientFrame):
    """The page, in the reader's language."""

    contact_id: str = ""
    here: str = ""
    sign_out_url: str = ""
    person: str = ""
    about: str = ""
    client_id: str = ""
    place: str = ""
    limits: str = ""
    older: str = ""
    zip: str = ""
    empty: str = ""
    clients: list[ClientLine] = field(default_factory=list)
    news: News = field(default_factory=News)
    folders: list[FolderLine] = field(default_factory=list)
    requests: list[FolderLine] = field(default_factory=list)


def documents_page(ports: Ports, actor: Actor, find: str = "") -> DocumentsPage:
    """The page of the signed-in contact; with `find`, what bears these words in its name. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        person, account = access.signed_in(work, Permission.DOCUMENT_VIEW)
        firm = work.session.get_one(Firm, person.firm_id)
        found = switching.switcher(work, person, firm, account.shown_client_id)
        news = notice_views.news(work, person, firm, found)
        page = replace(frame(work, firm, person), clients=found.clients, news=news)
        if found.shown is None:
            text = _("Your account opens no client any more. Ask the firm if you expected one.")
            return replace(page, empty=text)
        mine = [request for request in found.requests if request.client_id == found.shown.id]
        return _Reader(work, firm, person, found.shown, find).fill(page, mine)


def recent(work: Work, contact: Contact, shown: Reached, most: int) -> list[Row]:
    """The documents that came last, of those that the contact sees."""
    seen = visible.to_contact(contact.id, shown.level)
    return document_rows.rows(work, *document_rows.here(shown.id), seen, most=most)


def look_href(row: Row) -> str:
    """Where a document is looked at: its preview, or the download where it has none."""
    if file_kinds.has_preview(
        row.document.name, row.file.size, is_checking=row.file.checking_since is not None
    ):
        return routes.to(routes.DOCUMENT, id=row.document.id)
    return routes.to(routes.DOWNLOAD, id=row.file.id)


def _size(file: StoredFile) -> str:
    size = format_size(file.size)
    return f"{size}, {_('being checked')}" if file.checking_since is not None else size


def frame(work: Work, firm: Firm, person: Contact) -> DocumentsPage:
    """The page with the firm's brand, before any document."""
    page = DocumentsPage(
        contact_id=str(person.id),
        here=routes.DOCUMENTS,
        sign_out_url=routes.to(routes.LOGOUT, firm=firm.slug),
    )
    return framed(page, letterhead(work.ports.settings, firm), brand_css(firm))


class _Reader:
    """Reads one client's documents for one contact."""

    def __init__(self, work: Work, firm: Firm, person: Contact, shown: Reached, find: str) -> None:
        self.work, self.firm, self.person, self.shown = work, firm, person, shown
        self.words = name_key(find).split()

    def fill(self, page: DocumentsPage, requests: Sequence[SeenRequest]) -> DocumentsPage:
        listed = document_rows.newest(
            self.work,
            *document_rows.here(self.shown.id),
            visible.to_contact(self.person.id, self.shown.level),
            words=self.words,
        )
        folders = self._folders(listed.rows)
        asked, has_more = self._requests(requests)
        largest = format_size(limits_of(self.firm).largest_file)
        text = _("You see the documents shared with you and those you handed in. Up to {size} a file.")
        has_any = any(folder.documents for folder in (*folders, *asked))
        return replace(
            page,
            about=self.shown.name,
            client_id=str(self.shown.id),
            place=_place(self.shown.id, None),
            person=home_rows.assigned_to(self.work, self.shown.id),
            limits=text.format(size=largest),
            zip=routes.to(routes.CLIENT_ZIP, id=self.shown.id) if has_any and not self.words else "",
            empty=self._empty() if not (folders or asked) else "",
            folders=folders,
            requests=asked,
            older=document_rows.older(self.words, has_more=listed.has_more or has_more),
        )

    def _empty(self) -> str:
        if self.words:
            return _("No document bears this name.")
        return _("Nothing here yet. Upload a file, or ask the firm to share one.")

    def _folders(self, found: Sequence[Row]) -> list[FolderLine]:
        """What lies at the top first, then folder by folder, each below the one it is in."""
        level, tree = self.shown.level, Tree(self.work, self.shown.id)
        seen = visible.folders(self.work, self.shown.id, self.person.id, level)
        by_folder: dict[UUID | None, list[Row]] = {}
        for row in found:
            at = row.document.folder_id if row.document.folder_id in seen else None
            by_folder.setdefault(at, []).append(row)
        lines = [self._folder(None, "", by_folder[None])] if None in by_folder else []
        paths = {folder_id: tree.path(folder_id) for folder_id in seen}
        for folder_id, path in sorted(paths.items(), key=lambda one: [order(row) for row in one[1]]):
            rows = by_folder.get(folder_id, [])
            if rows or not self.words:
                lines.append(self._folder(path[-1], " / ".join(row.name for row in path), rows))
        return lines

    def _folder(self, folder: Folder | None, title: str, rows: Sequence[Row]) -> FolderLine:
        place = _place(self.shown.id, folder.id if folder and not self.words else None)
        of_folder = routes.to(routes.FOLDER_ZIP, id=folder.id) if folder else ""
        return FolderLine(
            id=str(folder.id) if folder else "top",
            title=title or _("Without a folder"),
            documents=[self._document(row, place) for row in rows],
            summary=document_rows.summary([row.file.size for row in rows]),
            zip=of_folder if rows and not self.words else "",
            place=place if folder and not self.words else "",
            folder_id=str(folder.id) if folder else "",
            is_open=bool(rows),
        )

    def _document(self, row: Row, place: str) -> DocumentLine:
        look = look_href(row)
        return DocumentLine(
            id=str(row.document.id),
            file_id=str(row.file.id),
            name=row.document.name,
            href=routes.to(routes.DOWNLOAD, id=row.file.id),
            look=look,
            by=self._by(row.file, row.by),
            at=document_rows.said_day(self.work, self.firm, row.file),
            size=_size(row.file),
            place=place if row.document.contact_id == self.person.id else "",
        )

    def _by(self, file: StoredFile, name: str) -> str:
        is_own = file.contact_id == self.person.id and file.hand_over_id is None
        return _("You") if is_own else name or self.firm.name

    def _requests(self, requests: Sequence[SeenRequest]) -> tuple[list[FolderLine], bool]:
        """What lies on tasks of requests that they see, the request that was sent last first; and whether more does."""
        newest = list(reversed(requests))
        has_more = not self.words and len(newest) > MOST_REQUESTS
        if has_more:
            newest = newest[:MOST_REQUESTS]
        query = (
            select_rows(
                StoredFile, col(Task.section_id), func.coalesce(HandOver.name, Contact.name), col(Staff.name)
            )
            .join(Task, col(Task.id) == StoredFile.task_id)
            .outerjoin(HandOver, col(HandOver.id) == StoredFile.hand_over_id)
            .outerjoin(Contact, col(Contact.id) == StoredFile.contact_id)
            .outerjoin(Staff, col(Staff.id) == StoredFile.staff_id)
            .where(*self._on_tasks(newest))
            .order_by(col(StoredFile.completed_at).desc(), col(StoredFile.id))
            .limit(document_rows.MOST + 1)
        )
        found = list(self.work.session.execute(query))
        by_request: dict[UUID, list[tuple[StoredFile, str]]] = {}
        for file, request_id, contact, staff in found[: document_rows.MOST]:
            by_request.setdefault(request_id, []).append((file, contact or staff or ""))
        lines = [
            self._request(request, by_request[request.id]) for request in newest if request.id in by_request
        ]
        return lines, has_more or len(found) > document_rows.MOST

    def _on_tasks(self, requests: Sequence[SeenRequest]) -> list[ColumnElement[bool]]:
        """Which files: all on tasks of these requests, or those of them that bear the words."""
        every = [
            col(Task.section_id).in_([request.id for request in requests]),
            col(Task.put_aside_at).is_(None),
            there(),
        ]
        if not self.words:
            return every
        query = (
            select_rows(col(StoredFile.id), col(StoredFile.name))
            .join(Task, col(Task.id) == StoredFile.task_id)
            .where(*every)
            .order_by(col(StoredFile.completed_at).desc(), col(StoredFile.id))
        )
        ids = document_rows.bearing(self.work, query, self.words)
        return [col(StoredFile.id).in_(ids[: document_rows.MOST + 1])]

    def _request(self, request: SeenRequest, files: Sequence[tuple[StoredFile, str]]) -> FolderLine:
        return FolderLine(
            id=str(request.id),
            title=request.title,
            documents=[
                DocumentLine(
                    id=str(file.id),
                    file_id=str(file.id),
                    name=file.name,
                    href=routes.to(routes.DOWNLOAD, id=file.id),
                    look=routes.to(routes.DOWNLOAD, id=file.id),
                    by=self._by(file, name),
                    at=document_rows.said_day(self.work, self.firm, file),
                    size=_size(file),
                )
                for file, name in files
            ],
            summary=document_rows.summary([file.size for file, _name in files]),
            zip="" if self.words else routes.to(routes.REQUEST_ZIP, id=request.id),
            is_open=bool(self.words),
        )


def _place(client_id: UUID, folder_id: UUID | None) -> str:
    return f"{client_id}/{folder_id or ''}"
