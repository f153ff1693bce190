"""A client's documents, for staff: one folder at a time, what is selected, and the dialog that is open (10.6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import SharedWith
from portal_app.services.documents import document_looks, document_views, documents, folders
from portal_app.services.documents.document_looks import Look
from portal_app.services.documents.document_views import DocumentRow, DocumentsView, FolderRow
from portal_app.services.files.zips import MOST_CHOSEN
from portal_app.state.base import Line, Payload, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _, ngettext

P = Permission
ADD_FOLDER, EDIT_FOLDER, MOVE_FOLDER, REMOVE_FOLDER = (
    "add_folder",
    "edit_folder",
    "move_folder",
    "remove_folder",
)
RENAME, MOVE, SHARE, REMOVE, LOOK, REPLACE = "rename", "move", "share", "remove", "look", "replace"


class FolderForm(Payload):
    """A folder's name, and whether full access sees it empty."""

    name: Line
    shown: bool = False


class NameForm(Payload):
    """A document's name."""

    name: Line


class TargetForm(Payload):
    """The folder to move into; nothing is the top."""

    folder: Line = ""


class ShareForm(Payload):
    """With whom."""

    shared_with: SharedWith


class ClientDocumentsState(FormState, rx.State):
    """The folder shown, and what its dialogs are about."""

    view: DocumentsView = DocumentsView()
    search: str = ""
    chosen: list[str] = []
    chosen_text: str = ""
    zip_chosen: str = ""
    no_zip: str = ""
    about: DocumentRow = DocumentRow()
    folder: FolderRow = FolderRow()
    names: list[str] = []
    sharing: str = ""
    upload_for: Literal["client", "staff"] = "client"
    look: Look = Look()
    removed_text: str = ""
    _removed: list[UUID] = []
    _removed_folder: UUID | None = None

    @handler(P.DOCUMENT_READ)
    async def load(self) -> AsyncIterator[Any]:
        """The page stands, at the folder that its address names."""
        await self._arrive()
        if self.view.id != self.rx_router_page.params.get("id"):
            self.view = DocumentsView()
            self._offer("", [])
            yield
        self.search = ""
        self._choose([])
        await self._look()
        self._listen(*self.view.bells)

    @handler(P.DOCUMENT_READ)
    async def refresh(self) -> None:
        """Something came or changed."""
        await self._look()

    @handler(P.DOCUMENT_READ)
    async def find(self, words: Line) -> None:
        """Look for documents by name, in all folders."""
        self.search = words
        await self._look()

    @handler(P.DOCUMENT_READ)
    async def close(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(P.DOCUMENT_READ)
    async def choose(self, document_id: UUID) -> None:
        """Take one document into the selection, or out of it."""
        one = str(document_id)
        rest = [other for other in self.chosen if other != one]
        self._choose(rest if one in self.chosen else [*rest, one])

    @handler(P.DOCUMENT_READ)
    async def choose_all(self) -> None:
        """All that is shown, or nothing."""
        every = [row.id for row in self.view.documents]
        self._choose([] if len(self.chosen) == len(every) else every)

    @handler(P.DOCUMENT_READ)
    async def choose_none(self) -> None:
        """Nothing is selected any more."""
        self._choose([])

    @handler(P.DOCUMENT_EDIT)
    async def upload_as(self, shared_with: Literal["client", "staff"]) -> None:
        """With whom what is uploaded next is shared."""
        self.upload_for = shared_with

    @handler(P.DOCUMENT_EDIT)
    async def ask_new_folder(self) -> None:
        """Open the form of a new folder."""
        self.folder = FolderRow(is_shown=True)
        self._open(ADD_FOLDER)

    @handler(P.DOCUMENT_EDIT)
    async def ask_folder(
        self, dialog: Literal["edit_folder", "move_folder", "remove_folder"], folder_id: Line
    ) -> None:
        """Open a dialog about one of the folders shown."""
        self.folder = next((row for row in self.view.folders if row.id == folder_id), FolderRow())
        if not self.folder.id:
            raise NotFound(_("There is nothing here."))
        self._open(dialog)

    @handler(P.DOCUMENT_EDIT)
    async def ask(
        self, dialog: Literal["rename", "move", "share", "remove", "replace"], document_id: Line
    ) -> None:
        """Open a dialog about one document."""
        self.about = next((row for row in self.view.documents if row.id == document_id), DocumentRow())
        if not self.about.id:
            raise NotFound(_("There is nothing here."))
        self.names, self.sharing = list(self.about.named), self.about.shared_with
        self._open(dialog)

    @handler(P.DOCUMENT_EDIT)
    async def ask_chosen(self, dialog: Literal["move", "share", "remove"]) -> None:
        """Open a dialog about all that is selected."""
        self.about, self.names, self.sharing = DocumentRow(), [], SharedWith.CLIENT.value
        if self.chosen:
            self._open(dialog)

    @handler(P.DOCUMENT_READ)
    async def show(self, document_id: UUID) -> AsyncIterator[Any]:
        """Look at a document: its pages, its receipt, its versions."""
        self.look = Look()
        self._open(LOOK)
        yield
        self.look = await self._call(document_looks.look, document_id)

    @handler(P.DOCUMENT_EDIT)
    async def share_as(self, shared_with: SharedWith) -> None:
        """Another choice in the dialog."""
        self.sharing = shared_with.value

    @handler(P.DOCUMENT_EDIT)
    async def name(self, contact_id: UUID) -> None:
        """Name a contact in the dialog, or not."""
        one = str(contact_id)
        rest = [other for other in self.names if other != one]
        self.names = rest if one in self.names else [*rest, one]

    @handler(P.DOCUMENT_EDIT)
    async def add_folder(self, form: FolderForm) -> AsyncIterator[Any]:
        """Make the folder in the one that is shown."""
        inside = _target(self.view.folder_id)
        saved = await self._saved(
            ADD_FOLDER, folders.add_folder, self._id(), form.name, inside, shown=form.shown
        )
        if saved:
            await self._look()
            yield notice(_("The folder was added."))

    @handler(P.DOCUMENT_EDIT)
    async def edit_folder(self, form: FolderForm) -> AsyncIterator[Any]:
        """Change the folder."""
        folder_id = _uuid(self.folder.id)
        if await self._saved(EDIT_FOLDER, folders.edit_folder, folder_id, form.name, shown=form.shown):
            await self._look()
            yield notice(_("Saved."))

    @handler(P.DOCUMENT_EDIT)
    async def move_folder(self, form: TargetForm) -> AsyncIterator[Any]:
        """Move the folder."""
        saved = await self._saved(
            MOVE_FOLDER, folders.move_folder, _uuid(self.folder.id), _target(form.folder)
        )
        if saved:
            await self._look()
            yield notice(_("Moved."))

    @handler(P.DOCUMENT_EDIT)
    async def remove_folder(self) -> AsyncIterator[Any]:
        """Remove the folder with what it holds."""
        name, folder_id = self.folder.name, _uuid(self.folder.id)
        if await self._saved(REMOVE_FOLDER, folders.remove_folder, folder_id):
            self._offer(_("{name} was removed.").format(name=name), [], folder_id)
            await self._look()
            yield notice(self.removed_text)

    @handler(P.DOCUMENT_EDIT)
    async def rename(self, form: NameForm) -> AsyncIterator[Any]:
        """Give the document another name."""
        if await self._saved(RENAME, documents.rename_document, _uuid(self.about.id), form.name):
            await self._look()
            yield notice(_("Saved."))

    @handler(P.DOCUMENT_EDIT)
    async def move(self, form: TargetForm) -> AsyncIterator[Any]:
        """Move the document, or all that is selected."""
        if await self._saved(MOVE, documents.move_documents, self._meant(), _target(form.folder)):
            await self._done()
            yield notice(_("Moved."))

    @handler(P.DOCUMENT_EDIT)
    async def share(self, form: ShareForm) -> AsyncIterator[Any]:
        """Share the document, or all that is selected."""
        people = [UUID(one) for one in self.names]
        if await self._saved(SHARE, documents.share_documents, self._meant(), form.shared_with, people):
            await self._done()
            yield notice(_said(form.shared_with))

    @handler(P.DOCUMENT_EDIT)
    async def remove(self) -> AsyncIterator[Any]:
        """Remove the document, or all that is selected."""
        meant = self._meant()
        if await self._saved(REMOVE, documents.remove_documents, meant):
            text = ngettext("{n} document was removed.", "{n} documents were removed.", len(meant))
            self._offer(text, meant)
            await self._done()
            yield notice(text)

    @handler(P.DOCUMENT_EDIT)
    async def undo(self) -> AsyncIterator[Any]:
        """Take back what was removed last."""
        if self._removed_folder is not None:
            await self._call(folders.restore_folder, self._removed_folder)
        elif self._removed:
            await self._call(documents.restore_documents, self._removed)
        self._offer("", [])
        await self._look()
        yield notice(_("Restored."))

    @handler(P.DOCUMENT_EDIT)
    async def restore(self, kind: Literal["folder", "document"], row_id: UUID) -> AsyncIterator[Any]:
        """Take back something that was removed."""
        if kind == "folder":
            await self._call(folders.restore_folder, row_id)
        else:
            await self._call(documents.restore_documents, [row_id])
        await self._look()
        yield notice(_("Restored."))

    async def _done(self) -> None:
        self._choose([])
        await self._look()

    async def _look(self) -> None:
        folder = _target(str(self.rx_router_page.params.get("folder") or ""))
        found = await self._found(document_views.documents_view, self._id(), folder, self.search)
        self.view = found or DocumentsView()
        there = {row.id for row in self.view.documents}
        self._choose([one for one in self.chosen if one in there])

    def _choose(self, ids: list[str]) -> None:
        self.chosen = ids
        self.chosen_text = (
            ngettext("{n} document selected", "{n} documents selected", len(ids)) if ids else ""
        )
        query = "&".join(f"id={one}" for one in ids)
        is_too_many = len(ids) > MOST_CHOSEN
        self.zip_chosen = f"{self.view.zip_documents}?{query}" if ids and not is_too_many else ""
        self.no_zip = _("Zip: {n} documents at most").format(n=MOST_CHOSEN) if is_too_many else ""

    def _meant(self) -> list[UUID]:
        return [UUID(self.about.id)] if self.about.id else [UUID(one) for one in self.chosen]

    def _offer(self, text: str, ids: list[UUID], folder_id: UUID | None = None) -> None:
        """Let *Undo* stand on the page for the last removal."""
        self.removed_text, self._removed, self._removed_folder = text, ids, folder_id


def _said(shared_with: SharedWith) -> str:
    if shared_with is SharedWith.STAFF:
        return _("Only staff see it now.")
    return _("Shared. Whoever can see it now is told by e-mail in ten minutes.")


def _target(text: str) -> UUID | None:
    return _uuid(text) if text else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
