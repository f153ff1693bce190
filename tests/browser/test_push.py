"""Notifications switched on in a browser, from the page's script to the notice on the screen (11.1, 8.2).

Chromium's own push service lies in the network, out of reach of tests: in its place the browser is given the address
and the keys of ours. All else is real: the page's script, the portal that seals, signs and sends, and the worker that
shows what came out of the envelope.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal_app.models import PushSubscription, VapidKey
from tests.adapters.push_service import PushService, push_service
from tests.browser.demo import seen, until
from tests.browser.stage import Asked, Stage, opened, staged
from tests.browser.test_app import push_to

pytestmark = [pytest.mark.browser, pytest.mark.served]

IN_ITS_PLACE = """(() => {
  const given = %s, NAME = "test-subscription";
  const made = () => localStorage.getItem(NAME) && {
    endpoint: given.endpoint, toJSON: () => given,
    unsubscribe: async () => { localStorage.removeItem(NAME); return true; },
  };
  PushManager.prototype.getSubscription = async () => made() || null;
  PushManager.prototype.subscribe = async function (options) {
    if (!options.userVisibleOnly) throw new DOMException("silent pushes are not allowed", "NotAllowedError");
    localStorage.setItem(NAME, btoa(String.fromCharCode(...new Uint8Array(options.applicationServerKey))));
    return made();
  };
})();"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map((it) => [it.title, it.body, it.data.path])"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """With the timetable in it, which sends what waits."""
    with staged(tmp_path_factory.mktemp("push"), PORTAL_ROLE="all") as running:
        yield running


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


def given(service: PushService) -> str:
    """What the browser says of its subscription, for a script."""
    target = service.target()
    keys = {"p256dh": target.p256dh, "auth": target.auth}
    return IN_ITS_PLACE % json.dumps({"endpoint": target.endpoint, "keys": keys})


def arrived(page: Page, service: PushService, number: int) -> dict[str, object]:
    """What the push of this number, from 1, holds, once the portal has sent it."""
    seen(page, lambda: len(service.came) >= number, f"push {number}")
    return service.said(number - 1)


def as_staff(stage: Stage, _asked: Asked) -> dict[str, str]:
    token = stage.world.new_session(staff_id=stage.world.owner.id, firm_id=stage.world.firm.id)[1]
    return {"name": "staff", "value": token, "url": stage.portal.url}


def as_client(stage: Stage, asked: Asked) -> dict[str, str]:
    return stage.account(asked)


def by_staff(stage: Stage, browser: Browser, asked: Asked) -> None:
    with opened(stage, browser, f"/staff/work/{asked.request.work_item_id}") as work:
        work.get_by_role("button", name=re.compile("^Add a task")).first.click()
        dialog = work.get_by_role("dialog", name="Add a task")
        dialog.locator("[name=title]").fill("T4 slip")
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(dialog).to_be_hidden()


def by_client(stage: Stage, browser: Browser, asked: Asked) -> None:
    with stage.reader(browser, asked.cookie) as context:
        question = f"{asked.url}/tasks/{asked.tasks[0].id}/question"
        headers = {"Origin": stage.portal.url, "Accept": "application/json"}
        assert context.request.post(question, form={"text": "Which year?"}, headers=headers).ok


@pytest.mark.parametrize(
    ("who", "page_of", "news", "body"),
    [
        (as_client, "/account", by_staff, "Something was added to your list."),
        (as_staff, "/staff/account", by_client, "Something new waits in your triage."),
    ],
    ids=["client", "staff"],
)
def test_11_1_switched_on_by_its_button_a_device_is_pushed_to_until_it_is_switched_off(
    stage: Stage,
    browser: Browser,
    service: PushService,
    who: Callable[[Stage, Asked], dict[str, str]],
    page_of: str,
    news: Callable[[Stage, Browser, Asked], None],
    body: str,
) -> None:
    asked = stage.asked(["Bank statements"])
    with stage.reader(browser, who(stage, asked), permissions=["notifications"]) as context:
        context.add_init_script(given(service))
        page = context.new_page()
        page.goto(stage.portal.url + page_of)
        here = page.locator("#push")
        here.get_by_role("button", name="Switch on").click()
        expect(here.get_by_role("button", name="Switch off")).to_be_enabled()

        is_staff = page_of == "/staff/account"
        person = stage.world.owner if is_staff else asked.contact
        (row,) = stage.world.all(PushSubscription, person_id=person.id)
        assert (row.ended_at, row.staff_id is not None) == (None, is_staff)
        used = page.evaluate("localStorage.getItem('test-subscription')")
        key = used.replace("+", "-").replace("/", "_").rstrip("=")
        assert key == stage.world.all(VapidKey)[0].public

        news(stage, browser, asked)
        said = arrived(page, service, 1)
        push_to(page, stage, said)
        until(page, f"async () => (await ({SHOWN})()).length === 1")
        assert page.evaluate(SHOWN) == [[stage.world.firm.name, body, said["path"]]]

        page.reload()
        here.get_by_role("button", name="Switch off").click()
        expect(here.get_by_role("button", name="Switch on")).to_be_enabled()
        assert [it.ended_because for it in stage.world.all(PushSubscription, id=row.id)] == ["switched off"]


def test_11_1_a_device_that_refuses_or_cannot_says_so_and_takes_none(stage: Stage, browser: Browser) -> None:
    """Chromium without its push service refuses to subscribe; a person may refuse, too."""
    asked = stage.asked(["Bank statements"])
    cookie = stage.account(asked)
    before = len(stage.world.all(PushSubscription))
    for permissions, words in (
        ([], "Notifications are blocked for this site in the browser’s settings."),
        (["notifications"], "It did not work. Try again later."),
    ):
        with stage.reader(browser, cookie, permissions=permissions) as context:
            page = context.new_page()
            page.goto(f"{stage.portal.url}/account")
            page.locator("#push").get_by_role("button", name="Switch on").click()
            expect(page.locator("#push p")).to_have_text(words)
    assert len(stage.world.all(PushSubscription)) == before
