"""The staff's frame: menu (rail at 1180 px, bottom bar at 767 px), skip link, page head, and the page's keys."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.plain_form import plain_form
from portal_app.components.scripts import own_script
from portal_app.components.staff_icons import Text, icon, sprite
from portal_app.components.staff_parts import (
    Child,
    bones,
    button,
    face,
    hidden,
    icon_button,
    menu,
    note,
    page_link,
    plain_link,
    waiting,
)
from portal_app.state.staff_frame import FrameState
from portal_app.state.tab import TabState
from portal_app.text import _

ACCOUNT_MENU = "account-menu"


class _Shortcuts(rx.Component):
    """`shortcuts.jsx`: one listener for the keys of the page."""

    library = own_script("shortcuts.jsx")
    tag = "Shortcuts"


class _KeptTyping(rx.Component):
    """`kept_typing.jsx`: what was typed when a session ended comes back with the person (4.10)."""

    library = own_script("kept_typing.jsx")
    tag = "KeptTyping"

    who: rx.Var[str]
    on_back: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


def shell(current: str, *content: Child, keys: tuple[tuple[tuple[str, ...], str], ...] = ()) -> rx.Component:
    """A whole staff page: `content` stands in `main`, `current` is the menu entry that is lit.

    `keys` are the page's shortcuts for the foot: `((("J", "K"), _("next, previous")), (("S",), _("send")))`;
    the element that a letter presses bears it as `key=` (see `shortcuts.jsx`).
    """
    return rx.fragment(
        sprite(),
        plain_link(_("Skip to content"), href="#main", class_name="skip"),
        _top(),
        rx.el.div(
            _nav(current),
            rx.el.main(
                _troubles(),
                _progress(),
                "" if current == "portal" else _job(),
                *content,
                _keys(keys),
                id="main",
                tab_index=-1,
            ),
            class_name="shell",
        ),
        _account_menu(),
        _Shortcuts.create(),
        _KeptTyping.create(
            who=FrameState.view.bell,
            on_back=TabState.say(_("What you typed before you signed in again is back."), "done"),
        ),
    )


def _troubles() -> rx.Component:
    """Above everything: what does not work just now, and the clock while it waits to be confirmed (fault 28).

    The region is there before it speaks.
    """
    view = FrameState.view
    confirm = rx.cond(
        view.has_settings,
        rx.el.div(button(_("The time is right"), on_click=FrameState.confirm_clock), class_name="acts offer"),
    )
    return rx.el.div(
        rx.foreach(view.troubles, lambda one: note(one, tone="late")),
        rx.cond(view.clock_trouble != "", note(view.clock_trouble, confirm, tone="late")),
        role="status",
        class_name="troubles",
    )


def _progress() -> rx.Component:
    """What goes on by itself, with the way to it, on whatever page one is (1.12)."""
    progress = FrameState.view.progress
    return rx.cond(
        progress != "",
        rx.el.p(
            icon("send"),
            " ",
            page_link(progress, to=routes.SETTINGS_INTRODUCTION, class_name="link"),
            class_name="running fine",
        ),
    )


def _job() -> rx.Component:
    """How far the bulk work is that one started; the management page has its own strip, with more to press (2.7)."""
    job: Any = FrameState.view.job
    strip = rx.el.section(
        rx.el.span(
            page_link(job.title, to=routes.PORTAL, class_name="link"),
            rx.cond(job.is_moving, rx.el.span(" · ", job.detail, class_name="m")),
        ),
        rx.cond(
            ~job.is_moving,
            rx.el.span(
                icon_button(
                    "x", _("Put this away"), kind="bare", small=True, on_click=FrameState.put_away(job.id)
                ),
                class_name="acts",
            ),
        ),
        rx.cond(
            job.is_moving,
            rx.el.progress(value=job.done.to_string(), max=job.total.to_string(), aria_label=job.title),
        ),
        class_name="job above",
        aria_label=_("Bulk work"),
    )
    return rx.cond(job.id != "", strip)


def page_head(
    title: Child,
    *acts: Child,
    crumbs: tuple[tuple[Text, Text], ...] = (),
    sub: Child = "",
    ruled: bool = False,
) -> rx.Component:
    """Title, way back and actions; `crumbs` are (text, address), the main action is a button of kind *main*."""
    trail: list[Child] = []
    for number, (text, to) in enumerate(crumbs):
        trail += [rx.el.span("/")] if number else []
        trail.append(page_link(text, to=to))
    return rx.el.div(
        rx.el.div(
            rx.el.nav(*trail, class_name="crumb", aria_label=_("Where you are")) if trail else "",
            rx.el.h1(title),
            rx.el.p(sub, class_name="sub") if not isinstance(sub, str) or sub else "",
        ),
        rx.el.div(*acts, class_name="acts") if acts else "",
        class_name="head ruled" if ruled else "head",
    )


def coming_page() -> rx.Component:
    """A page with a ruled head, on its way."""
    return rx.fragment(page_head(rx.el.span(class_name="bone"), ruled=True), waiting(), bones(8))


def _entries() -> tuple[tuple[str, str, str, str], ...]:
    return (
        ("triage", routes.TRIAGE, "inbox", _("Triage")),
        ("work", routes.WORKS, "work", _("Work")),
        ("clients", routes.CLIENTS, "clients", _("Clients")),
        ("portal", routes.PORTAL, "portal", _("Portal")),
    )


def _nav(current: str) -> rx.Component:
    return rx.el.nav(
        _firm(),
        *[_entry(name, to, drawing, word, current) for name, to, drawing, word in _entries()],
        _wide("dashboard", routes.DASHBOARD, "dash", _("Dashboard"), current),
        _wide("templates", routes.TEMPLATES, "templates", _("Templates"), current),
        _wide("activity", routes.ACTIVITY, "activity", _("Activity"), current),
        rx.el.button(
            icon("more"),
            rx.el.span(_("More")),
            type="button",
            class_name="go more",
            custom_attrs={"popoverTarget": ACCOUNT_MENU}
            | _lit(current in ("settings", "activity", "dashboard", "templates", "help")),
        ),
        rx.el.div(class_name="gap"),
        rx.cond(
            FrameState.view.has_settings,
            page_link(
                icon("gear"),
                rx.el.span(_("Settings")),
                to=routes.SETTINGS,
                class_name="go wide",
                custom_attrs=_lit(current == "settings"),
            ),
        ),
        _wide("help", routes.STAFF_HELP, "help", _("Help and feedback"), current),
        rx.el.div(
            rx.el.button(
                face(FrameState.view.initials),
                rx.el.div(
                    rx.el.div(FrameState.view.name),
                    rx.el.div(FrameState.view.role, class_name="fine m"),
                ),
                type="button",
                aria_label=_("Your account"),
                custom_attrs={"popoverTarget": ACCOUNT_MENU},
            ),
            class_name="me",
        ),
        class_name="nav",
        aria_label=_("Main"),
    )


def _entry(name: str, to: str, drawing: str, word: str, current: str) -> rx.Component:
    count: Child = ""
    if name == "triage":
        count = rx.cond(
            FrameState.view.unread != "",
            rx.el.span(FrameState.view.unread, hidden(" ", _("unread")), class_name="count"),
        )
    return page_link(
        icon(drawing),
        rx.el.span(word),
        count,
        to=to,
        class_name="go",
        custom_attrs=_lit(name == current),
    )


def _wide(name: str, to: str, drawing: str, word: str, current: str) -> rx.Component:
    """An entry that the phone keeps under *More*."""
    return page_link(
        icon(drawing),
        rx.el.span(*_shortened(word)),
        to=to,
        class_name="go wide",
        custom_attrs=_lit(name == current),
    )


def _shortened(word: str) -> tuple[Child, ...]:
    """Of *Help and feedback* the rail shows the first word alone; what is read out stays whole."""
    short = _("Help")
    return (short, rx.el.span(word[len(short) :], class_name="rest")) if word.startswith(short) else (word,)


def _lit(is_current: bool) -> dict[str, str]:
    return {"aria-current": "page"} if is_current else {}


def _firm() -> rx.Component:
    return rx.el.div(
        rx.el.span(FrameState.view.crest, class_name="crest", custom_attrs={"aria-hidden": "true"}),
        rx.el.span(FrameState.view.firm),
        class_name="firm",
    )


def _top() -> rx.Component:
    """The phone's head: whose portal, and who one is."""
    return rx.el.header(_firm(), face(FrameState.view.initials), class_name="top")


def _account_menu() -> rx.Component:
    return menu(
        rx.el.p(FrameState.view.name),
        page_link(icon("dash"), _("Dashboard"), to=routes.DASHBOARD),
        page_link(icon("templates"), _("Templates"), to=routes.TEMPLATES),
        page_link(icon("activity"), _("Activity"), to=routes.ACTIVITY),
        rx.cond(
            FrameState.view.has_settings,
            page_link(icon("gear"), _("Settings"), to=routes.SETTINGS),
        ),
        page_link(icon("help"), _("Help and feedback"), to=routes.STAFF_HELP),
        rx.el.hr(),
        page_link(icon("bell"), _("My notifications"), to=routes.NOTICES),
        plain_link(icon("user"), _("Your account"), href=routes.STAFF_ACCOUNT),
        rx.el.hr(),
        plain_form(rx.el.button(icon("out"), _("Sign out"), type="submit"), action=routes.STAFF_LOGOUT),
        name=ACCOUNT_MENU,
    )


def _keys(keys: tuple[tuple[tuple[str, ...], str], ...]) -> rx.Component:
    hints: list[Any] = [
        rx.el.span(*[rx.el.kbd(letter) for letter in letters], " ", word) for letters, word in keys
    ]
    if not hints:
        return rx.fragment()
    return rx.el.div(*hints, class_name="keys", role="note", aria_label=_("Keyboard shortcuts"))
