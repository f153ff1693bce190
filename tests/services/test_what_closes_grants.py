"""What closes a grant with all its links (6.4): withdrawal, archiving, a new address; and what opens another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal_app.domain.errors import LinkEnded
from portal_app.domain.links import Standing
from portal_app.models import (
    AccessCode,
    AccessGrant,
    AccessLevel,
    Client,
    Contact,
    MailPhase,
    OutboxMail,
    Section,
    WorkItem,
    WorkStatus,
)
from portal_app.services.clients import clients, contacts
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import tasks
from portal_app.services.work import sections, work_items
from tests.services.link_story import Story
from tests.services.posted import code_in, token_in
from tests.world import World


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def item_of(story: Story) -> WorkItem:
    return story.world.all(WorkItem, id=story.request.work_item_id)[0]


def person_of(story: Story) -> Contact:
    return story.world.all(Contact, id=story.recipient.contact_id)[0]


def withdraw(story: Story) -> None:
    sending.withdraw_request(story.world.ports, story.world.staff, story.request.id)


def archive_work(story: Story) -> None:
    work_items.archive_work_item(story.world.ports, story.world.staff, item_of(story).id)


def archive_client(story: Story) -> None:
    clients.archive_client(story.world.ports, story.world.staff, story.request.client_id)


def archive_contact(story: Story) -> None:
    story.world.change(person_of(story), archived_at=story.world.clock.now())


def complete_work(story: Story) -> None:
    work_items.set_status(story.world.ports, story.world.staff, item_of(story).id, WorkStatus.COMPLETED)


def change_address(story: Story) -> None:
    fields = ContactFields(name=person_of(story).name, email="new@client.example")
    contacts.edit_contact(
        story.world.ports, story.world.staff, story.request.client_id, person_of(story).id, fields
    )


def remove(story: Story) -> None:
    client = story.world.all(Client, id=story.request.client_id)[0]
    other = story.world.new_contact(client, "Luc Gagnon")
    sending.add_recipients(story.world.ports, story.world.staff, story.request.id, [other.id], "more")
    sending.remove_recipient(story.world.ports, story.world.staff, story.request.id, person_of(story).id)


def let_expire(story: Story) -> None:
    story.world.clock.advance(days=30)


CLOSES: dict[str, tuple[Callable[[Story], None], Standing]] = {
    "withdrawing it": (withdraw, Standing.WITHDRAWN),
    "archiving its work": (archive_work, Standing.ENDED),
    "archiving the client": (archive_client, Standing.ENDED),
    "archiving the contact": (archive_contact, Standing.ENDED),
    "completing the work": (complete_work, Standing.CLOSED),
    "another address": (change_address, Standing.ENDED),
    "removing the recipient": (remove, Standing.REMOVED),
    "thirty days": (let_expire, Standing.EXPIRED),
}


@pytest.mark.parametrize("how", CLOSES)
def test_6_4_what_closes_a_grant_closes_all_its_links_and_its_device(story: Story, how: str) -> None:
    closes, why = CLOSES[how]
    device = story.bound()
    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    deliver_outbox(story.world.ports)
    newer = token_in(story.world.mail.sent[-1])

    closes(story)

    assert [story.look(token=token).standing for token in (story.token, newer)] == [why, why]
    with pytest.raises(LinkEnded) as ended:
        tasks.complete_task(story.world.ports, device, story.world.tasks(story.request)[0].id)
    assert ended.value.reason == why


def test_6_4_after_a_change_of_address_the_next_email_starts_a_new_grant(story: Story) -> None:
    change_address(story)

    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    deliver_outbox(story.world.ports)

    newer = token_in(story.world.mail.sent[-1])
    assert story.world.mail.sent[-1].recipient == "new@client.example"
    assert story.look(token=newer).standing is Standing.UNCLAIMED
    assert story.look().standing is Standing.ENDED, "the old link stays closed"
    assert len(story.world.all(AccessGrant)) == 2


def test_6_5_a_used_access_link_is_a_link_like_the_others(story: Story) -> None:
    """It moves the grant by its first press; from then on it opens on the device that holds it and moves nothing."""
    story.bound()
    story.ask()
    link = token_in(story.world.mail.sent[-1])
    second = story.world.new_device()[0]

    assert story.claim(second, link).standing is Standing.YOURS
    assert story.look(second, link).goes_straight
    assert story.claim(story.world.new_device()[0], link).standing is Standing.OTHER_DEVICE
    assert story.sees(second) is None


def test_6_13_withdrawing_ends_a_code_that_is_out(story: Story) -> None:
    story.bound()
    asked = story.ask()
    code = code_in(story.world.mail.sent[-1])

    withdraw(story)

    assert [row.ended_at for row in story.world.all(AccessCode)] == [story.world.clock.now()]
    assert not story.type(asked, code).is_open
    assert story.look().standing is Standing.WITHDRAWN


def test_5_21_work_that_was_archived_closes_its_links_for_good(story: Story) -> None:
    """As if withdrawn: after restoring, sending it again makes new links, and the old ones stay closed (6.13)."""
    device = story.bound()
    archive_work(story)
    work_items.restore_work_item(story.world.ports, story.world.staff, item_of(story).id)

    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    deliver_outbox(story.world.ports)

    assert story.look(device).standing is Standing.ENDED
    assert story.sees(device) is Standing.ENDED
    assert story.look(token=token_in(story.world.mail.sent[-1])).standing is Standing.UNCLAIMED


def test_5_21_archiving_the_work_stops_emails_that_have_not_left(story: Story) -> None:
    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")

    archive_work(story)

    waiting = story.world.all(OutboxMail)[-1]
    assert (waiting.phase, waiting.answer, waiting.sealed) == (MailPhase.CANCELLED, "archived", None)


def test_5_21_restored_work_opens_again_for_whoever_signs_in(story: Story) -> None:
    world = story.world
    client = world.all(Client, id=story.request.client_id)[0]
    world.give_account(person_of(story), client, level=AccessLevel.LIMITED)
    archive_work(story)
    work_items.restore_work_item(world.ports, world.staff, item_of(story).id)

    page = request_page(world.ports, world.signed_in(person_of(story)), story.request.id)

    assert page.total == 2


def test_5_21_a_section_that_holds_anything_from_a_client_is_put_away(world: World) -> None:
    request = world.draft_request()
    world.new_file(world.tasks(request)[0], contact_id=world.all(Contact)[0].id)

    sections.remove_section(world.ports, world.staff, request.id)

    assert world.all(Section)[0].archived_at == world.clock.now()
    assert len(world.tasks(request)) == 2
