"""Sections that were taken out and hold nothing of a client go for good after a day (5.21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.models import (
    Activity,
    ClientRequest,
    FoldedSection,
    Notification,
    Recipient,
    ReminderSkip,
    Section,
    Task,
    TemplateSection,
    TemplateTask,
)
from portal_app.ports import Ports
from portal_app.services.tasks import task_traces
from portal_app.services.templates import template_sections
from portal_app.work import Work, begin, reading

UNDO_LASTS_FOR = timedelta(days=1)
"""How long what was removed can come back."""

log = structlog.get_logger(__name__)


def forget_removed_sections(ports: Ports) -> int:
    """Delete sections of work and of templates that were removed a day ago; gives how many. May run twice, or late."""
    count = 0
    for section_id in _removed(ports, Section, col(Section.archived_at)):
        count += _logged(ports, section_id, _forget_of_work)
    for section_id in _removed(ports, TemplateSection, col(TemplateSection.removed_at)):
        count += _logged(ports, section_id, _forget_of_template)
    return count


def _removed(ports: Ports, kind: type[Section] | type[TemplateSection], removed_at: Any) -> list[UUID]:
    """What was removed a day ago, but for requests that were sent, which stay (5.21)."""
    with reading(ports, Actor.timetable()) as work:
        query = select(kind.id).where(removed_at <= work.now - UNDO_LASTS_FOR)
        if kind is Section:
            sent = select(ClientRequest.id).where(col(ClientRequest.sent_at).is_not(None))
            query = query.where(col(Section.id).not_in(sent))
        return list(work.session.exec(query))


def _logged(ports: Ports, section_id: UUID, forget: Callable[[Work, UUID], bool]) -> bool:
    """One section, one transaction: a bad one holds up no other."""
    try:
        with begin(ports, Actor.timetable()) as work:
            return forget(work, section_id)
    except Exception:
        log.exception("section_not_forgotten", section=str(section_id))
        return False


def _forget_of_work(work: Work, section_id: UUID) -> bool:
    section = work.session.get(Section, section_id, with_for_update=True)
    if section is None or section.archived_at is None or section.archived_at > work.now - UNDO_LASTS_FOR:
        return False
    tasks = work.session.exec(select(Task).where(Task.section_id == section.id)).all()
    if any(task_traces.must_stay(work, task) for task in tasks):
        return False
    for task in tasks:
        task_traces.delete_task(work, task)
    for told in (Activity, Notification):
        work.session.execute(update(told).where(col(told.request_id) == section.id).values(request_id=None))
    for owned in (ReminderSkip, Recipient):
        work.session.execute(delete(owned).where(col(owned.request_id) == section.id))
    work.session.execute(delete(ClientRequest).where(col(ClientRequest.id) == section.id))
    work.session.execute(delete(Section).where(col(Section.id) == section.id))
    return _forgotten(work, section.firm_id, section_id)


def _forget_of_template(work: Work, section_id: UUID) -> bool:
    section = work.session.get(TemplateSection, section_id, with_for_update=True)
    if section is None or section.removed_at is None or section.removed_at > work.now - UNDO_LASTS_FOR:
        return False
    query = select(TemplateTask).where(TemplateTask.section_id == section.id)
    template_sections.delete_tasks(work, work.session.exec(query).all())
    work.session.execute(delete(TemplateSection).where(col(TemplateSection.id) == section.id))
    return _forgotten(work, section.firm_id, section_id)


def _forgotten(work: Work, firm_id: UUID, section_id: UUID) -> bool:
    work.session.execute(delete(FoldedSection).where(col(FoldedSection.section_id) == section_id))
    work.audit("section:deleted", firm_id=firm_id, subject_kind="section", subject_id=section_id)
    return True
