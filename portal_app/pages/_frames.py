"""Declares a page: its path, who opens it, its title. `portal_app.portal_app` adds what is declared here.

A page's module is what the browser downloads together, so one module holds one family of pages that
the same audience opens; `functools.wraps` keeps the module's name on the framed function (decision 0005).
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec

import reflex as rx

from portal_app.components.connection import app_worker, live_page
from portal_app.state.staff_frame import FrameState
from portal_app.text import _

Audience = Literal["staff", "client"]
P = ParamSpec("P")
Body = Callable[P, rx.Component]


@dataclass(frozen=True, slots=True)
class Page:
    """One declared page; `title` is the English source, already marked with `N_`."""

    route: str
    audience: Audience
    title: str
    on_load: Any
    body: Callable[[], rx.Component]

    def shown_title(self) -> str:
        """The title in the language now in force."""
        return _(self.title)


PAGES: list[Page] = []
"""Every page in the order of declaration."""


def _declare(
    route: str, audience: Audience, title: str, on_load: Any, frame: Callable[[rx.Component], rx.Component]
) -> Callable[[Body[P]], Body[P]]:
    def declare(body: Body[P]) -> Body[P]:
        @functools.wraps(body)
        def framed(*args: P.args, **kwargs: P.kwargs) -> rx.Component:
            return frame(body(*args, **kwargs))

        PAGES.append(Page(route, audience, title, on_load, framed))
        return framed

    return declare


def _staff_frame(content: rx.Component) -> rx.Component:
    return rx.fragment(content, live_page())


def _client_frame(content: rx.Component) -> rx.Component:
    return rx.fragment(content, live_page(), app_worker())


def staff_page(route: str, title: str, on_load: Any = None) -> Callable[[Body[P]], Body[P]]:
    """Declare a page of the staff side; its document links the staff sheet, and its frame loads first."""
    more = on_load if isinstance(on_load, list) else [on_load] if on_load is not None else []
    loads = [FrameState.load, *more]
    return _declare(route, "staff", title, loads, _staff_frame)


def client_page(route: str, title: str, on_load: Any = None) -> Callable[[Body[P]], Body[P]]:
    """Declare a page of the client side; its document holds the client sheet, and nothing of the staff's."""
    return _declare(route, "client", title, on_load, _client_frame)
