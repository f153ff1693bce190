"""The staff pages' parts, with the classes of `assets/staff.css`: links, buttons, statuses, lists, menus, timelines.

Text is a `str` (what the build knows) or a Var (what a read model wrote).
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router.dom import ReactRouterLink

from portal_app.components.staff_icons import Text, icon
from portal_app.text import _

Child = rx.Component | rx.Var[Any] | str


def page_link(*children: Child, to: Text, **props: Any) -> rx.Component:
    """A link to another reactive page: no new document is loaded."""
    return ReactRouterLink.create(*children, to=to, **props)


def plain_link(*children: Child, href: Text, **props: Any) -> rx.Component:
    """A link to a plain page, a file or a place on the page: `rx.el.a` would be the router's (decision 0005)."""
    return A.create(*children, href=href, **props)


def named(text: str, name: Text) -> rx.Var[str]:
    """`text` with its `{name}` filled by what only the page knows: an accessible name."""
    before, after = text.split("{name}")
    return rx.Var.create(f"{before}{name}{after}")


def hidden(*children: Child) -> rx.Component:
    """Words for who cannot see the drawing."""
    return rx.el.span(*children, class_name="vh")


def muted(*children: Child, small: bool = True) -> rx.Component:
    """A detail."""
    return rx.el.span(*children, class_name="fine m" if small else "m")


# Buttons


def _shape(kind: str, *, small: bool = False, square: bool = False) -> str:
    names = ["btn", kind if kind != "plain" else "", "small" if small else "", "icon" if square else ""]
    return " ".join(name for name in names if name)


def _attributes(props: dict[str, Any], key: str, opens: Text) -> dict[str, Any]:
    attributes = dict(props.pop("custom_attrs", {}))
    if key:
        attributes["data-key"] = key
    if isinstance(opens, rx.Var) or opens:
        attributes["popoverTarget"] = opens
    return attributes


def button(
    text: Text,
    *more: Child,
    drawing: str = "",
    kind: str = "plain",
    small: bool = False,
    busy: rx.Var[bool] | None = None,
    key: str = "",
    opens: Text = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A button of `kind` main, plain, bare or stop; `more` stands after its text.

    `busy` puts a spinner in the drawing's place and lets nobody press twice; `key` is its letter
    (shortcuts.jsx); `opens` is the id of a `menu`.
    """
    mark: Child = icon(drawing) if drawing else ""
    if busy is not None:
        mark = rx.cond(busy, rx.el.span(class_name="spin", custom_attrs={"aria-hidden": "true"}), mark)
        props["disabled"] = busy | props["disabled"] if "disabled" in props else busy
        props.setdefault("aria_busy", busy)
    props.setdefault("type", "button")
    return rx.el.button(
        mark,
        text,
        *more,
        class_name=f"{_shape(kind, small=small)} {class_name}".strip(),
        custom_attrs=_attributes(props, key, opens),
        **props,
    )


def icon_button(
    drawing: str,
    label: Text,
    *,
    kind: str = "plain",
    small: bool = False,
    key: str = "",
    opens: Text = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A square button; `label` is its accessible name."""
    props.setdefault("type", "button")
    return rx.el.button(
        icon(drawing),
        class_name=f"{_shape(kind, small=small, square=True)} {class_name}".strip(),
        aria_label=label,
        title=label,
        custom_attrs=_attributes(props, key, opens),
        **props,
    )


def button_link(
    text: Text,
    to: Text,
    *,
    drawing: str = "",
    kind: str = "plain",
    small: bool = False,
    key: str = "",
    class_name: str = "",
) -> rx.Component:
    """A link that looks like a button."""
    return page_link(
        icon(drawing) if drawing else "",
        text,
        to=to,
        class_name=f"{_shape(kind, small=small)} {class_name}".strip(),
        custom_attrs={"data-key": key} if key else {},
    )


# Statuses


def status(drawing: Text, word: Text, tone: Text = "none") -> rx.Component:
    """A status: shape, word, and a colour (`ok`, `wait`, `late`, `none`, `acc`) that is never the only sign."""
    return rx.el.span(icon(drawing), word, class_name=f"st {tone}")


def tag(word: Text, tone: str = "", drawing: str = "") -> rx.Component:
    """A small mark beside something."""
    return rx.el.span(icon(drawing) if drawing else "", word, class_name=f"tag {tone}".strip())


def notches(marks: rx.Var[list[bool]], *, dots: bool = False) -> rx.Component:
    """n of m as marks (tasks done), or as dots (reminders used); the number always stands beside them."""
    return rx.el.span(
        rx.foreach(marks, lambda is_on: rx.el.i(class_name=rx.cond(is_on, "on", ""))),
        class_name="notch dots" if dots else "notch",
        custom_attrs={"aria-hidden": "true"},
    )


def request_state(parts: Any) -> rx.Component:
    """A request's state line from its read model: `request_lines.StatePart`s."""
    return rx.el.ul(
        rx.foreach(parts, _request_part), class_name="state", aria_label=_("State of this request")
    )


def _request_part(part: Any) -> rx.Component:
    marks = rx.el.span(
        rx.foreach(part.marks, lambda is_on: rx.el.i(class_name=rx.cond(is_on, "on", ""))),
        class_name=rx.cond(part.is_dots, "notch dots", "notch"),
        custom_attrs={"aria-hidden": "true"},
    )
    return rx.el.li(
        rx.cond(part.drawing != "", icon(part.drawing)),
        rx.cond(part.marks.length() > 0, marks),
        part.word,
        rx.cond(part.value != "", rx.el.b(part.value)),
        class_name=part.tone,
    )


def face(initials: Text) -> rx.Component:
    """A person's initials; the name stands beside them."""
    return rx.el.span(initials, class_name="face", custom_attrs={"aria-hidden": "true"})


# Page parts


def tabs(*items: rx.Component, label: Text) -> rx.Component:
    """Views of the page; each of `items` is a `tab`."""
    return rx.el.nav(*items, class_name="tabs", aria_label=label)


def tab(
    text: Text, *, is_current: rx.Var[bool] | bool, count: Text = "", on_click: Any = None, to: Text = ""
) -> rx.Component:
    """One view, with how many stand in it; a button, or a link where it has an address."""
    current = (
        rx.cond(is_current, "true", rx.Var("undefined"))
        if isinstance(is_current, rx.Var)
        else ("true" if is_current else rx.Var("undefined"))
    )
    inside: list[Child] = [text, rx.el.span(count, class_name="c")]
    attributes = {"aria-current": current}
    if isinstance(to, rx.Var) or to:
        return page_link(*inside, to=to, custom_attrs=attributes)
    return rx.el.button(*inside, type="button", on_click=on_click, custom_attrs=attributes)


def facts(*pairs: tuple[Text, Child]) -> rx.Component:
    """What there is to know of a thing, under its title."""
    return rx.el.dl(
        *[rx.el.div(rx.el.dt(word), rx.el.dd(value)) for word, value in pairs], class_name="facts"
    )


def note(*children: Child, tone: str = "wait", drawing: str = "warn", **props: Any) -> rx.Component:
    """A warning (`wait`), a failure (`late`) or something to know (`calm`)."""
    return rx.el.div(
        icon(drawing), rx.el.span(*children), class_name=f"note {tone}" if tone != "wait" else "note", **props
    )


def empty(title: Text, sentence: Text, *acts: Child, drawing: str = "") -> rx.Component:
    """Nothing here: why, and what to do next."""
    return _nothing(rx.el.h2(title), sentence, *acts, drawing=drawing)


def missing_page(title: Text, sentence: Text, *acts: Child, drawing: str = "") -> rx.Component:
    """The whole page is not there: its heading says so."""
    return _nothing(rx.el.h1(title), sentence, *acts, drawing=drawing)


def _nothing(heading: rx.Component, sentence: Text, *acts: Child, drawing: str) -> rx.Component:
    return rx.el.div(
        icon(drawing, "i big-icon") if drawing else "",
        heading,
        rx.el.p(sentence),
        rx.el.div(*acts, class_name="acts") if acts else "",
        class_name="empty",
    )


def bones(rows: int = 5) -> rx.Component:
    """Where rows of two lines will stand."""
    row = rx.el.li(rx.el.span(class_name="bone wide"), rx.el.span(class_name="bone short"))
    return rx.el.ul(*[row for _row in range(rows)], class_name="bones", custom_attrs={"aria-hidden": "true"})


def bone_rows(columns: int, rows: int = 8) -> rx.Component:
    """Where a table's rows will stand, of the same height."""
    cells = [rx.el.td(rx.el.span(class_name="bone")) for _cell in range(columns)]
    return rx.fragment(
        *[rx.el.tr(*cells, custom_attrs={"aria-hidden": "true"}) for _row in range(rows)],
    )


# Menus: the browser's own popovers


def menu(*items: Child, name: Text) -> rx.Component:
    """A menu; a button with `opens=name` shows it. `items` are `menu_item`s and `rx.el.hr()`s."""
    return rx.el.div(*items, class_name="menu", id=name, custom_attrs={"popover": "auto"})


def menu_item(
    text: Text,
    *,
    menu_name: Text,
    drawing: Text = "",
    detail: Text = "",
    tone: str = "",
    to: Text = "",
    **props: Any,
) -> rx.Component:
    """One thing to do, or with `to` a page to go to; choosing it closes the menu."""
    inside: list[Child] = [
        icon(drawing) if isinstance(drawing, rx.Var) or drawing else "",
        text,
        rx.el.span(detail, class_name="end") if isinstance(detail, rx.Var) or detail else "",
    ]
    if isinstance(to, rx.Var) or to:
        return page_link(*inside, to=to, class_name=tone)
    return rx.el.button(
        *inside,
        type="button",
        class_name=tone,
        custom_attrs={"popoverTarget": menu_name, "popoverTargetAction": "hide"},
        **props,
    )


# Timeline


def archive_item(state: Any, *, menu_name: Text) -> rx.Component:
    """Put away whom the page is about, after a question, or take them out again; `view` says where they are."""
    return rx.cond(
        state.view.is_archived,
        menu_item(_("Restore"), menu_name=menu_name, drawing="undo", on_click=state.restore),
        menu_item(
            _("Archive…"), menu_name=menu_name, drawing="box", tone="late", on_click=state.ask("archive")
        ),
    )


def timeline(entries: rx.Var[Any]) -> rx.Component:
    """What happened, by day, newest first; `entries` are `timeline_views.Moment`s."""
    return rx.el.ol(rx.foreach(entries, _moment), class_name="tl")


def _moment(entry: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(entry.day != "", rx.el.li(entry.day, class_name="day")),
        rx.el.li(
            icon(entry.drawing),
            rx.el.span(
                rx.cond(entry.who != "", rx.fragment(rx.el.b(entry.who), " ")),
                entry.what,
                rx.el.time(entry.when),
            ),
        ),
    )


def waiting() -> rx.Component:
    """Says to who cannot see the skeleton that the page is on its way."""
    return rx.el.p(_("Loading…"), class_name="vh", role="status")
