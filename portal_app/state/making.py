"""The dialog *Work from a template*, on the list of work and on a template's page (5.5, 5.23, 6.18)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from portal_app import routes
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.services.templates import making, making_views, template_views
from portal_app.services.templates.making import Wanted
from portal_app.services.templates.making_views import MakingView
from portal_app.services.work import work_views
from portal_app.services.work.send_moments import Past
from portal_app.services.work.work_words import Choice
from portal_app.state.base import Line, Payload, handler
from portal_app.state.linking import LinkingState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
MAKE = "work-from-template"


class MakingForm(Payload):
    """What was chosen; each of `to` is a section of the template and a contact, joined by a colon.

    Template, client and searches are in the state already; what is not shown comes as None.
    """

    starts_on: date | None = None
    assignee_id: UUID | None = None
    to: Annotated[list[Line], Field(max_length=500)] = []
    past: Literal["", "now", "manual"] = ""
    template: Line | None = None
    words: Line | None = None
    contact_words: Line | None = None

    def recipients(self) -> Mapping[UUID, Collection[UUID]]:
        """Contacts by section. Raises `NotFound` for what is neither."""
        chosen: dict[UUID, list[UUID]] = {}
        for one in self.to:
            section, _colon, contact = one.partition(":")
            chosen.setdefault(_known(section), []).append(_known(contact))
        return chosen


class MakingState(LinkingState, rx.State):
    """The template, client and start that are chosen so far."""

    view: MakingView = MakingView()
    templates: list[Choice] = []
    found: list[Choice] = []

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """The page stands."""
        await self._arrive()

    @handler(P.WORK_EDIT)
    async def ask(self, template_id: Line, client_id: Line) -> None:
        """Open the dialog, for a template and a client where they are known."""
        self.templates = await self._call(template_views.template_choices)
        self.found = [] if client_id else await self._call(work_views.find_clients, "")
        self.view = MakingView(client_id=client_id)
        self._offer_nobody()
        template_id = template_id or (self.templates[0].value if self.templates else "")
        if template_id:
            await self._read(template_id, client_id, None)
        self._open(MAKE)

    @handler(P.WORK_EDIT)
    async def leave(self) -> None:
        """Close the dialog; nothing of it is kept."""
        self._close()

    @handler(P.WORK_EDIT)
    async def choose_template(self, template_id: Line) -> None:
        """Another template, the client and the start as they are."""
        await self._read(template_id, self.view.client_id, _day(self.view.starts_on))

    @handler(P.WORK_EDIT)
    async def choose_client(self, client_id: Line) -> None:
        """For whom; empty to choose again."""
        self._offer_nobody()
        await self._read(self.view.template_id, client_id, _day(self.view.starts_on))

    @handler(P.WORK_EDIT)
    async def start(self, typed: Line) -> None:
        """From when; what is no date yet changes nothing."""
        day = _day(typed)
        if day is not None:
            await self._read(self.view.template_id, self.view.client_id, day)

    @handler(P.WORK_EDIT)
    async def find(self, words: Line) -> None:
        """Offer clients while one types."""
        self.found = await self._call(work_views.find_clients, words)

    @handler(P.WORK_EDIT)
    async def make(self, form: MakingForm) -> AsyncIterator[Any]:
        """Make the work item and go to it."""
        client_id = UUID(self.view.client_id) if self.view.client_id else None
        wanted = Wanted(client_id, form.starts_on, form.assignee_id, form.recipients(), Past(form.past))
        made = await self._saved(MAKE, making.make_work, _known(self.view.template_id), wanted)
        if made:
            yield notice(_("Added."))
            yield rx.redirect(routes.to(routes.WORK, id=made.value))

    def _client(self) -> str:
        return self.view.client_id

    async def _linked(self, contact_id: UUID) -> None:
        await self._read(self.view.template_id, self.view.client_id, _day(self.view.starts_on))

    async def _read(self, template_id: str, client_id: str, starts_on: date | None) -> None:
        asked = (_known(template_id), _known(client_id) if client_id else None, starts_on)
        self.view = await self._call(making_views.making_view, *asked)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _known(row_id: str) -> UUID:
    try:
        return UUID(row_id)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
