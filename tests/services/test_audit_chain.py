"""The audit log tells when somebody with access to the database changed it (14.2)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal_app.domain.actors import Actor
from portal_app.models import AuditEntry, audit_log
from portal_app.services.audit_chain import verify
from portal_app.work import begin
from tests.world import World


@pytest.fixture
def written(world: World) -> World:
    """Five entries of one firm and one of another."""
    other = world.new_firm("Another", slug="another")
    for number in range(5):
        with begin(world.ports, world.staff) as work:
            work.audit("request:sent", firm_id=world.firm.id, number=number)
    with begin(world.ports, Actor.timetable()) as work:
        work.audit("firm:made", firm_id=other.id)
    return world


def tamper(world: World, statement: str) -> None:
    """Change the log as somebody who first took the triggers off."""
    with world.engine.begin() as connection:
        audit_log.allow_changes(connection)
        connection.execute(text(statement))
        audit_log.forbid_changes(connection)


def test_asvs_54_an_untouched_log_verifies(written: World) -> None:
    assert verify(written.ports) == []
    assert len(written.all(AuditEntry)) == 6


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'nothing' WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 3",
        "UPDATE audit_entry SET facts = '{}' WHERE seq = 3",
        "UPDATE audit_entry SET seq = seq + 10 WHERE seq >= 3",
    ],
)
def test_asvs_54_verify_names_the_first_entry_that_was_changed(written: World, statement: str) -> None:
    tamper(written, statement)

    assert [(broken.chain_id, broken.seq) for broken in verify(written.ports)] == [(written.firm.id, 3)]


def test_asvs_53_a_rollback_leaves_no_entry(written: World) -> None:
    def fail() -> None:
        with begin(written.ports, written.staff) as work:
            work.audit("request:sent", firm_id=written.firm.id)
            raise RuntimeError("after the audit")

    with pytest.raises(RuntimeError):
        fail()

    assert len(written.all(AuditEntry)) == 6
