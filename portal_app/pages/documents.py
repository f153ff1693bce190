"""The signed-in contact's documents: in folders, with what was handed in for requests (9.3, 10.6).

`templates/first/documents.html` is the same page before the script has come: change both.
"""

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.client_parts import (
    accent,
    bones,
    client_nav,
    client_news,
    client_switcher,
    firm_contact,
    foot,
    masthead,
    plain_link,
    sign,
    sprite,
)
from portal_app.components.uploader import replace_file, uploader
from portal_app.pages._frames import client_page
from portal_app.state.documents import DocumentsState
from portal_app.text import N_, _

S: Any = DocumentsState
PAGE: Any = S.page


@client_page(routes.DOCUMENTS, title=N_("Documents"), on_load=S.load)
def documents() -> rx.Component:
    """What this person sees of the client shown."""
    return rx.fragment(
        sprite(),
        accent(PAGE.accent_css),
        plain_link(_("Skip to the list"), href="#list", class_name="skip"),
        masthead(
            PAGE.firm_name,
            routes.HOME,
            client_nav(routes.DOCUMENTS),
            client_news(PAGE),
            client_switcher(PAGE),
            logo=PAGE.logo,
        ),
        rx.cond(PAGE.contact_id != "", _documents(), bones()),
        foot(PAGE),
    )


def _documents() -> rx.Component:
    return rx.el.main(
        rx.el.div(rx.el.p(PAGE.about, class_name="eyebrow"), rx.el.h1(_("Documents"))),
        rx.el.div(
            rx.cond(PAGE.client_id != "", _tools()),
            rx.cond(PAGE.client_id != "", _said()),
            rx.el.div(
                rx.cond(PAGE.empty != "", rx.el.p(PAGE.empty, class_name="quiet", role="status")),
                rx.foreach(PAGE.folders, _folder),
                id="list",
            ),
            rx.cond(PAGE.requests.length() > 0, _requests()),
            rx.cond(PAGE.zip != "", _foot()),
            class_name="stack",
        ),
        rx.el.div(firm_contact(PAGE), class_name="side"),
        class_name="page two",
    )


def _tools() -> rx.Component:
    """Looking for a document, and the page's filled button."""
    box = rx.el.input(
        type="search",
        id="q",
        name="q",
        max_length=200,
        default_value=S.words,
        on_change=S.find.debounce(250),
    )
    return rx.el.div(
        rx.el.form(
            rx.el.label(_("Look for a document"), html_for="q"),
            box,
            class_name="field",
            role="search",
            on_submit=rx.prevent_default,
        ),
        uploader(
            PAGE.place,
            side="documents",
            described_by="document-limits",
            more={"client": PAGE.client_id},
            person=PAGE.contact_id,
            main=True,
        ),
        class_name="tools",
    )


def _said() -> rx.Component:
    """What is listed, and how large a file may be, before one is chosen (1.10)."""
    return rx.el.div(
        rx.el.p(PAGE.limits, id="document-limits"),
        rx.cond(PAGE.older != "", rx.el.p(PAGE.older)),
        class_name="quiet",
    )


def _folder(folder: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.el.h2(folder.title)),
        rx.cond(
            folder.documents.length() > 0,
            rx.el.ul(rx.foreach(folder.documents, _document)),
            rx.el.p(_("Nothing here yet. Upload a file, or ask the firm to share one."), class_name="quiet"),
        ),
        rx.cond((folder.summary != "") | (folder.zip != ""), _cap(folder)),
        rx.cond(
            folder.place != "",
            uploader(
                folder.place,
                side="documents",
                camera=False,
                about=folder.title,
                more={"client": PAGE.client_id, "folder": folder.folder_id},
            ),
        ),
        class_name="folder",
        open=folder.is_open,
        id="f" + folder.id.to(str),
        key=folder.id,
    )


def _document(document: Any) -> rx.Component:
    return rx.el.li(
        sign("file"),
        plain_link(document.name, href=document.look),
        rx.el.div(
            rx.el.span(rx.el.span(_("From "), class_name="sr"), document.by),
            rx.el.span(document.at),
            rx.el.span(document.size),
            class_name="meta quiet num",
        ),
        plain_link(
            sign("down"),
            href=document.href,
            class_name="get",
            aria_label=_("Download {name}").format(name=document.name),
        ),
        rx.cond(document.place != "", _replace(document)),
        class_name="file doc",
        key=document.id,
    )


def _replace(document: Any) -> rx.Component:
    """A new version of what one put there oneself; it arrives where its folder's uploads do (10.4)."""
    more = {"client": PAGE.client_id, "document": document.id}
    return replace_file(document.place, name=document.name, more=more, side="documents")


def _cap(folder: Any) -> rx.Component:
    every = plain_link(_("Download all (zip)"), href=folder.zip, class_name="link")
    return rx.el.div(rx.el.span(folder.summary), rx.cond(folder.zip != "", every), class_name="cap quiet")


def _requests() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Handed in with requests")), rx.foreach(PAGE.requests, _folder), class_name="handed"
    )


def _foot() -> rx.Component:
    return rx.el.p(plain_link(_("All of this as one zip"), href=PAGE.zip, class_name="link"))
