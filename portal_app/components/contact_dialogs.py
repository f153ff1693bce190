"""The dialogs of a contact's page: editing, linking, unlinking, archiving, merging."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.contact_fields import edit_contact
from portal_app.components.staff_forms import check, dialog, form_dialog
from portal_app.components.staff_parts import button, note
from portal_app.state.contacts import ARCHIVE, EDIT, LINK, MERGE, UNLINK, ContactState
from portal_app.text import _, pgettext

C: Any = ContactState


def contact_dialogs() -> rx.Component:
    """All of them; one is open at most."""
    edit = edit_contact(C, C.view, is_open=C.dialog == EDIT, on_submit=C.edit)
    return rx.fragment(edit, _link(), _unlink(), _archive(), _merge())


def _finder(label: str, placeholder: str, on_change: Any, on_choose: Any) -> rx.Component:
    """A field that looks while one types, and what it found."""
    search = rx.el.input(
        type="search",
        class_name="in",
        placeholder=placeholder,
        aria_label=label,
        max_length=100,
        on_change=on_change.debounce(250),
        custom_attrs={"data-first": "true"},
    )
    found = rx.el.ul(
        rx.foreach(
            C.choices,
            lambda one: rx.el.li(
                rx.el.button(one.word, type="button", on_click=on_choose(one.value)), key=one.value
            ),
        ),
        class_name="finds",
        aria_label=pgettext("contacts", "Found"),
    )
    return rx.el.div(
        search,
        rx.cond(C.choices.length() > 0, found, rx.el.p(_("Nothing found"), class_name="m", role="status")),
        class_name="fields",
    )


def _link() -> rx.Component:
    return dialog(
        _("Link to a client"),
        _finder(_("Search clients"), _("Name or file number"), C.find_client, C.link),
        rx.el.div(button(_("Cancel"), on_click=C.close), class_name="dfoot"),
        on_leave=C.close,
        is_open=C.dialog == LINK,
    )


def _unlink() -> rx.Component:
    return form_dialog(
        _("Unlink this contact?"),
        rx.el.p(
            rx.el.b(C.view.name),
            " · ",
            rx.el.b(C.chosen_name),
            _(
                ": they lose access to this client and leave its requests; a request with no other recipient is "
                "withdrawn. What they sent stays. Their other clients are untouched."
            ),
        ),
        save=_("Unlink"),
        save_kind="stop",
        on_submit=C.unlink,
        on_leave=C.close,
        is_open=C.dialog == UNLINK,
    )


def _ends(lines: Any, lead: str) -> rx.Component:
    """What ends, with how many of each."""
    return rx.cond(
        lines.length() > 0,
        note(lead, rx.el.ul(rx.foreach(lines, lambda line: rx.el.li(line)), class_name="dots-list")),
    )


def _archive() -> rx.Component:
    return form_dialog(
        _("Archive this contact?"),
        rx.el.p(
            rx.el.b(C.view.name),
            " ",
            _(
                "can no longer sign in, at any client, and gets nothing more. What they sent stays. "
                "Restoring gives back account, access, and links that have not expired, with their devices; "
                "it sends nothing."
            ),
        ),
        _ends(C.view.ends, _("This ends at once:")),
        save=_("Archive"),
        save_kind="stop",
        on_submit=C.archive,
        on_leave=C.close,
        is_open=C.dialog == ARCHIVE,
    )


def _merge() -> rx.Component:
    return rx.cond(
        C.merge.mine.id == "",
        dialog(
            _("Merge with another contact"),
            _finder(
                _("Search contacts"),
                _("Name or address of the same person"),
                C.find_contact,
                C.choose_contact,
            ),
            rx.el.div(button(_("Cancel"), on_click=C.close), class_name="dfoot"),
            on_leave=C.close,
            is_open=C.dialog == MERGE,
        ),
        form_dialog(
            _("Merge these two?"),
            rx.el.fieldset(
                rx.el.legend(_("Which address and account stay?"), class_name="label"),
                _side("mine", C.merge.mine, C.merge.other, is_first=True),
                _side("other", C.merge.other, C.merge.mine),
                class_name="field sides",
            ),
            rx.el.div(
                rx.el.h3(_("Comes together")),
                rx.el.ul(
                    rx.foreach(C.merge.together, lambda line: rx.el.li(line)),
                    rx.foreach(C.merge.levels, lambda line: rx.el.li(line)),
                    class_name="dots-list",
                ),
            ),
            rx.cond(
                C.merge.mine.has_open | C.merge.other.has_open,
                rx.el.p(
                    check(
                        _("Resend what is open at the other address to the one that stays"),
                        name="resend",
                        default_checked=True,
                    ),
                    class_name="field",
                ),
            ),
            note(_("This cannot be undone. Make sure that the two are one person."), tone="late"),
            save=pgettext("contacts", "Merge"),
            save_kind="stop",
            on_submit=C.merge_them,
            on_leave=C.close,
            is_open=C.dialog == MERGE,
        ),
    )


def _side(value: str, side: Any, gone: Any, *, is_first: bool = False) -> rx.Component:
    """One of the two as the one who stays: how they sign in, and what ends at the other address."""
    ends = rx.cond(
        gone.ends.length() > 0,
        rx.el.p(
            _("Ends at once at the other address:"),
            " ",
            rx.foreach(gone.ends, lambda line: rx.el.span(line, class_name="list-word")),
            class_name="fine m",
        ),
    )
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="stays",
            default_value=value,
            default_checked=(side.cannot_stay == "") if is_first else (gone.cannot_stay != ""),
            disabled=side.cannot_stay != "",
        ),
        rx.el.span(
            rx.el.b(side.email),
            " ",
            rx.el.span(side.name, class_name="m"),
            rx.el.br(),
            rx.el.span(rx.cond(side.cannot_stay != "", side.cannot_stay, side.stays), class_name="fine m"),
            ends,
        ),
        class_name="side",
    )
