"""The bare address leads everybody somewhere."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import routes
from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.domain.visitors import Visitor
from portal_app.http import start
from portal_app.models import Firm
from portal_app.services.start import first_page
from tests.world import World


@pytest.mark.parametrize(
    ("visitor", "path"),
    [
        (Visitor(staff=uuid4()), routes.TRIAGE),
        (Visitor(client=uuid4()), routes.HOME),
        (Visitor(staff=uuid4(), client=uuid4()), routes.TRIAGE),
    ],
)
def test_who_is_signed_in_comes_to_their_first_page(world: World, visitor: Visitor, path: str) -> None:
    assert first_page(world.ports, visitor) == path


def test_the_only_firm_s_clients_come_to_its_sign_in_page(world: World) -> None:
    assert first_page(world.ports, Visitor()) == f"/f/{world.firm.slug}/login"


def test_with_two_firms_the_staff_s_sign_in_page_is_left(world: World) -> None:
    with Session(world.engine) as session:
        session.add(Firm(name="Another", slug="another", created_at=world.clock.now()))
        session.commit()

    assert first_page(world.ports, Visitor()) == routes.STAFF_LOGIN


def test_without_a_firm_there_is_one_to_be_set_up(
    world: World, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "empty.db")
    empty = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    way = first_page(replace(world.ports, sessions=EngineSessions(empty)), Visitor())

    empty.dispose()
    assert way == routes.SETUP


def test_the_way_is_asked_for_anew_each_time(world: World) -> None:
    app = Starlette(routes=start.routes)
    app.state.ports = world.ports

    answer = TestClient(app, follow_redirects=False).get("/")

    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
