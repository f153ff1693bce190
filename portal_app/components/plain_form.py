"""A form that the browser sends by itself to a plain page; `rx.el.form` keeps every form back for its handlers."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.el.element import Element


class _PlainForm(Element):
    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


def plain_form(*children: rx.Component, action: str | rx.Var[str]) -> rx.Component:
    """POSTs to `action`, and leaves the reactive pages for its answer."""
    return _PlainForm.create(*children, action=action, method="post")
