"""Management page (figure 9)

What a person does on the page with 100,000 clients, against the same with 1,000; first screen, search and sort against
100 as well, then the bytes of a page and of what is kept of it for a tab. On SQLite, in processor time;
`manage_postgres` is the same on PostgreSQL, in time that passed. Every client has two contacts; names, access and
sign-ins are spread alike in all. A page has 50 rows where that many match; *none* are looks that find nothing, which
cost least with few clients. Medians of interleaved runs.
"""

import pickle
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from reflex.utils import format
from sqlalchemy import insert
from sqlmodel import Session

from bench import Row, ratio
from bench._firm import settle
from portal_app.adapters.database import make_engine
from portal_app.domain.names import name_key
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    Contact,
    Firm,
    PortalAccess,
    PortalAccount,
    new_id,
)
from portal_app.services.portal import pending_views, portal_search, portal_views
from portal_app.services.portal.filling import fill_standings
from portal_app.services.portal.places import Filters
from portal_app.work import reading
from tests.migrate import upgrade
from tests.world import World

GOAL = 1.5
LEAST, SMALL, LARGE = SIZES = 100, 1_000, 100_000
FROM_LEAST = {
    "first screen, with the percentages": 1.1,
    "search for one client by its number": 2.0,
    "search for a word that all have": 2.0,
    "sort by last sign-in": 1.1,
}
"""Looks that are full with so few clients, and how many times as long they may take with many."""
BYTES = 20_000
RUNS = 25
HALF = "half"
"""Stands for the row in the middle of what is found."""
AT_ONCE = 1_000
GIVEN = ("Alice", "Benoît", "Chloé", "David", "Élise", "Farid", "Gilles", "Hélène", "Inès", "Jules")
FAMILY = (
    "Gagnon",
    "Côté",
    "Roy",
    "Bouchard",
    "Gauthier",
    "Morin",
    "Lavoie",
    "Fortin",
    "Ouellet",
    "Pelletier",
)
TRADE = ("Plomberie", "Boulangerie", "Clinique", "Garage", "Studio", "Ferme", "Atelier", "Librairie")
Look = Callable[[World], object]
STATUSES = (AccessStatus.ACCEPTED, AccessStatus.INVITED, AccessStatus.GIVEN, None)


def seed(world: World, clients: int) -> None:
    """Clients with two contacts each; a quarter accepted, invited, was given access, and has none."""
    numbers = range(clients)
    for start in numbers[::AT_ONCE]:
        rows = _rows(world, range(start, min(start + AT_ONCE, clients)))
        with Session(world.engine) as session:
            for kind, some in rows.items():
                session.execute(insert(kind), some)
            session.commit()
    is_postgres = world.engine.dialect.name == "postgresql"
    settle(world, "ANALYZE" if is_postgres else "PRAGMA wal_checkpoint(TRUNCATE)")
    fill_standings(world.ports)
    settle(world, "VACUUM ANALYZE" if is_postgres else "PRAGMA wal_checkpoint(TRUNCATE)")


def _rows(world: World, numbers: range) -> dict[type, list[dict[str, object]]]:
    now, firm_id = world.clock.now(), world.firm.id
    rows: dict[type, list[dict[str, object]]] = {
        kind: [] for kind in (Client, ClientAssignment, Contact, ClientContact, PortalAccess, PortalAccount)
    }
    for n in numbers:
        client_id, status = new_id(), STATUSES[n % 4]
        name = f"{TRADE[n % 8]} {FAMILY[(n // 8) % 10]} {GIVEN[(n // 80) % 10]} {n}"
        about = {"firm_id": firm_id, "created_at": now}
        rows[Client].append(
            {"id": client_id, "name": name, "name_key": name_key(name), "kind": ClientKind.ORGANIZATION}
            | {"number": f"{n:06}", "notes": "", "portal_on_at": now if n % 2 else None, **about}
        )
        rows[ClientAssignment].append(
            {
                "id": new_id(),
                "firm_id": firm_id,
                "client_id": client_id,
                "staff_id": world.owner.id,
                "position": 0,
            }
        )
        for k in range(2):
            contact_id, email = new_id(), f"person{n}.{k}@client{n % 500}.example"
            rows[Contact].append(
                {"id": contact_id, "name": f"{GIVEN[n % 10]} {FAMILY[(n + k) % 10]}", "email": email}
                | {"email_key": email, "phone": "", "locale": "fr", "bounce_text": "", **about}
            )
            rows[ClientContact].append(
                {"id": new_id(), "client_id": client_id, "contact_id": contact_id, "title": "", **about}
            )
            if status is not None and k == 0:
                rows[PortalAccess].append(
                    {"id": new_id(), "client_id": client_id, "contact_id": contact_id, "status": status}
                    | {"level": AccessLevel.LIMITED, "invited_at": now - timedelta(minutes=n), **about}
                )
                if status is AccessStatus.ACCEPTED:
                    rows[PortalAccount].append(
                        {"id": new_id(), "contact_id": contact_id, "totp_step": 0}
                        | {"last_sign_in_at": now - timedelta(minutes=n), **about}
                    )
    return rows


def looks() -> dict[str, Look]:
    """What a person does on the page."""
    return {
        "first screen, with the percentages": _clients(),
        "search for one client by its number": _clients(search="000077"),
        "search for a word that one in eight has": _clients(search="clin"),
        "search for a word that all have": _clients(search="example"),
        "search for what thousands of words begin with": _clients(search="person1"),
        "search for two words": _clients(search="gag alice"),
        "search for three words that fill a page": _clients(search="gag person example"),
        "search for three words, one or two clients of a thousand": _clients(search="gag alice boul"),
        "search for two words, none": _clients(search="clin garage"),
        "a search, sorted by last sign-in": _clients(search="clin", order="seen_down"),
        "two words, sorted by last sign-in": _clients(search="gag alice", order="seen"),
        "a search, page in the middle": _clients(search="clin", after=HALF),
        "a search, filter: portal off": _clients(search="clin", portal="off"),
        "a search, filters: not activated, signed in before a date, mine": _clients(
            search="clin", status="none", seen="2026-02-01", assigned="me"
        ),
        "sort by last sign-in": _clients(order="seen_down"),
        "sort by last sign-in, page in the middle": _clients(order="seen", after=HALF),
        "filter: pending activation": _clients(status="pending"),
        "filter: pending activation, sorted by last sign-in": _clients(status="pending", order="seen_down"),
        "filter: full access, none": _clients(level="full"),
        "*Pending activation* tab": lambda world: pending_views.pending_view(
            world.ports, world.staff, Filters(tab="pending")
        ),
    }


def _clients(**wanted: str) -> Look:
    halves: dict[int, str] = {}

    def look(world: World) -> object:
        asked = Filters(**wanted)
        if asked.after == HALF:
            half = halves.get(id(world)) or halves.setdefault(id(world), _half(world, asked))
            asked = replace(asked, after=half)
        return portal_views.portal_view(world.ports, world.staff, asked)

    return look


def _half(world: World, asked: Filters) -> str:
    with reading(world.ports, world.staff) as work:
        firm = work.session.get_one(Firm, world.firm.id)
        ids = portal_search.every(work, portal_search.search(work, firm, asked))
    return str(ids[len(ids) // 2])


def measure() -> list[Row]:
    """All sizes in one run, one look after the other."""
    return measured("sqlite:///{folder}/portal.db")


def measured(url: str) -> list[Row]:
    """The same with databases at `url`, which names `{folder}` and `{clients}`."""
    with tempfile.TemporaryDirectory(prefix="comptoir-manage-") as folder:
        worlds = [_world(Path(folder) / str(size), size, url) for size in SIZES]
        found = [row for name, look in looks().items() for row in _rows_of(name, look, worlds)]
        found += _bytes(worlds)
        for world in worlds:
            world.engine.dispose()
    return found


def _bytes(worlds: list[World]) -> list[Row]:
    few, _some, many = (portal_views.portal_view(world.ports, world.staff, Filters()) for world in worlds)
    page = len(format.json_dumps(many).encode())
    kept, least = (len(pickle.dumps(view)) for view in (many, few))
    return [
        Row("a page, sent", f"{page / 1000:.1f} KB", "", f"≤ {BYTES // 1000} KB", page <= BYTES),
        Row(
            "a page, kept for its tab",
            f"{kept / 1000:.1f} KB, {ratio(kept, least)}",
            f"with {LEAST} clients: {least / 1000:.1f} KB",
            "≤ 1.1×",
            kept <= 1.1 * least,
        ),
    ]


def _world(folder: Path, size: int, url: str) -> World:
    folder.mkdir()
    engine = make_engine(url.format(folder=folder, clients=size))
    upgrade(engine)
    world = World(engine, folder)
    seed(world, size)
    return world


def _rows_of(name: str, look: Look, worlds: list[World]) -> list[Row]:
    runs = [[_seconds(look, world) for world in worlds] for _run in range(RUNS + 2)][2:]
    least, small, large = (statistics.median(run[which] for run in runs) for which in range(len(worlds)))
    found = [_row(name, large, SMALL, small, GOAL)]
    if name in FROM_LEAST:
        found.append(_row(name, large, LEAST, least, FROM_LEAST[name]))
    return found


def _row(name: str, large: float, clients: int, small: float, goal: float) -> Row:
    return Row(
        name,
        f"{1000 * large:.1f} ms, {ratio(large, small)}",
        f"with {clients:,} clients: {1000 * small:.1f} ms",
        f"≤ {goal}×",
        large <= goal * small,
    )


def _seconds(look: Look, world: World) -> float:
    """SQLite works in this process, so that its processor time tells the work whoever else is at work; a server's does not."""
    clock = time.perf_counter if world.engine.dialect.name == "postgresql" else time.process_time
    started = clock()
    look(world)
    return clock() - started
