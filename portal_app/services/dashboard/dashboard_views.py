"""The dashboard: the two percentages over time, and figures that open the rows behind them (8.5, 8.9).

The number of queries is the same for ten clients and for a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import DailyFigures, Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.dashboard import charts, figure_words
from portal_app.services.dashboard.charts import BACK, Bar, Chart, Value
from portal_app.services.dashboard.counting import Counts, counts, percent
from portal_app.services.dashboard.figures import Figure, Scope
from portal_app.text import _, format_date, format_number, format_time, ngettext
from portal_app.work import Work, reading

MINE: Final = "mine"
CHANGE_OVER = timedelta(days=30)
NEAR_ENOUGH = timedelta(days=7)
"""A day that was not noted is stood for by an earlier one of that week, else there is no change to tell."""


@dataclass(frozen=True, slots=True)
class Share:
    """One of the two percentages, and the clients behind it."""

    value: str = ""
    detail: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the ledger; `drawing` only where it calls for something."""

    key: str = ""
    href: str = ""
    name: str = ""
    detail: str = ""
    drawing: str = ""
    value: str = ""
    change: str = ""
    is_late: bool = False
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Ready to show. The past belongs to the firm: *mine* has no chart. `bell` says when to look again."""

    when: str = ""
    portal_on: Share = Share()
    activated: Share = Share()
    has_chart: bool = False
    chart: Chart = field(default_factory=Chart)
    lines: list[Line] = field(default_factory=list)
    bell: str = ""


def dashboard(ports: Ports, actor: Actor, who: str = "") -> Dashboard:
    """The firm's figures, or with `who` *mine* those of the clients one looks after."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        is_mine = who == MINE
        scope = Scope(firm, work.now, actor.staff_id if is_mine else None)
        now = counts(work, scope)
        past = [] if is_mine else days(work, scope, now)
        return Dashboard(
            when=f"{_capital(format_date(scope.day, 'full'))} {scope.day.year}, {format_time(work.now, firm.time_zone)}",
            portal_on=_share(now.portal_on, now.clients, _clients_href("on", is_mine)),
            activated=_share(now.activated, now.clients, _clients_href("activated", is_mine)),
            has_chart=bool(past),
            chart=charts.chart(past) if past else Chart(),
            lines=_lines(now, past, is_mine),
            bell=f"firm:{firm.id}",
        )


def days(work: Work, scope: Scope, now: Counts) -> list[DailyFigures]:
    """The days noted, oldest first, and today as it is now."""
    query = select(DailyFigures).where(
        DailyFigures.firm_id == scope.firm.id,
        DailyFigures.noted_on >= scope.day - BACK,
        DailyFigures.noted_on < scope.day,
    )
    noted = list(work.session.exec(query.order_by(col(DailyFigures.noted_on))))
    today = DailyFigures(firm_id=scope.firm.id, noted_on=scope.day, noted_at=work.now, **now.of_day())
    return [*noted, today]


def _share(part: int, whole: int, href: str) -> Share:
    text = ngettext("{part} of {n} client", "{part} of {n} clients", whole)
    return Share(format_number(percent(part, whole)), text.replace("{part}", format_number(part)), href)


def _clients_href(portal: str, is_mine: bool) -> str:
    return _address(routes.CLIENTS, portal=portal, view=MINE if is_mine else "")


def rows_href(figure: Figure, *, is_mine: bool) -> str:
    """Where the rows behind a figure stand."""
    return _address(routes.FIGURES, of=figure.value, who=MINE if is_mine else "")


def _address(route: str, **asked: str) -> str:
    return f"{route}?{urlencode({name: value for name, value in asked.items() if value})}"


def _lines(now: Counts, days: Sequence[DailyFigures], is_mine: bool) -> list[Line]:
    def line(figure: Figure, detail: str, size: float | None, value: Value, drawing: str = "") -> Line:
        is_late = bool(drawing and size)
        return Line(
            key=figure.value,
            href=rows_href(figure, is_mine=is_mine),
            name=figure_words.name(figure),
            detail=detail,
            drawing=drawing if is_late else "",
            value="–" if size is None else format_number(size),
            change=_change(days, value, size),
            is_late=is_late,
            bars=charts.bars(days, value) if len(days) > 1 else [],
        )

    return [
        line(
            Figure.OUTSTANDING,
            ngettext(
                "Sent and not complete, {n} client", "Sent and not complete, {n} clients", now.waiting_clients
            ),
            now.outstanding,
            lambda day: day.outstanding,
        ),
        line(
            Figure.OVERDUE,
            _("An open task is past its due date"),
            now.overdue,
            lambda day: day.overdue,
            "warn",
        ),
        line(
            Figure.COMPLETED,
            _("Median from send to last answer, over 90 days"),
            _in_days(now.seconds_to_complete),
            lambda day: _in_days(day.seconds_to_complete),
        ),
        line(Figure.REMINDERS, figure_words.reminders(now), now.reminders, lambda day: day.reminders),
        line(
            Figure.LIMIT,
            _("Nobody has a reminder left and a task is open"),
            now.reminder_limit,
            lambda day: day.reminder_limit,
        ),
        line(
            Figure.FAILED,
            ngettext(
                "Came back in the last 30 days, {n} address",
                "Came back in the last 30 days, {n} addresses",
                now.addresses,
            ),
            now.failed_mails,
            lambda day: day.failed_mails,
            "stop",
        ),
    ]


def _in_days(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 86400, 1)


def _change(days: Sequence[DailyFigures], value: Value, size: float | None) -> str:
    """Against the day noted thirty days ago, or within the week before; nothing where there is none."""
    if not days or size is None:
        return ""
    goal = days[-1].noted_on - CHANGE_OVER
    near = [value(day) for day in days if goal - NEAR_ENOUGH <= day.noted_on <= goal]
    if not near or near[-1] is None:
        return ""
    by = round(size - near[-1], 1)
    if not by:
        return _("no change in 30 days")
    sign = "+" if by > 0 else "\N{MINUS SIGN}"
    return _("{change} in 30 days").format(change=f"{sign}{format_number(abs(by))}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
