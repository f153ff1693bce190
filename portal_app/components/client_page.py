"""One client's page: facts, contacts, what is waited for, work, and the timeline."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.access_dialog import access_dialog
from portal_app.components.client_colleagues import colleagues
from portal_app.components.client_forms import (
    archive_dialog,
    assign_dialog,
    contact_dialogs,
    edit_client_dialog,
    pause_dialog,
)
from portal_app.components.client_invites import invite_dialogs
from portal_app.components.client_tabs import client_coming, client_tabs
from portal_app.components.staff_frame import page_head
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    archive_item,
    button,
    button_link,
    face,
    facts,
    icon_button,
    menu,
    menu_item,
    missing_page,
    named,
    note,
    page_link,
    plain_link,
    request_state,
    status,
    tag,
    timeline,
)
from portal_app.state.access import AccessState
from portal_app.state.clients import ClientState
from portal_app.text import _

A: Any = AccessState
C: Any = ClientState
MORE = "client-menu"


def client_page() -> rx.Component:
    """The page, its skeleton, or the sentence that there is no such client."""
    return rx.cond(C.is_missing, _missing(), rx.cond(C.view.id == "", client_coming(), _there()))


def _missing() -> rx.Component:
    return missing_page(
        _("There is no such client"),
        _("The address may be mistyped, or the client belongs to another firm."),
        button_link(_("All clients"), routes.CLIENTS),
    )


def _there() -> rx.Component:
    return rx.fragment(
        _head(),
        client_tabs(C.view.id, "client"),
        _facts(),
        rx.cond(C.view.is_archived, _archived()),
        rx.cond(C.view.is_test, _test()),
        rx.el.div(
            rx.el.div(_contacts(), colleagues(), _waiting(), _work(), _notes(), class_name="body spread"),
            _timeline(),
            class_name="cols stacks",
        ),
        edit_client_dialog(),
        archive_dialog(),
        pause_dialog(),
        assign_dialog(),
        contact_dialogs(),
        invite_dialogs(),
        access_dialog(),
    )


def _head() -> rx.Component:
    view = C.view
    return rx.fragment(
        page_head(
            view.name,
            button(_("Edit"), drawing="pen", key="e", class_name="wide-only", on_click=C.ask("edit")),
            button_link(
                _("Work of this client"),
                f"{routes.WORKS}?client={view.id}",
                drawing="work",
                kind="main",
                key="w",
            ),
            icon_button("more", _("More for this client"), opens=MORE),
            crumbs=((_("Clients"), routes.CLIENTS),),
        ),
        menu(
            menu_item(_("Edit…"), menu_name=MORE, drawing="pen", on_click=C.ask("edit")),
            menu_item(_("Assigned staff…"), menu_name=MORE, drawing="user", on_click=C.ask("assign")),
            menu_item(_("Portal access…"), menu_name=MORE, drawing="key", on_click=A.ask(view.id)),
            rx.cond(
                view.pause != "",
                menu_item(_("Resume reminders"), menu_name=MORE, drawing="bell", on_click=C.resume),
                menu_item(_("Pause reminders…"), menu_name=MORE, drawing="bell", on_click=C.ask("pause")),
            ),
            rx.el.hr(),
            archive_item(C, menu_name=MORE),
            name=MORE,
        ),
    )


def _facts() -> rx.Component:
    view = C.view
    assigned = rx.el.button(
        rx.foreach(
            view.assigned, lambda one: rx.el.span(face(one.initials), " ", one.name, class_name="one")
        ),
        type="button",
        class_name="assigned",
        on_click=C.ask("assign"),
        title=_("Change who looks after this client"),
    )
    return facts(
        (_("Portal"), status(view.drawing, view.portal, view.tone)),
        (_("Kind"), view.kind_word),
        (_("File number"), rx.cond(view.number != "", view.number, "–")),
        (_("Assigned"), assigned),
        (_("Reminders"), rx.cond(view.pause != "", view.pause, _("go out by themselves"))),
    )


def _test() -> rx.Component:
    return rx.el.div(
        note(
            _("A test client, to try the portal with: it stands in no list and counts in no figure."),
            tone="calm",
            drawing="eye",
        ),
        class_name="banner",
    )


def _archived() -> rx.Component:
    return rx.el.div(
        note(
            C.view.archived,
            ". ",
            _("Nothing goes out to this client, and its links open nothing."),
            " ",
            rx.el.button(_("Restore"), type="button", class_name="link", on_click=C.restore),
            drawing="box",
        ),
        class_name="banner",
    )


def _block(title: str, name: str, *content: Any, side: Any = "") -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2(title, id=name), rx.el.span(side, class_name="end acts"), class_name="cap"),
        *content,
        class_name="block",
        aria_labelledby=name,
    )


def _contacts() -> rx.Component:
    add = button(
        _("Add"),
        drawing="plus",
        small=True,
        key="c",
        aria_label=_("Add a contact"),
        on_click=C.ask("contact"),
    )
    table = rx.el.table(
        rx.el.caption(_("Contacts, their portal access and language"), class_name="vh"),
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(word, scope="col") for word in (_("Contact"), _("Portal access"), _("Language"))],
                rx.el.th(rx.el.span(_("Actions"), class_name="vh"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(C.view.contacts, _contact)),
        class_name="plain cards lean",
    )
    none = rx.el.div(
        rx.el.p(_("Nobody here can be asked for anything yet."), class_name="m"),
        button(_("Add the first contact"), drawing="plus", on_click=C.ask("contact")),
        class_name="blank",
    )
    return _block(
        _("Contacts"), "contacts-head", rx.cond(C.view.contacts.length() > 0, table, none), side=add
    )


def _contact(row: Any) -> rx.Component:
    name = f"contact-{row.id}"
    return rx.el.tr(
        rx.el.th(
            page_link(row.name, to=row.href, class_name="person"),
            rx.cond(row.archived != "", rx.fragment(" ", tag(row.archived))),
            rx.cond(row.title != "", rx.el.span(" ", row.title, class_name="fine m")),
            rx.el.br(),
            rx.cond(
                row.email != "",
                rx.el.span(row.email, class_name="fine m"),
                rx.el.span(_("no e-mail address"), class_name="fine m"),
            ),
            rx.cond(row.phone != "", rx.el.span(" · ", row.phone, class_name="fine m")),
            rx.cond(
                row.bounced != "",
                rx.el.span(
                    rx.el.span(icon("stop"), " ", row.bounced, class_name="fine late"),
                    button(
                        _("Try again"),
                        small=True,
                        kind="bare",
                        aria_label=named(_("Try the address of {name} again"), row.name),
                        on_click=C.try_again(row.id),
                    ),
                    class_name="came-back",
                ),
            ),
            rx.cond(row.elsewhere != "", rx.el.span(row.elsewhere, class_name="fine m elsewhere")),
            scope="row",
            class_name="name",
        ),
        rx.el.td(_portal(row), class_name="stc"),
        rx.el.td(row.language, class_name="off m"),
        rx.el.td(
            icon_button("more", named(_("More for {name}"), row.name), kind="bare", small=True, opens=name),
            menu(
                menu_item(
                    _("Edit…"), menu_name=name, drawing="pen", on_click=C.ask_about("edit_contact", row.id)
                ),
                page_link(icon("clock"), _("Timeline"), to=f"{routes.ACTIVITY}?contact={row.id}"),
                plain_link(
                    icon("eye"), named(_("View as {name}"), row.name), href=f"/staff/as/{row.id}/home"
                ),
                rx.cond(
                    row.mfa_reset != "",
                    plain_link(icon("key"), _("Reset the second sign-in step…"), href=row.mfa_reset),
                ),
                rx.cond(
                    row.can_cancel,
                    menu_item(
                        _("Cancel the access…"),
                        menu_name=name,
                        drawing="undo",
                        on_click=C.ask_about("cancel", row.id),
                    ),
                ),
                rx.cond(
                    row.other_level != "",
                    menu_item(
                        rx.cond(row.other_level == "full", _("Give full access"), _("Limit the access")),
                        menu_name=name,
                        drawing="key",
                        on_click=C.change_level(row.id, row.other_level),
                    ),
                ),
                menu_item(
                    _("Unlink…"),
                    menu_name=name,
                    drawing="link",
                    tone="late",
                    on_click=C.ask_about("unlink", row.id),
                ),
                name=name,
            ),
            class_name="end does",
        ),
        key=row.id,
    )


def _portal(row: Any) -> rx.Component:
    """Where the contact's access stands, and what comes next (3.5)."""
    invite = rx.el.button(
        _("Invite…"),
        type="button",
        class_name="link fine",
        aria_label=named(_("Invite {name}"), row.name),
        on_click=C.ask_about("invite", row.id),
    )
    resend = rx.el.button(
        _("Resend"),
        type="button",
        class_name="link fine",
        aria_label=named(_("Resend the invitation to {name}"), row.name),
        on_click=C.resend(row.id),
    )
    return rx.fragment(
        status(row.drawing, row.portal, row.tone),
        rx.cond(row.portal_more != "", rx.el.span(row.portal_more, class_name="fine m under")),
        rx.cond(row.can_invite, rx.el.span(invite, class_name="under")),
        rx.cond(row.can_resend, rx.el.span(resend, class_name="under")),
    )


def _waiting() -> rx.Component:
    return _block(
        _("Waiting on this client"),
        "waiting-head",
        rx.cond(
            C.view.requests.length() > 0,
            rx.el.ul(rx.foreach(C.view.requests, _waiting_line), class_name="lines"),
            rx.el.p(_("Nothing is outstanding: no request sent has an open task."), class_name="m"),
        ),
    )


def _waiting_line(row: Any) -> rx.Component:
    return rx.el.li(
        page_link(rx.el.b(row.name), " ", rx.el.span(row.title, class_name="fine m"), to=row.href),
        request_state(row.parts),
        key=row.id,
    )


def _work() -> rx.Component:
    words = (_("Work item"), _("Status"), _("Assignee"), _("Due"))
    table = rx.el.table(
        rx.el.caption(_("Work for this client"), class_name="vh"),
        rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in words])),
        rx.el.tbody(rx.foreach(C.view.work, _work_row)),
        class_name="plain cards lean",
    )
    none = rx.el.div(
        rx.el.p(_("No work yet. A work item holds the tasks that you ask for."), class_name="m"),
        button_link(_("Add a work item"), f"{routes.WORKS}?client={C.view.id}", drawing="plus"),
        class_name="blank",
    )
    return _block(
        _("Work"),
        "work-head",
        rx.cond(C.view.work.length() > 0, table, none),
        side=page_link(_("All work"), to=f"{routes.WORKS}?client={C.view.id}", class_name="fine link"),
    )


def _work_row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(page_link(row.title, to=row.href), scope="row", class_name="name"),
        rx.el.td(status(row.drawing, row.status, row.tone), class_name="stc"),
        rx.el.td(row.assignee, class_name="off"),
        rx.el.td(row.due, class_name=rx.cond(row.is_late, "end late", "end m")),
        key=row.id,
    )


def _notes() -> rx.Component:
    return rx.cond(
        C.view.notes != "",
        _block(_("Notes, for staff only"), "notes-head", rx.el.p(C.view.notes, class_name="prose")),
    )


def _timeline() -> rx.Component:
    return rx.el.aside(
        rx.el.div(rx.el.h2(_("Timeline"), id="timeline-head"), class_name="cap"),
        rx.cond(
            C.view.timeline.length() > 0,
            timeline(C.view.timeline),
            rx.el.p(_("What happens with this client stands here."), class_name="m fine"),
        ),
        class_name="aside",
        aria_labelledby="timeline-head",
    )
