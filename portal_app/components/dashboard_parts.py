"""The dashboard's parts: percentages with their chart, the ledger of figures, and the table of rows behind one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import bone_rows, hidden, notches, page_link
from portal_app.text import _, pgettext

HIDDEN = {"aria-hidden": "true"}
NBSP = "\N{NO-BREAK SPACE}"
svg = rx.el.svg


def percentages(view: Any) -> rx.Component:
    """Both percentages (8.9), and how they came to be; lines differ by dash and by the word at their end."""
    return rx.el.section(
        _share(pgettext("figure", "Portal on"), view.portal_on, "line-key"),
        _share(pgettext("figure", "Activated"), view.activated, "line-key dash"),
        rx.cond(view.has_chart, _chart(view.chart), _no_chart()),
        class_name="figures",
        aria_label=_("Clients on the portal"),
    )


def coming_percentages() -> rx.Component:
    """The room of `percentages` with their chart, while they are read."""
    shares = (pgettext("figure", "Portal on"), "line-key"), (pgettext("figure", "Activated"), "line-key dash")
    chart = svg(*_scale(), view_box="0 0 560 100", class_name="chart")
    return rx.el.div(
        *[
            rx.el.div(
                rx.el.span(rx.el.span(class_name=key), word, class_name="fig-name"),
                rx.el.span(NBSP, class_name="big"),
                rx.el.p(class_name="fine"),
            )
            for word, key in shares
        ],
        rx.el.div(rx.el.div(chart, class_name="plot"), rx.el.details(rx.el.summary(NBSP, class_name="fine"))),
        class_name="figures",
        custom_attrs=HIDDEN | {"inert": True},
    )


def _share(word: str, share: Any, key: str) -> rx.Component:
    return rx.el.div(
        page_link(
            rx.el.span(class_name=key, custom_attrs=HIDDEN), word, to=share.href, class_name="fig-name"
        ),
        rx.el.span(share.value, rx.el.small("%"), class_name="big"),
        rx.el.p(share.detail, class_name="m fine"),
    )


def _chart(chart: Any) -> rx.Component:
    drawing = svg(
        *_scale(),
        rx.foreach(chart.ticks, _tick),
        svg.polyline(class_name="a", points=chart.portal_on),
        svg.polyline(class_name="b", points=chart.activated),
        svg.circle(cx="480", cy=chart.on_end, r="3", class_name="on"),
        svg.circle(cx="480", cy=chart.activated_end, r="3", class_name="off"),
        svg.text(pgettext("chart", "portal on"), class_name="lab", x="489", y=chart.on_label),
        svg.text(pgettext("chart", "activated"), class_name="lab", x="489", y=chart.activated_label),
        view_box="0 0 560 100",
        class_name="chart",
        role="img",
        aria_label=chart.sentence,
    )
    note = rx.cond(chart.note != "", rx.el.p(rx.el.span(chart.note), class_name="m fine"))
    return rx.el.div(rx.el.div(drawing, note, class_name="plot"), _as_table(chart.rows))


def _no_chart() -> rx.Component:
    """One's own figures, whose past nobody noted: the room of the chart, and where one is."""
    room = svg(*_scale(), view_box="0 0 560 100", class_name="chart", custom_attrs=HIDDEN)
    note = rx.el.p(rx.el.span(_("The lines over time are the firm’s alone.")), class_name="m fine")
    return rx.el.div(
        rx.el.div(room, note, class_name="plot"),
        page_link(icon("right"), _("See the firm’s"), to=routes.DASHBOARD, class_name="fine m to-firm"),
    )


def _scale() -> list[rx.Component]:
    lines: list[rx.Component] = []
    for word, y in (("0", 82), ("50", 45), ("100", 8)):
        lines += [
            svg.path(class_name="g", d=f"M30 {y}H480"),
            svg.text(word, class_name="yl", x="22", y=str(y + 4)),
        ]
    return lines


def _tick(tick: Any) -> rx.Component:
    return svg.text(tick.word, class_name=tick.anchor, x=tick.x, y="99")


def _as_table(rows: Any) -> rx.Component:
    heads = (_("Month"), pgettext("figure", "Portal on"), pgettext("figure", "Activated"))
    return rx.el.details(
        rx.el.summary(icon("right"), _("As a table"), class_name="fine m"),
        rx.el.table(
            rx.el.caption(_("Portal on and activated, by month"), class_name="vh"),
            rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in heads])),
            rx.el.tbody(
                rx.foreach(
                    rows,
                    lambda row: rx.el.tr(
                        rx.el.th(row.when, scope="row"), rx.el.td(row.portal_on), rx.el.td(row.activated)
                    ),
                )
            ),
            class_name="people months",
        ),
    )


def ledger(lines: Any) -> rx.Component:
    """One figure a row; the whole row opens the rows behind it."""
    return rx.el.ul(rx.foreach(lines, _line), class_name="ledger")


def coming_ledger() -> rx.Component:
    """The room of the `ledger`."""
    line = rx.el.li(rx.el.div(rx.el.span(class_name="bone"), class_name="row"))
    return rx.el.ul(*[line for _line in range(6)], class_name="ledger", custom_attrs=HIDDEN)


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        page_link(
            rx.el.span(
                rx.el.span(
                    rx.cond(line.drawing != "", icon(line.drawing)), " ", line.name, class_name="name"
                ),
                rx.el.br(),
                rx.el.span(line.detail, class_name="m"),
            ),
            rx.el.span(
                svg(
                    rx.foreach(line.bars, _bar),
                    view_box="0 0 120 28",
                    class_name="chart",
                    custom_attrs=HIDDEN,
                ),
                class_name="spark",
            ),
            rx.el.span(line.change, class_name="d"),
            rx.el.span(line.value, class_name=rx.cond(line.is_late, "v late", "v")),
            icon("right"),
            to=line.href,
            class_name="row",
            custom_attrs={"data-figure": line.key},
        ),
        key=line.key,
    )


def _bar(bar: Any) -> rx.Component:
    return svg.rect(
        class_name=rx.cond(bar.is_now, "bar on", "bar"), x=bar.x, y=bar.y, width="6", height=bar.height
    )


def figure_table(view: Any, is_loaded: Any) -> rx.Component:
    """The rows behind a figure; its columns are the figure's own."""
    return rx.el.table(
        rx.el.caption(view.title, class_name="vh"),
        rx.el.thead(
            rx.cond(
                is_loaded,
                _heads(view.heads),
                rx.el.tr(*[rx.el.th(NBSP) for _head in range(5)], custom_attrs=HIDDEN),
            )
        ),
        rx.el.tbody(rx.cond(is_loaded, rx.foreach(view.rows, _row), bone_rows(5))),
        class_name="grid cards rows figure-rows",
    )


def _heads(words: Any) -> rx.Component:
    return rx.el.tr(rx.foreach(words, lambda word: rx.el.th(word, scope="col")))


def _row(row: Any) -> rx.Component:
    link = page_link(row.name, to=row.href, title=row.name, custom_attrs={"data-main": "true"})
    return rx.el.tr(
        rx.el.th(rx.cond(row.href != "", link, row.name), scope="row", class_name="name"),
        rx.el.td(row.title, class_name="span"),
        rx.el.td(
            rx.cond(row.marks.length() > 0, rx.fragment(notches(row.marks), " ")),
            row.asked,
            rx.cond(row.marks.length() > 0, hidden(" ", _("tasks done"))),
            class_name="span",
        ),
        rx.foreach(
            row.rest,
            lambda word: rx.el.td(word, class_name=rx.cond(row.is_late, "off when late", "off when")),
        ),
        key=row.key,
        custom_attrs={"data-row": "true"},
    )
