"""The client's other answers: doesn't apply, a day, a question, the firm already has it (5.8, 5.20)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from portal_app.domain import promises
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.models import Answer, Task
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.tasks import answering, known_documents
from portal_app.services.tasks.answering import Given
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_TEXT = 5_000


def say_not_applicable(ports: Ports, actor: Actor, task_id: UUID, reason: str, once_key: str = "") -> None:
    """The task doesn't apply, and why; it is completed, its files stay. Raises `BadInput` without a reason."""
    given = Given(Answer.NOT_APPLICABLE, _text(reason, _("Say why it doesn't apply.")), once_key=once_key)
    with begin(ports, actor) as work:
        found = _open(work, task_id, Permission.TASK_COMPLETE, given)
        if found is not None:
            answering.store(work, *found, given)


def promise_task(ports: Ports, actor: Actor, task_id: UUID, on: date | None, once_key: str = "") -> None:
    """It will be there on a day after today, at most 60 days ahead; the task stays open (5.20).

    It can be given again, and staff are told each time. Raises `BadInput` for another day.
    """
    with begin(ports, actor) as work:
        given = Given(Answer.PROMISED, promised_on=on, once_key=once_key)
        found = _open(work, task_id, Permission.TASK_COMPLETE, given)
        if found is None:
            return
        check_promise(work, found[1], on)
        answering.store(work, *found, given)


def ask_question(ports: Ports, actor: Actor, task_id: UUID, question: str, once_key: str = "") -> None:
    """Ask about a task: it stays open, and its reminders wait until staff answer (5.8)."""
    given = Given(Answer.QUESTION, _text(question, _("Write your question first.")), once_key=once_key)
    with begin(ports, actor) as work:
        found = _open(work, task_id, Permission.TASK_COMPLETE, given)
        if found is not None:
            answering.store(work, *found, given)


def say_already_there(
    ports: Ports, actor: Actor, task_id: UUID, file_id: UUID | None, once_key: str = ""
) -> None:
    """The firm already has it: this document, one that the person may see (5.8). Raises `BadInput` for another."""
    with begin(ports, actor) as work:
        found = _open(work, task_id, Permission.TASK_COMPLETE, Given(Answer.ALREADY_HAVE, once_key=once_key))
        if found is None:
            return
        task, sight = found
        file = known_documents.choose(work, sight, task, file_id) if file_id else None
        if file is None:
            raise BadInput(_("Choose the document that we already have."), field="file")
        answering.store(work, task, sight, Given(Answer.ALREADY_HAVE, file=file, once_key=once_key))


def check_promise(work: Work, sight: Sight, on: date | None) -> None:
    """Raises `BadInput` for a day that cannot be promised (5.20)."""
    if not promises.may_promise(on, firm_days.today(sight.firm, work.now)):
        raise BadInput(_("Choose a day after today, at most 60 days ahead."), field="promised_on")


def _open(work: Work, task_id: UUID, permission: Permission, given: Given) -> tuple[Task, Sight] | None:
    """The task while it can be answered; None where this answer is there already. Raises `RuleBroken`."""
    task, sight = access.task(work, task_id, permission, lock=True)
    if answering.is_there(work, task, given.once_key):
        return None
    if task.completed_at is not None:
        answering.first_stands(work, task, sight, given.answer)
        return None
    return task, sight


def _text(written: str, missing: str) -> str:
    return typed.prose(written, "text", longest=LONGEST_TEXT, missing=missing)
