"""The client's pages before their script, and the requests that answer: who sees what, and what is inert (5.11, 9.2).

Security rows: foreign ids are not found, ended links lead to their own page, text from people is only text.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import client_pages
from portal_app.http.site import language_of
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Answer,
    Comment,
    Contact,
    PortalAccess,
    PortalAccount,
    Recipient,
    Side,
)
from portal_app.services.sessions import SessionBook
from portal_app.text import use_locale
from tests.world import World

JSON = {"Accept": "application/json"}


def first(view: Any) -> Any:
    """A first view as a page of its own, in the reader's language, as the site serves it."""

    async def endpoint(request: Request) -> Response:
        with use_locale(language_of(request)):
            filled = await run_in_threadpool(view, request)
        return filled if isinstance(filled, Response) else HTMLResponse(filled)

    return endpoint


def browser(world: World, language: str = "en", **cookies: str) -> TestClient:
    """A browser behind the gate, with these cookies; it follows no redirect by itself."""
    views = [
        Route("/requests/{id}", first(client_pages.request_first)),
        Route("/home", first(client_pages.home_first)),
    ]
    app = Starlette(routes=[*client_pages.routes, *views])
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    url = world.settings.public_url
    headers = {"Accept-Language": language, "Origin": url}
    return TestClient(gate, base_url=url, follow_redirects=False, headers=headers, cookies=cookies)


class Asked:
    """A request sent to Marie-Claude, with a bound device's cookie and an account's."""

    def __init__(self, world: World, **more: Any) -> None:
        self.world = world
        self.client = world.new_client("Gagnon inc.")
        count = len(world.all(Contact))
        self.contact = world.new_contact(self.client, email=f"mc{count}@client.example")
        self.other = world.new_contact(self.client, "Luc Gagnon", email=f"luc{count}@client.example")
        self.request = world.draft_request(self.client, to=[self.contact, self.other], **more)
        world.change(self.request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
        self.tasks = world.tasks(self.request)
        self.here = f"/requests/{self.request.id}"
        self.device = self.bound(self.contact)

    def bound(self, contact: Contact) -> str:
        """The cookie of a device bound to this recipient's grant."""
        actor, token = self.world.new_device()
        now = self.world.clock.now()
        recipient = self.world.all(Recipient, request_id=self.request.id, contact_id=contact.id)[0]
        self.grant = self.world.put(
            AccessGrant(
                firm_id=self.request.firm_id,
                request_id=self.request.id,
                recipient_id=recipient.id,
                contact_id=contact.id,
                created_at=now,
                expires_at=now + timedelta(days=30),
                device_id=actor.device_id,
                claimed_at=now,
            )
        )
        return token

    def session(self, contact: Contact, **more: Any) -> str:
        """The cookie of a session of this contact, who gets an account."""
        self.world.give_account(contact, self.client, **more)
        return self.world.new_session(contact_id=contact.id, firm_id=contact.firm_id)[1]

    def post(self, verb: str, page: TestClient, number: int = 0, **fields: str) -> Any:
        """Press a form of a task, or what the live page sends instead."""
        headers = JSON if fields.pop("as_json", "") else {}
        return page.post(f"{self.here}/tasks/{self.tasks[number].id}/{verb}", data=fields, headers=headers)


@pytest.fixture
def asked(world: World) -> Asked:
    return Asked(world)


def words(response: Any) -> str:
    """What a page says, without its markup."""
    html = re.sub(r"<(style|script).*?</\1>", "", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


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


def test_9_2_signed_in_the_list_leads_home_and_not_to_sign_in(world: World, asked: Asked) -> None:
    page = browser(world, client=asked.session(asked.contact)).get(asked.here)

    assert page.status_code == 200
    assert 'href="/home"' in page.text
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


@pytest.mark.parametrize("verb", ["tick", "undo", "comment"])
def test_4_10_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back_to_the_list(
    world: World, asked: Asked, verb: str
) -> None:
    answer = asked.post(verb, browser(world), body="Here it is")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/f/tremblay/login?next=%2Frequests%2F{asked.request.id}"


@pytest.mark.parametrize("ended", ["moved", "expired", "withdrawn"])
def test_6_23_a_device_whose_grant_ended_is_led_to_its_link(world: World, asked: Asked, ended: str) -> None:
    if ended == "expired":
        world.clock.advance(days=31)
    elif ended == "withdrawn":
        world.change(asked.request, withdrawn_at=world.clock.now())
        world.change(asked.grant, ended_at=world.clock.now(), ended_because="withdrawn")
    else:
        world.change(asked.grant, ended_at=world.clock.now(), ended_because="removed")
    page = browser(world, device=asked.device)

    shown, ticked = page.get(asked.here), asked.post("tick", page)

    assert shown.status_code == ticked.status_code == 303
    assert re.fullmatch(r"\S*/r/\S+", shown.headers["location"])
    assert world.get(asked.tasks[0]).completed_at is None


def test_a_refusal_to_the_live_page_says_where_to_go(world: World, asked: Asked) -> None:
    world.clock.advance(days=31)

    answer = asked.post("tick", browser(world, device=asked.device), as_json="yes")

    assert answer.status_code in {401, 410}
    assert answer.json()["leave"] == asked.here


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


@pytest.mark.parametrize("verb", ["tick", "undo", "comment"])
def test_another_client_s_task_is_not_found_and_stays_as_it_was(
    world: World, asked: Asked, verb: str
) -> None:
    theirs = Asked(world)
    page = browser(world, device=asked.device, client=asked.session(asked.contact))

    answer = theirs.post(verb, page, body="Mine now", as_json="yes")

    assert answer.status_code in {401, 404}
    assert world.get(theirs.tasks[0]).completed_at is None
    assert not world.all(Comment)


def test_forms_tick_undo_and_write_and_come_back_to_the_task(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)

    ticked = asked.post("tick", page)
    assert (ticked.status_code, ticked.headers["location"]) == (303, f"{asked.here}#t{asked.tasks[0].id}")
    shown = page.get(asked.here)
    assert 'role="status"><p><b>Bank statements</b> Marked as done.' in shown.text
    assert shown.text.count('aria-checked="true"') == 1
    assert asked.post("undo", page).status_code == 303
    assert world.get(asked.tasks[0]).completed_at is None
    written = asked.post("comment", page, body="Here it is")
    assert written.headers["location"] == f"{asked.here}#c{asked.tasks[0].id}"
    assert "Here it is" in words(page.get(asked.here))


def test_the_live_page_hears_when_it_was_stored_and_for_how_long_it_can_be_undone(
    world: World, asked: Asked
) -> None:
    page = browser(world, device=asked.device)

    answers = [asked.post("tick", page, as_json="yes") for _press in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == {"at": int(world.clock.now().timestamp() * 1000), "undo_ms": 10_000}
    assert answers[0].headers["cache-control"] == "no-store"


def test_a_comment_sent_again_with_its_key_is_one_comment(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)

    answers = [asked.post("comment", page, body="Once", once_key="k1", as_json="yes") for _press in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert [row.body for row in world.all(Comment)] == ["Once"]


def test_5_3_and_5_16_a_form_that_is_refused_says_why_in_the_reader_s_language(
    world: World, asked: Asked
) -> None:
    world.change(asked.tasks[0], needs_file=True)
    luc = browser(world, device=asked.bound(asked.other))
    asked.post("tick", luc, number=1)
    page = browser(world, "fr", device=asked.device)

    needs, late = asked.post("tick", page), asked.post("tick", page, number=1)

    assert (needs.status_code, late.status_code) == (409, 409)
    assert "Un fichier est demandé pour cette tâche" in words(needs)
    assert "Luc Gagnon" in words(late)
    assert f'href="{asked.here}#t{asked.tasks[0].id}"' in needs.text


def test_an_empty_comment_and_one_that_is_too_long_are_refused(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)

    empty = asked.post("comment", page, body="  ", as_json="yes")
    long = asked.post("comment", page, body="x" * 5001, as_json="yes")

    assert (empty.status_code, long.status_code) == (422, 422)
    assert empty.json()["text"] == "Write something first."
    assert not world.all(Comment)


def test_a_form_from_another_site_changes_nothing(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)
    page.headers["Origin"] = "https://evil.example"

    asked.post("tick", page)

    assert world.get(asked.tasks[0]).completed_at is None


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
    assert shown.text.count("<textarea") == 1
    assert written.status_code == 409


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
