"""Timelines: what happened, by day, newest first, in the reader's words (8.3)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from portal_app import services
from portal_app.models import Activity
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.work import timeline_views
from portal_app.services.work.timeline_views import WORDS, Moment
from portal_app.text import use_locale
from portal_app.work import reading
from tests.services.sends import sent
from tests.world import World

SERVICES = Path(services.__file__).parent
NOTING = {"note", "record", "dispatch.tell", "_record", "_link", "_note"}


def noted_kinds() -> set[str]:
    """Every kind of activity that a service writes by name."""
    found: set[str] = set()
    for path in SERVICES.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and NOTING & _names(call.func):
                found |= {
                    one.value
                    for one in call.args
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return {kind for kind in found if "_" in kind and ":" not in kind}


def _names(func: ast.expr) -> set[str]:
    """What is called, by its own name and with its module's."""
    return {ast.unparse(func), func.attr} if isinstance(func, ast.Attribute) else {getattr(func, "id", "")}


def happened(world: World, client: Any, kind: str, **more: Any) -> Activity:
    """One activity of a client, now."""
    return world.put(
        Activity(firm_id=client.firm_id, client_id=client.id, kind=kind, at=world.clock.now(), **more)
    )


def moments(world: World, client: Any) -> list[Moment]:
    """The client's timeline."""
    with reading(world.ports, world.staff) as work:
        return list(timeline_views.of_client(work, world.firm, client.id))


def test_8_3_everything_that_services_note_has_words() -> None:
    assert {"client_added", "task_completed", "request_withdrawn"} <= noted_kinds()
    assert noted_kinds() - set(WORDS) == set()


def test_8_3_days_stand_above_their_first_entry_in_the_firms_own_zone(world: World) -> None:
    client = world.new_client()
    world.clock.move_to("2026-03-01T23:30", zone="America/Toronto")
    happened(world, client, "client_added", staff_id=world.owner.id)
    world.clock.advance(hours=1)
    happened(world, client, "work_added", staff_id=world.owner.id, facts={"title": "2025 return"})
    world.clock.advance(minutes=1)
    happened(world, client, "work_completed", staff_id=world.owner.id)

    assert [(one.day, one.what, one.when) for one in moments(world, client)] == [
        ("Today", "completed the work", "00:31"),
        ("", "created 2025 return", "00:30"),
        ("Yesterday", "added the client", "23:30"),
    ]

    world.clock.advance(days=400)
    assert [one.day for one in moments(world, client)] == [
        "2\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026", "", "1\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026",
    ]  # fmt: skip


def test_8_3_it_says_whose_act_it_was(world: World) -> None:
    client = world.new_client()
    nadia = world.new_contact(client, "Nadia Haddad")
    about = {"staff_id": world.owner.id, "contact_id": nadia.id}
    happened(
        world, client, "request_sent", **about, facts={"title": "Year-end documents", "to": "Nadia Haddad"}
    )
    happened(world, client, "task_completed", contact_id=nadia.id, facts={"title": "Bank statements"})
    happened(world, client, "mail_failed", contact_id=nadia.id, facts={"to": "nadia@x.example"})

    assert [(one.who, one.what) for one in reversed(moments(world, client))] == [
        ("Sophie Ouellet", "sent Year-end documents to Nadia Haddad"),
        ("Nadia Haddad", "completed Bank statements"),
        ("", "E-mail to nadia@x.example came back"),
    ]


@pytest.mark.parametrize("kind", ["send_held", "send_by_hand", "link_expired", "reminder_limit_reached"])
def test_8_3_what_nobody_did_names_nobody(world: World, kind: str) -> None:
    client = world.new_client()
    happened(world, client, kind, contact_id=world.new_contact(client).id, facts={"title": "Documents"})

    assert moments(world, client)[0].who == ""


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", sorted(WORDS))
def test_8_3_every_kind_is_told_even_without_facts(kind: str, language: str) -> None:
    _drawing, words = WORDS[kind]
    with use_locale(language):
        assert "{" not in words({})
        assert words(
            {"title": "T", "name": "N", "to": ["a", "b"], "count": 2, "is_late": True, "is_note": True}
        )


def test_8_3_only_so_much_is_shown(world: World) -> None:
    client = world.new_client()
    for _number in range(timeline_views.SHOWN + 1):
        happened(world, client, "signed_in")
        world.clock.advance(seconds=1)

    shown = moments(world, client)

    newest = max(world.all(Activity), key=lambda row: row.at)
    assert len(shown) == timeline_views.SHOWN
    assert shown[0].key == newest.id.hex


def test_8_3_the_unknown_is_left_out(world: World) -> None:
    client = world.new_client()
    happened(world, client, "something_from_a_later_version")

    assert moments(world, client) == []


def test_8_3_who_opened_a_task_handed_over_is_the_only_one_named(world: World) -> None:
    client = world.new_client()
    giver = world.new_contact(client, "Marie Roy")
    happened(
        world,
        client,
        "hand_over_opened",
        contact_id=giver.id,
        facts={"title": "T4 slips", "to": "Paul Cyr"},
    )

    [opened] = moments(world, client)

    assert (opened.who, opened.what) == ("", "Paul Cyr opened T4 slips, handed over")


def test_8_6_15_6_a_send_whose_email_waits_is_not_called_sent(world: World) -> None:
    client = world.new_client()
    request = world.draft_request(client, to=[world.new_contact(client, "Nadia Haddad")])
    sent(world, request)

    def told() -> list[str]:
        return [one.what for one in moments(world, client) if "to Nadia Haddad" in one.what]

    assert told() == ["asked to send Documents for 2025 to Nadia Haddad"]
    deliver_outbox(world.ports)
    assert "sent Documents for 2025 to Nadia Haddad" in told()
    assert not any(one.startswith("asked") for one in told())
