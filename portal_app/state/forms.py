"""Pages with forms: what is wrong stands beside its field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, Generic, ParamSpec, TypeVar
from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, PortalError
from portal_app.ports import Ports
from portal_app.state.base import PageState, Payload, Text
from portal_app.state.tab import TabState

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Saved(Generic[R]):
    """A form was taken; `value` is what the service gave back."""

    value: R


class ReasonForm(Payload):
    """Why a task is opened again (5.8)."""

    reason: Text = ""


class FormState(PageState, mixin=True):
    """A page state with one open dialog at most, and what its form was refused for.

    `dialog` names the dialog that is open, `wrong_field` and `wrong_text` say what is wrong with which of its
    fields. The state's own handlers open and close it; a form that is sent twice finds it closed.
    `is_missing` says that the address leads to nothing that this person may see.
    """

    is_missing: bool = False
    dialog: str = ""
    wrong_field: str = ""
    wrong_text: str = ""
    _visit: int = 0

    async def _arrive(self) -> None:
        """The page stands: no dialog is open, except where the socket came back to the page that has it.

        So nothing typed is lost to a gap in the network.
        """
        tab = await self.get_state(TabState)
        if self._visit != tab._visit:
            self._close()
        self._visit = tab._visit

    def _open(self, dialog: str) -> None:
        self.dialog = dialog
        self.wrong_field = self.wrong_text = ""

    def _close(self) -> None:
        self._open("")

    async def _found(
        self, service: Callable[Concatenate[Ports, Actor, P], R], /, *args: P.args, **more: P.kwargs
    ) -> R | None:
        """What the page is about; None, and `is_missing`, where there is no such thing for this person."""
        try:
            found = await self._call(service, *args, **more)
        except NotFound:
            self.is_missing = True
            return None
        self.is_missing = False
        return found

    async def _found_here(self, service: Callable[[Ports, Actor, UUID], R]) -> R | None:
        """What the page's address names; None, and `is_missing`, where it names nothing that can be seen."""
        try:
            named = self._id()
        except NotFound:
            self.is_missing = True
            return None
        return await self._found(service, named)

    async def _saved(
        self,
        dialog: str,
        service: Callable[Concatenate[Ports, Actor, P], R],
        /,
        *args: P.args,
        **more: P.kwargs,
    ) -> Saved[R] | None:
        """Run the service of `dialog`'s form and close it; None where it was refused beside a field.

        None, too, where the dialog is no longer open: the second press of a button changes nothing.
        A refusal that is about no field is raised, for the status region.
        """
        if self.dialog != dialog:
            return None
        saved = await self._taken(service, *args, **more)
        if saved:
            self._close()
        return saved

    async def _taken(
        self, service: Callable[Concatenate[Ports, Actor, P], R], /, *args: P.args, **more: P.kwargs
    ) -> Saved[R] | None:
        """Run the service of a form that is no dialog; None where it was refused beside a field."""
        self.wrong_field = self.wrong_text = ""
        try:
            return Saved(await self._call(service, *args, **more))
        except PortalError as refusal:
            if not refusal.field:
                raise
            self.wrong_field, self.wrong_text = refusal.field, refusal.text
            return None
