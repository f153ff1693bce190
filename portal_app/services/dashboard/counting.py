"""The figures themselves: five set-based queries, however many clients there are (8.5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import extract, func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.models import Client, ClientRequest, DailyFigures, OutboxMail
from portal_app.services.dashboard import figures
from portal_app.services.dashboard.figures import Scope
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class Counts:
    """Every figure now. `waiting_clients` and `addresses` say of how many clients and addresses."""

    clients: int = 0
    portal_on: int = 0
    activated: int = 0
    outstanding: int = 0
    waiting_clients: int = 0
    overdue: int = 0
    reminder_limit: int = 0
    reminders: int = 0
    reminders_gone: int = 0
    failed_mails: int = 0
    addresses: int = 0
    completed: int = 0
    seconds_to_complete: int | None = None

    def of_day(self) -> dict[str, Any]:
        """What is kept of a day: the columns of `DailyFigures`."""
        kept = DailyFigures.model_fields
        return {name: value for name, value in asdict(self).items() if name in kept}


def percent(part: int, whole: int) -> float:
    """With one decimal; 0 of nothing (8.9)."""
    return round(100 * part / whole, 1) if whole else 0.0


def counts(work: Work, scope: Scope) -> Counts:
    """Every figure now, for whoever the caller's door let in."""
    clients, portal_on, activated = _clients(work, scope)
    outstanding, waiting_clients, overdue, limit = _requests(work, scope)
    completed, seconds = _completed(work, scope)
    reminders, gone = _reminders(work, scope)
    failed, addresses = _failed(work, scope)
    return Counts(
        clients=clients,
        portal_on=portal_on,
        activated=activated,
        outstanding=outstanding,
        waiting_clients=waiting_clients,
        overdue=overdue,
        reminder_limit=limit,
        reminders=reminders,
        reminders_gone=gone,
        failed_mails=failed,
        addresses=addresses,
        completed=completed,
        seconds_to_complete=seconds,
    )


def _clients(work: Work, scope: Scope) -> tuple[int, int, int]:
    query = select_rows(
        func.count(),
        func.count().filter(figures.is_portal_on(scope.firm)),
        func.count().filter(figures.is_activated(scope.firm)),
    ).select_from(Client)
    total, is_on, activated = work.session.execute(query.where(*figures.counted_clients(scope))).one()
    return total, is_on, activated


def _requests(work: Work, scope: Scope) -> tuple[int, int, int, int]:
    query = figures.requests(
        func.count(),
        func.count(col(ClientRequest.client_id).distinct()),
        func.count().filter(figures.is_overdue(scope)),
        func.count().filter(figures.is_at_limit()),
    )
    total, clients, overdue, limit = work.session.execute(query.where(*figures.is_outstanding(scope))).one()
    return total, clients, overdue, limit


def _completed(work: Work, scope: Scope) -> tuple[int, int | None]:
    """How many, and the median of their lengths in seconds: the middle one, or the mean of the two in the middle."""
    rows = figures.completed(scope).subquery()
    length = extract("epoch", rows.c.done_at) - extract("epoch", rows.c.sent_at)
    ranked = select_rows(
        length.label("length"),
        func.row_number().over(order_by=length).label("place"),
        func.count().over().label("total"),
    ).subquery()
    place, total = ranked.c.place * 2, ranked.c.total
    query = select_rows(func.max(total), func.avg(ranked.c.length)).where(place >= total, place <= total + 2)
    many, median = work.session.execute(query).one()
    return many or 0, None if median is None else round(median)


def _reminders(work: Work, scope: Scope) -> tuple[int, int]:
    rows = figures.reminders_of_today(scope)
    total, gone = work.session.execute(
        select_rows(func.count(), func.sum(rows.c.gone)).select_from(rows)
    ).one()
    return total, gone or 0


def _failed(work: Work, scope: Scope) -> tuple[int, int]:
    query = select_rows(func.count(), func.count(func.lower(OutboxMail.recipient).distinct()))
    total, addresses = work.session.execute(
        query.select_from(OutboxMail).where(*figures.is_failed_mail(scope))
    ).one()
    return total, addresses
