"""One work item's whole page: facts, sections with their tasks, requests with their state, timeline (5.1, 5.6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.lifecycle import State
from portal_app.domain.names import initials
from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import Rule
from portal_app.models import ClientRequest, Section, SectionKind, Staff, Task, WorkItem
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.firm_days import today
from portal_app.services.reminders import reminder_rows
from portal_app.services.reminders.reminder_rows import ReminderRow
from portal_app.services.requests import request_lines
from portal_app.services.requests.request_lines import RecipientRow, StatePart
from portal_app.services.tasks.task_rows import TaskRow, section_row, task_row
from portal_app.services.work import timeline_views
from portal_app.services.work.timeline_views import Moment
from portal_app.services.work.work_rows import WorkRows, rows_of
from portal_app.services.work.work_words import Choice, status_choices, status_mark
from portal_app.text import _, format_date
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section, for staff or (`is_client`) a request; what can be done is worked out from its state."""

    id: str = ""
    name: str = ""
    is_client: bool = False
    is_nested: bool = False
    within: str = ""
    count: str = ""
    tasks: list[TaskRow] = field(default_factory=list)
    put_aside: list[TaskRow] = field(default_factory=list)
    parts: list[StatePart] = field(default_factory=list)
    recipients: list[RecipientRow] = field(default_factory=list)
    reminders: list[ReminderRow] = field(default_factory=list)
    rule: str = ""
    no_reminder: str = ""
    can_go_on: bool = False
    pause: str = ""
    can_pause: bool = False
    can_resume: bool = False
    also_sees: str = ""
    is_out: bool = False
    can_send: bool = False
    can_resend: bool = False
    can_withdraw: bool = False
    needs_resend: bool = False


@dataclass(frozen=True, slots=True)
class WorkView:
    """A work item as its page shows it; `to_send` is the request that the main button sends."""

    id: str = ""
    title: str = ""
    external_name: str = ""
    client_id: str = ""
    client_name: str = ""
    client_to: str = ""
    status: str = ""
    status_word: str = ""
    status_drawing: str = "open"
    status_tone: str = "none"
    assignee: str = ""
    assignee_id: str = ""
    assignee_initials: str = ""
    starts_on: str = ""
    starts: str = ""
    due_on: str = ""
    due: str = ""
    is_late: bool = False
    is_completed: bool = False
    is_archived: bool = False
    to_send: str = ""
    to_resend: list[Choice] = field(default_factory=list)
    sections: list[SectionView] = field(default_factory=list)
    staff_choices: list[Choice] = field(default_factory=list)
    status_choices: list[Choice] = field(default_factory=list)
    places: list[Choice] = field(default_factory=list)
    timeline: list[Moment] = field(default_factory=list)


def work_item_view(ports: Ports, actor: Actor, work_item_id: UUID) -> WorkView:
    """A work item of the firm with everything in it, in the reader's language. Raises `NotFound`."""
    with reading(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_READ)
        rows = rows_of(work, item)
        sections = [_section(work, rows, section) for section in _in_page_order(rows)]
        return _page(work, rows, sections)


def _page(work: Work, rows: WorkRows, sections: list[SectionView]) -> WorkView:
    item, day = rows.item, today(rows.firm, work.now)
    drawing, tone, word = status_mark(item.status)
    assignee = rows.names.get(item.assignee_id, "") if item.assignee_id else ""
    is_completed = item.completed_at is not None
    return WorkView(
        id=str(item.id),
        title=item.title,
        external_name=item.external_name,
        client_id=str(rows.client.id),
        client_name=rows.client.name,
        client_to=routes.to(routes.CLIENT, id=rows.client.id),
        status=item.status.value,
        status_word=word,
        status_drawing=drawing,
        status_tone=tone,
        assignee=assignee,
        assignee_id=str(item.assignee_id or ""),
        assignee_initials=initials(assignee),
        starts_on=item.starts_on.isoformat() if item.starts_on else "",
        starts=format_date(item.starts_on, "medium") if item.starts_on else "",
        due_on=item.due_on.isoformat() if item.due_on else "",
        due=format_date(item.due_on, "medium") if item.due_on else "",
        is_late=item.due_on is not None and item.due_on < day and not is_completed,
        is_completed=is_completed,
        is_archived=item.archived_at is not None,
        to_send=next((one.id for one in sections if one.can_send), ""),
        to_resend=[Choice(one.id, one.name) for one in sections if one.needs_resend],
        sections=sections,
        staff_choices=_staff(work, item),
        status_choices=status_choices(),
        places=[Choice(one.id, one.name) for one in sections if not one.is_client],
        timeline=list(timeline_views.of_work_item(work, rows.firm, item.id)),
    )


def _in_page_order(rows: WorkRows) -> list[Section]:
    """Sections as they stand by themselves; one that stands inside a staff section follows it (5.2)."""
    ordered: list[Section] = []
    for section in rows.sections:
        if section.within_section_id is None:
            ordered.append(section)
            ordered += [one for one in rows.sections if one.within_section_id == section.id]
    return ordered


def _section(work: Work, rows: WorkRows, section: Section) -> SectionView:
    now = work.now
    tasks = rows.shown_tasks(section.id)
    aside = [task for task in rows.tasks.get(section.id, []) if task.put_aside_at is not None]
    done = sum(task.completed_at is not None for task in tasks)
    shared = {
        "id": str(section.id),
        "name": section.name,
        "is_nested": section.within_section_id is not None,
        "within": str(section.within_section_id or ""),
        "tasks": _lines(rows, section, tasks, now),
        "put_aside": [task_row(rows, section, task, now) for task in aside],
        "count": _("{n} of {m}").format(n=done, m=len(tasks)) if tasks else "",
    }
    request = rows.requests.get(section.id)
    if section.kind is SectionKind.STAFF or request is None:
        return SectionView(**shared)  # type: ignore[arg-type]
    return SectionView(**shared, is_client=True, **_asked(work, rows, request))  # type: ignore[arg-type]


def _lines(rows: WorkRows, section: Section, tasks: list[Task], now: datetime) -> list[TaskRow]:
    """Tasks and the client sections that stand among them, in one order."""
    nested = [one for one in rows.sections if one.within_section_id == section.id]
    placed: list[Task | Section] = sorted([*tasks, *nested], key=lambda row: (row.position, row.id))
    return [
        section_row(row, _planned(rows, row, now))
        if isinstance(row, Section)
        else task_row(rows, section, row, now)
        for row in placed
    ]


def _planned(rows: WorkRows, section: Section, now: datetime) -> str:
    parts = request_lines.state_parts(rows, rows.requests[section.id], now)
    return " ".join(word for word in (parts[0].word, parts[0].value) if word) if parts else ""


def _asked(work: Work, rows: WorkRows, request: ClientRequest) -> dict[str, object]:
    """What a client section shows beyond its tasks."""
    now = work.now
    state = request_lines.state_of(rows, request, now)
    is_out = request.sent_at is not None and request.withdrawn_at is None
    is_open = rows.item.completed_at is None and rows.item.archived_at is None
    has_open = any(task.completed_at is None for task in rows.shown_tasks(request.id))
    return {
        "parts": request_lines.state_parts(rows, request, now),
        "recipients": request_lines.recipient_rows(rows, request, now),
        "reminders": _reminders(work, rows, request) if is_out else [],
        "rule": request_lines.rule_word(Rule.read(request.reminder_rule)),
        "no_reminder": request_lines.why_no_reminder(rows, request, now) if is_out else "",
        "can_go_on": is_out and is_open and has_open and request_lines.is_stopped(rows, request),
        **_pause(rows, request, now, can_change=is_out and is_open and has_open),
        "also_sees": _also_sees(rows, request),
        "is_out": is_out,
        "can_send": not is_out and is_open and state is not State.COMPLETED,
        "can_resend": is_out and is_open and has_open,
        "can_withdraw": is_out,
        "needs_resend": is_out and is_open and has_open and request.needs_resend_at is not None,
    }


def _reminders(work: Work, rows: WorkRows, request: ClientRequest) -> list[ReminderRow]:
    """What went out, then every coming reminder with its date (7.8)."""
    asked = rows.reminders[request.id]
    return [*reminder_rows.past_rows(work, asked), *reminder_rows.coming_rows(asked, work.now)]


def _pause(rows: WorkRows, request: ClientRequest, now: datetime, *, can_change: bool) -> dict[str, object]:
    """The request's own pause (7.8); one of its client or firm is told where it is changed."""
    is_paused = request.reminders_paused_at is not None
    words = reminder_rows.paused_words(request.reminders_paused_until, today(rows.firm, now))
    is_paused = is_paused and words != ""
    until = request.reminders_paused_until is not None
    return {
        "pause": words if is_paused and until else "",
        "can_pause": can_change and not is_paused,
        "can_resume": can_change and is_paused,
    }


def _also_sees(rows: WorkRows, request: ClientRequest) -> str:
    """Who sees the request through full access without being a recipient (6.2)."""
    chosen = {one.contact.id for one in rows.recipients.get(request.id, [])}
    others = [contact.name for contact in rows.full_access if contact.id not in chosen]
    return ", ".join(others) or _("nobody else has full access")


def _staff(work: Work, item: WorkItem) -> list[Choice]:
    """Whom the work can be given to: everybody who is active, and who has it now."""
    query = (
        select(Staff)
        .where(
            Staff.firm_id == item.firm_id,
            col(Staff.deactivated_at).is_(None) | (Staff.id == item.assignee_id),
        )
        .order_by(col(Staff.name))
    )
    return [Choice(str(one.id), one.name) for one in work.session.exec(query)]
