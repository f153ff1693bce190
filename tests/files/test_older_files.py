"""Files that were there before a scanner was: open meanwhile, looked at bit by bit, and treated as new ones where infected (10.13)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Engine

from portal_app.domain.uploads import MB
from portal_app.models import AuditEntry, ContactNotice, ScanFault, StoredFile
from portal_app.ports import ScannerAway, ScanTooLarge
from portal_app.services.doctor import examining
from portal_app.services.doctor.findings import Level
from portal_app.services.files import downloads, removing, scanning
from portal_app.services.files.copies import _copy
from portal_app.services.files.scanning import LEASE, SELDOM, scan_files, scan_older_files
from portal_app.services.firm import frame_views
from portal_app.services.tasks import tasks
from portal_app.work import begin
from tests.files.test_scanning import Scanning, infected
from tests.files.tools import Asked, pdf, uploaded
from tests.world import World


def set_up(world: World) -> Scanning:
    """A scanner is set now."""
    scanner = Scanning()
    object.__setattr__(world.ports, "scanner", scanner)
    return scanner


def never(world: World) -> list[str]:
    """The names of the files that no scanner has looked at."""
    return sorted(file.name for file in world.all(StoredFile) if not file.is_scanned)


def older(world: World, who: Asked, count: int) -> list[str]:
    """So many files from before, in their order."""
    names = [f"{number}.pdf" for number in range(count)]
    for number, name in enumerate(names):
        uploaded(world, who, pdf(9 + number), name)
        world.clock.advance(seconds=1)
    return names


def test_10_13_older_files_stay_open_until_their_look_and_after(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, pdf(2 * MB))
    scanner = set_up(world)
    scanner.meanwhile = [lambda: downloads.open_file(world.ports, world.staff, receipt.file_id)]
    assert downloads.open_file(world.ports, who.client, receipt.file_id)

    scan_files(world.ports)
    assert scanner.seen == []
    scan_older_files(world.ports)
    scan_older_files(world.ports)

    assert (scanner.seen, never(world)) == ([pdf(2 * MB)], [])
    assert downloads.open_file(world.ports, who.client, receipt.file_id)
    assert frame_views.frame_view(world.ports, world.staff).troubles == []


def test_10_13_an_infected_older_file_goes_as_a_new_one_does(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, infected())
    kept = uploaded(world, who, pdf(9), "Clean.pdf")
    tasks.complete_task(world.ports, who.client, who.task.id)
    set_up(world)

    scan_older_files(world.ports)
    scan_older_files(world.ports)

    assert [file.id for file in world.all(StoredFile)] == [kept.file_id]
    assert world.get(who.task).completed_at is None
    assert len(world.all(ContactNotice, kind="file_infected_open")) == 1
    (entry,) = world.all(AuditEntry, action="file:found_infected")
    assert entry.subject_id == receipt.file_id


def test_10_13_an_infected_file_that_was_taken_off_reopens_no_task(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, infected())
    uploaded(world, who, pdf(9), "Clean.pdf")
    removing.take_own_back(world.ports, who.client, who.task.id, receipt.file_id)
    tasks.complete_task(world.ports, who.client, who.task.id)
    set_up(world)

    scan_older_files(world.ports)

    assert [file.name for file in world.all(StoredFile)] == ["Clean.pdf"]
    assert world.get(who.task).completed_at is not None
    assert not any("infected" in notice.kind for notice in world.all(ContactNotice))


def test_10_13_a_few_at_a_time_by_number_and_by_size(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = older(world, who, 5)
    set_up(world)
    monkeypatch.setattr(scanning, "OLDER_AT_ONCE", 2)
    scan_older_files(world.ports)
    assert never(world) == names[2:]
    monkeypatch.setattr(scanning, "OLDER_AT_ONCE", 9)
    monkeypatch.setattr(scanning, "OLDER_SIZE_AT_ONCE", 11 + 12)
    scan_older_files(world.ports)
    assert never(world) == names[4:]


def test_10_13_a_new_file_goes_first(world: World, who: Asked) -> None:
    older(world, who, 2)
    scanner = set_up(world)
    scanner.meanwhile = [lambda: uploaded(world, who, pdf(1000), "New.pdf")]
    scan_older_files(world.ports)
    scanner.meanwhile = []
    assert never(world) == ["1.pdf", "New.pdf"]
    scan_older_files(world.ports)
    assert never(world) == ["1.pdf", "New.pdf"]
    scan_files(world.ports)
    scan_older_files(world.ports)
    assert (never(world), scanner.seen) == ([], [pdf(9), pdf(1000), pdf(10)])


def test_10_13_what_was_scanned_as_a_new_file_is_not_looked_at_again_nor_its_copy(
    world: World, who: Asked
) -> None:
    scanner = set_up(world)
    uploaded(world, who, pdf(9))
    scan_files(world.ports)
    with begin(world.ports, world.staff) as work:
        _copy(work, world.all(StoredFile)[0], who.task, None)
    scan_older_files(world.ports)
    assert (len(scanner.seen), never(world)) == (1, [])


def test_fault_24_with_the_scanner_away_older_files_wait_and_stay_open(world: World, who: Asked) -> None:
    older(world, who, 2)
    scanner = set_up(world)
    scanner.script = [ScannerAway("refused")]
    scan_older_files(world.ports)
    assert (len(scanner.seen), len(never(world))) == (1, 2)
    assert frame_views.frame_view(world.ports, world.staff).troubles == []
    world.clock.advance(seconds=scanning.FIRST_RETRY.total_seconds())
    scan_older_files(world.ports)
    assert never(world) == []


def test_fault_24_an_older_file_too_large_for_the_scanner_holds_nobody_up(world: World, who: Asked) -> None:
    older(world, who, 2)
    scanner = set_up(world)
    scanner.script = [ScanTooLarge("INSTREAM size limit exceeded")]
    scan_older_files(world.ports)
    scan_older_files(world.ports)
    (large,) = [file for file in world.all(StoredFile) if not file.is_scanned]
    assert (large.name, large.scan_fault, len(scanner.seen)) == ("0.pdf", ScanFault.TOO_LARGE, 2)
    world.clock.advance(seconds=SELDOM.total_seconds())
    scan_older_files(world.ports)
    assert never(world) == []


def test_10_13_an_older_file_is_with_one_worker_at_a_time(world: World, who: Asked) -> None:
    older(world, who, 4)
    scanner = set_up(world)
    meeting = Barrier(2, timeout=5)

    def meet() -> None:
        try:
            meeting.wait()
        except BrokenBarrierError:
            return

    scanner.meanwhile = [meet]
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _number: scan_older_files(world.ports), range(2)))
    assert sorted(map(len, scanner.seen)) == [9, 10, 11, 12]
    assert never(world) == []


def test_10_13_a_killed_worker_s_older_file_is_looked_at_once_its_lease_is_over(
    world: World, who: Asked
) -> None:
    class Killed(BaseException):
        pass

    older(world, who, 1)
    scanner = set_up(world)
    scanner.script = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        scan_older_files(world.ports)
    scan_older_files(world.ports)
    assert never(world) == ["0.pdf"]
    world.clock.advance(seconds=LEASE.total_seconds())
    scan_files(world.ports)
    assert never(world) == ["0.pdf"]
    scan_older_files(world.ports)
    assert never(world) == []


class TestDoctor:
    @pytest.fixture
    def engine(self, sqlite_engine: Engine) -> Engine:
        return sqlite_engine

    def said(self, world: World) -> list[tuple[Level, str]]:
        return [(one.level, one.text) for one in examining.examine(world.ports, {}) if one.check == "scanner"]

    def test_15_3_doctor_says_how_many_are_not_scanned_yet(self, world: World, who: Asked) -> None:
        older(world, who, 2)
        assert self.said(world) == []
        scanner = set_up(world)
        ((level, text),) = self.said(world)
        assert (level, text[:7]) == (Level.WARNING, "2 files")
        scan_older_files(world.ports)
        ((level, text),) = self.said(world)
        assert (level, text[:11]) == (Level.OK, "It answers,")
        scanner.is_up = False
        ((level, _text),) = self.said(world)
        assert level is Level.FAULT
