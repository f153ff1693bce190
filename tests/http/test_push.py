"""A page asks for push through the real gate: JSON from our own pages alone, for whoever is signed in (11.1, asvs 34)."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.domain.pushing import PushTarget
from portal_app.gate import Gate
from portal_app.http import app, push
from portal_app.models import PushSubscription
from portal_app.services.push.identity import identity
from portal_app.services.sign_in.sessions import SessionBook
from tests.adapters.push_service import push_service
from tests.world import World


def page(world: World, **cookies: str) -> TestClient:
    served = Starlette(routes=[*push.routes, *app.routes])
    served.state.ports = world.ports
    gate = Gate(served, sessions=SessionBook(world.ports), settings=world.settings)
    found = TestClient(gate, base_url=world.settings.public_url, follow_redirects=False)
    found.headers["origin"] = world.settings.public_url
    for name, value in cookies.items():
        found.cookies.set(name, value, domain="localhost.local")
    return found


def said(target: PushTarget) -> dict[str, object]:
    return {"endpoint": target.endpoint, "keys": {"p256dh": target.p256dh, "auth": target.auth}}


@pytest.fixture
def reader(world: World) -> TestClient:
    client = world.new_client("Roy inc.")
    contact = world.new_contact(client, "Luc Roy")
    world.give_account(contact, client)
    _row, token = world.new_session(firm_id=world.firm.id, contact_id=contact.id)
    return page(world, client=token)


def test_11_1_a_browser_takes_push_and_takes_it_back(world: World, reader: TestClient) -> None:
    with push_service() as service:
        answer = reader.post("/push", json=said(service.target()))
        assert answer.status_code == 200
        (row,) = world.all(PushSubscription)
        assert (row.ended_at, row.contact_id is not None) == (None, True)

        moved = {"old": service.target().endpoint, "now": said(service.target("two"))}
        assert reader.post("/push/changed", json=moved).status_code == 200
        assert sorted(row.ended_because for row in world.all(PushSubscription)) == ["", "switched off"]
        assert reader.post("/push/end", json={"endpoint": service.target("two").endpoint}).status_code == 200
        assert all(row.ended_at for row in world.all(PushSubscription))


def test_11_1_staff_take_push_as_staff(world: World) -> None:
    _row, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    with push_service() as service:
        answer = page(world, staff=token).post("/staff/push", json=said(service.target()))
        assert answer.status_code == 200
    assert world.all(PushSubscription)[0].staff_id == world.owner.id


def test_asvs_34_nobody_else_s_page_and_no_form_subscribes(world: World, reader: TestClient) -> None:
    with push_service() as service:
        good = said(service.target())
        foreign = reader.post("/push", json=good, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert reader.post("/push", data={"endpoint": "x"}).status_code == 415
        assert page(world).post("/push", json=good).status_code == 401
        for bad in (
            [],
            {},
            {"endpoint": 5, "keys": {}},
            {"endpoint": "http://10.0.0.1/", "keys": good["keys"]},
        ):
            assert 400 <= reader.post("/push", json=bad).status_code < 500
        assert reader.post("/push", json={"x": "y" * 9000}).status_code == 413
    assert world.all(PushSubscription) == []


def test_11_1_the_public_key_is_open_and_made_by_no_request(world: World) -> None:
    assert page(world).get("/push/key").json() == {"key": ""}
    key = identity(world.ports).public
    assert page(world).get("/push/key").json() == {"key": key}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_11_1_each_firm_has_a_manifest_and_icons_of_its_own(world: World, language: str) -> None:
    reader = page(world)
    manifest = reader.get(f"/f/{world.firm.slug}/app.webmanifest?lang={language}")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    facts = manifest.json()
    assert (facts["name"], facts["lang"]) == (world.firm.name, f"{language}-CA")
    assert facts["short_name"] == "Tremblay"
    assert facts["share_target"]["action"] == "/share"
    for icon in facts["icons"]:
        answer = reader.get(icon["src"])
        assert answer.content.startswith(b"\x89PNG")
        assert answer.content == reader.get(icon["src"]).content
    before = {icon["src"] for icon in facts["icons"]}
    world.change(world.firm, accent="brique")
    after = {icon["src"] for icon in reader.get(f"/f/{world.firm.slug}/app.webmanifest").json()["icons"]}
    assert not before & after
    assert reader.get(next(iter(before))).status_code == 200  # what was installed keeps its picture
    assert reader.get(f"/f/{world.firm.slug}/icons/{'0' * 16}-192.png").status_code == 404
    assert reader.get("/f/nobody/app.webmanifest").status_code == 404


def test_11_1_the_worker_governs_the_whole_portal_and_is_asked_for_anew(world: World) -> None:
    answer = page(world).get("/worker.js")
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "__VERSION__" not in answer.text
