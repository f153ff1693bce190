"""One contact's page: who they are, their clients with access to each, and the timeline."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.contact_dialogs import contact_dialogs
from portal_app.components.staff_frame import page_head
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    archive_item,
    bones,
    button,
    button_link,
    facts,
    icon_button,
    menu,
    menu_item,
    missing_page,
    named,
    note,
    page_link,
    plain_link,
    status,
    tag,
    timeline,
    waiting,
)
from portal_app.state.contacts import ContactState
from portal_app.text import _, pgettext

C: Any = ContactState
MORE = "contact-menu"


def contact_page() -> rx.Component:
    """The page, its skeleton, or the sentence that there is no such contact."""
    return rx.cond(C.is_missing, _missing(), rx.cond(C.view.id == "", _coming(), _there()))


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((_("Clients"), routes.CLIENTS), (_("Contacts"), routes.CONTACTS))


def _missing() -> rx.Component:
    return missing_page(
        _("There is no such contact"),
        _("The address may be mistyped, or the contact was merged with another or erased."),
        button_link(_("All contacts"), routes.CONTACTS),
    )


def _coming() -> rx.Component:
    return rx.fragment(
        page_head(
            rx.el.span(class_name="bone title", custom_attrs={"aria-hidden": "true"}), crumbs=_crumbs()
        ),
        bones(4),
        waiting(),
    )


def _there() -> rx.Component:
    return rx.fragment(
        _head(),
        _facts(),
        rx.cond(C.view.is_archived, _archived()),
        rx.el.div(
            rx.el.div(_clients(), _their_data(), class_name="body spread"),
            _timeline(),
            class_name="cols stacks",
        ),
        contact_dialogs(),
    )


def _head() -> rx.Component:
    view = C.view
    return rx.fragment(
        page_head(
            view.name,
            button(_("Edit"), drawing="pen", key="e", on_click=C.ask("edit")),
            button(_("Link to a client"), drawing="link", key="c", on_click=C.ask_link),
            icon_button("more", _("More for this contact"), opens=MORE),
            crumbs=_crumbs(),
        ),
        menu(
            plain_link(icon("eye"), named(_("View as {name}"), view.name), href=f"/staff/as/{view.id}/home"),
            page_link(icon("activity"), _("Activity"), to=f"{routes.ACTIVITY}?contact={view.id}"),
            menu_item(_("Merge with another contact…"), menu_name=MORE, drawing="user", on_click=C.ask_merge),
            rx.el.hr(),
            archive_item(C, menu_name=MORE),
            name=MORE,
        ),
    )


def _facts() -> rx.Component:
    view = C.view
    address = rx.fragment(
        rx.cond(view.email != "", view.email, _("none: nothing can be sent")),
        rx.cond(view.bounced != "", tag(_("E-mail came back"), "late", "stop")),
    )
    return facts(
        (_("E-mail"), address),
        (_("Phone"), rx.cond(view.phone != "", view.phone, "–")),
        (_("Language"), view.language),
        (_("Portal access"), status(view.drawing, view.portal, view.tone)),
        (pgettext("contact", "Account"), view.account),
        (pgettext("contact", "Last sign-in"), view.last_seen),
    )


def _archived() -> rx.Component:
    return rx.el.div(
        note(
            C.view.archived,
            ". ",
            _("Nothing goes out to this person, their links open nothing, and they cannot sign in."),
            " ",
            rx.el.button(_("Restore"), type="button", class_name="link", on_click=C.restore),
            drawing="box",
        ),
        class_name="banner",
    )


def _clients() -> rx.Component:
    words = (_("Client"), _("Portal access"), _("Role at this client"))
    table = rx.el.table(
        rx.el.caption(_("Clients of this contact"), class_name="vh"),
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(word, scope="col") for word in words],
                rx.el.th(rx.el.span(_("Actions"), class_name="vh"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(C.view.clients, _client)),
        class_name="plain cards lean",
    )
    none = rx.el.div(
        rx.el.p(_("This person is linked to no client."), class_name="m"),
        button(_("Link to a client"), drawing="link", on_click=C.ask_link),
        class_name="blank",
    )
    return rx.el.section(
        rx.el.div(rx.el.h2(_("Clients"), id="clients-head"), class_name="cap"),
        rx.cond(C.view.clients.length() > 0, table, none),
        rx.el.p(
            _("Access is given, invited and taken back on each client’s page: every client has its own."),
            class_name="hint",
        ),
        class_name="block",
        aria_labelledby="clients-head",
    )


def _client(row: Any) -> rx.Component:
    unlink = icon_button(
        "x", named(_("Unlink from {name}"), row.name), kind="bare", small=True, on_click=C.ask_unlink(row.id)
    )
    return rx.el.tr(
        rx.el.th(
            page_link(row.name, to=row.href),
            rx.cond(row.is_archived, rx.fragment(" ", tag(pgettext("client", "archived")))),
            scope="row",
            class_name="name",
        ),
        rx.el.td(
            status(row.drawing, row.portal, row.tone),
            rx.cond(row.level != "", rx.el.span(row.level, class_name="fine m under")),
            class_name="stc",
        ),
        rx.el.td(row.title, class_name="off m"),
        rx.el.td(unlink, class_name="end does"),
        key=row.id,
    )


def _their_data() -> rx.Component:
    """What the law gives them: a copy of their data, and to be forgotten (14.3)."""
    view = C.view
    return rx.cond(
        view.can_export,
        rx.el.section(
            rx.el.div(rx.el.h2(_("Their data"), id="data-head"), class_name="cap"),
            rx.el.p(
                _(
                    "A copy holds what the portal knows of this person, readable and for machines, with their files."
                ),
                class_name="m",
            ),
            rx.el.div(
                plain_link(
                    icon("get"),
                    _("Download their data"),
                    href=f"/staff/contacts/{view.id}/data",
                    class_name="btn",
                    custom_attrs={"download": "true"},
                ),
                rx.cond(
                    view.can_erase,
                    plain_link(
                        icon("x"),
                        _("Erase this contact…"),
                        href=f"/staff/contacts/{view.id}/erase",
                        class_name="btn",
                    ),
                ),
                class_name="acts",
            ),
            class_name="block",
            aria_labelledby="data-head",
        ),
    )


def _timeline() -> rx.Component:
    return rx.el.aside(
        rx.el.div(rx.el.h2(_("Timeline"), id="timeline-head"), class_name="cap"),
        rx.cond(
            C.view.timeline.length() > 0,
            timeline(C.view.timeline),
            rx.el.p(_("What happens with this contact stands here."), class_name="m fine"),
        ),
        class_name="aside",
        aria_labelledby="timeline-head",
    )
