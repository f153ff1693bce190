"""Why a link opens nothing any more, in the reader's words (6.23). The page it leads to says more."""

from __future__ import annotations

from typing import Final

from portal_app.domain.errors import LinkEnded
from portal_app.domain.links import Standing
from portal_app.text import N_, _

WORDS: Final = {
    Standing.WITHDRAWN: N_("This request was withdrawn."),
    Standing.OTHER_DEVICE: N_("This link was opened on another device."),
    Standing.EXPIRED: N_("This link expired."),
    Standing.CLOSED: N_("This request is closed."),
    Standing.WAITS_FOR_SIGN_IN: N_("Please sign in."),
}
ENDED: Final = N_("Your access to this request has ended.")


def link_ended(where: Standing) -> LinkEnded:
    """The refusal of a request whose link stands at `where`, for whoever had it open."""
    return LinkEnded(_(WORDS.get(where, ENDED)), where)
