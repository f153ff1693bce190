"""Resending to some, freeing a link from its device, addresses put right, recipients taken out (6.5, 6.7, 6.14, 6.24)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, PortalError
from portal_app.domain.lifecycle import State
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AuditEntry,
    Client,
    ClientRequest,
    Contact,
    OutboxMail,
    Recipient,
)
from portal_app.ports import MailRefused
from portal_app.services import access
from portal_app.services.links import links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.send_views import send_view
from portal_app.services.tasks import tasks
from portal_app.work import reading
from tests.services.posted import token_in
from tests.services.sends import state_of
from tests.world import World


class Two:
    """A request sent to two people, each with a link; the first opened it on a device."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client: Client = world.new_client()
        self.people: list[Contact] = [world.new_contact(self.client, name) for name in ("Luc Roy", "Eve Roy")]
        self.request: ClientRequest = world.draft_request(self.client, to=self.people)
        ids = [one.id for one in self.people]
        sending.send_request(world.ports, world.staff, self.request.id, ids, "press")
        deliver_outbox(world.ports)
        self.tokens = {letter.recipient: token_in(letter) for letter in world.mail.sent}
        self.device = self.claimed(self.people[0])

    def claimed(self, person: Contact, device: Actor | None = None) -> Actor:
        """The person's link, pressed on a device."""
        device = device or self.world.new_device()[0]
        claim = links.claim(self.world.ports, device, self.tokens[person.email], new_token())
        assert claim.standing is Standing.YOURS
        return device

    def sees(self, actor: Actor) -> Standing | str | None:
        """None where it opens, else why not."""
        with reading(self.world.ports, actor) as work:
            try:
                access.request(work, self.request.id, Permission.TASK_VIEW)
            except LinkEnded as ended:
                return Standing(ended.reason)
            except PortalError as refusal:
                return type(refusal).__name__
        return None

    def resend(self, *people: Contact, freed: tuple[UUID, ...] = ()) -> None:
        ids = [one.id for one in people]
        sending.resend_request(self.world.ports, self.world.staff, self.request.id, ids, new_token(), freed)
        deliver_outbox(self.world.ports)

    def grant(self, person: Contact) -> AccessGrant:
        return self.world.all(AccessGrant, contact_id=person.id)[-1]

    def recipient(self, person: Contact) -> Recipient:
        return self.world.all(Recipient, contact_id=person.id)[0]

    def state(self) -> State:
        return state_of(self.world, self.request)


@pytest.fixture
def two(world: World) -> Two:
    return Two(world)


def test_6_7_a_resend_to_one_leaves_the_other_as_they_were(world: World, two: Two) -> None:
    luc, eve = two.people
    world.change(two.recipient(luc), reminders_used=3)
    world.change(two.recipient(eve), reminders_used=4)
    before = two.grant(eve).expires_at
    world.clock.advance(days=9)

    two.resend(luc)

    assert (two.recipient(luc).reminders_used, two.recipient(eve).reminders_used) == (0, 4)
    assert two.grant(luc).expires_at == world.clock.now() + timedelta(days=30)
    assert two.grant(eve).expires_at == before
    assert [mail.recipient for mail in world.all(OutboxMail)][2:] == [luc.email]


def test_6_5_a_resend_keeps_the_device_unless_it_is_freed(world: World, two: Two) -> None:
    two.resend(two.people[0])

    assert two.sees(two.device) is None


def test_6_5_the_resend_dialog_frees_the_link_from_its_device(world: World, two: Two) -> None:
    luc, eve = two.people
    shown = {one.name: one.is_bound for one in send_view(world.ports, world.staff, two.request.id).people}
    assert shown == {"Luc Roy": True, "Eve Roy": False}

    two.resend(luc, freed=(luc.id, eve.id))

    assert two.sees(two.device) is Standing.OTHER_DEVICE
    other = two.claimed(luc)
    assert two.sees(other) is None
    assert two.sees(two.device) is Standing.OTHER_DEVICE
    assert len(world.all(AuditEntry, action="link:freed")) == 1


def test_6_5_who_is_not_resent_to_keeps_their_device(world: World, two: Two) -> None:
    luc, eve = two.people

    two.resend(eve, freed=(luc.id,))

    assert two.sees(two.device) is None


def test_6_14_who_is_removed_sees_it_only_with_full_access(world: World, two: Two) -> None:
    luc, eve = two.people
    world.give_account(luc, two.client, level=AccessLevel.LIMITED)
    world.give_account(eve, two.client, level=AccessLevel.FULL)
    signed_in = {one.name: world.signed_in(one) for one in two.people}
    assert {name: two.sees(actor) for name, actor in signed_in.items()} == {"Luc Roy": None, "Eve Roy": None}
    third = world.new_contact(two.client, "Zoe Roy")
    sending.add_recipients(world.ports, world.staff, two.request.id, [third.id], "added")

    for person in two.people:
        sending.remove_recipient(world.ports, world.staff, two.request.id, person.id)

    assert two.sees(signed_in["Luc Roy"]) == NotFound.__name__
    assert two.sees(signed_in["Eve Roy"]) is None
    assert two.sees(two.device) is Standing.REMOVED


def test_6_14_what_a_removed_recipient_answered_stays(world: World, two: Two) -> None:
    task = world.tasks(two.request)[0]
    tasks.complete_task(world.ports, two.device, task.id)

    sending.remove_recipient(world.ports, world.staff, two.request.id, two.people[0].id)

    assert world.get(task).completed_by_contact_id == two.people[0].id
    assert two.state() is State.IN_PROGRESS


def test_6_13_a_withdrawn_request_says_so_on_its_device_and_counts_again_by_new_grants_alone(
    world: World, two: Two
) -> None:
    luc = two.people[0]
    sending.withdraw_request(world.ports, world.staff, two.request.id)
    assert two.sees(two.device) is Standing.WITHDRAWN
    assert two.state() is State.WITHDRAWN

    old = two.grant(luc).id
    sending.send_request(world.ports, world.staff, two.request.id, [luc.id], "again")
    deliver_outbox(world.ports)

    assert two.grant(luc).id != old
    assert two.grant(luc).device_id is None
    assert two.sees(two.device) == Standing.WITHDRAWN, "the earlier link stays ended"


def refused(address: str) -> MailRefused:
    return MailRefused(f"550 5.1.1 no such mailbox: {address}", code=550, is_final=True)


def test_6_24_a_bounced_first_email_is_no_send_and_a_corrected_address_is_sent_to(world: World) -> None:
    client = world.new_client()
    luc = world.new_contact(client, "Luc Roy")
    request = world.draft_request(client, to=[luc])
    sending.send_request(world.ports, world.staff, request.id, [luc.id], "press")
    world.mail.script = [refused(luc.email)]
    deliver_outbox(world.ports)

    assert state_of(world, request) is State.NOT_SENT
    world.change(luc, email="luc@right.example", email_key="luc@right.example", bounced_at=None)
    sending.resend_request(world.ports, world.staff, request.id, [luc.id], "again")
    assert state_of(world, request) is State.NOT_SENT, "nothing left yet"
    assert world.all(Recipient)[0].bounced_at is None, "what came back was another e-mail"

    deliver_outbox(world.ports)
    assert state_of(world, request) is State.SENT


def test_6_24_an_address_that_bounced_later_is_not_called_sent_while_a_new_email_waits(
    world: World, two: Two
) -> None:
    luc, eve = two.people
    sending.remove_recipient(world.ports, world.staff, two.request.id, eve.id)
    world.change(two.recipient(luc), bounced_at=world.clock.now(), opened_at=None)
    assert two.state() is State.NOT_SENT

    sending.resend_request(world.ports, world.staff, two.request.id, [luc.id], "again")

    assert two.state() is State.NOT_SENT
