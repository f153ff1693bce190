"""The audit log tells when somebody with access to the database changed it (14.2)."""

from __future__ import annotations

import hashlib
import json
from contextvars import copy_context
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from portal_app import bootstrap, cli
from portal_app.domain.actors import Actor
from portal_app.models import AuditEntry, audit_log
from portal_app.services import audit_chain
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
    ("statement", "what"),
    [
        ("UPDATE audit_entry SET action = 'nothing' WHERE seq = 3", "was changed since it was written"),
        ("DELETE FROM audit_entry WHERE seq = 3", "is missing; entry 4 comes next"),
        ("UPDATE audit_entry SET facts = '{}' WHERE seq = 3", "was changed since it was written"),
        ("UPDATE audit_entry SET seq = seq + 10 WHERE seq >= 3", "is missing; entry 13 comes next"),
        ("UPDATE audit_entry SET previous_hash = hash WHERE seq = 3", "does not hang on the entry before it"),
    ],
)
def test_asvs_54_and_14_2_verify_names_the_first_entry_that_was_changed(
    written: World, statement: str, what: str
) -> None:
    tamper(written, statement)

    [broken] = verify(written.ports)
    assert (broken.chain_id, broken.seq) == (written.firm.id, 3)
    assert broken.what.startswith(what)


def test_asvs_53_a_rollback_leaves_no_entry(written: World) -> None:
    def fail() -> None:
        with begin(written.ports, written.staff) as work:
            work.audit("request:sent", firm_id=written.firm.id)
            raise RuntimeError("after the audit")

    with pytest.raises(RuntimeError):
        fail()

    assert len(written.all(AuditEntry)) == 6


def hashed(line: str) -> tuple[str, str]:
    """Written from the manual alone, with nothing of the product: what a line's hash should be, and is."""
    kept = json.loads(line)
    digest, before = kept.pop("hash"), kept.pop("previous_hash")
    body = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(before) + body.encode("utf-8")).hexdigest(), digest


def test_14_2_an_export_can_be_checked_without_us(written: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with begin(written.ports, written.staff) as work:
        work.audit("firm:tried", firm_id=written.firm.id, name="Été « 2026 » \n\u2028 \\u0041 🧾")
    monkeypatch.setattr(audit_chain, "BATCH", 3)  # chains go on across batches
    stream, lines = audit_chain.export(written.ports), []
    while line := copy_context().run(next, stream, ""):  # a server reads each line in a context of its own
        lines.append(line)

    assert len(lines) == 7
    last: dict[str, tuple[int, str]] = {}
    for line in lines:
        expected, digest = hashed(line)
        entry = json.loads(line)
        seq, before = last.get(entry["chain"], (0, "00" * 32))
        assert (digest, entry["seq"], entry["previous_hash"]) == (expected, seq + 1, before)
        last[entry["chain"]] = (entry["seq"], digest)
    changed = lines[0].replace(written.firm.id.hex[:2], "zz", 1).replace("request:sent", "request:kept")
    assert len(set(hashed(changed))) == 2


def test_14_2_a_firms_own_export_holds_its_chain_alone(written: World) -> None:
    chains = {
        json.loads(line)["chain"] for line in audit_chain.export(written.ports, firm_id=written.firm.id)
    }
    assert chains == {str(written.firm.id)}


OTHER = "UPDATE audit_entry SET hash = (SELECT previous_hash FROM audit_entry WHERE seq = 1 LIMIT 1) WHERE seq = 5"


@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        ("DELETE FROM audit_entry WHERE seq = 5", 5, "is gone since the export"),
        (OTHER, 5, "is another one than in the export"),
    ],
)
def test_14_2_a_cut_end_shows_against_an_earlier_export(
    written: World, statement: str, seq: int, what: str
) -> None:
    kept = list(audit_chain.export(written.ports))
    assert audit_chain.missing_since(written.ports, kept) == []

    tamper(written, statement)

    found = audit_chain.missing_since(written.ports, kept)
    assert [(one.chain_id, one.seq, one.what) for one in found] == [(written.firm.id, seq, what)]


def test_14_2_the_command_says_what_is_wrong_and_writes_an_export_once(
    written: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "ports", lambda: written.ports)
    run, to = CliRunner(), tmp_path / "audit.jsonl"

    done = run.invoke(cli.app, ["audit", "export", str(to)])
    again = run.invoke(cli.app, ["audit", "export", str(to)])
    well = run.invoke(cli.app, ["audit", "verify", "--against", str(to)])
    tamper(written, "DELETE FROM audit_entry WHERE seq = 5")
    ill = run.invoke(cli.app, ["audit", "verify", "--against", str(to)])

    assert (done.exit_code, again.exit_code, well.exit_code, ill.exit_code) == (0, 1, 0, 1)
    assert json.loads(to.read_text(encoding="utf-8").splitlines()[-1])["hash"] in well.stdout
    assert f"Chain {written.firm.id}: entry 5 is gone since the export." in ill.stdout
