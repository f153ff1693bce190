"""A firm's year in the portal, beside the reference: seeded edits, answers, outages, two timetables at once.

What people do goes through the services, as pages do it; the rows they start from are put straight into the
database. Nothing here looks at when the portal means to remind: only at what left.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from portal_app.domain.reminders import Kind, Rule
from portal_app.jobs.timetable import TIMETABLE
from portal_app.models import (
    Contact,
    Recipient,
    Reminder,
    Task,
)
from portal_app.ports import Ports
from portal_app.work import reading
from tests.simulation import reference
from tests.simulation.cast import Asked, Moods
from tests.simulation.doings import Doings
from tests.simulation.reference import DAY
from tests.world import World

FIRST, YEAR = date(2026, 3, 2), 364
"""Both changes of the clock, a leap into another year, and the spring's season."""
JOBS = ("send_due_requests", "note_expired_links", "replan_stale", "send_due_reminders", "deliver_outbox")


class Year:
    """`live()` lives it; then `expected()` and `found()` say which reminders were due, and which left."""

    def __init__(self, world: World, *, clients: int, requests: int, seed: int, days: int = YEAR) -> None:
        self.dice = random.Random(seed)
        self.days = days
        self.world, self.clock = world, world.clock
        self.moods = Moods(self.clock)
        self.ports: Ports = replace(world.ports, mailer=self.moods)
        self.firm = reference.Firm()
        world.change(world.firm, time_zone=self.firm.zone, sending_hour=8, sending_weekdays=[0, 1, 2, 3, 4])
        self.people: dict[UUID, reference.Contact] = {}
        self.requests: list[Asked] = []
        self.faults: list[Exception] = []
        self.doings = Doings(self)
        self._settle(clients, requests)

    # --- what there is at first -------------------------------------------------------------------------

    def _settle(self, clients: int, requests: int) -> None:
        homes = []
        for number in range(clients):
            client = self.world.new_client(f"Client {number}")
            contacts = [
                self.world.new_contact(
                    client, f"Person {number}{letter}", email=f"p{number}{letter}@mail.example"
                )
                for letter in "ab"
            ]
            homes.append((client, contacts, reference.Client()))
            for contact in contacts:
                self.people[contact.id] = self._contact(contact)
        for number in range(requests):
            self._draft(number, *self.dice.choice(homes))

    def _contact(self, contact: Contact) -> reference.Contact:
        known = reference.Contact()
        luck = self.dice.random()
        if luck < 0.04:
            day = FIRST + self.dice.randrange(self.days // 6, self.days) * DAY
            known.refused_from = self.firm.moment(day)
            self.moods.refused_from[contact.email] = known.refused_from
        elif luck < 0.08:
            self.moods.unknown.add(contact.email)
        return known

    def _draft(self, number: int, client: Any, contacts: list[Contact], ref: reference.Client) -> None:
        send_on = FIRST + self.dice.randrange(0, self.days - 34) * DAY
        soon = send_on + 3 * DAY
        able = [one for one in contacts if not self.refuses(one, soon)]
        if not able:
            return
        to = able if self.dice.random() < 0.3 else able[:1]
        kind = self.dice.choices([Kind.GENTLE, Kind.URGENT, Kind.CUSTOM, Kind.NONE], [50, 12, 30, 8])[0]
        rule = Rule(kind, before=self.dice.randrange(0, 30), every=self.dice.randrange(1, 15))
        by_itself = self.dice.random() < 0.5
        row = self.world.draft_request(client, tasks=(), to=to, name=f"Request {number}")
        due = [self.due(send_on) for _ in range(self.dice.randrange(1, 5))]
        titles = [f"Task {n}" for n in range(len(due))]
        made = [
            Task(
                firm_id=row.firm_id,
                section_id=row.id,
                title=title,
                due_on=on,
                position=n,
                created_at=self.clock.now(),
            )
            for n, (title, on) in enumerate(zip(titles, due, strict=True))
        ]
        self.world.put(*made)
        kept = {"kind": kind.value} | (
            {"before": rule.before, "every": rule.every} if kind is Kind.CUSTOM else {}
        )
        self.world.change(row, reminder_rule=kept)
        asked = Asked(
            row,
            to,
            send_on,
            by_itself,
            reference.Request(
                self.firm,
                ref,
                kind.value,
                rule.before if kind is Kind.CUSTOM else 0,
                rule.every if kind is Kind.CUSTOM else 1,
                [reference.Task(on) for on in due],
            ),
            [task.id for task in made],
        )
        if by_itself:
            moment = self.firm.moment(self.firm.moved(send_on))
            if moment <= self.clock.now():
                asked.by_itself = False
            else:
                self.world.change(row, send_rule={"kind": "on", "date": send_on.isoformat()}, send_at=moment)
        self.requests.append(asked)

    def due(self, send_on: date) -> date | None:
        return None if self.dice.random() < 0.15 else send_on + self.dice.randrange(-6, 50) * DAY

    def refuses(self, contact: Contact, day: date) -> bool:
        since = self.people[contact.id].refused_from
        return since is not None and since <= self.firm.moment(day)

    # --- the year ---------------------------------------------------------------------------------------

    def live(self) -> None:
        """Every day: what people do, the timetable's visits, outages of up to four days."""
        down = self._outages()
        plan = sorted([*self._visits(), *self._doings()], key=lambda one: one[0])
        is_down = False
        for at, what in plan:
            now_down = any(begins <= at < ends for begins, ends in down)
            if is_down and not now_down:
                back = max(ends for _begins, ends in down if ends <= at)
                self.visit(back)
            is_down = now_down
            if not is_down:
                self.clock.move_to(at)
                what(at)

    def _visits(self) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        """At each hour that is the firm's on that day, and now and then besides."""
        day = FIRST
        while day <= FIRST + (self.days + 1) * DAY:
            for zone in ("America/Toronto", "Europe/Paris", "America/Vancouver"):
                for hour in (7, 8):
                    at = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
                    yield at, self._visit_at_its_hour
            if self.dice.random() < 0.1:
                yield self._office_hour(day), self.visit
            day += DAY

    def _visit_at_its_hour(self, at: datetime) -> None:
        if self.firm.moment(self.firm.day(at)) == at:
            self.visit(at)

    def _outages(self) -> list[tuple[datetime, datetime]]:
        found = []
        for _ in range(1 + self.days // 45):
            begins = self.firm.moment(FIRST + self.dice.randrange(10, self.days - 14) * DAY)
            begins += timedelta(minutes=self.dice.randrange(-600, 600))
            found.append((begins, begins + timedelta(minutes=self.dice.randrange(60, 4 * 24 * 60))))
        for day in (date(2026, 3, 8), date(2026, 11, 1)):
            begins = self.firm.moment(day) - timedelta(hours=9)
            found.append((begins, begins + timedelta(hours=self.dice.randrange(4, 30))))
        return found

    def _doings(self) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        for asked in self.requests:
            if not asked.by_itself:
                yield self._office_hour(asked.send_on), lambda _at, asked=asked: self.doings.send(asked)
        edits = len(self.requests) * 2
        for _ in range(edits):
            day = FIRST + self.dice.randrange(1, self.days - 1) * DAY
            yield self._office_hour(day), self.doings.something
        for days, change in (
            (100, lambda: self.doings.change_firm(hour=7)),
            (150, lambda: self.doings.change_firm(weekdays={0, 1, 2, 3, 4, 5})),
            (200, lambda: self.doings.change_firm(zone="Europe/Paris")),
            (214, lambda: self.doings.change_firm(zone="America/Vancouver")),
            (230, lambda: self.doings.change_firm(zone="America/Toronto", hour=8)),
            (250, lambda: self.doings.change_firm(paused_until=FIRST + 254 * DAY)),
            (300, lambda: self.doings.change_firm(weekdays={0, 1, 2, 3, 4})),
        ):
            if days < self.days:
                yield self._office_hour(FIRST + days * DAY), lambda _at, change=change: change()

    def _office_hour(self, day: date) -> datetime:
        minutes = self.dice.randrange(9 * 60 + 10, 18 * 60)
        clock = time(minutes // 60, minutes % 60, self.dice.randrange(60), tzinfo=ZoneInfo("America/Toronto"))
        return datetime.combine(day, clock).astimezone(UTC)

    # --- the timetable ----------------------------------------------------------------------------------

    def visit(self, at: datetime) -> None:
        """Two timetables run every job at once; then the reference says who was due."""
        self.clock.move_to(at)
        both = [threading.Thread(target=self._run_jobs) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        if self.faults:
            raise self.faults[0]
        self._note_sent(at)
        for asked in self.requests:
            if asked.is_sent:
                for person in asked.ref.run(at):
                    self.reminded(asked, person, at)

    def _run_jobs(self) -> None:
        try:
            for name in JOBS:
                TIMETABLE[name][1](self.ports)
        except Exception as fault:  # noqa: BLE001 (the thread's, shown by the test)
            self.faults.append(fault)

    def _note_sent(self, at: datetime) -> None:
        """Whatever the portal sent by itself is given to the reference: sends are not what is tried here."""
        waiting = {one.row.id: one for one in self.requests if one.by_itself and not one.is_sent}
        with reading(self.ports, self.world.staff) as work:
            query = select(Recipient.request_id, Recipient.contact_id).where(
                col(Recipient.last_sent_at) == at, col(Recipient.request_id).in_(waiting)
            )
            rows = list(work.session.exec(query))
        for request_id, asked in waiting.items():
            to = [one for one in asked.contacts if (request_id, one.id) in rows]
            if to:
                asked.contacts = to
                self.doings.was_sent(asked, to, at)

    def reminded(self, asked: Asked, person: reference.Person, at: datetime) -> None:
        contact = person.contact
        if contact.has_bounced:
            return
        if contact.refused_from is not None and contact.refused_from <= at:
            self.bounced(person, at)
            return
        asked.ref.reminded(person, at)

    def bounced(self, person: reference.Person, at: datetime) -> None:
        person.has_bounced = person.contact.has_bounced = True
        for other in self.requests:
            if any(one.contact is person.contact for one in other.ref.people):
                other.ref.changed(at)

    # --- what came of it --------------------------------------------------------------------------------

    def expected(self) -> dict[tuple[UUID, UUID], list[date]]:
        """Every reminder that the reference has, by request and contact."""
        names = {id(known): contact_id for contact_id, known in self.people.items()}
        return {
            (asked.row.id, names[id(person.contact)]): person.reminded
            for asked in self.requests
            for person in asked.ref.people
            if person.reminded
        }

    def story(self, request_id: UUID) -> str:
        """What happened to a request, for whoever looks into a difference."""
        return "\n".join(next(one.story for one in self.requests if one.row.id == request_id))

    def found(self) -> dict[tuple[UUID, UUID], list[date]]:
        """Every reminder that left the portal, or of which nobody knows."""
        contacts = {row.id: row.contact_id for row in self.world.all(Recipient)}
        left: dict[tuple[UUID, UUID], list[date]] = {}
        rows = [row for row in self.world.all(Reminder) if row.counted_at is not None]
        for row in sorted(rows, key=lambda one: one.at):
            left.setdefault((row.request_id, contacts[row.recipient_id]), []).append(row.reminded_on)
        return left
