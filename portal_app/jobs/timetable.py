"""The one timetable: what runs by itself, and how often.

APScheduler is the clock only; the database says what is due. Any job may run twice, late, or on two machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from portal_app.ports import Ports
from portal_app.services.heartbeats import beating
from portal_app.services.outbox import deliver_outbox
from portal_app.services.triage_marks import wake_snoozed
from portal_app.services.upload_sweep import sweep_orphans, sweep_uploads
from portal_app.work import OUTBOX

Job = Callable[[Ports], object]

TIMETABLE: dict[str, tuple[timedelta, Job]] = {
    "deliver_outbox": (timedelta(seconds=10), deliver_outbox),
    "wake_snoozed": (timedelta(seconds=30), wake_snoozed),
    "sweep_uploads": (timedelta(minutes=10), sweep_uploads),
    "sweep_orphans": (timedelta(hours=6), sweep_orphans),
}


def run(ports: Ports, name: str) -> None:
    """Run one job now; a fault is logged and shows in its heartbeat."""
    _every, job = TIMETABLE[name]
    with beating(ports, name):
        job(ports)


def run_all(ports: Ports) -> None:
    """Run every job once, in the order written: what time travel does at each stop."""
    for name in TIMETABLE:
        run(ports, name)


@contextmanager
def running(ports: Ports) -> Iterator[None]:
    """Run the timetable in threads of this process while the block lasts; mail also leaves when its bell rings."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for name, (every, _job) in TIMETABLE.items():
        scheduler.add_job(
            run,
            IntervalTrigger(seconds=int(every.total_seconds()), jitter=1),
            args=(ports, name),
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    with ExitStack() as stack:
        stack.enter_context(_delivering_when_rung(ports))
        scheduler.start()
        stack.callback(scheduler.shutdown, wait=True)
        yield


@contextmanager
def _delivering_when_rung(ports: Ports) -> Iterator[None]:
    """A thread that delivers when an e-mail was queued, so that nobody waits for the next round."""
    rung, stopping = Event(), Event()

    def heard(channels: frozenset[str]) -> None:
        if OUTBOX in channels:
            rung.set()

    def deliver() -> None:
        while not stopping.is_set():
            rung.wait()
            rung.clear()
            if not stopping.is_set():
                run(ports, "deliver_outbox")

    thread = Thread(target=deliver, name="outbox", daemon=True)
    with ExitStack() as stack:
        stack.enter_context(ports.bell.listen(heard))
        thread.start()
        rung.set()  # what was left over from the last run leaves at once
        yield
        stopping.set()
        rung.set()
        thread.join(timeout=10)
