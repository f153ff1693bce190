"""Folders of a client's documents: made, renamed, moved, removed with what they hold, and taken back (10.6, 10.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import uploads as rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import Document, Folder
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.documents import document_notices, documents
from portal_app.services.documents.visible import LEVELS
from portal_app.text import _
from portal_app.work import Work, begin

NAME = 120
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
PER_CLIENT = 500


def add_folder(
    ports: Ports,
    actor: Actor,
    client_id: UUID,
    name: str,
    parent_id: UUID | None = None,
    *,
    shown: bool = True,
) -> UUID:
    """A new folder at the top or in another one; with `shown`, people with full access see it empty, too.

    Raises `BadInput` for a name that is missing or taken, `RuleBroken` below the third level.
    """
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.DOCUMENT_EDIT, lock=True)
        tree = Tree(work, client.id)
        if parent_id is not None:
            tree.check(parent_id)
            tree.check_depth(parent_id, 1)
        if len(tree.rows) >= PER_CLIENT:
            raise RuleBroken(_("There are as many folders as there can be. Remove one first."))
        row = Folder(
            firm_id=client.firm_id,
            client_id=client.id,
            parent_id=parent_id,
            name=tree.checked_name(name, parent_id),
            shown_at=work.now if shown else None,
            created_by_staff_id=actor.staff_id,
            created_at=work.now,
        )
        work.add(row)
        work.session.flush()
        _record(work, row, "folder:added")
        return row.id


def edit_folder(ports: Ports, actor: Actor, folder_id: UUID, name: str, *, shown: bool) -> None:
    """Another name, and whether people with full access see it while it holds nothing for them. Raises `BadInput`."""
    with begin(ports, actor) as work:
        row = access.folder(work, folder_id, Permission.DOCUMENT_EDIT, lock=True)
        row.name = Tree(work, row.client_id).checked_name(name, row.parent_id, but=row.id)
        row.shown_at = (row.shown_at or work.now) if shown else None
        work.add(row)
        _record(work, row, "folder:renamed")


def move_folder(ports: Ports, actor: Actor, folder_id: UUID, parent_id: UUID | None) -> None:
    """Into another folder of the client, or to the top. Raises `RuleBroken` into itself or too deep, `BadInput`."""
    with begin(ports, actor) as work:
        row = access.folder(work, folder_id, Permission.DOCUMENT_EDIT, lock=True)
        tree = Tree(work, row.client_id)
        if parent_id is not None:
            tree.check(parent_id)
            if parent_id in tree.below(row.id):
                raise RuleBroken(_("A folder does not go into itself. Choose another one."))
            tree.check_depth(parent_id, tree.height(row.id))
        row.name = tree.checked_name(row.name, parent_id, but=row.id)
        row.parent_id = parent_id
        work.add(row)
        _record(work, row, "folder:moved")


def remove_folder(ports: Ports, actor: Actor, folder_id: UUID) -> int:
    """Remove a folder with all it holds; gives how many documents. They can be taken back for the firm's time (10.8)."""
    with begin(ports, actor) as work:
        row = access.folder(work, folder_id, Permission.DOCUMENT_EDIT, lock=True)
        inside = Tree(work, row.client_id).below(row.id)
        held = select(Document).where(col(Document.folder_id).in_(inside), col(Document.deleted_at).is_(None))
        rows = list(work.session.exec(held.with_for_update()))
        documents.put_away(work, rows)
        for one in work.session.exec(select(Folder).where(col(Folder.id).in_(inside))):
            one.deleted_at = work.now
            work.add(one)
        _record(work, row, "folder:removed", documents=len(rows))
        return len(rows)


def restore_folder(ports: Ports, actor: Actor, folder_id: UUID) -> None:
    """Take a removed folder back, with all that went with it. Twice is once."""
    with begin(ports, actor) as work:
        row = access.of_firm(work, Folder, folder_id, Permission.DOCUMENT_EDIT, lock=True)
        gone_at = row.deleted_at
        if gone_at is None:
            return
        same = select(Folder).where(Folder.client_id == row.client_id, Folder.deleted_at == gone_at)
        family = {one.id: one for one in work.session.exec(same)}
        inside = _below(row.id, family.values())
        tree = Tree(work, row.client_id)
        if row.parent_id is not None and row.parent_id not in tree.rows:
            row.parent_id = None
        row.name = tree.free_name(row.name, row.parent_id)
        for one_id in inside:
            family[one_id].deleted_at = None
            work.add(family[one_id])
        work.session.flush()
        held = select(Document).where(col(Document.folder_id).in_(inside), Document.deleted_at == gone_at)
        documents.take_back(work, list(work.session.exec(held.with_for_update())))
        _record(work, row, "folder:restored")


class Tree:
    """A client's folders that were not removed, and the rules of their shape."""

    def __init__(self, work: Work, client_id: UUID) -> None:
        query = select(Folder).where(Folder.client_id == client_id, col(Folder.deleted_at).is_(None))
        self.rows = {row.id: row for row in work.session.exec(query)}

    def check(self, folder_id: UUID) -> None:
        """Raises `NotFound` for a folder of another client."""
        if folder_id not in self.rows:
            raise NotFound(_("There is nothing here."))

    def depth(self, folder_id: UUID) -> int:
        """1 for a folder at the top."""
        return len(self.path(folder_id))

    def height(self, folder_id: UUID) -> int:
        """How many levels a folder and what is in it take."""
        children = [row.id for row in self.rows.values() if row.parent_id == folder_id]
        return 1 + max((self.height(child) for child in children), default=0)

    def check_depth(self, parent_id: UUID, height: int) -> None:
        """Raises `RuleBroken` where something of this height below `parent_id` would be too deep."""
        if self.depth(parent_id) + height > LEVELS:
            raise RuleBroken(_("Folders go three levels deep. Choose a folder further up."))

    def below(self, folder_id: UUID) -> set[UUID]:
        """A folder and all in it."""
        return _below(folder_id, self.rows.values())

    def checked_name(self, raw: str, parent_id: UUID | None, but: UUID | None = None) -> str:
        """The name, as a person would write it. Raises `BadInput` where there is none or it is taken there."""
        name = rules.clean_name(raw)[:NAME].strip()
        if not name:
            raise BadInput(_("Give the folder a name."), field="name")
        if name_key(name) in {name_key(other) for other in self._names(parent_id, but)}:
            raise BadInput(_("There is a folder of this name already. Choose another name."), field="name")
        return name

    def free_name(self, name: str, parent_id: UUID | None) -> str:
        """The name, numbered where it is taken."""
        return rules.numbered(name, self._names(parent_id, None))[:NAME]

    def path(self, folder_id: UUID) -> list[Folder]:
        """From the top down to the folder."""
        row = self.rows[folder_id]
        above = self.path(row.parent_id) if row.parent_id in self.rows else []
        return [*above, row]

    def _names(self, parent_id: UUID | None, but: UUID | None) -> list[str]:
        return [row.name for row in self.rows.values() if row.parent_id == parent_id and row.id != but]


def order(folder: Folder) -> tuple[str, int]:
    """Folders stand by name; of those that differ in a year, the latest first."""
    years = _YEAR.findall(folder.name)
    return name_key(_YEAR.sub("", folder.name)), -int(years[-1]) if years else 0


def _below(folder_id: UUID, rows: Iterable[Folder]) -> set[UUID]:
    every = list(rows)
    found, grown = {folder_id}, True
    while grown:
        more = {row.id for row in every if row.parent_id in found} - found
        found |= more
        grown = bool(more)
    return found


def _record(work: Work, row: Folder, action: str, **facts: object) -> None:
    work.audit(action, firm_id=row.firm_id, subject_kind="folder", subject_id=row.id, **facts)
    document_notices.ring(work, row.client_id)
