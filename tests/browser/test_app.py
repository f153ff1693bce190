"""The portal as an installed app: its manifest, its worker, and what opens without network (11.1)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal_app.models import Comment, StoredFile, Task, TaskAnswer
from tests.browser.checklists import stored
from tests.browser.demo import live, seen, until
from tests.browser.stage import Asked, Stage
from tests.trial.served import becomes

pytestmark = [pytest.mark.browser, pytest.mark.served]


def kept(page: Page, name: str = "seen") -> list[str]:
    """Paths of what the worker keeps."""
    keys: list[str] = page.evaluate(
        """async (name) => {
          if (!(await caches.has(name))) return [];
          return (await (await caches.open(name)).keys()).map((it) => new URL(it.url).pathname);
        }""",
        name,
    )
    return keys


def armed(context: BrowserContext, url: str) -> Page:
    """The page live, with the worker behind it, its scripts kept, and itself seen through the worker once."""
    page = context.new_page()
    page.goto(url)
    live(page)
    until(page, "() => !!navigator.serviceWorker.controller")
    until(
        page,
        """async () => {
          const shell = (await caches.keys()).find((name) => name.startsWith("shell-"));
          return shell && (await (await caches.open(shell)).keys()).length > 8;
        }""",
    )
    page.reload()
    live(page)
    return page


def test_11_1_chromium_finds_the_manifest_whole_and_offers_to_install_it(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(["Bank statements"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, f"{stage.portal.url}/home")
        devtools = context.new_cdp_session(page)
        found = devtools.send("Page.getAppManifest")
        assert found["errors"] == []
        manifest: dict[str, Any] = json.loads(found["data"])
        assert manifest["name"] == stage.world.firm.name
        assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
        errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
        for icon in manifest["icons"]:
            answer = context.request.get(stage.portal.url + icon["src"])
            assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
            assert "immutable" in answer.headers["cache-control"]
        links = page.locator("link[rel=manifest]")
        expect(links).to_have_count(1)


def test_11_1_staff_pages_bear_no_manifest_and_no_worker_of_their_own(stage: Stage, browser: Browser) -> None:
    token = stage.world.new_session(staff_id=stage.world.owner.id, firm_id=stage.world.firm.id)[1]
    with stage.reader(browser, {"name": "staff", "value": token, "url": stage.portal.url}, "desk") as context:
        page = context.new_page()
        page.goto(f"{stage.portal.url}/staff")
        live(page)
        page.wait_for_timeout(3500)
        expect(page.locator("link[rel=manifest]")).to_have_count(0)
        assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_11_1_without_network_the_last_list_opens_says_so_and_what_is_ticked_goes_once(
    stage: Stage, browser: Browser, screenshots: Path, language: str
) -> None:
    asked = stage.asked(["Bank statements", "T4 slips"])
    with stage.reader(browser, stage.account(asked), language=language) as context:
        faults: list[str] = []
        page = armed(context, asked.url)
        page.on("pageerror", lambda error: faults.append(str(error)))
        context.set_offline(True)
        page.goto(asked.url)
        note = page.get_by_role("status").filter(
            has_text={"en": "No connection", "fr": "Pas de connexion"}[language]
        )
        expect(note.first).to_be_visible()
        box = page.locator(f"[id='k{asked.tasks[0].id}']")
        box.click()
        expect(box).to_have_attribute("aria-checked", "true")
        page.locator(f"[id='d{asked.tasks[1].id}'] > summary").click()
        page.locator(f"[id='c{asked.tasks[1].id}']").fill("Which year?")
        page.locator(f"[id='d{asked.tasks[1].id}'] .talks button").click()
        waiting = {"en": "Waits for the connection", "fr": "Attend la connexion"}[language]
        expect(page.locator("#first").get_by_text(waiting)).to_have_count(2)
        page.screenshot(path=screenshots / f"offline-{language}.png")
        page.goto(asked.url)  # loaded anew, still without network
        expect(box).to_have_attribute("aria-checked", "true")
        assert stage.world.all(TaskAnswer, task_id=asked.tasks[0].id) == []

        context.set_offline(False)
        live(page)
        expect(page.get_by_text("Which year?").first).to_be_attached()
        stored(page)
        page.wait_for_timeout(1000)  # nothing goes a second time
        assert len(stage.world.all(TaskAnswer, task_id=asked.tasks[0].id)) == 1
        assert [row.body for row in stage.world.all(Comment, task_id=asked.tasks[1].id)] == ["Which year?"]
        assert faults == []


def test_11_1_a_page_that_was_not_seen_says_that_there_is_no_connection(
    stage: Stage, browser: Browser, screenshots: Path
) -> None:
    asked = stage.asked(["Bank statements"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, f"{stage.portal.url}/home")
        context.set_offline(True)
        page.goto(f"{stage.portal.url}/account")
        expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
        assert not Axe().run(page).response["violations"]
        page.screenshot(path=screenshots / "nothing-kept.png")
        page.goto(f"{stage.portal.url}/home")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")


def test_11_1_nothing_with_a_secret_and_no_file_is_kept(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(["Bank statements"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, asked.url)
        for path in (
            "/account",
            "/home",
            f"/f/{stage.world.firm.slug}/login",
            f"/f/{stage.world.firm.slug}/help",
        ):
            page.goto(stage.portal.url + path)
        assert sorted(kept(page)) == sorted(["/reader", "/home", f"/requests/{asked.request.id}"])


def test_11_1_signing_out_and_somebody_else_take_away_what_was_kept(stage: Stage, browser: Browser) -> None:
    ada, luc = stage.asked(["Lease"], reader="Ada Roy"), stage.asked(["Deed"], reader="Luc Roy")
    as_ada, as_luc = stage.account(ada), stage.account(luc)
    with stage.reader(browser, as_ada) as context:
        page = armed(context, f"{stage.portal.url}/home")
        assert "/home" in kept(page)
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/login**")
        assert kept(page) == []

        context.add_cookies([as_ada])  # type: ignore[list-item]
    with stage.reader(browser, _session(stage, ada)) as context:
        page = armed(context, ada.url)
        assert f"/requests/{ada.request.id}" in kept(page)
        context.add_cookies([as_luc])  # type: ignore[list-item]
        page.goto(f"{stage.portal.url}/home")
        live(page)
        assert kept(page) == ["/reader", "/home"]
        context.clear_cookies(name="client")
        page.goto(f"{stage.portal.url}/home")
        page.wait_for_url("**/login**")
        assert kept(page) == []


def _session(stage: Stage, asked: Asked) -> dict[str, str]:
    _row, token = stage.world.new_session(contact_id=asked.contact.id, firm_id=asked.contact.firm_id)
    return {"name": "client", "value": token, "url": stage.portal.url}


def test_11_1_a_new_site_takes_over_without_reloading_what_is_open(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(["Bank statements"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, asked.url)
        page.evaluate("window.stayed = true")
        page.locator(f"[id='c{asked.tasks[0].id}']").fill("half typed") if page.locator(
            f"[id='c{asked.tasks[0].id}']"
        ).is_visible() else None
        before = page.evaluate("caches.keys()")
        old = next(name for name in before if name.startswith("shell-"))

        page.evaluate("() => navigator.serviceWorker.register('/worker.js?newer')")
        until(page, "() => navigator.serviceWorker.controller.scriptURL.endsWith('newer')")
        page.wait_for_timeout(1500)
        assert page.evaluate("window.stayed") is True
        assert old in page.evaluate("caches.keys()")  # what is open goes on by what it has
        box = page.get_by_role("checkbox").first
        box.click()
        expect(page.get_by_role("status").filter(has_text="Marked as done").first).to_be_visible()
        stored(page)
        assert stage.world.all(Task, id=asked.tasks[0].id)[0].completed_at is not None


def push_to(page: Page, stage: Stage, said: dict[str, Any]) -> None:
    """Give it to the page's worker, as the browser does with what its push service brings."""
    devtools = page.context.new_cdp_session(page)
    registered: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registered.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    seen(page, lambda: registered, "the worker's registration")
    told = {"origin": stage.portal.url, "registrationId": registered[-1], "data": json.dumps(said)}
    devtools.send("ServiceWorker.deliverPushMessage", told)


def test_11_1_a_push_shows_a_notice_that_leads_where_it_says(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(["Bank statements"])
    with stage.reader(browser, stage.account(asked), permissions=["notifications"]) as context:
        page = armed(context, f"{stage.portal.url}/home")
        said = {
            "title": "Tremblay",
            "body": "You have a new comment.",
            "tag": "comment",
            "path": "//evil.example",
        }
        push_to(page, stage, said)
        shown = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
          .map((it) => [it.title, it.body, it.data.path])"""
        until(page, f"async () => (await ({shown})()).length === 1")
        assert page.evaluate(shown) == [["Tremblay", "You have a new comment.", "/home"]]


def test_11_3_a_shared_pdf_goes_to_a_task_by_one_press(
    stage: Stage, browser: Browser, screenshots: Path
) -> None:
    asked = stage.asked(["Bank statements", "Lease"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, f"{stage.portal.url}/home")
        shared(page, "Relevé.pdf")
        expect(page.get_by_text("Relevé.pdf")).to_be_visible()
        assert not Axe().run(page).response["violations"]
        page.screenshot(path=screenshots / "share.png")
        page.get_by_role("button", name="Send to Lease").click()
        page.wait_for_url("**/requests/**")
        live(page)
        (file,) = stage.world.all(StoredFile, task_id=asked.tasks[1].id)
        assert file.name == "Relevé.pdf"
        assert kept(page, "shared") == []


def test_11_3_a_shared_file_that_is_refused_says_why_and_holds_up_no_other(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(["Bank statements", "Lease"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, f"{stage.portal.url}/home")
        shared(page, "Setup.exe", "Lease.pdf")
        page.get_by_role("button", name="Send to Lease").click()
        expect(page.get_by_role("status")).to_contain_text("Setup.exe was not received.")
        expect(page.get_by_text("Nothing was handed over.")).to_be_visible()
        assert [file.name for file in stage.world.all(StoredFile, task_id=asked.tasks[1].id)] == ["Lease.pdf"]

        shared(page, "Deed.pdf")
        page.route("**/files/", lambda route: route.abort())
        page.get_by_role("button", name="Send to Lease").click()
        expect(page.get_by_role("status")).to_have_text("It could not be sent. Press again.")
        page.unroute("**/files/")
        page.get_by_role("button", name="Send to Lease").click()
        page.wait_for_url("**/requests/**")
        assert kept(page, "shared") == []


def test_11_3_a_shared_file_is_shown_to_nobody_who_signs_in_on_the_device_later(
    stage: Stage, browser: Browser
) -> None:
    asked, other = stage.asked(["Lease"]), stage.asked(["Deed"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, f"{stage.portal.url}/home")
        shared(page, "Mine.pdf")
        expect(page.get_by_text("Mine.pdf")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Mine.pdf")).to_be_visible()

        context.clear_cookies()  # a session that ended by itself: nobody signed out
        context.add_cookies([stage.account(other)])  # type: ignore[list-item]
        page.goto(f"{stage.portal.url}/share")
        expect(page.get_by_text("Nothing was handed over.")).to_be_visible()
        becomes(lambda: kept(page, "shared"), [])  # it stands there before the script has looked


def test_11_3_a_shared_file_waits_for_a_day(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(["Lease"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, f"{stage.portal.url}/home")
        shared(page, "Old.pdf")
        expect(page.get_by_text("Old.pdf")).to_be_visible()
        page.add_init_script("const now = Date.now; Date.now = () => now() + 25 * 60 * 60 * 1000")
        page.reload()
        expect(page.get_by_text("Nothing was handed over.")).to_be_visible()
        becomes(lambda: kept(page, "shared"), [])  # it stands there before the script has looked


def test_11_3_a_file_that_a_worker_from_before_kept_is_there_after_an_update(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(["Lease"])
    with stage.reader(browser, stage.account(asked)) as context:
        page = armed(context, f"{stage.portal.url}/home")
        page.evaluate(
            """async () => (await caches.open("shared")).put("/shared/1-a",
              new Response("%PDF-1.4", { headers: { "Portal-Name": "Older.pdf" } }))"""
        )
        for _look in range(2):
            page.goto(f"{stage.portal.url}/share")
            expect(page.get_by_text("Older.pdf")).to_be_visible()


def shared(page: Page, *names: str) -> None:
    """Hand small PDFs over by the phone's share menu."""
    page.evaluate(
        """(names) => {
          const form = Object.assign(document.createElement("form"),
            { method: "post", action: "/share", enctype: "multipart/form-data" });
          const input = Object.assign(document.createElement("input"), { type: "file", name: "files" });
          const given = new DataTransfer();
          for (const name of names)
            given.items.add(new File(["%PDF-1.4\\n1 0 obj<<>>endobj\\ntrailer<<>>\\n%%EOF"], name, { type: "application/pdf" }));
          input.files = given.files;
          form.append(input);
          document.body.append(form);
          form.submit();
        }""",
        list(names),
    )
    page.wait_for_url("**/share")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_11_1_an_iphone_is_shown_how_to_install_it(
    stage: Stage, browser: Browser, screenshots: Path, language: str
) -> None:
    asked = stage.asked(["Bank statements"])
    stage.world.change(asked.contact, locale=language)
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
    with stage.reader(browser, stage.account(asked), language=language, user_agent=agent) as context:
        page = context.new_page()
        page.goto(f"{stage.portal.url}/account")
        words = {"en": "Choose Add to Home Screen.", "fr": "Choisissez Sur l’écran d’accueil."}[language]
        expect(page.get_by_text(words)).to_be_visible()
        assert not Axe().run(page).response["violations"]
        page.locator("#install").scroll_into_view_if_needed()
        page.screenshot(path=screenshots / f"ios-{language}.png")
