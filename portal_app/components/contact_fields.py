"""A contact's form, on their client's page and on their own."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import check, field, form_dialog, segment, text_in
from portal_app.components.staff_icons import Text
from portal_app.text import _


def edit_contact(
    state: Any, contact: Any, *, is_open: Any, on_submit: Any, title: Text | None = None
) -> rx.Component:
    """Changing a contact: what another address ends, and what is then sent again to it (2.17)."""
    moved = _(
        "With another address, every link, session and device of the old one ends at once, "
        "at all their clients."
    )
    return form_dialog(
        _("Edit the contact"),
        *contact_fields(
            state,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            locale=contact.locale,
            title=title,
            email_hint=moved,
        ),
        rx.cond(
            contact.resends != "",
            rx.el.p(check(contact.resends, name="resend", default_checked=True), class_name="field"),
        ),
        save=_("Save"),
        on_submit=on_submit,
        on_leave=state.close,
        is_open=is_open,
    )


def contact_fields(
    state: Any,
    *,
    name: Text,
    email: Text,
    phone: Text,
    locale: Text,
    title: Text | None = None,
    email_hint: str = "",
) -> tuple[rx.Component, ...]:
    """The fields; `title` is what they are at one client, where the form is about one."""
    hint = email_hint or _("Without an address nothing can be sent to this person.")
    email_in: dict[str, Any] = {"type": "email", "max_length": 254, "spell_check": False}
    return (
        _field(state, "name", _("Name"), value=name, first=True, max_length=120),
        _field(state, "email", _("E-mail"), value=email, hint=hint, optional=True, **email_in),
        rx.el.div(
            _field(state, "phone", _("Phone"), value=phone, optional=True, type="tel", max_length=40),
            _field(
                state,
                "title",
                _("Role at this client"),
                value=title,
                optional=True,
                max_length=80,
                placeholder=_("Office manager"),
            )
            if title is not None
            else "",
            class_name="half",
        ),
        segment("locale", _("Writes in"), ("fr", _("French")), ("en", _("English")), value=locale),
    )


def _field(
    state: Any,
    name: str,
    label: str,
    *,
    value: Text,
    hint: str = "",
    optional: bool = False,
    first: bool = False,
    **props: Any,
) -> rx.Component:
    wrong = rx.cond(state.wrong_field == name, state.wrong_text, "")
    line = text_in(name, error=wrong, first=first, default_value=value, auto_complete="off", **props)
    return field(name, label, line, hint=hint, error=wrong, optional=optional)
