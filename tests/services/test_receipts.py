"""Receipts of what a contact uploaded: one e-mail a burst, switched off by choice, never with a file (10.7)."""

from __future__ import annotations

import re
from email import message_from_bytes

from portal_app.domain.contact_notices import ContactTopic
from portal_app.models import ContactNotice, ContactNoticeChoice, OutboxMail, PortalAccess
from portal_app.services.files import removing, uploads
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.notices.notice_mail import queue_contact_notices
from portal_app.services.requests.request_pages import request_page
from tests.files.tools import asked, bring, pdf, uploaded
from tests.services.handed_story import Story
from tests.services.posted import text_of
from tests.world import World


def sent(world: World) -> list[str]:
    """What receipts said that left by now, newest last."""
    queue_contact_notices(world.ports)
    deliver_outbox(world.ports)
    return [text_of(mail) for mail in world.mail.sent if "SHA-256" in text_of(mail)]


def test_10_7_files_of_ten_minutes_are_one_receipt_by_e_mail(world: World) -> None:
    who = asked(world)
    first = uploaded(world, who, pdf(3000))
    world.clock.advance(minutes=4)
    second = uploaded(world, who, pdf(4000), "T4.pdf")
    assert sent(world) == []
    world.clock.advance(minutes=6)

    (text,) = sent(world)
    assert sent(world) == [text]
    for receipt in (first, second):
        assert receipt.name in text
        assert receipt.sha256 in text
    assert world.subjects()[-1] == f"Received: {request_page(world.ports, who.client, who.request.id).title}"
    parts = message_from_bytes(world.mail.sent[-1].message).walk()
    assert [part.get_filename() for part in parts if part.get_filename()] == []
    assert len(re.findall(r"^https?://\S+/r/\S+$", text, re.MULTILINE)) == 1


def test_10_7_a_contact_switches_receipts_off_and_so_does_the_firm(world: World) -> None:
    who = asked(world)
    world.put(
        ContactNoticeChoice(
            firm_id=world.firm.id,
            contact_id=who.contact.id,
            topic=ContactTopic.RECEIPT,
            by_portal=False,
            by_email=False,
            by_push=False,
            changed_at=world.clock.now(),
        )
    )
    uploaded(world, who, pdf(3000))
    world.clock.advance(minutes=11)
    assert sent(world) == []
    world.change(world.all(ContactNoticeChoice)[0], by_email=True)
    world.give_account(who.contact, world.all(type(world.new_client("x")), id=who.request.client_id)[0])
    world.change(world.all(PortalAccess)[0], notices_off_at=world.clock.now())
    uploaded(world, who, pdf(3000), "More.pdf")
    world.clock.advance(minutes=11)
    assert sent(world) == []


def test_10_7_it_stands_under_no_bell_and_names_nothing_taken_back(world: World) -> None:
    who = asked(world)
    kept = uploaded(world, who, pdf(3000), "Kept.pdf")
    gone = uploaded(world, who, pdf(3000), "Gone.pdf")
    removing.take_own_back(world.ports, who.client, who.task.id, gone.file_id)
    assert {row.is_shown for row in world.all(ContactNotice)} == {False}
    world.clock.advance(minutes=11)

    (text,) = sent(world)
    assert kept.name in text
    assert "Gone.pdf" not in text


def test_10_7_nobody_gets_a_receipt_of_what_other_hands_put_there(world: World) -> None:
    story = Story(world)
    token, _ = uploads.start_upload(world.ports, story.held(), story.task.id, "Paul.pdf", 3000)
    bring(world, token, pdf(3000))
    world.clock.advance(minutes=11)

    assert sent(world) == []
    assert [row for row in world.all(ContactNotice) if row.kind == "file_received"] == []


def test_10_7_who_is_no_recipient_is_led_to_the_page_signed_in(world: World) -> None:
    who = asked(world)
    client = world.all(type(world.new_client("x")), id=who.request.client_id)[0]
    now = world.clock.now()
    world.change(world.firm, portal_on_at=now)
    world.change(client, portal_on_at=now)
    luc = world.new_contact(client, "Luc Gagnon", email="luc@client.example")
    world.give_account(luc, client)
    token, _ = uploads.start_upload(world.ports, world.signed_in(luc), who.task.id, "Luc.pdf", 3000)
    bring(world, token, pdf(3000))
    world.clock.advance(minutes=11)

    (text,) = sent(world)
    assert f"/requests/{who.request.id}#t{who.task.id}" in text
    assert world.all(OutboxMail)[-1].contact_id == luc.id
