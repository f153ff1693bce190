"""What a contact finds under the bell, what opening it does, and how they choose to be told (9.5, 9.6, 3.1)."""

from __future__ import annotations

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.contact_notices import USUAL, ContactTopic, Ways
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.models import (
    AccessLevel,
    Client,
    Contact,
    ContactNotice,
    OutboxMail,
    PortalAccess,
    Recipient,
)
from portal_app.services.account import account_pages
from portal_app.services.home import home_pages
from portal_app.services.notices import notice_marks
from portal_app.services.notices.notice_mail import queue_contact_notices
from portal_app.services.notices.notice_views import News
from portal_app.services.requests import request_pages, sending
from portal_app.services.tasks import comments
from tests.services.asked import Asked
from tests.services.test_contact_notices import add_recipient
from tests.world import World


def signed_in(world: World, contact: Contact, level: AccessLevel = AccessLevel.LIMITED) -> Actor:
    (client,) = world.all(Client)
    world.change(client, portal_on_at=world.clock.now())
    world.give_account(contact, client, level=level)
    return world.signed_in(contact)


def bell(world: World, actor: Actor) -> News:
    return home_pages.home_page(world.ports, actor).news


def write(world: World, asked: Asked, text: str = "Page 2 is missing.") -> None:
    comments.add_comment(world.ports, world.staff, asked.tasks[0].id, text)


def test_9_6_the_bell_shows_what_is_new_and_a_press_leads_there(world: World, asked: Asked) -> None:
    actor = signed_in(world, asked.contact)
    assert (bell(world, actor).count, bell(world, actor).lines) == ("", [])
    write(world, asked)

    news = bell(world, actor)
    (line,) = news.lines
    assert (news.count, news.said, line.is_new) == ("1", "Notifications, 1 new", True)
    assert line.text == f"{world.owner.name} wrote about Bank statements:"
    assert line.quote == "Page 2 is missing."

    row = world.all(ContactNotice)[0]
    way = notice_marks.open_notice(world.ports, actor, row.id)
    assert way == f"/requests/{asked.request.id}#t{asked.tasks[0].id}"
    assert (bell(world, actor).count, bell(world, actor).lines[0].is_new) == ("", False)


def test_9_6_all_at_once_and_only_one_s_own(world: World, asked: Asked) -> None:
    other = add_recipient(world, asked.request, "Luc Roy")
    write(world, asked)
    write(world, asked, "And page 3.")
    actor, others = signed_in(world, asked.contact), signed_in(world, other)

    notice_marks.mark_all_read(world.ports, actor)

    assert (bell(world, actor).new, bell(world, others).new) == (0, 2)
    theirs = world.all(ContactNotice, contact_id=other.id)[0]
    with pytest.raises(NotFound):
        notice_marks.open_notice(world.ports, actor, theirs.id)
    with pytest.raises((NotFound, SignInNeeded)):
        notice_marks.open_notice(world.ports, asked.device, theirs.id)


def test_9_6_who_opens_the_request_has_read_what_is_told_about_it(world: World, asked: Asked) -> None:
    actor = signed_in(world, asked.contact)
    write(world, asked)
    request_pages.open_request(world.ports, asked.device, asked.request.id)

    assert bell(world, actor).new == 0
    assert world.all(ContactNotice)[0].read_at == world.clock.now()


def test_6_13_6_14_what_one_may_no_longer_see_is_gone_from_the_bell(world: World, asked: Asked) -> None:
    other = add_recipient(world, asked.request, "Luc Roy")
    actor, others = signed_in(world, asked.contact), signed_in(world, other)
    write(world, asked)
    world.change(world.all(Recipient, contact_id=other.id)[0], removed_at=world.clock.now())
    assert bell(world, others).lines == []

    world.change(world.all(Recipient, contact_id=asked.contact.id)[0], first_sent_at=world.clock.now())
    sending.withdraw_request(world.ports, world.staff, asked.request.id)

    assert [line.text for line in bell(world, actor).lines] == [
        f"{world.owner.name} withdrew Documents for 2025. There is nothing to hand in."
    ]


def test_9_5_each_topic_comes_by_the_ways_that_were_chosen(world: World, asked: Asked) -> None:
    actor = signed_in(world, asked.contact)
    write(world, asked)
    quiet = Ways(by_portal=False, by_email=False, by_push=True)

    notice_marks.choose(world.ports, actor, USUAL | {ContactTopic.COMMENT: quiet})
    write(world, asked, "And page 3.")
    world.clock.advance(minutes=11)
    queue_contact_notices(world.ports)

    assert world.all(OutboxMail, event="client_news") == []  # also of what was told before
    assert [line.quote for line in bell(world, actor).lines] == ["Page 2 is missing."]
    shown = {row.topic: row.ways for row in account_pages.account_page(world.ports, actor).topics}
    assert shown["comment"] == quiet
    assert shown["document"] == Ways()


def test_2_8_no_e_mail_where_the_firm_switched_it_off_for_this_client(world: World, asked: Asked) -> None:
    signed_in(world, asked.contact)
    world.change(world.all(PortalAccess, contact_id=asked.contact.id)[0], notices_off_at=world.clock.now())
    write(world, asked)
    world.clock.advance(minutes=11)
    queue_contact_notices(world.ports)

    assert world.all(OutboxMail, event="client_news") == []
    assert len(world.all(ContactNotice)) == 1


def test_9_6_a_withdrawn_request_is_e_mailed_unless_one_does_not_want_it(world: World, asked: Asked) -> None:
    actor = signed_in(world, asked.contact)
    notice_marks.choose(world.ports, actor, USUAL | {ContactTopic.ENDED: Ways(by_email=False)})
    world.change(world.all(Recipient)[0], first_sent_at=world.clock.now())
    sending.withdraw_request(world.ports, world.staff, asked.request.id)

    assert world.all(OutboxMail, event="request_withdrawn") == []
    assert [row.kind for row in world.all(ContactNotice)] == ["request_withdrawn"]
