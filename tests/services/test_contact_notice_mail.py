"""Notices to contacts by e-mail: one for ten minutes, by a link of their own, and nothing they may no longer see (9.6)."""

from __future__ import annotations

import pytest

from portal_app.domain.contact_notices import ContactTopic
from portal_app.jobs import timetable
from portal_app.models import ContactNotice, ContactNoticeChoice, MailPhase, OutboxMail, Recipient, WorkStatus
from portal_app.services.mail import post
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.notices import telling
from portal_app.services.notices.notice_mail import queue_contact_notices
from portal_app.services.requests import sending
from portal_app.services.tasks import comments
from portal_app.services.work import work_items
from portal_app.work import begin
from tests.services import posted
from tests.services.asked import Asked
from tests.services.races import while_held
from tests.services.test_contact_notices import add_recipient
from tests.world import World


def mails(world: World) -> list[OutboxMail]:
    return sorted(world.all(OutboxMail, event="client_news"), key=lambda row: row.id)


def text_of(world: World, mail: OutboxMail) -> str:
    return posted.text_of(post.envelope(world.ports, mail))


def run(world: World) -> None:
    """What the timetable does, twice."""
    for _time in range(2):
        timetable.run(world.ports, "queue_contact_notices")


def write(world: World, asked: Asked, text: str, number: int = 0) -> None:
    comments.add_comment(world.ports, world.staff, asked.tasks[number].id, text)


def test_9_6_comments_of_ten_minutes_make_one_e_mail_from_who_wrote(world: World, asked: Asked) -> None:
    write(world, asked, "Page 2 is missing.")
    world.clock.advance(minutes=9)
    write(world, asked, "And page 3.", 1)
    run(world)
    assert mails(world) == []

    world.clock.advance(minutes=1)
    run(world)

    (mail,) = mails(world)
    assert (mail.contact_id, mail.request_id) == (asked.contact.id, asked.request.id)
    text = text_of(world, mail)
    assert text.index("Page 2 is missing.") < text.index("And page 3.")
    assert "/r/" in text
    assert mail.sender == world.owner.email
    assert "choose which" not in text.lower()  # no account, so no page to choose on

    world.clock.advance(minutes=1)
    write(world, asked, "Thank you.")
    world.clock.advance(minutes=10)
    run(world)
    assert len(mails(world)) == 2
    assert "Page 2" not in text_of(world, mails(world)[1])


@pytest.mark.parametrize("engine", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_9_6_and_fault_25_who_takes_part_of_ten_minutes_leaves_none_for_an_e_mail_apart(
    world: World, asked: Asked
) -> None:
    write(world, asked, "Page 2 is missing.")
    write(world, asked, "And page 3.", 1)
    world.clock.advance(minutes=10)
    first, second = world.all(ContactNotice, kind="comment")
    while_held(world.engine, first, lambda: queue_contact_notices(world.ports))
    run(world)

    (mail,) = mails(world)
    assert [world.get(row).mail_id for row in (first, second)] == [mail.id, mail.id]


def test_9_6_each_recipient_gets_one_in_their_language_and_reads_it_in_the_portal_instead(
    world: World, asked: Asked
) -> None:
    other = add_recipient(world, asked.request, "Luc Roy")
    world.change(other, locale="fr")
    write(world, asked, "La page 2 manque.")
    world.change(world.all(ContactNotice, contact_id=asked.contact.id)[0], read_at=world.clock.now())
    world.clock.advance(minutes=10)
    run(world)

    (mail,) = mails(world)
    assert mail.contact_id == other.id
    assert "Bonjour Luc Roy" in text_of(world, mail)


def test_9_5_who_wants_no_e_mail_about_comments_gets_none(world: World, asked: Asked) -> None:
    world.put(
        ContactNoticeChoice(
            firm_id=asked.contact.firm_id,
            contact_id=asked.contact.id,
            topic=ContactTopic.COMMENT,
            by_email=False,
            changed_at=world.clock.now(),
        )
    )
    write(world, asked, "Page 2 is missing.")
    world.clock.advance(minutes=10)
    run(world)

    assert mails(world) == []
    assert len(world.all(ContactNotice)) == 1


def test_6_13_6_14_nothing_goes_to_who_may_no_longer_see_it(world: World, asked: Asked) -> None:
    other = add_recipient(world, asked.request, "Luc Roy")
    write(world, asked, "Page 2 is missing.")
    world.change(world.all(Recipient, contact_id=other.id)[0], removed_at=world.clock.now())
    world.clock.advance(minutes=10)
    run(world)
    (mail,) = mails(world)
    assert mail.contact_id == asked.contact.id

    sending.withdraw_request(world.ports, world.staff, asked.request.id)
    deliver_outbox(world.ports)

    assert world.get(mail).phase is MailPhase.CANCELLED


def test_6_10_a_closed_request_is_told_without_a_link(world: World, asked: Asked) -> None:
    work_items.set_status(world.ports, world.staff, asked.request.work_item_id, WorkStatus.COMPLETED)
    world.clock.advance(minutes=10)
    run(world)

    (mail,) = mails(world)
    text = text_of(world, mail)
    assert "is closed" in text
    assert "/r/" not in text
    deliver_outbox(world.ports)
    assert world.get(mail).phase is MailPhase.SENT


def test_9_6_documents_of_ten_minutes_make_one_e_mail_that_leads_to_them(world: World) -> None:
    client = world.new_client("Roy inc.")
    contact = world.new_contact(client, "Luc Roy")
    with begin(world.ports, world.staff) as work:
        for number in (1, 2):
            telling.tell_contacts(
                work,
                [contact.id],
                "document_shared",
                once_key=f"document_shared:{number}",
                facts={"name": f"Return {number}.pdf"},
                client_id=client.id,
            )
    world.clock.advance(minutes=10)
    run(world)

    (mail,) = mails(world)
    text = text_of(world, mail)
    assert "Return 1.pdf" in text
    assert "Return 2.pdf" in text
    assert f"{world.ports.settings.public_url}/documents" in text
    assert mail.subject == "Documents for Roy inc."
