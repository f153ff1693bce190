"""*My notifications*, for every staff member."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.settings_parts import part
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import bones, waiting
from portal_app.pages._frames import staff_page
from portal_app.state.notices import NoticesState
from portal_app.text import N_, _

S: Any = NoticesState


@staff_page(routes.NOTICES, title=N_("My notifications"), on_load=S.load)
def notices() -> rx.Component:
    """One row a topic, each kept as soon as it is changed."""
    return shell(
        "notices", _head(), rx.cond(S.is_loaded, _parts(), rx.el.div(waiting(), bones(8), class_name="part"))
    )


def _head() -> rx.Component:
    sentence = _("Everything is in your triage. Choose what also comes by e-mail, to {name}.")
    before, after = sentence.split("{name}")
    return page_head(
        _("My notifications"),
        sub=rx.fragment(before, rx.cond(S.is_loaded, S.view.email, rx.el.span(class_name="bone")), after),
        crumbs=((_("Triage"), routes.TRIAGE),),
        ruled=True,
    )


def _parts() -> rx.Component:
    return rx.el.div(
        part("asking", _("When clients write"), _rows(S.view.asking), sub=_("What waits for you.")),
        part("answering", _("When clients answer"), _rows(S.view.answering), sub=_("What came in.")),
        part(
            "sending",
            _("When the portal works"),
            _rows(S.view.sending),
            sub=_("What went wrong while sending, and what you had it tell you."),
        ),
        class_name="notices",
    )


def _rows(rows: Any) -> rx.Component:
    return rx.el.div(rx.foreach(rows, _row), class_name="boxed")


def _row(row: Any) -> rx.Component:
    name = rx.Var.create("notices-") + row.topic
    return rx.el.div(
        rx.el.span(
            rx.el.label(row.label, html_for=name),
            rx.el.span(row.hint, class_name="hint", id=name + "-hint"),
        ),
        rx.el.select(
            rx.el.option(_("At once"), value="now"),
            rx.el.option(_("Together, every ten minutes"), value="together"),
            rx.el.option(S.view.daily, value="daily"),
            rx.el.option(_("No e-mail"), value="none"),
            id=name,
            name=name,
            class_name="in",
            value=row.mailing,
            on_change=lambda chosen: S.choose(row.topic, chosen),
            custom_attrs={"aria-describedby": name + "-hint"},
        ),
        class_name="line-choice",
        key=row.topic,
    )
