"""The management page's search finds what looking at every client finds, however it goes about it (2.5)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from portal_app.domain.names import name_key
from portal_app.domain.standings import words_of
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    ClientStanding,
    Contact,
    Firm,
    PortalAccess,
    PortalAccount,
)
from portal_app.models.standings import NEVER
from portal_app.services.portal import places, portal_search, words
from portal_app.services.portal.places import Filters
from portal_app.work import Work, reading
from tests.world import World

CLIENTS = 70
QUERIES = 40
NAMES = ("Ana", "Anaïs", "Anatole", "Andrée", "Bo", "Boulangerie", "Bouchard", "Côté", "Cotnoir", "l'Atelier")
ASKED_FOR = (
    "a",
    "an",
    "ana",
    "anat",
    "b",
    "bou",
    "cot",
    "cote",
    "ate",
    "l'at",
    "no",
    "20",
    "202",
    "x.example",
    "zz",
)
WAYS = {
    "as it is": {},
    "every word is common": {"FEW": 0, "MANY": 5, "ASKED": 4, "COUNTED": 4, "MERGED": 8},
    "one form at a time": {"FEW": 0, "MANY": 1, "ASKED": 1, "MERGED": 1},
    "the list is walked to its end": {"FEW": 1, "MANY": 1, "ASKED": 1_000, "MERGED": 1},
    "everything is put in order": {"FEW": 1_000, "MANY": 1_000, "ASKED": 2, "COUNTED": 2, "MERGED": 1},
}
"""What the search is made to think few and many are."""


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_search, "PAGE", 7)
    for name, number in WAYS[request.param].items():
        monkeypatch.setattr(words if name in ("MANY", "MERGED") else portal_search, name, number)


@pytest.mark.usefixtures("way")
def test_2_5_search_filters_and_orders_find_what_looking_at_every_client_finds(world: World) -> None:
    chance = random.Random(20_5)
    staff = [world.owner.id, world.new_staff("Karim Benali").id]
    fill(world, chance, staff)
    clients, found = known(world), 0
    for number in range(QUERIES):
        if number == QUERIES * 3 // 4:
            world.change(world.firm, portal_on_at=None)
        wanted = asked(chance, staff)
        with reading(world.ports, world.staff) as work:
            firm = work.session.get_one(Firm, world.firm.id)
            truth = looked_through(clients, work, firm, wanted)
            assert walked(work, firm, wanted, len(truth)) == truth, wanted
            search = portal_search.search(work, firm, replace(wanted, order=""))
            by_name = looked_through(clients, work, firm, replace(wanted, order=""))
            assert portal_search.every(work, search) == by_name, wanted
        found += bool(truth)
    assert found > QUERIES // 3


def walked(work: Work, firm: Firm, wanted: Filters, matching: int) -> list[UUID]:
    """The ids of every page, one after the other; each page tells how many there are."""
    seen: list[UUID] = []
    for _page in range(CLIENTS):
        search = portal_search.search(work, firm, wanted)
        ids = portal_search.page(work, search)
        found = portal_search.count(work, search, ids)
        assert found.number == matching if found.is_all else found.number < matching, wanted
        seen += ids[: portal_search.PAGE]
        if len(ids) <= portal_search.PAGE:
            break
        wanted = replace(wanted, after=str(seen[-1]))
    return seen


@dataclass(frozen=True)
class Known:
    """A listed client, its words, and who looks after it."""

    row: ClientStanding
    words: frozenset[str]
    staff: frozenset[UUID]


def known(world: World) -> list[Known]:
    people = {one.id: one for one in world.all(Contact) if one.archived_at is None}
    standings = {row.id: row for row in world.all(ClientStanding)}
    texts: dict[UUID, list[str]] = defaultdict(list)
    staff: dict[UUID, set[UUID]] = defaultdict(set)
    for link in world.all(ClientContact):
        one = people.get(link.contact_id)
        texts[link.client_id] += [one.name, one.email] if one else []
    for row in world.all(ClientAssignment):
        staff[row.client_id].add(row.staff_id)
    return [
        Known(
            standings[client.id],
            words_of(client.name, client.number, *texts[client.id]),
            frozenset(staff[client.id]),
        )
        for client in world.all(Client)
        if client.firm_id == world.firm.id and client.archived_at is None
    ]


def looked_through(clients: Sequence[Known], work: Work, firm: Firm, wanted: Filters) -> list[UUID]:
    """The same by looking at each client."""
    staff = str(work.actor.staff_id) if wanted.assigned == places.ME else wanted.assigned
    found = [
        one.row
        for one in clients
        if all(any(word.startswith(text) for word in one.words) for text in name_key(wanted.search).split())
        and stands(firm, one.row, wanted)
        and (not staff or UUID(staff) in one.staff)
    ]
    is_by_seen = wanted.order.startswith("seen")
    found.sort(
        key=lambda row: (row.last_sign_in_at if is_by_seen else NEVER, row.name_key, row.id),
        reverse=wanted.order.endswith("down"),
    )
    return [row.id for row in found]


def stands(firm: Firm, row: ClientStanding, wanted: Filters) -> bool:
    is_on = row.is_on and firm.portal_on_at is not None
    status = row.status.value
    if status == "activated" and firm.portal_on_at is None:
        status = "none"
    return (
        wanted.status in ("", status)
        and wanted.portal in ("", "on" if is_on else "off")
        and (wanted.level != "full" or row.has_full)
        and (wanted.level != "limited" or row.has_limited)
        and (wanted.seen != "never" or row.last_sign_in_at == NEVER)
        and (not wanted.seen.startswith("2026") or f"{row.last_sign_in_at:%Y-%m-%d}" < wanted.seen)
    )


def asked(chance: random.Random, staff: Sequence[UUID]) -> Filters:
    """Some words, and now and then some filters."""

    def maybe(*values: str) -> str:
        return chance.choice([*values, *[""] * (2 * len(values))])

    return Filters(
        search=" ".join(chance.choices(ASKED_FOR, k=chance.choice((0, 1, 1, 2, 2, 3)))),
        status=maybe("activated", "pending", "none"),
        portal=maybe("on", "off"),
        level=maybe("full", "limited"),
        seen=maybe("never", "2026-02-20"),
        assigned=maybe("me", *map(str, staff)),
        order=chance.choice(places.ORDERS),
    )


def fill(world: World, chance: random.Random, staff: Sequence[UUID]) -> None:
    """Clients of all kinds, some of one name; and another firm with the same."""
    rival = world.new_firm("Other", "other")
    with world.ports.sessions.writing() as session:
        for number in range(CLIENTS):
            firm_id = rival.id if number % 10 == 9 else world.firm.id
            name = " ".join(chance.choices(NAMES, k=2))
            client = Client(
                firm_id=firm_id,
                created_at=world.clock.now(),
                name=name,
                name_key=name_key(name),
                number=chance.choice(("", f"2026-{number:03}")),
                kind=ClientKind.ORGANIZATION,
                portal_on_at=chance.choice((None, world.clock.now())),
                archived_at=chance.choice((None, None, None, world.clock.now())),
            )
            session.add(client)
            session.flush()
            for staff_id in chance.sample(staff, k=chance.choice((0, 1, 2)) if firm_id != rival.id else 0):
                session.add(ClientAssignment(firm_id=firm_id, client_id=client.id, staff_id=staff_id))
            for person in range(chance.choice((0, 1, 3))):
                email = f"{chance.choice(NAMES)}{number}.{person}@x.example".casefold()
                add_contact(world, chance, session, client, email)
        session.commit()


def add_contact(world: World, chance: random.Random, session: Session, client: Client, email: str) -> None:
    """Somebody with or without access, who signed in lately, long ago or never."""
    own: dict[str, Any] = {"firm_id": client.firm_id, "created_at": world.clock.now()}
    contact = Contact(
        name=chance.choice(NAMES),
        email=email,
        email_key=email,
        locale="fr",
        archived_at=chance.choice((None, None, None, world.clock.now())),
        **own,
    )
    session.add(contact)
    session.flush()
    session.add(ClientContact(client_id=client.id, contact_id=contact.id, **own))
    if status := chance.choice((None, AccessStatus.GIVEN, AccessStatus.INVITED, AccessStatus.ACCEPTED)):
        access = PortalAccess(
            client_id=client.id,
            contact_id=contact.id,
            status=status,
            level=chance.choice((AccessLevel.FULL, AccessLevel.LIMITED)),
            invited_at=world.clock.now(),
            **own,
        )
        session.add(access)
    if status is AccessStatus.ACCEPTED:
        seen = world.clock.now() - timedelta(days=chance.choice((1, 2, 20)))
        session.add(PortalAccount(contact_id=contact.id, last_sign_in_at=chance.choice((seen, None)), **own))
