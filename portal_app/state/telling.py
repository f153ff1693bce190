"""What people are told when a handler stops: a refusal in its own words, a fault by its reference."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

import structlog
from reflex.event import Event, EventSpec
from reflex_base.event.context import EventContext
from reflex_base.utils.format import sanitize_client_log_value

from portal_app import faults, routes
from portal_app.domain.errors import (
    ConfirmNeeded,
    DatabaseAway,
    LinkEnded,
    NotFound,
    PortalError,
    SignInNeeded,
)
from portal_app.state._asking import speak
from portal_app.state.tab import leave, notice
from portal_app.text import _

_REQUESTS = routes.REQUEST.partition("[")[0]

log = structlog.get_logger(__name__)


def tell(exception: Exception) -> list[EventSpec]:
    """Reflex's `backend_exception_handler`; the argument's name is Reflex's."""
    router = EventContext.get().router_data
    speak(router.get("headers", {}))
    return _events(exception, str(router.get("asPath") or "/"))  # type: ignore[return-value]


def _events(exception: Exception, here: str) -> list[Event]:
    if isinstance(exception, SignInNeeded | LinkEnded):
        return [leave(_way_in(here), exception.text)]
    if isinstance(exception, ConfirmNeeded):
        return [leave(_confirm(here), exception.text)]
    if isinstance(exception, NotFound) and _path(here).startswith(_REQUESTS):
        return [
            leave(_path(here), exception.text)
        ]  # the page itself says it, and shows the rest no longer (3.10)
    if isinstance(exception, PortalError | DatabaseAway):
        return [notice(exception.text or _("There is nothing here."), "refused")]
    reference = secrets.token_hex(4)
    log.error("event_failed", reference=reference, **faults.facts(exception))
    text = _(
        "Something went wrong on our side. Load the page again to see what was saved. Reference: {reference}"
    )
    return [notice(text.format(reference=reference), "fault")]


def _way_in(here: str) -> str:
    """Staff sign in and come back; a client's page, loaded anew, knows itself what to show (4.10, 6.23)."""
    path = _path(here)
    if _is_staffs(path):
        return f"{routes.STAFF_LOGIN}?{urlencode({'next': path})}"
    return path


def _confirm(here: str) -> str:
    """Password or MFA again, then back (4.7)."""
    path = _path(here)
    page = routes.STAFF_CONFIRM if _is_staffs(path) else routes.CONFIRM
    return f"{page}?{urlencode({'next': path})}"


def _path(here: str) -> str:
    return here if here.startswith("/") and not here.startswith(("//", "/\\")) else "/"


def _is_staffs(path: str) -> bool:
    return path.split("/")[1].partition("?")[0] == "staff"


def note_browser_fault(exception: Exception) -> None:
    """Reflex's `frontend_exception_handler`: what a browser reports is a stranger's text, kept short and clean."""
    log.warning("browser_fault", said=sanitize_client_log_value(str(exception), max_length=300))
