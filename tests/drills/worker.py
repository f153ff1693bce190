"""The product's own sweeps and delivery, in processes that can be killed.

`python -m tests.drills.worker`, on the data that `PORTAL_*` names: for each moment on a line of its own it makes a
process that stops before it begins, says its id, and once that has ended its exit code.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlmodel import select

from portal_app import bootstrap
from portal_app.domain.actors import Actor
from portal_app.jobs.timetable import TIMETABLE
from portal_app.models import Contact, Firm
from portal_app.ports import Ports
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.mail import emails, post
from portal_app.settings import Settings
from portal_app.work import begin
from tests.fakes import SetClock

JOBS = ("send_due_requests", "replan_stale", "send_due_reminders", "deliver_outbox")


class Undone(Exception):
    """What was under way failed after its e-mail was queued."""


def main() -> None:
    """One process a line; it shares nothing with the next but what is loaded."""
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(_worked(datetime.fromisoformat(line.strip())))
        os.waitpid(pid, os.WUNTRACED)
        _say(pid)
        _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _worked(at: datetime) -> int:
    try:
        ports = replace(bootstrap.build(Settings(_env_file=None)), clock=SetClock(at))
        for name in JOBS:
            fail(ports)
            TIMETABLE[name][1](ports)
    except BaseException:  # noqa: BLE001 (the exit code says so, and the log why)
        traceback.print_exc()
        return 1
    return 0


def fail(ports: Ports) -> None:
    """A unit of work that queues an e-mail and comes to nothing."""
    with suppress(Undone), begin(ports, Actor.timetable()) as work:
        firm, person = work.session.exec(select(Firm)).first(), work.session.exec(select(Contact)).first()
        assert firm is not None
        assert person is not None
        head = letterhead(ports.settings, firm)
        mail = emails.has_account(head, name=person.name, link=ports.settings.public_url, locale="en")
        post.queue(work, mail, firm=firm, to=(person.name, person.email), dedupe_key="undone")
        work.session.flush()
        raise Undone


if __name__ == "__main__":
    main()
