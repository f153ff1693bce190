"""The staff pages' drawings: one sprite a page, 16 px grid, strokes in the colour of the text beside them."""

from __future__ import annotations

import reflex as rx

Text = str | rx.Var[str]

ICONS = {
    "ask": '<path d="M2 3.5h12v8H8l-3 2.5v-2.5H2z"/><path d="M6.75 6C7 5.4 7.4 5.2 8 5.2c.7 0 1.2.4 1.2 1 0 .8-1.2.8-1.2 1.7M8 9.4v.1"/>',
    "bell": '<path d="M4 11.5V7a4 4 0 0 1 8 0v4.5M2.5 11.5h11M6.75 13.75h2.5"/>',
    "box": '<path d="M2 3h12v3H2zM3 6v7.5h10V6M6.25 8.5h3.5"/>',
    "cal": '<rect x="2" y="3" width="12" height="11" rx="1.5"/><path d="M2 6.5h12M5.25 1.5v3M10.75 1.5v3"/>',
    "check": '<path d="m3 8.5 3.25 3.25L13 5"/>',
    "clients": '<circle cx="6" cy="5.5" r="2.5"/><path d="M1.75 13.5c.3-2.6 1.9-4 4.25-4s3.95 1.4 4.25 4M10.5 3.3a2.4 2.4 0 0 1 0 4.4M12 9.9c1.3.6 2 1.8 2.25 3.6"/>',
    "clip": '<path d="m13 7.5-5.4 5.3a3.2 3.2 0 0 1-4.5-4.5l5.7-5.6a2.1 2.1 0 0 1 3 3l-5.6 5.5a1 1 0 0 1-1.5-1.4L9.8 4.7"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.75V8l2.25 1.5"/>',
    "copy": '<rect x="5.5" y="5.5" width="8" height="8.5" rx="1.25"/><path d="M10.5 5.5V3.25C10.5 2.5 10 2 9.25 2h-5.5C3 2 2.5 2.5 2.5 3.25v6c0 .75.5 1.25 1.25 1.25H5.5"/>',
    "dash": '<path d="M2 13.5h12M4 13.5V8M8 13.5V3M12 13.5V6"/>',
    "done": '<circle cx="8" cy="8" r="6.25" fill="currentColor" stroke="none"/><path d="m5.25 8.25 1.9 1.9 3.6-3.9" stroke="var(--card)"/>',
    "down": '<path d="m4 6 4 4 4-4"/>',
    "eye": '<path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.75"/>',
    "file": '<path d="M4 1.75h5l3.25 3.25v9.25H4z"/><path d="M9 1.75V5h3.25"/>',
    "folder": '<path d="M1.75 3.75h4.5l1.5 1.75h6.5v7.5H1.75z"/>',
    "gear": '<path d="M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7"/><circle cx="11" cy="4.5" r="1.75"/><circle cx="5" cy="11.5" r="1.75"/>',
    "get": '<path d="M8 2.5v8M4.5 7.5 8 11l3.5-3.5M2.5 13.5h11"/>',
    "go": '<path d="M5 3.5v9l7.5-4.5z"/>',
    "grip": '<path d="M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01" stroke-width="2"/>',
    "half": '<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" stroke="none"/>',
    "hand": '<path d="M2 5.5h9.5M9 3l2.5 2.5L9 8M14 10.5H4.5M7 8 4.5 10.5 7 13"/>',
    "hold": '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
    "help": '<circle cx="8" cy="8" r="6"/><path d="M6.25 6.25C6.4 5.2 7.1 4.75 8 4.75c1 0 1.75.6 1.75 1.5C9.75 7.5 8 7.6 8 9M8 11v.25"/>',
    "inbox": '<path d="M2 9.5 4 3h8l2 6.5V13H2z"/><path d="M2 9.5h3.5l1 1.75h3l1-1.75H14"/>',
    "key": '<circle cx="5" cy="11" r="2.75"/><path d="m7 9 6-6M11 5l2 2"/>',
    "left": '<path d="m10 4-4 4 4 4"/>',
    "link": '<path d="M6.75 9.25a2.5 2.5 0 0 0 3.5 0l2.5-2.5a2.5 2.5 0 0 0-3.5-3.5l-1 1M9.25 6.75a2.5 2.5 0 0 0-3.5 0l-2.5 2.5a2.5 2.5 0 0 0 3.5 3.5l1-1"/>',
    "lock": '<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5.25 7V4.75a2.75 2.75 0 0 1 5.5 0V7"/>',
    "mail": '<rect x="1.75" y="3" width="12.5" height="10" rx="1.5"/><path d="m2 4.5 6 4.5 6-4.5"/>',
    "more": '<path d="M3 8h.01M8 8h.01M13 8h.01" stroke-width="2.25"/>',
    "open": '<circle cx="8" cy="8" r="5.5"/>',
    "out": '<path d="M6.5 2.5h-4v11h4M10.5 5l3 3-3 3M13.5 8h-7"/>',
    "pen": '<path d="m3 13 .6-2.9 7-7 2.3 2.3-7 7zM9.3 4.4l2.3 2.3"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "portal": '<path d="M3.5 14V3.5A1.5 1.5 0 0 1 5 2h6a1.5 1.5 0 0 1 1.5 1.5V14M1.75 14h12.5M9.75 8v.5"/>',
    "right": '<path d="m6 4 4 4-4 4"/>',
    "activity": '<path d="M1.75 8h2.75l2-4.5 3 9 2-4.5h2.75"/>',
    "ring": '<circle cx="8" cy="8" r="5.25" stroke-dasharray="2.2 2"/>',
    "say": '<path d="M2 3.5h12v8H8l-3 2.5v-2.5H2z"/>',
    "search": '<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.5 3.5"/>',
    "send": '<path d="M14 2 2 7l5 2 2 5z"/><path d="m7 9 3-3"/>',
    "stop": '<path d="M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4zM5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5"/>',
    "templates": '<path d="M8 2 14 5 8 8 2 5zM2 8l6 3 6-3M2 11l6 3 6-3"/>',
    "undo": '<path d="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.75 3.5 3 6.5l2.75 3"/>',
    "up": '<path d="M8 13V3.5M4.5 6.5 8 3l3.5 3.5"/>',
    "user": '<circle cx="8" cy="5.25" r="2.75"/><path d="M2.75 14c.3-3 2.3-4.5 5.25-4.5s4.95 1.5 5.25 4.5"/>',
    "warn": '<path d="M8 2.25 14.5 13.5h-13zM8 6.5v3.25M8 11.5v.1"/>',
    "work": '<rect x="2.5" y="2.5" width="11" height="11" rx="2"/><path d="m5.5 8 1.75 1.75L10.5 6.5"/>',
    "x": '<path d="m4 4 8 8M12 4l-8 8"/>',
}


def sprite(drawings: dict[str, str] = ICONS, prefix: str = "i-") -> rx.Component:
    """Every drawing once, hidden; `icon` shows one."""
    symbols = "".join(
        f'<symbol id="{prefix}{name}" viewBox="0 0 16 16">{paths}</symbol>'
        for name, paths in drawings.items()
    )
    return rx.el.svg(
        width="0",
        height="0",
        class_name="vh",
        custom_attrs={"aria-hidden": "true", "dangerouslySetInnerHTML": {"__html": symbols}},
    )


def icon(name: Text, class_name: Text = "i") -> rx.Component:
    """A drawing that says nothing by itself: a word stands beside it, or names the button around it.

    Raises KeyError when a name known at build time is not drawn.
    """
    if isinstance(name, str) and name not in ICONS:
        raise KeyError(name)
    return rx.el.svg(
        rx.el.svg.use(href=f"#i-{name}"), class_name=class_name, custom_attrs={"aria-hidden": "true"}
    )
