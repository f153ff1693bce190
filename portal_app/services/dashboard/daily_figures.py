"""Writes each firm's figures down once a day of its own calendar, so that the dashboard has a past (8.5)."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select as select_rows
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.models import DailyFigures, Firm
from portal_app.ports import Ports
from portal_app.services.dashboard.counting import counts
from portal_app.services.dashboard.figures import Scope
from portal_app.work import Work, begin, reading

log = structlog.get_logger(__name__)


def note_daily_figures(ports: Ports) -> int:
    """Note today's figures of each firm that has none yet; gives how many. May run twice, late, or on two machines;
    a day that passed without a run stays empty, for what it looked like is not known any more."""
    count = 0
    for firm_id in _firms(ports):
        try:
            count += _note(ports, firm_id)
        except IntegrityError:
            continue  # another machine was quicker
        except Exception:
            log.exception("figures_not_noted", firm=str(firm_id))
    return count


def _firms(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        firms = list(work.session.exec(select(Firm)))
        since = min((Scope(firm, work.now).day for firm in firms), default=None)
        if since is None:
            return []
        query = select_rows(col(DailyFigures.firm_id), col(DailyFigures.noted_on))
        noted = {tuple(row) for row in work.session.execute(query.where(col(DailyFigures.noted_on) >= since))}
        return [firm.id for firm in firms if (firm.id, Scope(firm, work.now).day) not in noted]


def _note(ports: Ports, firm_id: UUID) -> int:
    with begin(ports, Actor.timetable()) as work:
        firm = work.session.get_one(Firm, firm_id)
        scope = Scope(firm, work.now)
        if _is_noted(work, scope):
            return 0
        now = counts(work, scope)
        work.add(DailyFigures(firm_id=firm.id, noted_on=scope.day, noted_at=work.now, **now.of_day()))
        return 1


def _is_noted(work: Work, scope: Scope) -> bool:
    query = select(DailyFigures.id).where(
        DailyFigures.firm_id == scope.firm.id, DailyFigures.noted_on == scope.day
    )
    return work.session.exec(query).first() is not None
