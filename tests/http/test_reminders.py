"""The link that stops reminders: nothing by opening it, once by its button (7.5)."""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import reminders as pages
from portal_app.models import Activity, Recipient
from portal_app.services.sign_in.sessions import SessionBook
from tests.services.posted import text_of
from tests.services.reminded import next_at, out, run
from tests.world import World


def browser(world: World) -> TestClient:
    app = Starlette(routes=pages.routes)
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    return TestClient(gate, base_url=world.settings.public_url, follow_redirects=False)


def test_7_5_the_link_in_a_reminder_stops_them_by_a_press_alone(world: World) -> None:
    request = out(world)
    run(world, "2026-03-03T08:00")
    found = re.search(r"^https?://\S+(/reminders/\S+)$", text_of(world.mail.sent[0]), re.MULTILINE)
    assert found is not None
    link, visitor = found.group(1), browser(world)

    for _visit in range(3):
        assert "Stop the reminders?" in visitor.get(link).text
        assert visitor.head(link).status_code in (200, 405)
    assert world.all(Recipient)[0].reminders_off_at is None

    assert "Reminders are off" in visitor.post(link, data={"on": "0"}).text
    assert next_at(world, request) is None
    assert run(world, "2026-03-04T08:00") == []

    world.clock.advance(hours=1)
    visitor.post(link, data={"on": "1"})
    assert next_at(world, request) == "03-05 08:00"
    told = [(one.kind, one.contact_id) for one in world.all(Activity) if "switched" in one.kind]
    person = world.all(Recipient)[0].contact_id
    assert told == [("reminders_switched_off", person), ("reminders_switched_on", person)]


def test_7_5_a_link_that_is_none_is_not_found(world: World) -> None:
    assert browser(world).get("/reminders/" + "a" * 43).status_code == 404
