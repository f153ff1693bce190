"""What people do in a year, through the services, and what the reference is told of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.actors import Kind as Side
from portal_app.domain.reminders import Kind, Rule
from portal_app.jobs.timetable import TIMETABLE
from portal_app.models import (
    AccessGrant,
    Answer,
    Client,
    ClientRequest,
    Contact,
    Recipient,
    ReminderSkip,
    WorkStatus,
)
from portal_app.services.reminders import replanning
from portal_app.services.requests import send_plans, send_settings, sending
from portal_app.services.tasks import checklists, client_answers, comments, staff_answers, tasks
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.work import work_items
from portal_app.work import begin, reading
from tests.simulation import reference
from tests.simulation.cast import Asked
from tests.simulation.reference import DAY, FOREVER

if TYPE_CHECKING:
    from tests.simulation.year import Year


class Doings:
    """People at work. What cannot happen now does not."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.pressed = 0

    def _key(self) -> str:
        self.pressed += 1
        return f"press-{self.pressed}"

    def send(self, asked: Asked) -> None:
        if any(
            self.year.people[one.id].has_bounced or self.year.refuses(one, asked.send_on)
            for one in asked.contacts
        ):
            return
        ids = [one.id for one in asked.contacts]
        sending.send_request(self.year.ports, self.year.world.staff, asked.row.id, ids, self._key())
        self._leave()
        self.was_sent(asked, asked.contacts, self.year.clock.now())

    def _leave(self) -> None:
        TIMETABLE["deliver_outbox"][1](self.year.ports)

    def was_sent(self, asked: Asked, to: list[Contact], at: datetime) -> None:
        asked.is_sent = True
        asked.tell(at, f"sent, {asked.ref.kind} {asked.ref.before} {asked.ref.every}")
        for contact in to:
            person = self._person(asked, contact)
            if person is None:
                asked.ref.people.append(reference.Person(self.year.people[contact.id], at, at))
            else:
                person.sent_at, person.used = at, 0
            known = self.year.people[contact.id]
            if known.refused_from is not None and known.refused_from <= at:
                self.year.bounced(next(one for one in asked.ref.people if one.contact is known), at)

    def _person(self, asked: Asked, contact: Contact) -> reference.Person | None:
        known = self.year.people[contact.id]
        return next((one for one in asked.ref.people if one.contact is known), None)

    def something(self, at: datetime) -> None:
        """Something happens to a request that is out; what cannot happen to it now does not."""
        out = [
            one
            for one in self.year.requests
            if one.is_sent and not one.is_withdrawn and self._is_young(one, at)
        ]
        if not out:
            return
        asked = self.year.dice.choice(out)
        doings = (
            [self._client_ticks] * 6
            + [self._staff_answer] * 2
            + [self._client_promises] * 4
            + [self._client_asks] * 3
            + [self._staff_comment] * 3
            + [self._move_due] * 4
            + [self._add_task] * 2
            + [self._resend] * 3
            + [self._skip] * 2
            + [self._pause] * 2
            + [self._pause_client]
            + [self._switch_off]
            + [self._change_rule] * 2
            + [self._complete_work] * 2
            + [self._reopen_work] * 3
            + [self._reopen_task] * 2
            + [self._withdraw]
            + [self._let_go_on]
        )
        doing = self.year.dice.choice(doings)
        asked.tell(at, doing.__name__.strip("_"))
        doing(asked)
        asked.ref.changed(at)

    def _is_young(self, asked: Asked, at: datetime) -> bool:
        return bool(asked.ref.people) and at - max(one.sent_at for one in asked.ref.people) < timedelta(
            days=90
        )

    def _an_open(self, asked: Asked) -> int | None:
        found = [n for n, task in enumerate(asked.ref.tasks) if task.is_open]
        return self.year.dice.choice(found) if found and not asked.ref.is_over else None

    def _device(self, asked: Asked) -> Actor | None:
        """The phone of somebody whose grant is open: bound by hand, since claiming is not what is tried here."""
        with reading(self.year.ports, self.year.world.staff) as work:
            query = select(AccessGrant).where(
                AccessGrant.request_id == asked.row.id,
                col(AccessGrant.ended_at).is_(None),
                AccessGrant.expires_at > work.now,
            )
            grant = work.session.exec(query.order_by(col(AccessGrant.id))).first()
        if grant is None:
            return None
        if grant.device_id is None:
            device, _token = self.year.world.new_device()
            self.year.world.change(grant, device_id=device.device_id, claimed_at=self.year.clock.now())
            return device
        return Actor(kind=Side.CLIENT, device_id=grant.device_id, locale="en")

    def _client_ticks(self, asked: Asked) -> None:
        number, device = self._an_open(asked), self._device(asked)
        if number is not None and device is not None:
            tasks.complete_task(self.year.ports, device, asked.task_ids[number])
            self._done(asked.ref.tasks[number])

    def _staff_answer(self, asked: Asked) -> None:
        number = self._an_open(asked)
        if number is None:
            return
        answer = self.year.dice.choice([Answer.DONE, Answer.NOT_APPLICABLE])
        text = "" if answer is Answer.DONE else "Sold in 2024."
        staff_answers.answer_for_client(
            self.year.ports, self.year.world.staff, asked.task_ids[number], answer, text
        )
        task = asked.ref.tasks[number]
        self._done(task)
        task.is_done = answer is Answer.DONE

    def _done(self, task: reference.Task) -> None:
        task.is_open, task.is_done, task.asks = False, True, False

    def _client_promises(self, asked: Asked) -> None:
        number, device = self._an_open(asked), self._device(asked)
        if number is None or device is None:
            return
        on = self.year.firm.day(self.year.clock.now()) + self.year.dice.randrange(1, 61) * DAY
        client_answers.promise_task(self.year.ports, device, asked.task_ids[number], on)
        asked.ref.tasks[number].promised_on = on  # a question of theirs stays open (5.8)

    def _client_asks(self, asked: Asked) -> None:
        number, device = self._an_open(asked), self._device(asked)
        if number is not None and device is not None:
            client_answers.ask_question(self.year.ports, device, asked.task_ids[number], "Which year?")
            asked.ref.tasks[number].asks = True

    def _staff_comment(self, asked: Asked) -> None:
        held = [n for n, task in enumerate(asked.ref.tasks) if task.is_open and task.asks]
        if held:
            comments.add_comment(
                self.year.ports, self.year.world.staff, asked.task_ids[held[0]], "Of 2025, please."
            )
            asked.ref.tasks[held[0]].asks = False

    def _move_due(self, asked: Asked) -> None:
        number = self._an_open(asked)
        if number is None:
            return
        on = self.year.due(self.year.firm.day(self.year.clock.now()))
        fields = TaskFields(title=f"Task {number}", due_on=on)
        checklists.edit_task(self.year.ports, self.year.world.staff, asked.task_ids[number], fields)
        asked.ref.tasks[number].due_on = on

    def _add_task(self, asked: Asked) -> None:
        if asked.ref.is_over or len(asked.task_ids) > 6:
            return
        on = self.year.due(self.year.firm.day(self.year.clock.now()))
        fields = TaskFields(title=f"Task {len(asked.task_ids)}", due_on=on)
        task_id = checklists.add_task(self.year.ports, self.year.world.staff, asked.row.id, fields)
        asked.task_ids.append(task_id)
        asked.ref.tasks.append(reference.Task(on))

    def _reopen_task(self, asked: Asked) -> None:
        closed = [n for n, task in enumerate(asked.ref.tasks) if not task.is_open]
        if not closed or asked.ref.is_over or self._any_refuses(asked):
            return
        staff_answers.reopen_task(
            self.year.ports, self.year.world.staff, asked.task_ids[closed[0]], "Page 3 is missing."
        )
        self._leave()
        task = asked.ref.tasks[closed[0]]
        task.is_open, task.is_done, task.promised_on = True, False, None

    def _resend(self, asked: Asked) -> None:
        is_open = any(task.is_open for task in asked.ref.tasks)
        if not is_open or asked.is_work_completed or self._any_refuses(asked):
            return
        to = asked.contacts if self.year.dice.random() < 0.7 else asked.contacts[:1]
        if asked.ref.is_over:
            to = asked.contacts
        sending.resend_request(
            self.year.ports, self.year.world.staff, asked.row.id, [one.id for one in to], self._key()
        )
        self._leave()
        self.was_sent(asked, to, self.year.clock.now())
        asked.ref.is_over = False

    def _any_refuses(self, asked: Asked) -> bool:
        today = self.year.firm.day(self.year.clock.now()) + DAY
        return any(
            self.year.people[one.id].has_bounced or self.year.refuses(one, today) for one in asked.contacts
        )

    def _skip(self, asked: Asked) -> None:
        day = self.year.firm.day(self.year.clock.now()) + self.year.dice.randrange(1, 10) * DAY
        if day in asked.ref.skipped:
            return
        with begin(self.year.ports, self.year.world.staff) as work:
            work.add(
                ReminderSkip(firm_id=asked.row.firm_id, request_id=asked.row.id, skipped_on=day, at=work.now)
            )
            replanning.replan(work, [asked.row.id])
        asked.ref.skipped.add(day)

    def _pause(self, asked: Asked) -> None:
        asked.ref.paused_until = self._paused(asked.ref.paused_until)
        with begin(self.year.ports, self.year.world.staff) as work:
            self._write_pause(work.session.get_one(ClientRequest, asked.row.id), asked.ref.paused_until, work)
            replanning.replan(work, [asked.row.id])

    def _pause_client(self, asked: Asked) -> None:
        asked.ref.client.paused_until = self._paused(asked.ref.client.paused_until)
        now = self.year.clock.now()
        with begin(self.year.ports, self.year.world.staff) as work:
            row = work.session.get_one(ClientRequest, asked.row.id)
            client = work.session.get_one(Client, row.client_id)
            self._write_pause(client, asked.ref.client.paused_until, work)
            replanning.replan_client(work, row.client_id)
        for other in self.year.requests:
            if other.ref.client is asked.ref.client:
                other.ref.changed(now)

    def _paused(self, until: date) -> date:
        if until > self.year.firm.day(self.year.clock.now()):
            return date.min
        if self.year.dice.random() < 0.3:
            return FOREVER
        return self.year.firm.day(self.year.clock.now()) + self.year.dice.randrange(1, 15) * DAY

    def _write_pause(self, row: Any, until: date, work: Any) -> None:
        row.reminders_paused_at = work.now if until > date.min else None
        row.reminders_paused_until = until if date.min < until < FOREVER else None
        work.add(row)

    def _switch_off(self, asked: Asked) -> None:
        person = self.year.dice.choice(asked.ref.people)
        contact = next(one for one in asked.contacts if self.year.people[one.id] is person.contact)
        with begin(self.year.ports, self.year.world.staff) as work:
            query = select(Recipient).where(
                Recipient.request_id == asked.row.id, Recipient.contact_id == contact.id
            )
            recipient = work.session.exec(query).one()
            recipient.reminders_off_at = None if person.is_off else work.now
            work.add(recipient)
            replanning.replan(work, [asked.row.id])
        person.is_off = not person.is_off

    def _change_rule(self, asked: Asked) -> None:
        if asked.ref.is_over or self._any_refuses(asked):
            return
        kind = self.year.dice.choice(list(Kind))
        rule = Rule(kind, before=self.year.dice.randrange(0, 30), every=self.year.dice.randrange(1, 15))
        ids = [one.id for one in asked.contacts]
        send_settings.save_settings(
            self.year.ports, self.year.world.staff, asked.row.id, ids, rule, self._key()
        )
        asked.ref.kind = kind.value
        asked.ref.before, asked.ref.every = (rule.before, rule.every) if kind is Kind.CUSTOM else (0, 1)

    def _complete_work(self, asked: Asked) -> None:
        if not asked.is_work_completed:
            work_items.set_status(
                self.year.ports, self.year.world.staff, asked.row.work_item_id, WorkStatus.COMPLETED
            )
            asked.is_work_completed = asked.ref.is_over = True

    def _reopen_work(self, asked: Asked) -> None:
        if asked.is_work_completed:
            work_items.set_status(
                self.year.ports, self.year.world.staff, asked.row.work_item_id, WorkStatus.IN_PROGRESS
            )
            asked.is_work_completed = False

    def _withdraw(self, asked: Asked) -> None:
        sending.withdraw_request(self.year.ports, self.year.world.staff, asked.row.id)
        self._leave()
        asked.is_withdrawn = asked.ref.is_over = True

    def _let_go_on(self, asked: Asked) -> None:
        send_settings.let_reminders_go_on(self.year.ports, self.year.world.staff, asked.row.id)
        asked.ref.goes_on_since = self.year.clock.now()

    def change_firm(self, **values: Any) -> None:
        """Settings change, and every plan of the firm with them (7.14)."""
        names = {"hour": "sending_hour", "weekdays": "sending_weekdays", "zone": "time_zone"}
        with begin(self.year.ports, self.year.world.staff) as work:
            row = work.session.get_one(type(self.year.world.firm), self.year.world.firm.id)
            for name, value in values.items():
                setattr(self.year.firm, name, value)
                if name == "paused_until":
                    self._write_pause(row, value, work)
                else:
                    setattr(row, names[name], sorted(value) if name == "weekdays" else value)
            work.add(row)
            replanning.replan_firm(work, row.id)
            send_plans.plan_firm(work, row)
        for asked in self.year.requests:
            asked.ref.changed(self.year.clock.now())
        self.year.visit(self.year.clock.now())
