"""What an earlier year's task proposes for this one: *doesn't apply* again, and last time's document (5.10).

Only to those who may see what was answered then: a recipient of the earlier request, or whoever may see it
signed in (5.17).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app.models import Answer, ClientRequest, Recipient, Task
from portal_app.services.access import Sight
from portal_app.services.home import home_rows
from portal_app.services.tasks.known_documents import KnownDocument
from portal_app.text import _
from portal_app.work import Work


@dataclass(frozen=True)
class Proposal:
    """What stands ready in the other answers, and a sentence that says why."""

    said: str = ""
    reason: str = ""
    file_id: str = ""


def proposals(
    work: Work, sight: Sight, tasks: Sequence[Task], documents: Sequence[KnownDocument]
) -> dict[UUID, Proposal]:
    """By task, what last time's proposes; nothing for a task that has no earlier one or is answered."""
    waiting = {task.earlier_task_id: task for task in tasks if task.earlier_task_id and not task.completed_at}
    if not waiting or sight.contact is None:
        return {}
    query = select(Task).where(col(Task.id).in_(list(waiting)), Task.firm_id == sight.firm.id)
    earlier = list(work.session.exec(query).all())
    seen = _seen(work, sight, [task.section_id for task in earlier])
    found: dict[UUID, Proposal] = {}
    for task in earlier:
        proposal = _proposal(task, documents, is_seen=task.section_id in seen)
        if proposal is not None:
            found[waiting[task.id].id] = proposal
    return found


def _proposal(task: Task, documents: Sequence[KnownDocument], *, is_seen: bool) -> Proposal | None:
    if is_seen and task.completed_at is not None and task.answer is Answer.NOT_APPLICABLE:
        return Proposal(_("Last time, this did not apply. Is it the same now?"), reason=task.answer_text)
    last = next((one for one in documents if one.task_id == str(task.id)), None)
    if last is None:
        return None
    said = _("Last time it was {document}. Is it the same now?").format(document=last.label)
    return Proposal(said, file_id=last.id)


def _seen(work: Work, sight: Sight, request_ids: Sequence[UUID]) -> set[UUID]:
    """Of these earlier requests of the same client, those that this person may see."""
    assert sight.contact is not None  # noqa: S101  proposals asked
    if not sight.by_link:
        reached = home_rows.reached(work, sight.contact, sight.firm)
        here = [one for one in reached if one.id == sight.client.id]
        return {one.id for one in home_rows.seen_requests(work, sight.contact, here)} & set(request_ids)
    query = (
        select(Recipient.request_id)
        .join(ClientRequest, col(ClientRequest.id) == Recipient.request_id)
        .where(
            col(Recipient.request_id).in_(request_ids),
            Recipient.contact_id == sight.contact.id,
            col(Recipient.removed_at).is_(None),
            ClientRequest.client_id == sight.client.id,
        )
    )
    return set(work.session.exec(query))
