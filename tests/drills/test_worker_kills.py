"""`make faults`: a worker that sends is killed again and again; no e-mail is lost, doubled or made up (15.2, fault 8)."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import col
from sqlmodel import select as query_of

from portal_app.adapters.smtp import SmtpMailer
from portal_app.domain.outbox import NEVER_AGAIN
from portal_app.domain.reminders import MOST
from portal_app.jobs.timetable import TIMETABLE
from portal_app.models import ClientRequest, Contact, MailPhase, OutboxMail, Recipient, Reminder
from portal_app.ports import Ports
from portal_app.settings import Settings
from portal_app.work import reading
from tests.drills.post_office import MOMENTS, PostOffice
from tests.drills.worker import JOBS
from tests.simulation.reference import DAY, Firm
from tests.world import World

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "5"))
SEED = int(os.environ.get("PORTAL_TEST_SEED", "2026"))
FIRST = date(2026, 3, 3)
"""The clocks go forward on the Sunday after."""
NEW_A_DAY = 3
A_RUN = 0.5
"""Seconds within which a worker that is not held up has begun and ended most of its work."""
HOW = (*MOMENTS, "anywhere")
BAD = ("losses", "duplicates", "made up")


class Nursery:
    """Makes workers on the data of a world."""

    def __init__(self, world: World, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.worker"],
            env={name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
            | {
                "PORTAL_DEMO": "true",
                "PORTAL_DATA_DIR": str(world.settings.data_dir),
                "PORTAL_DATABASE_URL": world.engine.url.render_as_string(hide_password=False),
                "PORTAL_SMTP_HOST": "127.0.0.1",
                "PORTAL_SMTP_PORT": str(port),
                "PORTAL_SMTP_SECURITY": "none",
                "PORTAL_MAIL_PER_MINUTE": "60000",
            },
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def worker(self, at: str) -> int:
        """The id of a worker for a moment; it waits to be let go."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{at}\n")
        self._process.stdin.flush()
        return self.said()

    def said(self) -> int:
        """The next number: an id, or how a worker ended."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """No more workers."""
        self._process.communicate()


class Plug:
    """A process's plug. It may be pulled by whoever, also when it is too late."""

    def __init__(self, pid: int) -> None:
        self._fd, self._lock = os.pidfd_open(pid), threading.Lock()

    def pull(self) -> None:
        """Kill it, and wait until it is dead."""
        with self._lock, suppress(ProcessLookupError):
            if self._fd >= 0:
                signal.pidfd_send_signal(self._fd, signal.SIGKILL)
                dead = select.poll()
                dead.register(self._fd)
                dead.poll()

    def put_away(self) -> None:
        """It is not pulled from now on."""
        with self._lock:
            os.close(self._fd)
            self._fd = -1


@dataclass
class Drill:
    """A firm's weeks: requests that go out by themselves, a reminder a day, and the hand that kills who sends."""

    world: World
    office: PostOffice
    nursery: Nursery
    ports: Ports
    chance: random.Random
    tally: Counter[str] = field(default_factory=Counter)
    asked: list[tuple[ClientRequest, Contact, date]] = field(default_factory=list)
    committed: set[UUID] = field(default_factory=set)
    days: list[date] = field(default_factory=list)
    firm: Firm = field(default_factory=Firm)

    def live(self) -> None:
        """Until there were enough kills, and some days more in which reminders end."""
        on, rest = FIRST, MOST
        while self.tally["kills"] < KILLS or rest:
            rest -= self.tally["kills"] >= KILLS
            self._day(on)
            on = self.firm.moved(on + DAY)

    def _day(self, on: date) -> None:
        """New requests, workers that are killed, and at last what is left is sent in peace."""
        self.days.append(on)
        self.office.day = str(on)
        self.world.clock.move_to(self.firm.moment(on))
        if self.tally["kills"] < KILLS:
            self._plan(on)
            for _ in range(self.chance.randint(1, 4)):
                self._run_and_kill()
                self.world.clock.advance(minutes=6)  # its lease is over (15.2)
        for _ in range(20):
            for name in JOBS:
                TIMETABLE[name][1](self.ports)
            if not self._waiting():
                return
            self.world.clock.advance(minutes=10)
        raise AssertionError(f"some e-mails of {on} never come to an end")

    def _plan(self, on: date) -> None:
        for _ in range(NEW_A_DAY):
            number = len(self.asked)
            client = self.world.new_client(f"Client {number}")
            person = self.world.new_contact(client, f"Person {number}")
            request = self.world.draft_request(client, to=[person], due_on=on, name=f"Request {number}")
            self.world.change(
                request,
                send_rule={"kind": "on", "date": str(on)},
                send_at=self.firm.moment(on),
                reminder_rule={"kind": "urgent"},
            )
            self.asked.append((request, person, on))

    def _run_and_kill(self) -> None:
        """Kill one at some moment of some e-mail, or at any moment at all."""
        how = HOW[self.tally["kills"] % len(HOW)]
        number, after = self.chance.randint(1, 2 + 2 * NEW_A_DAY), self.chance.uniform(0, A_RUN)
        pid = self.nursery.worker(self.world.clock.now().isoformat())
        plug = Plug(pid)
        timer = threading.Timer(after, plug.pull)
        if how == "anywhere":
            timer.start()
        else:
            self.office.pull_at(how, number, plug.pull)
        os.kill(pid, signal.SIGCONT)
        code = self.nursery.said()
        self.office.leave_plugged()
        timer.cancel()
        plug.put_away()
        assert code in (0, -signal.SIGKILL)
        self.tally.update(["kills", how] if code else [])
        self.committed |= {mail.id for mail in self.world.all(OutboxMail)}

    def _waiting(self) -> int:
        open_phases = [MailPhase.QUEUED, MailPhase.LEASED, MailPhase.TRANSMITTING]
        with reading(self.ports, self.world.staff) as work:
            found = query_of(OutboxMail.id).where(col(OutboxMail.phase).in_(open_phases))
            return len(work.session.exec(found).all())

    # --- what came of it --------------------------------------------------------------------------------

    def judge(self) -> None:
        """Count what was lost, doubled and made up, from what the mail server took."""
        mails = {mail.id: mail for mail in self.world.all(OutboxMail)}
        self.tally["made up"] = len(
            self.office.taken.keys() - {(mail.message_id, mail.recipient) for mail in mails.values()}
        )
        self.tally["losses"] = len(self.committed - mails.keys())
        for mail in mails.values():
            self._judge_mail(mail, self.office.taken[mail.message_id, mail.recipient])
        self.tally["duplicates"] += sum(count - 1 for count in self.office.reminders.values())
        self._judge_plan(mails)

    def _judge_mail(self, mail: OutboxMail, times: int) -> None:
        may_go_again = mail.event not in NEVER_AGAIN and mail.resent_after_unknown_at is not None
        self.tally["sent again"] += may_go_again
        self.tally["unknown"] += mail.phase is MailPhase.UNKNOWN
        self.tally["duplicates"] += max(0, times - (2 if may_go_again else 1))
        self.tally["losses"] += mail.phase is MailPhase.SENT and not times
        assert mail.phase in (MailPhase.SENT, MailPhase.UNKNOWN), (mail.event, mail.phase, mail.answer)

    def _judge_plan(self, mails: dict[UUID, OutboxMail]) -> None:
        """Each request went out once, and each day after it had its one reminder, where the first e-mail left."""
        recipients = {row.id: row.contact_id for row in self.world.all(Recipient)}
        reminders = self.world.all(Reminder)
        for request, person, on in self.asked:
            first = [m for m in mails.values() if m.event == "request_sent" and m.request_id == request.id]
            left = bool(first) and first[0].phase is MailPhase.SENT
            found = Counter(
                r.reminded_on
                for r in reminders
                if (r.request_id, recipients[r.recipient_id]) == (request.id, person.id)
            )
            due = Counter([day for day in self.days if day > on][:MOST] if left else [])
            self.tally["losses"] += (not first) + (due - found).total()
            self.tally["duplicates"] += max(0, len(first) - 1) + (found - due).total()


@pytest.fixture
def drill(engine: Engine, tmp_path: Path) -> Iterator[Drill]:
    world, office = World(engine, tmp_path / "data"), PostOffice()
    with office.open() as port:
        chosen = Settings(
            _env_file=None, demo=True, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none"
        )
        nursery = Nursery(world, port)
        ports = replace(world.ports, mailer=SmtpMailer(chosen))
        yield Drill(world, office, nursery, ports, random.Random(SEED))
        nursery.close()


@pytest.mark.timeout(3600)
def test_15_2_and_fault_8_no_kill_of_a_worker_loses_doubles_or_makes_up_an_email(
    drill: Drill, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    drill.live()
    drill.judge()

    with capsys.disabled():
        print(f"\n{request.node.callspec.id}: {_said(drill)}")  # noqa: T201
    assert {name: drill.tally[name] for name in BAD} == dict.fromkeys(BAD, 0)
    assert drill.office.reminders, "weeks without reminders prove nothing"


def _said(drill: Drill) -> str:
    kinds = ", ".join(f"{drill.tally[how]} {how}" for how in HOW)
    rest = ", ".join(f"{drill.tally[name]} {name}" for name in ("sent again", "unknown", *BAD))
    return f"{drill.tally['kills']} kills of a worker ({kinds}) over {drill.office.taken.total()} e-mails: {rest}"
