"""The dialog of one client's portal: its switch, and the access list of its contacts (2.3, 2.8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

import reflex as rx

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel
from portal_app.services.clients import portal_switch
from portal_app.services.invitations import access_notices, invitations, levels
from portal_app.services.portal import access_views
from portal_app.services.portal.access_views import AccessRow, AccessView
from portal_app.state.base import Line, Text, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
ACCESS = "access"


class AccessState(FormState, rx.State):
    """The client whose dialog is open, and the message that the next invitation bears."""

    view: AccessView = AccessView()
    message: str = ""
    is_asking_off: bool = False
    asked_id: str = ""
    """Whose access is about to be cancelled."""

    @handler(P.CLIENT_READ)
    async def load(self) -> None:
        """The page stands: no dialog is open, except where the socket came back to it."""
        await self._arrive()

    @handler(P.CLIENT_READ)
    async def refresh(self) -> None:
        """Something changed, or somebody signed in, while the dialog is open."""
        if self.dialog == ACCESS:
            self.view = await self._call(access_views.access_view, self._client())

    @handler(P.CLIENT_READ)
    async def ask(self, client_id: UUID) -> None:
        """Open the dialog of a client."""
        self.message, self.is_asking_off, self.asked_id = "", False, ""
        self.view = await self._call(access_views.access_view, client_id)
        self._open(ACCESS)
        self._listen(*self.view.bells)

    @handler(P.CLIENT_READ)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(P.CLIENT_EDIT)
    async def write(self, text: Text) -> None:
        """Keep the message for the next invitation."""
        self.message = text

    @handler(P.CLIENT_EDIT)
    async def ask_off(self, is_asking: bool) -> None:
        """Say first what switching off ends."""
        self.is_asking_off = is_asking

    @handler(P.CLIENT_EDIT)
    async def switch(self, is_on: bool) -> AsyncIterator[Any]:
        """Switch the client's portal on or off."""
        await self._call(portal_switch.switch_client, self._client(), is_on=is_on)
        await self._look()
        yield notice(_("The portal is on.") if is_on else _("The portal is off."))

    @handler(P.CLIENT_EDIT)
    async def give(self, contact_id: UUID) -> AsyncIterator[Any]:
        """Give a contact access, and send nothing."""
        row = self._row(contact_id)
        await self._call(invitations.give_access, self._client(), contact_id, AccessLevel(row.level))
        await self._look()
        yield notice(_("{name} has access. No invitation was sent.").format(name=row.name))

    @handler(P.CLIENT_EDIT)
    async def level(self, contact_id: UUID, level: AccessLevel) -> AsyncIterator[Any]:
        """Give a contact's access another level."""
        await self._call(levels.change_level, self._client(), contact_id, level)
        await self._look()
        yield notice(levels.words(level))

    @handler(P.CLIENT_EDIT)
    async def notify(self, contact_id: UUID, is_on: bool) -> AsyncIterator[Any]:
        """Switch a contact's e-mail notifications about this client."""
        await self._call(access_notices.set_notices, self._client(), contact_id, is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    @handler(P.CLIENT_EDIT)
    async def invite(self, contact_id: UUID) -> AsyncIterator[Any]:
        """Invite a contact, with the message that stands there."""
        row = self._row(contact_id)
        ask = partial(invitations.invite_contact, level=AccessLevel(row.level), message=self.message)
        if await self._taken(ask, self._client(), contact_id):
            await self._look()
            yield notice(_("The invitation to {name} is on its way.").format(name=row.name))

    @handler(P.CLIENT_EDIT)
    async def resend(self, contact_id: UUID) -> AsyncIterator[Any]:
        """Start three new days (3.3)."""
        await self._call(invitations.resend_invitation, self._client(), contact_id)
        await self._look()
        yield notice(_("A new invitation is on its way."))

    @handler(P.CLIENT_EDIT)
    async def ask_cancel(self, contact_id: Line) -> None:
        """Say first what cancelling ends; without a contact, leave it."""
        self.asked_id = contact_id

    @handler(P.CLIENT_EDIT)
    async def cancel(self, contact_id: UUID) -> AsyncIterator[Any]:
        """Take back what was offered and not accepted."""
        name = self._row(contact_id).name
        await self._call(invitations.cancel_invitation, self._client(), contact_id)
        await self._look()
        yield notice(_("{name} cannot sign in to this client.").format(name=name))

    def _client(self) -> UUID:
        if not self.view.id:
            raise NotFound(_("There is nothing here."))
        return UUID(self.view.id)

    def _row(self, contact_id: UUID) -> AccessRow:
        row = next((one for one in self.view.people if one.id == str(contact_id)), None)
        if row is None:
            raise NotFound(_("There is nothing here."))
        return row

    async def _look(self) -> None:
        self.is_asking_off, self.asked_id = False, ""
        self.view = await self._call(access_views.access_view, self._client())
