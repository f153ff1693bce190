"""Models and migrations agree, and the audit log cannot be changed."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from alembic import command
from portal_app.domain.actors import Actor
from portal_app.domain.standings import MARK
from portal_app.models import ClientStanding, SearchWord
from portal_app.services.portal.filling import fill_standings
from portal_app.work import begin
from tests.migrate import config_for, upgrade
from tests.world import World


def test_models_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        command.check(config_for(connection))


def test_the_migrations_can_be_taken_back_to_nothing_and_run_again(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        command.downgrade(config_for(connection), "base")
    assert inspect(sqlite_engine).get_table_names() == ["alembic_version"]
    with sqlite_engine.begin() as connection:
        command.upgrade(config_for(connection), "head")
    assert "client_request" in inspect(sqlite_engine).get_table_names()


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_asvs_54_the_database_refuses_to_change_the_audit_log(world: World, statement: str) -> None:
    with begin(world.ports, Actor.timetable()) as work:
        work.audit("firm:made", firm_id=world.firm.id)

    with pytest.raises(DBAPIError, match="append-only"), world.engine.begin() as connection:
        connection.execute(text(statement))


def test_migrating_a_database_with_rows_keeps_them(world: World) -> None:
    request = world.draft_request()
    before = {task.id for task in world.tasks(request)}

    upgrade(world.engine)

    assert {task.id for task in world.tasks(request)} == before
    assert world.get(world.firm).name == world.firm.name


def test_the_words_that_find_clients_come_through_both_ways(world: World) -> None:
    client = world.new_client("Atelier Côté", number="118")
    contact = world.new_contact(client, "Ana")
    world.change(world.give_account(contact, client), last_sign_in_at=world.clock.now())
    world.new_client("Archived", archived_at=world.clock.now())
    before = kept(world)

    back(world.engine, "5e1b7c94d2a8")
    with world.engine.connect() as connection:
        words = set(connection.execute(text("SELECT word FROM search_word")).scalars())
    assert {"atelier", "cote", "118", "ana"} <= words
    assert not [word for word in words if word.startswith(MARK)]
    upgrade(world.engine)
    fill_standings(world.ports)

    assert kept(world) == before


def back(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.downgrade(config_for(connection), revision)


def kept(world: World) -> list[set[str]]:
    return [{repr(row) for row in world.all(kind)} for kind in (SearchWord, ClientStanding)]
