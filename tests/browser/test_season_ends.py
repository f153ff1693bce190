"""What ends over a season: a task handed over, taken back, its request withdrawn; a work completed and sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal_app.models import StoredFile
from tests.browser.checklists import stored
from tests.browser.demo import Mailbox, live, tick_box
from tests.browser.season import MONDAY, Season, path_in
from tests.files.tools import pdf
from tests.trial.served import becomes

pytestmark = [pytest.mark.browser, pytest.mark.served]


def headed(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_5_8a_and_6_13_a_task_is_handed_over_answered_by_a_file_taken_back_and_withdrawn_by_staff(
    journey: Season,
) -> None:
    client, contact = journey.person("Thomas Gervais")
    request = journey.world.draft_request(client, tasks=("T4", "Lease"), to=[contact])
    journey.send(request)
    phone = journey.phone()
    phone.goto(path_in(journey.newest(contact, phone), "r"))
    journey.press_open(phone)
    row = journey.row(phone, "T4")
    row.get_by_role("link", name=journey.word("Hand to someone else")).click()
    helper = f"tenue.{journey.language}@books.example"
    phone.get_by_label(journey.word("Name"), exact=True).fill("Aline Tenue")
    phone.get_by_label(journey.word("E-mail address")).fill(helper)
    phone.locator("input[type=date]").fill((journey.today() + timedelta(days=20)).isoformat())
    phone.get_by_role("button", name=journey.word("Hand over")).click()
    link = path_in(Mailbox(journey.portal).newest(helper, phone), "h")

    books = journey.claim(link)
    expect(books.get_by_role("heading", name="T4")).to_be_visible()
    expect(books.get_by_text("Lease")).to_have_count(0)
    file = {"name": "t4.pdf", "mimeType": "application/pdf", "buffer": pdf(3000)}
    journey.row(books, "T4").locator("input[type=file]").first.set_input_files(file)
    expect(books.get_by_role("link", name="t4.pdf", exact=True)).to_be_visible()
    assert [
        one.name for one in journey.world.all(StoredFile, task_id=journey.world.tasks(request)[0].id)
    ] == ["t4.pdf"]

    phone.goto(f"{journey.portal.url}/requests/{request.id}")
    live(phone)
    row = journey.row(phone, "T4")
    expect(row.get_by_role("link", name="t4.pdf", exact=True)).to_be_visible()
    row.get_by_role("link", name="Aline Tenue").click()
    phone.get_by_role("button", name=journey.word("Take it back from {name}", name="Aline Tenue")).click()
    phone.wait_for_url("**/requests/*")
    headed(books, journey.word("This task is no longer in your hands"))
    books.goto(link)
    headed(books, journey.word("This task is no longer in your hands"))
    live(phone)
    expect(journey.row(phone, "T4").get_by_role("link", name="t4.pdf", exact=True)).to_be_visible()

    page = journey.work_of(request)
    page.get_by_role("button", name=journey.word("More for {name}", name="Documents for 2025")).click()
    page.get_by_role("button", name=journey.word("Withdraw"), exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=journey.word("Withdraw"), exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    headed(phone, journey.word("This request was withdrawn"))
    for link_ in (link, path_in(journey.mails(contact)[0], "r")):
        phone.goto(link_)
        expect(phone.get_by_role("button", name=journey.word("Send access link"))).to_have_count(0)
    told = journey.word("No longer needed: {title}", title="Documents for 2025")
    becomes(lambda: told in [mail["subject"] for mail in journey.mails(contact)], True)
    page.get_by_role("button", name="T4", exact=True).click()  # what came in stays with staff
    expect(page.get_by_role("dialog").get_by_role("link", name="t4.pdf", exact=True)).to_be_visible()


def test_6_10_a_completed_work_closes_and_a_resend_opens_it_again(journey: Season) -> None:
    client, contact = journey.person("Ursule Vachon")
    due = journey.after_weekends(MONDAY, 14)
    request = journey.world.draft_request(client, tasks=("T4", "Lease"), to=[contact], due_on=due)
    journey.send(request)
    phone = journey.phone()
    first = path_in(journey.newest(contact, phone), "r")
    phone.goto(first)
    journey.press_open(phone)

    page = journey.work_of(request)
    page.get_by_label(journey.word("Status"), exact=True).select_option("completed")
    page.get_by_role("dialog").get_by_role("button", name=journey.word("Complete"), exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    headed(phone, journey.word("This request is closed"))
    phone.goto(first)
    headed(phone, journey.word("This request is closed"))
    expect(phone.get_by_role("button", name=journey.word("Send access link"))).to_have_count(0)
    journey.travel_to(due + timedelta(days=1))
    becomes(lambda: len(journey.mails(contact)), 2)
    _sent, told = journey.mails(contact)  # it is said once that it is closed (9.6), and nothing reminds of it
    closed = "{title} is closed. Ask the firm if you still want to hand something in."
    assert journey.word(closed, title="Documents for 2025") in told["text"]

    page = journey.work_of(request)
    expect(page.get_by_text(journey.word("closed with the work"))).to_be_visible()
    page.get_by_label(journey.word("Status"), exact=True).select_option("in_progress")
    expect(page.get_by_role("dialog")).to_contain_text(journey.word("Resend what was open?"))
    phone.goto(first)
    headed(phone, journey.word("This request is closed"))
    page.get_by_role("dialog").get_by_role("button", name=journey.word("Resend"), exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert path_in(journey.newest(contact, phone, 2), "r") != first

    phone.goto(first)  # the grant's earlier link and its device count again
    phone.wait_for_url("**/requests/*")
    live(phone)
    tick_box(phone, "T4", journey.language).click()
    expect(tick_box(phone, "T4", journey.language)).to_be_checked()
    stored(phone)
    journey.travel_to(due + timedelta(days=3))
    assert journey.reminders(contact) == []  # gentle, and a task is done (7.6)
