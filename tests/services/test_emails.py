"""What e-mails say: everything that is asked, each link once, nothing that a person typed taken for markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from portal_app.domain.brand import Logo
from portal_app.domain.letterhead import ACCENTS
from portal_app.services.mail import emails
from portal_app.services.mail.email_facts import SecurityEvent, TaskLine
from portal_app.services.mail.emails import ComposedMail
from portal_app.text import LANGUAGES, locale, use_locale
from tests.services.mail_samples import (
    ACCESS,
    BARE,
    FIRM,
    LINK,
    MAILS,
    NOTICE,
    OFFER,
    ONE,
    REQUEST,
    TASKS,
    TOLD,
    UNDATED,
    WAITING,
)

TO_STAFF = ("notices", "staff_")
every_mail = pytest.mark.parametrize("name", MAILS)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def words(mail: ComposedMail) -> str:
    """The HTML part as it reads, on one line."""
    body = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", mail.html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).replace("\u00a0", " ")


def addresses(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)


@every_language
@every_mail
def test_16_in_the_text_part_each_link_stands_once_alone_on_its_line(name: str, language: str) -> None:
    mail = MAILS[name](language)
    lines = mail.text.splitlines()
    links = addresses(mail.text)

    assert len(links) == len(set(links))
    assert set(links) <= set(lines)


@every_language
@every_mail
def test_both_parts_lead_to_the_same_places(name: str, language: str) -> None:
    mail = MAILS[name](language)
    assert set(re.findall(r'<a href="([^"]+)"', mail.html)) == set(addresses(mail.text))


@every_language
@every_mail
def test_a_mail_has_one_line_of_subject_one_button_and_no_remote_image(name: str, language: str) -> None:
    mail = MAILS[name](language)

    assert mail.subject == mail.subject.strip() != ""
    assert mail.subject.isprintable() or "\u00a0" in mail.subject
    assert not re.search(r"[\r\n]", mail.subject)
    assert mail.html.count('class="cta"') <= 1
    assert "<img" not in mail.html
    assert f'<html lang="{language}-CA">' in mail.html
    assert "prefers-color-scheme: dark" in mail.html
    assert ".." not in mail.text
    assert "{" not in mail.text


@every_mail
def test_12_1_each_language_has_its_own_words(name: str) -> None:
    french, english = MAILS[name]("fr"), MAILS[name]("en")
    assert french.subject != english.subject
    assert "Bonjour " in french.text
    assert "Hello " in english.text


def test_composing_leaves_the_callers_language_alone() -> None:
    with use_locale("en"):
        emails.request_sent(FIRM, REQUEST, locale="fr")
        assert locale() == "en"


@every_language
def test_6_1_a_request_lists_every_task_with_its_date(language: str) -> None:
    mail = emails.request_sent(FIRM, REQUEST, locale=language)
    for part in (mail.text.replace("\u00a0", " "), words(mail)):
        for task in TASKS:
            assert task.title in part
    assert "(en retard, 13 mars)" in emails.request_sent(FIRM, REQUEST, locale="fr").text.replace(
        "\u00a0", " "
    )
    assert (
        "Avis de cotisation 2024, Canada et Québec (no date)"
        in emails.request_sent(FIRM, REQUEST, locale="en").text
    )


def test_6_1_a_request_says_for_whom_until_when_and_who_answers() -> None:
    mail = emails.request_sent(FIRM, REQUEST, locale="en")
    assert mail.subject == "Documents needed: Déclaration de revenus 2025"
    for part in (mail.text.replace("\u00a0", " "), words(mail)):
        assert "Ébénisterie Gagnon inc." in part
        assert "by 31 March 2026" in re.sub(r"\s+", " ", part)
        assert "Sophie Ouellet, CPA" in part
        assert "418 555-0142" in part
        assert "210, rue Saint-Joseph Est, Québec (Québec) G1K 3A9" in part


def test_6_27_a_request_says_that_documents_go_through_the_link() -> None:
    mail = emails.request_sent(FIRM, REQUEST, locale="en")
    assert "Send your documents through this link, not by e-mail." in mail.text
    assert "A reply to this message goes to Sophie Ouellet, CPA." in mail.text


@pytest.mark.parametrize(
    "event",
    [
        "request_sent",
        "reminder",
        "reminder_digest",
        "task_added",
        "task_changed",
        "task_reopened",
        "access_link",
        "classic_pin",
        "my_links",
        "task_handed_over",
    ],
)
def test_6_27_every_email_with_a_way_to_a_request_says_that_documents_go_through_it(event: str) -> None:
    for language, said in (("en", "not by e-mail"), ("fr", "par courriel")):
        mail = MAILS[event](language)
        assert said in " ".join(mail.text.split())
        assert said in " ".join(mail.html.split())


def test_6_6_a_link_works_until_a_day_of_the_firms_own_zone() -> None:
    assert "works until 1 April 2026" in emails.request_sent(FIRM, REQUEST, locale="en").text.replace(
        "\u00a0", " "
    )
    elsewhere = replace(FIRM, time_zone="Europe/Paris")
    assert "works until 2 April 2026" in emails.request_sent(elsewhere, REQUEST, locale="en").text.replace(
        "\u00a0", " "
    )


def test_6_2_the_foot_names_the_sign_in_page_only_while_the_portal_is_on() -> None:
    with_portal = emails.request_sent(FIRM, REQUEST, locale="en")
    without = emails.request_sent(replace(FIRM, sign_in_url=None), REQUEST, locale="en")
    assert FIRM.sign_in_url is not None
    assert FIRM.sign_in_url in with_portal.text
    assert FIRM.sign_in_url in with_portal.html
    assert "/login" not in without.text + without.html


@every_language
@pytest.mark.parametrize("name", [name for name in MAILS if not name.startswith(TO_STAFF)])
def test_9_7_every_email_to_a_client_leads_to_the_help_page(name: str, language: str) -> None:
    mail = MAILS[name](language)
    if BARE.firm_name in mail.text:  # a firm without any page
        return
    assert f"{FIRM.help_url}#why" in mail.text.splitlines()
    assert f'href="{FIRM.help_url}#why"' in mail.html


def test_a_request_without_dates_asks_for_no_day() -> None:
    mail = emails.request_sent(BARE, UNDATED, locale="en")
    assert UNDATED.last_due_on is None
    assert "I need 1 item. A clear photo" in mail.text.replace("\u00a0", " ")


def test_a_year_is_named_where_it_is_another() -> None:
    tasks = (TaskLine("Ancien", date(2025, 12, 31)), TaskLine("Nouveau", date(2026, 3, 31)))
    text = emails.request_sent(FIRM, replace(REQUEST, tasks=tasks), locale="en").text.replace("\u00a0", " ")
    assert "- Ancien (31 December 2025)" in text
    assert "- Nouveau (31 March)" in text


def test_7_3_a_reminder_keeps_apart_what_waits_on_the_firm() -> None:
    text = emails.reminder(FIRM, REQUEST, waiting=WAITING, locale="en").text.replace("\u00a0", " ")
    asked, _, waits = text.partition("Waiting on the firm")
    assert "5 items" in asked
    assert all(task.title in asked for task in TASKS)
    assert WAITING[0].title not in asked
    assert f"- {WAITING[0].title} (question posée le 16 mars)" in waits
    assert "Waiting on the firm" not in emails.reminder(FIRM, REQUEST, locale="en").text


def test_7_5_a_reminder_can_be_switched_off_where_there_is_a_page_for_it() -> None:
    assert "https://portail.example/off/7" in MAILS["reminder"]("en").text
    assert "without reminders" not in emails.reminder(FIRM, REQUEST, locale="en").text


def test_6_5_an_access_mail_brings_link_and_code() -> None:
    mail = emails.access_link(FIRM, ACCESS, locale="en")
    for part in (mail.text, mail.html):
        assert part.count("418302") == 1
        assert LINK in part
    assert "within ten minutes" in mail.text


@pytest.mark.parametrize("name", ["access_link", "sign_in_code", "password_reset", "invitation"])
def test_no_subject_holds_a_code_or_a_link(name: str) -> None:
    for language in LANGUAGES:
        subject = MAILS[name](language).subject
        assert not re.search(r"\d{6}|https?:", subject)


def test_3_12_an_invitation_names_every_client_the_inviter_and_its_end() -> None:
    text = emails.invitation(FIRM, OFFER, locale="en").text.replace("\u00a0", " ")
    assert (
        "For Ébénisterie Gagnon inc., Succession Roland Gagnon: Sophie Ouellet, of Tremblay Ouellet CPA"
        in text
    )
    assert "Valid until 21 March 2026, 10:42" in text
    assert "> Comme convenu au téléphone." in text


def test_5_8_a_reopened_task_comes_with_the_reason() -> None:
    mail = emails.task_reopened(FIRM, ONE, reason="Page 3 is missing.", locale="en")
    assert mail.subject == "To look at again: Relevés bancaires"
    assert "> Page 3 is missing." in mail.text
    assert "Page 3 is missing." in words(mail)


@pytest.mark.parametrize("what", SecurityEvent)
def test_4_7_each_security_event_has_a_sentence(what: SecurityEvent) -> None:
    subjects = {
        emails.security_notice(FIRM, replace(NOTICE, what=it), locale="en").subject for it in SecurityEvent
    }
    assert len(subjects) == len(SecurityEvent)
    assert (
        "10:42, from Firefox, Windows."
        in emails.security_notice(FIRM, replace(NOTICE, what=what), locale="en").text
    )


def test_8_2_notices_to_staff_stand_by_client_and_lead_to_work_triage_and_choices() -> None:
    mail = emails.notices(FIRM, TOLD, locale="en")
    text = mail.text
    assert mail.subject == "3 notifications from 2 clients"
    assert "- Marie-Claude Gagnon asks about T5 (10:42)\n  “Which year?”" in text
    assert addresses(text) == [TOLD.groups[0].parts[0].link, TOLD.triage_link, TOLD.choices_link]
    assert "/help" not in mail.html


def test_8_2_one_notice_is_the_subject_itself() -> None:
    one = replace(TOLD, count=1, groups=TOLD.groups[1:])
    assert emails.notices(FIRM, one, locale="en").subject == "Le portail: E-mail to Luc came back"
    two = replace(TOLD, count=2, groups=TOLD.groups[:1])
    assert emails.notices(FIRM, two, locale="en").subject == "Ébénisterie Gagnon inc.: 2 notifications"


def test_what_people_typed_is_text_and_one_line_of_subject() -> None:
    nasty = '<script>alert("1")</script>\r\nBcc: all@firm.example'
    mail = emails.request_sent(
        replace(FIRM, firm_name=nasty),
        replace(
            REQUEST,
            title=nasty,
            client_name=nasty,
            recipient_name=nasty,
            message=nasty,
            tasks=(TaskLine(nasty),),
        ),
        locale="en",
    )
    assert "<script" not in mail.html
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert not re.search(r"^Bcc", mail.subject, re.MULTILINE)


def test_a_message_keeps_its_paragraphs() -> None:
    mail = MAILS["request_sent"]("fr")
    assert "Nous pouvons nous voir le 20.<br>Appelez-moi.</p>" in mail.html
    assert "Bonne fin de semaine &lt;3" in mail.html
    assert "Appelez-moi.\n\nBonne fin de semaine <3\n" in mail.text


def test_the_firms_colour_is_light_in_the_light_and_another_in_the_dark() -> None:
    html = MAILS["request_sent_bare"]("fr").html
    assert f"background:{ACCENTS['prune'].light}" in html
    assert f"background: {ACCENTS['prune'].dark} !important" in html


def test_1_4_a_logo_stands_for_the_name_and_says_it_without_images() -> None:
    html = emails.request_sent(
        replace(FIRM, logo=Logo("https://portail.example/logo.png", width=120, height=40)),
        REQUEST,
        locale="fr",
    ).html
    assert 'src="https://portail.example/logo.png" alt="Tremblay Ouellet CPA"' in html
