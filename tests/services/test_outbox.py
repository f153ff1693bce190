"""The outbox: what becomes of an e-mail that a server refuses, loses or leaves unknown (15.2)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from portal_app.domain.lifecycle import State
from portal_app.models import Activity, Contact, Heartbeat, MailPhase, Notification, OutboxMail, Recipient
from portal_app.ports import Envelope, MailUnknown
from portal_app.services.mail import outgoing_mail
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.work import reading
from tests.services.mail_servers import GREY, NO_SUCH, POLICY, Dead, mail_of, with_mailer
from tests.services.posted import parsed, token_in
from tests.services.sends import sent, state_of
from tests.world import World


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
