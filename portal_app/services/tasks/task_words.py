"""A task's state in words for clients: one sentence, its tone and its sign (5.6, 5.8, 9.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from portal_app.models import Answer, Firm, Task
from portal_app.services.firm.firm_days import day_of
from portal_app.text import _, format_date, ngettext


@dataclass(frozen=True)
class TaskWords:
    """`mark` is the notch of the progress line: `y` done, `l` late, empty open."""

    state: str
    tone: str = ""
    sign: str = ""
    mark: str = ""
    is_na: bool = False
    is_late: bool = False
    file_needed: str = ""

    def needing(self) -> TaskWords:
        """While a needed file is not there: said instead of the date alone; what is late says that."""
        return replace(self, state=self.file_needed, sign="file") if self.file_needed else self


def task_words(task: Task, firm: Firm, today: date) -> TaskWords:
    """The state of `task` on the firm's day `today`."""
    if task.completed_at is not None:
        return _completed(task, firm)
    late = task.due_on is not None and task.due_on < today
    mark = "l" if late else ""
    due = format_date(task.due_on, "short") if task.due_on else ""
    if task.completes_after_upload_id is not None:
        return TaskWords(_("Done as soon as the file is in"), sign="up", mark=mark, is_late=late)
    if task.question_open_at is not None:
        return TaskWords(_joined(_("Question asked"), due), "wait", "ask", mark, is_late=late)
    if task.promised_on is not None and task.promised_on >= today:
        said = _("Promised for {date}").format(date=format_date(task.promised_on, "short"))
        return TaskWords(said, sign="day", mark=mark)
    if late:
        return TaskWords(_late(task, today), "late", "late", mark, is_late=True)
    needed = _joined(_("File needed"), due) if task.needs_file else ""
    said = _("Due {date}").format(date=due) if due else _("No date")
    return TaskWords(said, sign="day" if due else "", mark=mark, file_needed=needed)


def sending(words: TaskWords, files: int) -> TaskWords:
    """While files of the task are on their way."""
    said = ngettext("Sending, {n} file", "Sending, {n} files", files)
    return replace(words, state=said, tone="", sign="up")


def _late(task: Task, today: date) -> str:
    assert task.due_on is not None  # noqa: S101  asked for late tasks only
    said = ngettext("{n} day late ({date})", "{n} days late ({date})", (today - task.due_on).days)
    return said.format(date=format_date(task.due_on, "short"))


def _completed(task: Task, firm: Firm) -> TaskWords:
    assert task.completed_at is not None  # noqa: S101  asked for completed tasks only
    day = format_date(day_of(firm, task.completed_at), "short")
    tone, sign = "ok", "yes"
    if task.answer is Answer.NOT_APPLICABLE:
        said, tone, sign = _("Doesn’t apply"), "", "na"
    elif task.answer is Answer.ALREADY_HAVE:
        said = _("The firm already has it")
    elif task.completed_by_contact_id is None:
        said = _("Done by the firm on {date}").format(date=day)
    else:
        said = _("Done on {date}").format(date=day)
    if task.accepted_at is not None:
        said = _("{done}, accepted").format(done=said)
    return TaskWords(said, tone, sign, "y", is_na=task.answer is Answer.NOT_APPLICABLE)


def _joined(first: str, second: str) -> str:
    return f"{first}, {second}" if second else first
