"""What people are told when a handler stops: a refusal in its own words, a fault by its reference."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

import structlog
from reflex.event import Event, EventSpec
from reflex_base.event.context import EventContext
from reflex_base.utils.format import sanitize_client_log_value

from portal_app import faults, routes
from portal_app.domain.errors import LinkEnded, PortalError, SignInNeeded
from portal_app.state._asking import speak
from portal_app.state.tab import leave, notice
from portal_app.text import _

log = structlog.get_logger(__name__)


def tell(exception: Exception) -> list[EventSpec]:
    """Reflex's `backend_exception_handler`; the argument's name is Reflex's."""
    router = EventContext.get().router_data
    speak(router.get("headers", {}))
    return _events(exception, str(router.get("asPath") or "/"))  # type: ignore[return-value]


def _events(exception: Exception, here: str) -> list[Event]:
    if isinstance(exception, SignInNeeded | LinkEnded):
        return [leave(_way_in(here))]
    if isinstance(exception, PortalError):
        return [notice(exception.text or _("There is nothing here."), "refused")]
    reference = secrets.token_hex(4)
    log.error("event_failed", reference=reference, **faults.facts(exception))
    text = _(
        "Something went wrong on our side. Load the page again to see what was saved. Reference: {reference}"
    )
    return [notice(text.format(reference=reference), "fault")]


def _way_in(here: str) -> str:
    """Staff sign in and come back; a client's page, loaded anew, knows itself what to show (4.10, 6.23)."""
    path = here if here.startswith("/") and not here.startswith(("//", "/\\")) else "/"
    if path.split("/")[1].partition("?")[0] == "staff":
        return f"{routes.STAFF_LOGIN}?{urlencode({'next': path})}"
    return path


def note_browser_fault(exception: Exception) -> None:
    """Reflex's `frontend_exception_handler`: what a browser reports is a stranger's text, kept short and clean."""
    log.warning("browser_fault", said=sanitize_client_log_value(str(exception), max_length=300))
