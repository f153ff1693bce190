"""Settings › E-mail: the firm's own words in every e-mail to clients, and what cannot be taken out of them (1.12)."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain import email_texts
from portal_app.domain.actors import Role
from portal_app.domain.email_texts import BLOCKS, EVENTS, OwnText
from portal_app.domain.errors import BadInput, NotFound
from portal_app.models import AuditEntry, EmailText, Recipient
from portal_app.services.firm.firm_settings import change_setting
from portal_app.services.mail import emails, sample_mails, standard_texts
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.mail.own_texts import (
    back_to_standard,
    email_text_view,
    preview_email_text,
    save_email_text,
    send_test,
)
from portal_app.services.requests import sending
from portal_app.text import LANGUAGES, use_locale
from tests.fakes import START
from tests.services.mail_samples import ACCESS, FIRM, LINK, MAILS, OFFER, REQUEST, UNDATED
from tests.world import World

SUBJECT, BODY = "Papers: {request}", "Dear {name},\n\n{message}\n\nSoon please.\n\n{link}\n\n{tasks}"
every_event = pytest.mark.parametrize("event", EVENTS)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def save(world: World, event: str = "request_sent", subject: str = SUBJECT, body: str = BODY) -> bool:
    return save_email_text(world.ports, world.staff, event, "en", subject, body)


def refused(world: World, event: str, subject: str, body: str) -> tuple[str, str]:
    """The field and the sentence of a refusal; nothing was kept."""
    with pytest.raises(BadInput) as refusal:
        save_email_text(world.ports, world.staff, event, "en", subject, body)
    assert world.all(EmailText) == []
    return refusal.value.field, refusal.value.text


def own(subject: str, body: str) -> emails.Letterhead:
    return replace(FIRM, own_texts=lambda _event, _locale: OwnText(subject, body))


def addresses(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)


# what is kept


def test_1_12_the_next_email_has_the_firms_own_words(world: World) -> None:
    assert save(world)
    request = world.draft_request(tasks=["Bank statements"])
    (to,) = [one.contact_id for one in world.all(Recipient)]
    sending.send_request(world.ports, world.staff, request.id, [to], "once")
    deliver_outbox(world.ports)

    letter = message_from_bytes(world.mail.sent[0].message, policy=default)
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert letter["Subject"] == "Papers: Documents for 2025"
    assert "Dear Marie-Claude Gagnon," in text
    assert "Soon please." in text
    assert "- Bank statements" in text
    assert len([line for line in text.splitlines() if "/r/" in line]) == 1


def test_1_12_each_language_has_its_own_text(world: World) -> None:
    save(world)
    english = email_text_view(world.ports, world.staff, "request_sent", "en")
    french = email_text_view(world.ports, world.staff, "request_sent", "fr")

    assert (english.subject, english.is_own) == (SUBJECT, True)
    assert (french.subject, french.is_own) == (
        "Documents demandés : {request}".replace(" :", "\u00a0:"),
        False,
    )


def test_1_12_another_firm_keeps_the_standard_text(world: World) -> None:
    save(world)
    other = world.new_firm("Other CPA", slug="other")
    rival = world.actor(world.new_staff("Rival", role=Role.OWNER, firm=other))

    assert not email_text_view(world.ports, rival, "request_sent", "en").is_own


def test_1_12_back_to_the_standard_text_forgets_the_firms(world: World) -> None:
    standard = email_text_view(world.ports, world.staff, "request_sent", "en")
    save(world)

    assert back_to_standard(world.ports, world.staff, "request_sent", "en")
    assert not back_to_standard(world.ports, world.staff, "request_sent", "en")
    assert email_text_view(world.ports, world.staff, "request_sent", "en") == standard
    assert [row.action for row in world.all(AuditEntry) if row.action.startswith("email_text")] == [
        "email_text:changed",
        "email_text:set_back",
    ]


@every_language
@every_event
def test_1_12_a_text_typed_as_the_standard_one_is_not_kept(world: World, event: str, language: str) -> None:
    standard = email_text_view(world.ports, world.staff, event, language)
    save_email_text(world.ports, world.staff, event, language, "Hello", standard.body)
    assert world.all(EmailText) != []
    assert save_email_text(world.ports, world.staff, event, language, standard.subject, standard.body)
    assert world.all(EmailText) == []


@pytest.mark.parametrize("role", [Role.MEMBER])
def test_1_16_members_have_no_texts_to_change(world: World, role: Role) -> None:
    member = world.actor(world.new_staff("Karim Benali", role=role))
    for call in (save_email_text, preview_email_text, send_test):
        with pytest.raises(NotFound):
            call(world.ports, member, "request_sent", "en", SUBJECT, BODY)
    with pytest.raises(NotFound):
        email_text_view(world.ports, member, "request_sent", "en")
    with pytest.raises(NotFound):
        back_to_standard(world.ports, member, "request_sent", "en")


def test_1_12_an_email_that_is_none_is_not_found(world: World) -> None:
    for event, language in (("notices", "en"), ("request_sent", "de")):
        with pytest.raises(NotFound):
            email_text_view(world.ports, world.staff, event, language)


# what is refused


@every_event
def test_1_12_what_an_email_is_for_cannot_be_taken_out(world: World, event: str) -> None:
    with use_locale("en"):
        standard = standard_texts.standard(event)
    for name in EVENTS[event].required:
        field, text = refused(world, event, standard.subject, standard.body.replace(f"{{{name}}}", ""))
        assert field == "body"
        assert f"{{{name}}}" in text


@pytest.mark.parametrize(
    ("subject", "body", "field", "named"),
    [
        ("Papers", BODY + " {surname}", "body", "{surname}"),
        ("For {surname}", BODY, "subject", "{surname}"),
        ("Here: {link}", BODY, "subject", "{link}"),
        ("Papers", BODY + "\n\n{link}", "body", "{link}"),
        ("Papers", BODY + "\nhttps://a.example/x and https://a.example/x", "body", "https://a.example/x"),
        ("", BODY, "subject", "subject"),
        ("Papers", "  ", "body", "text"),
    ],
)
def test_1_12_a_placeholder_that_is_unknown_misplaced_or_twice_is_named(
    world: World, subject: str, body: str, field: str, named: str
) -> None:
    where, sentence = refused(world, "request_sent", subject, body)
    assert where == field
    assert named in sentence


def test_1_12_an_address_that_stands_at_the_foot_is_not_typed_again(world: World) -> None:
    help_url = f"{world.settings.public_url}/f/tremblay/help"
    assert help_url in refused(world, "request_sent", SUBJECT, f"{BODY}\n\n{help_url}")[1]


def test_asvs_38_a_line_break_in_a_subject_makes_no_header(world: World) -> None:
    save(world, subject="Papers\r\nBcc: thief@evil.example")
    assert world.all(EmailText)[0].subject == "Papers Bcc: thief@evil.example"

    stored = own("Papers\r\nBcc: thief@evil.example", BODY)
    mail = emails.request_sent(stored, REQUEST, locale="en")
    assert mail.subject == "Papers Bcc: thief@evil.example"


def test_asvs_38_a_name_with_a_line_break_makes_no_header() -> None:
    odd = replace(REQUEST, title="2025\r\nBcc: thief@evil.example")
    assert "\n" not in emails.request_sent(own("{request}", BODY), odd, locale="en").subject


# what an e-mail in own words says


@every_language
@every_event
def test_1_12_the_standard_text_reads_as_the_email_that_was_never_touched(event: str, language: str) -> None:
    facts = {
        "request_sent": lambda head: emails.request_sent(head, REQUEST, locale=language),
        "reminder": lambda head: emails.reminder(head, REQUEST, locale=language, waiting=UNDATED.tasks),
        "task_added": lambda head: emails.task_added(head, REQUEST, locale=language),
        "task_reopened": lambda head: emails.task_reopened(head, REQUEST, reason="Blurred", locale=language),
        "request_withdrawn": lambda head: emails.request_withdrawn(head, REQUEST, locale=language),
        "access_link": lambda head: emails.access_link(head, ACCESS, locale=language),
        "sign_in_code": lambda head: emails.sign_in_code(head, name="Luc", code="418302", locale=language),
        "invitation": lambda head: emails.invitation(head, OFFER, locale=language),
        "password_reset": lambda head: emails.password_reset(head, name="Luc", link=LINK, locale=language),
        "introduction": lambda head: MAILS["introduction"](language),
    }[event]
    with use_locale(language):
        standard = standard_texts.standard(event)
    untouched, written = facts(FIRM), facts(own(standard.subject, standard.body))

    assert written.subject == untouched.subject
    assert set(untouched.text.splitlines()) - set(written.text.splitlines()) <= {
        ACCESS.title,
        REQUEST.title,
        "Accept the invitation",
    }


@every_language
@every_event
def test_16_each_link_stands_once_alone_on_its_line_whatever_the_firm_wrote(
    event: str, language: str
) -> None:
    crowded = "See https://a.example/x, (https://b.example). " + " and ".join(
        f"{{{name}}}" for name in EVENTS[event].places
    )
    mail = sample_mails.sample(
        event, FIRM, OwnText("Hello", crowded), locale=language, staff_name="Sophie", now=START
    )
    links = addresses(mail.text)

    assert {"https://a.example/x", "https://b.example"} < set(links)
    assert len(links) == len(set(links))
    assert set(links) <= set(mail.text.splitlines())
    assert set(re.findall(r'<a href="([^"]+)"', mail.html)) == set(links)


@given(body=st.text(alphabet="{}linktasks <b>&\n\rhttp:/.e", max_size=60))
def test_1_12_whatever_is_typed_is_text_and_nothing_else(body: str) -> None:
    mail = emails.request_sent(own("S", f"{body}\n\n{{link}}"), REQUEST, locale="en")
    _, _, below = mail.html.partition("</h1>")
    typed, button, _ = below.partition('class="cta"')
    assert button
    assert "<b>" not in typed


def test_1_12_a_name_that_looks_like_a_placeholder_is_a_name() -> None:
    odd = replace(REQUEST, client_name="{link} & <i>Sons</i>")
    mail = emails.request_sent(own("For {client}", "For {client}\n\n{link}"), odd, locale="en")

    assert "For {link} & <i>Sons</i>" in mail.text
    assert mail.text.count(LINK) == 1
    assert "<i>" not in mail.html


def test_1_12_without_a_due_date_the_sentence_still_reads() -> None:
    mail = emails.request_sent(own("S", "By {due}.\n\n{link}"), UNDATED, locale="en")
    assert "By a date to be agreed." in mail.text


def test_asvs_38_no_subject_can_hold_a_code_or_a_link() -> None:
    for event, rules in EVENTS.items():
        assert not set(rules.words) & BLOCKS
        for name in (*rules.required, *rules.optional):
            found = email_texts.problem(event, OwnText(f"{{{name}}}", ""))
            assert found is not None
            assert found.field == "subject"


# looking and trying


@every_language
@every_event
def test_1_12_every_email_can_be_looked_at_in_both_languages(world: World, event: str, language: str) -> None:
    view = email_text_view(world.ports, world.staff, event, language)
    seen = preview_email_text(world.ports, world.staff, event, language, view.subject, view.body)

    assert seen.wrong == ""
    assert "{" not in seen.text
    assert f'lang="{language}-CA"' in seen.html


def test_1_12_the_preview_shows_what_is_typed_and_says_what_is_wrong_with_it(world: World) -> None:
    seen = preview_email_text(world.ports, world.staff, "request_sent", "en", "Now {oops}", "Only words")

    assert seen.subject == "Now {oops}"
    assert "Only words" in seen.text
    assert (seen.field, "{oops}" in seen.wrong) == ("subject", True)
    assert world.all(EmailText) == []


def test_1_12_a_test_goes_to_the_one_who_asks_and_holds_no_live_link(world: World) -> None:
    to = send_test(world.ports, world.staff, "request_sent", "en", SUBJECT, BODY)
    deliver_outbox(world.ports)

    assert to == world.owner.email
    assert [letter.recipient for letter in world.mail.sent] == [to]
    text = message_from_bytes(world.mail.sent[0].message, policy=default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "/r/…" in text


def test_1_12_what_no_staff_member_sends_is_answered_where_the_firm_says(world: World) -> None:
    change_setting(world.ports, world.staff, "sender_email", "bonjour@tremblay.example")
    change_setting(world.ports, world.staff, "reply_to_email", "bureau@tremblay.example")
    seen = preview_email_text(world.ports, world.staff, "sign_in_code", "en", "Code", "{code}")

    assert seen.from_line == "Tremblay Ouellet CPA <bonjour@tremblay.example>"
    assert seen.reply_to == "bureau@tremblay.example"


@pytest.mark.parametrize(
    "typed", ["http://a.example", "javascript:alert(1)", "https://", "https://a b", 'https://a.example/"x']
)
def test_9_7_a_link_to_a_video_is_https(world: World, typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        change_setting(world.ports, world.staff, "video_url", typed)
    assert refusal.value.field == "video_url"
    assert change_setting(world.ports, world.staff, "video_url", "https://video.example/watch?v=1")
