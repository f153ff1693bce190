"""The client's request before its script: who sees the list, in which words, and that text from people is only text
(5.11, 9.2).

Security rows: foreign ids are not found, ended links lead to their own page.
"""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from portal_app.models import Answer, Device, Side
from tests.http.asked import JSON, Asked, browser, everything, words
from tests.world import World


def test_9_4_by_link_the_list_stands_there_with_a_way_to_sign_in(world: World, asked: Asked) -> None:
    world.change(world.firm, portal_on_at=world.clock.now())
    page = browser(world, device=asked.device).get(asked.here)

    assert page.status_code == 200
    assert "Documents for 2025" in words(page)
    assert "Luc Gagnon also sees this list." in words(page)
    assert re.findall(r'aria-label="([^"]+)"', page.text) == [
        "Mark as done: Bank statements",
        "Mark as done: T4 slips",
    ]
    assert f"/f/tremblay/login?next=%2Frequests%2F{asked.request.id}" in page.text


def test_9_2_signed_in_the_list_leads_everywhere_and_not_to_sign_in(world: World, asked: Asked) -> None:
    page = browser(world, client=asked.session(asked.contact)).get(asked.here)
    by_link = browser(world, device=asked.device).get(asked.here)

    assert page.status_code == 200
    for place in ("/home", "/documents", "/history", "/account"):
        assert f'href="{place}"' in page.text
        assert f'href="{place}"' not in by_link.text
    assert "/login" not in page.text
    assert "This link works on this device" not in words(page)


def test_12_1_the_first_view_speaks_the_reader_s_language(world: World, asked: Asked) -> None:
    said = words(browser(world, "fr", device=asked.device).get(asked.here))

    assert "Sophie Ouellet attend deux éléments." in said
    assert "Ajouter un commentaire" in said
    assert "Add a comment" not in said


def test_somebody_s_own_list_is_not_shown_to_another_device_an_account_without_access_or_nobody(
    world: World, asked: Asked
) -> None:
    stranger = world.new_contact(world.new_client("Elsewhere inc."), "Stranger")
    other = Asked(world)
    session = other.session(stranger)
    _actor, unbound = world.new_device()

    answers = [
        browser(world, client=session).get(asked.here),
        browser(world, device=unbound).get(asked.here),
        browser(world, device=other.device).get(asked.here),
        browser(world).get(asked.here),
    ]

    assert all("Bank statements" not in page.text for page in answers)
    assert all("Documents for 2025" not in page.text for page in answers)
    assert answers[0].status_code == 404


def test_nobody_is_led_to_the_firm_s_sign_in_and_back(world: World, asked: Asked) -> None:
    page = browser(world).get(asked.here)

    assert page.status_code == 303
    assert page.headers["location"] == f"/f/tremblay/login?next=%2Frequests%2F{asked.request.id}"


@pytest.mark.parametrize("way_in", ["account", "link"])
def test_no_such_request_and_no_such_page_are_not_found(world: World, asked: Asked, way_in: str) -> None:
    page = (
        browser(world, device=asked.device)
        if way_in == "link"
        else browser(world, client=asked.session(asked.contact))
    )

    assert page.get(f"/requests/{uuid4()}").status_code == 404
    assert page.get("/requests/nothing").status_code == 404
    assert page.post(f"{asked.here}/tasks/nothing/tick").status_code == 404
    assert page.post(f"{asked.here}/tasks/{uuid4()}/tick").status_code == 404
    answer = page.post(f"{asked.here}/tasks/{uuid4()}/tick", headers=JSON)
    assert (answer.status_code, answer.json()["text"]) == (404, "There is nothing here.")


PAYLOAD = "<img src=x onerror=alert(1)>{{7*7}}</textarea><script>alert(2)</script>\"'"


def test_what_people_write_is_text_and_nothing_else(world: World) -> None:
    asked = Asked(world, tasks=(PAYLOAD,), name=PAYLOAD)
    world.change(asked.contact, name=PAYLOAD)
    world.change(asked.other, name="Luc " + PAYLOAD)
    world.change(asked.client, name=PAYLOAD)
    world.new_file(asked.tasks[0], PAYLOAD[:100] + ".pdf", side=Side.CLIENT, contact_id=asked.other.id)
    page = browser(world, device=asked.device, client=asked.session(asked.contact))
    asked.post("comment", page, body=PAYLOAD)
    listed, home = page.get(asked.here), page.get("/home")
    world.change(
        asked.tasks[0], completed_at=world.clock.now(), answer=Answer.NOT_APPLICABLE, answer_text=PAYLOAD
    )
    answered = page.get(asked.here)

    for shown in (listed, home, answered):
        assert shown.status_code == 200
        assert "<img" not in shown.text
        assert "<script" not in shown.text
        assert "{{7*7}}" in unescape(shown.text)
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', shown.text))


def test_5_12_a_completed_task_can_be_read_and_takes_nothing_more(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)
    asked.post("tick", page)
    world.clock.advance(seconds=11)

    shown = page.get(asked.here)
    written = asked.post("comment", page, body="One more thing", as_json="yes")

    assert "Your answer, 2 March, 09:00." in words(shown)
    assert "To change something, write to Sophie Ouellet." in words(shown)
    assert shown.text.count("<textarea") == 3  # the other task's: a comment, a reason, a question
    assert written.status_code == 409


def shared(asked: Asked) -> TestClient:
    """A browser in which both recipients pressed; Luc's press was the last."""
    device = asked.world.all(Device)[0]
    asked.world.clock.advance(minutes=1)
    asked.bound(asked.other)
    asked.world.change(asked.grant, device_id=device.id)
    return browser(asked.world, device=asked.device)


def test_6_22_the_first_view_names_whose_it_is_and_switches_by_a_press_alone(asked: Asked) -> None:
    page, world = shared(asked), asked.world
    before = everything(world)
    seen = page.get(asked.here)
    assert "For Luc Gagnon, about Gagnon inc." in words(seen)
    assert f'name="reader" value="{asked.contact.id}">Open it for {asked.contact.name}</button>' in seen.text
    assert everything(world) == before

    world.clock.advance(minutes=1)
    pressed = page.post(f"{asked.here}/reader", data={"reader": str(asked.contact.id)})

    assert (pressed.status_code, pressed.headers["location"]) == (303, asked.here)
    assert f"For {asked.contact.name}, about Gagnon inc." in words(page.get(asked.here))


@pytest.mark.parametrize("reader", ["", "x", "01a20000-0000-7000-8000-000000000001", "other"])
def test_6_22_a_person_who_holds_nothing_here_is_not_found(asked: Asked, reader: str) -> None:
    page = browser(asked.world, device=asked.device)
    named = str(asked.other.id) if reader == "other" else reader
    assert page.post(f"{asked.here}/reader", data={"reader": named}).status_code == 404


@pytest.mark.parametrize("as_json", ["", "yes"])
def test_6_22_a_page_left_open_for_somebody_else_saves_nothing(asked: Asked, as_json: str) -> None:
    page = shared(asked)
    refused = asked.post("tick", page, as_json=as_json, reader=str(asked.contact.id))
    assert refused.status_code >= 400
    assert "open for Luc Gagnon on this device" in refused.text
    if as_json:
        assert refused.json()["leave"] == asked.here
    assert asked.world.tasks(asked.request)[0].completed_at is None

    assert asked.post("tick", page, as_json=as_json, reader=str(asked.other.id)).status_code in {200, 303}
    assert asked.world.tasks(asked.request)[0].completed_by_contact_id == asked.other.id
