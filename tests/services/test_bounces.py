"""What comes back later (8.6, 6.24): matched to its e-mail, taken once, and what it means for everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal_app.domain.bounces import Fate, Report
from portal_app.domain.lifecycle import State
from portal_app.jobs import timetable
from portal_app.models import (
    AccessStatus,
    Activity,
    Answer,
    Contact,
    MailPhase,
    Notification,
    OutboxMail,
    PortalAccess,
    Recipient,
    TaskAnswer,
    WorkItem,
)
from portal_app.services.invitations import invitations
from portal_app.services.mail.bounces import read_bounces, take_notice, take_reports
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.work import timeline_views
from portal_app.work import reading
from tests.mail.corpus import notice
from tests.services.sends import sent, state_of
from tests.world import World


class Sent:
    """A request whose e-mail the server took, from one who is not the owner."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.new_client()
        self.contact = world.new_contact(self.client)
        self.request = world.draft_request(self.client, to=[self.contact])
        sent(world, self.request)
        deliver_outbox(world.ports)

    @property
    def mail(self) -> OutboxMail:
        return sorted(self.world.all(OutboxMail), key=lambda row: row.id)[0]

    @property
    def recipient(self) -> Recipient:
        return self.world.all(Recipient, request_id=self.request.id)[0]

    def back(self, name: str, **names: str) -> int:
        mail = self.mail
        return take_notice(
            self.world.ports,
            notice(
                name,
                **{
                    "message_id": mail.message_id,
                    "recipient": mail.recipient,
                    "tag": mail.id.hex,
                    **names,
                },
            ),
        )


@pytest.fixture
def out(world: World) -> Sent:
    return Sent(world)


def test_8_6_a_bounce_takes_sent_back_marks_the_address_and_tells_staff(out: Sent) -> None:
    """5.6, 6.24."""
    world = out.world
    assert state_of(world, out.request) is State.SENT

    assert out.back("postfix_failed") == 1

    assert state_of(world, out.request) is State.NOT_SENT
    assert (out.mail.phase, out.mail.bounced_at) == (MailPhase.FAILED, world.clock.now())
    assert out.recipient.bounced_at == world.clock.now()
    person = world.get(out.contact)
    assert person.bounced_at == world.clock.now()
    assert "User unknown" in person.bounce_text
    assert [(row.kind, row.staff_id) for row in world.all(Notification)] == [("mail_failed", world.owner.id)]
    assert "User unknown" in world.all(Notification)[0].facts["answer"]
    assert [row.mail_id for row in world.all(Activity, kind="mail_failed")] == [out.mail.id]
    assert f"request:{out.request.id}" in world.bell.rung


def test_8_6_the_same_bounce_again_changes_nothing(out: Sent) -> None:
    out.back("postfix_failed")
    before = out.mail.bounced_at
    out.world.clock.advance(hours=1)
    assert out.back("gmail_failed") == 1
    out.back("postfix_delayed")
    out.back("postfix_relayed")
    assert (out.mail.bounced_at, out.mail.deferred_at, out.mail.phase) == (before, None, MailPhase.FAILED)
    assert len(out.world.all(Notification)) == 1


def test_8_6_sender_and_assignee_are_told_and_for_who_left_their_successor(world: World) -> None:
    luc, eve = world.new_staff("Luc Tremblay"), world.new_staff("Eve Roy")
    client = world.new_client()
    work = world.new_work(client, assignee_id=luc.id)
    request = world.draft_request(client, work=work)
    sent(world, request)
    deliver_outbox(world.ports)
    world.change(luc, deactivated_at=world.clock.now(), successor_id=eve.id)

    take_reports(world.ports, [Report(Fate.FAILED, world.all(OutboxMail)[0].message_id, status="5.1.1")])

    assert {row.staff_id for row in world.all(Notification)} == {world.owner.id, eve.id}


def test_8_6_a_delay_is_said_and_marks_nothing_and_a_late_success_ends_it(out: Sent) -> None:
    world = out.world
    out.back("postfix_delayed")
    assert state_of(world, out.request) is State.SENT
    assert out.mail.deferred_at == out.recipient.deferred_at == world.clock.now()
    assert world.get(out.contact).bounced_at is None
    assert world.all(Notification) == []

    world.clock.advance(hours=3)
    out.back("postfix_relayed")
    assert (out.mail.deferred_at, out.recipient.deferred_at) == (None, None)
    assert out.mail.delivered_at == world.clock.now()

    out.back("exim_delayed")
    assert out.mail.deferred_at is None, "a warning that was overtaken"


def test_8_6_a_delay_that_ends_in_failure_is_a_bounce(out: Sent) -> None:
    out.back("gmail_delayed")
    out.back("sendmail_expired")
    assert (out.recipient.deferred_at, out.mail.deferred_at) == (None, None)
    assert out.recipient.bounced_at is not None


def test_8_6_what_is_about_our_e_mail_does_not_mark_the_address(out: Sent) -> None:
    """Another e-mail to the same person may well arrive; this one did not."""
    out.back("exchange_policy")
    assert out.world.get(out.contact).bounced_at is None
    assert out.recipient.bounced_at is not None
    assert state_of(out.world, out.request) is State.NOT_SENT
    assert len(out.world.all(Notification)) == 1


@pytest.mark.parametrize("name", ["qmail_failed", "exim_old_failed", "exchange_online", "courier_base64"])
def test_8_6_other_servers_are_understood_too(out: Sent, name: str) -> None:
    assert out.back(name) == 1
    assert out.recipient.bounced_at is not None


def test_8_6_a_rewritten_id_is_found_by_the_address_it_came_back_to(out: Sent) -> None:
    assert out.back("ses_rewritten_id") == 1
    assert out.recipient.bounced_at is not None


def test_8_6_a_notice_without_any_id_is_about_the_last_e_mail_to_that_address(out: Sent) -> None:
    world = out.world
    world.clock.advance(days=5)
    sending.resend_request(world.ports, world.staff, out.request.id, None, "again")
    deliver_outbox(world.ports)
    assert out.back("lotus_recipient_only", recipient=out.contact.email.upper()) == 1
    first, second = sorted(world.all(OutboxMail), key=lambda row: row.id)
    assert (first.phase, second.phase) == (MailPhase.SENT, MailPhase.FAILED)


def test_8_6_but_only_while_servers_try(out: Sent) -> None:
    out.world.clock.advance(days=7)
    assert out.back("lotus_recipient_only") == 0


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("postfix_failed", {"message_id": "<foreign@elsewhere.example>", "tag": "f" * 32}),
        ("gmail_failed", {"message_id": "<foreign@elsewhere.example>"}),
        ("qmail_failed", {"message_id": "<%s@portal.example.com>" % ("0" * 32)}),
        ("lotus_recipient_only", {"recipient": "someone@else.example"}),
        ("not_out_of_office", {}),
        ("not_read_receipt", {}),
        ("not_reply", {}),
    ],
)
def test_8_6_foreign_and_forged_ids_are_ignored(out: Sent, name: str, names: dict[str, str]) -> None:
    assert out.back(name, **names) == 0
    assert (out.mail.phase, out.recipient.bounced_at) == (MailPhase.SENT, None)
    assert out.world.all(Notification) == []


def test_8_6_what_has_not_left_cannot_come_back(world: World) -> None:
    request = world.draft_request()
    sent(world, request)
    mail = world.all(OutboxMail)[0]
    report = Report(Fate.FAILED, mail.message_id, mail.id.hex, frozenset({mail.recipient}), "5.1.1")
    assert take_reports(world.ports, [report]) == 0
    assert world.get(mail).phase is MailPhase.QUEUED


def test_2_17_a_bounce_of_the_old_address_does_not_mark_the_new_one(out: Sent) -> None:
    world = out.world
    world.change(out.contact, email="new@client.example", email_key="new@client.example")
    out.back("postfix_failed")
    assert world.get(out.contact).bounced_at is None
    assert out.recipient.bounced_at is None
    assert out.mail.phase is MailPhase.FAILED


def test_3_5_an_invitation_that_comes_back_is_undeliverable(world: World) -> None:
    world.change(world.firm, portal_on_at=world.clock.now())
    client = world.new_client()
    contact = world.new_contact(client)
    invitations.invite_contact(world.ports, world.staff, client.id, contact.id)
    deliver_outbox(world.ports)
    mail = world.all(OutboxMail)[0]

    take_reports(world.ports, [Report(Fate.FAILED, mail.message_id, status="5.1.1", text="no such user")])

    assert [row.status for row in world.all(PortalAccess)] == [AccessStatus.UNDELIVERABLE]
    assert world.all(Contact)[0].bounce_text == "no such user"
    assert [row.staff_id for row in world.all(Notification)] == [world.owner.id]


def test_8_6_an_e_mail_names_itself_in_the_address_it_comes_back_to(world: World) -> None:
    settings = world.settings.model_copy(update={"bounce_address": "bounces@portal.example.com"})
    sent(world, world.draft_request())
    deliver_outbox(replace(world.ports, settings=settings))
    mail = world.all(OutboxMail)[0]
    assert world.mail.sent[0].sender == f"bounces+b-{mail.id.hex}@portal.example.com"
    assert f"From: Sophie Ouellet <{world.owner.email}>".encode() in world.mail.sent[0].message


class Box:
    """A mailbox that holds these notices until each was taken."""

    def __init__(self, *raws: bytes) -> None:
        self.raws = list(raws)

    def each(self, take: Callable[[bytes], None]) -> int:
        for raw in list(self.raws):
            take(raw)
            self.raws.remove(raw)
        return 0


def test_8_6_the_timetable_reads_the_mailbox(out: Sent) -> None:
    names = {"message_id": out.mail.message_id, "recipient": out.mail.recipient}
    box = Box(notice("not_reply", **names), notice("gmail_failed", **names))
    ports = replace(out.world.ports, bounces=box)

    timetable.run(ports, "read_bounces")

    assert out.recipient.bounced_at is not None
    assert (box.raws, read_bounces(ports)) == ([], 0)


def test_8_6_without_a_mailbox_there_is_nothing_to_read(world: World) -> None:
    assert read_bounces(world.ports) == 0


def lines_of(out: Sent) -> list[str]:
    """The state in the timeline's line about the send; what has not left, or came back, is not called sent (15.6)."""
    with reading(out.world.ports, out.world.staff) as work:
        item = out.world.all(WorkItem)[0]
        found = timeline_views.of_work_item(work, out.world.firm, item.id)
    return [
        f"{one.what.partition(' Documents')[0]}: {one.when.partition(' · ')[2]}"
        for one in found
        if one.what.startswith(("sent ", "asked to send "))
    ]


def test_8_3_the_timeline_says_what_became_of_the_e_mail(world: World) -> None:
    out = Sent(world)
    assert lines_of(out) == ["sent: accepted"]
    out.back("postfix_delayed")
    assert lines_of(out) == ["asked to send: deferred"]
    out.back("postfix_relayed")
    world.change(out.recipient, opened_at=world.clock.now())
    assert lines_of(out) == ["sent: opened"]
    world.put(
        TaskAnswer(
            firm_id=world.firm.id,
            task_id=world.tasks(out.request)[0].id,
            answer=Answer.DONE,
            contact_id=out.contact.id,
            at=world.clock.now(),
        )
    )
    assert lines_of(out) == ["sent: acted on"]
    out.back("postfix_failed")
    assert lines_of(out) == ["asked to send: delivery failed"]


def test_8_3_an_e_mail_that_waits_is_queued(world: World) -> None:
    sent(world, world.draft_request())
    with reading(world.ports, world.staff) as work:
        item = world.all(WorkItem)[0]
        assert timeline_views.of_work_item(work, world.firm, item.id)[0].when.endswith("queued")
