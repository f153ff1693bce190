"""Settings › Team: the people, their roles, invitations, and leaving (1.13, 1.16)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from portal_app.domain.actors import Role
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.services.team import staff_invitations, team, team_views
from portal_app.services.team.staff_invitations import InvitationFields
from portal_app.services.team.team_views import InvitedRow, LeavingView, MemberRow, TeamView
from portal_app.state.base import STAFF, Line, Payload, Text, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
INVITE, ROLE, LEAVE, CANCEL = "invite", "role", "leave", "cancel"


class StaffInvitationForm(Payload):
    """Whom to invite, and as what."""

    name: Text
    email: Text
    role: Role
    locale: Literal["fr", "en"]


class RoleForm(Payload):
    """The role chosen."""

    role: Role


class LeavingForm(Payload):
    """Who takes over; empty while nobody is chosen."""

    successor_id: Line = ""


class TeamState(FormState, rx.State):
    """The team, and the person or the invitation that a dialog is about."""

    view: TeamView = TeamView()
    chosen: MemberRow = MemberRow()
    offer: InvitedRow = InvitedRow()
    leaving: LeavingView = LeavingView()
    is_loaded: bool = False

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; for a member there is no such page."""
        await self._arrive()
        await self._look()
        if self.is_loaded:
            self._listen(self.view.bell)

    @handler(STAFF)
    async def refresh(self) -> None:
        """Something changed."""
        await self._look()

    @handler(P.TEAM_EDIT)
    async def close(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(P.TEAM_EDIT)
    async def begin(self) -> None:
        """Open the form of an invitation."""
        self._open(INVITE)

    @handler(P.TEAM_EDIT)
    async def invite(self, form: StaffInvitationForm) -> AsyncIterator[Any]:
        """E-mail the link."""
        fields = InvitationFields(form.name, form.email, form.role, form.locale)
        if await self._saved(INVITE, staff_invitations.invite, fields):
            await self._look()
            yield notice(_("The invitation is on its way to {email}.").format(email=form.email.strip()))

    @handler(P.TEAM_EDIT)
    async def invite_again(self, invitation_id: Line) -> AsyncIterator[Any]:
        """A new link, for three new days."""
        await self._call(staff_invitations.invite_again, _number(invitation_id))
        await self._look()
        yield notice(_("A new invitation is on its way; the link before works no more."))

    @handler(P.TEAM_EDIT)
    async def ask_cancel(self, invitation_id: Line) -> None:
        """Ask once before an invitation ends."""
        self.offer = next((row for row in self.view.invited if row.id == invitation_id), InvitedRow())
        if not self.offer.id:
            raise NotFound(_("There is nothing here."))
        self._open(CANCEL)

    @handler(P.TEAM_EDIT)
    async def cancel(self) -> AsyncIterator[Any]:
        """End the invitation that the dialog is about."""
        if await self._saved(CANCEL, staff_invitations.cancel_invitation, _number(self.offer.id)):
            await self._look()
            yield notice(_("The invitation is cancelled."))

    @handler(P.TEAM_EDIT)
    async def ask_role(self, staff_id: Line) -> None:
        """Open the form of somebody's role."""
        self._choose(staff_id)
        self._open(ROLE)

    @handler(P.TEAM_EDIT)
    async def change_role(self, form: RoleForm) -> AsyncIterator[Any]:
        """Give the role."""
        if await self._saved(ROLE, team.change_role, _number(self.chosen.id), form.role):
            await self._look()
            yield notice(_("Saved. It holds from their next click."))

    @handler(P.TEAM_EDIT)
    async def ask_leave(self, staff_id: Line) -> None:
        """Show what passes on, and ask to whom."""
        self._choose(staff_id)
        self.leaving = await self._call(team_views.leaving_view, _number(staff_id))
        self._open(LEAVE)

    @handler(P.TEAM_EDIT)
    async def deactivate(self, form: LeavingForm) -> AsyncIterator[Any]:
        """End the person's sign-in, and pass on what was theirs."""
        heir = _number(form.successor_id) if form.successor_id else None
        if await self._saved(LEAVE, team.deactivate, _number(self.chosen.id), heir):
            await self._look()
            yield notice(_("{name} can no longer sign in.").format(name=self.chosen.name))

    @handler(P.TEAM_EDIT)
    async def reactivate(self, staff_id: Line) -> AsyncIterator[Any]:
        """Let somebody sign in again."""
        await self._call(team.reactivate, _number(staff_id))
        await self._look()
        yield notice(_("They can sign in again, as before."))

    def _choose(self, staff_id: str) -> None:
        self.chosen = next((row for row in self.view.members if row.id == staff_id), MemberRow())
        if not self.chosen.id:
            raise NotFound(_("There is nothing here."))

    async def _look(self) -> None:
        found = await self._found(team_views.team_view)
        self.view, self.is_loaded = found or TeamView(), found is not None


def _number(row_id: str) -> UUID:
    try:
        return UUID(row_id)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
