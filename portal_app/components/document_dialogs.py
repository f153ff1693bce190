"""The dialogs around a client's documents: sharing, moving, naming, removing, replacing, looking (10.4, 10.6, 10.14)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import (
    check,
    choices,
    dialog,
    error_of,
    field,
    form_dialog,
    select_in,
    text_in,
    wrong,
)
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, facts, note, plain_link, waiting
from portal_app.components.uploader import uploader
from portal_app.state.client_documents import (
    ADD_FOLDER,
    EDIT_FOLDER,
    LOOK,
    MOVE,
    MOVE_FOLDER,
    REMOVE,
    REMOVE_FOLDER,
    RENAME,
    REPLACE,
    SHARE,
    ClientDocumentsState,
)
from portal_app.text import _, pgettext

S: Any = ClientDocumentsState
V: Any = S.view


def document_dialogs() -> rx.Component:
    """All of them; one is open at most."""
    return rx.fragment(
        _folder_form(_("New folder"), _("Add the folder"), S.add_folder, ADD_FOLDER),
        _folder_form(_("Rename the folder"), _("Save"), S.edit_folder, EDIT_FOLDER),
        _move(_("Move the folder"), S.move_folder, MOVE_FOLDER),
        _move(_("Move to a folder"), S.move, MOVE),
        _remove_folder(),
        _rename(),
        _share(),
        _remove(),
        _replace(),
        _look(),
    )


def _folder_form(title: str, save: str, on_submit: Any, name: str) -> rx.Component:
    error = wrong(S, "name")
    return form_dialog(
        title,
        field(
            "name",
            _("Name"),
            text_in(
                "name",
                error=error,
                first=True,
                default_value=S.folder.name,
                max_length=120,
                auto_complete="off",
            ),
            error=error,
        ),
        rx.el.p(
            check(
                _("Whoever has full access sees it while it is empty"),
                name="shown",
                default_checked=S.folder.is_shown,
            ),
            class_name="field",
        ),
        save=save,
        on_submit=on_submit,
        on_leave=S.close,
        is_open=S.dialog == name,
    )


def _move(title: str, on_submit: Any, name: str) -> rx.Component:
    top = rx.el.option(_("Without a folder"), value="")
    return form_dialog(
        title,
        field("folder", _("Folder"), select_in("folder", *choices(V.targets, top), default_value="")),
        save=_("Move"),
        on_submit=on_submit,
        on_leave=S.close,
        is_open=S.dialog == name,
    )


def _remove_folder() -> rx.Component:
    return form_dialog(
        _("Remove this folder?"),
        rx.el.p(rx.el.b(S.folder.name), ": ", S.folder.detail, "."),
        rx.el.p(_("All it holds goes with it, for the client as well."), " ", V.gone_text),
        save=pgettext("documents", "Remove"),
        save_kind="stop",
        on_submit=S.remove_folder,
        on_leave=S.close,
        is_open=S.dialog == REMOVE_FOLDER,
    )


def _rename() -> rx.Component:
    error = wrong(S, "name")
    box = text_in(
        "name", error=error, first=True, default_value=S.about.name, max_length=200, auto_complete="off"
    )
    return form_dialog(
        _("Rename the document"),
        field("name", _("Name"), box, error=error, hint=_("The ending stays what the content is.")),
        save=_("Save"),
        on_submit=S.rename,
        on_leave=S.close,
        is_open=S.dialog == RENAME,
    )


def _share() -> rx.Component:
    kinds = (
        ("client", _("Everybody with full access"), V.full),
        ("named", _("Only those named below"), _("Whoever has full access sees it, too.")),
        ("staff", _("Staff only"), _("No contact sees it.")),
    )
    ways = rx.el.fieldset(
        rx.el.legend(_("Shared with"), class_name="label"),
        *[
            rx.el.label(
                rx.el.input(
                    type="radio",
                    name="shared_with",
                    value=value,
                    default_checked=S.sharing == value,
                    on_change=S.share_as(value),
                ),
                rx.el.span(rx.el.b(word), rx.el.span(about, class_name="fine m under")),
                class_name="way",
            )
            for value, word, about in kinds
        ],
        class_name="field ways",
    )
    people = rx.el.fieldset(
        rx.el.legend(_("By name"), class_name="label"),
        rx.el.p(_("Whoever is named keeps the document when their access is limited."), class_name="hint"),
        rx.cond(
            V.people.length() > 0,
            rx.el.ul(rx.foreach(V.people, _person), class_name="by-name"),
            rx.el.p(_("This client has no contact yet."), class_name="m"),
        ),
        error_of("contacts", wrong(S, "contacts")),
        class_name="field",
    )
    return form_dialog(
        _("Share"),
        rx.el.p(rx.el.b(rx.cond(S.about.id != "", S.about.name, S.chosen_text))),
        ways,
        rx.cond(S.sharing != "staff", people),
        note(
            _(
                "Whoever can see it for the first time gets an e-mail with a link in ten minutes, together with "
                "what else you share until then."
            ),
            tone="calm",
            drawing="mail",
        ),
        save=_("Share"),
        on_submit=S.share,
        on_leave=S.close,
        is_open=S.dialog == SHARE,
    )


def _remove() -> rx.Component:
    return form_dialog(
        _("Remove from the documents?"),
        rx.el.p(rx.el.b(rx.cond(S.about.id != "", S.about.name, S.chosen_text))),
        rx.el.p(_("The client no longer sees it either."), " ", V.gone_text),
        save=pgettext("documents", "Remove"),
        save_kind="stop",
        on_submit=S.remove,
        on_leave=S.close,
        is_open=S.dialog == REMOVE,
    )


def _replace() -> rx.Component:
    """A new version comes by an upload of its own; the dialog stays until it is closed."""
    return dialog(
        _("Replace by a new version"),
        rx.el.div(
            rx.el.p(rx.el.b(S.about.name)),
            rx.el.p(
                _("Whoever sees it sees the new version from then on. You keep those before it."),
                class_name="hint",
            ),
            uploader(
                "replace/" + S.about.id.to(str),
                side="firm documents",
                camera=False,
                single=True,
                more={"client": V.id, "document": S.about.id},
            ),
            class_name="fields",
        ),
        rx.el.div(button(_("Close"), on_click=S.close), class_name="dfoot"),
        on_leave=S.close,
        is_open=S.dialog == REPLACE,
    )


def _look() -> rx.Component:
    look = S.look
    there = rx.fragment(
        rx.el.div(
            facts(
                (_("From"), look.by),
                (_("Received on"), look.at),
                (_("Size"), look.size),
                (_("Folder"), rx.cond(look.folder != "", look.folder, "–")),
            ),
            rx.el.p(_("SHA-256"), " ", rx.el.code(look.sha256), class_name="fine m sums"),
            rx.cond(
                look.versions.length() > 0,
                rx.el.section(
                    rx.el.h3(_("Versions")),
                    rx.el.ul(rx.foreach(look.versions, _version), class_name="files"),
                    class_name="task-files",
                ),
            ),
            rx.cond(look.why_not != "", rx.el.p(look.why_not, class_name="m")),
            rx.el.div(rx.foreach(look.pages, _page), class_name="page-shots"),
            class_name="fields look",
        ),
        rx.el.div(
            button(_("Close"), on_click=S.close),
            plain_link(icon("get"), _("Download"), href=look.href, class_name="btn main"),
            class_name="dfoot",
        ),
    )
    return dialog(
        rx.cond(look.id != "", look.name, _("Document")),
        rx.cond(look.id != "", there, rx.el.div(waiting(), class_name="fields")),
        on_leave=S.close,
        is_open=S.dialog == LOOK,
        sub=rx.el.p(look.client, class_name="fine m"),
    )


def _person(one: Any) -> rx.Component:
    return rx.el.li(
        check(
            one.name,
            checked=S.names.contains(one.id),
            on_change=S.name(one.id),
        ),
        " ",
        rx.el.span(one.access, class_name="fine m"),
        key=one.id,
    )


def _page(src: Any) -> rx.Component:
    return rx.el.img(src=src, alt="", loading="lazy", class_name="page-shot")


def _version(one: Any) -> rx.Component:
    return rx.el.li(
        icon("file"),
        rx.el.div(
            plain_link(one.at, href=one.href, class_name="link"),
            rx.el.p(one.by, rx.cond(one.is_now, _(", the version of now"), ""), class_name="fine m"),
        ),
        rx.el.span(one.size, class_name="n"),
        key=one.id,
    )
