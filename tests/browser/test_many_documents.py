"""Documents in Chromium where there are many: what one page lists, and how many go into one zip (10.5, 10.6)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal_app.models import Client, Document, SharedWith, Side
from portal_app.services.documents.document_rows import MOST
from portal_app.services.files.zips import MOST_CHOSEN
from tests.browser.demo import SIZES, live
from tests.browser.stage import Asked, Stage, opened
from tests.world import World, whole_file

pytestmark = [pytest.mark.browser, pytest.mark.served]

OLDER = "The newest are listed here. Type part of a name to find an older document."


def fill(world: World, client: Client, count: int) -> None:
    """Documents of the firm for this client, as if they had arrived: they have no parts to download."""
    now, rows = world.clock.now(), []
    for number in range(count):
        shared = {
            "firm_id": client.firm_id,
            "client_id": client.id,
            "side": Side.FIRM,
            "name": f"Invoice {number:04}.pdf",
            "staff_id": world.owner.id,
        }
        upload, file = whole_file(now, **shared)
        document = Document(
            firm_id=client.firm_id,
            client_id=client.id,
            name=str(shared["name"]),
            file_id=upload.id,
            shared_with=SharedWith.CLIENT,
            staff_id=world.owner.id,
            created_at=now,
        )
        file.document_id = document.id
        rows += [upload, document, file]
    world.put(*rows)


@pytest.fixture
def asked(stage: Stage) -> Asked:
    return stage.asked(["Void cheque"])


@pytest.fixture
def page(stage: Stage, browser: Browser, asked: Asked) -> Iterator[Page]:
    """The staff's page of 151 documents."""
    fill(stage.world, asked.client, MOST_CHOSEN + 1)
    with opened(stage, browser, f"/staff/clients/{asked.client.id}/documents") as page:
        yield page


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_10_5_more_chosen_than_one_zip_takes_are_told_so_and_one_fewer_are_zipped(
    page: Page, size: str
) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.locator("thead label", has=page.get_by_role("checkbox", name="Select all documents shown")).click()

    bar = page.get_by_role("region", name="Selection")
    expect(bar.get_by_text(f"{MOST_CHOSEN + 1} documents selected")).to_be_visible()
    expect(bar.get_by_text(f"Zip: {MOST_CHOSEN} documents at most")).to_be_visible()
    expect(bar.get_by_role("link", name="Zip")).to_have_count(0)
    inside = bar.evaluate(
        """it => { const all = [...it.children].map(one => one.getBoundingClientRect()), style = getComputedStyle(it);
        return [style.paddingLeft === style.paddingRight, all.every(one => one.left >= 0 && one.right <= innerWidth)] }"""
    )
    assert inside == [True, True]

    page.get_by_role("checkbox", name="Select: Invoice 0007.pdf", exact=True).click()
    expect(bar.get_by_role("link", name="Zip")).to_be_visible()
    expect(bar.get_by_text("documents at most")).to_have_count(0)
    href = bar.get_by_role("link", name="Zip").get_attribute("href") or ""
    assert href.count("id=") == MOST_CHOSEN


def test_10_6_what_is_not_listed_is_said_before_the_list_on_both_sides(
    stage: Stage, browser: Browser, asked: Asked
) -> None:
    fill(stage.world, asked.client, MOST + 1)
    cookie = stage.account(asked)
    with opened(stage, browser, f"/staff/clients/{asked.client.id}/documents") as page:
        before(page, "main table")
    with stage.reader(browser, cookie) as context:
        page = context.new_page()
        page.goto(f"{stage.portal.url}/documents")
        live(page)
        before(page, "#list")
        page.get_by_label("Look for a document").fill("Invoice 0001")
        expect(page.get_by_role("link", name="Invoice 0001.pdf", exact=True)).to_be_visible()
        expect(page.get_by_text(OLDER)).to_have_count(0)


def before(page: Page, listed: str) -> None:
    said = page.get_by_text(OLDER)
    expect(said).to_be_visible()
    below = page.locator(listed).first.evaluate(
        "(it, said) => it.compareDocumentPosition(said)", said.element_handle()
    )
    assert below & 2, "the sentence stands after the list"  # Node.DOCUMENT_POSITION_PRECEDING
