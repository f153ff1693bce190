"""The bell within a process, and over Redis."""

import queue
from collections.abc import Iterator

import pytest
from redis import Redis

from portal_app.adapters.bell import MemoryBell, RedisBell
from portal_app.ports import Bell
from tests.conftest import redis_database

PATIENCE = 10
"""Seconds after which a ring counts as lost."""


@pytest.fixture
def heard() -> queue.Queue[frozenset[str]]:
    return queue.Queue()


@pytest.fixture
def redis_bell(redis_url) -> Iterator[RedisBell]:
    bell = RedisBell(redis_url)
    yield bell
    bell._redis.close()


def test_every_listener_hears_and_one_that_fails_stops_nobody(heard):
    bell = MemoryBell()

    def deaf(_names: frozenset[str]) -> None:
        raise RuntimeError("deaf")

    with bell.listen(deaf), bell.listen(heard.put):
        bell.ring(["staff:1", "staff:1", "firm:2"])

    assert heard.get(timeout=PATIENCE) == {"staff:1", "firm:2"}


def test_nobody_hears_after_their_block(heard):
    bell = MemoryBell()
    with bell.listen(heard.put):
        pass
    bell.ring(["firm:2"])
    assert heard.empty()


@pytest.mark.redis
def test_another_process_hears_over_redis(redis_bell, redis_url, heard):
    elsewhere: Bell = RedisBell(redis_url)
    with redis_bell.listen(heard.put):
        elsewhere.ring(["request:7"])
        assert heard.get(timeout=PATIENCE) == {"request:7"}


@pytest.mark.redis
def test_an_installation_on_another_database_of_the_same_redis_hears_nothing(redis_bell, heard):
    with redis_bell.listen(heard.put):
        RedisBell(redis_database(12)).ring(["firm:other"])
        redis_bell.ring(["firm:own"])
        assert heard.get(timeout=PATIENCE) == {"firm:own"}
    assert heard.empty()


@pytest.mark.redis
def test_fault_33_a_cut_connection_to_redis_is_made_again(redis_bell, redis_url, heard):
    with redis_bell.listen(heard.put), Redis.from_url(redis_url) as admin:
        assert _cut_listener(admin, redis_bell.channel) == 1
        # What rings while nobody listens is lost, as it may be: ring until it is heard.
        assert any(_rings(redis_bell, heard) for _try in range(10 * PATIENCE))


def test_fault_33_without_redis_the_process_still_hears_itself(heard):
    bell = RedisBell("redis://127.0.0.1:1/0")
    with bell.listen(heard.put):
        bell.ring(["request:9"])
        assert heard.get(timeout=PATIENCE) == {"request:9"}


@pytest.mark.redis
def test_what_is_not_a_list_of_names_is_passed_over(redis_bell, redis_url, heard):
    with redis_bell.listen(heard.put), Redis.from_url(redis_url) as stranger:
        for rubbish in ("{", "7", "null", "[[]]"):
            stranger.publish(redis_bell.channel, rubbish)
        redis_bell.ring(["firm:2"])
        assert heard.get(timeout=PATIENCE) == {"firm:2"}


def _cut_listener(admin: Redis, channel: str) -> int:
    """Kill this bell's own subscription and nobody else's."""
    ours = [
        client["id"]
        for client in admin.client_list(_type="pubsub")
        if client["name"] == "portal-bell" and client["db"] == channel.rsplit(":", 1)[1]
    ]
    return sum(admin.client_kill_filter(_id=one) for one in ours)


def _rings(bell: RedisBell, heard: queue.Queue[frozenset[str]]) -> bool:
    bell.ring(["request:8"])
    try:
        return heard.get(timeout=0.1) == {"request:8"}
    except queue.Empty:
        return False
