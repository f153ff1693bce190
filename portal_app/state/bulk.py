"""Bulk work on portal access: the choices, the dry run, and how far the last job is (2.7, 2.9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from portal_app.domain.bulk_access import BulkKind, Choices, Switch
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel
from portal_app.services.portal import bulk_jobs, dry_runs, job_views
from portal_app.services.portal.dry_runs import DryRun
from portal_app.services.portal.job_views import JobView, LeftView
from portal_app.services.portal.selections import Selection
from portal_app.state.base import Payload, Text, handler
from portal_app.state.forms import FormState
from portal_app.state.portal import PortalState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
CHOOSE, DRY, CANCEL, LEFT = "choose", "dry", "cancel-pending", "left"


class BulkForm(Payload):
    """What is chosen for all contacts of the selected clients."""

    portal: Switch
    level: AccessLevel
    notices: Switch
    when: Literal["now", "later"]
    message: Text = ""

    def _choices(self) -> Choices:
        return Choices(self.portal, self.level is AccessLevel.FULL, self.notices, self.when == "now")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was chosen last, for when one comes back from the dry run."""

    portal: str = "on"
    level: str = "limited"
    notices: str = "leave"
    when: str = "later"
    message: str = ""


class BulkState(FormState, rx.State):
    """The dialog of bulk work, and the strip of the last job."""

    job: JobView = JobView()
    dry: DryRun = DryRun()
    left: LeftView = LeftView()
    draft: Draft = Draft()
    _choices: Choices = Choices()

    @handler(P.CLIENT_READ)
    async def load(self) -> None:
        """The page stands: see how far the last job is, and hear of it."""
        await self._arrive()
        await self._look()
        if self.job.bell:
            self._listen(self.job.bell)

    @handler(P.CLIENT_READ)
    async def refresh(self) -> None:
        """A job went on."""
        await self._look()

    @handler(P.BULK)
    async def choose(self) -> None:
        """Open the choices for what is selected."""
        self.draft = Draft()
        self._open(CHOOSE)

    @handler(P.BULK)
    async def try_out(self, form: BulkForm) -> None:
        """Show who would get what, and why some do not; what was chosen is kept."""
        self.draft, self._choices = Draft(**form.model_dump(mode="json")), form._choices()
        tried = await self._saved(CHOOSE, dry_runs.dry_run, await self._selected(), self._choices)
        if tried:
            self.dry = tried.value
            self._open(DRY)

    @handler(P.BULK)
    async def start(self) -> AsyncIterator[Any]:
        """Do it, in the background."""
        asked = await self._selected(), self._choices, self.draft.message
        if await self._saved(DRY, bulk_jobs.start_access, *asked):
            await self._begun()
            yield notice(_("It is under way. You can leave this page."))

    @handler(P.BULK)
    async def resend(self) -> AsyncIterator[Any]:
        """Send the selected their invitation again, or for the first time (2.9)."""
        await self._call(bulk_jobs.start_pending, await self._selected(), BulkKind.RESEND)
        await self._begun()
        yield notice(_("The invitations are on their way."))

    @handler(P.BULK)
    async def ask_cancel(self) -> None:
        """Ask once before invitations end for good."""
        self._open(CANCEL)

    @handler(P.BULK)
    async def cancel(self) -> AsyncIterator[Any]:
        """Cancel what the selected were offered."""
        if await self._saved(CANCEL, bulk_jobs.start_pending, await self._selected(), BulkKind.CANCEL):
            await self._begun()
            yield notice(_("The invitations are being cancelled."))

    @handler(P.BULK)
    async def stop(self, job_id: UUID) -> AsyncIterator[Any]:
        """Stop what is not done yet."""
        await self._call(bulk_jobs.stop_job, job_id)
        await self._look()
        yield notice(_("Stopped. What was done stays until you undo it."))

    @handler(P.BULK)
    async def undo(self, job_id: UUID) -> AsyncIterator[Any]:
        """Take back what nobody has used yet."""
        await self._call(bulk_jobs.undo_job, job_id)
        await self._look()
        yield notice(_("What nobody has used yet is being taken back."))

    @handler(P.BULK)
    async def show_left(self, job_id: UUID) -> None:
        """Show who was left out, and why."""
        self.left = await self._call(job_views.left_view, job_id)
        self._open(LEFT)

    @handler(P.BULK)
    async def dismiss(self, job_id: UUID) -> None:
        """Take the strip away."""
        await self._call(bulk_jobs.dismiss_job, job_id)
        await self._look()

    @handler(P.CLIENT_READ)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(P.BULK)
    async def back(self) -> None:
        """From the dry run to the choices."""
        self._open(CHOOSE)

    async def _selected(self) -> Selection:
        portal = await self.get_state(PortalState)
        return portal._selection()

    async def _begun(self) -> None:
        portal = await self.get_state(PortalState)
        portal._nothing_picked()
        await self._look()

    async def _look(self) -> None:
        self.job = await self._call(job_views.job_view)
