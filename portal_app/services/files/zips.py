"""What one zip holds: the files of a task, a request, a work item or a client, as whoever asks may see them (10.5).

Each file is opened anew, through its door, when its turn comes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain import uploads as rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import Client, Contact, Document, Firm, Section, StoredFile, Task, WorkItem
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.documents import visible
from portal_app.services.documents.folders import Tree
from portal_app.services.files.there import there
from portal_app.services.firm.firm_days import today
from portal_app.services.home import home_rows
from portal_app.text import _, format_number
from portal_app.work import Work, begin

MOST: Final = 20_000
"""Files in one archive; more are refused, never left out."""

MOST_CHOSEN: Final = 150
"""Documents chosen one by one: their ids stand in the address, which proxies take up to 8 KB of."""

Named = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Zip:
    """An archive to be: what it is called, and its files with their paths in it."""

    file_name: str
    files: tuple[Named, ...]


def of_task(ports: Ports, actor: Actor, task_id: UUID) -> Zip:
    """All files on one task that this person sees. Raises `NotFound` where there is none, and what the door raises."""
    with begin(ports, actor) as work:
        permission = Permission.REQUEST_READ if actor.is_staff else Permission.TASK_VIEW
        task, sight = access.task(work, task_id, permission)
        found = [(file, [file.name]) for file, _task in _on_tasks(work, col(Task.id) == task.id)]
        found = [one for one in found if _is_for(sight, one[0])]
        return _zip(work, sight.firm, task.title, found, "task", task.id)


def of_request(ports: Ports, actor: Actor, request_id: UUID) -> Zip:
    """All files of a request, a folder a task. Raises `NotFound` where there is none, and what the door raises."""
    with begin(ports, actor) as work:
        permission = Permission.REQUEST_READ if actor.is_staff else Permission.TASK_VIEW
        sight = access.request(work, request_id, permission)
        rows = _on_tasks(work, col(Task.section_id) == sight.request.id)
        shown = [(file, [task.title, file.name]) for file, task in rows if _is_shown(work, task)]
        return _zip(work, sight.firm, sight.section.name, shown, "request", sight.request.id)


def of_work_item(ports: Ports, actor: Actor, work_item_id: UUID) -> Zip:
    """All files of a work item, by request and task; for staff."""
    with begin(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.REQUEST_READ)
        sections = _sections(work, col(Section.work_item_id) == item.id)
        rows = _on_tasks(work, col(Task.section_id).in_(list(sections)))
        found = [(file, [sections[task.section_id], task.title, file.name]) for file, task in rows]
        firm = work.session.get_one(Firm, item.firm_id)
        return _zip(work, firm, item.title, found, "work_item", item.id)


def of_client(ports: Ports, actor: Actor, client_id: UUID) -> Zip:
    """All files of a client: documents by folder, and by work item, request and task what lies on tasks; for a
    contact, those that they see."""
    with begin(ports, actor) as work:
        seen: ColumnElement[bool]
        if actor.is_staff:
            client = access.client(work, client_id, Permission.DOCUMENT_READ)
            seen = col(Task.section_id).in_(list(_sections(work, col(WorkItem.client_id) == client.id)))
        else:
            client, contact, _given = access.own_client(work, client_id, Permission.DOCUMENT_VIEW)
            seen = and_(
                col(Task.section_id).in_(_seen_requests(work, client, contact)),
                col(Task.put_aside_at).is_(None),
            )
        documents = _documents(work, client)
        names = _sections(work, col(WorkItem.client_id) == client.id, with_work=True)
        on_tasks = [
            (file, [_("Requests"), names[task.section_id], task.title, file.name])
            for file, task in _on_tasks(work, seen)
        ]
        firm = work.session.get_one(Firm, client.firm_id)
        return _zip(work, firm, client.name, [*documents, *on_tasks], "client", client.id)


def of_folder(ports: Ports, actor: Actor, folder_id: UUID) -> Zip:
    """What a folder and the folders in it hold for this person."""
    with begin(ports, actor) as work:
        permission = Permission.DOCUMENT_READ if actor.is_staff else Permission.DOCUMENT_VIEW
        folder = access.folder(work, folder_id, permission)
        client = work.session.get_one(Client, folder.client_id)
        inside = Tree(work, client.id).below(folder.id)
        found = _documents(work, client, within=inside)
        firm = work.session.get_one(Firm, client.firm_id)
        return _zip(work, firm, folder.name, found, "folder", folder.id)


def of_documents(ports: Ports, actor: Actor, client_id: UUID, document_ids: Collection[UUID] = ()) -> Zip:
    """These documents of a client, or all of them; those that this person does not see are left out."""
    with begin(ports, actor) as work:
        if actor.is_staff:
            client = access.client(work, client_id, Permission.DOCUMENT_READ)
        else:
            client, _contact, _given = access.own_client(work, client_id, Permission.DOCUMENT_VIEW)
        found = _documents(work, client, only=document_ids)
        firm = work.session.get_one(Firm, client.firm_id)
        name = _("Documents {client}").format(client=client.name)
        return _zip(work, firm, name, found, "client", client.id)


def _zip(
    work: Work, firm: Firm, name: str, found: Iterable[tuple[StoredFile, list[str]]], kind: str, of_id: UUID
) -> Zip:
    files = tuple(_named(found))
    if not files:
        raise NotFound(_("There is no file here yet."))
    if len(files) > MOST:
        text = _("These are more than {n} files, too many for one archive. Download them folder by folder.")
        raise BadInput(text.format(n=format_number(MOST)))
    work.audit("files:zipped", firm_id=firm.id, subject_kind=kind, subject_id=of_id, files=len(files))
    label = rules.clean_name(f"{name} {today(firm, work.now)}.zip")
    return Zip(label, files)


def _named(found: Iterable[tuple[StoredFile, list[str]]]) -> Iterator[Named]:
    """Each with a path of its own: clean parts, numbered where two are the same."""
    taken: dict[str, set[str]] = {}
    for file, path in found:
        *above, name = [rules.clean_name(part) or _("File") for part in path]
        folder = "".join(f"{part}/" for part in above)
        there = taken.setdefault(folder.casefold(), set())
        name = rules.numbered(name, there)
        there.add(name)
        yield file.id, folder + name


def _on_tasks(work: Work, where: ColumnElement[bool]) -> list[tuple[StoredFile, Task]]:
    query = (
        select_rows(StoredFile, Task)
        .join(Task, col(Task.id) == StoredFile.task_id)
        .where(where, there())
        .order_by(col(Task.position), col(StoredFile.completed_at), col(StoredFile.id))
        .limit(MOST + 1)
    )
    return [(file, task) for file, task in work.session.execute(query)]


def _is_for(sight: Sight, file: StoredFile) -> bool:
    """Whoever was handed the task sees the firm's files and their own alone (5.8a)."""
    return not sight.handed or access.is_theirs(sight, file.side == "firm", file.hand_over_id)


def _is_shown(work: Work, task: Task) -> bool:
    return work.actor.is_staff or task.put_aside_at is None


def _sections(work: Work, where: ColumnElement[bool], *, with_work: bool = False) -> dict[UUID, str]:
    query = (
        select_rows(col(Section.id), col(Section.name), WorkItem)
        .join(WorkItem, col(WorkItem.id) == Section.work_item_id)
        .where(where)
    )
    return {
        section_id: f"{item.external_name or item.title}, {name}" if with_work else name
        for section_id, name, item in work.session.execute(query)
    }


def _seen_requests(work: Work, client: Client, contact: Contact) -> list[UUID]:
    firm = work.session.get_one(Firm, client.firm_id)
    reached = [one for one in home_rows.reached(work, contact, firm) if one.id == client.id]
    return [request.id for request in home_rows.seen_requests(work, contact, reached)]


def _documents(
    work: Work, client: Client, *, within: Collection[UUID] | None = None, only: Collection[UUID] = ()
) -> list[tuple[StoredFile, list[str]]]:
    query = (
        select_rows(Document, StoredFile)
        .join(StoredFile, col(StoredFile.id) == Document.file_id)
        .where(
            col(Document.client_id) == client.id,
            col(Document.deleted_at).is_(None),
            col(StoredFile.deleted_at).is_(None),
        )
        .order_by(col(Document.created_at), col(Document.id))
        .limit(MOST + 1)
    )
    if not work.actor.is_staff:
        _client, contact, given = access.own_client(work, client.id, Permission.DOCUMENT_VIEW)
        query = query.where(visible.to_contact(contact.id, given.level))
    if within is not None:
        query = query.where(col(Document.folder_id).in_(within))
    if only:
        query = query.where(col(Document.id).in_(only))
    tree = Tree(work, client.id)
    return [
        (file, [*_path(tree, document.folder_id), document.name])
        for document, file in work.session.execute(query)
    ]


def _path(tree: Tree, folder_id: UUID | None) -> list[str]:
    return [folder.name for folder in tree.path(folder_id)] if folder_id in tree.rows else []
