"""The tasks of a section, as staff write and order them (5.2, 5.3, 5.13, 5.22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import nh3
from sqlmodel import col, select

from portal_app.domain import rich_text
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import ClientRequest, Comment, Recipient, Section, SectionKind, Staff, Task, WorkItem
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.reminders import replanning
from portal_app.services.tasks import task_mail, task_traces
from portal_app.services.templates import relative_days
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.work import work_channels
from portal_app.services.work.sections import locked, put_among
from portal_app.services.work.start_moves import day_after
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_TITLE = 300
LONGEST_DESCRIPTION = 20_000


@dataclass(frozen=True, slots=True)
class TaskFields:
    """What a task's form holds; `description` is as typed, with marks (`domain.rich_text`).

    With `counted` its date counts from the work's start (5.3, 5.14); else `due_on` is its date. One that counted
    goes on counting while its date is not changed, unless `is_by_hand` says that it shall stay.
    """

    title: str
    description: str = ""
    due_on: date | None = None
    needs_file: bool = False
    assignee_id: UUID | None = None
    counted: TypedDays | None = None
    is_by_hand: bool = False


class Moved(StrEnum):
    """What became of a task that was to move to another section (5.22)."""

    MOVED = "moved"
    COPIED = "copied"
    ASK_TO_COPY = "ask_to_copy"


def add_task(ports: Ports, actor: Actor, section_id: UUID, fields: TaskFields, *, tell: bool = False) -> UUID:
    """Add a task at the end. Recipients of a sent request see it at once, by e-mail with `tell` (5.13).

    Raises `BadInput` beside the field.
    """
    with begin(ports, actor) as work:
        section, _item = locked(work, section_id)
        task = Task(firm_id=section.firm_id, section_id=section.id, title="", created_at=work.now)
        _fill(work, section, task, fields)
        put_among(work, section, task, None)
        work.session.flush()
        if section.kind is SectionKind.CLIENT:
            task_mail.tell_added(
                work, access.request(work, section.id, Permission.REQUEST_EDIT), task, by_mail=tell
            )
        _record(work, section, task, "task:added")
        return task.id


def edit_task(ports: Ports, actor: Actor, task_id: UUID, fields: TaskFields, *, tell: bool = False) -> None:
    """Change what a task says; recipients see it at once, by e-mail with `tell` (5.13).

    Raises `BadInput` beside the field.
    """
    with begin(ports, actor) as work:
        task, section = _task(work, task_id)
        _fill(work, section, task, fields)
        if tell and section.kind is SectionKind.CLIENT and task.put_aside_at is None:
            work.session.flush()
            task_mail.tell_changed(work, access.request(work, section.id, Permission.REQUEST_EDIT), task)
        _record(work, section, task, "task:edited")


def remove_task(ports: Ports, actor: Actor, task_id: UUID, *, tell: bool = False) -> None:
    """Take a task out, by e-mail with `tell`. One that a client touched, or with a file on it, is put aside (5.13)."""
    with begin(ports, actor) as work:
        task, section = _task(work, task_id)
        if tell and section.kind is SectionKind.CLIENT and task.put_aside_at is None:
            task_mail.tell_removed(work, access.request(work, section.id, Permission.REQUEST_EDIT), task)
        if task_traces.must_stay(work, task):
            task.put_aside_at = work.now
            work.add(task)
            _record(work, section, task, "task:put_aside")
        else:
            _record(work, section, task, "task:deleted")
            task_traces.delete_task(work, task)


def restore_task(ports: Ports, actor: Actor, task_id: UUID) -> None:
    """Put a task that was put aside back at the end of its section."""
    with begin(ports, actor) as work:
        task, section = _task(work, task_id)
        task.put_aside_at = None
        put_among(work, section, task, None)
        _record(work, section, task, "task:restored")


def move_task(
    ports: Ports,
    actor: Actor,
    task_id: UUID,
    section_id: UUID,
    before_id: UUID | None = None,
    *,
    may_copy: bool = False,
) -> Moved:
    """Put a task before another one (or last) of the same or another section of its work item (5.2).

    One that a client touched moves only to a request with the same recipients; elsewhere it is copied,
    without comments, answers and files, once `may_copy` says that the person was asked (5.22). A
    `before_id` that is no longer there means the end.
    """
    with begin(ports, actor) as work:
        task = access.of_firm(work, Task, task_id, Permission.WORK_EDIT)
        target, item = locked(work, section_id)
        origin, _same = locked(work, task.section_id)
        if origin.work_item_id != item.id:
            raise RuleBroken(_("A task moves within its own work item."))
        work.session.refresh(task, with_for_update=True)
        if origin.id != target.id and not _may_move(work, task, origin, target):
            if not may_copy:
                return Moved.ASK_TO_COPY
            _copy(work, task, target, before_id)
            return Moved.COPIED
        _enter(work, task, target)
        put_among(work, target, task, before_id)
        _record(work, target, task, "task:moved")
        replanning.replan_section(work, origin)
        work_channels.ring_section(work, origin)
        return Moved.MOVED


def _task(work: Work, task_id: UUID) -> tuple[Task, Section]:
    """A task of either kind, locked behind its section (`sections.locked`)."""
    task = access.of_firm(work, Task, task_id, Permission.WORK_EDIT)
    section, _item = locked(work, task.section_id)
    work.session.refresh(task, with_for_update=True)
    return task, section


def _fill(work: Work, section: Section, task: Task, fields: TaskFields) -> None:
    is_asked = section.kind is SectionKind.CLIENT
    missing = _("Say what you need from the client.") if is_asked else _("Give the task a title.")
    task.title = typed.line(fields.title, "title", longest=LONGEST_TITLE, missing=missing)
    task.description = sanitized(typed.prose(fields.description, "description", longest=LONGEST_DESCRIPTION))
    _set_date(work, section, task, fields)
    task.needs_file = fields.needs_file and is_asked
    if fields.assignee_id is not None and fields.assignee_id != task.assignee_id:
        person = access.of_firm(work, Staff, fields.assignee_id, Permission.WORK_EDIT)
        if person.deactivated_at is not None:
            raise BadInput(_("{name} no longer works here.").format(name=person.name), field="assignee_id")
    task.assignee_id = fields.assignee_id
    work.add(task)


def _set_date(work: Work, section: Section, task: Task, fields: TaskFields) -> None:
    if fields.counted is not None:
        days = relative_days.read(fields.counted, "due")
        if days is None:
            raise BadInput(_("Say how many days before or after the start."), field="due")
        item = work.session.get_one(WorkItem, section.work_item_id)
        task.due_on, task.due_days = day_after(item.starts_on, days), days
    elif fields.is_by_hand or fields.due_on != task.due_on:
        task.due_on, task.due_days = fields.due_on, None


def sanitized(description: str) -> str:
    """What was typed, as the few elements that may be stored; whatever else slips through is cut (5.3)."""
    return nh3.clean(
        rich_text.to_html(description),
        tags=set(rich_text.TAGS),
        attributes={"a": {"href"}},
        url_schemes=set(rich_text.SCHEMES),
        link_rel="noopener noreferrer",
    )


def _may_move(work: Work, task: Task, origin: Section, target: Section) -> bool:
    """Whether a client's answers and files would stay before the same eyes (5.22)."""
    if not task_traces.is_touched(work, task):
        return True
    both = origin.kind is SectionKind.CLIENT and target.kind is SectionKind.CLIENT
    return both and _recipients(work, origin) == _recipients(work, target)


def _recipients(work: Work, section: Section) -> set[UUID]:
    query = select(Recipient.contact_id).where(
        Recipient.request_id == section.id, col(Recipient.removed_at).is_(None)
    )
    return set(work.session.exec(query))


def _enter(work: Work, task: Task, target: Section) -> None:
    """Into another section: what staff wrote among themselves stays theirs, and an order is set later."""
    if task.section_id == target.id:
        return
    before = work.session.get(ClientRequest, task.section_id)
    if before is None:
        for comment in work.session.exec(select(Comment).where(Comment.task_id == task.id)):
            comment.is_note = True
            work.add(comment)
    task.section_id = target.id
    task.needs_file = task.needs_file and target.kind is SectionKind.CLIENT
    work.add(task)
    work.session.flush()


def _copy(work: Work, task: Task, target: Section, before_id: UUID | None) -> None:
    twin = Task(
        firm_id=task.firm_id,
        section_id=target.id,
        title=task.title,
        description=task.description,
        due_on=task.due_on,
        due_days=task.due_days,
        earlier_task_id=task.earlier_task_id,
        needs_file=task.needs_file and target.kind is SectionKind.CLIENT,
        assignee_id=task.assignee_id,
        created_at=work.now,
    )
    work.add(twin)
    work.session.flush()
    put_among(work, target, twin, before_id)
    _record(work, target, twin, "task:copied")


def _record(work: Work, section: Section, task: Task, action: str) -> None:
    work.audit(action, firm_id=task.firm_id, subject_kind="task", subject_id=task.id)
    replanning.replan_section(work, section)
    work_channels.ring_section(work, section)
