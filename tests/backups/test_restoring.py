"""What cannot be restored is refused with its cause, before anything is written (15.3, fault 39)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlmodel import col, select

from portal_app.adapters.sealer import TinkSealer
from portal_app.domain.uploads import MB, StorageAway
from portal_app.models import AuditEntry, Firm, Heartbeat, MailPhase, OutboxMail
from portal_app.ports import NoRoom, Ports
from portal_app.services.backups.making import make_backup
from portal_app.services.backups.restoring import check, note, restore
from portal_app.services.backups.shelf import BackupRefused, Shelf
from portal_app.services.files.keys import check_key
from portal_app.services.mail import held
from portal_app.services.mail.outbox import deliver_outbox
from tests.fakes import MemoryObjects
from tests.files.tools import asked, pdf, uploaded
from tests.world import World

BODY = pdf(2 * MB + 9)


@pytest.fixture
def made(portal: World, shelf: Path) -> str:
    """A backup with three objects."""
    check_key(portal.ports)
    uploaded(portal, asked(portal), BODY)
    return make_backup(portal.ports, shelf).name


def is_untouched(ports: Ports) -> bool:
    with ports.sessions.reading() as session:
        tables = inspect(session.connection()).get_table_names()
    assert isinstance(ports.objects, MemoryObjects)
    return not tables and not ports.objects.parts


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def an_object(backup: Path) -> Path:
    return next(one for one in (backup.parent / "objects").rglob("*") if one.is_file())


def say_newer(backup: Path, **facts: object) -> None:
    about = backup / "about.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | facts))


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "manifest changed": (lambda b: flip(b / "manifest.sealed"), "manifest.sealed is not what was written"),
    "manifest gone": (lambda b: (b / "manifest.sealed").unlink(), "manifest.sealed is missing"),
    "rows changed": (lambda b: flip(b / "rows.sealed"), "rows.sealed is not what was written"),
    "rows cut off": (
        lambda b: (b / "rows.sealed").write_bytes((b / "rows.sealed").read_bytes()[:-100]),
        "rows.sealed is not what was written",
    ),
    "object changed": (lambda b: flip(an_object(b)), "1 of its objects are missing or changed"),
    "object gone": (lambda b: an_object(b).unlink(), "1 of its objects are missing or changed"),
    "about garbled": (lambda b: (b / "about.json").write_text("{"), "about.json cannot be read"),
    "half copied": (lambda b: (b / "about.json").unlink(), "no whole backup"),
    "newer program": (lambda b: say_newer(b, revision="ffffffffffff"), "newer version of Comptoir"),
    "newer format": (lambda b: say_newer(b, format=99), "newer version of Comptoir"),
    "renamed": (lambda b: b.rename(b.with_name("2026-01-01T00-00-00Z")), "name its folder so again"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_fault_39_a_broken_backup_is_refused_and_nothing_is_written(
    empty: Ports, shelf: Path, made: str, what: str
) -> None:
    breaking, says = BROKEN[what]
    breaking(shelf / made)

    with pytest.raises(BackupRefused, match=says):
        restore(empty, shelf)

    assert is_untouched(empty)


def test_fault_39_the_wrong_key_is_told_from_damage(empty: Ports, shelf: Path, made: str) -> None:
    with pytest.raises(BackupRefused, match="cannot be opened with this secret key"):
        restore(replace(empty, sealer=TinkSealer([b"another" * 8])), shelf)
    assert is_untouched(empty)


def test_fault_39_an_older_line_of_the_key_file_is_missed(portal: World, empty: Ports, shelf: Path) -> None:
    check_key(portal.ports)
    assert portal.settings.secret_key_file is not None
    old, new = portal.settings.secret_key_file.read_bytes().strip(), b"a newer line" * 4
    make_backup(replace(portal.ports, sealer=TinkSealer([new, old])), shelf)

    with pytest.raises(BackupRefused, match="older line of the key file is missing"):
        restore(replace(empty, sealer=TinkSealer([new])), shelf)
    assert is_untouched(empty)

    restore(replace(empty, sealer=TinkSealer([new, old])), shelf)


def test_15_3_a_firm_that_is_there_is_replaced_only_when_told(portal: World, shelf: Path, made: str) -> None:
    portal.new_firm("Newer than the backup", slug="newer")
    portal.objects.put("parts/aa/bb/cc", b"of an upload since")
    with pytest.raises(BackupRefused, match="--over"):
        restore(portal.ports, shelf)
    assert len(portal.all(Firm)) == 2

    portal.clock.advance(minutes=2)
    restore(portal.ports, shelf, over=True)

    assert [firm.name for firm in portal.all(Firm)] == [portal.firm.name]


def test_15_3_a_portal_that_runs_is_not_restored_into(portal: World, shelf: Path, made: str) -> None:
    portal.put(Heartbeat(name="deliver_outbox", at=portal.clock.now() - timedelta(seconds=30)))
    with pytest.raises(BackupRefused, match="Stop it everywhere"):
        restore(portal.ports, shelf, over=True)


def test_15_3_cut_off_between_objects_and_rows_it_can_be_done_again(
    portal: World, empty: Ports, shelf: Path, made: str
) -> None:
    assert isinstance(empty.objects, MemoryObjects)
    empty.objects.parts |= dict(list(portal.objects.parts.items())[:2])
    empty.objects.parts[next(iter(empty.objects.parts))] = b"half"

    class Once(MemoryObjects):
        def put(self, key: str, sealed: bytes | memoryview) -> None:
            if key in self.parts:
                raise FileExistsError(key)
            super().put(key, sealed)

    restore(replace(empty, objects=Once(empty.objects.parts)), shelf)

    assert empty.objects.parts == portal.objects.parts


def test_15_3_the_newest_or_the_one_that_is_named_is_restored(
    portal: World, empty: Ports, shelf: Path, made: str
) -> None:
    portal.change(portal.firm, name="Renamed since")
    newer = make_backup(portal.ports, shelf).name
    assert Shelf(shelf).names() == [made, newer]

    assert restore(empty, shelf).name == newer
    assert restore(empty, shelf, name=made, over=True).name == made
    with empty.sessions.reading() as session:
        assert session.get(Firm, portal.firm.id).name == portal.firm.name  # type: ignore[union-attr]
    with pytest.raises(BackupRefused, match="There are: "):
        restore(empty, shelf, name="2020-01-01T00-00-00Z")


def test_15_3_a_check_writes_nothing_and_finds_what_is_wrong(portal: World, shelf: Path, made: str) -> None:
    assert check(portal.ports, shelf).objects == 3
    flip(an_object(shelf / made))
    with pytest.raises(BackupRefused, match="missing or changed"):
        check(portal.ports, shelf)


def waiting(world: World, *phases: MailPhase) -> None:
    for number, phase in enumerate(phases):
        world.put(
            OutboxMail(
                firm_id=world.firm.id,
                dedupe_key=f"{phase}{number}",
                event="invitation",
                phase=phase,
                sender="a@firm.example",
                recipient="b@client.example",
                subject="Invitation",
                message_id=f"<{number}@firm.example>",
                sealed=b"",
                next_try_at=world.clock.now(),
                queued_at=world.clock.now(),
                leased_until=world.clock.now(),
            )
        )


@pytest.mark.parametrize("ending", [held.release, held.drop])
def test_fault_39_what_waited_to_leave_waits_for_an_operator(
    portal: World, empty: Ports, shelf: Path, ending: Callable[[Ports], int]
) -> None:
    waiting(portal, *MailPhase)
    make_backup(portal.ports, shelf)

    done = restore(empty, shelf)
    note(empty, done)
    deliver_outbox(empty)

    assert (done.held, portal.mail.sent) == (3, [])
    assert [(one.kind, one.event, one.count) for one in held.held(empty)] == [("e-mail", "invitation", 3)]
    assert ending(empty) == 3
    assert held.held(empty) == []
    with empty.sessions.reading() as session:
        phases = list(session.exec(select(OutboxMail.phase).order_by(col(OutboxMail.id))))
        assert len(session.exec(select(AuditEntry).where(AuditEntry.action == "backup:restored")).all()) == 1
    expected = MailPhase.QUEUED if ending is held.release else MailPhase.CANCELLED
    assert phases[:3] == [expected] * 3
    assert phases[3:] == list(MailPhase)[3:]


@pytest.mark.parametrize(("fault", "says"), [(NoRoom, "no room"), (StorageAway, "does not answer")])
def test_15_3_a_store_that_takes_no_files_ends_the_restore_before_any_row(
    empty: Ports, shelf: Path, made: str, fault: type[Exception], says: str
) -> None:
    class Refusing(MemoryObjects):
        def put(self, key: str, sealed: bytes | memoryview) -> None:
            raise fault

    with pytest.raises(BackupRefused, match=says):
        restore(replace(empty, objects=Refusing()), shelf)
    assert is_untouched(empty)
