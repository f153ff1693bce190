"""How long links live, and what ends or shuts them (6.6, 6.10, 6.13, 6.14, 6.20, 6.21)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal_app.domain.lifecycle import State
from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token
from portal_app.models import (
    Client,
    Contact,
    WorkItem,
)
from portal_app.services.links import links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from tests.services.link_story import STRANGER, Story
from tests.services.posted import code_in, token_in
from tests.services.sends import sent, state_of
from tests.world import World


def test_fault_16_a_grant_ends_exactly_thirty_days_after_the_send(story: Story) -> None:
    """6.6, asvs 26."""
    device = story.bound()
    ends = story.grant.expires_at
    assert ends == story.world.get(story.request).sent_at + timedelta(days=30)
    story.world.clock.move_to(ends - timedelta(seconds=1))
    assert story.sees(device) is None
    assert story.look(device).goes_straight

    story.world.clock.move_to(ends)
    assert story.sees(device) is Standing.EXPIRED
    assert story.look(device).standing is Standing.EXPIRED
    assert state_of(story.world, story.request) is State.EXPIRED


@pytest.mark.parametrize(
    ("seconds", "standing"), [(-1, Standing.YOURS), (0, Standing.EXPIRED), (1, Standing.EXPIRED)]
)
def test_fault_16_claiming_on_each_side_of_the_boundary(
    story: Story, seconds: int, standing: Standing
) -> None:
    story.world.clock.move_to(story.grant.created_at + timedelta(days=30, seconds=seconds))
    assert story.claim().standing is standing


def test_fault_16_after_a_resend_thirty_days_from_then(story: Story) -> None:
    device = story.bound()
    story.world.clock.advance(days=40)
    assert story.sees(device) is Standing.EXPIRED
    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    assert story.sees(device) is None, "it opens again, with its device"
    story.world.clock.advance(days=30, seconds=-1)
    assert story.sees(device) is None
    story.world.clock.advance(seconds=1)
    assert story.sees(device) is Standing.EXPIRED


def test_fault_16_a_reminder_makes_it_last_sixty_days(story: Story) -> None:
    """The boundary is what the row says, as a reminder will set it."""
    device = story.bound()
    story.world.change(story.grant, expires_at=story.world.clock.now() + timedelta(days=60))
    story.world.clock.advance(days=60, seconds=-1)
    assert story.sees(device) is None
    story.world.clock.advance(seconds=2)
    assert story.sees(device) is Standing.EXPIRED


def test_6_6_the_thirty_new_days_begin_when_the_access_link_is_used(story: Story) -> None:
    """6.6."""
    old = story.bound()
    story.world.clock.advance(days=31)
    story.ask()
    token = token_in(story.world.mail.sent[-1])
    assert story.look().standing is Standing.EXPIRED, "until then the old links stay expired"
    story.world.clock.advance(days=29)
    assert story.look(STRANGER, token).standing is Standing.UNCLAIMED

    assert story.claim(old, token).standing is Standing.YOURS

    assert story.grant.expires_at == story.world.clock.now() + timedelta(days=30)
    assert story.sees(old) is None
    assert story.look(old).goes_straight, "and the old links open again"


def test_6_6_the_thirty_new_days_begin_when_the_code_is_used(story: Story) -> None:
    story.world.clock.advance(days=45)
    asked = story.ask()
    assert story.type(asked, code_in(story.world.mail.sent[-1])).is_open
    assert story.grant.expires_at == story.world.clock.now() + timedelta(days=30)


@pytest.mark.parametrize(("seconds", "standing"), [(-1, Standing.YOURS), (0, Standing.EXPIRED)])
def test_6_6_an_access_link_lives_thirty_days(story: Story, seconds: int, standing: Standing) -> None:
    story.world.clock.advance(days=31)
    story.ask()
    token = token_in(story.world.mail.sent[-1])
    story.world.clock.advance(days=30, seconds=seconds)
    assert story.claim(token=token).standing is standing


def test_6_6_moving_a_grant_that_has_not_expired_makes_it_no_longer(story: Story) -> None:
    story.bound()
    ends = story.grant.expires_at
    story.world.clock.advance(days=5)
    story.ask()
    assert story.claim(token=token_in(story.world.mail.sent[-1])).standing is Standing.YOURS
    assert story.grant.expires_at == ends


# what closes a grant, and what lets it wait


def test_6_13_a_withdrawn_request_says_so_on_every_link_and_device(story: Story) -> None:
    """6.13, 6.23."""
    device = story.bound()
    sending.withdraw_request(story.world.ports, story.world.staff, story.request.id)
    assert story.sees(device) is Standing.WITHDRAWN
    assert story.look().standing is Standing.WITHDRAWN
    assert story.claim().standing is Standing.WITHDRAWN


def test_6_13_the_old_links_of_a_withdrawn_request_stay_dead_after_it_is_sent_again(story: Story) -> None:
    device = story.bound()
    sending.withdraw_request(story.world.ports, story.world.staff, story.request.id)
    story.world.clock.advance(minutes=1)
    sent(story.world, story.request, "new")
    deliver_outbox(story.world.ports)
    assert story.look(device).standing is Standing.WITHDRAWN
    assert story.claim(device, token_in(story.world.mail.sent[-1])).standing is Standing.YOURS
    assert story.sees(device) is None


def test_6_10_while_the_work_is_completed_links_are_closed_and_come_back_by_a_resend(story: Story) -> None:
    device = story.bound()
    work_item = story.world.all(WorkItem, id=story.request.work_item_id)[0]
    story.world.change(work_item, completed_at=story.world.clock.now())
    assert story.sees(device) is Standing.CLOSED
    assert story.look().standing is Standing.CLOSED

    story.world.change(work_item, completed_at=None)
    story.world.change(story.request, needs_resend_at=story.world.clock.now())
    assert story.sees(device) is Standing.CLOSED, "reopening alone brings no link back"

    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    assert story.sees(device) is None, "earlier links and their device count again"
    assert story.look(device).goes_straight


def test_6_14_a_removed_recipient_loses_the_link(world: World) -> None:
    client = world.new_client()
    stays, goes = world.new_contact(client), world.new_contact(client, "Paul Roy")
    request = world.draft_request(client, to=[stays, goes])
    sent(world, request)
    deliver_outbox(world.ports)
    tokens = {letter.recipient: token_in(letter) for letter in world.mail.sent}
    device = world.new_device()[0]
    links.claim(world.ports, device, tokens[goes.email], new_token())

    sending.remove_recipient(world.ports, world.staff, request.id, goes.id)

    assert links.look(world.ports, device, tokens[goes.email]).standing is Standing.REMOVED
    assert links.look(world.ports, device, tokens[stays.email]).standing is Standing.UNCLAIMED


def test_6_20_under_require_mfa_links_wait_and_come_back(story: Story) -> None:
    device = story.bound()
    story.world.change(story.world.firm, mfa_required_at=story.world.clock.now())
    assert story.look(device).standing is Standing.WAITS_FOR_SIGN_IN
    assert story.claim().standing is Standing.WAITS_FOR_SIGN_IN
    assert story.sees(device) is Standing.WAITS_FOR_SIGN_IN

    story.world.change(story.world.firm, mfa_required_at=None)
    assert story.sees(device) is None


def test_6_21_a_signed_in_recipient_goes_straight_and_binds_nothing(story: Story) -> None:
    world = story.world
    person = world.all(Contact)[0]
    client = world.all(Client, id=story.request.client_id)[0]
    world.give_account(person, client)
    signed_in = world.signed_in(person)

    assert story.look(signed_in).goes_straight
    assert story.claim(signed_in).standing is Standing.YOURS
    assert story.grant.device_id is None


def test_6_21_where_someone_else_is_signed_in_it_is_as_if_nobody_were(story: Story) -> None:
    world = story.world
    client = world.all(Client, id=story.request.client_id)[0]
    other = world.new_contact(client, "Luc Gagnon")
    world.give_account(other, client)
    signed_in = world.signed_in(other)

    assert not story.look(signed_in).goes_straight
    assert story.look(signed_in).standing is Standing.UNCLAIMED
    assert story.claim(signed_in).standing is Standing.YOURS
    assert story.grant.device_id is not None


def test_6_21_a_recipient_whose_access_ended_does_not_go_straight(story: Story) -> None:
    world = story.world
    person = world.all(Contact)[0]
    client = world.all(Client, id=story.request.client_id)[0]
    world.give_account(person, client)
    world.change(client, portal_on_at=None)
    assert not story.look(world.signed_in(person)).goes_straight
