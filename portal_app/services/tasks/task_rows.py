"""Tasks as staff see them: one row in a section, and one task opened (5.3, 5.7, 5.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from portal_app import routes
from portal_app.domain import rich_text
from portal_app.domain.actors import Actor
from portal_app.domain.names import initials
from portal_app.domain.permissions import Permission
from portal_app.domain.rich_text import Block
from portal_app.models import (
    Answer,
    ClientRequest,
    Contact,
    Firm,
    Section,
    SectionKind,
    Side,
    Staff,
    Task,
    WorkItem,
)
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.files import uploads
from portal_app.services.files.files import FileView, RoomView, file_views, room_view, with_earlier
from portal_app.services.files.gone_files import GoneFile, gone_files
from portal_app.services.firm import firm_days
from portal_app.services.links import handing
from portal_app.services.tasks import comment_rows
from portal_app.services.templates import relative_days
from portal_app.services.work.work_rows import Files, Said, WorkRows
from portal_app.text import _, format_size, ngettext, pgettext
from portal_app.work import Work, reading

QUOTE = 80
"""Characters of a question or a note in a row."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One detail under a task's title."""

    text: str = ""
    drawing: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of a section: a task, or (`is_section`) a client section that stands among the tasks."""

    id: str = ""
    title: str = ""
    drawing: str = "open"
    tone: str = "none"
    word: str = ""
    is_done: bool = False
    is_section: bool = False
    is_staffs: bool = False
    due: str = ""
    is_late: bool = False
    initials: str = ""
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    """One comment or note, in the order of writing."""

    id: str = ""
    by: str = ""
    at: str = ""
    text: str = ""
    is_note: bool = False
    is_clients: bool = False


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task opened: all that is on it, and what may be done with it now."""

    id: str = ""
    section_id: str = ""
    title: str = ""
    where: str = ""
    description: list[Block] = field(default_factory=list)
    typed: str = ""
    due: str = ""
    due_on: str = ""
    due_days: str = ""
    due_side: str = "after"
    needs_file: bool = False
    assignee_id: str = ""
    row: TaskRow = field(default_factory=TaskRow)
    handed: str = ""
    answer: str = ""
    answer_text: str = ""
    question: str = ""
    clients_files: list[FileView] = field(default_factory=list)
    firms_files: list[FileView] = field(default_factory=list)
    zip: str = ""
    gone_files: list[GoneFile] = field(default_factory=list)
    room: RoomView = field(default_factory=RoomView)
    written: list[Written] = field(default_factory=list)
    is_clients: bool = False
    is_out: bool = False
    is_done: bool = False
    is_accepted: bool = False
    is_put_aside: bool = False
    can_answer: bool = False
    can_accept: bool = False
    can_reopen: bool = False


def task_row(rows: WorkRows, section: Section, task: Task, now: datetime) -> TaskRow:
    """A task in its section, in the reader's language."""
    today = firm_days.today(rows.firm, now)
    is_staffs = section.kind is SectionKind.STAFF
    drawing, tone, word = _mark(task, today)
    return TaskRow(
        id=str(task.id),
        title=task.title,
        drawing=drawing,
        tone=tone,
        word=word,
        is_done=task.completed_at is not None,
        is_staffs=is_staffs,
        due=spoken.short_day(task.due_on, today) if task.due_on else "",
        is_late=task.completed_at is None and task.due_on is not None and task.due_on < today,
        initials=initials(rows.names.get(task.assignee_id, "")) if task.assignee_id else "",
        remarks=_remarks(rows, task, now) if not is_staffs else _staff_remarks(rows, task),
    )


def section_row(section: Section, planned: str) -> TaskRow:
    """A client section that stands between the tasks of a staff section (5.2)."""
    return TaskRow(
        id=str(section.id),
        title=section.name,
        drawing="eye",
        tone="acc",
        word=_("Client section"),
        is_section=True,
        is_staffs=True,
        remarks=[Remark(planned, "send")] if planned else [],
    )


def task_view(ports: Ports, actor: Actor, task_id: UUID) -> TaskView:
    """One task with all that is on it, for staff of its firm. Raises `NotFound`."""
    with reading(ports, actor) as work:
        task = access.of_firm(work, Task, task_id, Permission.WORK_READ)
        section = access.section(work, task.section_id, Permission.WORK_READ)
        item = work.session.get_one(WorkItem, section.work_item_id)
        request = work.session.get(ClientRequest, section.id)
        return _opened(work, task, section, item, request)


def _opened(
    work: Work, task: Task, section: Section, item: WorkItem, request: ClientRequest | None
) -> TaskView:
    firm = work.session.get_one(Firm, task.firm_id)
    files = with_earlier(work, firm, file_views(work, firm, [task.id]).get(task.id, []))
    written = _written(work, firm, task)
    is_clients, is_done = section.kind is SectionKind.CLIENT, task.completed_at is not None
    drawing, tone, word = _mark(task, firm_days.today(firm, work.now))
    counted = relative_days.typed(task.due_days)
    return TaskView(
        id=str(task.id),
        section_id=str(section.id),
        title=task.title,
        where=f"{section.name} · {item.title}",
        description=rich_text.blocks(task.description),
        typed=rich_text.to_typed(task.description),
        due=spoken.short_day(task.due_on, firm_days.today(firm, work.now)) if task.due_on else "",
        due_on=task.due_on.isoformat() if task.due_on else "",
        due_days=counted.number,
        due_side=counted.side,
        needs_file=task.needs_file,
        assignee_id=str(task.assignee_id or ""),
        row=TaskRow(drawing=drawing, tone=tone, word=word, is_done=is_done),
        handed=_handed(work, task) if request else "",
        answer=_answered(work, firm, task),
        answer_text=task.answer_text,
        question=_question(written) if task.question_open_at and not is_done else "",
        clients_files=[one for one in files if not one.is_firms],
        firms_files=[one for one in files if one.is_firms],
        zip=routes.to(routes.TASK_ZIP, id=task.id),
        gone_files=gone_files(work, firm, task.id),
        room=room_view(uploads.limits_of(firm), uploads.reserved(work, task.id, Side.FIRM)),
        written=written,
        is_clients=is_clients,
        is_out=request is not None and request.sent_at is not None and request.withdrawn_at is None,
        is_done=is_done,
        is_accepted=task.accepted_at is not None,
        is_put_aside=task.put_aside_at is not None,
        can_answer=is_clients and not is_done and task.put_aside_at is None,
        can_accept=is_clients and is_done,
        can_reopen=is_clients and is_done and item.completed_at is None,
    )


def _handed(work: Work, task: Task) -> str:
    """Who has the task in hand for the client (5.8a)."""
    sight = access.sight_of(work, task.section_id)
    return handing.in_words(handing.hands_of(work, sight, [task.id]).get(task.id, [])) if sight else ""


def _mark(task: Task, today: date) -> tuple[str, str, str]:
    if task.completed_at is not None:
        return "done", "ok", pgettext("task", "Completed")
    if task.question_open_at is not None:
        return "ask", "wait", _("Question open")
    if task.promised_on is not None and task.promised_on >= today:
        return "cal", "wait", _("Promised")
    return "open", "none", pgettext("task", "Open")


def _remarks(rows: WorkRows, task: Task, now: datetime) -> list[Remark]:
    """What a client task says below its title, in one order: file, who and when, marks, promise, question."""
    said = rows.said.get(task.id, Said())
    put = rows.files.get((task.id, Side.CLIENT), Files())
    given = rows.files.get((task.id, Side.FIRM), Files())
    found: list[Remark] = []
    if put.count:
        count = ngettext("{n} file", "{n} files", put.count)
        found.append(Remark(f"{count}, {format_size(put.size)}", "clip"))
    if task.completed_at is not None:
        found += _completed(rows, task, now)
    else:
        found += _waiting(rows, task, said, now)
        if task.needs_file and not put.count:
            found.append(Remark(_("Needs a file"), "clip"))
    if given.count:
        found.append(Remark(ngettext("{n} file goes with it", "{n} files go with it", given.count), "file"))
    if said.comments:
        found.append(Remark(ngettext("{n} comment", "{n} comments", said.comments), "say"))
    return found + _note(said)


def _completed(rows: WorkRows, task: Task, now: datetime) -> list[Remark]:
    found = []
    if task.answer is Answer.NOT_APPLICABLE:
        reason = _quoted(task.answer_text)
        text = _("Doesn’t apply: {reason}").format(reason=reason) if reason else _("Doesn’t apply")
        found.append(Remark(text, "x"))
    if task.answer is Answer.ALREADY_HAVE:
        found.append(Remark(_("You already have it"), "file"))
    who = _("by the firm")
    if task.completed_by_contact_id:
        who = rows.names.get(task.completed_by_contact_id, "")
    elif task.completed_by_staff_id:
        name = rows.names.get(task.completed_by_staff_id, "")
        who = _("{name}, by the firm").format(name=name)
    if task.completed_at:
        found.append(Remark(f"{who}, {spoken.moment(task.completed_at, now, rows.firm.time_zone)}", "user"))
    if task.accepted_at:
        found.append(Remark(_("accepted"), "check", "ok"))
    return found


def _waiting(rows: WorkRows, task: Task, said: Said, now: datetime) -> list[Remark]:
    today, found = firm_days.today(rows.firm, now), []
    if task.question_open_at is not None:
        when = spoken.moment(task.question_open_at, now, rows.firm.time_zone)
        words = _quoted(task.answer_text or said.last_by_client)
        text = _("Question, {when}: {words}") if words else _("Question, {when}")
        found.append(Remark(text.format(when=when, words=words), "ask", "wait"))
    if task.promised_on is not None and task.promised_on >= today:
        day = spoken.short_day(task.promised_on, today)
        found.append(Remark(_("Promised for {day}").format(day=day), "cal"))
        if task.due_on is not None:
            found.append(Remark(_("no reminder until then"), "bell"))
    if task.completes_after_upload_id is not None:
        found.append(Remark(_("Done as soon as the file is in"), "up"))
    if task.reopened_at is not None:
        day = spoken.moment(task.reopened_at, now, rows.firm.time_zone)
        found.append(Remark(_("Reopened {day}").format(day=day), "undo"))
    return found


def _staff_remarks(rows: WorkRows, task: Task) -> list[Remark]:
    said = rows.said.get(task.id, Said())
    found = [Remark(ngettext("{n} comment", "{n} comments", said.comments), "say")] if said.comments else []
    return found + _note(said)


def _note(said: Said) -> list[Remark]:
    return (
        [Remark(_("Staff note: {text}").format(text=_cut(said.last_note)), "say")] if said.last_note else []
    )


def _written(work: Work, firm: Firm, task: Task) -> list[Written]:
    return [
        Written(
            id=str(row.id),
            by=name,
            at=spoken.moment(row.at, work.now, firm.time_zone),
            text=row.body,
            is_note=row.is_note,
            is_clients=row.contact_id is not None,
        )
        for row, name in comment_rows.written_on(work, firm, task)
    ]


def _answered(work: Work, firm: Firm, task: Task) -> str:
    """How and by whom the task was answered, in a sentence; empty while it is open and nothing was promised."""
    today = firm_days.today(firm, work.now)
    if task.completed_at is None:
        if task.promised_on is None:
            return ""
        return _("Promised for {day}").format(day=spoken.short_day(task.promised_on, today))
    kind = {
        Answer.NOT_APPLICABLE: _("Doesn’t apply"),
        Answer.ALREADY_HAVE: _("You already have it"),
    }.get(task.answer or Answer.DONE, pgettext("task", "Done"))
    who = _("by the firm")
    if task.completed_by_contact_id and (person := work.session.get(Contact, task.completed_by_contact_id)):
        who = person.name
    elif task.completed_by_staff_id and (member := work.session.get(Staff, task.completed_by_staff_id)):
        who = _("{name}, by the firm").format(name=member.name)
    return f"{kind} · {who} · {spoken.moment(task.completed_at, work.now, firm.time_zone)}"


def _question(written: list[Written]) -> str:
    return next((one.text for one in reversed(written) if one.is_clients), "")


def _quoted(text: str) -> str:
    return _("“{text}”").format(text=_cut(text)) if text.strip() else ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTE else line[: QUOTE - 1].rstrip() + "…"
