"""The list of contacts, and one contact's page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from portal_app import routes
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.services.clients import (
    contact_archiving,
    contact_list_views,
    contact_views,
    contacts,
    merge_views,
    merging,
)
from portal_app.services.clients.contact_list_views import ContactList, ContactsWanted
from portal_app.services.clients.contact_views import ContactView
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.clients.merge_views import MergeView
from portal_app.services.work.work_words import Choice
from portal_app.state.base import Line, Payload, Text, handler
from portal_app.state.clients import said_after_editing
from portal_app.state.forms import FormState
from portal_app.state.paging import PagedState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
EDIT, ARCHIVE, LINK, UNLINK, MERGE = "edit", "archive", "link", "unlink", "merge"
Narrow = Literal["", "can", "invited", "undeliverable", "none", "no_address", "came_back"]


class PersonForm(Payload):
    """A contact's form on their own page."""

    name: Text
    email: Text
    phone: Text
    locale: Literal["fr", "en"]
    resend: bool = False

    def _fields(self) -> ContactFields:
        return ContactFields(name=self.name, email=self.email, phone=self.phone, locale=self.locale)


class MergeForm(Payload):
    """Whose address stays, and whether what is open goes there."""

    stays: Literal["mine", "other"]
    resend: bool = False


class ContactsState(PagedState, rx.State):
    """The list: what is looked for, and one page of what was found."""

    found: ContactList = ContactList()
    search: str = ""
    view: str = contact_list_views.ALL
    narrowed: str = ""
    order: str = contact_list_views.BY_NAME

    @handler(P.CLIENT_READ)
    async def load(self) -> None:
        """The page stands."""
        await self._arrive()
        await self._look()
        self._listen(*self.found.bells)

    @handler(P.CLIENT_READ)
    async def find(self, words: Line) -> None:
        """Look for a contact by name or address, or by a client's name or number."""
        self.search = words
        await self._from_the_start()

    @handler(P.CLIENT_READ)
    async def show(self, view: Literal["", "archived"]) -> None:
        """Those who are here, or those put away."""
        self.view = view
        await self._from_the_start()

    @handler(P.CLIENT_READ)
    async def narrow(self, by: Narrow) -> None:
        """Only those whose access or address stands so."""
        self.narrowed = by
        await self._from_the_start()

    @handler(P.CLIENT_READ)
    async def sort(self, by: Literal["", "down", "new"]) -> None:
        """By name, either way, or the newest first."""
        self.order = by
        await self._from_the_start()

    async def _look(self) -> None:
        wanted = ContactsWanted(
            search=self.search, view=self.view, narrow=self.narrowed, order=self.order, after=self._after()
        )
        self._stands(await self._call(contact_list_views.contact_list, wanted))


class ContactState(FormState, rx.State):
    """One contact: everything on their page, what was found for a link or a merge, and whom a dialog is about."""

    view: ContactView = ContactView()
    choices: list[Choice] = []
    merge: MergeView = MergeView()
    chosen_id: str = ""
    chosen_name: str = ""

    @handler(P.CLIENT_READ)
    async def load(self) -> AsyncIterator[Any]:
        """The page stands; another contact's page is emptied first."""
        await self._arrive()
        if self.view.id != self.rx_router_page.params.get("id"):
            self.view, self.choices, self.merge = ContactView(), [], MergeView()
            yield
        await self._look()
        self._listen(*self.view.bells)

    @handler(P.CLIENT_READ)
    async def refresh(self) -> None:
        """Something changed."""
        await self._look()

    @handler(P.CLIENT_READ)
    async def close(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(P.CLIENT_EDIT)
    async def ask(self, dialog: Literal["edit", "archive"]) -> None:
        """Open a dialog about the contact, with what is true now."""
        await self._look()
        self._open(dialog)

    @handler(P.CLIENT_EDIT)
    async def ask_link(self) -> None:
        """Open the dialog that finds a client to link."""
        self.choices = await self._call(contact_views.clients_to_link, self._id(), "")
        self._open(LINK)

    @handler(P.CLIENT_EDIT)
    async def find_client(self, words: Line) -> None:
        """Look for a client by name or number."""
        self.choices = await self._call(contact_views.clients_to_link, self._id(), words)

    @handler(P.CLIENT_EDIT)
    async def link(self, client_id: UUID) -> AsyncIterator[Any]:
        """Link the contact to one more client, without portal access (2.2)."""
        if await self._saved(LINK, contacts.link_contact, client_id, self._id()):
            await self._look()
            yield notice(_("Linked. Portal access is given on the client’s page."))

    @handler(P.CLIENT_EDIT)
    async def ask_unlink(self, client_id: UUID) -> None:
        """Open the dialog that unlinks the contact from one client."""
        row = next((one for one in self.view.clients if one.id == str(client_id)), None)
        if row is None:
            raise NotFound(_("There is nothing here."))
        self.chosen_id, self.chosen_name = row.id, row.name
        self._open(UNLINK)

    @handler(P.CLIENT_EDIT)
    async def unlink(self) -> AsyncIterator[Any]:
        """Unlink the contact from the chosen client (2.19)."""
        if await self._saved(UNLINK, contacts.unlink_contact, _uuid(self.chosen_id), self._id()):
            await self._look()
            yield notice(_("{name} was unlinked.").format(name=self.view.name))

    @handler(P.CLIENT_EDIT)
    async def edit(self, form: PersonForm) -> AsyncIterator[Any]:
        """Change the contact; with another address, what is open goes there."""
        edit = partial(contacts.edit_person, resend=form.resend)
        if saved := await self._saved(EDIT, edit, self._id(), form._fields()):
            await self._look()
            yield notice(said_after_editing(saved.value))

    @handler(P.CLIENT_EDIT)
    async def archive(self) -> AsyncIterator[Any]:
        """Put the contact away (2.10)."""
        if await self._saved(ARCHIVE, contact_archiving.archive_contact, self._id()):
            await self._look()
            yield notice(_("{name} was archived.").format(name=self.view.name))

    @handler(P.CLIENT_EDIT)
    async def restore(self) -> AsyncIterator[Any]:
        """Take the contact back."""
        await self._call(contact_archiving.restore_contact, self._id())
        await self._look()
        yield notice(_("Restored. Nothing was sent."))

    @handler(P.CLIENT_EDIT)
    async def ask_merge(self) -> None:
        """Open the dialog that finds who is the same person: first, those of the same name."""
        self.merge = MergeView()
        self.choices = await self._call(merge_views.contacts_to_merge, self._id(), "")
        self._open(MERGE)

    @handler(P.CLIENT_EDIT)
    async def find_contact(self, words: Line) -> None:
        """Look for the other contact by name or address."""
        self.choices = await self._call(merge_views.contacts_to_merge, self._id(), words)

    @handler(P.CLIENT_EDIT)
    async def choose_contact(self, contact_id: UUID) -> None:
        """Show what the two come to."""
        self.merge = await self._call(merge_views.merge_view, self._id(), contact_id)

    @handler(P.CLIENT_EDIT)
    async def merge_them(self, form: MergeForm) -> AsyncIterator[Any]:
        """Make them one, and go to the page of the one who stays (2.20)."""
        mine, other = _uuid(self.merge.mine.id), _uuid(self.merge.other.id)
        pair = (mine, other) if form.stays == "mine" else (other, mine)
        if await self._saved(MERGE, partial(merging.merge_contacts, resend=form.resend), *pair):
            await self._look()
            yield notice(_("The two are one contact now."))
            yield rx.redirect(routes.to(routes.CONTACT, id=pair[0]))

    async def _look(self) -> None:
        self.view = await self._found_here(contact_views.contact_view) or ContactView()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
