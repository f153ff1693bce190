"""How a client's answer shows in the browser until the server's words are there, online or not (5.8, 11.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal_app.text import N_, _


@dataclass(frozen=True, slots=True)
class Showing:
    """Text, tone and sign of the task's state, and whether the task is completed by it."""

    text: str
    tone: str
    sign: str
    completes: bool = False

    @property
    def said(self) -> str:
        """The state, in the language now in force."""
        return _(self.text)

    @property
    def told(self) -> str:
        """The bar's sentence, likewise."""
        return _("{answer}. The firm has been told.").format(answer=self.said)


SHOWINGS: Final = {
    "not-applicable": Showing(N_("Doesn’t apply"), "", "na", completes=True),
    "promise": Showing(N_("Promised"), "", "day"),
    "question": Showing(N_("Question asked"), "wait", "ask"),
    "already-there": Showing(N_("The firm already has it"), "ok", "yes", completes=True),
}
"""By the last part of the address that an answer is sent to."""
