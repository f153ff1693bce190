"""The checklist: what is asked, by whom, until when (9.2). By link and signed in alike.

`templates/first/request.html` is the same page before the script has come: change both.
"""

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.checklist import (
    answering,
    fold,
    next_task,
    rich,
    talk,
    task_state,
    tick,
    undo_bar,
)
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
from portal_app.components.other_answers import other_answers
from portal_app.components.own_files import own_file, receipt_link
from portal_app.components.plain_form import plain_form
from portal_app.components.uploader import upload_limits, uploader
from portal_app.pages._frames import client_page
from portal_app.state.requests import RequestState as S
from portal_app.text import N_, _

PAGE: Any = S.page


@client_page(routes.REQUEST, title=N_("Your request"), on_load=S.load)
def request() -> rx.Component:
    """One request."""
    return rx.fragment(
        sprite(),
        accent(PAGE.accent_css),
        answering(PAGE.reader_id),
        plain_link(_("Skip to the list"), href="#list", class_name="skip"),
        masthead(
            PAGE.firm_name,
            rx.cond(PAGE.by_link, "#list", routes.HOME),
            rx.cond(PAGE.by_link, rx.fragment(), client_nav("", "tabs desk")),
            client_news(PAGE),
            _way(),
            logo=PAGE.logo,
        ),
        rx.cond(PAGE.id != "", _checklist(), bones()),
        foot(PAGE),
    )


def _way() -> rx.Component:
    """In, by link; signed in, home, and to the account's other clients where there are some."""
    return rx.cond(
        PAGE.by_link,
        rx.cond(PAGE.sign_in_url != "", plain_link(_("Sign in"), href=PAGE.sign_in_url)),
        rx.fragment(
            plain_link(_("Home"), href=routes.HOME),
            rx.cond(PAGE.clients.length() > 1, client_switcher(PAGE)),
        ),
    )


def _checklist() -> rx.Component:
    return rx.el.main(
        rx.el.div(
            rx.el.p(PAGE.for_whom, class_name="eyebrow"),
            rx.cond(PAGE.readers.length() > 0, _readers()),
            rx.el.h1(PAGE.title),
            rx.cond(PAGE.intro != "", rx.el.p(PAGE.intro, class_name="lead")),
            rx.cond(PAGE.closed_text != "", rx.el.p(PAGE.closed_text, class_name="lead", role="status")),
        ),
        rx.cond(
            PAGE.total > 0,
            rx.el.ol(rx.foreach(PAGE.tasks, _task), class_name="tasks", id="list"),
            rx.el.p(_("Nothing is asked for any more."), class_name="quiet", id="list"),
        ),
        _side(),
        class_name="page two",
    )


def _readers() -> rx.Component:
    """Whose it is on this device, too (6.22)."""
    button = rx.foreach(
        PAGE.readers,
        lambda it: rx.el.button(
            it.shows, name="reader", value=it.id, type="submit", class_name="link", key=it.id
        ),
    )
    return plain_form(button, action=PAGE.here.to(str) + "/reader")


def _side() -> rx.Component:
    return rx.el.div(
        rx.cond(PAGE.total > 0, _next()),
        rx.cond(
            PAGE.zip != "",
            rx.el.p(plain_link(_("All files of this list (zip)"), href=PAGE.zip, class_name="link")),
        ),
        firm_contact(PAGE),
        rx.cond(PAGE.until != "", _ways_back()),
        class_name="side",
    )


def _next() -> rx.Component:
    """How far it is, and on; an undo takes its place."""
    marks = rx.el.div(
        rx.foreach(PAGE.tasks, lambda task: rx.el.i(class_name=task.mark, key=task.id)),
        class_name="steps",
        custom_attrs={"aria-hidden": "true"},
    )
    bar = rx.el.progress(max=PAGE.total, value=PAGE.done, custom_attrs={"aria-hidden": "true"})
    return rx.el.div(
        undo_bar(PAGE),
        rx.el.div(
            rx.el.p(
                rx.el.b(rx.cond(PAGE.is_complete, _("All is in. Thank you."), PAGE.progress)),
                class_name="num",
            ),
            rx.cond(PAGE.is_many, bar, marks),
        ),
        rx.cond(PAGE.next_task_id != "", next_task(PAGE.next_task_id)),
        class_name="next",
    )


def _ways_back() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Find this list again")),
        rx.el.p(PAGE.until, class_name="quiet"),
        rx.el.ul(
            rx.el.li(plain_link(_("Continue on a computer"), href=PAGE.here.to(str) + "/continue")),
            rx.cond(
                PAGE.register_url != "",
                rx.el.li(plain_link(_("Create an account"), href=PAGE.register_url)),
            ),
        ),
        class_name="firm",
    )


def _task(task: Any) -> rx.Component:
    href = PAGE.here.to(str) + "/tasks/" + task.id.to(str)
    return rx.el.li(
        rx.cond(task.has_tick, tick(task, href, PAGE.as_of)),
        fold(
            rx.el.summary(rx.el.h2(task.title), task_state(task, PAGE.as_of)),
            rx.el.div(_body(task, href), class_name="body", id="b" + task.id.to(str)),
            element_id="d" + task.id.to(str),
            first=task.is_open_at_first,
        ),
        class_name=rx.cond(task.is_completed, "task closed", "task"),
        id="t" + task.id.to(str),
        key=task.id,
    )


def _body(task: Any, href: Any) -> rx.Component:
    def theirs(file: Any) -> rx.Component:
        return rx.cond(file.can_change, own_file(file, task, href, PAGE.as_of), _file(file))

    return rx.fragment(
        rx.cond(task.description != "", rich(task.description)),
        rx.cond(
            task.firm_files.length() > 0,
            rx.el.div(
                rx.el.p(_("From the firm"), class_name="label"),
                rx.el.ul(rx.foreach(task.firm_files, _file)),
            ),
        ),
        rx.cond(task.files.length() > 0, rx.el.ul(rx.foreach(task.files, theirs))),
        rx.cond(task.document.name != "", _document(task.document)),
        rx.cond(task.can_answer, _upload(task)),
        rx.cond(task.can_choose, other_answers(task, PAGE, href)),
        rx.cond(
            task.hands != "",
            rx.el.p(plain_link(task.hands, href=href + "/hand", class_name="link"), class_name="hand"),
        ),
        talk(task, href, PAGE.as_of),
        rx.cond(task.hint != "", rx.el.p(task.hint, class_name="quiet")),
        rx.cond(
            task.answered != "",
            rx.el.p(task.answer_text, " ", task.answered, " ", task.closed_text, class_name="quiet"),
        ),
    )


def _document(document: Any) -> rx.Component:
    """What the firm had already; a link shows its name alone (5.8)."""
    name = rx.cond(document.href != "", plain_link(document.name, href=document.href), document.name)
    return rx.el.ul(
        rx.el.li(
            sign("file"),
            rx.el.div(name, rx.el.span(_("Already at the firm"), class_name="quiet")),
            class_name="file",
        )
    )


def _upload(task: Any) -> rx.Component:
    limits_id = "l" + task.id.to(str)
    return rx.fragment(
        upload_limits(task.room, element_id=limits_id),
        uploader(
            task.id,
            title=task.title,
            person=PAGE.reader_id,
            full=task.is_full,
            described_by=limits_id,
        ),
    )


def _file(file: Any) -> rx.Component:
    return rx.el.li(
        sign("file"),
        rx.el.div(
            plain_link(file.name, href=file.href),
            rx.el.span(file.detail, class_name="quiet"),
        ),
        rx.cond(file.receipt != "", receipt_link(file)),
        class_name="file",
        key=file.id,
    )
