"""Reminders over a simulated year, against the reference (7.1 to 7.14, faults 25, 26, 29)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal_app.models import Reminder
from tests.simulation.year import Year
from tests.world import World

SIZE = {"CLIENTS": "300", "REQUESTS": "3000", "SEED": "2026"}


def lived(engine: Engine, folder: Path, seed: int, **size: int) -> Year:
    year = Year(World(engine, folder), seed=seed, **size)
    year.live()
    return year


def check(year: Year) -> None:
    expected, found = year.expected(), year.found()
    for key in expected.keys() | found.keys():
        assert found.get(key) == expected.get(key), year.story(key[0])
    days = [(row.recipient_id, row.reminded_on) for row in year.world.all(Reminder)]
    assert len(days) == len(set(days))
    left = sum(year.moods.reminders.values())
    assert left == sum(len(one) for one in expected.values())
    assert left > len(year.requests) // 4, "a year without reminders proves nothing"


@pytest.mark.timeout(1500)
def test_7_a_small_firms_spring_has_every_reminder_where_the_reference_says(
    engine: Engine, tmp_path: Path
) -> None:
    check(lived(engine, tmp_path, 1, clients=6, requests=25, days=45))


@pytest.mark.year
@pytest.mark.timeout(7200)
def test_7_a_whole_year_with_two_timetables_has_every_reminder_where_the_reference_says(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    clients, requests, seed = (
        int(os.environ.get(f"PORTAL_YEAR_{name}", size)) for name, size in SIZE.items()
    )
    check(lived(sqlite_engine, tmp_path, seed, clients=clients, requests=requests))
