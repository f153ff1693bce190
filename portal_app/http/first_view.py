"""The first view: real content put into a page before its script has come (decision 0005).

A page family registers one function for its route. What it gives is shown at once in `<div id="first">`,
works by forms that POST, and leaves when the live page has loaded (`components.live`).
"""

import hashlib
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Shown:
    """A first view: its HTML, what its document's head holds besides, and for whom and how long (seconds) a browser
    may keep it to show it without network; `reader` is empty where it may not."""

    html: str
    head: str = ""
    reader: str = ""
    keeps_for: int = 0

    @property
    def keep(self) -> str:
        """What `Portal-Keep` says: nobody can tell from it who the reader is."""
        return (
            f"{hashlib.sha256(self.reader.encode()).hexdigest()[:24]};{self.keeps_for}"
            if self.reader and self.keeps_for > 0
            else ""
        )


Filled = str | Shown | Response | None
FirstView = Callable[[Request], Filled | Awaitable[Filled]]

_views: dict[str, FirstView] = {}


def register(route: str, view: FirstView) -> None:
    """Let `view` fill the documents of `route`, a constant of `portal_app.routes`.

    It gets the request (its path values in `request.path_params`) in the reader's language, and gives
    HTML, or None for the bare page, or a whole response instead (a way to the sign-in page). A plain
    function runs in a thread. Raises ValueError when the route has one already.
    """
    if route in _views:
        msg = f"{route} has a first view already."
        raise ValueError(msg)
    _views[route] = view


async def of(route: str, request: Request) -> Filled:
    """What `route`'s view gives for this request; None where there is no view."""
    view = _views.get(route)
    if view is None:
        return None
    if inspect.iscoroutinefunction(view):
        filled: Filled = await view(request)
        return filled
    return await run_in_threadpool(view, request)  # type: ignore[arg-type]
