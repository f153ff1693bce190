"""Next year's work from an earlier one (5.10, 5.24): what was asked comes along, what was answered stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Client,
    ClientContact,
    ClientRequest,
    Contact,
    Firm,
    Recipient,
    Section,
    Staff,
    StoredFile,
    Task,
    WorkItem,
)
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.files import copies
from portal_app.services.firm.firm_days import today
from portal_app.services.requests import send_plans, sendable
from portal_app.services.templates import work_rows
from portal_app.services.work import send_moments
from portal_app.services.work.send_moments import Past
from portal_app.services.work.start_moves import day_after
from portal_app.services.work.work_items import LONGEST_NAME
from portal_app.text import _, pgettext
from portal_app.work import Work, begin, reading

NEAR = 2
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class NextYear:
    """What the dialog asks."""

    title: str
    starts_on: date | None
    assignee_id: UUID | None = None
    past: Past = Past.UNASKED


@dataclass(frozen=True, slots=True)
class NextYearView:
    """What is proposed, who is left out and why (5.24), and which sends would be past already (6.18)."""

    title: str = ""
    starts_on: str = ""
    assignee_id: str = ""
    left_out: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)


def next_year_view(
    ports: Ports, actor: Actor, work_item_id: UUID, starts_on: date | None = None
) -> NextYearView:
    """What *Make next year's* proposes for this work item. Raises `NotFound`."""
    with reading(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT)
        firm = work.session.get_one(Firm, item.firm_id)
        client = work.session.get_one(Client, item.client_id)
        starts_on = starts_on or a_year_on(item.starts_on or today(firm, work.now))
        requests = _requests(work, item)
        left = [text for request in requests for text in _taken_over(work, client, request)[1]]
        return NextYearView(
            title=a_year_later(item.title, _year_of(item)),
            starts_on=starts_on.isoformat(),
            assignee_id=str(_assignee(work, item) or ""),
            left_out=list(dict.fromkeys(left)),
            past=[
                _("{section}: {when}").format(
                    section=work.session.get_one(Section, request.id).name,
                    when=send_moments.words(firm, _rule(request), starts_on),
                )
                for request in requests
                if send_plans.is_past(firm, _rule(request), starts_on, work.now)
            ],
        )


def make_next_year(ports: Ports, actor: Actor, work_item_id: UUID, asked: NextYear) -> UUID:
    """Make a work item from an earlier one: sections, tasks, the firm's files, recipients (5.10).

    Relative dates count from the new start, dates set by hand move by a year. Recipients who are archived,
    unlinked or undeliverable are left out (5.24). Raises `BadInput` beside the field, `NotFound`.
    """
    with begin(ports, actor) as work:
        earlier = access.work_item(work, work_item_id, Permission.WORK_EDIT)
        client = work_rows.client_of(work, earlier.client_id)
        item = _item(work, earlier, client, asked)
        past = _Taker(work, client, earlier, item).fill()
        send_moments.plan(work, item, past, asked.past)
        work_rows.record(work, item, earlier=str(earlier.id))
        return item.id


def a_year_on(day: date) -> date:
    """The same day of the next year; 29 February becomes the 28th."""
    is_leap_day = day.month == 2 and day.day == 29
    return day.replace(year=day.year + 1, day=28 if is_leap_day else day.day)


def a_year_later(text: str, around: int) -> str:
    """A title with the years in it that lie by the year `around` moved by one: *2025 return*, but not a loan of 2009."""
    return _YEAR.sub(lambda found: str(int(found[0]) + (abs(int(found[0]) - around) <= NEAR)), text)


def _year_of(item: WorkItem) -> int:
    return (item.starts_on or item.created_at.date()).year


def _item(work: Work, earlier: WorkItem, client: Client, asked: NextYear) -> WorkItem:
    starts_on = work_rows.start_of(asked.starts_on)
    due_on = day_after(starts_on, earlier.due_days)
    if earlier.due_days is None and earlier.due_on is not None:
        due_on = a_year_on(earlier.due_on)
    item = WorkItem(
        firm_id=client.firm_id,
        client_id=client.id,
        title=typed.line(
            asked.title, "title", longest=LONGEST_NAME, missing=_("Give the work item a title.")
        ),
        external_name=a_year_later(earlier.external_name, _year_of(earlier)),
        assignee_id=work_rows.assignee_of(work, asked.assignee_id),
        starts_on=starts_on,
        due_on=due_on,
        due_days=earlier.due_days,
        earlier_id=earlier.id,
        created_at=work.now,
        created_by_staff_id=work.actor.staff_id,
    )
    work.add(item)
    work.session.flush()
    return item


class _Taker:
    """Fills one new work item with what an earlier one asked."""

    def __init__(self, work: Work, client: Client, earlier: WorkItem, item: WorkItem) -> None:
        self._work, self._client, self._earlier, self._item = work, client, earlier, item
        self._firm, self._around = work.session.get_one(Firm, item.firm_id), _year_of(earlier)
        self._past: list[UUID] = []

    def fill(self) -> list[UUID]:
        """Every section and task; gives back the requests whose moment is past already."""
        query = select(Section).where(
            Section.work_item_id == self._earlier.id, col(Section.archived_at).is_(None)
        )
        made: dict[UUID, UUID] = {}
        nested = col(Section.within_section_id).is_not(None)
        for origin in self._work.session.exec(query.order_by(nested, col(Section.position), col(Section.id))):
            within = made.get(origin.within_section_id) if origin.within_section_id else None
            section, request = work_rows.add_section(
                self._work,
                self._item,
                origin.kind,
                a_year_later(origin.name, self._around),
                origin.position,
                within,
            )
            made[origin.id] = section.id
            if request is not None:
                self._request(self._work.session.get_one(ClientRequest, origin.id), request)
            self._tasks(origin, section)
        return self._past

    def _request(self, origin: ClientRequest, request: ClientRequest) -> None:
        people, _left = _taken_over(self._work, self._client, origin)
        request.reminder_rule = dict(origin.reminder_rule)
        work_rows.add_recipients(self._work, request, people)
        if send_moments.keep_rule(self._work, self._firm, self._item, request, _rule(origin)):
            self._past.append(request.id)

    def _tasks(self, origin: Section, section: Section) -> None:
        query = select(Task).where(Task.section_id == origin.id, col(Task.put_aside_at).is_(None))
        tasks = self._work.session.exec(query.order_by(col(Task.position), col(Task.id))).all()
        files = copies.of_tasks(self._work, [task.id for task in tasks])
        for task in tasks:
            self._task(section, task, files.get(task.id, []))

    def _task(self, section: Section, origin: Task, files: list[StoredFile]) -> None:
        due_on = day_after(self._item.starts_on, origin.due_days)
        if origin.due_days is None and origin.due_on is not None:
            due_on = a_year_on(origin.due_on)
        task = Task(
            firm_id=section.firm_id,
            section_id=section.id,
            title=a_year_later(origin.title, self._around),
            description=origin.description,
            due_days=origin.due_days,
            due_on=due_on,
            needs_file=origin.needs_file,
            assignee_id=_active(self._work, origin.assignee_id),
            position=origin.position,
            earlier_task_id=origin.id,
            created_at=self._work.now,
        )
        self._work.add(task)
        self._work.session.flush()
        copies.copy_files(self._work, files, task, self._client.id)


def _requests(work: Work, item: WorkItem) -> list[ClientRequest]:
    query = (
        select(ClientRequest)
        .join(Section, col(Section.id) == ClientRequest.id)
        .where(ClientRequest.work_item_id == item.id, col(Section.archived_at).is_(None))
    )
    return list(work.session.exec(query.order_by(col(Section.position), col(Section.id))))


def _rule(origin: ClientRequest) -> send_rules.Rule:
    """The rule a year on: relative ones follow the start, a date moves by a year."""
    rule = send_rules.Rule.read(origin.send_rule)
    if rule.kind is send_rules.Kind.ON and rule.on is not None:
        return send_rules.Rule(rule.kind, on=a_year_on(rule.on), hour=rule.hour)
    return rule


def _taken_over(work: Work, client: Client, request: ClientRequest) -> tuple[list[UUID], list[str]]:
    """Recipients who can be one again, and those who cannot, by name and why (5.24).

    Unlinking takes a contact out of the client's requests (2.19): whoever got this one is named all the same.
    """
    is_one = col(Recipient.removed_at).is_(None)
    was_one = col(ClientContact.id).is_(None) & col(Recipient.first_sent_at).is_not(None)
    query = (
        select(Contact, ClientContact.id)
        .join(Recipient, col(Recipient.contact_id) == Contact.id)
        .outerjoin(
            ClientContact,
            (col(ClientContact.contact_id) == Contact.id) & (col(ClientContact.client_id) == client.id),
        )
        .where(Recipient.request_id == request.id, is_one | was_one)
        .order_by(col(Recipient.created_at), col(Recipient.id))
    )
    kept: list[UUID] = []
    left: list[str] = []
    for contact, linked in work.session.execute(query):
        why = _why_left_out(client, contact, is_linked=linked is not None)
        if why:
            left.append(f"{contact.name}: {why}")
        else:
            kept.append(contact.id)
    return kept, left


def _why_left_out(client: Client, contact: Contact, *, is_linked: bool) -> str:
    if contact.archived_at is not None:
        return pgettext("contact", "archived")
    if not is_linked:
        return _("no longer linked to {client}").format(client=client.name)
    return sendable.why_not_to(contact)


def _assignee(work: Work, item: WorkItem) -> UUID | None:
    return _active(work, item.assignee_id)


def _active(work: Work, staff_id: UUID | None) -> UUID | None:
    person = work.session.get(Staff, staff_id) if staff_id else None
    return person.id if person is not None and person.deactivated_at is None else None
