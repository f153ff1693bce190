"""Sections of a work item, for staff and for clients: added, named, ordered, taken out (5.2, 5.21).

A client section and its request share one id. A client section may stand between two tasks of a staff
section: it then has a place among them (`within_section_id`).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import ClientRequest, Firm, Section, SectionKind, Task, WorkItem
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.reminders import replanning
from portal_app.services.requests import send_plans
from portal_app.services.work import work_channels
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Removed:
    """A section that was taken out, and the places of the client sections that stood inside it."""

    section_id: UUID
    name: str
    inside: tuple[tuple[UUID, int], ...] = ()


def add_section(ports: Ports, actor: Actor, work_item_id: UUID, name: str, kind: SectionKind) -> UUID:
    """Add a section at the end; a client section is a request in draft from the start (5.2)."""
    with begin(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT, lock=True)
        section = Section(
            firm_id=item.firm_id,
            work_item_id=item.id,
            kind=kind,
            name=_name(name),
            position=len(_top(work, item)),
            created_at=work.now,
        )
        work.add(section)
        work.session.flush()
        if kind is SectionKind.CLIENT:
            work.add(
                ClientRequest(
                    id=section.id,
                    firm_id=item.firm_id,
                    work_item_id=item.id,
                    client_id=item.client_id,
                    reminder_rule=work.session.get_one(Firm, item.firm_id).reminder_rule,
                )
            )
        _record(work, section, "section:added")
        return section.id


def rename_section(ports: Ports, actor: Actor, section_id: UUID, name: str) -> None:
    """Give a section another name; recipients see a client section's at once (5.2, 5.13)."""
    with begin(ports, actor) as work:
        section = access.section(work, section_id, Permission.WORK_EDIT, lock=True)
        section.name = _name(name)
        work.add(section)
        _record(work, section, "section:renamed")


def move_section(ports: Ports, actor: Actor, section_id: UUID, before_id: UUID | None) -> None:
    """Put a section before another one of its work item, or at the end (5.2).

    A `before_id` that is no longer there means the end: what another person changed meanwhile stays.
    """
    with begin(ports, actor) as work:
        section, item = locked(work, section_id)
        others = [row for row in _top(work, item) if row.id != section.id]
        place = next((at for at, row in enumerate(others) if row.id == before_id), len(others))
        section.within_section_id = None
        others.insert(place, section)
        for position, row in enumerate(others):
            row.position = position
            work.add(row)
        _record(work, section, "section:moved")


def place_section(
    ports: Ports, actor: Actor, section_id: UUID, within_id: UUID, before_id: UUID | None
) -> None:
    """Let a client section stand between the tasks of a staff section, before `before_id` or last (5.2)."""
    with begin(ports, actor) as work:
        section, item = locked(work, section_id)
        within = access.section(work, within_id, Permission.WORK_EDIT)
        fits = (
            section.kind is SectionKind.CLIENT
            and within.kind is SectionKind.STAFF
            and within.work_item_id == item.id
        )
        if not fits:
            raise RuleBroken(
                _("Only a client section can stand inside a staff section of the same work item.")
            )
        section.within_section_id = within.id
        put_among(work, within, section, before_id)
        _record(work, section, "section:moved")


def remove_section(ports: Ports, actor: Actor, section_id: UUID) -> Removed:
    """Take a section out; `restore_section` takes that back. What the client sections inside it were is given back.

    One with anything from a client, or that was sent, is put away for good; any other is deleted a day later
    (5.21). Raises `RuleBroken` while a sent request is open: withdraw it first, so that its recipients know why.
    """
    with begin(ports, actor) as work:
        section, _item = locked(work, section_id)
        request = work.session.get(ClientRequest, section.id)
        if request is not None and request.sent_at is not None and request.withdrawn_at is None:
            raise RuleBroken(_("This request was sent. Withdraw it first, then remove the section."))
        section.archived_at = section.archived_at or work.now
        work.add(section)
        _record(work, section, "section:archived")
        return Removed(section.id, section.name, _free_nested(work, section))


def restore_section(ports: Ports, actor: Actor, removed: Removed) -> None:
    """Take a removal back: the section stands where it stood, with what stood inside it. Twice is once."""
    with begin(ports, actor) as work:
        section, item = locked(work, removed.section_id)
        if section.archived_at is None:
            return
        section.archived_at = None
        work.add(section)
        request = work.session.get(ClientRequest, section.id)
        if request is not None:
            send_plans.plan_again(work, item, request)
        for nested_id, position in removed.inside:
            nested = access.section(work, nested_id, Permission.WORK_EDIT)
            if nested.work_item_id == item.id and nested.within_section_id is None:
                nested.within_section_id, nested.position = section.id, position
                work.add(nested)
        _record(work, section, "section:restored")


def items_within(work: Work, section: Section) -> list[Task | Section]:
    """Tasks and nested client sections of a section, in their order; put-aside tasks are left out."""
    tasks = work.session.exec(
        select(Task).where(Task.section_id == section.id, col(Task.put_aside_at).is_(None))
    ).all()
    nested = work.session.exec(
        select(Section).where(Section.within_section_id == section.id, col(Section.archived_at).is_(None))
    ).all()
    return sorted([*tasks, *nested], key=lambda row: (row.position, row.id))


def put_among(work: Work, section: Section, row: Task | Section, before_id: UUID | None) -> None:
    """Give `row` its place in a section, before `before_id` or last, and number all of them anew."""
    others: list[Task | Section] = [one for one in items_within(work, section) if one.id != row.id]
    place = next((at for at, one in enumerate(others) if one.id == before_id), len(others))
    others.insert(place, row)
    for position, one in enumerate(others):
        one.position = position
        work.add(one)


def _name(typed_name: str) -> str:
    return typed.line(typed_name, "name", longest=LONGEST_NAME, missing=_("Give the section a name."))


def locked(work: Work, section_id: UUID) -> tuple[Section, WorkItem]:
    """A section and its work item, whose row is the lock on every order in it; then the request, as clients take it."""
    section = access.section(work, section_id, Permission.WORK_EDIT)
    item = access.work_item(work, section.work_item_id, Permission.WORK_EDIT, lock=True)
    work.session.get(ClientRequest, section.id, with_for_update=True)
    work.session.refresh(section)
    return section, item


def _top(work: Work, item: WorkItem) -> list[Section]:
    query = select(Section).where(
        Section.work_item_id == item.id,
        col(Section.within_section_id).is_(None),
        col(Section.archived_at).is_(None),
    )
    return list(work.session.exec(query.order_by(col(Section.position), col(Section.id))))


def _free_nested(work: Work, section: Section) -> tuple[tuple[UUID, int], ...]:
    """Client sections that stood inside go to the end of the work item; gives where they were."""
    rows = work.session.exec(select(Section).where(Section.within_section_id == section.id)).all()
    places = tuple((row.id, row.position) for row in rows)
    for row in rows:
        row.within_section_id, row.position = None, 1_000_000
        work.add(row)
    return places


def _record(work: Work, section: Section, action: str) -> None:
    work.audit(action, firm_id=section.firm_id, subject_kind="section", subject_id=section.id)
    replanning.replan_section(work, section)
    work_channels.ring_section(work, section)
