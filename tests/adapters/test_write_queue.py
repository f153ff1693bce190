"""Writers before SQLite's lock: first come, first served (fault 31)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.adapters.write_queue import WriteQueue


def waits(line: WriteQueue, served: list[str], name: str) -> Thread:
    """A thread that stands in line now."""

    def stand() -> None:
        if line.enter(30):
            served.append(name)
            line.leave()

    before = len(line._line)
    thread = Thread(target=stand)
    thread.start()
    until(lambda: len(line._line) > before)
    return thread


def until(holds: Callable[[], bool]) -> None:
    tick = Event()
    while not holds():
        tick.wait(0.001)


def test_fault_31_who_begins_again_at_once_stands_behind_who_waits() -> None:
    line, served = WriteQueue(), list[str]()
    assert line.enter(1)
    threads = [waits(line, served, name) for name in ("first", "second", "third")]
    line.leave()
    assert line.enter(30)
    served.append("again")
    line.leave()
    for thread in threads:
        thread.join()
    assert served == ["first", "second", "third", "again"]


def test_fault_31_whose_turn_does_not_come_goes_out_of_the_line() -> None:
    line, served = WriteQueue(), list[str]()
    assert line.enter(1)
    assert not line.enter(0.01)
    thread = waits(line, served, "next")
    line.leave()
    thread.join()
    assert served == ["next"]
    assert line.enter(1), "and the lock is free again"


def test_fault_31_a_unit_of_work_that_fails_or_is_left_open_gives_its_place_back(tmp_path: object) -> None:
    sessions = EngineSessions(make_engine(f"sqlite:///{tmp_path}/line.db"))
    for end in ("commit", "rollback", "close", "raise"):
        try:
            with sessions.writing() as session:
                session.connection()
                if end == "raise":
                    raise RuntimeError("half-way")
                getattr(session, end)()
        except RuntimeError:
            pass
    with ThreadPoolExecutor(1) as people, sessions.writing() as session:
        people.submit(session.connection).result(timeout=30)
    sessions.engine.dispose()
