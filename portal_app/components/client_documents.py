"""A client's documents, for staff: the folder shown, uploading into it, and what was removed (10.6, 10.8)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.client_tabs import client_coming, client_tabs
from portal_app.components.document_dialogs import document_dialogs
from portal_app.components.staff_forms import check
from portal_app.components.staff_frame import page_head
from portal_app.components.staff_icons import ICONS, icon, sprite
from portal_app.components.staff_parts import (
    button,
    button_link,
    icon_button,
    menu,
    menu_item,
    missing_page,
    named,
    note,
    page_link,
    plain_link,
    status,
)
from portal_app.components.task_files import UPLOAD_SIGNS
from portal_app.components.uploader import upload_limits, uploader
from portal_app.state.client_documents import ClientDocumentsState
from portal_app.text import _

S: Any = ClientDocumentsState
V: Any = S.view
TRASH = "removed-documents"


def client_documents() -> rx.Component:
    """The page, its skeleton, or the sentence that there is no such folder."""
    return rx.cond(S.is_missing, _missing(), rx.cond(V.id == "", client_coming(), _there()))


def _missing() -> rx.Component:
    return missing_page(
        _("There is no such folder"),
        _("It was removed, or the address is mistyped."),
        button_link(_("All clients"), routes.CLIENTS),
    )


def _there() -> rx.Component:
    return rx.fragment(
        page_head(
            V.name,
            rx.cond(V.zip != "", _zip_link(_("Download as zip"), V.zip)),
            rx.cond(
                V.can_add_folder,
                button(_("New folder"), drawing="plus", key="n", on_click=S.ask_new_folder),
            ),
            crumbs=((_("Clients"), routes.CLIENTS),),
        ),
        client_tabs(V.id, "documents"),
        rx.el.div(
            _filters(),
            rx.cond(S.removed_text != "", _undo()),
            _body(),
            _bar(),
            class_name="view",
        ),
        document_dialogs(),
    )


def _body() -> rx.Component:
    return rx.el.div(
        rx.cond(V.crumbs.length() > 0, _path()),
        _upload(),
        rx.cond(V.older != "", rx.el.p(V.older, class_name="hint")),
        rx.cond(
            (V.folders.length() > 0) | (V.documents.length() > 0),
            _table(),
            rx.el.p(
                rx.cond(
                    S.search != "",
                    _("No document bears this name."),
                    _("Nothing here yet. Upload a file, or wait for the client’s."),
                ),
                class_name="m",
                role="status",
            ),
        ),
        rx.cond(V.gone.length() > 0, _gone()),
        rx.cond(
            V.zip_all != "",
            rx.el.p(plain_link(_("All files of this client as one zip"), href=V.zip_all, class_name="link")),
        ),
        class_name="body documents",
    )


def _zip_link(word: str, href: Any) -> rx.Component:
    return plain_link(icon("get"), word, href=href, class_name="btn")


def _filters() -> rx.Component:
    search = rx.el.input(
        type="search",
        name="search",
        class_name="in",
        placeholder=_("Name of a document"),
        aria_label=_("Search the documents of this client"),
        max_length=100,
        on_change=S.find.debounce(250),
        custom_attrs={"data-key": "/"},
    )
    return rx.el.div(
        rx.el.div(icon("search"), search, class_name="grow"), class_name="filters", role="search"
    )


def _undo() -> rx.Component:
    return rx.el.div(
        note(
            S.removed_text,
            " ",
            rx.el.button(_("Undo"), type="button", class_name="link", on_click=S.undo),
            tone="calm",
            drawing="undo",
        ),
        class_name="banner",
    )


def _crumb(one: Any) -> rx.Component:
    return rx.fragment(page_link(one.name, to=one.href, class_name="link"), " / ")


def _path() -> rx.Component:
    return rx.el.nav(
        rx.foreach(V.crumbs, _crumb),
        rx.el.b(V.folder_name, custom_attrs={"aria-current": "page"}),
        class_name="path",
        aria_label=_("Folder"),
    )


def _upload() -> rx.Component:
    """Where new documents come in, and with whom they are shared."""
    choose = rx.el.fieldset(
        rx.el.legend(_("What you upload is for"), class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="upload_for",
                        checked=S.upload_for == value,
                        on_change=S.upload_as(value),
                        class_name="vh",
                    ),
                    word,
                )
                for value, word in (("client", _("The client")), ("staff", _("Staff only")))
            ],
            class_name="seg",
        ),
        rx.el.p(
            rx.cond(
                S.upload_for == "client",
                rx.fragment(_("Full access: "), V.full),
                _("You can share it later."),
            ),
            class_name="hint",
        ),
        class_name="field",
    )
    return rx.el.section(
        choose,
        rx.el.div(
            upload_limits(V.limits, element_id="document-limits"),
            sprite({name: ICONS[ours] for name, ours in UPLOAD_SIGNS.items()}, prefix=""),
            uploader(
                V.place + S.upload_for.to(str),
                side="firm documents",
                camera=False,
                described_by="document-limits",
                more={"client": V.id, "folder": V.folder_id, "shared": S.upload_for},
            ),
        ),
        class_name="bring",
        aria_label=_("Upload documents"),
    )


def _table() -> rx.Component:
    every = rx.el.label(
        rx.el.input(
            type="checkbox",
            class_name="check",
            aria_label=_("Select all documents shown"),
            checked=(S.chosen.length() > 0) & (S.chosen.length() == V.documents.length()),
            on_change=S.choose_all,
        ),
        class_name="hit",
    )
    words = (_("Name"), _("Shared with"), _("From"), _("Date"), _("Size"))
    return rx.el.table(
        rx.el.caption(_("Folders and documents"), class_name="vh"),
        rx.el.thead(
            rx.el.tr(
                rx.cond(
                    V.documents.length() > 0,
                    rx.el.th(every, class_name="tick"),
                    rx.el.td(class_name="tick"),
                ),
                *[rx.el.th(word, scope="col") for word in words],
                rx.el.th(rx.el.span(_("Actions"), class_name="vh"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(V.folders, _folder), rx.foreach(V.documents, _document)),
        class_name="plain cards docs",
    )


def _folder(row: Any) -> rx.Component:
    name = f"folder-{row.id}"
    return rx.el.tr(
        rx.el.td(icon("folder"), class_name="tick"),
        rx.el.th(page_link(row.name, to=row.href), scope="row", class_name="name"),
        rx.el.td(
            rx.cond(row.is_shown, "", status("lock", _("Hidden while empty"))),
            class_name="stc",
        ),
        rx.el.td(row.detail, class_name="off m", col_span=3),
        rx.el.td(
            icon_button("more", named(_("More for {name}"), row.name), kind="bare", small=True, opens=name),
            menu(
                menu_item(
                    _("Rename…"), menu_name=name, drawing="pen", on_click=S.ask_folder("edit_folder", row.id)
                ),
                menu_item(
                    _("Move…"), menu_name=name, drawing="right", on_click=S.ask_folder("move_folder", row.id)
                ),
                rx.el.hr(),
                menu_item(
                    _("Remove…"),
                    menu_name=name,
                    drawing="x",
                    tone="late",
                    on_click=S.ask_folder("remove_folder", row.id),
                ),
                name=name,
            ),
            class_name="end does",
        ),
        key=row.id,
        class_name="folder-row",
    )


def _document(row: Any) -> rx.Component:
    look = rx.el.button(row.name, type="button", class_name="link", on_click=S.show(row.id))
    return rx.el.tr(
        rx.el.td(
            check(
                named(_("Select: {name}"), row.name),
                row=True,
                checked=S.chosen.contains(row.id),
                on_change=S.choose(row.id),
            ),
            class_name="tick",
        ),
        rx.el.th(
            look,
            rx.cond(row.folder != "", rx.el.span(row.folder, class_name="fine m under")),
            rx.cond(row.opened != "", rx.el.span(row.opened, class_name="fine m under")),
            rx.cond(row.versions != "", rx.el.span(row.versions, class_name="fine m under")),
            rx.cond(
                row.is_damaged,
                rx.el.span(icon("stop"), " ", _("damaged"), class_name="fine late under"),
            ),
            rx.cond(
                row.is_checking,
                rx.el.span(icon("clock"), " ", _("being checked"), class_name="fine wait under"),
            ),
            scope="row",
            class_name="name",
        ),
        rx.el.td(status(row.drawing, row.shared), class_name="stc"),
        rx.el.td(row.by, class_name="off"),
        rx.el.td(row.at, class_name="off m"),
        rx.el.td(row.size, class_name="off m num"),
        rx.el.td(_menu(row), class_name="end does"),
        key=row.id,
        custom_attrs={"data-row": "true"},
    )


def _menu(row: Any) -> rx.Component:
    name = f"document-{row.id}"
    return rx.fragment(
        icon_button("more", named(_("More for {name}"), row.name), kind="bare", small=True, opens=name),
        menu(
            plain_link(icon("get"), _("Download"), href=row.href),
            menu_item(_("Share…"), menu_name=name, drawing="eye", on_click=S.ask("share", row.id)),
            menu_item(_("Rename…"), menu_name=name, drawing="pen", on_click=S.ask("rename", row.id)),
            menu_item(_("Move…"), menu_name=name, drawing="right", on_click=S.ask("move", row.id)),
            menu_item(_("Replace…"), menu_name=name, drawing="up", on_click=S.ask("replace", row.id)),
            rx.el.hr(),
            menu_item(
                _("Remove…"), menu_name=name, drawing="x", tone="late", on_click=S.ask("remove", row.id)
            ),
            name=name,
        ),
    )


def _removed(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.name, " ", rx.el.span(one.detail, class_name="fine m")),
        button(
            _("Restore"),
            drawing="undo",
            small=True,
            aria_label=named(_("Restore {name}"), one.name),
            on_click=S.restore(one.kind, one.id),
        ),
        key=one.id,
    )


def _gone() -> rx.Component:
    return rx.el.details(
        rx.el.summary(_("Removed documents")),
        rx.el.p(V.gone_text, class_name="fine m"),
        rx.el.ul(rx.foreach(V.gone, _removed), class_name="lines restorable"),
        id=TRASH,
        class_name="removed",
    )


def _bar() -> rx.Component:
    return rx.cond(
        S.chosen_text != "",
        rx.el.div(
            rx.el.span(rx.el.b(S.chosen_text), class_name="say", custom_attrs={"aria-live": "polite"}),
            button(_("Remove…"), kind="stop", on_click=S.ask_chosen("remove")),
            button(_("Move…"), on_click=S.ask_chosen("move")),
            rx.cond(
                S.zip_chosen != "",
                _zip_link(_("Zip"), S.zip_chosen),
                rx.el.span(S.no_zip, class_name="fine m"),
            ),
            button(_("Share…"), drawing="eye", kind="main", on_click=S.ask_chosen("share")),
            icon_button("x", _("Clear selection"), kind="bare", on_click=S.choose_none),
            class_name="bulk",
            role="region",
            aria_label=_("Selection"),
        ),
    )
