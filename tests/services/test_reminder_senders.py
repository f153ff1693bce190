"""Whose name a reminder bears: who sent it last, or their successor (7.15)."""

from __future__ import annotations

from portal_app.models import WorkItem
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from tests.services.posted import parsed, text_of
from tests.services.reminded import out, run
from tests.world import World


def test_7_15_it_goes_out_in_the_name_of_who_sent_last_or_their_successor(world: World) -> None:
    request = out(world)
    successor = world.new_staff("Karim Benali")
    run(world, "2026-03-03T08:00")
    world.change(world.owner, deactivated_at=world.clock.now(), successor_id=successor.id)
    run(world, "2026-03-04T08:00")
    assert [parsed(mail)["From"].split("<")[0].strip() for mail in world.mail.sent] == [
        "Sophie Ouellet",
        "Karim Benali",
    ]
    assert "Karim Benali" in text_of(world.mail.sent[1])
    assert request


def names(world: World) -> list[str]:
    """In whose names what left was sent."""
    return [parsed(mail)["From"].split("<")[0].strip() for mail in world.mail.sent]


def test_7_15_who_resent_it_last_is_whose_reminder_it_is(world: World) -> None:
    request = out(world)
    karim = world.new_staff("Karim Benali")
    world.change(world.all(WorkItem)[0], assignee_id=world.new_staff("Ada Assignee").id)
    sending.resend_request(world.ports, world.actor(karim), request.id, None, "again")
    deliver_outbox(world.ports)
    world.mail.sent.clear()

    run(world, "2026-03-03T08:00")

    assert names(world) == ["Karim Benali"]
    reply = parsed(world.mail.sent[0])
    assert karim.email in (reply["Reply-To"] or reply["From"])


def test_7_15_a_successor_who_left_too_has_a_successor(world: World) -> None:
    out(world)
    last = world.new_staff("Lea Last")
    karim = world.new_staff("Karim Benali", deactivated_at=world.clock.now(), successor_id=last.id)
    world.change(world.owner, deactivated_at=world.clock.now(), successor_id=karim.id)

    run(world, "2026-03-03T08:00")

    assert names(world) == ["Lea Last"]


def test_7_15_a_digest_bears_one_name_and_what_another_sent_comes_apart(world: World) -> None:
    world.change(world.firm, reminders_together_at=world.clock.now())
    client = world.new_client()
    person = world.new_contact(client, "Marie Gagnon")
    out(world, client=client, to=[person])
    other = out(world, client=client, to=[person], name="Second")
    karim = world.new_staff("Karim Benali")
    world.change(other, sent_by_staff_id=karim.id)

    run(world, "2026-03-03T08:00")

    assert sorted(names(world)) == ["Karim Benali", "Sophie Ouellet"]
