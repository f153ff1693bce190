"""Pages with forms: what is wrong stands beside its field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from portal_app.domain.actors import Actor
from portal_app.domain.errors import PortalError
from portal_app.ports import Ports
from portal_app.state.base import PageState

P = ParamSpec("P")


class FormState(PageState, mixin=True):
    """A page state with one open dialog at most, and what its form was refused for.

    `dialog` names the dialog that is open, `wrong_field` and `wrong_text` say what is wrong with which of its
    fields. The state's own handlers open and close it; a form that is sent twice finds it closed.
    """

    dialog: str = ""
    wrong_field: str = ""
    wrong_text: str = ""

    def _open(self, dialog: str) -> None:
        self.dialog = dialog
        self.wrong_field = self.wrong_text = ""

    def _close(self) -> None:
        self._open("")

    async def _saved(
        self,
        dialog: str,
        service: Callable[Concatenate[Ports, Actor, P], Any],
        /,
        *args: P.args,
        **more: P.kwargs,
    ) -> bool:
        """Run the service of `dialog`'s form and close it; False where it was refused beside a field.

        False, too, where the dialog is no longer open: the second press of a button changes nothing.
        A refusal that is about no field is raised, for the status region.
        """
        if self.dialog != dialog:
            return False
        self.wrong_field = self.wrong_text = ""
        try:
            await self._call(service, *args, **more)
        except PortalError as refusal:
            if not refusal.field:
                raise
            self.wrong_field, self.wrong_text = refusal.field, refusal.text
            return False
        self._close()
        return True
