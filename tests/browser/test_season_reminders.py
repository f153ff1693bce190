"""A season by itself: sent on its day, reminded five times, told at the limit; and a question that holds the reminders."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from portal_app.models import Automation, ClientRequest, Contact, SectionKind, WorkItem
from portal_app.services.templates import template_sections, template_tasks, templates
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_sections import TypedRules
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.templates import TemplateFields
from tests.browser.demo import live, tick_box
from tests.browser.season import FRIDAY, MONDAY, Season, path_in
from tests.trial.served import becomes

pytestmark = [pytest.mark.browser, pytest.mark.served]

DAY = timedelta(days=1)


def template(journey: Season, title: str) -> UUID:
    """One client section, sent two days before the start at 9 h; its task is due ten days after the start."""
    world = journey.world
    made = templates.add_template(world.ports, world.staff, TemplateFields(title))
    asked = template_sections.add_section(world.ports, world.staff, made, "Documents", SectionKind.CLIENT)
    due = TypedDays("10", "after")
    template_tasks.add_task(world.ports, world.staff, asked, TemplateTaskFields("T4", due=due))
    rules = TypedRules("relative", TypedDays("2", "before"), 9)
    template_sections.save_rules(world.ports, world.staff, asked, rules)
    return made


def automate(journey: Season, title: str) -> Automation:
    """Written in Settings: at the limit, into review, and the assignee is told (8.4)."""
    page = journey.desk("/staff/settings#automations")
    page.get_by_role("button", name=journey.word("Add an automation")).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=name]").fill(f"At the limit of {title}")
    dialog.locator("[name=title_part]").fill(title)
    for field, wanted in (("trigger", "reminder_limit"), ("sets_status", "in_review"), ("tells", "assignee")):
        dialog.locator(f"[name={field}]").select_option(wanted)
    dialog.get_by_role("button", name=journey.word("Save")).click()
    expect(page.get_by_text(f"At the limit of {title}")).to_be_visible()
    return journey.world.all(Automation, name=f"At the limit of {title}")[0]


def make_work(journey: Season, made: UUID, client: str, contact: str, start: date) -> None:
    """From the template's page, for a client, to its contact (5.5)."""
    page = journey.desk(f"/staff/templates/{made}")
    page.get_by_role("button", name=journey.word("Make work from it")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox", name=journey.word("Client")).fill(client)
    dialog.get_by_role("radio", name=client).click()
    dialog.get_by_label(journey.word("Start")).fill(start.isoformat())
    dialog.get_by_role("checkbox", name=contact).check()
    dialog.get_by_role("button", name=journey.word("Make the work item")).click()
    page.wait_for_url("**/staff/work/*")
    expect(page.get_by_text(journey.word("scheduled")).first).to_be_visible()


def state_line(journey: Season, page: Page) -> Locator:
    return page.get_by_role("list", name=journey.word("State of this request"))


def test_5_5_to_8_4_from_a_template_to_the_limit_and_its_automation(journey: Season) -> None:
    client, contact = journey.person("Odile Roy")
    title = f"T1 de {client.name}"
    made = template(journey, title)
    automate(journey, title)
    start = journey.after_weekends(FRIDAY, 7)
    make_work(journey, made, client.name, contact.name, start)
    item = journey.world.all(WorkItem, client_id=client.id)[0]
    request = journey.world.all(ClientRequest, work_item_id=item.id)[0]

    journey.travel_to(start - 2 * DAY, 8)
    assert journey.mails(contact) == []
    journey.travel_to(start - 2 * DAY, 10)
    becomes(lambda: len(journey.mails(contact)), 1)
    [first] = journey.mails(contact)
    phone = journey.claim(path_in(first, "r"))
    expect(tick_box(phone, "T4", journey.language)).not_to_be_checked()
    assert phone.evaluate("document.documentElement.scrollWidth") == 360

    due = start + 10 * DAY  # a Monday: no weekend lies between D and D + 3
    journey.travel_to(due + 2 * DAY)
    expect(state_line(journey, journey.work_of(request))).to_contain_text(
        journey.word("{n} of {m}", n=4, m=5)
    )
    journey.travel_to(due + 20 * DAY)
    five = [due - 7 * DAY, due, due + DAY, due + 2 * DAY, due + 3 * DAY]
    becomes(lambda: journey.reminders(contact), five)

    page = journey.work_of(request)
    expect(state_line(journey, page)).to_contain_text(journey.word("limit reached"))
    expect(page.get_by_label(journey.word("Status"), exact=True)).to_have_value("in_review")
    triage = journey.desk("/staff")
    told = triage.locator("main").get_by_text(f"At the limit of {title}").first
    expect(told).to_be_visible()
    phone.goto(path_in(journey.mails(contact)[-1], "r"))  # a link of a reminder, on the device of the first
    phone.wait_for_url("**/requests/*")


def sent(journey: Season, contact: Contact, request: ClientRequest) -> Page:
    """Sent by hand; the recipient's phone with the list on it."""
    journey.send(request)
    page = journey.phone()
    page.goto(path_in(journey.newest(contact, page), "r"))
    journey.press_open(page)
    return page


def test_5_8_and_7_5_a_question_holds_the_reminders_until_it_is_answered(journey: Season) -> None:
    client, contact = journey.person("Paul Cyr")
    due = journey.after_weekends(MONDAY, 14)
    request = journey.world.draft_request(client, tasks=("T4",), to=[contact], due_on=due)
    phone = sent(journey, contact, request)
    row = journey.row(phone, "T4")
    row.get_by_text(journey.word("Answer differently")).click()
    row.get_by_text(journey.word("I have a question"), exact=True).click()
    form = row.locator("form.form:visible").first
    form.get_by_role("textbox").fill("Recto verso?")
    form.get_by_role("button", name=journey.word("Send")).click()
    expect(row.get_by_text(journey.word("No reminder until the firm answers."))).to_be_visible()

    journey.travel_to(due - 3 * DAY)
    assert journey.reminders(contact) == []
    page = journey.work_of(request)
    page.get_by_role("button", name="T4", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Recto verso?").first).to_be_visible()
    dialog.get_by_label(journey.word("Write to the client, or a note")).fill("Oui, les deux pages.")
    dialog.get_by_role("button", name=journey.word("Write"), exact=True).click()
    expect(dialog.locator(".thread")).to_contain_text("Oui, les deux pages.")
    expect(dialog.get_by_text(journey.word("Reminders for this task wait for your answer."))).to_have_count(0)

    journey.travel_to(due + DAY)
    becomes(lambda: journey.reminders(contact), [due, due + DAY])
    phone.goto(path_in(journey.mails(contact)[-1], "r"))
    live(phone)
    expect(journey.row(phone, "T4").get_by_text("Oui, les deux pages.")).to_be_visible()
