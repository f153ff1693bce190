"""Clients and triage by hand: forms that keep what was typed, keys, a phone, and what comes in by itself."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from portal_app.models import Client, ClientContact, Comment, Contact, Notification
from portal_app.text import _
from tests.browser.checklists import WATCH_SHIFTS
from tests.browser.demo import live, tick_box
from tests.browser.stage import Asked, Stage, opened

pytestmark = [pytest.mark.browser, pytest.mark.served]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
LONG = "Éditions du Fleuve et associés, comptables professionnels agréés"


def told(stage: Stage, asked: Asked, *titles: int, kind: str = "task_completed", **facts: Any) -> None:
    """Notifications of the owner's about these tasks."""
    for number in titles:
        stage.world.put(
            Notification(
                firm_id=asked.request.firm_id,
                staff_id=stage.world.owner.id,
                kind=kind,
                client_id=asked.client.id,
                work_item_id=asked.request.work_item_id,
                request_id=asked.request.id,
                task_id=asked.tasks[number].id,
                contact_id=asked.contact.id,
                facts=facts,
                at=stage.world.clock.now(),
            )
        )


def fresh(stage: Stage) -> None:
    """Forget earlier tests' notifications."""
    for row in stage.world.all(Notification):
        stage.world.change(row, taken_back_at=stage.world.clock.now())


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


# clients


def test_2_1_a_client_is_added_and_what_was_typed_stays_when_it_is_refused(
    stage: Stage, browser: Browser
) -> None:
    with opened(stage, browser, "/staff/clients") as page:
        page.get_by_role("button", name="Add a client").first.click()
        form = page.get_by_role("dialog", name="Add a client")
        expect(form.get_by_label("Name")).to_be_focused()
        form.get_by_label("File number").fill("1042")
        form.get_by_role("button", name="Add the client").click()

        expect(form.get_by_text("Write the client’s name.")).to_be_visible()
        expect(form.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
        expect(form.get_by_label("File number")).to_have_value("1042")

        form.get_by_label("Name").fill(LONG)
        form.get_by_role("button", name="Add the client").click()

        expect(page.get_by_role("heading", level=1, name=LONG)).to_be_visible()
        expect(page.get_by_role("button", name="Add the first contact")).to_be_visible()
    [client] = stage.world.all(Client, number="1042")
    assert client.name == LONG


def test_2_16_a_typed_address_of_another_contact_offers_to_link_them(stage: Stage, browser: Browser) -> None:
    world = stage.world
    lucie = world.new_contact(
        world.new_client("Tenue de livres"), "Lucie Bouchard", email="lucie.b@x.example"
    )
    client = world.new_client("Clinique Papineau")
    with opened(stage, browser, f"/staff/clients/{client.id}") as page:
        page.get_by_role("button", name="Add the first contact").click()
        form = page.get_by_role("dialog", name="Add a contact")
        form.get_by_label("Name").fill("Lucie B.")
        form.get_by_label("E-mail").fill("lucie@")
        form.get_by_role("button", name="Add the contact").click()
        expect(form.get_by_text("Write an address like")).to_be_visible()

        form.get_by_label("E-mail").fill("Lucie.B@x.example")
        form.get_by_role("button", name="Add the contact").click()
        expect(form.get_by_text("Lucie Bouchard already has this address.")).to_be_visible()
        expect(form.get_by_label("Name")).to_have_value("Lucie B.")
        form.get_by_role("button", name="Link this contact").click()

        expect(form).to_have_count(0)
        expect(page.get_by_role("button", name="More for Lucie Bouchard")).to_be_visible()
    assert [row.contact_id for row in world.all(ClientContact, client_id=client.id)] == [lucie.id]
    assert len(world.all(Contact, email_key="lucie.b@x.example")) == 1


def test_escape_closes_a_dialog_and_gives_the_focus_back(stage: Stage, browser: Browser) -> None:
    with opened(stage, browser, "/staff/clients") as page:
        opener = page.get_by_role("button", name="Add a client").first
        opener.click()
        expect(page.get_by_role("dialog")).to_be_visible()

        page.keyboard.press("Escape")

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(opener).to_be_focused()


def sockets_of(page: Page) -> list[WebSocketRoute]:
    """The ways to the server of the page's sockets from now on, in their order."""
    sockets: list[WebSocketRoute] = []

    def passed_on(socket: WebSocketRoute) -> None:
        sockets.append(socket.connect_to_server())

    page.route_web_socket("**/_event/**", passed_on)
    return sockets


def test_a_gap_in_the_network_leaves_a_dialog_and_what_is_typed_in_it(stage: Stage, browser: Browser) -> None:
    with opened(stage, browser, "/staff/clients") as page:
        sockets = sockets_of(page)
        page.reload()
        live(page)
        page.get_by_role("button", name="Add a client").first.click()
        page.get_by_role("dialog").get_by_label("Name").fill("Half a na")

        sockets[0].close()
        while len(sockets) == 1:
            page.wait_for_timeout(50)
        live(page)

        expect(page.get_by_role("dialog").get_by_label("Name")).to_have_value("Half a na")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Add a client").first.click()
        expect(page.get_by_role("dialog")).to_be_visible()

        page.goto(f"{stage.portal.url}/staff/clients")
        live(page)

        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_dialog_is_closed_for_whoever_went_elsewhere_and_comes_back(stage: Stage, browser: Browser) -> None:
    with opened(stage, browser, "/staff/work") as page:
        menu = page.get_by_role("navigation").get_by_role("link", name="Clients")
        menu.click()
        page.get_by_role("button", name="Add a client").first.click()
        expect(page.get_by_role("dialog")).to_be_visible()

        page.go_back()
        expect(page.get_by_role("heading", level=1, name="Work")).to_be_visible()
        menu.click()

        expect(page.get_by_role("heading", level=1, name="Clients")).to_be_visible()
        live(page)
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_letters_do_nothing_while_one_types(stage: Stage, browser: Browser) -> None:
    stage.world.new_client("Cyclo Chic")
    with opened(stage, browser, "/staff/clients") as page:
        page.get_by_role("row").nth(1).wait_for()
        page.keyboard.press("/")
        field = page.get_by_role("searchbox")
        expect(field).to_be_focused()

        page.keyboard.type("cyclo c")

        expect(field).to_have_value("cyclo c")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("link", name="Cyclo Chic")).to_be_visible()


def test_searching_leaves_the_focus_in_its_line_and_going_back_brings_the_words_back(
    stage: Stage, browser: Browser
) -> None:
    for title in ("Cyclo one", "Cyclo two"):
        stage.world.new_work(stage.world.new_client("Cyclo Chic"), title)
    with opened(stage, browser, "/staff/work?search=cyclo") as page:
        line = page.get_by_role("searchbox")
        expect(page.get_by_role("link", name="Cyclo one")).to_be_visible()
        expect(line).to_have_value("cyclo")
        line.fill("cyclo two")

        page.keyboard.press("Enter")

        expect(page.get_by_role("link", name="Cyclo one")).to_have_count(0)
        expect(page.get_by_role("link", name="Cyclo two")).to_be_visible()
        expect(line).to_be_focused()
        page.go_back()
        expect(page.get_by_role("link", name="Cyclo one")).to_be_visible()
        expect(line).to_have_value("cyclo")


def test_an_unknown_client_is_said_not_to_exist(stage: Stage, browser: Browser) -> None:
    theirs = stage.world.new_client("Leur client", firm=stage.world.new_firm("Autre", slug="autre"))
    with opened(stage, browser, f"/staff/clients/{theirs.id}") as page:
        expect(page.get_by_role("heading", name="There is no such client")).to_be_visible()
        expect(page.get_by_text("Leur client")).to_have_count(0)


@pytest.mark.parametrize(("size", "language", "scheme"), [("phone", "fr", "dark"), ("desk", "en", "light")])
def test_12_2_the_pages_fit_and_can_be_used_by_anybody(
    stage: Stage, browser: Browser, size: str, language: str, scheme: str
) -> None:
    asked = stage.asked(client_name=LONG, reader="Marie-Claude Gagnon-Desrosiers de la Bruère")
    told(stage, asked, 0, 1)
    look: dict[str, Any] = {"color_scheme": scheme}
    for path in ("/staff", "/staff/clients", f"/staff/clients/{asked.client.id}"):
        with opened(stage, browser, path, size, language, **look) as page:
            expect(page.get_by_text(LONG).locator("visible=true").first).to_be_visible()
            assert fits(page), path
            assert Axe().run(page, options=WCAG).response["violations"] == [], path


# triage


def test_8_1_a_completion_comes_in_by_itself(stage: Stage, browser: Browser) -> None:
    fresh(stage)
    asked = stage.asked()
    with opened(stage, browser, "/staff") as page:
        expect(page.get_by_text("Nothing is waiting for you")).to_be_visible()
        with stage.reader(browser, asked.cookie) as reader:
            theirs = reader.new_page()
            theirs.goto(asked.url)
            live(theirs)
            tick_box(theirs, asked.tasks[0].title, "en").click()

            expect(page.get_by_text("Just now")).to_be_visible()
            expect(page.get_by_role("button", name="Marie-Claude Gagnon completed")).to_be_visible()
        expect(page.get_by_role("link", name="Triage")).to_contain_text("1")


def test_8_2_notifications_are_marked_and_snoozed_by_keys(stage: Stage, browser: Browser) -> None:
    fresh(stage)
    told(stage, stage.asked(), 0, 1, 2)
    with opened(stage, browser, "/staff") as page:
        items = page.locator("[data-row]")
        expect(items).to_have_count(3)
        page.keyboard.press("j")
        page.keyboard.press("e")
        expect(items).to_have_count(2)

        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.get_by_text("2 selected")).to_be_visible()
        page.keyboard.press("h")
        page.get_by_role("button", name="In a week").click()

        expect(items).to_have_count(0)
        expect(page.get_by_role("button", name="Snoozed 2")).to_be_visible()
    marks = [row for row in stage.world.all(Notification) if row.taken_back_at is None]
    assert sorted((row.read_at is not None, row.snoozed_until is not None) for row in marks) == [
        (False, True), (False, True), (True, False),
    ]  # fmt: skip


def test_j_goes_on_where_a_row_has_gone_and_not_from_the_top(stage: Stage, browser: Browser) -> None:
    fresh(stage)
    told(stage, stage.asked(), 0, 1, 2)
    with opened(stage, browser, "/staff") as page:
        items = page.locator("[data-row]")
        expect(items).to_have_count(3)
        last = items.nth(2).locator("[data-main]").inner_text()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("e")
        expect(items).to_have_count(2)

        page.keyboard.press("j")

        expect(page.locator(":focus")).to_have_text(last)


def test_8_7_a_comment_is_read_and_answered(stage: Stage, browser: Browser) -> None:
    fresh(stage)
    asked = stage.asked()
    told(stage, asked, 0, kind="comment", text="Which year?")
    with opened(stage, browser, "/staff", "phone", "fr") as page:
        page.get_by_role("button", name="a commenté").click()
        answer = page.get_by_label(_("Your answer"))
        page.get_by_role("button", name=_("Answer"), exact=True).click()
        expect(page.get_by_text(_("Write something first."))).to_be_visible()

        answer.fill("2025,\ns’il vous plaît.")
        answer.press("Control+Enter")

        expect(page.locator(".talk")).to_contain_text("s’il vous plaît.")
        expect(answer).to_have_value("")
        page.get_by_role("button", name=_("Back")).click()
        expect(page.get_by_text(_("Nothing is waiting for you"))).to_be_visible()
    assert [row.body for row in stage.world.all(Comment, task_id=asked.tasks[0].id)] == [
        "2025,\ns’il vous plaît."
    ]


@pytest.mark.parametrize("how", ["Answer", "Close the question"])
def test_12_2_after_an_answer_the_focus_is_in_the_pane_and_then_back_in_the_list(
    stage: Stage, browser: Browser, how: str
) -> None:
    fresh(stage)
    asked = stage.asked()
    stage.world.change(asked.tasks[0], question_open_at=stage.world.clock.now())
    told(stage, asked, 0, kind="question", text="Which year?")
    with opened(stage, browser, "/staff") as page:
        page.get_by_role("button", name="All", exact=True).click()
        row = page.locator("[data-row] [data-main]").first
        row.press("Enter")
        if how == "Answer":
            page.get_by_label("Your answer").fill("2025")
            page.get_by_label("Your answer").press("Control+Enter")
        else:
            page.get_by_role("button", name=how).press("Enter")
        expect(page.locator("#pane h2")).to_be_focused()

        page.locator("#pane").get_by_role("button", name="Close", exact=True).press("Enter")
        expect(row).to_be_focused()


# how it looks


def test_none_of_a_list_of_clients_looks_chosen_before_one_is(stage: Stage, browser: Browser) -> None:
    """A radio of a group without a choice is `:indeterminate` to CSS, as a half-ticked box is."""
    stage.world.new_client("Verger Roy")
    with opened(stage, browser, "/staff/work") as page:
        page.get_by_role("button", name="Add a work item").first.click()
        dialog = page.get_by_role("dialog")
        choice = dialog.get_by_role("radio").first
        expect(choice).to_be_visible()
        fill = "it => getComputedStyle(it).backgroundColor"
        assert choice.evaluate(fill) == dialog.get_by_role("searchbox").evaluate(fill)


# what is awaited


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/staff/activity", "phone"),
        ("/staff/portal", "phone"),
        ("/staff/portal", "tablet"),
        ("/staff/portal", "desk"),
        ("/staff/dashboard", "desk"),
        ("/staff/dashboard?who=mine", "desk"),
        ("/staff/dashboard?who=mine", "phone"),
        ("/staff/dashboard/rows?of=overdue", "desk"),
        ("/staff/notifications", "phone"),
    ],
)
def test_what_stands_in_for_a_page_has_the_size_of_what_takes_its_place(
    stage: Stage, browser: Browser, path: str, size: str
) -> None:
    stage.asked()
    with opened(stage, browser, "/staff/help", size, "fr") as page:
        page.add_init_script(WATCH_SHIFTS)
        page.goto(f"{stage.portal.url}{path}")
        live(page)
        expect(page.locator(".bone")).to_have_count(0)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

        moved: list[list[Any]] = page.evaluate("window.moved")
        assert sum(one[0] for one in moved) <= 0.01, moved
