"""When a work's start moves, dates still relative to it move along; dates set by hand stay (5.14, 6.18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import ClientRequest, Firm, Section, Task, WorkItem
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.requests import send_plans
from portal_app.text import _, format_date, format_moment
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class Moves:
    """What moves with the start: dates that recipients see, sends to come, and sends that would be past."""

    seen: list[str] = field(default_factory=list)
    sends: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)
    past_ids: list[UUID] = field(default_factory=list)

    @property
    def is_asking(self) -> bool:
        """Whether staff are asked first: recipients see dates change, or a send would be past."""
        return bool(self.seen or self.past)


def moves_of(ports: Ports, actor: Actor, work_item_id: UUID, starts_on: date | None) -> Moves:
    """What another start would move, in words; none where the start stays. Raises `NotFound`."""
    past = send_plans.past_sends(ports, actor, work_item_id, starts_on)
    with reading(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT)
        if starts_on == item.starts_on:
            return Moves()
        moves = Moves(
            past=[_("{section}: {when}").format(section=one.title, when=one.moment) for one in past],
            past_ids=[one.request_id for one in past],
        )
        firm = work.session.get_one(Firm, item.firm_id)
        for section, request in _requests(work, item):
            if request.sent_at is None:
                moves.sends.extend(_send(work, firm, section, request, starts_on))
            elif request.withdrawn_at is None:
                moves.seen.extend(_date(section, task, starts_on) for task in _relative(work, section))
        return moves


def move_dates(work: Work, item: WorkItem) -> None:
    """Work out every date that is relative to the start that the item has now."""
    if item.due_days is not None:
        item.due_on = day_after(item.starts_on, item.due_days)
        work.add(item)
    query = (
        select(Task)
        .join(Section, col(Section.id) == Task.section_id)
        .where(Section.work_item_id == item.id, col(Task.due_days).is_not(None))
    )
    for task in work.session.exec(query):
        task.due_on = day_after(item.starts_on, task.due_days)
        work.add(task)


def day_after(starts_on: date | None, days: int | None) -> date | None:
    """The day so many days after the start, before it when negative; None without either."""
    return None if starts_on is None or days is None else starts_on + timedelta(days=days)


def _requests(work: Work, item: WorkItem) -> list[tuple[Section, ClientRequest]]:
    query = (
        select(Section, ClientRequest)
        .join(ClientRequest, col(ClientRequest.id) == Section.id)
        .where(Section.work_item_id == item.id, col(Section.archived_at).is_(None))
        .order_by(col(Section.position), col(Section.id))
    )
    return [(section, request) for section, request in work.session.exec(query)]


def _relative(work: Work, section: Section) -> list[Task]:
    query = select(Task).where(
        Task.section_id == section.id,
        col(Task.due_days).is_not(None),
        col(Task.completed_at).is_(None),
        col(Task.put_aside_at).is_(None),
    )
    return list(work.session.exec(query.order_by(col(Task.position), col(Task.id))))


def _date(section: Section, task: Task, starts_on: date | None) -> str:
    return _("{section}: {task}, from {before} to {after}").format(
        section=section.name,
        task=task.title,
        before=_day(task.due_on),
        after=_day(day_after(starts_on, task.due_days)),
    )


def _send(
    work: Work, firm: Firm, section: Section, request: ClientRequest, starts_on: date | None
) -> list[str]:
    """The send to come of a request whose day is relative to the start."""
    rule = send_rules.Rule.read(request.send_rule)
    if rule.kind is not send_rules.Kind.RELATIVE:
        return []
    at = send_plans.send_at(firm, rule, starts_on)
    if at is None or at <= work.now:
        return []
    return [_("{section}: {when}").format(section=section.name, when=format_moment(at, firm.time_zone))]


def _day(day: date | None) -> str:
    return format_date(day, "medium") if day else _("no date")
