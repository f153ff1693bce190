"""Which sections a staff member keeps collapsed, of work items and of templates (5.2)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import FoldedSection, Section, TemplateSection
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.work import begin, reading


def fold_section(ports: Ports, actor: Actor, section_id: UUID, *, is_folded: bool) -> None:
    """Keep a section collapsed for this person, or open again. Twice is once. Raises `NotFound`."""
    with begin(ports, actor) as work:
        kind = Section if work.session.get(Section, section_id) is not None else TemplateSection
        section = access.of_firm(work, kind, section_id, Permission.WORK_READ)
        mine = (col(FoldedSection.staff_id) == actor.staff_id) & (col(FoldedSection.section_id) == section.id)
        work.session.execute(delete(FoldedSection).where(mine))
        if is_folded and actor.staff_id is not None:
            work.add(
                FoldedSection(
                    firm_id=section.firm_id, staff_id=actor.staff_id, section_id=section.id, at=work.now
                )
            )


def folded_sections(ports: Ports, actor: Actor, section_ids: Collection[str]) -> list[str]:
    """Those of these sections that this person keeps collapsed."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_READ)
        ids = [UUID(one) for one in section_ids]
        query = select(FoldedSection.section_id).where(
            FoldedSection.staff_id == actor.staff_id, col(FoldedSection.section_id).in_(ids)
        )
        return [str(one) for one in work.session.exec(query)]
