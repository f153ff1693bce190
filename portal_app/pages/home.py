"""The signed-in contact's home: what to do next, how far everything is, who helps (9.1 to 9.3).

`templates/first/home.html` is the same page before the script has come: change both.
"""

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.checklist import answering
from portal_app.components.client_parts import (
    accent,
    art,
    bones,
    client_nav,
    client_news,
    client_switcher,
    firm_contact,
    foot,
    masthead,
    plain_link,
    show_client,
    sign,
    sprite,
    state_words,
)
from portal_app.pages._frames import client_page
from portal_app.state.home import HomeState as S
from portal_app.text import N_, _

PAGE: Any = S.page


@client_page(routes.HOME, title=N_("Home"), on_load=S.load)
def home() -> rx.Component:
    """What to do next."""
    return rx.fragment(
        sprite(),
        accent(PAGE.accent_css),
        answering(PAGE.contact_id),
        plain_link(_("Skip to the list"), href="#list", class_name="skip"),
        masthead(
            PAGE.firm_name,
            routes.HOME,
            client_nav(routes.HOME),
            client_news(PAGE),
            client_switcher(PAGE),
            logo=PAGE.logo,
        ),
        rx.cond(PAGE.contact_id != "", _home(), bones()),
        foot(PAGE),
    )


def _home() -> rx.Component:
    return rx.el.main(
        rx.el.div(
            rx.cond(PAGE.hero != "", art(PAGE.hero)),
            rx.el.div(rx.el.p(PAGE.day), rx.el.h1(PAGE.greeting), rx.el.p(PAGE.waits), class_name="wrap"),
            class_name=rx.cond(PAGE.hero != "", "hero image", "hero"),
        ),
        rx.el.div(
            rx.el.div(
                _now(),
                rx.cond(PAGE.open.length() > 0, _section(_("Your work"), PAGE.open, "all")),
                rx.cond(PAGE.past.length() > 0, _section(_("Completed work"), PAGE.past, "past")),
                rx.cond(PAGE.files.length() > 0, _files()),
                class_name="stack",
            ),
            rx.el.div(
                firm_contact(PAGE), rx.cond(PAGE.elsewhere.length() > 0, _elsewhere()), class_name="side"
            ),
            class_name="page two",
        ),
    )


def _now() -> rx.Component:
    """The task due soonest, with the page's filled button, and the next few."""
    first = PAGE.first
    todo = rx.el.ol(
        rx.el.li(
            rx.el.div(
                rx.el.h3(first.title),
                rx.el.p(first.request, class_name="quiet"),
                rx.el.p(
                    rx.cond(first.sign != "", sign(first.sign)),
                    first.state,
                    class_name="state " + first.tone.to(str),
                ),
            ),
            rx.el.div(plain_link(_("Open this task"), href=first.href, class_name="btn main")),
            class_name="first",
        ),
        rx.foreach(PAGE.next, _task),
    )
    every = plain_link(PAGE.all_label, href="#all", class_name="link")
    return rx.el.section(
        rx.el.div(rx.el.h2(_("To do now")), rx.cond(PAGE.all_label != "", every), class_name="cap"),
        rx.cond(PAGE.first.id != "", todo, rx.el.p(PAGE.empty, class_name="quiet")),
        class_name="sect",
        id="list",
    )


def _task(task: Any) -> rx.Component:
    row = rx.el.div(plain_link(rx.el.h3(task.title), href=task.href), state_words(task), class_name="row low")
    return rx.el.li(row, key=task.id)


def _section(title: str, lines: Any, element_id: str) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title), rx.el.ul(rx.foreach(lines, _line)), class_name="sect", id=element_id
    )


def _line(line: Any) -> rx.Component:
    marks = rx.el.div(
        rx.foreach(line.marks, lambda mark: rx.el.i(class_name=mark)),
        class_name="steps",
        custom_attrs={"aria-hidden": "true"},
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                plain_link(rx.el.h3(line.title), href=line.href),
                rx.cond(line.about != "", rx.el.p(line.about, class_name="quiet")),
                rx.cond(line.marks.length() > 0, marks),
            ),
            state_words(line),
            class_name="row low",
        ),
        key=line.id,
    )


def _files() -> rx.Component:
    every = plain_link(_("All documents"), href=routes.DOCUMENTS, class_name="link")
    return rx.el.section(
        rx.el.div(rx.el.h2(_("Recent documents")), every, class_name="cap"),
        rx.el.ul(
            rx.foreach(
                PAGE.files,
                lambda file: rx.el.li(
                    sign("file"),
                    rx.el.div(
                        plain_link(file.name, href=file.href), rx.el.span(file.detail, class_name="quiet")
                    ),
                    class_name="file",
                    key=file.id,
                ),
            )
        ),
        class_name="sect",
    )


def _elsewhere() -> rx.Component:
    """What waits at the other clients of this account (9.2)."""
    return rx.el.section(
        rx.el.h2(_("Elsewhere")),
        rx.foreach(PAGE.elsewhere, _other),
        class_name="firm",
    )


def _other(client: Any) -> rx.Component:
    button = rx.el.button(_("Go to {client}").format(client=client.name), class_name="link", type="submit")
    return rx.el.div(
        rx.el.p(client.elsewhere, class_name="quiet"), show_client(client, button), key=client.id
    )
