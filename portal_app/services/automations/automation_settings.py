"""Settings › Automations: written, switched on and off, removed; and the three that a firm is offered (8.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import automations as rules
from portal_app.domain.actors import Actor
from portal_app.domain.automations import Clash, Told, Trigger
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.models import Automation, ClientKind, Staff, WorkStatus
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.automations import automation_words as words
from portal_app.services.work.work_words import Choice, status_mark
from portal_app.text import _
from portal_app.work import Work, begin, reading

LONGEST = 120


@dataclass(frozen=True, slots=True)
class AutomationFields:
    """What the form holds; an empty choice is none."""

    name: str = ""
    trigger: str = ""
    title_part: str = ""
    client_kind: str = ""
    sets_status: str = ""
    assigns_id: UUID | None = None
    tells: str = ""


@dataclass(frozen=True, slots=True)
class AutomationRow:
    """One automation in the list, and its fields as the form holds them."""

    id: str = ""
    name: str = ""
    when: str = ""
    does: str = ""
    is_on: bool = False
    trigger: str = ""
    title_part: str = ""
    client_kind: str = ""
    sets_status: str = ""
    assigns_id: str = ""
    tells: str = ""


@dataclass(frozen=True, slots=True)
class AutomationsView:
    """The firm's automations, what is offered besides, and what the form can choose from."""

    rows: tuple[AutomationRow, ...] = ()
    offered: tuple[AutomationRow, ...] = ()
    triggers: tuple[Choice, ...] = ()
    kinds: tuple[Choice, ...] = ()
    statuses: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    told: tuple[Choice, ...] = ()


OFFERED: Final[dict[str, tuple[Trigger, WorkStatus | None, Told]]] = {
    "sent": (Trigger.REQUEST_SENT, WorkStatus.WAITING_ON_CLIENT, Told.NOBODY),
    "all": (Trigger.ALL_COMPLETED, WorkStatus.IN_REVIEW, Told.NOBODY),
    "limit": (Trigger.REMINDER_LIMIT, None, Told.ASSIGNEE),
}
"""What a firm is offered until it has one for that moment; nothing runs that nobody switched on."""


def automations_view(ports: Ports, actor: Actor) -> AutomationsView:
    """The firm's automations, for admins and owners. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        kept = _kept(work)
        people = _people(work)
        names = {person.id: person.name for person in people}
        taken = {one.trigger for one in kept}
        return AutomationsView(
            rows=tuple(_row(one, names) for one in kept),
            offered=tuple(_offer(key, *what) for key, what in OFFERED.items() if what[0] not in taken),
            triggers=tuple(Choice(one.value, words.when(one)) for one in Trigger),
            kinds=tuple(Choice(kind.value, words.kind(kind)) for kind in ClientKind),
            statuses=tuple(
                Choice(status.value, status_mark(status)[2])
                for status in WorkStatus
                if status is not WorkStatus.PLANNED
            ),
            people=tuple(Choice(str(one.id), one.name) for one in people if one.deactivated_at is None),
            told=tuple(Choice(one.value, words.told(one)) for one in Told if one),
        )


def keep_automation(ports: Ports, actor: Actor, automation_id: UUID | None, fields: AutomationFields) -> UUID:
    """Write one, new (switched on) or changed. Raises `BadInput` beside the field, saying why it cannot be so."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        row = _new(work) if automation_id is None else _one(work, automation_id)
        _fill(work, row, fields)
        _check(work, row)
        work.add(row)
        work.session.flush()
        _record(work, row, "automation:kept")
        return row.id


def add_offered(ports: Ports, actor: Actor, key: str) -> UUID:
    """Switch on one of those that are offered. Raises `BadInput` where it is not, or no longer."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        taken = {one.trigger for one in _kept(work)}
        if key not in OFFERED or OFFERED[key][0] in taken:
            raise BadInput(_("This automation is there already."))
        row = _new(work)
        row.trigger, row.sets_status, row.tells = OFFERED[key]
        row.name = words.offered_name(key)
        work.add(row)
        work.session.flush()
        _record(work, row, "automation:kept")
        return row.id


def switch_automation(ports: Ports, actor: Actor, automation_id: UUID, *, is_on: bool) -> None:
    """Switch one on or off; what it was set off to do and has not done yet is let be while it is off."""
    with begin(ports, actor) as work:
        row = _one(work, automation_id)
        if is_on == (row.on_at is not None):
            return
        row.on_at = work.now if is_on else None
        if is_on:
            _check(work, row)
        work.add(row)
        _record(work, row, "automation:switched_on" if is_on else "automation:switched_off")


def remove_automation(ports: Ports, actor: Actor, automation_id: UUID) -> None:
    """Take one out of the list; what it did stays, and timelines go on naming it."""
    with begin(ports, actor) as work:
        row = _one(work, automation_id)
        row.removed_at, row.on_at = work.now, None
        work.add(row)
        _record(work, row, "automation:removed")


def _new(work: Work) -> Automation:
    firm_id = work.actor.firm_id
    if firm_id is None:
        raise TypeError("an automation belongs to a firm")
    return Automation(
        firm_id=firm_id, name="", trigger=Trigger.REQUEST_SENT, created_at=work.now, on_at=work.now
    )


def _one(work: Work, automation_id: UUID) -> Automation:
    row = access.of_firm(work, Automation, automation_id, Permission.SETTINGS_EDIT, lock=True)
    if row.removed_at is not None:
        raise BadInput(_("This automation was removed meanwhile."))
    return row


def _fill(work: Work, row: Automation, fields: AutomationFields) -> None:
    missing = _("Name it: the name stands in timelines.")
    row.name = typed.line(fields.name, "name", longest=LONGEST, missing=missing)
    row.title_part = typed.line(fields.title_part, "title_part", longest=LONGEST)
    row.trigger = Trigger(_known(fields.trigger, set(Trigger), "trigger"))
    row.tells = Told(_known(fields.tells, set(Told), "tells"))
    kind = _known(fields.client_kind, {"", *ClientKind}, "client_kind")
    status = _known(fields.sets_status, {"", *WorkStatus}, "sets_status")
    row.client_kind = ClientKind(kind) if kind else None
    row.sets_status = WorkStatus(status) if status else None
    if fields.assigns_id is not None and fields.assigns_id != row.assigns_id:
        person = access.of_firm(work, Staff, fields.assigns_id, Permission.SETTINGS_EDIT)
        if person.deactivated_at is not None:
            raise BadInput(_("{name} no longer works here.").format(name=person.name), field="assigns_id")
    row.assigns_id = fields.assigns_id


def _known(value: str, choices: set[str], field: str) -> str:
    if value not in choices:
        raise BadInput(_("Choose one of the list."), field=field)
    return value


def _check(work: Work, row: Automation) -> None:
    """Refuse what makes no sense, alone or beside the others."""
    clash = rules.clash(
        row.trigger, row.sets_status or "", assigns=row.assigns_id is not None, told=row.tells
    )
    if clash is not None:
        field = "tells" if clash is Clash.NOTHING_TO_DO else "sets_status"
        raise BadInput(words.why_not(clash), field=field)
    for other in _kept(work):
        if other.id == row.id or other.on_at is None or not _meet(other, row):
            continue
        if row.sets_status and other.sets_status and other.sets_status is not row.sets_status:
            raise BadInput(
                _("“{name}” sets another status at the same moment. Switch it off first.").format(
                    name=other.name
                ),
                field="sets_status",
            )


def _meet(one: Automation, other: Automation) -> bool:
    """Whether both would be set off by the same event of the same work."""
    return (one.trigger, one.title_part.casefold(), one.client_kind) == (
        other.trigger,
        other.title_part.casefold(),
        other.client_kind,
    )


def _kept(work: Work) -> list[Automation]:
    query = select(Automation).where(
        Automation.firm_id == work.actor.firm_id, col(Automation.removed_at).is_(None)
    )
    return list(work.session.exec(query.order_by(col(Automation.created_at), col(Automation.id))))


def _people(work: Work) -> list[Staff]:
    query = select(Staff).where(Staff.firm_id == work.actor.firm_id)
    return list(work.session.exec(query.order_by(col(Staff.name), col(Staff.id))))


def _row(one: Automation, names: dict[UUID, str]) -> AutomationRow:
    assignee = names.get(one.assigns_id, "") if one.assigns_id else ""
    return AutomationRow(
        id=str(one.id),
        name=one.name,
        when=words.condition(one.trigger, one.title_part, one.client_kind),
        does=words.does(one.sets_status, assignee, one.tells),
        is_on=one.on_at is not None,
        trigger=one.trigger.value,
        title_part=one.title_part,
        client_kind=one.client_kind.value if one.client_kind else "",
        sets_status=one.sets_status.value if one.sets_status else "",
        assigns_id=str(one.assigns_id or ""),
        tells=one.tells.value,
    )


def _offer(key: str, trigger: Trigger, status: WorkStatus | None, told: Told) -> AutomationRow:
    return AutomationRow(
        id=key,
        name=words.offered_name(key),
        when=words.condition(trigger, "", None),
        does=words.does(status, "", told),
    )


def _record(work: Work, row: Automation, action: str) -> None:
    work.audit(action, firm_id=row.firm_id, subject_kind="automation", subject_id=row.id)
    work.ring(f"firm:{row.firm_id}")
