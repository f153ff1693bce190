"""The checklist: what is asked, by whom, until when (9.2). By link and signed in alike."""

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.checklist import comment_box, next_task, rich, tick, undo_bar
from portal_app.components.client_parts import accent, firm_contact, foot, masthead, plain_link, sign, sprite
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
        rx.el.a(_("Skip to the list"), href="#list", class_name="skip"),
        masthead(PAGE.firm_name, rx.cond(PAGE.by_link, "#list", routes.HOME), _way_in()),
        rx.cond(PAGE.id != "", _checklist(), _waiting()),
        foot(PAGE),
    )


def _way_in() -> rx.Component:
    return rx.cond(
        PAGE.by_link & (PAGE.sign_in_url != ""),
        plain_link(_("Sign in"), href=PAGE.sign_in_url.to(str) + "?next=" + PAGE.here.to(str)),
    )


def _waiting() -> rx.Component:
    """Still lines where the list will stand."""
    lines = [rx.el.div(class_name="bone") for _line in range(6)]
    return rx.el.main(*lines, class_name="page", aria_busy="true")


def _checklist() -> rx.Component:
    return rx.el.main(
        rx.el.div(
            rx.el.p(PAGE.for_whom, class_name="eyebrow"),
            rx.el.h1(PAGE.title),
            rx.el.p(PAGE.intro, class_name="lead"),
            rx.cond(PAGE.closed_text != "", rx.el.p(PAGE.closed_text, class_name="lead", role="status")),
        ),
        rx.el.ol(rx.foreach(PAGE.tasks, _task), class_name="tasks", id="list"),
        _side(),
        class_name="page two",
    )


def _side() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            undo_bar(PAGE.undo_task_id, _task_url(PAGE.undo_task_id, "undo"), PAGE.undo_title, PAGE.undo_ms),
            rx.el.div(
                rx.el.p(
                    rx.el.b(rx.cond(PAGE.is_complete, _("All is in. Thank you."), PAGE.progress)),
                    class_name="num",
                ),
                rx.el.div(
                    rx.foreach(PAGE.marks, lambda mark: rx.el.i(class_name=mark)),
                    class_name="steps",
                    custom_attrs={"aria-hidden": "true"},
                ),
            ),
            rx.cond(PAGE.next_task_id != "", next_task(PAGE.next_task_id)),
            class_name="next",
        ),
        firm_contact(PAGE),
        rx.cond(PAGE.until != "", _ways_back()),
        class_name="side",
    )


def _ways_back() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Find this list again")),
        rx.el.p(PAGE.until, class_name="quiet"),
        class_name="firm",
    )


def _task_url(task_id: rx.Var[str], verb: str) -> rx.Var[str]:
    return PAGE.here.to(str) + "/tasks/" + task_id.to(str) + f"/{verb}"


def _task(task: Any) -> rx.Component:
    note_id = "n" + task.id.to(str)
    return rx.el.li(
        tick(
            _task_url(task.id, "tick"),
            done=task.is_completed,
            disabled=~task.can_tick,
            na=task.is_na,
            label=task.tick_label,
            described_by=rx.cond(task.why_not != "", note_id, ""),
        ),
        rx.el.details(
            rx.el.summary(
                rx.el.h2(task.title),
                rx.el.span(
                    rx.cond(task.sign != "", sign(task.sign)),
                    task.state,
                    class_name="state " + task.tone.to(str),
                ),
            ),
            rx.el.div(_body(task, note_id), class_name="body"),
            open=task.is_open_at_first,
        ),
        class_name=rx.cond(task.is_completed, "task closed", "task"),
        id="t" + task.id.to(str),
        key=task.id,
    )


def _body(task: Any, note_id: rx.Var[str]) -> rx.Component:
    return rx.fragment(
        rx.cond(task.description != "", rich(task.description)),
        rx.cond(
            task.firm_files.length() > 0,
            rx.el.div(
                rx.el.p(_("From the firm"), class_name="label"),
                rx.el.ul(rx.foreach(task.firm_files, _file)),
            ),
        ),
        rx.cond(task.files.length() > 0, rx.el.ul(rx.foreach(task.files, _file))),
        rx.cond(task.why_not != "", rx.el.p(task.why_not, class_name="quiet", id=note_id)),
        rx.cond(task.can_answer, rx.el.p(task.room, class_name="quiet num")),
        rx.cond(task.comments.length() > 0, _talk(task)),
        rx.cond(task.can_answer, comment_box(_task_url(task.id, "comment"))),
        rx.cond(task.closed_text != "", rx.el.p(task.closed_text, class_name="quiet")),
    )


def _file(file: Any) -> rx.Component:
    return rx.el.li(
        sign("file"),
        rx.el.div(
            plain_link(file.name, href=file.href),
            rx.el.span(file.detail, class_name="quiet"),
        ),
        class_name="file",
        key=file.id,
    )


def _talk(task: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(_("Comments"), class_name="label"),
        rx.el.ol(rx.foreach(task.comments, _comment), class_name="talk"),
    )


def _comment(comment: Any) -> rx.Component:
    return rx.el.li(
        rx.el.b(comment.by),
        rx.cond(comment.is_firms, _(", of the firm"), ""),
        " ",
        rx.el.time(comment.at),
        rx.el.p(comment.text),
        class_name=rx.cond(comment.is_firms, "us", ""),
        key=comment.id,
    )
