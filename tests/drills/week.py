"""A week of two firms under three timetables, each with ports of its own on one database.

What is due is counted apart: reminders by the reference of `tests/simulation`, the rest from the plan alone.
One firm puts the reminders of a person into one e-mail (7.11), works on all days, and lies in another zone.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID

from sqlalchemy import Engine

from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.adapters.limits import WindowLimiter
from portal_app.domain.actors import Actor, Role
from portal_app.domain.links import SEND_LASTS_FOR
from portal_app.jobs.timetable import TIMETABLE
from portal_app.models import Client, ClientRequest, Contact, Staff, Task
from portal_app.ports import Envelope, MailConversation, Ports
from portal_app.services.requests import sending
from portal_app.services.tasks import comments
from tests.simulation import reference
from tests.simulation.reference import DAY
from tests.world import World

FIRST, DAYS = date(2026, 3, 5), 7
"""A Thursday; both zones put their clocks forward on the Sunday."""
TIMETABLES = 3
JOBS = (
    "send_due_requests",
    "note_expired_links",
    "replan_stale",
    "send_due_reminders",
    "queue_contact_notices",
    "deliver_outbox",
)
LATER = timedelta(minutes=10)
"""What is told within it is one e-mail (9.6)."""

Key = tuple[UUID, str]
"""A request and an address."""


@dataclass
class Postman:
    """Takes everything, from all three, and remembers the Message-ID."""

    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def conversation(self) -> Iterator[MailConversation]:
        yield self

    def offer(self, envelope: Envelope) -> None:
        return None

    def transmit(self, envelope: Envelope) -> str:
        letter = message_from_bytes(envelope.message, policy=default)
        with self._lock:
            self.taken[str(letter["Message-ID"]), envelope.recipient] += 1
        return "250 OK"


@dataclass
class House:
    """A firm, as the portal and as the reference know it."""

    ref: reference.Firm
    staff: Staff
    actor: Actor
    is_together: bool
    homes: list[tuple[Client, list[Contact]]]


@dataclass
class Asked:
    """A request that goes out by itself at `send_at`."""

    house: House
    row: ClientRequest
    people: list[Contact]
    send_at: datetime
    ref: reference.Request
    task_id: UUID
    sent_at: datetime | None = None


class Week:
    """`live()` lives it. Then `sends`, `reminders`, `letters`, `news` and `expiries` say what was due, and when."""

    def __init__(self, world: World, *, requests: int, every: int, seed: int) -> None:
        self.world, self.dice, self.every = world, random.Random(seed), every
        self.postman = Postman()
        self._engines = [make_engine(_url(world.engine)) for _ in range(TIMETABLES)]
        self.timetables = [self._ports(engine) for engine in self._engines]
        self.faults: list[BaseException] = []
        self.sends: Counter[tuple[Key, datetime]] = Counter()
        self.reminders: Counter[tuple[Key, date]] = Counter()
        self.letters: Counter[tuple[str, datetime]] = Counter()
        """E-mails with reminders, by address and visit: of one firm one for each request, of the other one in all."""
        self.news: Counter[Key] = Counter()
        self.expiries: Counter[tuple[UUID, UUID, datetime]] = Counter()
        self._written: set[tuple[UUID, datetime]] = set()
        self._expire: dict[datetime, list[tuple[UUID, UUID]]] = {}
        self.houses = [
            self._house("America/Toronto", requests, False),
            self._house("America/Vancouver", requests, True),
        ]
        self._send_old(requests // 5)
        self.asked = [self._ask(number) for number in range(requests)]

    def _ports(self, engine: Engine) -> Ports:
        clock = self.world.clock
        sessions = EngineSessions(engine)
        return replace(
            self.world.ports,
            sessions=sessions,
            mailer=self.postman,
            limiter=WindowLimiter(clock),
            clock=clock,
        )

    def close(self) -> None:
        """Let the lines to the database go."""
        for engine in self._engines:
            engine.dispose()

    # --- what there is at first -------------------------------------------------------------------------

    def _house(self, zone: str, requests: int, is_together: bool) -> House:
        world = self.world
        weekdays = set(range(7)) if is_together else set(range(5))
        kept = {"time_zone": zone, "sending_hour": 8, "sending_weekdays": sorted(weekdays)}
        if is_together:
            kept["reminders_together_at"] = world.clock.now()
            firm = world.new_firm("Pacific CPA", slug="pacific", **kept)
            staff = world.new_staff("Emily Fraser", role=Role.OWNER, firm=firm)
        else:
            firm, staff = world.change(world.firm, **kept), world.owner
        homes = []
        for number in range(max(2, requests // 8)):
            client = world.new_client(f"Client {number}", firm=firm, assigned=staff)
            names = [f"Person {number}{letter}" for letter in "ab"]
            emails = [f"p{number}{letter}@{firm.slug}.mail.example" for letter in "ab"]
            people = [
                world.new_contact(client, name, email=mail) for name, mail in zip(names, emails, strict=True)
            ]
            homes.append((client, people))
        return House(reference.Firm(zone, weekdays=weekdays), staff, world.actor(staff), is_together, homes)

    def _draft(
        self, house: House, name: str, due: list[date | None]
    ) -> tuple[ClientRequest, list[Contact], UUID]:
        client, people = self.dice.choice(house.homes)
        to = people if self.dice.random() < 0.3 else [self.dice.choice(people)]
        work = self.world.new_work(client, assignee_id=house.staff.id)
        row = self.world.draft_request(client, tasks=(), to=to, name=name, work=work)
        made = [
            Task(
                firm_id=row.firm_id,
                section_id=row.id,
                title=f"Task {n}",
                due_on=on,
                position=n,
                created_at=self.world.clock.now(),
            )
            for n, on in enumerate(due)
        ]
        self.world.put(*made)
        return row, to, made[0].id

    def _send_old(self, count: int) -> None:
        """Requests without reminders, sent thirty days before, whose links end in this week (6.6)."""
        begins = self._at(FIRST, 0) - SEND_LASTS_FOR
        minutes = sorted(self.dice.randrange(1, DAYS * 24 * 60) for _ in range(count))
        for number, minute in enumerate(minutes):
            self.world.clock.move_to(begins + timedelta(minutes=minute))
            house = self.dice.choice(self.houses)
            row, to, _task_id = self._draft(house, f"Old {number}", [None])
            self.world.change(row, reminder_rule={"kind": "none"})
            ids = [one.id for one in to]
            sending.send_request(self.timetables[0], house.actor, row.id, ids, f"old-{number}")
            TIMETABLE["deliver_outbox"][1](self.timetables[0])
            ends = self.world.clock.now() + SEND_LASTS_FOR
            self._expire.setdefault(ends, []).extend((row.id, one.id) for one in to)
            self.sends.update(((row.id, one.email), self.world.clock.now()) for one in to)

    def _ask(self, number: int) -> Asked:
        house = self.houses[number % 2]
        send_on = house.ref.moved(FIRST + self.dice.randrange(0, DAYS - 2) * DAY)
        due = [send_on + self.dice.randrange(-5, 12) * DAY for _ in range(self.dice.randrange(1, 4))]
        row, to, task_id = self._draft(house, f"Request {number}", [*due])
        kind = self.dice.choices(["gentle", "urgent", "custom", "none"], [5, 3, 3, 1])[0]
        before, every = (
            (self.dice.randrange(0, 12), self.dice.randrange(1, 4)) if kind == "custom" else (0, 1)
        )
        rule = {"kind": kind} | ({"before": before, "every": every} if kind == "custom" else {})
        send_at = house.ref.moment(send_on)
        self.world.change(
            row, reminder_rule=rule, send_rule={"kind": "on", "date": str(send_on)}, send_at=send_at
        )
        tasks = [reference.Task(on) for on in due]
        ref = reference.Request(house.ref, reference.Client(), kind, before, every, tasks)
        return Asked(house, row, to, send_at, ref, task_id)

    # --- the week ---------------------------------------------------------------------------------------

    def live(self) -> None:
        """The timetables come every so many hours; in between staff write, twice within ten minutes."""
        begins = self._at(FIRST, 1)
        visits = [begins + timedelta(hours=n) for n in range(0, DAYS * 24, self.every)]
        plan: list[tuple[datetime, Callable[[datetime], None]]] = [(at, self.visit) for at in visits]
        for _ in range(len(self.asked) // 2):
            # Half an hour after a visit, so that both have been told at the next.
            at = self.dice.choice(visits[:-1]) + timedelta(minutes=30)
            plan.append((at, self._write))
        for at, what in sorted(plan, key=lambda one: one[0]):
            self.world.clock.move_to(at)
            what(at)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), UTC)

    def _write(self, at: datetime) -> None:
        """Two comments on a request that is out, whose readers are told once."""
        out = [one for one in self.asked if one.sent_at is not None]
        if not out:
            return
        asked = self.dice.choice(out)
        for minutes in (0, 9):
            self.world.clock.move_to(at + timedelta(minutes=minutes))
            comments.add_comment(self.timetables[0], asked.house.actor, asked.task_id, f"Said at {minutes}.")
        if (asked.row.id, at) not in self._written:
            self._written.add((asked.row.id, at))
            self.news.update((asked.row.id, one.email) for one in asked.people)

    def visit(self, at: datetime) -> None:
        """All of them at once; and what was due by then."""
        start = threading.Barrier(TIMETABLES)
        threads = [threading.Thread(target=self._run_jobs, args=(ports, start)) for ports in self.timetables]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.faults:
            raise self.faults[0]
        self._expect(at)

    def _run_jobs(self, ports: Ports, start: threading.Barrier) -> None:
        try:
            for name in JOBS:
                start.wait(60)
                TIMETABLE[name][1](ports)
        except BaseException as fault:  # noqa: BLE001 (the thread's, shown by the test)
            start.abort()
            self.faults.append(fault)

    def _expect(self, at: datetime) -> None:
        for ends in [ends for ends in self._expire if ends <= at]:
            self.expiries.update((*whose, at) for whose in self._expire.pop(ends))
        letters: set[tuple[str, UUID | None]] = set()
        for asked in self.asked:
            if asked.sent_at is None and asked.send_at <= at:
                asked.sent_at = at
                asked.ref.people = [reference.Person(reference.Contact(), at, at) for _ in asked.people]
                self.sends.update(((asked.row.id, one.email), at) for one in asked.people)
            for person in asked.ref.run(at) if asked.sent_at else ():
                contact = asked.people[asked.ref.people.index(person)]
                asked.ref.reminded(person, at)
                self.reminders[(asked.row.id, contact.email), person.reminded[-1]] += 1
                letters.add((contact.email, None if asked.house.is_together else asked.row.id))
        self.letters.update((email, at) for email, _request in letters)


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)
