"""What staff do with a task's answer: give it for the client, tick their own, accept, reopen (5.8, 5.15)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import Answer, Comment, SectionKind, Task, TaskAnswer
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.access import Sight
from portal_app.services.automations import automations
from portal_app.services.notices import telling
from portal_app.services.reminders import replanning
from portal_app.services.tasks import answering, task_mail
from portal_app.services.tasks.client_answers import check_promise
from portal_app.services.work import work_channels
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_TEXT = 5_000


def tick_task(ports: Ports, actor: Actor, task_id: UUID, *, is_done: bool) -> None:
    """Mark a staff task done, or open again. Ticking twice is ticking once."""
    with begin(ports, actor) as work:
        task = access.of_firm(work, Task, task_id, Permission.WORK_EDIT, lock=True)
        section = access.section(work, task.section_id, Permission.WORK_EDIT)
        if section.kind is not SectionKind.STAFF:
            raise RuleBroken(_("This task is the client's: answer it for the client instead."))
        if is_done == (task.completed_at is not None):
            return
        task.completed_at = work.now if is_done else None
        task.completed_by_staff_id = actor.staff_id if is_done else None
        work.add(task)
        work.audit(
            "task:completed" if is_done else "task:undone",
            firm_id=task.firm_id,
            subject_kind="task",
            subject_id=task.id,
        )
        work_channels.ring_section(work, section)


def answer_for_client(
    ports: Ports, actor: Actor, task_id: UUID, answer: Answer, text: str = "", promised_on: date | None = None
) -> None:
    """Answer as the firm: *done*, *doesn't apply* with a reason, or *will have it on* a day (5.15).

    It shows *by the firm*, ends or holds the task's reminders and notifies no staff. Raises `RuleBroken`
    when somebody answered first (5.16), `BadInput` beside the reason or the day.
    """
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.REQUEST_EDIT, lock=True)
        if task.completed_at is not None:
            name = answering.who_completed(work, task) or sight.firm.name
            raise RuleBroken(_("{name} already completed this task.").format(name=name))
        reason = _reason(answer, text)
        if answer is Answer.PROMISED:
            check_promise(work, sight, promised_on)
        given = TaskAnswer(
            firm_id=task.firm_id,
            task_id=task.id,
            answer=answer,
            text=reason,
            promised_on=promised_on,
            staff_id=actor.staff_id,
            at=work.now,
        )
        work.add(given)
        task.answer, task.answer_text, task.promised_on = answer, reason, promised_on
        if answer is not Answer.PROMISED:
            task.completed_at, task.completed_by_staff_id = work.now, actor.staff_id
            task.question_open_at = task.completes_after_upload_id = None
        work.add(task)
        if task.completed_at is not None:
            automations.task_completed(work, sight.work_item, task, given.id)
            if task_mail.is_out(sight):
                key = f"task_answered:{given.id.hex}"
                telling.tell_recipients(work, sight, "task_answered", task=task, once_key=key)
        _record(work, "task_promised" if answer is Answer.PROMISED else "task_completed", task, sight)


def accept_task(ports: Ports, actor: Actor, task_id: UUID, *, is_accepted: bool) -> None:
    """Mark a client's answer as accepted, or take the mark back; it changes nothing else (5.8)."""
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.REQUEST_EDIT, lock=True)
        if is_accepted and task.completed_at is None:
            raise RuleBroken(_("There is no answer to accept yet."))
        task.accepted_at = work.now if is_accepted else None
        work.add(task)
        work.audit(
            "task:accepted" if is_accepted else "task:acceptance_withdrawn",
            firm_id=task.firm_id,
            subject_kind="task",
            subject_id=task.id,
        )
        work_channels.ring_section(work, sight.section)


def reopen_task(ports: Ports, actor: Actor, task_id: UUID, reason: str) -> None:
    """Open a completed task again; the reason stands on it and goes to all recipients by e-mail (5.8).

    Raises `BadInput` beside the reason, `RuleBroken` while the work is completed (6.10).
    """
    text = typed.prose(
        reason, "reason", longest=LONGEST_TEXT, missing=_("Say why, so that the client knows what to do.")
    )
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.REQUEST_EDIT, lock=True)
        if task.completed_at is None:
            raise RuleBroken(_("This task is already open."))
        if sight.work_item.completed_at is not None:
            raise RuleBroken(_("The work is completed. Reopen it first, then the task."))
        _reopen(work, task)
        work.add(
            Comment(firm_id=task.firm_id, task_id=task.id, body=text, staff_id=actor.staff_id, at=work.now)
        )
        work.session.flush()
        task_mail.tell_reopened(work, sight, task, text)
        _record(work, "task_reopened", task, sight)


def open_again(work: Work, sight: Sight, task: Task) -> None:
    """Open a completed task again, within a transaction that tells of it."""
    _reopen(work, task)
    _record(work, "task_reopened", task, sight)


def _reopen(work: Work, task: Task) -> None:
    task.completed_at = task.completed_by_contact_id = task.completed_by_staff_id = None
    task.answer, task.answer_text, task.promised_on, task.accepted_at = None, "", None, None
    task.reopened_at = work.now
    work.add(task)


def _reason(answer: Answer, text: str) -> str:
    if answer not in {Answer.DONE, Answer.NOT_APPLICABLE, Answer.PROMISED}:
        raise BadInput(_("Choose an answer."), field="answer")
    missing = _("Say why it doesn't apply.") if answer is Answer.NOT_APPLICABLE else ""
    return typed.prose(text, "text", longest=LONGEST_TEXT, missing=missing)


def _record(work: Work, kind: str, task: Task, sight: Sight) -> None:
    work.note(
        kind,
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=task.id,
        facts={"title": task.title},
    )
    work.audit(kind.replace("_", ":", 1), firm_id=sight.firm.id, subject_kind="task", subject_id=task.id)
    replanning.replan(work, [sight.request.id])
    work_channels.ring_section(work, sight.section)
