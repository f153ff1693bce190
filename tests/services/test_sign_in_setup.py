"""The first start: a key, a firm, its owner (1.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from portal_app.domain.actors import Role
from portal_app.domain.errors import BadInput, NotFound
from portal_app.models import AuditEntry, Firm, SetupKey, Staff
from portal_app.services.firm.setup import FirstFirm, is_open, set_up, setup_key, slug_of
from portal_app.services.sign_in.accounts import Visit
from portal_app.services.sign_in.sessions import SessionBook
from tests.world import World

HERE = Visit(address="10.0.0.1", browser="Firefox/140.0")
FIRST = FirstFirm(
    firm_name="Côté & Filles CPA inc.",
    time_zone="America/Halifax",
    language="fr",
    owner_name="Anne Côté",
    email="Anne@Cote.example",
    password="marmotte sous la neige",
)


@pytest.fixture
def empty(world: World, engine: Engine) -> World:
    """An installation without a firm."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM staff"))
        connection.execute(text("DELETE FROM firm"))
    return world


def test_1_1_whoever_holds_the_key_makes_the_firm_and_is_its_owner(empty: World) -> None:
    done = set_up(empty.ports, setup_key(empty.ports), FIRST, HERE)
    [firm], [owner] = empty.all(Firm), empty.all(Staff)
    assert (firm.name, firm.slug, firm.time_zone, firm.locale) == (
        "Côté & Filles CPA inc.",
        "cote-filles-cpa-inc",
        "America/Halifax",
        "fr",
    )
    assert (owner.role, owner.email, owner.email_key) == (
        Role.OWNER,
        "Anne@Cote.example",
        "anne@cote.example",
    )
    assert firm.portal_on_at is None
    assert empty.ports.passwords.verify(owner.password_hash, FIRST.password)
    assert SessionBook(empty.ports).resolve({"staff": done.token}, "").staff is not None
    assert done.device_token


def test_the_key_is_the_same_at_each_start_until_it_is_used(empty: World) -> None:
    key = setup_key(empty.ports)
    assert setup_key(empty.ports) == key
    assert key.encode() not in empty.all(SetupKey)[0].sealed
    set_up(empty.ports, f" {key} ", FIRST, HERE)
    assert setup_key(empty.ports) is None
    assert empty.all(SetupKey) == []


@pytest.mark.parametrize("key", ["", "guess", "é"])
def test_another_key_makes_nothing(empty: World, key: str) -> None:
    setup_key(empty.ports)
    with pytest.raises(BadInput) as refusal:
        set_up(empty.ports, key, FIRST, HERE)
    assert refusal.value.field == "key"
    assert empty.all(Firm) == []


def test_1_1_there_is_no_set_up_where_there_is_a_firm(world: World) -> None:
    assert not is_open(world.ports)
    assert setup_key(world.ports) is None
    with pytest.raises(NotFound):
        set_up(world.ports, "", FIRST, HERE)
    assert len(world.all(Firm)) == 1


def test_the_key_works_once(empty: World) -> None:
    key = setup_key(empty.ports)
    set_up(empty.ports, key, FIRST, HERE)
    with pytest.raises(NotFound):
        set_up(empty.ports, key, replace(FIRST, email="other@cote.example"), HERE)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("firm_name", "  "),
        ("firm_name", "x" * 201),
        ("time_zone", "Mars/Olympus"),
        ("language", "de"),
        ("owner_name", ""),
        ("email", "anne"),
        ("email", "anne@x.example\r\nBcc: b@x.example"),
        ("email", "a@x.example,b@x.example"),
        ("password", "short"),
        ("password", "Filles2026"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(empty: World, field: str, typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        set_up(empty.ports, setup_key(empty.ports), replace(FIRST, **{field: typed}), HERE)
    assert refusal.value.field == field
    assert empty.all(Firm) == []


def test_the_set_up_is_in_the_audit_log(empty: World) -> None:
    set_up(empty.ports, setup_key(empty.ports), FIRST, HERE)
    rows = sorted(empty.all(AuditEntry), key=lambda row: row.seq)
    assert [row.action for row in rows] == ["firm:set_up", "sign_in:completed"]
    assert {row.actor_id for row in rows} == {empty.all(Staff)[0].id}


@pytest.mark.parametrize(
    ("name", "slug"), [("  Émond, CPA  ", "emond-cpa"), ("事務所", "cabinet"), ("a" * 80, "a" * 50)]
)
def test_a_firm_s_address_is_made_of_its_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
