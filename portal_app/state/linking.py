"""Choosing a contact of another client as a recipient: they are linked after asking, without portal access (5.23)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.services.clients import contact_search, contacts
from portal_app.services.work.work_words import Choice
from portal_app.state.base import Line, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission


class LinkingState(FormState, mixin=True):
    """A dialog that asks for recipients: `others` is what was found, `linking` whom it asks about.

    The dialog says whose contacts it shows (`_client`), and what follows when there is one more (`_linked`).
    """

    others: list[Choice] = []
    linking: Choice = Choice()

    @handler(P.CLIENT_EDIT)
    async def find_contact(self, words: Line) -> None:
        """Offer other contacts of the firm while one types."""
        self.others = await self._call(contact_search.find_contacts, _known(self._client()), words)

    @handler(P.CLIENT_EDIT)
    async def ask_to_link(self, contact_id: Line) -> None:
        """Ask before a contact is linked to the client."""
        self.linking = next((one for one in self.others if one.value == contact_id), Choice())

    @handler(P.CLIENT_EDIT)
    async def link(self, is_wanted: bool) -> AsyncIterator[Any]:
        """Link the contact to the client, without portal access, or do not."""
        asked, self.linking = self.linking, Choice()
        if is_wanted and asked.value:
            contact_id = _known(asked.value)
            await self._call(contacts.link_contact, _known(self._client()), contact_id)
            self.others = []
            await self._linked(contact_id)
            yield notice(_("Linked, without portal access."))

    def _offer_nobody(self) -> None:
        self.others, self.linking = [], Choice()

    def _client(self) -> str:
        raise NotImplementedError

    async def _linked(self, contact_id: UUID) -> None:
        raise NotImplementedError


def _known(row_id: str) -> UUID:
    try:
        return UUID(row_id)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
