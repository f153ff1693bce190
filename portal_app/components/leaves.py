"""A file looked at where it is listed, its pages drawn anew by the portal: HEIC shows as JPEG (10.6, 10.9)."""

from __future__ import annotations

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.text import _

Text = rx.Var[str] | str


class _Leaves(rx.Component):
    """`leaves.jsx`."""

    library = own_script("leaves.jsx")
    tag = "Leaves"

    file: rx.Var[str]
    name: rx.Var[str]
    words: rx.Var[dict[str, str]]


def leaves(file_id: Text, name: Text) -> rx.Component:
    """*Look at it*: opens the pages below, one after the other as they are scrolled to; or says why there are none."""
    words = {
        "look": _("Look at it"),
        "of": _("{act}: {name}"),
        "page": _("Page {n}"),
        "none": _("There is no preview of this file. Download it to look at it."),
    }
    return _Leaves.create(file=file_id, name=name, words=words)
