"""One document to look at: its pages as pictures, who put it there when, and its receipt (10.6, 10.7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import PortalError
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.permissions import Permission
from portal_app.models import Client, Contact, Document, Firm, Staff, StoredFile
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.documents import document_pages
from portal_app.services.documents.document_pages import DocumentsPage
from portal_app.services.documents.folders import Tree
from portal_app.services.files import previews
from portal_app.services.files.downloads import Damaged
from portal_app.services.files.files import in_eights
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home import home_rows, switching
from portal_app.services.notices import notice_views
from portal_app.text import _, format_moment, format_size
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document; the newest is the one that clients read (10.4)."""

    id: str = ""
    href: str = ""
    by: str = ""
    at: str = ""
    size: str = ""
    sha256: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """The document; `pages` are the addresses of pictures, and `why_not` says why there are none."""

    id: str = ""
    name: str = ""
    client: str = ""
    folder: str = ""
    href: str = ""
    by: str = ""
    at: str = ""
    size: str = ""
    sha256: str = ""
    is_own: bool = False
    receipt: str = ""
    pages: list[str] = field(default_factory=list)
    why_not: str = ""
    versions: list[Version] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ClientLook:
    """A document, and what stands around it."""

    look: Look
    page: DocumentsPage
    firm: Letterhead


def look(ports: Ports, actor: Actor, document_id: UUID) -> Look:
    """A document that this person sees; the versions before it for staff alone. Raises what the door raises."""
    with reading(ports, actor) as work:
        permission = Permission.DOCUMENT_READ if actor.is_staff else Permission.DOCUMENT_VIEW
        row = access.document(work, document_id, permission)
        found = _look(work, row)
    pages, why_not = _pages(ports, actor, row)
    return replace(found, pages=pages, why_not=why_not)


def client_look(ports: Ports, actor: Actor, document_id: UUID) -> ClientLook:
    """A document on a page of its own, for a signed-in contact. Raises `SignInNeeded`, `NotFound`."""
    with reading(ports, actor) as work:
        person, account = access.signed_in(work, Permission.DOCUMENT_VIEW)
        firm = work.session.get_one(Firm, person.firm_id)
        row = access.document(work, document_id, Permission.DOCUMENT_VIEW)
        found = switching.switcher(work, person, firm, account.shown_client_id)
        page = replace(
            document_pages.frame(work, firm, person),
            clients=found.clients,
            news=notice_views.news(work, person, firm, found),
            about=found.shown.name if found.shown else "",
            person=home_rows.assigned_to(work, row.client_id),
        )
        head = letterhead(ports.settings, firm)
    return ClientLook(look(ports, actor, document_id), page, head)


def _look(work: Work, row: Document) -> Look:
    firm = work.session.get_one(Firm, row.firm_id)
    versions = _versions(work, row, firm)
    now = next(one for one in versions if one.is_now)
    tree = Tree(work, row.client_id)
    path = tree.path(row.folder_id) if row.folder_id and row.folder_id in tree.rows else []
    return Look(
        id=str(row.id),
        name=row.name,
        client=work.session.get_one(Client, row.client_id).name,
        folder=" / ".join(folder.name for folder in path),
        href=now.href,
        by=now.by,
        at=now.at,
        size=now.size,
        sha256=now.sha256,
        receipt=routes.to(routes.FILE_RECEIPT, id=row.file_id),
        is_own=row.contact_id is not None and row.contact_id == work.actor.contact_id,
        versions=versions if work.actor.is_staff and len(versions) > 1 else [],
    )


def _versions(work: Work, row: Document, firm: Firm) -> list[Version]:
    query = (
        select_rows(StoredFile, col(Contact.name), col(Staff.name))
        .outerjoin(Contact, col(Contact.id) == StoredFile.contact_id)
        .outerjoin(Staff, col(Staff.id) == StoredFile.staff_id)
        .where(col(StoredFile.document_id) == row.id)
        .order_by(col(StoredFile.completed_at).desc(), col(StoredFile.id).desc())
    )
    own = work.actor.contact_id
    return [
        Version(
            id=str(file.id),
            href=routes.to(routes.DOWNLOAD, id=file.id),
            by=_("You") if own and file.contact_id == own else contact or staff or firm.name,
            at=format_moment(file.completed_at, firm.time_zone),
            size=format_size(file.size),
            sha256=in_eights(file.sha256.hex()),
            is_now=file.id == row.file_id,
        )
        for file, contact, staff in work.session.execute(query)
    ]


def _pages(ports: Ports, actor: Actor, row: Document) -> tuple[list[str], str]:
    """The addresses of the pages' pictures, or none and why."""
    try:
        count = previews.count_pages(ports, actor, row.file_id)
    except Damaged:
        return [], _("The stored file is damaged: it is not given out.")
    except PortalError as refusal:
        return [], refusal.text
    return [routes.to(routes.PREVIEW, id=row.file_id, number=number) for number in range(1, count + 1)], ""
