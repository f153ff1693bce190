"""Moving rows of a work item by hand: what one can take hold of on its page (5.2, 5.22)."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import Section, Task
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.tasks import checklists
from portal_app.services.tasks.checklists import Moved
from portal_app.services.work import sections
from portal_app.services.work.sections import items_within
from portal_app.work import reading


def move_row(
    ports: Ports,
    actor: Actor,
    row_id: UUID,
    list_id: UUID | None,
    before_id: UUID | None,
    *,
    may_copy: bool = False,
) -> Moved:
    """Put a task, or a client section that stands among tasks, before another row of a section, or last.

    Without `list_id` the row is a section among the sections. Raises `NotFound`, `RuleBroken`.
    """
    if list_id is None:
        sections.move_section(ports, actor, row_id, before_id)
        return Moved.MOVED
    if _is_section(ports, actor, row_id):
        sections.place_section(ports, actor, row_id, list_id, before_id)
        return Moved.MOVED
    return checklists.move_task(ports, actor, row_id, list_id, before_id, may_copy=may_copy)


def nudge_task(ports: Ports, actor: Actor, task_id: UUID, step: int) -> None:
    """Move a task by one, up (-1) or down (1), within its section; at either end nothing happens."""
    with reading(ports, actor) as work:
        task = access.of_firm(work, Task, task_id, Permission.WORK_EDIT)
        rows = [
            row.id for row in items_within(work, access.section(work, task.section_id, Permission.WORK_EDIT))
        ]
        place = rows.index(task_id) + step
        section_id = task.section_id
    if 0 <= place < len(rows):
        after = place if step < 0 else place + 1
        checklists.move_task(ports, actor, task_id, section_id, rows[after] if after < len(rows) else None)


def name_section(
    ports: Ports, actor: Actor, section_id: UUID, name: str, within_id: UUID | None, *, may_stand: bool
) -> None:
    """Rename a section and, for a client section (`may_stand`), say inside which staff section it stands."""
    sections.rename_section(ports, actor, section_id, name)
    if may_stand and _within(ports, actor, section_id) != within_id:
        if within_id is None:
            sections.move_section(ports, actor, section_id, None)
        else:
            sections.place_section(ports, actor, section_id, within_id, None)


def _is_section(ports: Ports, actor: Actor, row_id: UUID) -> bool:
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_EDIT)
        return work.session.get(Section, row_id) is not None


def _within(ports: Ports, actor: Actor, section_id: UUID) -> UUID | None:
    with reading(ports, actor) as work:
        return access.section(work, section_id, Permission.WORK_EDIT).within_section_id
