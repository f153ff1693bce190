"""Refusals: what a person can read and act on, in their language. Anything else is a fault."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from portal_app.text import _


class PortalError(Exception):
    """A refusal with a sentence for the person; `field` names the form field it is about, if one is."""

    status = 400

    def __init__(self, text: str = "", *, field: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.field = field


class NotFound(PortalError):
    """There is no such thing for this person: absent and forbidden look alike."""

    status = 404


class RuleBroken(PortalError):
    """The product's rules say no; the text says why and what to do."""

    status = 409


class BadInput(PortalError):
    """What was typed cannot be used; `field` says where."""

    status = 422


class SignInNeeded(PortalError):
    """Nobody is signed in here, or no longer."""

    status = 401


class ConfirmNeeded(PortalError):
    """Who asks is signed in, and is asked for password or MFA again before this (4.7)."""

    status = 403


class TryLater(PortalError):
    """Too many tries; `until` (aware UTC) is when to try again."""

    status = 429

    def __init__(self, text: str, until: datetime) -> None:
        super().__init__(text)
        self.until = until


class DatabaseAway(Exception):
    """The database cannot answer now. No refusal, so that nobody takes it for one and goes on: it flies to where 503 is
    said, once for pages (`http.broken`) and once for events (`state.telling`)."""

    status = 503
    retry_after: Final = 5
    """Seconds."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.text = text or _("The portal's database is away for a moment. Please try again.")


class NothingSaved(DatabaseAway):
    """It did not take it, and what was begun is undone; `is_full` where that lasts until somebody makes room."""

    def __init__(self, *, is_full: bool = False) -> None:
        super().__init__(
            _("Nothing was saved: the portal's disk is full. Please tell whoever runs the portal.")
            if is_full
            else _("Nothing was saved: the portal's database was away for a moment. Please try again.")
        )
        self.is_full = is_full


class MaybeSaved(DatabaseAway):
    """It went away while it committed: nobody knows what became of that."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "It is not certain that this was saved: the portal's database went away in that moment. "
                "Load the page again to see."
            )
        )


class LinkEnded(PortalError):
    """A link that opens nothing any more; `reason` is where it stands."""

    status = 410

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason
