"""`portal doctor` says what is well, and names what is not (15.3, fault 39)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from portal_app import bootstrap, cli
from portal_app.adapters.sealer import TinkSealer
from portal_app.domain.brand import ImageUse
from portal_app.domain.uploads import MB
from portal_app.jobs import timetable
from portal_app.models import BrandFile, FilePart, Heartbeat, StoredFile, Task, Upload, audit_log
from portal_app.ports import MailRefused, Ports
from portal_app.services.backups.making import make_backup
from portal_app.services.doctor import disks, examining
from portal_app.services.doctor.findings import Finding, Level
from portal_app.services.files import forgetting
from portal_app.services.files.keys import check_key
from portal_app.services.firm import brand_images
from portal_app.work import begin
from tests.adapters.pictures import halves, saved
from tests.files.tools import asked, pdf, uploaded
from tests.world import World

JOBS = {name: every for name, (every, _job) in timetable.TIMETABLE.items()}


@pytest.fixture
def portal(sqlite_engine: Engine, tmp_path: Path) -> World:
    """A portal that has run, is backed up, and lies on an encrypted disk."""
    world = World(sqlite_engine, tmp_path / "data")
    world.settings.data_dir.chmod(0o700)
    check_key(world.ports)
    uploaded(world, asked(world), pdf(2 * MB + 9))
    make_backup(world.ports, tmp_path / "backups")
    for name in JOBS:
        world.put(Heartbeat(name=name, at=world.clock.now()))
    return world


@pytest.fixture(autouse=True)
def _encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "is_encrypted", lambda _folder: True)


def bad(ports: Ports, *, deep: bool = False) -> list[Finding]:
    return [one for one in examining.examine(ports, JOBS, deep=deep) if one.level > Level.OK]


def only(ports: Ports, *, deep: bool = False) -> Finding:
    [finding] = bad(ports, deep=deep)
    return finding


@pytest.mark.parametrize("deep", [False, True])
def test_15_3_all_is_well(portal: World, deep: bool) -> None:
    assert bad(portal.ports, deep=deep) == []


def file_of(world: World) -> StoredFile:
    return world.all(StoredFile)[0]


def parts_of(world: World) -> list[FilePart]:
    return sorted(world.all(FilePart), key=lambda part: part.number)


def flip(world: World) -> None:
    key = parts_of(world)[1].object_key
    content = bytearray(world.objects.parts[key])
    content[100] ^= 1
    world.objects.parts[key] = bytes(content)


def swap(world: World) -> None:
    first, second, _third = (part.object_key for part in parts_of(world))
    kept = world.objects.parts
    kept[first], kept[second] = kept[second], kept[first]


def drop_row(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("DELETE FROM file_part WHERE number = 1"))


DAMAGE: dict[str, tuple[Callable[[World], object], str]] = {
    "lost": (lambda w: w.objects.delete(parts_of(w)[1].object_key), "1 of its objects are missing (part 2)"),
    "changed": (flip, "part 2 of 3 is missing, changed or another file’s"),
    "swapped": (swap, "part 1 of 3 is missing, changed or another file’s"),
    "row gone": (drop_row, "its parts do not make up its size"),
    "sum wrong": (lambda w: w.change(file_of(w), sha256=bytes(32)), "does not fit its SHA-256"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_15_3_and_fault_39_a_damaged_file_is_named_by_its_row(portal: World, what: str) -> None:
    damage, says = DAMAGE[what]
    damage(portal)
    file = file_of(portal)

    [finding] = [one for one in bad(portal.ports, deep=True) if one.level is Level.FAULT]

    assert f"File {file.id} of tremblay (task {file.task_id}" in finding.text
    assert says in finding.text


def test_15_3_a_copy_that_lies_in_lost_parts_is_named_too(portal: World) -> None:
    origin = file_of(portal)
    copy = portal.new_file(portal.all(Task, id=origin.task_id)[0])
    portal.change(copy, size=origin.size, sha256=origin.sha256)
    portal.change(portal.all(Upload, id=copy.id)[0], parts_of_id=origin.id)
    assert bad(portal.ports, deep=True) == []

    portal.objects.delete(parts_of(portal)[0].object_key)

    said = " ".join(finding.text for finding in bad(portal.ports))
    assert str(origin.id) in said
    assert str(copy.id) in said


def test_15_3_a_file_that_goes_for_good_while_it_is_looked_at_is_no_fault(
    portal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = portal.change(file_of(portal), deleted_at=portal.clock.now())
    listed = portal.objects.keys

    def keys(prefix: str = "") -> object:
        forgetting.forget_file(portal.ports, file.id)
        return listed(prefix)

    monkeypatch.setattr(portal.objects, "keys", keys)
    assert bad(portal.ports, deep=True) == []


def test_15_3_objects_that_no_row_names_are_counted(portal: World) -> None:
    portal.objects.put(f"parts/ab/{'ab' * 16}/{'0' * 32}", b"of an upload that was dropped")
    portal.objects.put("icons/ab/cd-192", b"drawn anew when it is asked for")

    finding = only(portal.ports)

    assert (finding.level, finding.text) == (Level.WARNING, "1 objects belong to no row.")


def test_15_3_a_lost_picture_of_the_firm_is_named(portal: World) -> None:
    brand_images.take_image(portal.ports, portal.staff, ImageUse.LOGO, "logo.png", saved(halves(), "PNG"))
    for file in portal.all(BrandFile):
        portal.objects.delete(file.object_key)

    assert {finding.check for finding in bad(portal.ports)} == {"pictures"}


def another_revision(world: World, revision: str) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})


def test_15_3_a_database_of_another_version_says_which_way_to_go(portal: World) -> None:
    another_revision(portal, "e41b7c2d9f60")
    assert only(portal.ports).remedy == "Run `scripts/portal migrate`."
    another_revision(portal, "ffffffffffff")
    assert only(portal.ports).remedy == "Install the version that it belongs to."


def test_fault_23_and_15_3_the_wrong_key_is_seen(portal: World) -> None:
    found = bad(replace(portal.ports, sealer=TinkSealer([b"another" * 8])))
    assert [finding.check for finding in found] == ["key", "files"]


def test_asvs_54_and_14_2_a_changed_entry_is_named(portal: World) -> None:
    with begin(portal.ports, portal.staff) as work:
        work.audit("request:sent", firm_id=portal.firm.id)
    with portal.engine.begin() as connection:
        audit_log.allow_changes(connection)
        connection.execute(text("UPDATE audit_entry SET action = 'nothing' WHERE action = 'request:sent'"))
        audit_log.forbid_changes(connection)

    finding = only(portal.ports)

    assert (finding.check, finding.level) == ("audit log", Level.FAULT)
    assert "was changed since it was written" in finding.text


class _NoServer:
    def conversation(self) -> object:
        raise MailRefused("nobody answers", is_final=False)


LATER: dict[str, tuple[Callable[[World], Ports], str, Level]] = {
    "no mail server": (
        lambda w: replace(w.ports, mailer=_NoServer()),  # type: ignore[arg-type]
        "mail",
        Level.FAULT,
    ),
    "disk full": (lambda w: _room(w, -1), "storage", Level.FAULT),
    "store away": (lambda w: _away(w), "storage", Level.FAULT),
    "disk filling": (lambda w: _room(w, 1 << 30), "storage", Level.WARNING),
    "dead timetable": (lambda w: _later(w, hours=20), "timetable", Level.FAULT),
    "old backup": (lambda w: _later(w, hours=40), "backups", Level.WARNING),
    "job failed": (lambda w: _failed(w, "deliver_outbox"), "timetable", Level.WARNING),
    "backup failed": (lambda w: _failed(w, "backup"), "backups", Level.FAULT),
    "clock set back": (lambda w: _later(w, hours=-5), "clock", Level.FAULT),
    "data open": (lambda w: _open(w), "permissions", Level.WARNING),
}


def _room(world: World, room: int) -> Ports:
    world.objects.room = room
    return world.ports


def _away(world: World) -> Ports:
    world.objects.answers = lambda: False  # type: ignore[method-assign]
    return world.ports


def _later(world: World, **by: float) -> Ports:
    world.clock.advance(**by)
    return world.ports


def _failed(world: World, name: str) -> Ports:
    row = world.all(Heartbeat, name=name)[0]
    with world.ports.sessions.writing() as session:
        session.merge(row).error = "OSError: of secret.pdf"
        session.commit()
    return world.ports


def _open(world: World) -> Ports:
    world.settings.data_dir.chmod(0o755)
    return world.ports


@pytest.mark.parametrize("what", LATER)
def test_15_3_what_is_wrong_around_the_portal_is_said(portal: World, what: str) -> None:
    change, check, level = LATER[what]
    found = bad(change(portal))
    assert (check, level) in {(finding.check, finding.level) for finding in found}
    assert all(finding.remedy for finding in found)


def test_15_3_a_check_that_breaks_does_not_stop_the_others(
    portal: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_ports: Ports) -> object:
        raise RuntimeError("of secret.pdf")

    monkeypatch.setattr(examining.audit_chain, "verify", broken)
    finding = only(portal.ports)
    assert (finding.check, finding.text) == ("audit log", "This could not be looked at: RuntimeError.")


@pytest.mark.parametrize(("moved", "code"), [(timedelta(), 0), (timedelta(hours=40), 2)])
def test_15_3_the_command_ends_with_the_worst_and_speaks_json(
    portal: World, monkeypatch: pytest.MonkeyPatch, moved: timedelta, code: int
) -> None:
    monkeypatch.setattr(bootstrap, "ports", lambda: portal.ports)
    portal.clock.moment += moved

    done = CliRunner().invoke(cli.app, ["doctor", "--json"])
    shown = CliRunner().invoke(cli.app, ["doctor"])

    said = json.loads(done.stdout)
    assert (done.exit_code, shown.exit_code) == (code, code)
    assert said["level"] == Level(code).name.lower()
    assert {one["check"] for one in said["findings"]} >= {"database", "files", "audit log", "backups"}
    assert all(one["text"] in shown.stdout for one in said["findings"])


LUKS = "CRYPT-LUKS2-0f-luks-1"


@pytest.mark.parametrize(
    ("kind", "uuids", "found"),
    [
        ("ext4", {"dm-0": LUKS}, True),
        ("ext4", {"dm-0": "LVM-abc"}, False),
        ("ext4", {"dm-0": "LVM-abc", "dm-0/slaves/dm-1": LUKS}, True),
        ("ext4", {"dm-0": "LVM-abc", "dm-0/slaves/dm-1": LUKS, "dm-0/slaves/sdb": ""}, False),
        ("ext4", {}, False),
        ("fuse.gocryptfs", {}, True),
    ],
)
def test_10_3_a_disk_behind_luks_is_told_from_one_that_is_not(
    tmp_path: Path, kind: str, uuids: dict[str, str], found: bool
) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"30 22 253:0 / /var/lib/comptoir rw,relatime shared:1 - {kind} /dev/mapper/data rw\n"
    )
    block = tmp_path / "sys/dev/block"
    block.mkdir(parents=True)
    for name, uuid in uuids.items():
        device = tmp_path / "sys" / name
        (device / "dm").mkdir(parents=True)
        (device / "dm/uuid").write_text(uuid)
    if uuids:
        (block / "253:0").symlink_to(tmp_path / "sys/dm-0")

    assert disks.is_encrypted(Path("/var/lib/comptoir/files"), tmp_path) is found
