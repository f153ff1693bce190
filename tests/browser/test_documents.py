"""Documents in Chromium: a phone uploads, staff see it live and share one back, the phone sees that, too (10.6, 10.14)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from portal_app.jobs.demo_documents import _letter
from portal_app.models import AccessLevel, Document, SharedWith
from portal_app.services.documents import document_uploads, documents, folders
from portal_app.services.documents.document_uploads import Place
from tests.browser.demo import live
from tests.browser.stage import Stage
from tests.files.tools import bring

pytestmark = [pytest.mark.browser, pytest.mark.served]


def file(name: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/pdf", "buffer": _letter(name, "Gagnon")}


def sound(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not found, [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]


def staff_cookie(stage: Stage) -> dict[str, str]:
    token = stage.world.new_session(staff_id=stage.world.owner.id, firm_id=stage.world.firm.id)[1]
    return {"name": "staff", "value": token, "url": stage.portal.url}


def test_10_6_a_phone_uploads_staff_see_it_and_share_one_back_live(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(["Void cheque"], client_name="Gagnon inc.")
    cookie = stage.account(asked)
    with stage.reader(browser, cookie) as phone, stage.reader(browser, staff_cookie(stage), "desk") as desk:
        client, staff = phone.new_page(), desk.new_page()
        client.goto(f"{stage.portal.url}/documents")
        live(client)
        client.evaluate("window.stayed = true")
        staff.goto(f"{stage.portal.url}/staff/clients/{asked.client.id}/documents")
        live(staff)
        expect(staff.get_by_text("Nothing here yet.")).to_be_visible()

        client.get_by_label("Upload a file", exact=True).set_input_files(file("T4 2025.pdf"))
        expect(client.get_by_text("SHA-256")).to_be_visible()
        expect(client.get_by_role("link", name="T4 2025.pdf", exact=True)).to_be_visible()
        expect(staff.get_by_role("button", name="T4 2025.pdf", exact=True)).to_be_visible()

        staff.get_by_role("group", name="What you upload is for").get_by_text("Staff only").click()
        expect(staff.get_by_text("You can share it later.")).to_be_visible()
        staff.get_by_label("Upload a file", exact=True).set_input_files(file("Letter.pdf"))
        expect(staff.get_by_role("button", name="Letter.pdf", exact=True)).to_be_visible()
        expect(client.get_by_text("Letter.pdf")).to_have_count(0)
        staff.get_by_role("button", name="More for Letter.pdf").click()
        staff.get_by_role("button", name="Share…", exact=True).click()
        dialog = staff.get_by_role("dialog", name="Share")
        dialog.get_by_text("Everybody with full access", exact=True).click()
        dialog.get_by_role("button", name="Share", exact=True).click()

        expect(client.get_by_role("link", name="Letter.pdf", exact=True)).to_be_visible()
        assert client.evaluate("window.stayed") is True
        client.get_by_role("link", name="Letter.pdf", exact=True).click()
        leaf = client.get_by_role("img", name="Page 1 of 1")
        expect(leaf).to_be_visible()
        assert leaf.evaluate("img => img.decode().then(() => img.naturalWidth)") > 400
        expect(staff.get_by_text("Opened by Marie-Claude Gagnon")).to_be_visible()
        sound(client)

        staff.get_by_role("button", name="More for Letter.pdf").click()
        staff.get_by_role("button", name="Remove…", exact=True).click()
        staff.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
        expect(staff.get_by_role("button", name="Letter.pdf", exact=True)).to_have_count(0)
        staff.get_by_role("button", name="Undo", exact=True).click()
        expect(staff.get_by_role("button", name="Letter.pdf", exact=True)).to_be_visible()


def test_10_14_a_limited_contact_sees_only_theirs_and_what_is_shared_by_name(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(["Void cheque"], client_name="Roy inc.", reader="Luc Roy")
    cookie = stage.account(asked, level=AccessLevel.LIMITED)
    world, place = stage.world, Place(asked.client.id)
    for name in ("For all.pdf", "For Luc.pdf"):
        body = _letter(name, "Roy")
        token, _ = document_uploads.start_upload(world.ports, world.staff, place, name, len(body))
        bring(world, token, body)
    named = world.all(Document, name="For Luc.pdf")[0]
    documents.share_documents(world.ports, world.staff, [named.id], SharedWith.NAMED, [asked.contact.id])
    with stage.reader(browser, cookie) as phone, stage.reader(browser, staff_cookie(stage), "desk") as desk:
        page, staff = phone.new_page(), desk.new_page()
        page.goto(f"{stage.portal.url}/documents")
        live(page)
        expect(page.get_by_role("link", name="For Luc.pdf", exact=True)).to_be_visible()
        expect(page.get_by_text("For all.pdf")).to_have_count(0)

        staff.goto(f"{stage.portal.url}/staff/clients/{asked.client.id}/documents")
        live(staff)
        staff.get_by_role("button", name="More for For Luc.pdf").click()
        staff.get_by_role("button", name="Share…", exact=True).click()
        dialog = staff.get_by_role("dialog", name="Share")
        dialog.get_by_text("Staff only", exact=True).click()
        dialog.get_by_role("button", name="Share", exact=True).click()
        expect(page.get_by_text("For Luc.pdf")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_12_2_axe_finds_nothing_on_the_documents_of_either_side(
    stage: Stage, browser: Browser, screenshots: Path, size: str, language: str
) -> None:
    asked = stage.asked(["Void cheque"], client_name=f"Audet {size} {language}")
    stage.world.change(asked.contact, locale=language)
    stage.world.change(stage.world.owner, locale=language)
    cookie, world = stage.account(asked), stage.world
    folder = folders.add_folder(world.ports, world.staff, asked.client.id, "Impôts 2025")
    folders.add_folder(world.ports, world.staff, asked.client.id, "Maison")
    body = _letter("Lettre", "Audet")
    for number in range(2):
        place = Place(asked.client.id, folder if number else None)
        token, _ = document_uploads.start_upload(world.ports, world.staff, place, "Lettre.pdf", len(body))
        bring(world, token, body)
    address = f"{stage.portal.url}/staff/clients/{asked.client.id}/documents"
    for who, url in ((cookie, f"{stage.portal.url}/documents"), (staff_cookie(stage), address)):
        for scheme in ("light", "dark"):
            with stage.reader(browser, who, size, language, color_scheme=scheme) as context:
                page = context.new_page()
                page.goto(url)
                live(page)
                expect(page.locator("main").get_by_text("Lettre.pdf").first).to_be_visible()
                sound(page)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                page.screenshot(
                    path=screenshots / f"documents-{who['name']}-{size}-{language}-{scheme}.png",
                    full_page=True,
                )
