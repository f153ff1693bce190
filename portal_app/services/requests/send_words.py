"""Why automatic sending held a request back, in the reader's words (6.17)."""

from __future__ import annotations

from portal_app.domain.send_rules import Held
from portal_app.text import _


def held(because: str) -> str:
    """Why a request whose moment came did not go, after *not sent:*; `because` is what its row keeps."""
    return {
        Held.NO_SENDER.value: _("nobody active looks after the client"),
        Held.NO_RECIPIENT.value: _("no recipient was chosen"),
        Held.NO_OPEN_TASK.value: _("no task was open"),
        Held.NO_ADDRESS.value: _("no recipient has an address that works"),
        Held.CLOSED.value: _("the work was closed when its moment came"),
    }.get(because, _("something was missing"))
