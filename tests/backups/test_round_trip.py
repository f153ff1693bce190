"""What was backed up comes back as it was, from either database into either (15.3, fault 39)."""

from __future__ import annotations

from copy import copy
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import JSON, Engine, null, text
from sqlmodel import Session, SQLModel, select

from portal_app.domain.actors import Kind
from portal_app.domain.uploads import MB
from portal_app.models import Answer, Client, FilePart, Folder, Heartbeat, StoredFile, TaskAnswer
from portal_app.ports import Ports
from portal_app.services.backups.making import make_backup
from portal_app.services.backups.restoring import restore
from portal_app.services.doctor import examining
from portal_app.services.doctor.findings import Level
from portal_app.services.files import downloads
from portal_app.services.files.keys import check_key
from portal_app.services.sign_in.accounts import Entrance, Visit
from portal_app.services.sign_in.sign_in import give_password
from portal_app.work import begin
from tests.backups.conftest import Place
from tests.files.tools import Asked, asked, pdf, uploaded
from tests.signing import give_code, latest_code
from tests.world import PASSWORD, World

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def rows_of(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table as Python sees it, but for heartbeats."""
    found = {}
    with Session(engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name != Heartbeat.__tablename__:
                query = select(table).order_by(*table.primary_key)
                found[table.name] = [repr(tuple(row)) for row in session.execute(query)]
        found["empty"] = [str(n) for n in session.execute(text(EMPTY)).scalars()]
    return found


EMPTY = "SELECT count(*) FROM task_answer WHERE before IS NULL"


def engine_of(ports: Ports) -> Engine:
    with ports.sessions.reading() as session:
        engine = session.get_bind()
        assert isinstance(engine, Engine)
        return engine


def fill(world: World, who: Asked) -> StoredFile:
    """What is hard to carry: accents, days, moments, nothing, JSON's null, and rows that name later ones of their table."""
    world.change(who.task, title="Relevés « bancaires » 🧾\n", due_on=date(2026, 4, 30))
    receipt = uploaded(world, who, pdf(2 * MB + 9), "Relevé.pdf")
    client = world.new_client("Élise Côté")
    inner, outer = (
        world.put(Folder(firm_id=world.firm.id, client_id=client.id, name=name, created_at=world.clock.now()))
        for name in ("Inside", "Outside")
    )
    world.change(inner, parent_id=outer.id)
    for before in (null(), JSON.NULL, {"é": [1, 2.5, None, True]}):
        world.put(
            TaskAnswer(
                firm_id=world.firm.id,
                task_id=who.task.id,
                answer=Answer.DONE,
                at=world.clock.now(),
                before=before,
            )
        )
    with begin(world.ports, world.staff) as work:
        work.audit("firm:tried", firm_id=world.firm.id, name="Été")
    return world.all(StoredFile, id=receipt.file_id)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_15_3_and_fault_39_every_row_and_object_comes_back(
    world: World, who: Asked, shelf: Path, place: Place, kind: str
) -> None:
    fill(world, who)
    before = rows_of(world.engine)
    made = make_backup(world.ports, shelf)
    restored = place(kind)

    done = restore(restored, shelf)

    assert rows_of(engine_of(restored)) == before
    assert restored.objects.parts == world.objects.parts
    assert done.rows == made.rows == sum(map(len, before.values())) - 1
    assert (done.objects, made.objects, made.copied) == (3, 3, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_15_3_and_10_3_a_restored_portal_is_whole_opens_its_files_and_lets_people_in(
    world: World, shelf: Path, place: Place, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_key(world.ports)
    who = asked(world)
    file = fill(world, who)
    world.give_account(who.contact, world.all(Client, id=file.client_id)[0])
    make_backup(world.ports, shelf)
    restored = place(kind)
    restore(restored, shelf)
    monkeypatch.setattr(examining, "is_encrypted", lambda _folder: True)

    found = [one for one in examining.examine(restored, {}, deep=True) if one.level > Level.OK]

    assert {one.check for one in found} <= {"permissions", "timetable", "backups"}
    opened = downloads.open_file(restored, world.staff, file.id)
    read = b"".join(downloads.read_part(restored, opened, number) for number in range(len(opened.parts)))
    assert read == pdf(2 * MB + 9)
    visit = Visit(address="10.0.0.1", browser="Firefox")
    door, there = Entrance(Kind.CLIENT, world.firm.id), copy(world)
    there.engine, there.ports = engine_of(restored), restored
    given = give_password(restored, door, who.contact.email, PASSWORD, visit)
    assert give_code(restored, door, given.token, latest_code(there), visit).token


@pytest.mark.parametrize("kind", KINDS)
def test_15_3_and_fault_39_what_was_damaged_already_is_named_after_the_restore(
    world: World, who: Asked, shelf: Path, place: Place, kind: str
) -> None:
    lost, sound = fill(world, who), uploaded(world, who, pdf(MB), "sound.pdf")
    key = world.all(FilePart, upload_id=lost.id)[2].object_key
    world.objects.delete(key)
    assert make_backup(world.ports, shelf).missing == (key,)
    restored = place(kind)

    assert restore(restored, shelf).missing == 1

    [finding] = [one for one in examining.files(restored, deep=True) if one.level > Level.OK]
    assert f"File {lost.id} of tremblay" in finding.text
    assert str(sound.file_id) not in finding.text
