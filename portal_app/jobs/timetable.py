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
from portal_app.services import clock_jumps
from portal_app.services.automations.running import run_automations
from portal_app.services.backups.nightly import start_due_backup
from portal_app.services.clients.import_invitations import invite_imported
from portal_app.services.clients.importing import forget_imports
from portal_app.services.clock_jumps import ClockWatch
from portal_app.services.dashboard.daily_figures import note_daily_figures
from portal_app.services.files.forgetting import forget_removed_files
from portal_app.services.files.scanning import scan_files, scan_older_files
from portal_app.services.files.stored_objects import WATCH, watch_storage
from portal_app.services.files.upload_sweep import sweep_orphans, sweep_uploads
from portal_app.services.heartbeats import beating, note_beginning
from portal_app.services.links.expiry import note_expired_links
from portal_app.services.mail.bounces import read_bounces
from portal_app.services.mail.introductions import queue_introductions
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.mail.texts import deliver_texts
from portal_app.services.notices.notice_mail import queue_contact_notices
from portal_app.services.portal.bulk_running import run_bulk_jobs
from portal_app.services.portal.filling import fill_standings
from portal_app.services.push.pushing import deliver_pushes
from portal_app.services.reminders.reminding import send_due_reminders
from portal_app.services.reminders.replanning import replan_stale
from portal_app.services.requests.automatic import send_due_requests
from portal_app.services.sign_in.unfinished import tell_unfinished
from portal_app.services.triage.notice_mail import queue_notices
from portal_app.services.triage.triage_marks import wake_snoozed
from portal_app.services.work.removed_sections import forget_removed_sections
from portal_app.work import AUTOMATIONS, BULK, OUTBOX, SCANS

Job = Callable[[Ports], object]

TIMETABLE: dict[str, tuple[timedelta, Job]] = {
    "send_due_requests": (timedelta(seconds=15), send_due_requests),
    "note_expired_links": (timedelta(minutes=1), note_expired_links),
    "replan_stale": (timedelta(seconds=10), replan_stale),
    "send_due_reminders": (timedelta(seconds=15), send_due_reminders),
    "run_automations": (timedelta(seconds=10), run_automations),
    "queue_introductions": (timedelta(seconds=10), queue_introductions),
    "invite_imported": (timedelta(seconds=10), invite_imported),
    "forget_imports": (timedelta(hours=1), forget_imports),
    "queue_notices": (timedelta(seconds=10), queue_notices),
    "queue_contact_notices": (timedelta(seconds=10), queue_contact_notices),
    "run_bulk_jobs": (timedelta(seconds=10), run_bulk_jobs),
    "deliver_outbox": (timedelta(seconds=5), deliver_outbox),
    "deliver_texts": (timedelta(seconds=10), deliver_texts),
    "deliver_pushes": (timedelta(seconds=10), deliver_pushes),
    "tell_unfinished": (timedelta(minutes=2), tell_unfinished),
    "read_bounces": (timedelta(minutes=2), read_bounces),
    "wake_snoozed": (timedelta(seconds=30), wake_snoozed),
    "fill_standings": (timedelta(minutes=5), fill_standings),
    "note_daily_figures": (timedelta(minutes=5), note_daily_figures),
    "scan_files": (timedelta(seconds=10), scan_files),
    "scan_older_files": (timedelta(seconds=30), scan_older_files),
    WATCH: (timedelta(seconds=30), watch_storage),
    "sweep_uploads": (timedelta(minutes=10), sweep_uploads),
    "sweep_orphans": (timedelta(hours=6), sweep_orphans),
    "forget_removed_sections": (timedelta(hours=1), forget_removed_sections),
    "start_due_backup": (timedelta(minutes=5), start_due_backup),
    "forget_removed_files": (timedelta(hours=1), forget_removed_files),
}

MASS = frozenset({"send_due_requests", "send_due_reminders", "note_expired_links", "sweep_uploads"})
"""What would send or end a great many at once if the clock were wrong: they wait while a jump of it is unconfirmed."""

SOON = timedelta(minutes=1)
"""What runs more often needs no run at start."""


def run(ports: Ports, name: str, watch: ClockWatch | None = None) -> None:
    """Run one job now; a fault is logged and shows in its heartbeat. With `watch` the clock is looked at first."""
    _every, job = TIMETABLE[name]
    with beating(ports, name):
        if name in MASS:
            if watch is not None:
                watch.look()
            if clock_jumps.is_waiting(ports):
                return
        job(ports)


def run_all(ports: Ports) -> None:
    """Run every job once, in the order written: what time travel does at each stop."""
    for name in TIMETABLE:
        run(ports, name)


@contextmanager
def running(ports: Ports) -> Iterator[None]:
    """Run the timetable in threads of this process while the block lasts; mail also leaves when its bell rings."""
    scheduler, watch = BackgroundScheduler(timezone="UTC"), ClockWatch(ports)
    for name, (every, _job) in TIMETABLE.items():
        scheduler.add_job(
            run,
            IntervalTrigger(seconds=int(every.total_seconds()), jitter=1),
            args=(ports, name, watch),
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        if every > SOON:  # after a long rest nobody waits hours for it
            scheduler.add_job(run, args=(ports, name, watch), id=f"{name} at start", misfire_grace_time=None)
    note_beginning(ports)
    with ExitStack() as stack:
        stack.enter_context(
            _running_when_rung(
                ports,
                {OUTBOX, AUTOMATIONS},
                "run_automations",
                "deliver_texts",
                "deliver_pushes",
                "deliver_outbox",
            )
        )
        stack.enter_context(_running_when_rung(ports, {BULK}, "run_bulk_jobs"))
        stack.enter_context(_running_when_rung(ports, {SCANS}, "scan_files"))
        scheduler.start()
        stack.callback(scheduler.shutdown, wait=True)
        yield


@contextmanager
def _running_when_rung(ports: Ports, channels: set[str], *names: str) -> Iterator[None]:
    """A thread that runs jobs when there is something for them, so that nobody waits for the clock."""
    rung, stopping = Event(), Event()

    def heard(sounded: frozenset[str]) -> None:
        if sounded & channels:
            rung.set()

    def work() -> None:
        while not stopping.is_set():
            rung.wait()
            rung.clear()
            for name in names if not stopping.is_set() else ():
                run(ports, name)

    thread = Thread(target=work, name=names[-1], daemon=True)
    with ExitStack() as stack:
        stack.enter_context(ports.bell.listen(heard))
        thread.start()
        rung.set()  # what was left over from the last run goes on at once
        yield
        stopping.set()
        rung.set()
        thread.join(timeout=10)
