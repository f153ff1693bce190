"""The client's home before its script: what waits, at which client, and who is led to sign in (9.1, 9.2)."""

from __future__ import annotations

from uuid import uuid4

from portal_app.models import AccessLevel, AccessStatus, PortalAccess, PortalAccount
from tests.http.asked import Asked, browser, words
from tests.world import World


def test_9_1_home_greets_names_what_waits_and_offers_the_way_out(world: World, asked: Asked) -> None:
    page = browser(world, client=asked.session(asked.contact)).get("/home")

    assert page.status_code == 200
    assert "Monday 2 March Hello, Marie-Claude Two items to hand in." in words(page)
    assert f'href="{asked.here}#b{asked.tasks[0].id}"' in page.text
    assert 'action="/f/tremblay/logout"' in page.text


def test_home_leads_nobody_and_a_bare_device_to_sign_in(world: World, asked: Asked) -> None:
    for page in (browser(world), browser(world, device=asked.device)):
        answer = page.get("/home")
        assert (answer.status_code, answer.headers["location"]) == (303, "/f/tremblay/login?next=%2Fhome")


def test_9_2_home_opens_with_the_client_used_last_and_counts_what_waits_at_the_others(
    world: World, asked: Asked
) -> None:
    session = asked.session(asked.contact)
    zinc = world.new_client("Zinc inc.")
    now = world.clock.now()
    world.put(
        PortalAccess(
            firm_id=world.firm.id,
            client_id=zinc.id,
            contact_id=asked.contact.id,
            level=AccessLevel.FULL,
            status=AccessStatus.ACCEPTED,
            accepted_at=now,
            created_at=now,
        )
    )
    theirs = world.draft_request(zinc, tasks=("Deed",), to=[], name="Lease of 2026")
    world.change(theirs, sent_at=now)
    page = browser(world, client=session)
    assert "Zinc inc. has one item to hand in." in words(page.get("/home"))
    assert "Deed" not in words(page.get("/home"))

    moved = page.post("/home/client", data={"client": str(zinc.id)})

    assert (moved.status_code, moved.headers["location"]) == (303, "/home")
    assert "Deed" in words(page.get("/home"))
    assert "Gagnon inc. has two items to hand in." in words(page.get("/home"))


def test_home_never_moves_to_a_client_of_somebody_else(world: World, asked: Asked) -> None:
    page = browser(world, client=asked.session(asked.contact))
    foreign = world.new_client("Foreign inc.")

    for client in (str(foreign.id), str(uuid4()), "nothing", ""):
        assert page.post("/home/client", data={"client": client}).status_code == 404
    assert world.all(PortalAccount)[0].shown_client_id is None
    assert browser(world).post("/home/client", data={"client": str(asked.client.id)}).status_code == 303
