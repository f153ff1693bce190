"""The outbox: urgent ones first, the rest evenly, each once, and none held up by another (15.2, 15.5)."""

from __future__ import annotations

import threading
from dataclasses import replace

from portal_app.domain.actors import Kind
from portal_app.domain.outbox import Urgency
from portal_app.models import Contact, MailPhase, OutboxMail
from portal_app.ports import MailRefused
from portal_app.services.links import access_links, my_links
from portal_app.services.mail.outbox import BATCH, deliver_outbox
from portal_app.services.sign_in import sign_ups
from portal_app.services.sign_in.accounts import Entrance, Visit
from portal_app.settings import Settings
from tests.services.link_story import STRANGER, Story
from tests.services.sends import sent
from tests.world import World


def test_codes_and_access_links_leave_before_everything_else_that_waits(world: World) -> None:
    """15.5."""
    for number in range(3):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    last = world.all(OutboxMail)[-1]
    world.change(last, urgency=0)

    deliver_outbox(world.ports)

    assert world.mail.sent[0].recipient == last.recipient


def test_15_5_what_somebody_waits_for_before_a_screen_leaves_before_what_waited_longer(world: World) -> None:
    world.change(world.firm, portal_on_at=world.clock.now())
    story = Story(world)
    person = world.all(Contact, id=story.recipient.contact_id)[0]
    before = len(world.mail.sent)
    world.clock.advance(minutes=2)
    client = world.new_client("Later inc.")
    sent(world, world.draft_request(client, to=[world.new_contact(client, "Jean Roy")]))
    entrance, visit = Entrance(Kind.CLIENT, world.firm.id), Visit(address="192.0.2.7", browser="")

    access_links.send_access_link(world.ports, STRANGER, story.token)
    world.clock.advance(minutes=2)
    my_links.send_my_links(world.ports, entrance, person.email, visit)
    sign_ups.ask_sign_up(world.ports, entrance, person.email, visit)
    deliver_outbox(world.ports)

    urgent = {row.event for row in world.all(OutboxMail, urgency=Urgency.NOW)}
    assert urgent == {"access_link", "my_links", "sign_up"}
    assert [letter.recipient for letter in world.mail.sent[before:]] == [person.email] * 3 + [
        "jean.roy@client.example"
    ]


def test_the_rest_leaves_evenly_within_the_firms_limit_and_nothing_is_lost(world: World) -> None:
    """15.5: with 12 a minute, two in ten seconds; an access link does not wait for the limit."""
    for number in range(5):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    world.change(world.all(OutboxMail)[-1], urgency=0)
    limited = Settings(
        _env_file=None,
        demo=True,
        data_dir=world.settings.data_dir,
        smtp_host="mail.example",
        mail_per_minute=12,
    )
    ports = replace(world.ports, settings=limited)

    assert deliver_outbox(ports) == 3
    left = [row for row in world.all(OutboxMail) if row.phase is MailPhase.QUEUED]
    assert len(left) == 2
    assert all(row.tries == 0 for row in left)


def test_15_5_a_firms_own_limit_is_kept_and_holds_up_no_other_firm(world: World) -> None:
    """Two a minute is one every thirty seconds, and what waits keeps its order."""
    for number in range(3):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    other = world.new_firm("Other CPA", slug="other")
    world.change(world.firm, mail_per_minute=2)
    world.change(world.all(OutboxMail)[2], firm_id=other.id)
    limited = Settings(_env_file=None, demo=True, data_dir=world.settings.data_dir, smtp_host="mail.example")
    ports = replace(world.ports, settings=limited)

    assert deliver_outbox(ports) == 2
    assert [letter.recipient for letter in world.mail.sent] == [
        "person.0@client.example",
        "person.2@client.example",
    ]
    assert deliver_outbox(ports) == 0
    world.clock.advance(seconds=30)
    assert deliver_outbox(ports) == 1


def test_15_5_never_more_than_the_limit_in_a_minute_wherever_it_begins(world: World) -> None:
    """The last ten seconds of one minute and the first of the next have a share each; both lie in one minute."""
    for number in range(3):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    world.change(world.firm, mail_per_minute=1)
    limited = Settings(_env_file=None, demo=True, data_dir=world.settings.data_dir, smtp_host="mail.example")
    ports = replace(world.ports, settings=limited)

    assert deliver_outbox(ports) == 1
    world.clock.advance(seconds=60)  # the machine's minute is still the same
    assert deliver_outbox(ports) == 0
    ports.limiter.clear(f"mail:{world.firm.id}", "1/minute")
    assert deliver_outbox(ports) == 1


def test_15_5_a_long_queue_beyond_the_limit_is_left_as_it_lies(world: World) -> None:
    """More than two batches wait: the run looks at one, and writes only what it sends."""
    client = world.new_client()
    sent(world, world.draft_request(client, to=[world.new_contact(client)]))
    first = world.all(OutboxMail)[0]
    for number in range(BATCH * 2):
        world.put(
            OutboxMail(
                **first.model_dump(exclude={"id", "dedupe_key", "message_id"}),
                dedupe_key=f"more:{number}",
                message_id=f"<{number}@test>",
            )
        )
    before = {row.id: row.next_try_at for row in world.all(OutboxMail)}
    limited = Settings(
        _env_file=None,
        demo=True,
        data_dir=world.settings.data_dir,
        smtp_host="mail.example",
        mail_per_minute=6,
    )

    assert deliver_outbox(replace(world.ports, settings=limited)) == 1
    left = [row for row in world.all(OutboxMail) if row.phase is MailPhase.QUEUED]
    assert len(left) == BATCH * 2
    assert all(row.next_try_at == before[row.id] and row.lease_owner is None for row in left)


def test_fault_25_two_workers_at_once_send_each_email_once(world: World) -> None:
    for number in range(12):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    start = threading.Barrier(3)
    counted: list[int] = []

    def work() -> None:
        start.wait()
        counted.append(deliver_outbox(world.ports))

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counted) == 12
    assert len({letter.recipient for letter in world.mail.sent}) == len(world.mail.sent) == 12


def test_one_bad_email_does_not_hold_up_the_others(world: World) -> None:
    for number in range(3):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    spoilt = world.all(OutboxMail)[1]
    world.change(spoilt, sealed=b"not what it was")

    assert deliver_outbox(world.ports) == 2
    assert world.get(spoilt).phase is MailPhase.FAILED


def test_a_fault_of_ours_holds_up_one_email_alone_and_that_is_found_again(world: World) -> None:
    for number in range(3):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    world.mail.script = [None, RuntimeError("a fault of ours"), None]

    assert deliver_outbox(world.ports) == 2
    assert [row.phase for row in world.all(OutboxMail)].count(MailPhase.TRANSMITTING) == 1

    world.clock.advance(minutes=6)
    deliver_outbox(world.ports)
    world.clock.advance(minutes=2)
    assert deliver_outbox(world.ports) == 1


def test_when_the_line_breaks_for_good_the_rest_waits_untried(world: World) -> None:
    for number in range(6):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    broken = MailRefused("SMTPServerDisconnected", is_final=False)
    world.mail.script = [None, broken, broken, broken, None, None]

    assert deliver_outbox(world.ports) == 1

    rows = world.all(OutboxMail)
    assert sorted(row.tries for row in rows) == [0, 0, 0, 1, 1, 1]
    assert {row.phase for row in rows} == {MailPhase.SENT, MailPhase.QUEUED}
    assert deliver_outbox(world.ports) == 2
