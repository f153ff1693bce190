"""The night's backup is made once, tried again after a failure, and missed aloud (15.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from portal_app.domain.actors import Role
from portal_app.jobs import timetable
from portal_app.models import Heartbeat, Staff
from portal_app.ports import Ports
from portal_app.services.backups import nightly
from portal_app.services.backups.making import HEARTBEAT
from portal_app.services.backups.shelf import Shelf
from portal_app.services.firm import frame_views
from portal_app.settings import Settings, faults
from tests.world import World


@pytest.fixture
def ports(portal: World, shelf: Path) -> Ports:
    """The portal of somebody who wants a backup at half past two (UTC)."""
    wanted = portal.settings.model_copy(
        update={"backup_dir": shelf, "backup_at": time(2, 30), "backup_keep": 3}
    )
    return replace(portal.ports, settings=wanted)


def run(ports: Ports) -> None:
    """One round of the job, to its end."""
    thread = nightly.start_due_backup(ports)
    if thread is not None:
        thread.join()


def count(shelf: Path) -> int:
    return len(Shelf(shelf).names())


def test_15_3_a_backup_is_made_once_a_night_and_so_many_stay(
    portal: World, ports: Ports, shelf: Path
) -> None:
    run(ports)
    run(ports)
    assert count(shelf) == 1  # the first is made at once

    for day in range(3, 8):
        portal.clock.move_to(f"2026-03-{day:02d}T02:29")
        assert not nightly.is_due(ports)
        portal.clock.move_to(f"2026-03-{day:02d}T02:31")
        run(ports)
        assert not nightly.is_due(ports)

    assert Shelf(shelf).names() == [f"2026-03-{day:02d}T02-31-00Z" for day in (5, 6, 7)]


def test_15_3_one_that_failed_is_tried_again_in_an_hour(portal: World, ports: Ports, shelf: Path) -> None:
    shelf.write_text("a file where the folder should be")
    run(ports)
    row = portal.all(Heartbeat, name=HEARTBEAT)[0]
    assert "cannot be written" in row.error
    assert not nightly.is_due(ports)

    shelf.unlink()
    portal.clock.advance(minutes=61)
    run(ports)

    assert count(shelf) == 1
    assert portal.all(Heartbeat, name=HEARTBEAT)[0].error == ""


def test_15_3_where_no_folder_is_set_none_is_made(portal: World) -> None:
    timetable.run(portal.ports, "start_due_backup")
    assert not nightly.is_due(portal.ports)
    assert portal.all(Heartbeat, name=HEARTBEAT) == []


def said(portal: World, ports: Ports, role: Role = Role.OWNER) -> str:
    staff = portal.new_staff(f"Somebody {len(portal.all(Staff))}", role=role)
    return " ".join(frame_views.frame_view(ports, portal.actor(staff)).troubles)


def test_15_3_owners_and_admins_are_told_while_the_newest_is_too_old(
    portal: World, ports: Ports, shelf: Path
) -> None:
    assert said(portal, ports) == "No backup was made yet. Tell whoever runs the server."
    assert said(portal, portal.ports) == ""
    run(ports)
    portal.clock.advance(hours=35)
    assert said(portal, ports) == ""

    portal.clock.advance(hours=2)

    assert "The newest backup was made on 2\N{NO-BREAK SPACE}March" in said(portal, ports, Role.ADMIN)
    assert said(portal, ports, Role.MEMBER) == ""


def test_15_3_backups_beside_the_data_stop_the_start(tmp_path: Path) -> None:
    chosen = Settings(_env_file=None, data_dir=tmp_path, backup_dir=tmp_path / "backups")
    assert any("PORTAL_BACKUP_DIR lies in PORTAL_DATA_DIR" in fault for fault in faults(chosen))
