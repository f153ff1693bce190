"""The other answers, folded below a task; each opens its field in place (5.8, 5.20).

`templates/first/other.html` is the same before the script has come: change both.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.checklist import fold, other
from portal_app.text import _

LONGEST = 5_000


def other_answers(task: Any, page: Any, href: Any) -> rx.Component:
    """*Answer differently*: doesn't apply, a day, a question, the firm has it already."""
    return fold(
        rx.el.summary(_("Answer differently")),
        rx.cond(task.proposal.said != "", rx.el.p(task.proposal.said, class_name="quiet")),
        rx.el.ul(
            _not_applicable(task, href),
            _promise(task, page, href),
            _question(task, href),
            rx.cond(task.has_documents, _already_there(task, page, href)),
        ),
        element_id="o" + task.id.to(str),
        first=task.proposal.said != "",
        late=True,
        class_name="other",
    )


def _not_applicable(task: Any, href: Any) -> rx.Component:
    field = _field(
        _("Why it doesn’t apply"), _area("n" + task.id.to(str), task.proposal.reason), "n" + task.id.to(str)
    )
    return _answer(task, "on", _("Doesn’t apply"), other(task, href, "not-applicable", *field))


def _promise(task: Any, page: Any, href: Any) -> rx.Component:
    day = rx.el.input(
        type="date",
        id="p" + task.id.to(str),
        name="promised_on",
        min=page.promise_from,
        max=page.promise_until,
        default_value=task.promised_on,
        required=True,
    )
    field = _field(_("The day you will have it"), day, "p" + task.id.to(str))
    form = other(task, href, "promise", *field)
    return _answer(task, "op", task.promise_label, form)


def _question(task: Any, href: Any) -> rx.Component:
    field = _field(_("Your question"), _area("q" + task.id.to(str)), "q" + task.id.to(str))
    form = other(task, href, "question", *field)
    return _answer(task, "oq", _("I have a question"), form)


def _already_there(task: Any, page: Any, href: Any) -> rx.Component:
    def option(document: Any) -> rx.Component:
        return rx.cond(
            document.task_id != task.id, rx.el.option(document.label, value=document.id, key=document.id)
        )

    choice = rx.el.select(
        rx.el.option(_("Choose a document"), value=""),
        rx.foreach(page.documents, option),
        id="f" + task.id.to(str),
        name="file",
        required=True,
        default_value=task.proposal.file_id,
    )
    field = _field(_("Which document it is"), choice, "f" + task.id.to(str))
    return _answer(task, "of", _("You already have it"), other(task, href, "already-there", *field))


def _answer(task: Any, prefix: str, label: Any, form: rx.Component) -> rx.Component:
    """One answer of the list; opening it closes its neighbours."""
    return rx.el.li(
        rx.el.details(
            rx.el.summary(label),
            form,
            id=prefix + task.id.to(str),
            custom_attrs={"name": "o" + task.id.to(str)},
        )
    )


def _field(label: str, control: rx.Component, element_id: Any) -> list[rx.Component]:
    return [
        rx.el.div(rx.el.label(label, html_for=element_id), control, class_name="field"),
        rx.el.div(rx.el.button(_("Send"), class_name="btn"), class_name="acts"),
    ]


def _area(element_id: Any, text: Any = "") -> rx.Component:
    return rx.el.textarea(
        id=element_id, name="text", max_length=LONGEST, required=True, rows="1", default_value=text
    )
