"""The clients' list, and one client's page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from portal_app import routes
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel, ClientKind
from portal_app.services.clients import (
    client_list_views,
    client_views,
    clients,
    contacts,
    own_test_client,
    trying_again,
)
from portal_app.services.clients.client_list_views import ClientList, ListWanted
from portal_app.services.clients.client_people import ContactRow
from portal_app.services.clients.client_views import ClientView
from portal_app.services.clients.clients import ClientFields
from portal_app.services.clients.contacts import ContactFields, LinkOffer
from portal_app.services.invitations import colleagues, invitations, levels
from portal_app.services.reminders import pauses
from portal_app.state.base import Line, Payload, Text, handler
from portal_app.state.forms import FormState
from portal_app.state.paging import PagedState
from portal_app.state.tab import notice
from portal_app.text import _, ngettext

ADD, EDIT, ARCHIVE, ASSIGN = "add", "edit", "archive", "assign"
PAUSE = "pause"
CONTACT, EDIT_CONTACT, UNLINK = "contact", "edit_contact", "unlink"
INVITE, CANCEL = "invite", "cancel"


class ClientForm(Payload):
    """A client's form."""

    name: Text
    kind: ClientKind
    number: Text
    notes: Text = ""

    def _fields(self) -> ClientFields:
        return ClientFields(self.name, self.kind, self.number, self.notes)


class ContactForm(Payload):
    """A contact's form."""

    name: Text
    email: Text
    phone: Text
    title: Text
    locale: Literal["fr", "en"]

    def _fields(self) -> ContactFields:
        return ContactFields(self.name, self.email, self.phone, self.title, self.locale)


class EditContactForm(ContactForm):
    """A contact's form, and whether what is open goes to a new address (2.17)."""

    resend: bool = False


class InviteForm(Payload):
    """Portal access for one contact, and its invitation now or later."""

    level: AccessLevel
    when: Literal["now", "later"]
    message: Text = ""


class PauseForm(Payload):
    """Until when reminders are held back; nothing means until somebody resumes them."""

    until: date | None = None


class ClientsState(PagedState, rx.State):
    """The list: what is looked for, and one page of what was found."""

    found: ClientList = ClientList()
    search: str = ""
    view: str = client_list_views.ALL
    order: str = client_list_views.BY_NAME
    portal: str = ""

    @handler(Permission.CLIENT_READ)
    async def load(self) -> None:
        """The page stands; one of the dashboard's figures may be in its address."""
        await self._arrive()
        self.portal = str(self.rx_router_page.params.get("portal") or "")[:20]
        if self.portal:
            self.view = str(self.rx_router_page.params.get("view") or "")[:20]
            self.search, self.page, self._trail = "", 1, []
        await self._look()
        self._listen(self.found.bell)

    @handler(Permission.CLIENT_READ)
    async def find(self, words: Line) -> None:
        """Look for a client by its name or number, or by a contact's name or address."""
        self.search = words
        await self._from_the_start()

    @handler(Permission.CLIENT_READ)
    async def show(self, view: Literal["", "mine", "archived"]) -> None:
        """All clients, those one looks after, or those put away."""
        self.view = view
        self.portal = "" if view == client_list_views.ARCHIVED else self.portal
        await self._from_the_start()

    @handler(Permission.CLIENT_READ)
    async def widen(self) -> Any:
        """Go to the list without the figure that narrowed it."""
        return rx.redirect(routes.CLIENTS)

    @handler(Permission.CLIENT_READ)
    async def turn(self) -> None:
        """The other way round."""
        is_down = self.order == client_list_views.BY_NAME_DOWN
        self.order = client_list_views.BY_NAME if is_down else client_list_views.BY_NAME_DOWN
        await self._from_the_start()

    @handler(Permission.CLIENT_EDIT)
    async def begin(self) -> None:
        """Open the form of a new client."""
        self._open(ADD)

    @handler(Permission.CLIENT_READ)
    async def close(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(Permission.CLIENT_EDIT)
    async def add(self, form: ClientForm) -> AsyncIterator[Any]:
        """Add the client, and go to its page."""
        if saved := await self._saved(ADD, clients.add_client, form._fields()):
            yield notice(_("{name} was added. Add a contact next.").format(name=form.name.strip()))
            yield rx.redirect(routes.to(routes.CLIENT, id=saved.value))

    @handler(Permission.CLIENT_EDIT)
    async def open_test(self) -> Any:
        """Go to one's own test client, made at the first time (2.12)."""
        return rx.redirect(routes.to(routes.CLIENT, id=await self._call(own_test_client.open_test_client)))

    async def _look(self) -> None:
        wanted = ListWanted(
            search=self.search, view=self.view, portal=self.portal, order=self.order, after=self._after()
        )
        self._stands(await self._call(client_list_views.client_list, wanted))


class ClientState(FormState, rx.State):
    """One client: everything on its page, and the contact that a dialog is about."""

    view: ClientView = ClientView()
    chosen: ContactRow = ContactRow()
    offer: LinkOffer = LinkOffer()

    @handler(Permission.CLIENT_READ)
    async def load(self) -> AsyncIterator[Any]:
        """The page stands; another client's page is emptied first."""
        await self._arrive()
        if self.view.id != self.rx_router_page.params.get("id"):
            self.view = ClientView()
            yield
        await self._look()
        self._listen(*self.view.bells)

    @handler(Permission.CLIENT_READ)
    async def refresh(self) -> None:
        """Something changed."""
        await self._look()

    @handler(Permission.CLIENT_READ)
    async def close(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(Permission.CLIENT_EDIT)
    async def ask(self, dialog: Literal["edit", "archive", "assign", "contact", "pause"]) -> None:
        """Open a dialog about the client."""
        self.chosen, self.offer = ContactRow(), LinkOffer()
        self._open(dialog)

    @handler(Permission.CLIENT_EDIT)
    async def ask_about(
        self, dialog: Literal["edit_contact", "unlink", "invite", "cancel"], contact_id: Line
    ) -> None:
        """Open a dialog about one of the contacts."""
        self.chosen = next((row for row in self.view.contacts if row.id == contact_id), ContactRow())
        if not self.chosen.id:
            raise NotFound(_("There is nothing here."))
        self._open(dialog)

    @handler(Permission.CLIENT_EDIT)
    async def edit(self, form: ClientForm) -> AsyncIterator[Any]:
        """Change the client."""
        if await self._saved(EDIT, clients.edit_client, self._id(), form._fields()):
            await self._look()
            yield notice(_("Saved."))

    @handler(Permission.CLIENT_EDIT)
    async def archive(self) -> AsyncIterator[Any]:
        """Put the client away."""
        if await self._saved(ARCHIVE, clients.archive_client, self._id()):
            await self._look()
            yield notice(_("Archived. Files and history stay."))

    @handler(Permission.CLIENT_EDIT)
    async def pause(self, form: PauseForm) -> AsyncIterator[Any]:
        """Hold back the reminders of all its requests (7.8)."""
        if await self._saved(PAUSE, pauses.pause_client, self._id(), form.until):
            await self._look()
            yield notice(_("Reminders are paused."))

    @handler(Permission.CLIENT_EDIT)
    async def resume(self) -> AsyncIterator[Any]:
        """Let them go on."""
        await self._call(pauses.pause_client, self._id(), None, is_paused=False)
        await self._look()
        yield notice(_("Reminders go on."))

    @handler(Permission.CLIENT_EDIT)
    async def try_again(self, contact_id: Line) -> AsyncIterator[Any]:
        """Believe an address that failed, and send what came back once more (8.6)."""
        count = await self._call(trying_again.try_again, _uuid(contact_id))
        await self._look()
        yield notice(trying_again.words(count))

    @handler(Permission.CLIENT_EDIT)
    async def restore(self) -> AsyncIterator[Any]:
        """Take the client back."""
        await self._call(clients.restore_client, self._id())
        await self._look()
        yield notice(_("Restored. Nothing was sent."))

    @handler(Permission.CLIENT_EDIT)
    async def assign(self, staff_id: Line) -> None:
        """One more staff member looks after the client."""
        await self._call(clients.assign, self._id(), _uuid(staff_id))
        await self._look()

    @handler(Permission.CLIENT_EDIT)
    async def unassign(self, staff_id: Line) -> None:
        """A staff member looks after the client no longer."""
        await self._call(clients.unassign, self._id(), _uuid(staff_id))
        await self._look()

    @handler(Permission.CLIENT_EDIT)
    async def add_contact(self, form: ContactForm) -> AsyncIterator[Any]:
        """Add the contact; an address of another contact keeps the form open and offers them (2.16)."""
        self.offer = LinkOffer()
        saved = await self._saved(CONTACT, contacts.add_contact, self._id(), form._fields())
        if saved is None:
            return
        if saved.value.contact_id:
            self.offer, self.dialog = saved.value, CONTACT
            return
        await self._look()
        yield notice(_("{name} was added.").format(name=form.name.strip()))

    @handler(Permission.CLIENT_EDIT)
    async def link(self) -> AsyncIterator[Any]:
        """Link the contact who was offered."""
        offer = self.offer
        saved = await self._saved(
            CONTACT, contacts.link_contact, self._id(), _uuid(offer.contact_id), offer.title
        )
        if saved:
            await self._look()
            yield notice(_("{name} was linked.").format(name=offer.name))

    @handler(Permission.CLIENT_EDIT)
    async def edit_contact(self, form: EditContactForm) -> AsyncIterator[Any]:
        """Change the chosen contact; with another address, what is open goes there."""
        edit = partial(contacts.edit_contact, resend=form.resend)
        saved = await self._saved(EDIT_CONTACT, edit, self._id(), _uuid(self.chosen.id), form._fields())
        if saved:
            await self._look()
            yield notice(said_after_editing(saved.value))

    @handler(Permission.CLIENT_EDIT)
    async def unlink(self) -> AsyncIterator[Any]:
        """Unlink the chosen contact from this client."""
        name, contact_id = self.chosen.name, _uuid(self.chosen.id)
        if await self._saved(UNLINK, contacts.unlink_contact, self._id(), contact_id):
            await self._look()
            yield notice(_("{name} was unlinked.").format(name=name))

    @handler(Permission.CLIENT_EDIT)
    async def invite(self, form: InviteForm) -> AsyncIterator[Any]:
        """Give the chosen contact access, and invite them now or later (2.8)."""
        name, who = self.chosen.name, (self._id(), _uuid(self.chosen.id))
        if form.when == "now":
            done = await self._saved(INVITE, invitations.invite_contact, *who, form.level, form.message)
            said = _("The invitation to {name} is on its way.")
        else:
            done = await self._saved(INVITE, invitations.give_access, *who, form.level)
            said = _("{name} has access. No invitation was sent.")
        if done:
            await self._look()
            yield notice(said.format(name=name))

    @handler(Permission.CLIENT_EDIT)
    async def resend(self, contact_id: Line) -> AsyncIterator[Any]:
        """Start three new days (3.3)."""
        await self._call(invitations.resend_invitation, self._id(), _uuid(contact_id))
        await self._look()
        yield notice(_("A new invitation is on its way."))

    @handler(Permission.CLIENT_EDIT)
    async def cancel(self) -> AsyncIterator[Any]:
        """Take the chosen contact's invitation or access back."""
        name, contact_id = self.chosen.name, _uuid(self.chosen.id)
        if await self._saved(CANCEL, invitations.cancel_invitation, self._id(), contact_id):
            await self._look()
            yield notice(_("{name} cannot sign in to this client.").format(name=name))

    @handler(Permission.CLIENT_EDIT)
    async def change_level(self, contact_id: Line, level: AccessLevel) -> AsyncIterator[Any]:
        """Give a contact the other level, from their next event on (3.1)."""
        await self._call(levels.change_level, self._id(), _uuid(contact_id), level)
        await self._look()
        yield notice(levels.words(level))

    @handler(Permission.CLIENT_EDIT)
    async def approve_invite(self, invite_id: Line) -> AsyncIterator[Any]:
        """Send the invitation that a contact asks for, in their name (3.6)."""
        await self._call(colleagues.approve_invite, _uuid(invite_id))
        await self._look()
        yield notice(_("The invitation is on its way."))

    @handler(Permission.CLIENT_EDIT)
    async def decline_invite(self, invite_id: Line) -> AsyncIterator[Any]:
        """Invite nobody; who asked sees it on their account page (3.6)."""
        await self._call(colleagues.decline_invite, _uuid(invite_id))
        await self._look()
        yield notice(_("Declined. Nobody is written to."))

    async def _look(self) -> None:
        self.view = await self._found_here(client_views.client_view) or ClientView()


def said_after_editing(resent: int) -> str:
    """What the status region says once a contact was changed."""
    if not resent:
        return _("Saved.")
    return ngettext(
        "Saved. {n} request is on its way to them.", "Saved. {n} requests are on their way to them.", resent
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
