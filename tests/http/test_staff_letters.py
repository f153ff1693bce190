"""Plain pages of signed-in staff bear the firm's name in the tab and at the top, not the product's."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from portal_app import routes
from tests.http.test_confirming import as_staff
from tests.signing import browser
from tests.world import PASSWORD, World


@pytest.fixture
def owner(world: World) -> TestClient:
    """Signed in, and confirmed a moment ago."""
    page = as_staff(world)
    page.post("/staff/account/confirm", data={"factor": "password", "password": PASSWORD, "next": "/staff"})
    return page


def names(html: str) -> tuple[str, str]:
    """Who the page is by, in its title and at its top."""
    title, name = re.search(r"<title>.* – (.*)</title>", html), re.search(r'<p class="name">(.*?)</p>', html)
    assert title
    assert name
    return title[1], name[1]


@pytest.mark.parametrize(
    "path",
    [
        routes.STAFF_MFA,
        routes.SETTINGS_ISSUER,
        routes.CONTACT_ERASE,
        routes.MFA_RESET,
    ],
)
def test_1_4_a_plain_page_of_staff_bears_the_firms_name(world: World, owner: TestClient, path: str) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)

    answer = owner.get(re.sub("{.*}", str(contact.id), path))

    assert answer.status_code == 200
    assert names(answer.text) == (world.firm.name, world.firm.name)


def test_1_4_refused_or_done_an_erasure_still_bears_it(world: World, owner: TestClient) -> None:
    contact = world.new_contact(world.new_client())
    path = routes.to(routes.CONTACT_ERASE, id=contact.id)

    refused = owner.post(path, data={"name": "Somebody Else"})
    done = owner.post(path, data={"name": contact.name})

    assert (refused.status_code, done.status_code) == (422, 200)
    assert names(refused.text) == names(done.text) == (world.firm.name, world.firm.name)
    assert "Erased" in done.text


def test_nobody_signed_in_sees_the_products_name_alone(world: World) -> None:
    assert names(browser(world).get(routes.STAFF_LOGIN).text) == ("Comptoir", "Comptoir")
