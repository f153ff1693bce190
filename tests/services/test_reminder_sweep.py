"""The sweep for due reminders reads what is due, not what is open (7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import event, text

from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.reminders.reminding import send_due_reminders
from tests.services.sends import sent
from tests.world import World


@contextmanager
def statements(world: World) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile, with its values."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if not statement.startswith("PRAGMA"):
            asked.append((statement, values))

    engine = world.ports.sessions.reading().get_bind()
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def out(world: World, count: int, due_on: date = date(2026, 3, 18)) -> None:
    """So many requests that are out, each to somebody of its own; the first reminder goes a week before `due_on`."""
    for number in range(count):
        client = world.new_client(f"Client {due_on} {number}")
        person = world.new_contact(client, f"Person {number}", email=f"{due_on}.{number}@client.example")
        sent(world, world.draft_request(client, to=[person], due_on=due_on), f"press-{number}")
    deliver_outbox(world.ports)


def test_7_1_a_sweep_with_nothing_due_asks_one_question_which_the_index_answers(world: World) -> None:
    out(world, 3)

    with statements(world) as asked:
        assert send_due_reminders(world.ports) == 0

    ((statement, values),) = [one for one in asked if one[0].startswith("SELECT")]
    with world.ports.sessions.reading() as session:
        connection = session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:  # three rows are quicker read whole: what counts is that the index can answer
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.exec_driver_sql(
            ("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + statement, values
        ).all()
    steps = "\n".join(str(row) for row in plan)
    assert "ix_client_request_next_reminder_at" in steps
    assert "SCAN client_request" not in steps
    assert "Seq Scan" not in steps


def test_7_1_open_requests_that_are_not_due_add_nothing_to_the_cost_of_one_that_is(world: World) -> None:
    def cost(day: str) -> int:
        world.clock.move_to(f"{day}T08:00", "America/Toronto")
        with statements(world) as asked:
            assert send_due_reminders(world.ports) == 1
        deliver_outbox(world.ports)
        return len(asked)

    out(world, 1)
    alone = cost("2026-03-11")
    out(world, 4, due_on=date(2026, 4, 30))
    among_five = cost("2026-03-18")

    assert among_five == alone
