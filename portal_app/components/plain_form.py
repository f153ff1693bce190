"""A form that the browser sends by itself to a plain page; `rx.el.form` keeps every form back for its handlers."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx


class _PlainForm(rx.Component):
    tag = "form"
    _is_tag_in_global_scope: ClassVar[bool] = True

    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]


def plain_form(*children: rx.Component, action: str | rx.Var[str]) -> rx.Component:
    """POSTs to `action`, and leaves the reactive pages for its answer."""
    return _PlainForm.create(*children, action=action, method="post")


def file_form(*children: rx.Component, action: str) -> rx.Component:
    """The same, with a file among its fields."""
    return _PlainForm.create(*children, action=action, method="post", enc_type="multipart/form-data")
