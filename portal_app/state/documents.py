"""The signed-in contact's documents. Uploads go by requests of their own; this state only shows."""

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services.documents import document_pages
from portal_app.services.documents.document_pages import DocumentsPage
from portal_app.state.base import Line, PageState, handler


class DocumentsState(PageState, rx.State):
    """The documents of the client shown."""

    page: DocumentsPage = DocumentsPage()
    words: str = ""

    @handler(Permission.DOCUMENT_VIEW)
    async def load(self) -> None:
        """The page stands: fill it, and hear what comes and goes."""
        self.words = str(self.rx_router_page.params.get("q") or "")[:200]
        await self._show()
        self._listen(*self._own_channels())

    @handler(Permission.DOCUMENT_VIEW)
    async def refresh(self) -> None:
        """Something came, changed or is shared no more: look again."""
        await self._show()

    @handler(Permission.DOCUMENT_VIEW)
    async def find(self, words: Line) -> None:
        """Look for documents by name."""
        self.words = words
        await self._show()

    async def _show(self) -> None:
        self.page = await self._call(document_pages.documents_page, self.words)
