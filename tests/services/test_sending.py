"""Sending a request, sending it again, and taking it back (6.1 to 6.7, 6.13 to 6.15, 6.25)."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.lifecycle import State
from portal_app.models import (
    AccessGrant,
    Activity,
    AuditEntry,
    LinkToken,
    MailPhase,
    OutboxMail,
    Recipient,
    Task,
)
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.tasks import checklists, client_answers
from portal_app.services.tasks.checklists import TaskFields
from portal_app.work import OUTBOX
from tests.services.claims import bound
from tests.services.posted import html_of, parsed, subjects, text_of, token_in
from tests.services.sends import sent, state_of
from tests.world import World


def test_5_6_a_sent_request_is_not_sent_until_its_mail_left(world: World) -> None:
    request = world.draft_request()
    assert state_of(world, request) is State.DRAFT

    sent(world, request)
    assert state_of(world, request) is State.NOT_SENT

    assert deliver_outbox(world.ports) == 1
    assert state_of(world, request) is State.SENT
    assert world.all(Recipient)[0].first_sent_at == world.clock.now()


def test_6_2_each_recipient_gets_an_email_and_a_link_of_their_own(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, "Marie-Claude Gagnon"), world.new_contact(client, "Luc Gagnon")]
    request = world.draft_request(client, to=people)

    sent(world, request)
    deliver_outbox(world.ports)

    assert sorted(letter.recipient for letter in world.mail.sent) == [
        "luc.gagnon@client.example",
        "marie-claude.gagnon@client.example",
    ]
    assert len({token_in(letter) for letter in world.mail.sent}) == 2
    assert len(world.all(AccessGrant)) == 2


def test_6_3_only_the_hash_of_a_link_is_stored_and_the_waiting_email_is_sealed(world: World) -> None:
    """A dump of the database opens nothing."""
    request = world.draft_request()
    sent(world, request)
    waiting = world.all(OutboxMail)[0]
    deliver_outbox(world.ports)
    token = token_in(world.mail.sent[0])

    assert len(token) >= 22, "128 bits in base64"
    assert token.encode() not in waiting.sealed
    assert b"/r/" not in waiting.sealed
    assert all(token.encode() not in row.hash for row in world.all(LinkToken))
    assert world.all(OutboxMail)[0].sealed is None, "what has left is not kept"


def test_the_email_says_who_asks_for_what_by_when_in_the_readers_language(world: World) -> None:
    client = world.new_client("Érablière Gagnon inc.")
    person = world.new_contact(client, "Zoé Gagnon", email="zoe@gagnon.example", locale="fr")
    request = world.draft_request(client, to=[person], due_on=date(2026, 3, 31))

    sent(world, request)
    deliver_outbox(world.ports)

    letter = world.mail.sent[0]
    text = text_of(letter)
    assert "Bank statements" in text
    assert "31\N{NO-BREAK SPACE}mars" in text
    assert "Sophie Ouellet" in str(parsed(letter)["From"])
    assert token_in(letter) in html_of(letter)
    assert parsed(letter)["Content-Language"] == "fr-CA"


def test_each_link_stands_once_alone_on_its_line(world: World) -> None:
    """Section 16."""
    sent(world, world.draft_request())
    deliver_outbox(world.ports)

    lines = text_of(world.mail.sent[0]).splitlines()
    links = [line for line in lines if "http" in line]
    assert links
    assert all(re.fullmatch(r"https?://\S+", line) for line in links)
    assert len(set(links)) == len(links)


def test_6_2_the_foot_names_the_sign_in_page_only_while_the_portal_is_on(world: World) -> None:
    """6.2."""
    world.change(world.firm, portal_on_at=world.clock.now())
    sent(world, world.draft_request(world.new_client("On"), to=None))
    off = world.new_client("Off", portal_on_at=None)
    sent(world, world.draft_request(off, to=[world.new_contact(off, "Paul Roy")]))
    deliver_outbox(world.ports)

    by_name = {letter.recipient: text_of(letter) for letter in world.mail.sent}
    assert "/f/tremblay/login" in by_name["marie-claude.gagnon@client.example"]
    assert "/f/tremblay/login" not in by_name["paul.roy@client.example"]


def test_6_1_a_send_shows_in_the_timelines_of_work_and_contact(world: World) -> None:
    """6.1."""
    request = world.draft_request()
    person = sent(world, request)[0]
    deliver_outbox(world.ports)

    rows = {row.kind: row for row in world.all(Activity)}
    assert rows["request_sent"].work_item_id == request.work_item_id
    assert rows["request_sent"].contact_id == person.contact_id
    assert rows["request_sent"].staff_id == world.owner.id
    assert rows["mail_accepted"].mail_id == world.all(OutboxMail)[0].id
    assert [row.action for row in world.all(AuditEntry)] == ["request:sent"]


def test_the_outbox_is_rung_after_the_send(world: World) -> None:
    request = world.draft_request()
    world.bell.rung.clear()
    sent(world, request)

    assert {OUTBOX, f"request:{request.id}", f"work:{request.work_item_id}"} <= set(world.bell.rung)


def test_fault_14_the_same_press_twice_sends_once(world: World) -> None:
    request = world.draft_request()
    sent(world, request, "press-1")
    sent(world, request, "press-1")

    assert len(world.all(OutboxMail)) == 1
    assert len(world.all(LinkToken)) == 1


def test_6_25_two_staff_members_at_once_send_once(world: World) -> None:
    """6.25."""
    request = world.draft_request()
    colleague = world.actor(world.new_staff("Karim Benali"))
    people = [one.contact_id for one in world.all(Recipient, request_id=request.id)]
    start, refused = threading.Barrier(2), []

    def press(actor, key):
        start.wait()
        try:
            sending.send_request(world.ports, actor, request.id, people, key)
        except RuleBroken as refusal:
            refused.append(refusal.text)

    threads = [
        threading.Thread(target=press, args=(world.staff, "a")),
        threading.Thread(target=press, args=(colleague, "b")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(world.all(OutboxMail)) == 1
    assert len(refused) == 1
    assert "already sent" in refused[0]


def test_6_25_a_request_without_an_open_task_is_not_sent(world: World) -> None:
    """6.25."""
    request = world.draft_request(tasks=())
    with pytest.raises(RuleBroken, match="no open task"):
        sent(world, request)
    assert world.all(OutboxMail) == []


def test_6_25_a_request_without_a_usable_address_is_not_sent(world: World) -> None:
    """6.25."""
    client = world.new_client()
    request = world.draft_request(client, to=[world.new_contact(client, email="")])
    with pytest.raises(RuleBroken, match="e-mail address"):
        sent(world, request)
    assert world.all(OutboxMail) == []


def test_a_recipient_who_is_no_contact_of_the_client_is_refused(world: World) -> None:
    """5.23."""
    request = world.draft_request()
    stranger = world.new_contact(world.new_client("Somebody else"), "Paul Roy")
    with pytest.raises(BadInput):
        sending.send_request(world.ports, world.staff, request.id, [stranger.id], "k")
    with pytest.raises(BadInput):
        sending.send_request(world.ports, world.staff, request.id, [], "k")
    assert world.all(OutboxMail) == []


def test_6_25_a_bounced_address_is_refused_until_it_is_corrected(world: World) -> None:
    client = world.new_client()
    good, bad = world.new_contact(client), world.new_contact(client, "Paul Roy")
    world.change(bad, bounced_at=world.clock.now())
    request = world.draft_request(client, to=[good, bad])
    with pytest.raises(BadInput, match="Paul Roy"):
        sent(world, request)

    world.change(bad, bounced_at=None)
    sent(world, request)
    assert len(world.all(OutboxMail)) == 2


def test_another_firms_request_is_not_found(world: World) -> None:
    other = world.new_firm("Roy CPA", slug="roy")
    outsider = world.actor(world.new_staff("Paul Roy", firm=other))
    request = world.draft_request()
    contact_id = world.all(Recipient)[0].contact_id
    for call in (
        lambda: sending.send_request(world.ports, outsider, request.id, [contact_id], "k"),
        lambda: sending.resend_request(world.ports, outsider, request.id, None, "k"),
        lambda: sending.withdraw_request(world.ports, outsider, request.id),
        lambda: sending.preview(world.ports, outsider, request.id),
        lambda: sending.add_recipients(world.ports, outsider, request.id, [contact_id], "k"),
        lambda: sending.remove_recipient(world.ports, outsider, request.id, contact_id),
        lambda: sending.preview(world.ports, world.staff, uuid4()),
    ):
        with pytest.raises(NotFound):
            call()
    assert world.all(OutboxMail) == []


def test_6_1_who_was_proposed_and_not_chosen_is_no_recipient(world: World) -> None:
    client = world.new_client()
    kept, left = world.new_contact(client), world.new_contact(client, "Paul Roy")
    request = world.draft_request(client, to=[kept, left])

    sending.send_request(world.ports, world.staff, request.id, [kept.id], "k")

    assert len(world.all(OutboxMail)) == 1
    assert {row.contact_id for row in world.all(Recipient) if row.removed_at is None} == {kept.id}


# resending


def test_6_6_a_resend_brings_a_new_link_to_the_same_grant_and_thirty_days_from_then(world: World) -> None:
    """6.6, 6.7, 7.4."""
    request = world.draft_request()
    recipient = sent(world, request)[0]
    deliver_outbox(world.ports)
    world.change(recipient, reminders_used=4)
    world.clock.advance(days=20)

    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    deliver_outbox(world.ports)

    grant = world.all(AccessGrant)[0]
    assert len(world.all(AccessGrant)) == 1
    assert len(world.all(LinkToken, grant_id=grant.id)) == 2
    assert grant.expires_at == world.clock.now() + timedelta(days=30)
    assert world.get(recipient).reminders_used == 0
    assert len(subjects(world)) == 2


def test_6_6_a_resend_never_makes_a_grant_shorter(world: World) -> None:
    """6.6."""
    request = world.draft_request()
    sent(world, request)
    long = world.clock.now() + timedelta(days=60)
    world.change(world.all(AccessGrant)[0], expires_at=long)

    sending.resend_request(world.ports, world.staff, request.id, None, "again")

    assert world.all(AccessGrant)[0].expires_at == long


def test_6_7_the_same_resend_twice_is_one_resend(world: World) -> None:
    request = world.draft_request()
    sent(world, request)
    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    sending.resend_request(world.ports, world.staff, request.id, None, "another")
    sending.resend_request(world.ports, world.staff, request.id, None, "again")

    assert len(world.all(OutboxMail)) == 3


def test_6_7_a_request_is_resent_only_while_a_task_is_open_and_the_work_goes_on(world: World) -> None:
    """6.7."""
    request = world.draft_request(tasks=["Only this"])
    sent(world, request)
    task = world.all(Task)[0]
    world.change(task, completed_at=world.clock.now())
    with pytest.raises(RuleBroken):
        sending.resend_request(world.ports, world.staff, request.id, None, "k")

    world.change(task, completed_at=None)
    work_item = world.all(type(world.new_work(world.new_client("X"))), id=request.work_item_id)[0]
    world.change(work_item, completed_at=world.clock.now())
    with pytest.raises(RuleBroken, match="completed"):
        sending.resend_request(world.ports, world.staff, request.id, None, "k")


def test_6_7_a_draft_is_not_resent(world: World) -> None:
    request = world.draft_request()
    with pytest.raises(RuleBroken):
        sending.resend_request(world.ports, world.staff, request.id, None, "k")


def test_6_10_a_resend_after_the_work_was_reopened_opens_its_links_again(world: World) -> None:
    """6.10."""
    request = world.draft_request()
    sent(world, request)
    world.change(request, needs_resend_at=world.clock.now())

    sending.resend_request(world.ports, world.staff, request.id, None, "k")

    assert world.get(request).needs_resend_at is None


# withdrawing and recipients


def test_6_13_withdrawing_ends_links_and_waiting_emails_at_once_and_tells_who_got_it(world: World) -> None:
    """6.13, 9.6."""
    client = world.new_client()
    got, waits = world.new_contact(client), world.new_contact(client, "Paul Roy")
    request = world.draft_request(client, to=[got])
    sent(world, request)
    deliver_outbox(world.ports)
    sending.add_recipients(world.ports, world.staff, request.id, [waits.id], "more")

    sending.withdraw_request(world.ports, world.staff, request.id)
    sending.withdraw_request(world.ports, world.staff, request.id)
    deliver_outbox(world.ports)

    assert state_of(world, request) is State.WITHDRAWN
    assert {grant.ended_because for grant in world.all(AccessGrant)} == {"withdrawn"}
    assert [letter.recipient for letter in world.mail.sent] == [got.email, got.email]
    stopped = [row for row in world.all(OutboxMail) if row.phase is MailPhase.CANCELLED]
    assert [(row.recipient, row.answer, row.sealed) for row in stopped] == [(waits.email, "withdrawn", None)]


def test_6_13_sending_again_after_withdrawing_starts_new_grants(world: World) -> None:
    """6.13; and the very same press, asked anew, is a new send."""
    request = world.draft_request()
    sent(world, request, "press-1")
    deliver_outbox(world.ports)
    sending.withdraw_request(world.ports, world.staff, request.id)
    world.clock.advance(minutes=1)

    sent(world, request, "press-1")
    assert state_of(world, request) is State.NOT_SENT
    deliver_outbox(world.ports)

    assert state_of(world, request) is State.SENT
    grants = world.all(AccessGrant)
    assert len(grants) == 2
    assert sum(grant.ended_at is None for grant in grants) == 1


def test_6_13_a_draft_is_not_withdrawn(world: World) -> None:
    with pytest.raises(RuleBroken):
        sending.withdraw_request(world.ports, world.staff, world.draft_request().id)


def test_6_15_an_added_recipient_has_thirty_days_of_their_own(world: World) -> None:
    """6.15."""
    client = world.new_client()
    first, late = world.new_contact(client), world.new_contact(client, "Paul Roy")
    request = world.draft_request(client, to=[first])
    sent(world, request)
    world.clock.advance(days=10)

    sending.add_recipients(world.ports, world.staff, request.id, [late.id], "more")
    sending.add_recipients(world.ports, world.staff, request.id, [late.id], "more")

    expiry = {grant.contact_id: grant.expires_at for grant in world.all(AccessGrant)}
    assert expiry[late.id] - expiry[first.id] == timedelta(days=10)
    assert len(world.all(OutboxMail)) == 2


def test_6_14_the_last_recipient_is_not_removed_and_a_removed_one_loses_the_link(world: World) -> None:
    """6.14."""
    client = world.new_client()
    stays, goes = world.new_contact(client), world.new_contact(client, "Paul Roy")
    request = world.draft_request(client, to=[stays, goes])
    sent(world, request)

    sending.remove_recipient(world.ports, world.staff, request.id, goes.id)
    sending.remove_recipient(world.ports, world.staff, request.id, goes.id)
    with pytest.raises(RuleBroken, match="Withdraw"):
        sending.remove_recipient(world.ports, world.staff, request.id, stays.id)
    deliver_outbox(world.ports)

    assert [letter.recipient for letter in world.mail.sent] == [stays.email]
    ended = [grant for grant in world.all(AccessGrant) if grant.ended_at is not None]
    assert [(grant.contact_id, grant.ended_because) for grant in ended] == [(goes.id, "removed")]


def test_5_13_an_added_open_task_makes_a_completed_request_in_progress_again(world: World) -> None:
    request = world.draft_request()
    sent(world, request)
    deliver_outbox(world.ports)
    for task in world.tasks(request):
        world.change(task, completed_at=world.clock.now())
    assert state_of(world, request) is State.COMPLETED

    checklists.add_task(world.ports, world.staff, request.id, TaskFields("Void cheque"))

    assert state_of(world, request) is State.IN_PROGRESS


def test_5_3_other_answers_stay_open_to_a_task_that_needs_a_file(world: World) -> None:
    request = world.draft_request()
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
    task = world.change(world.tasks(request)[0], needs_file=True)

    client_answers.say_not_applicable(world.ports, bound(world, request), task.id, "We rent nothing")

    assert world.get(task).completed_at is not None
