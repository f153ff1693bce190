"""The lines of a contact's home, in words: what is due, how far it is, what waits elsewhere (9.1, 9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from portal_app import routes
from portal_app.models import Contact, Firm, StoredFile, Task
from portal_app.services.documents import document_pages
from portal_app.services.documents.document_rows import Row
from portal_app.services.files.files import FileView
from portal_app.services.firm.firm_days import day_of
from portal_app.services.home.home_rows import SeenRequest
from portal_app.services.requests.request_pages import MOST_MARKS
from portal_app.services.spoken import day
from portal_app.services.tasks.task_words import task_words
from portal_app.text import _, format_date


@dataclass(frozen=True)
class TaskLine:
    """An open task: where it is, what it is for, and its state."""

    id: str = ""
    href: str = ""
    title: str = ""
    request: str = ""
    state: str = ""
    tone: str = ""
    sign: str = ""


@dataclass(frozen=True)
class RequestLine:
    """A request: how far it is and until when; `marks` has a notch a task, and none where there are many."""

    id: str = ""
    href: str = ""
    title: str = ""
    about: str = ""
    state: str = ""
    tone: str = ""
    sign: str = ""
    marks: list[str] = field(default_factory=list)


def due(task: Task, today: date) -> date:
    """When a task is due: on the promised day while that lies ahead (5.8)."""
    if task.promised_on is not None and task.promised_on >= today:
        return task.promised_on
    return task.due_on or date.max


def soonest(tasks: Sequence[Task], today: date) -> date:
    """When the first open task is due; the last of days where none has a date."""
    return min((due(task, today) for task in tasks if task.completed_at is None), default=date.max)


def task_line(task: Task, request: str, firm: Firm, today: date) -> TaskLine:
    """An open task."""
    words, when = task_words(task, firm, today), due(task, today)
    dated = not words.tone and words.sign == "day"
    return TaskLine(
        id=str(task.id),
        href=f"{routes.to(routes.REQUEST, id=task.section_id)}#b{task.id}",
        title=task.title,
        request=request,
        state=format_date(when, "short") if dated else words.state,
        tone=words.tone,
        sign=words.sign,
    )


def going_line(request: SeenRequest, tasks: Sequence[Task], firm: Firm, today: date) -> RequestLine:
    """A request whose work goes on."""
    when, is_done = soonest(tasks, today), request.done == request.total
    state = _("{done} of {total}").format(done=request.done, total=request.total)
    if when != date.max:
        state = f"{state}, {format_date(when, 'short')}"
    return RequestLine(
        id=str(request.id),
        href=routes.to(routes.REQUEST, id=request.id),
        title=request.title,
        about=request.work_name if request.work_name != request.title else "",
        state=_("All is in") if is_done else state,
        tone="ok" if is_done else ("late" if when < today else ""),
        sign="yes" if is_done else ("late" if when < today else ""),
        marks=[task_words(task, firm, today).mark for task in tasks] if len(tasks) <= MOST_MARKS else [],
    )


def past_line(request: SeenRequest, firm: Firm, today: date) -> RequestLine:
    """A request whose work is completed."""
    assert request.closed_at is not None  # noqa: S101  asked for completed work only
    return RequestLine(
        id=str(request.id),
        href=routes.to(routes.REQUEST, id=request.id),
        title=request.title,
        about=request.work_name if request.work_name != request.title else "",
        state=_("Completed on {date}").format(date=day(day_of(firm, request.closed_at), today)),
        tone="ok",
        sign="yes",
    )


def document_line(one: Row, firm: Firm, person: Contact, today: date) -> FileView:
    """A document outside tasks, likewise; it leads to where it is looked at."""
    view = FileView(
        id=str(one.document.id), name=one.document.name, href=document_pages.look_href(one), by=one.by
    )
    return file_line(view, one.file, firm, person, today)


def file_line(view: FileView, row: StoredFile, firm: Firm, person: Contact, today: date) -> FileView:
    """A file, and who put it there when."""
    on = day(day_of(firm, row.completed_at), today)
    if row.contact_id == person.id and row.hand_over_id is None:
        said = _("From you, {date}").format(date=on)
    else:
        said = _("From {name}, {date}").format(name=view.by or firm.name, date=on)
    return replace(view, detail=f"{said}, {_('being checked')}" if row.checking_since else said)
