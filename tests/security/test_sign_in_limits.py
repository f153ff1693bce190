"""Row 5 of the checklist and fault 36: how often one may try (4.2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from limits import parse
from sqlalchemy import Engine

from portal_app.adapters.limits import WindowLimiter
from portal_app.domain.errors import BadInput, TryLater
from portal_app.models import Device, KnownBrowser, SignInCode
from portal_app.ports import Ports
from portal_app.services.sign_in import sign_in
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Visit
from portal_app.services.sign_in.sign_in import give_password
from portal_app.services.sign_in.tries import counter, network
from tests.fakes import START
from tests.signing import give_code, latest_code, mails, send_again, wrong_code
from tests.world import PASSWORD, World

WRONG = "wrong horse battery"


@dataclass
class CountedPasswords:
    """The world's passwords, counting how often a real one was looked at, and how often any hash was worked out."""

    inner: Any
    real: int = 0
    worked_out: int = 0

    def verify(self, stored: str | None, password: str) -> bool:
        self.worked_out += 1
        self.real += stored is not None
        return self.inner.verify(stored, password)

    def hash(self, password: str) -> str:
        return self.inner.hash(password)

    def is_outdated(self, stored: str) -> bool:
        return self.inner.is_outdated(stored)


def counted(world: World) -> tuple[Ports, CountedPasswords]:
    passwords = CountedPasswords(world.ports.passwords)
    return replace(world.ports, passwords=passwords, limiter=WindowLimiter(world.clock)), passwords


def attack(ports: Ports, email: str, times: int, *, networks: int = 1) -> list[str]:
    """Wrong tries, in turn from so many addresses; the answers."""
    answers = []
    for number in range(times):
        visit = Visit(address=f"10.{number % networks // 250}.{number % networks % 250}.1")
        with pytest.raises((BadInput, TryLater)) as refusal:
            give_password(ports, STAFF_ENTRANCE, email, WRONG, visit)
        answers.append(refusal.value.text)
    return answers


def known(world: World) -> Visit:
    """The owner's own browser."""
    device, _token = world.new_device()
    world.put(
        KnownBrowser(
            firm_id=world.firm.id,
            device_id=device.device_id,
            staff_id=world.owner.id,
            since=world.clock.now(),
        )
    )
    return Visit(address="10.9.9.9", device_id=device.device_id)


@pytest.mark.parametrize("networks", [1, 250])
def test_asvs_5_strangers_get_ten_looks_at_a_password_in_a_quarter_of_an_hour(
    world: World, networks: int
) -> None:
    ports, passwords = counted(world)
    answers = attack(ports, world.owner.email, 250, networks=networks)
    assert passwords.real <= 10
    assert passwords.worked_out == 250  # each try costs the same
    assert set(answers) == {answers[0]}


def test_asvs_5_the_owner_gets_in_from_a_known_browser_all_the_same(world: World) -> None:
    there = known(world)
    ports, _passwords = counted(world)
    attack(ports, world.owner.email, 250, networks=250)
    assert give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, there).token
    with pytest.raises(BadInput):
        give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, Visit(address="10.9.9.9"))


def test_asvs_5_a_known_browser_has_its_own_limit(world: World) -> None:
    there = known(world)
    ports, passwords = counted(world)
    for _ in range(30):
        with pytest.raises(BadInput):
            give_password(ports, STAFF_ENTRANCE, world.owner.email, WRONG, there)
    assert passwords.real <= 10
    assert give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, Visit(address="10.8.8.8")).token


def test_a_browser_known_to_one_account_is_a_stranger_to_another(world: World) -> None:
    there = known(world)
    other = world.new_staff("Luc Roy")
    ports, passwords = counted(world)
    for _ in range(20):
        with pytest.raises(BadInput):
            give_password(ports, STAFF_ENTRANCE, other.email, WRONG, there)
    assert passwords.real <= 10
    with pytest.raises(BadInput):
        give_password(ports, STAFF_ENTRANCE, other.email, PASSWORD, Visit(address="10.8.8.8"))


def test_4_2_the_right_password_ends_the_counting(world: World) -> None:
    ports, _passwords = counted(world)
    for _ in range(4):
        attack(ports, world.owner.email, 4)
        assert give_password(
            ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, Visit(address="10.7.7.7")
        ).token


@dataclass
class MovedLimiter:
    """Sliding windows on the world's clock, which can be moved."""

    world: World
    hits: dict[tuple[str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def has_room(self, name: str, limit: str) -> bool:
        item = parse(limit)
        since = self.world.clock.now() - timedelta(seconds=item.get_expiry())
        return sum(at > since for at in self.hits[name, limit]) < item.amount

    def hit(self, name: str, limit: str) -> bool:
        if not self.has_room(name, limit):
            return False
        self.hits[name, limit].append(self.world.clock.now())
        return True

    def left(self, name: str, limit: str) -> int:
        return 1 if self.has_room(name, limit) else 0

    def clear(self, name: str, limit: str) -> None:
        self.hits.pop((name, limit), None)


def test_4_2_delays_rise_with_the_tries_and_end(world: World) -> None:
    ports, passwords = counted(world)
    ports = replace(ports, limiter=MovedLimiter(world))
    looked_at = []
    for minutes in (0, 1, 2, 15, 16, 17, 31, 60):
        world.clock.moment = START + timedelta(minutes=minutes, seconds=minutes)
        before = passwords.real
        attack(ports, world.owner.email, 10, networks=250)
        looked_at.append(passwords.real - before)
    assert looked_at == [5, 5, 0, 5, 5, 0, 0, 5]

    world.clock.advance(hours=1)
    assert give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, Visit(address="10.7.7.7")).token


def test_4_2_one_network_address_that_tries_many_accounts_is_heard_no_more(world: World) -> None:
    ports, passwords = counted(world)
    people = [world.new_staff(f"Person {number}") for number in range(70)]
    for person in people:
        attack(ports, person.email, 1)
    assert passwords.real == 60
    assert passwords.worked_out == 70
    with pytest.raises(BadInput):
        give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, Visit(address="10.0.0.1"))
    assert give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, Visit(address="10.0.1.1")).token


def test_fault_36_a_flood_from_one_address_is_turned_away_before_any_work(world: World) -> None:
    ports, passwords = counted(world)
    attack(ports, "nobody@x.example", 300)
    worked = passwords.worked_out
    with pytest.raises(TryLater) as refusal:
        give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, Visit(address="10.0.0.1"))
    assert passwords.worked_out == worked
    assert refusal.value.until > world.clock.now()


@dataclass
class NoHashing:
    """Passwords of no work: it counts how often somebody's own was looked at."""

    looked_at: int = 0

    def verify(self, stored: str | None, password: str) -> bool:
        self.looked_at += stored is not None
        return stored is not None and password == PASSWORD

    def is_outdated(self, stored: str) -> bool:
        return False


@pytest.mark.parametrize("networks", [1, 500])
def test_asvs_5_fault_36_ten_thousand_tries_are_ten_looks_and_the_owner_gets_in(
    sqlite_engine: Engine, tmp_path: Path, networks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(sqlite_engine, tmp_path)
    monkeypatch.setattr(
        sign_in, "_refuse", lambda *_, **__: None
    )  # ten thousand rows of the audit log take long
    there, passwords = known(world), NoHashing()
    ports = replace(world.ports, passwords=passwords, limiter=WindowLimiter(world.clock))
    attack(ports, world.owner.email, 10_000, networks=networks)
    assert 0 < passwords.looked_at <= 10
    assert give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, there).token


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
    ],
)
def test_asvs_5_an_ipv6_customer_counts_as_one(one: str, other: str, is_same: bool) -> None:
    assert (network(one) == network(other)) is is_same


def test_counters_name_nobody(world: World) -> None:
    assert world.owner.email.split("@")[0] not in counter("password", STAFF_ENTRANCE, world.owner.email, None)


def begun(ports: Ports, world: World, visit: Visit) -> str:
    return give_password(ports, STAFF_ENTRANCE, world.owner.email, PASSWORD, visit).token


def test_asvs_11_codes_tried_in_many_sign_ins_count_together(world: World) -> None:
    ports, _passwords = counted(world)
    here = Visit(address="10.0.0.1")
    tried = 0
    for _ in range(5):
        token = begun(ports, world, here)
        for _ in range(3):
            try:
                give_code(ports, STAFF_ENTRANCE, token, wrong_code(world), here)
            except BadInput:
                tried += 1
            except TryLater:
                continue
    assert tried == 5
    assert sum(code.tries for code in world.all(SignInCode)) == 5


def test_asvs_11_not_every_press_sends_a_code(world: World) -> None:
    ports, _passwords = counted(world)
    here = Visit(address="10.0.0.1")
    token = begun(ports, world, here)
    for _ in range(5):
        send_again(ports, STAFF_ENTRANCE, token, here)
    with pytest.raises(TryLater):
        send_again(ports, STAFF_ENTRANCE, token, here)
    assert len(mails(world, "sign_in_code")) == 6


def test_a_finished_sign_in_ends_the_counting_of_codes(world: World) -> None:
    ports, _passwords = counted(world)
    here = Visit(address="10.0.0.1")
    for _ in range(12):
        token = begun(ports, world, here)
        assert give_code(ports, STAFF_ENTRANCE, token, latest_code(world), here).token
    assert len(world.all(Device)) == 12


def test_asvs_11_a_code_of_one_sign_in_is_refused_in_another(world: World) -> None:
    ports, _passwords = counted(world)
    here = Visit(address="10.0.0.1")
    first = begun(ports, world, here)
    code = latest_code(world)
    second = begun(ports, world, here)
    if latest_code(world) != code:
        with pytest.raises(BadInput):
            give_code(ports, STAFF_ENTRANCE, second, code, here)
    assert give_code(ports, STAFF_ENTRANCE, first, code, here).token
