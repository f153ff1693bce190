"""The outbox: each e-mail once, urgent ones first, and what becomes of those that do not leave (15.2, 15.5)."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal_app.domain.errors import BadInput
from portal_app.domain.lifecycle import State
from portal_app.domain.outbox import evenly
from portal_app.models import (
    Activity,
    Contact,
    Heartbeat,
    MailPhase,
    Notification,
    OutboxMail,
    Recipient,
    Task,
    WorkItem,
)
from portal_app.ports import Envelope, MailRefused, MailUnknown
from portal_app.services.mail import outgoing_mail
from portal_app.services.mail.outbox import BATCH, deliver_outbox
from portal_app.services.requests import sending
from portal_app.settings import Settings
from portal_app.work import reading
from tests.services.posted import parsed, token_in
from tests.services.test_sending import sent, state_of
from tests.world import World

BUSY = MailRefused("421 4.3.2 busy", code=421, is_final=False)
GREY = MailRefused("451 4.7.1 come back later", code=451, is_final=False)
NO_SUCH = MailRefused("550 5.1.1 no such user", code=550, is_final=True)
POLICY = MailRefused("550 5.7.1 relaying denied", code=550, is_final=True)


class Dead:
    """A mail server that nobody reaches."""

    def conversation(self) -> Any:
        raise MailRefused("ConnectionRefusedError: refused", is_final=False)


def with_mailer(world: World, mailer: object) -> Any:
    return replace(world.ports, mailer=mailer)


def mail_of(world: World) -> OutboxMail:
    rows = world.all(OutboxMail)
    assert len(rows) == 1
    return rows[0]


def test_fault_6_a_server_that_is_down_loses_nothing_and_calls_nothing_sent(world: World) -> None:
    request = world.draft_request()
    sent(world, request)
    down = with_mailer(world, Dead())

    assert deliver_outbox(down) == 0

    mail = mail_of(world)
    assert (mail.phase, mail.tries) == (MailPhase.QUEUED, 1)
    assert timedelta(seconds=7) <= mail.next_try_at - world.clock.now() <= timedelta(seconds=13)
    assert state_of(world, request) is State.NOT_SENT
    assert world.all(Notification) == []

    world.clock.advance(minutes=1)
    assert deliver_outbox(world.ports) == 1
    assert state_of(world, request) is State.SENT


def test_fault_6_the_wait_grows_to_half_an_hour_and_ends_after_a_day(world: World) -> None:
    request = world.draft_request()
    sent(world, request)
    down, waits = with_mailer(world, Dead()), []
    while mail_of(world).phase is MailPhase.QUEUED:
        deliver_outbox(down)
        waits.append(mail_of(world).next_try_at - world.clock.now())
        world.clock.moment = max(world.clock.moment, mail_of(world).next_try_at)

    assert mail_of(world).phase is MailPhase.FAILED
    assert timedelta(minutes=22) < max(waits) < timedelta(minutes=38)
    assert timedelta(hours=24) <= world.clock.now() - mail_of(world).queued_at < timedelta(hours=25)
    told = world.all(Notification)
    assert [(row.kind, row.staff_id) for row in told] == [("mail_failed", world.owner.id)]
    assert world.all(Contact)[0].bounced_at is None, "nobody said anything about the address"


def test_fault_7_an_unknown_outcome_is_sent_once_more_with_the_same_bytes(world: World) -> None:
    class Forgetful:
        """Takes everything, answers nothing."""

        def __init__(self) -> None:
            self.got: list[Envelope] = []

        def conversation(self) -> Any:
            return nullcontext(self)

        def offer(self, envelope: Envelope) -> None:
            return None

        def transmit(self, envelope: Envelope) -> str:
            self.got.append(envelope)
            raise MailUnknown("timed out")

    request = world.draft_request()
    sent(world, request)
    server = Forgetful()
    for _round in range(5):
        deliver_outbox(with_mailer(world, server))
        world.clock.advance(hours=1)

    assert len(server.got) == 2
    assert server.got[0].message == server.got[1].message
    assert parsed(server.got[0])["Message-ID"] == mail_of(world).message_id
    assert token_in(server.got[0]) == token_in(server.got[1])
    assert mail_of(world).phase is MailPhase.UNKNOWN
    assert state_of(world, request) is State.NOT_SENT
    assert [row.kind for row in world.all(Notification)] == ["mail_failed"]


def test_fault_8_a_worker_killed_after_data_leaves_an_unknown_outcome(world: World) -> None:
    """`transmitting` was committed before the first byte."""

    class Killed(BaseException):
        pass

    class Killer:
        def __init__(self) -> None:
            self.seen: list[MailPhase] = []

        def conversation(self) -> Any:
            return nullcontext(self)

        def offer(self, envelope: Envelope) -> None:
            self.seen.append(mail_of(world).phase)

        def transmit(self, envelope: Envelope) -> str:
            self.seen.append(mail_of(world).phase)
            raise Killed

    sent(world, world.draft_request())
    server = Killer()
    with pytest.raises(Killed):
        deliver_outbox(with_mailer(world, server))
    assert server.seen == [MailPhase.LEASED, MailPhase.TRANSMITTING]

    assert deliver_outbox(world.ports) == 0, "its lease still runs"
    world.clock.advance(minutes=6)
    assert deliver_outbox(world.ports) == 0, "unknown first, then a minute's wait"
    assert mail_of(world).resent_after_unknown_at == world.clock.now()
    world.clock.advance(minutes=2)
    assert deliver_outbox(world.ports) == 1
    assert mail_of(world).phase is MailPhase.SENT


def test_fault_8_a_worker_killed_before_data_loses_nothing(world: World) -> None:
    sent(world, world.draft_request())
    mail = mail_of(world)
    world.change(
        mail,
        phase=MailPhase.LEASED,
        lease_owner="gone",
        leased_until=world.clock.now() + timedelta(minutes=5),
    )
    assert deliver_outbox(world.ports) == 0
    world.clock.advance(minutes=5, seconds=1)
    assert deliver_outbox(world.ports) == 1
    assert world.get(mail).resent_after_unknown_at is None


def test_fault_9_a_final_refusal_fails_at_once_marks_the_address_and_tells_staff(world: World) -> None:
    """8.6, 6.24."""
    request = world.draft_request()
    recipient = sent(world, request)[0]
    world.mail.script = [NO_SUCH]

    assert deliver_outbox(world.ports) == 0

    assert mail_of(world).phase is MailPhase.FAILED
    assert mail_of(world).sealed is None
    assert world.get(recipient).bounced_at == world.clock.now()
    assert world.get(recipient).first_sent_at is None
    assert world.all(Contact)[0].bounced_at == world.clock.now()
    assert state_of(world, request) is State.NOT_SENT
    told = world.all(Notification)[0]
    assert (told.kind, told.request_id, told.facts["to"]) == (
        "mail_failed",
        request.id,
        "marie-claude.gagnon@client.example",
    )
    assert "mail_failed" in [row.kind for row in world.all(Activity)]
    assert f"staff:{world.owner.id}" in world.bell.rung


def test_fault_9_a_refusal_of_ours_does_not_mark_the_recipients_address(world: World) -> None:
    sent(world, world.draft_request())
    world.mail.script = [POLICY]
    deliver_outbox(world.ports)

    assert mail_of(world).phase is MailPhase.FAILED
    assert world.all(Contact)[0].bounced_at is None


def test_fault_9_one_recipients_refusal_does_not_touch_the_others(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, name) for name in ("Ann Roy", "Bob Roy", "Cyd Roy")]
    request = world.draft_request(client, to=people)
    sent(world, request)
    world.mail.script = [None, NO_SUCH, None]

    assert deliver_outbox(world.ports) == 2

    bounced = [row for row in world.all(Recipient) if row.bounced_at is not None]
    assert len(bounced) == 1
    assert state_of(world, request) is State.SENT


def test_7_4_a_failed_reminder_is_not_counted(world: World) -> None:
    """7.4."""
    request = world.draft_request()
    recipient = sent(world, request)[0]
    world.change(mail_of(world), event="reminder")
    world.mail.script = [NO_SUCH]
    deliver_outbox(world.ports)
    assert world.get(recipient).reminders_used == 0


def test_fault_10_greylisting_is_tried_again_after_minutes(world: World) -> None:
    sent(world, world.draft_request())
    world.mail.script = [GREY]
    deliver_outbox(world.ports)
    wait = mail_of(world).next_try_at - world.clock.now()
    assert timedelta(minutes=3) < wait < timedelta(minutes=7)

    world.clock.advance(minutes=7)
    assert deliver_outbox(world.ports) == 1


def test_6_24_a_resend_that_arrives_makes_up_for_a_bounce(world: World) -> None:
    """6.24."""
    request = world.draft_request()
    sent(world, request)
    world.mail.script = [POLICY]
    deliver_outbox(world.ports)
    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    assert state_of(world, request) is State.NOT_SENT

    deliver_outbox(world.ports)
    assert state_of(world, request) is State.SENT


# what stops an e-mail that still waits


def _complete_tasks(world: World, request: Any) -> None:
    for task in world.all(Task, section_id=request.id):
        world.change(task, completed_at=world.clock.now())


def _complete_work(world: World, request: Any) -> None:
    world.change(world.all(WorkItem, id=request.work_item_id)[0], completed_at=world.clock.now())


def _change_address(world: World, request: Any) -> None:
    world.change(world.all(Contact)[0], email="new@client.example", email_key="new@client.example")


def _archive_contact(world: World, request: Any) -> None:
    world.change(world.all(Contact)[0], archived_at=world.clock.now())


def _withdraw(world: World, request: Any) -> None:
    world.change(request, withdrawn_at=world.clock.now())


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (_complete_tasks, "nothing open"),
        (_complete_work, "work completed"),
        (_change_address, "address changed"),
        (_archive_contact, "archived"),
        (_withdraw, "withdrawn"),
    ],
)
def test_fault_30_conditions_are_read_again_when_it_leaves(world: World, meanwhile: Any, reason: str) -> None:
    request = world.draft_request()
    sent(world, request)
    meanwhile(world, request)

    assert deliver_outbox(world.ports) == 0

    mail = mail_of(world)
    assert (mail.phase, mail.answer, mail.sealed) == (MailPhase.CANCELLED, reason, None)
    assert world.mail.sent == []


def test_fault_30_even_between_offer_and_data(world: World) -> None:
    request = world.draft_request()
    sent(world, request)

    class Slow:
        def __init__(self) -> None:
            self.transmitted = 0

        def conversation(self) -> Any:
            return nullcontext(self)

        def offer(self, envelope: Envelope) -> None:
            _complete_tasks(world, request)

        def transmit(self, envelope: Envelope) -> str:
            self.transmitted += 1
            return "250 OK"

    server = Slow()
    deliver_outbox(with_mailer(world, server))
    assert server.transmitted == 0
    assert mail_of(world).phase is MailPhase.CANCELLED


def test_a_code_that_is_too_old_does_not_leave(world: World) -> None:
    sent(world, world.draft_request())
    world.change(mail_of(world), event="sign_in_code", request_id=None, recipient_id=None)
    world.clock.advance(minutes=10)
    deliver_outbox(world.ports)
    assert (mail_of(world).phase, mail_of(world).answer) == (MailPhase.CANCELLED, "too late")


# order and limits


def test_codes_and_access_links_leave_before_everything_else_that_waits(world: World) -> None:
    """15.5."""
    for number in range(3):
        client = world.new_client(f"Client {number}")
        sent(world, world.draft_request(client, to=[world.new_contact(client, f"Person {number}")]))
    last = world.all(OutboxMail)[-1]
    world.change(last, urgency=0)

    deliver_outbox(world.ports)

    assert world.mail.sent[0].recipient == last.recipient


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
    """Two a minute is one in thirty seconds, and what waits keeps its order."""
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
    ports.limiter.clear(f"mail:{world.firm.id}", evenly(2))  # its windows run on the machine's time
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


def test_8_6_an_access_link_that_was_refused_for_our_sake_leaves_the_request_delivered(world: World) -> None:
    request = world.draft_request()
    sent(world, request)
    deliver_outbox(world.ports)
    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    waiting = next(row for row in world.all(OutboxMail) if row.phase is MailPhase.QUEUED)
    world.change(waiting, event="access_link")
    world.mail.script = [POLICY]
    deliver_outbox(world.ports)
    assert world.get(waiting).phase is MailPhase.FAILED
    assert state_of(world, request) is State.SENT


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


def test_15_6_staff_are_told_while_mail_does_not_work_and_no_longer(world: World) -> None:
    def trouble() -> str:
        with reading(world.ports, world.staff) as work:
            return outgoing_mail.trouble(work)

    sent(world, world.draft_request())
    assert trouble() == ""
    deliver_outbox(with_mailer(world, Dead()))
    assert "do not leave" in trouble()
    assert world.all(Heartbeat)[0].failed_at == world.clock.now()

    world.clock.advance(minutes=1)
    deliver_outbox(world.ports)
    assert trouble() == ""


def test_what_is_rolled_back_is_not_sent(world: World) -> None:
    """15.2."""
    request = world.draft_request()
    people = [one.contact_id for one in world.all(Recipient, request_id=request.id)]
    with pytest.raises(BadInput):
        sending.send_request(
            world.ports,
            world.staff,
            request.id,
            [*people, world.new_contact(world.new_client("O"), "X").id],
            "k",
        )
    assert deliver_outbox(world.ports) == 0
    assert world.all(OutboxMail) == []
