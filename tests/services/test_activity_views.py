"""The activity feed over the firm: all of it, narrowed by its address, page by page, and no other firm's (8.3)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.models import Activity, AuditEntry, Client
from portal_app.services.work import activity_export
from portal_app.services.work.activity_export import activity_lines, begin_export
from portal_app.services.work.activity_views import PAGE, PREFIXES, Feed, Filters, activity_feed, kinds_of
from portal_app.services.work.timeline_views import WORDS
from portal_app.text import use_locale
from tests.fakes import START
from tests.world import World


def happened(world: World, client: Client, kind: str = "client_added", **more: Any) -> Activity:
    return world.put(
        Activity(
            firm_id=client.firm_id,
            client_id=client.id,
            kind=kind,
            at=more.pop("at", world.clock.now()),
            staff_id=more.pop("staff_id", world.owner.id),
            facts=more.pop("facts", {"title": "2025 return", "name": "Marie"}),
            **more,
        )
    )


def feed(world: World, **wanted: str) -> Feed:
    return activity_feed(world.ports, world.staff, Filters(**wanted))


def test_8_3_the_feed_tells_who_did_what_when_and_with_which_client(world: World) -> None:
    client = world.new_client("Gagnon Inc.")
    happened(world, client)
    (row,) = feed(world).rows

    assert (row.who, row.what, row.client) == ("Sophie Ouellet", "added the client", "Gagnon Inc.")
    assert (row.day, row.href) == ("Today", f"/staff/clients/{client.id}")
    with use_locale("fr"):
        assert feed(world).rows[0].day == "Aujourd’hui"


def test_8_3_it_is_narrowed_by_kind_client_staff_and_days_of_the_firms_zone(world: World) -> None:
    karim = world.new_staff("Karim Benali")
    one, two = world.new_client("One"), world.new_client("Two")
    late = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)  # still the first of March in Toronto
    happened(world, one, "file_uploaded", at=late)
    happened(world, two, "work_added", staff_id=karim.id)

    assert [row.client for row in feed(world).rows] == ["Two", "One"]
    assert [row.client for row in feed(world, kind="files").rows] == ["One"]
    assert [row.client for row in feed(world, client=str(two.id)).rows] == ["Two"]
    assert [row.client for row in feed(world, staff=str(karim.id)).rows] == ["Two"]
    assert [row.client for row in feed(world, until="2026-03-01").rows] == ["One"]
    assert [row.client for row in feed(world, since="2026-03-02").rows] == ["Two"]
    assert feed(world, client=str(two.id)).client_name == "Two"


def test_8_3_a_contact_has_a_timeline_of_their_own(world: World) -> None:
    client = world.new_client("Gagnon inc.")
    nadia, paul = world.new_contact(client, "Nadia Haddad"), world.new_contact(client, "Paul Roy")
    for person in (nadia, paul):
        happened(world, client, "link_claimed", contact_id=person.id)
    stranger = world.new_firm("Another", slug="another")
    foreign = world.new_contact(
        world.new_client("Elsewhere", firm=stranger), "Eve Else", email="eve@x.example"
    )

    page = feed(world, contact=str(nadia.id))

    assert [row.who for row in page.rows] == ["Nadia Haddad"]
    assert page.contact_name == "Nadia Haddad"
    assert (feed(world, contact=str(foreign.id)).rows, feed(world, contact=str(foreign.id)).contact_name) == (
        (),
        "",
    )


def test_8_3_what_an_address_says_and_is_no_filter_breaks_nothing(world: World) -> None:
    happened(world, world.new_client())
    for odd in ("x", "9999-99-99", "0001-01-01", "\n", "~", "2026-03-02T00:00:00~zz"):
        assert len(feed(world, since=odd, until=odd, client=odd, staff=odd, after=odd).rows) == 1


def test_8_3_pages_follow_one_another_without_gap_or_repeat_also_at_one_moment(world: World) -> None:
    client = world.new_client()
    for number in range(PAGE + 7):
        happened(world, client, at=START + timedelta(seconds=number // 10))
    first = feed(world)
    second = feed(world, after=first.next_after)
    keys = [row.key for row in (*first.rows, *second.rows)]

    assert (len(first.rows), len(second.rows), second.next_after) == (PAGE, 7, "")
    assert len(set(keys)) == PAGE + 7


def test_8_3_another_firms_activity_is_never_told(world: World) -> None:
    other = world.new_firm("Other CPA", slug="other")
    rival = world.new_staff("Rival", role=Role.OWNER, firm=other)
    abroad = world.new_client("Abroad", firm=other)
    happened(world, abroad, staff_id=rival.id)
    mine = happened(world, world.new_client("Mine"))
    world.change(mine, client_id=abroad.id)

    assert [row.client for row in feed(world).rows] == [""]
    asked = feed(world, client=str(abroad.id))
    assert asked.client_name == ""
    assert feed(world, staff=str(rival.id)).rows == ()


def test_8_3_clients_have_no_feed(world: World) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)
    with pytest.raises((NotFound, SignInNeeded)):
        activity_feed(world.ports, world.signed_in(contact), Filters())


def test_8_3_every_group_of_kinds_has_some_that_are_told() -> None:
    for group in PREFIXES:
        assert kinds_of(group)
    assert kinds_of("") == list(WORDS)


def exported(world: World, actor: Actor | None = None, **wanted: str) -> list[list[str]]:
    """The cells of the file, line by line."""
    text = "".join(activity_lines(world.ports, actor or world.staff, Filters(**wanted)))
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_8_3_and_14_1_the_feed_is_exported_whole_and_as_it_is_narrowed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_export, "BATCH", 3)
    one, two = world.new_client("One"), world.new_client("Two")
    for number in range(7):
        happened(world, one if number % 2 else two, at=START + timedelta(minutes=number // 2))

    names, *rows = exported(world)
    assert names == ["Time", "Who", "What", "Client", "E-mail"]
    assert len(rows) == 7
    assert rows[0] == ["2026-03-02 09:03:00-05:00", "Sophie Ouellet", "added the client", "Two", ""]
    assert [row[3] for row in exported(world, client=str(one.id), after="x")[1:]] == ["One"] * 3


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_asvs_39_no_cell_of_an_export_is_a_formula(world: World, typed: str) -> None:
    client = world.new_client(typed)
    happened(world, client, "contact_added", facts={"name": typed})
    happened(world, client, facts={"name": 'Say "x", twice\nover'})

    _names, second, first = exported(world)

    assert first[3].startswith("'")
    assert first[3].removeprefix("'") == typed
    assert first[2] == f"added {typed}"
    assert second[2] == "added the client"


def test_1_16_only_who_may_export_does_and_it_is_written_down(world: World) -> None:
    client = world.new_client("One")
    happened(world, client)
    member = world.actor(world.new_staff("Karim Benali"))
    assert feed(world).can_export
    assert not activity_feed(world.ports, member, Filters()).can_export

    with pytest.raises(NotFound):
        begin_export(world.ports, member, Filters())
    with pytest.raises(NotFound):
        exported(world, member)

    assert begin_export(world.ports, world.staff, Filters(client=str(client.id)))
    [entry] = world.all(AuditEntry, action="activity:exported")
    assert entry.facts == {"client": str(client.id)}


def test_8_3_another_firm_exports_nothing_of_this_one(world: World) -> None:
    happened(world, world.new_client("One"))
    other = world.new_firm("Firm", slug="firm")
    stranger = world.actor(world.new_staff("Ann Other", firm=other, role=Role.OWNER))

    assert len(exported(world, stranger)) == 1
