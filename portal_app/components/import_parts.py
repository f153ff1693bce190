"""Bringing in a file of clients and contacts: choosing it, its preview, and what came of it (2.1)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.plain_form import file_form
from portal_app.components.staff_forms import check, field, select_in
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    bones,
    button,
    button_link,
    missing_page,
    note,
    plain_link,
    waiting,
)
from portal_app.state.importing import ImportState
from portal_app.text import _, pgettext

S: Any = ImportState


def choose_file() -> rx.Component:
    """The form with the file, and the one to fill in."""
    control = rx.el.input(
        type="file",
        id="file",
        name="file",
        accept=".csv,.txt,text/csv,text/plain",
        required=True,
        class_name="in file-in",
        custom_attrs={"aria-describedby": "file-hint file-error"},
    )
    hint = _(
        "CSV as Excel or another program writes it, up to 5 MB. The first line names the columns. "
        "Nothing is imported before you have seen what the file would bring."
    )
    template = plain_link(
        icon("get"),
        _("Download a file to fill in"),
        href=routes.IMPORT_TEMPLATE,
        class_name="btn",
        custom_attrs={"download": "true"},
    )
    return rx.el.section(
        file_form(
            field("file", _("CSV file"), control, hint=hint),
            rx.el.div(
                button(_("Show what it would bring"), kind="main", type="submit"), template, class_name="acts"
            ),
            action=routes.IMPORT_FILE,
        ),
        rx.el.p(
            _(
                "A line is a contact at a client; with the client alone it adds the client. A person at several "
                "clients stands on a line for each. What is here already is never added twice."
            ),
            class_name="hint",
        ),
        class_name="import",
    )


def preview() -> rx.Component:
    """The page of one file."""
    return rx.cond(
        S.is_missing,
        missing_page(
            _("There is no such file"),
            _("A file waits for a day; after that, choose it again."),
            button_link(_("Choose a file"), routes.IMPORTS),
        ),
        rx.cond(
            S.view.id == "",
            rx.fragment(bones(5), waiting()),
            rx.cond(S.view.is_taken, _taken(), _before()),
        ),
    )


def _before() -> rx.Component:
    take = rx.el.div(
        rx.cond(
            S.view.take != "",
            button(S.view.take, kind="main", on_click=S.take),
            note(_("Nothing in this file can be brought in yet."), role="status"),
        ),
        button_link(_("Choose another file"), routes.IMPORTS),
        class_name="acts",
    )
    return rx.el.div(
        _lines(S.view.brings, "counts"),
        rx.cond(S.view.faults.length() > 0, _faults()),
        rx.cond(S.view.lines.length() > 0, _sample()),
        _columns(),
        _wishes(),
        take,
        class_name="import",
    )


def _lines(lines: Any, class_name: str) -> rx.Component:
    return rx.el.ul(
        rx.foreach(lines, lambda line: rx.el.li(line)),
        class_name=class_name,
        custom_attrs={"aria-live": "polite"},
    )


def _scrolled(table: rx.Component, heading: str) -> rx.Component:
    """On a phone it is drawn sideways, by keys as well."""
    return rx.el.div(
        table, class_name="scroll", role="group", tab_index=0, custom_attrs={"aria-labelledby": heading}
    )


def _heading(text: str, name: str, *side: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h2(text, id=name), rx.el.span(*side, class_name="end acts") if side else "", class_name="cap"
    )


def _faults() -> rx.Component:
    words = (
        pgettext("import", "Line"),
        pgettext("import", "Column"),
        _("What stands there"),
        _("What to do"),
    )
    table = rx.el.table(
        rx.el.caption(_("Errors by line and column"), class_name="vh"),
        rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in words])),
        rx.el.tbody(rx.foreach(S.view.faults, _fault_row)),
        class_name="plain fault-table",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2(S.view.fault_count, id="faults-head"),
            rx.el.span(
                plain_link(
                    icon("get"),
                    _("These lines as a file"),
                    href=f"/staff/contacts/import/{S.view.id}/errors.csv",
                    class_name="btn small",
                    custom_attrs={"download": "true"},
                ),
                class_name="end acts",
            ),
            class_name="cap",
        ),
        rx.el.p(
            _("They stay out. Mend them and bring them again, or import the others now."), class_name="m fine"
        ),
        _scrolled(table, "faults-head"),
        rx.cond(S.view.more_faults != "", rx.el.p(S.view.more_faults, class_name="m fine")),
        class_name="block",
        aria_labelledby="faults-head",
    )


def _fault_row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.line, scope="row"),
        rx.el.td(row.column, class_name="off"),
        rx.el.td(rx.el.span(row.value, class_name="typed")),
        rx.el.td(row.text),
    )


def _sample() -> rx.Component:
    words = (pgettext("import", "Line"), _("Client"), _("Contact"), _("E-mail"), _("What happens"))
    table = rx.el.table(
        rx.el.caption(_("The first lines"), class_name="vh"),
        rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in words])),
        rx.el.tbody(rx.foreach(S.view.lines, _sample_row)),
        class_name="plain",
    )
    return rx.el.section(
        _heading(_("The first lines"), "sample-head"),
        _scrolled(table, "sample-head"),
        class_name="block",
        aria_labelledby="sample-head",
    )


def _sample_row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.line, scope="row"),
        rx.el.td(row.client),
        rx.el.td(row.contact),
        rx.el.td(row.email),
        rx.el.td(row.does, class_name="m"),
    )


def _columns() -> rx.Component:
    separators = select_in(
        "separator",
        rx.el.option(_("comma ,"), value=","),
        rx.el.option(_("semicolon ;"), value=";"),
        rx.el.option(pgettext("import", "tab"), value="\t"),
        value=S.view.separator,
        on_change=S.part,
    )
    return rx.el.section(
        _heading(_("What stands in which column"), "columns-head"),
        rx.el.div(
            rx.foreach(S.view.columns, _column_field),
            rx.el.div(rx.el.label(_("Separator"), html_for="separator"), separators),
            class_name="column-grid",
        ),
        rx.el.p(_("Read as {encoding}.").split("{encoding}")[0], S.view.encoding, ".", class_name="hint"),
        class_name="block",
        aria_labelledby="columns-head",
    )


def _column_field(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(row.word, html_for="column-" + row.column.to(str)),
        rx.el.select(
            rx.el.option(pgettext("import", "– none –"), value=""),
            rx.foreach(S.view.heads, lambda head: rx.el.option(head.word, value=head.value)),
            value=row.place,
            on_change=lambda value: S.place(row.column, value),
            id="column-" + row.column.to(str),
            class_name="in",
        ),
        key=row.column,
    )


def _wishes() -> rx.Component:
    view, is_off = S.view, S.view.portal_off != ""
    levels = rx.el.select(
        rx.el.option(_("no portal access"), value=""),
        rx.el.option(_("limited access"), value="limited"),
        rx.el.option(_("full access"), value="full"),
        value=view.level,
        on_change=S.access,
        disabled=is_off,
        id="level",
        class_name="in",
    )
    return rx.el.section(
        _heading(_("For those who come"), "wishes-head"),
        rx.cond(is_off, note(view.portal_off)),
        rx.el.div(
            rx.cond(
                view.known != "",
                check(view.known, checked=view.link_known, on_change=lambda on: S.wish("link_known", on)),
            ),
            check(
                _("Switch the portal on for their clients"),
                checked=view.portal,
                disabled=is_off,
                on_change=lambda on: S.wish("portal", on),
            ),
            rx.el.div(rx.el.label(_("Give them"), html_for="level"), levels, class_name="level-line"),
            check(
                _("Send them the invitation right after the import"),
                checked=view.invite,
                disabled=is_off,
                on_change=lambda on: S.wish("invite", on),
            ),
            class_name="checks",
        ),
        rx.el.p(
            _(
                "Access and invitations go to those with a usable address. An invitation is valid for three days."
            ),
            class_name="hint",
        ),
        class_name="block",
        aria_labelledby="wishes-head",
    )


def _taken() -> rx.Component:
    failed = rx.el.section(
        _heading(_("Not invited"), "failed-head"),
        rx.el.ul(
            rx.foreach(
                S.view.not_sent,
                lambda one: rx.el.li(rx.el.b(one.value), " · ", one.column, ": ", one.text),
            ),
            class_name="lines",
        ),
        class_name="block",
        aria_labelledby="failed-head",
    )
    return rx.el.div(
        rx.el.h2(_("Imported")),
        _lines(S.view.brings, "counts"),
        rx.cond(S.view.sending != "", rx.el.p(S.view.sending, role="status")),
        rx.cond(S.view.not_sent.length() > 0, failed),
        rx.el.div(
            button_link(_("All clients"), routes.CLIENTS, kind="main"),
            button_link(_("All contacts"), routes.CONTACTS),
            button_link(_("Import another file"), routes.IMPORTS),
            class_name="acts",
        ),
        class_name="import",
    )
