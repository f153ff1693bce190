"""Files wait for the scanner: counted at once, opened by nobody, looked at once, deleted when infected (10.13)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier, Lock

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import bootstrap
from portal_app.adapters.clamav import ClamAv
from portal_app.domain.uploads import MB, BeingChecked
from portal_app.http import documents as document_routes
from portal_app.http import downloads as download_routes
from portal_app.http import zips
from portal_app.models import (
    AccessLevel,
    AuditEntry,
    Client,
    ContactNotice,
    Document,
    DocumentShare,
    FilePart,
    Firm,
    Notification,
    StoredFile,
    Upload,
    WorkItem,
)
from portal_app.ports import ScannerAway, ScanTooLarge
from portal_app.services.documents import document_uploads
from portal_app.services.documents.document_uploads import Place
from portal_app.services.files import downloads, files, previews, scanning, uploads
from portal_app.services.files.scanning import LEASE, scan_files
from portal_app.services.firm import frame_views
from portal_app.services.health import readiness
from portal_app.services.notices.notice_mail import queue_contact_notices
from portal_app.services.tasks import tasks
from portal_app.work import reading
from tests.adapters.clamd_server import EICAR, clamd
from tests.files.tools import Asked, bring, pdf, uploaded
from tests.signing import mails, text_of
from tests.world import World


@dataclass
class Scanning:
    """A scanner that knows EICAR; `script` is raised instead, one item a file; `meanwhile` happens while it looks."""

    seen: list[bytes] = field(default_factory=list)
    script: list[Exception | None] = field(default_factory=list)
    is_up: bool = True
    meanwhile: list[object] = field(default_factory=list)

    def scan(self, pieces: Iterable[bytes]) -> str:
        body = b"".join(pieces)
        self.seen.append(body)
        for act in self.meanwhile:
            act()  # type: ignore[operator]
        if fault := (self.script.pop(0) if self.script else None):
            raise fault
        return "Eicar-Signature" if EICAR in body else ""

    def answers(self) -> bool:
        return self.is_up


@pytest.fixture
def scanner(world: World) -> Scanning:
    """A scanner is set."""
    scanner = Scanning()
    object.__setattr__(world.ports, "scanner", scanner)
    return scanner


@pytest.fixture
def who(world: World, who: Asked, scanner: Scanning) -> Asked:
    return who


@pytest.fixture
def http(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(bootstrap, "ports", lambda: world.ports)
    routes = [*download_routes.routes, *zips.routes, *document_routes.routes]
    with TestClient(Starlette(routes=routes)) as client:
        yield client


def infected(size: int = 2 * MB) -> bytes:
    """A PDF with EICAR across the border of two parts."""
    body = pdf(size)
    return body[: MB - 9] + EICAR + body[MB - 9 + len(EICAR) :]


def is_checking(world: World) -> list[bool]:
    return [file.checking_since is not None for file in world.all(StoredFile)]


def test_10_13_until_the_verdict_it_counts_and_nobody_opens_it(
    world: World, who: Asked, http: TestClient
) -> None:
    receipt = uploaded(world, who, pdf(2 * MB))
    assert receipt.sha256
    tasks.complete_task(world.ports, who.client, who.task.id)
    assert world.get(who.task).completed_at is not None

    for actor in (who.client, world.staff):
        with pytest.raises(BeingChecked, match="being checked for viruses"):
            downloads.open_file(world.ports, actor, receipt.file_id)
        with pytest.raises(BeingChecked):
            previews.draw_page(world.ports, actor, receipt.file_id, 1)
    page = http.get(f"/files/{receipt.file_id}/download", headers=who.headers)
    assert (page.status_code, "being checked for viruses" in page.text) == (409, True)
    archive = http.get(f"/zip/tasks/{who.task.id}", headers=who.headers)
    with zipfile.ZipFile(io.BytesIO(archive.content)) as found:
        assert found.namelist() == ["Bank statements.pdf.txt"]
        assert b"being checked" in found.read("Bank statements.pdf.txt")


def test_10_13_lists_say_that_it_is_being_checked(world: World, who: Asked) -> None:
    uploaded(world, who, pdf(2 * MB))

    def said() -> list[tuple[str, bool]]:
        with reading(world.ports, world.staff) as work:
            (view,) = files.file_views(work, work.session.get_one(Firm, world.firm.id), [who.task.id])[
                who.task.id
            ]
        return [(one.detail, one.is_checking) for one in (view, files.with_check(view))]

    assert said() == [("PDF, 2\u00a0MB", True), ("PDF, 2\u00a0MB, being checked", True)]
    scan_files(world.ports)
    assert said() == [("PDF, 2\u00a0MB", False)] * 2


def test_10_13_a_clean_file_opens_and_is_looked_at_once(world: World, who: Asked, scanner: Scanning) -> None:
    receipt = uploaded(world, who, pdf(2 * MB + 9))
    assert "scans" in world.bell.rung
    scan_files(world.ports)
    scan_files(world.ports)

    assert scanner.seen == [pdf(2 * MB + 9)]
    assert downloads.open_file(world.ports, who.client, receipt.file_id).size == 2 * MB + 9
    assert world.all(Notification, kind="file_infected") == []


def test_10_13_infected_it_is_deleted_its_task_reopens_and_both_sides_are_told(
    world: World, who: Asked
) -> None:
    receipt = uploaded(world, who, infected())
    kept = uploaded(world, who, pdf(9), "Clean.pdf")
    tasks.complete_task(world.ports, who.client, who.task.id)

    scan_files(world.ports)
    scan_files(world.ports)

    assert [file.id for file in world.all(StoredFile)] == [kept.file_id]
    assert [upload.id for upload in world.all(Upload)] == [kept.file_id]
    assert set(world.objects.parts) == {part.object_key for part in world.all(FilePart)}
    task = world.get(who.task)
    assert (task.completed_at, task.reopened_at) == (None, world.clock.now())
    staff = world.all(Notification, kind="file_infected")
    assert [(row.staff_id, row.facts["found"]) for row in staff] == [(world.owner.id, "Eicar-Signature")]
    assert staff[0].mail_due_at == world.clock.now()
    notices = world.all(ContactNotice, kind="file_infected_open")
    assert [(row.contact_id, row.facts["name"]) for row in notices] == [
        (who.contact.id, "Bank statements.pdf")
    ]
    assert notices[0].mail_due_at is not None
    audit = [entry for entry in world.all(AuditEntry) if entry.action == "file:found_infected"]
    assert [(entry.subject_id, entry.facts["sha256"]) for entry in audit] == [
        (receipt.file_id, receipt.sha256)
    ]


def test_10_13_a_firms_attachment_goes_too_and_no_client_is_told(world: World, who: Asked) -> None:
    attached = Asked(who.request, who.task, who.contact, who.grant, world.staff, who.cookie)
    uploaded(world, attached, infected())
    scan_files(world.ports)
    assert world.all(StoredFile) == []
    assert world.all(ContactNotice) == []
    assert len(world.all(Notification, kind="file_infected")) == 1


def test_10_13_a_task_of_closed_work_stays_closed_and_both_sides_are_told(world: World, who: Asked) -> None:
    uploaded(world, who, infected())
    tasks.complete_task(world.ports, who.client, who.task.id)
    world.change(world.all(WorkItem)[0], completed_at=world.clock.now())
    scan_files(world.ports)
    assert world.get(who.task).completed_at is not None
    assert (world.all(StoredFile), len(world.all(Notification, kind="file_infected"))) == ([], 1)
    (told,) = world.all(ContactNotice, kind="file_infected")
    assert told.contact_id == who.contact.id
    world.clock.advance(minutes=10)
    queue_contact_notices(world.ports)
    text = text_of(world, mails(world, "client_news")[-1])
    assert "Bank statements.pdf was deleted: a virus was found in it. Ask the firm" in " ".join(text.split())


def test_10_13_who_put_it_there_by_full_access_is_told_as_every_recipient_is(
    world: World, who: Asked
) -> None:
    client = world.all(Client)[0]
    boss = world.new_contact(client, "Boss")
    world.give_account(boss, client, level=AccessLevel.FULL)
    token, _standing = uploads.start_upload(
        world.ports, world.signed_in(boss), who.task.id, "Payroll.pdf", len(infected())
    )
    bring(world, token, infected())
    scan_files(world.ports)
    told = {row.contact_id for row in world.all(ContactNotice, kind="file_infected_open")}
    assert told == {boss.id, who.contact.id}
    world.clock.advance(minutes=10)
    queue_contact_notices(world.ports)
    sent_to = {mail.contact_id for mail in mails(world, "client_news")}
    assert sent_to == told


def test_10_13_of_an_infected_version_on_a_task_the_one_before_stands_again(world: World, who: Asked) -> None:
    standing = uploaded(world, who, pdf(9)).file_id
    before = standing
    for body in (pdf(20), infected()):
        scan_files(world.ports)
        world.clock.advance(minutes=1)
        token, _standing = uploads.start_upload(
            world.ports, who.client, who.task.id, "Newer.pdf", len(body), replaces_id=standing
        )
        before, receipt = standing, bring(world, token, body)
        assert receipt is not None
        standing = receipt.file_id
    scan_files(world.ports)
    replaced = {file.size: file.replaced_by_id for file in world.all(StoredFile)}
    last = world.all(StoredFile, size=20)[0]
    assert (replaced, before) == ({9: last.id, 20: None}, last.id)


def test_asvs_47_while_the_scanner_is_away_nothing_is_clean_and_staff_see_it(
    world: World, who: Asked, scanner: Scanning
) -> None:
    def said() -> str:
        return " ".join(frame_views.frame_view(world.ports, world.staff).troubles)

    uploaded(world, who, pdf(9))
    uploaded(world, who, pdf(10), "Second.pdf")
    assert said() == ""
    scanner.script, scanner.is_up = [ScannerAway("refused")], False
    scan_files(world.ports)
    scan_files(world.ports)
    assert (len(scanner.seen), is_checking(world)) == (2, [True, False])
    assert "cannot be reached" in said()
    assert readiness(world.ports, {})["scanner"] is False

    scanner.is_up = True
    world.clock.advance(seconds=9)
    scan_files(world.ports)
    assert is_checking(world) == [True, False]
    world.clock.advance(seconds=1)
    scan_files(world.ports)
    assert (is_checking(world), said()) == ([False, False], "")
    assert readiness(world.ports, {})["scanner"] is True


def test_fault_24_it_is_tried_again_ever_later_and_for_ever(
    world: World, who: Asked, scanner: Scanning
) -> None:
    uploaded(world, who, pdf(9))
    scanner.script = [ScannerAway("refused")] * 12
    waits: list[timedelta] = []
    for _try in range(12):
        scan_files(world.ports)
        waits.append(world.all(StoredFile)[0].scan_at - world.clock.now())
        world.clock.move_to(world.all(StoredFile)[0].scan_at)
    assert waits[:4] == [timedelta(seconds=10 * 2**number) for number in range(4)]
    assert waits[-1] == scanning.LONGEST_RETRY
    scan_files(world.ports)
    assert is_checking(world) == [False]


def test_fault_24_what_is_too_large_for_the_scanner_waits_and_holds_nobody_up(
    world: World, who: Asked, scanner: Scanning
) -> None:
    uploaded(world, who, pdf(9))
    uploaded(world, who, pdf(10), "Second.pdf")
    scanner.script = [ScanTooLarge("INSTREAM size limit exceeded")]
    scan_files(world.ports)
    assert is_checking(world) == [True, False]
    assert (
        "larger than the virus scanner takes" in frame_views.frame_view(world.ports, world.staff).troubles[0]
    )


def test_10_13_where_the_scanner_is_unset_what_waits_stays_closed(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, pdf(9))
    object.__setattr__(world.ports, "scanner", None)
    scan_files(world.ports)
    with pytest.raises(BeingChecked):
        downloads.open_file(world.ports, world.staff, receipt.file_id)
    assert "no scanner is set any more" in frame_views.frame_view(world.ports, world.staff).troubles[0]
    assert "scanner" not in readiness(world.ports, {})
    later = uploaded(world, who, pdf(10), "Second.pdf")
    assert downloads.open_file(world.ports, world.staff, later.file_id)


def test_10_13_two_workers_never_scan_one_file_twice(world: World, who: Asked, scanner: Scanning) -> None:
    for number in range(6):
        uploaded(world, who, pdf(9 + number), f"{number}.pdf")
    meeting, lock, held = Barrier(3, timeout=20), Lock(), []

    def meet() -> None:
        with lock:
            held.append(len(held))
            waits = len(held) <= 3
        if waits:
            meeting.wait()

    scanner.meanwhile = [meet]
    with ThreadPoolExecutor(3) as workers:
        list(workers.map(lambda _number: scan_files(world.ports), range(3)))
    assert sorted(scanner.seen, key=len) == [pdf(9 + number) for number in range(6)]
    assert not any(is_checking(world))


def test_10_13_a_killed_worker_is_followed_by_another_once_its_lease_is_over(
    world: World, who: Asked, scanner: Scanning
) -> None:
    class Killed(BaseException):
        pass

    uploaded(world, who, pdf(9))
    scanner.script = [Killed()]  # type: ignore[list-item]
    with pytest.raises(Killed):
        scan_files(world.ports)
    world.clock.advance(seconds=LEASE.total_seconds() - 1)
    scan_files(world.ports)
    assert is_checking(world) == [True]
    world.clock.advance(seconds=1)
    scan_files(world.ports)
    assert is_checking(world) == [False]


def test_10_13_a_slow_scan_keeps_its_lease(world: World, who: Asked, scanner: Scanning) -> None:
    uploaded(world, who, pdf(3 * MB))
    read = downloads.read_part

    def slowly(*args: object) -> bytes:
        world.clock.advance(minutes=3)
        return read(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(downloads, "read_part", slowly)
        scanner.meanwhile = [lambda: scan_files(world.ports)]
        scan_files(world.ports)
    assert len(scanner.seen) == 1


def test_10_13_a_file_taken_back_or_gone_while_it_is_scanned_is_no_fault(
    world: World, who: Asked, scanner: Scanning
) -> None:
    uploaded(world, who, infected())
    file = world.all(StoredFile)[0]
    scanner.meanwhile = [lambda: world.change(file, checking_since=None, scanned_at=world.clock.now())]
    scan_files(world.ports)
    assert world.all(AuditEntry, action="file:found_infected") == []


class TestDocuments:
    """Outside tasks too."""

    @pytest.fixture
    def documents(self, world: World, scanner: Scanning) -> Place:
        return Place(world.new_client("Marie-Claude Gagnon").id)

    def put(self, world: World, place: Place, body: bytes, name: str = "Return.pdf") -> Document:
        token, _standing = document_uploads.start_upload(world.ports, world.staff, place, name, len(body))
        receipt = bring(world, token, body)
        assert receipt is not None
        return next(row for row in world.all(Document) if row.file_id == receipt.file_id)

    def test_10_13_an_infected_document_goes_whole(self, world: World, documents: Place) -> None:
        document = self.put(world, documents, infected())
        with pytest.raises(BeingChecked):
            downloads.open_file(world.ports, world.staff, document.file_id)
        scan_files(world.ports)
        assert (world.all(Document), world.all(DocumentShare), world.all(StoredFile)) == ([], [], [])
        assert world.objects.parts == {}
        assert len(world.all(Notification, kind="file_infected")) == 1

    def test_10_13_of_an_infected_version_the_one_before_stands(self, world: World, documents: Place) -> None:
        first = self.put(world, documents, pdf(9))
        scan_files(world.ports)
        world.clock.advance(minutes=1)
        place = Place(documents.client_id, document_id=first.id)
        self.put(world, place, infected())
        scan_files(world.ports)
        row = world.get(first)
        assert row.file_id == first.file_id
        assert downloads.open_file(world.ports, world.staff, row.file_id).size == 9


def test_10_13_over_clamd_s_protocol_from_upload_to_verdict(world: World, who: Asked) -> None:
    with clamd() as daemon:
        object.__setattr__(world.ports, "scanner", ClamAv(daemon.url))
        uploaded(world, who, infected())
        clean = uploaded(world, who, pdf(3 * MB), "Clean.pdf")
        scan_files(world.ports)
    assert [file.id for file in world.all(StoredFile)] == [clean.file_id]
    assert is_checking(world) == [False]
