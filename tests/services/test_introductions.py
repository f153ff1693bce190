"""The introduction e-mail: who gets it and who not, in the background, once each, and it can be stopped (1.12)."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from portal_app.domain.actors import Role
from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.jobs.timetable import TIMETABLE
from portal_app.models import AuditEntry, ClientContact, Contact, IntroductionPerson, MailPhase, OutboxMail
from portal_app.services.firm.firm_settings import change_setting
from portal_app.services.firm.frame_views import frame_view
from portal_app.services.mail.introduction_views import introduction_view
from portal_app.services.mail.introductions import (
    Audience,
    DryRun,
    cancel_introduction,
    dry_run,
    queue_introductions,
    start_introduction,
)
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.text import use_locale
from tests.world import World


def seen(world: World, **audience: str) -> DryRun:
    return dry_run(world.ports, world.staff, Audience(**audience))  # type: ignore[arg-type]


def names(found: DryRun) -> set[str]:
    return {row.name for row in found.rows if not row.why_not}


def start(world: World, *left_out: Contact, **audience: str) -> int:
    wanted = Audience(**audience)  # type: ignore[arg-type]
    return start_introduction(world.ports, world.staff, wanted, [one.id for one in left_out])


def three(world: World) -> list[Contact]:
    return [world.new_contact(world.new_client(f"Client {n}"), f"Person {n}") for n in range(3)]


def test_1_12_the_dry_run_says_who_gets_it_and_who_not_and_why(world: World) -> None:
    client = world.new_client("Gagnon Inc.")
    world.new_contact(client, "Reached")
    world.new_contact(client, "Silent", email="")
    world.new_contact(client, "Bounced", bounced_at=world.clock.now())
    world.new_contact(client, "Gone", archived_at=world.clock.now())
    world.new_contact(world.new_client("Old", archived_at=world.clock.now()), "Of an archived client")
    world.new_contact(world.new_client("Try", test_of_staff_id=world.owner.id), "Of a test client")
    other = world.new_firm("Other CPA", slug="other")
    world.new_contact(world.new_client("Abroad", firm=other), "Abroad")

    found = seen(world)

    assert {row.name: row.why_not for row in found.rows} == {
        "Reached": "",
        "Silent": "No e-mail address",
        "Bounced": "E-mails to this address came back",
    }
    assert found.gets == 1
    assert found.said == "1 person gets it. 2 do not, and their rows say why."
    with use_locale("fr"):
        assert seen(world).said == "1 personne le reçoit. 2 ne le reçoivent pas, et leur ligne dit pourquoi."
        assert seen(world).asks == "Elle part à 1 personne de la liste, sauf si vous l’avez décochée."


def test_1_12_the_selection_is_narrowed_by_portal_staff_and_name(world: World) -> None:
    karim = world.new_staff("Karim Benali")
    world.new_contact(world.new_client("Café Élan", portal_on_at=None), "Elise")
    world.new_contact(world.new_client("Boulangerie", assigned=karim), "Boris")

    assert names(seen(world, who="all")) == {"Elise", "Boris"}
    assert names(seen(world, who="portal_on")) == {"Boris"}
    assert names(seen(world, assigned=str(karim.id))) == {"Boris"}
    assert names(seen(world, search="cafe elan")) == {"Elise"}


def test_1_12_each_person_gets_one_email_in_their_language_from_who_sends_it(world: World) -> None:
    client = world.new_client("Gagnon Inc.")
    person = world.new_contact(client, "Luc", locale="fr")
    second = world.new_client("Roy Inc.")
    world.put(
        ClientContact(
            firm_id=world.firm.id, client_id=second.id, contact_id=person.id, created_at=world.clock.now()
        )
    )
    change_setting(world.ports, world.staff, "video_url", "https://video.example/portal")
    assert start(world) == 1
    assert world.all(OutboxMail) == [], "nothing leaves in the transaction that starts it"
    for _again in range(2):
        queue_introductions(world.ports)
        deliver_outbox(world.ports)

    (letter,) = world.mail.sent
    message = message_from_bytes(letter.message, policy=default)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Sophie Ouellet" in message["From"]
    assert "Bonjour Luc," in text
    assert "Gagnon Inc., Roy Inc." in text
    assert "https://video.example/portal" in text.splitlines()
    assert f"{world.settings.public_url}/f/tremblay/help" in text.splitlines()


def test_1_12_nobody_is_introduced_twice_unless_chosen_again(world: World) -> None:
    three(world)
    assert start(world) == 3
    queue_introductions(world.ports)
    with pytest.raises(RuleBroken):
        start(world, who="never")
    assert names(seen(world, who="never")) == set()
    assert start(world, who="all") == 3
    queue_introductions(world.ports)
    assert len({row.dedupe_key for row in world.all(OutboxMail)}) == len(world.all(OutboxMail)) == 6


def test_1_12_two_introductions_do_not_run_at_once(world: World) -> None:
    three(world)
    start(world)
    with pytest.raises(RuleBroken):
        start(world, who="all")


def test_1_12_whoever_is_unticked_gets_nothing(world: World) -> None:
    first, *_others = three(world)
    assert start(world, first) == 2
    queue_introductions(world.ports)
    assert "person.0@client.example" not in {row.recipient for row in world.all(OutboxMail)}


def test_1_12_one_bad_address_stops_nothing_and_what_changed_since_counts(world: World) -> None:
    bad, gone, good = three(world)
    start(world)
    world.change(bad, email="two@a.example, three@b.example")
    world.change(gone, archived_at=world.clock.now())
    queue_introductions(world.ports)

    assert [row.recipient for row in world.all(OutboxMail)] == ["person.2@client.example"]
    whys = {row.contact_id: row.why_not for row in world.all(IntroductionPerson)}
    assert whys == {bad.id: "bad_address", gone.id: "archived", good.id: ""}


def test_1_12_what_waits_can_be_stopped_and_what_left_stays(world: World) -> None:
    three(world)
    start(world)
    queue_introductions(world.ports)
    world.change(world.all(OutboxMail)[0], phase=MailPhase.SENT)
    made = world.all(IntroductionPerson)[0].introduction_id

    assert cancel_introduction(world.ports, world.staff, made) == 2
    assert cancel_introduction(world.ports, world.staff, made) == 0
    assert deliver_outbox(world.ports) == 0
    assert sorted(row.phase for row in world.all(OutboxMail)) == ["cancelled", "cancelled", "sent"]
    assert all(row.sealed is None for row in world.all(OutboxMail)[1:])


def test_1_12_stopped_before_the_job_ran_nothing_is_queued(world: World) -> None:
    three(world)
    start(world)
    assert (
        cancel_introduction(world.ports, world.staff, world.all(IntroductionPerson)[0].introduction_id) == 3
    )
    queue_introductions(world.ports)
    assert world.all(OutboxMail) == []


def test_1_12_the_progress_goes_on_whoever_looks(world: World) -> None:
    assert introduction_view(world.ports, world.staff).id == ""
    three(world)
    start(world)
    view = introduction_view(world.ports, world.staff)
    assert (view.is_under_way, view.done, view.total) == (True, 0, 3)

    queue_introductions(world.ports)
    deliver_outbox(world.ports)
    view = introduction_view(world.ports, world.actor(world.new_staff("Admin", role=Role.ADMIN)))
    assert (view.is_under_way, view.done, view.total, view.detail) == (False, 3, 3, "3 sent.")


def test_1_12_it_is_on_the_timetable_and_in_the_audit_log(world: World) -> None:
    assert "queue_introductions" in TIMETABLE
    three(world)
    start(world)
    assert [row.action for row in world.all(AuditEntry) if row.action.startswith("intro")] == [
        "introduction:started"
    ]


def test_1_16_introductions_are_for_admins_of_this_firm(world: World) -> None:
    three(world)
    start(world)
    made = world.all(IntroductionPerson)[0].introduction_id
    member = world.actor(world.new_staff("Karim Benali"))
    rival = world.actor(
        world.new_staff("Rival", role=Role.OWNER, firm=world.new_firm("Other CPA", slug="other"))
    )
    for call in (
        lambda: dry_run(world.ports, member, Audience()),
        lambda: start_introduction(world.ports, member, Audience(), []),
        lambda: introduction_view(world.ports, member),
        lambda: cancel_introduction(world.ports, member, made),
        lambda: cancel_introduction(world.ports, rival, made),
    ):
        with pytest.raises(NotFound):
            call()


def test_1_12_whoever_left_the_page_sees_how_far_it_is_on_every_other(world: World) -> None:
    three(world)
    member = world.actor(world.new_staff("Karim Benali"))
    assert frame_view(world.ports, world.staff).progress == ""
    start(world, who="all")

    assert frame_view(world.ports, world.staff).progress == "Introducing the portal: 0 of 3"
    assert frame_view(world.ports, member).progress == ""
    queue_introductions(world.ports)
    assert frame_view(world.ports, world.staff).progress == "Introducing the portal: 0 of 3"
    deliver_outbox(world.ports)
    assert frame_view(world.ports, world.staff).progress == ""
