"""The set-up page of the first start, in a browser (1.1)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.http.setup import announce
from portal_app.models import Firm
from portal_app.services.firm.setup import setup_key
from tests.http.test_auth import shown
from tests.signing import browser
from tests.world import World

TYPED = {
    "firm_name": "Côté CPA",
    "time_zone": "America/Halifax",
    "language": "fr",
    "owner_name": "Anne Côté",
    "email": "anne@cote.example",
    "password": "marmotte sous la neige",
}


@pytest.fixture
def empty(world: World, engine: Engine) -> World:
    """An installation without a firm."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM staff"))
        connection.execute(text("DELETE FROM firm"))
    return world


def test_1_1_the_page_makes_the_firm_signs_in_and_asks_for_the_second_step(empty: World) -> None:
    page = browser(empty)
    assert "Set-up key" in shown(page.get("/setup"))
    done = page.post("/setup", data=TYPED | {"key": setup_key(empty.ports)})
    assert (done.status_code, done.headers["location"]) == (303, "/staff/account/mfa")
    assert [firm.name for firm in empty.all(Firm)] == ["Côté CPA"]
    assert "How you confirm that it is you" in shown(page.get("/staff/account/mfa"))


def test_1_1_the_key_is_printed_at_start_until_there_is_a_firm(
    empty: World, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(empty.ports)
    printed = capsys.readouterr().out
    assert "http://localhost:8000/setup" in printed
    browser(empty).post("/setup", data=TYPED | {"key": printed.split()[-1]})
    assert len(empty.all(Firm)) == 1
    announce(empty.ports)
    assert capsys.readouterr().out == ""


def test_a_database_without_tables_stops_no_start(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    announce(replace(world.ports, sessions=EngineSessions(nowhere)))
    nowhere.dispose()
    assert "/setup" not in capsys.readouterr().out


def test_1_1_the_page_is_gone_once_there_is_a_firm(world: World) -> None:
    page = browser(world)
    assert page.get("/setup").status_code == 404
    assert page.post("/setup", data=TYPED | {"key": "x"}).status_code == 404
    assert len(world.all(Firm)) == 1


def test_a_wrong_key_keeps_what_was_typed_but_the_password(empty: World) -> None:
    response = browser(empty).post("/setup", data=TYPED | {"key": "guess"})
    assert response.status_code == 422
    assert 'id="key-wrong"' in response.text
    for name in ("firm_name", "owner_name", "email"):
        assert f'value="{TYPED[name]}"' in response.text
    assert 'value="America/Halifax" selected' in response.text
    assert TYPED["password"] not in response.text
    assert empty.all(Firm) == []


def test_guessing_the_key_ends_in_a_wait(empty: World) -> None:
    page = browser(empty)
    statuses = [page.post("/setup", data=TYPED | {"key": f"guess {n}"}).status_code for n in range(301)]
    assert statuses[:300] == [422] * 300
    assert statuses[300] == 429
