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

from portal_app.domain.actors import Actor
from portal_app.gate import Gate
from portal_app.http import client_pages
from portal_app.http.site import language_of
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Activity,
    Answer,
    AuditEntry,
    ClassicEntry,
    Comment,
    Contact,
    Device,
    LinkToken,
    LostDevice,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    Recipient,
    Side,
    WorkItem,
)
from portal_app.services.clients import contacts
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.refusals import note_refusal
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.text import use_locale
from tests.world import World

JSON = {"Accept": "application/json"}


def first(view: Any) -> Any:
    """A first view as a page of its own, in the reader's language, as the site serves it."""

    async def endpoint(request: Request) -> Response:
        with use_locale(language_of(request)):
            filled = await run_in_threadpool(view, request)
        return filled if isinstance(filled, Response) else HTMLResponse(filled.html)

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


def everything(world: World) -> str:
    """All that looking could have written."""
    kinds = (AccessGrant, LinkToken, Device, LostDevice, Recipient, Activity, AuditEntry, OutboxMail)
    return repr([world.all(kind) for kind in kinds])


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


@pytest.mark.parametrize("verb", ["tick", "undo"])
def test_4_10_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back_to_the_list(
    world: World, asked: Asked, verb: str
) -> None:
    answer = asked.post(verb, browser(world))

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/f/tremblay/login?next=%2Frequests%2F{asked.request.id}"


ENDED = {
    "removed": "This link no longer works",
    "moved": "This link was opened on another device",
    "expired": "This link expired on 1 April 2026",
    "withdrawn": "This request was withdrawn",
    "closed": "This request is closed",
}


def end(world: World, asked: Asked, how: str) -> None:
    """The bound device loses its way in, this way."""
    now = world.clock.now()
    if how == "expired":
        world.clock.advance(days=31)
    elif how == "withdrawn":
        world.change(asked.request, withdrawn_at=now)
        world.change(asked.grant, ended_at=now, ended_because="withdrawn")
    elif how == "closed":
        world.change(world.all(WorkItem, id=asked.request.work_item_id)[0], completed_at=now)
    elif how == "moved":
        lost = asked.grant.device_id
        world.put(LostDevice(firm_id=world.firm.id, grant_id=asked.grant.id, device_id=lost, lost_at=now))
        world.change(asked.grant, device_id=world.new_device()[0].device_id)
    else:
        world.change(asked.grant, ended_at=now, ended_because="removed")


@pytest.mark.parametrize("how", ENDED)
def test_6_23_a_device_whose_grant_ended_is_told_why(world: World, asked: Asked, how: str) -> None:
    end(world, asked, how)
    page = browser(world, device=asked.device)

    shown, ticked = page.get(asked.here), asked.post("tick", page)

    for answer in (shown, ticked):
        assert answer.status_code in {200, 410}
        assert ENDED[how] in words(answer)
        assert "Bank statements" not in words(answer)
        assert f"{asked.here}?lang=fr" in answer.text
    assert ("Send access link" in words(shown)) is (how in {"moved", "expired"})
    assert world.get(asked.tasks[0]).completed_at is None


@pytest.mark.parametrize("how", ENDED)
def test_asvs_24_looking_at_a_request_that_ended_writes_nothing(world: World, asked: Asked, how: str) -> None:
    end(world, asked, how)
    page = browser(world, device=asked.device)
    before = everything(world)

    for method in ("GET", "HEAD", "OPTIONS") * 10:
        page.request(method, asked.here)
        page.request(method, f"{asked.here}/access")

    assert everything(world) == before


@pytest.mark.parametrize("how", ENDED)
def test_6_5_and_6_12_send_access_link_goes_on_from_where_the_request_stood(
    world: World, asked: Asked, how: str
) -> None:
    end(world, asked, how)
    page = browser(world, device=asked.device)

    pressed = page.post(f"{asked.here}/access")

    assert pressed.status_code == 307
    assert re.fullmatch(world.settings.public_url + r"/r/[\w-]{43}/access", pressed.headers["location"])
    assert browser(world).post(f"{asked.here}/access").status_code == 404
    assert page.post(f"/requests/{uuid4()}/access").status_code == 404
    assert page.post("/requests/nothing/access").status_code == 404


def test_6_9_a_browser_whose_pin_was_given_too_long_ago_can_ask_for_another(
    world: World, asked: Asked
) -> None:
    now, device = world.clock.now(), asked.grant.device_id
    world.change(asked.grant, device_id=None, claimed_at=None, classic_at=now)
    entry = ClassicEntry(
        firm_id=world.firm.id, grant_id=asked.grant.id, device_id=device, entered_at=now, expires_at=now
    )
    world.put(entry)
    page = browser(world, device=asked.device)
    before = everything(world)

    shown = page.get(asked.here)
    assert everything(world) == before
    pressed = page.post(f"{asked.here}/access")

    assert shown.status_code == 200
    assert "Get a new PIN" in words(shown)
    assert f'action="{asked.here}/access"' in shown.text
    assert re.fullmatch(world.settings.public_url + r"/p/[\w-]+/pin", pressed.headers["location"])


def test_6_12_access_links_are_asked_for_sixty_times_an_hour_at_most(world: World, asked: Asked) -> None:
    end(world, asked, "expired")
    page = browser(world, device=asked.device)

    answers = [page.post(f"{asked.here}/access").status_code for _press in range(61)]

    assert answers == [307] * 60 + [429]
    assert len(world.all(LinkToken)) == 60


@pytest.mark.parametrize("verb", ["tick", "undo", "comment"])
@pytest.mark.parametrize("as_json", ["yes", ""])
def test_asvs_29_a_task_of_another_request_is_not_found_under_this_one(
    world: World, asked: Asked, verb: str, as_json: str
) -> None:
    second = world.draft_request(asked.client, tasks=("Deed",), to=[asked.contact])
    world.change(second, sent_at=world.clock.now())
    session = asked.session(asked.contact)
    task = world.tasks(second)[0]
    page = browser(world, client=session)
    headers = JSON if as_json else {}

    answer = page.post(f"{asked.here}/tasks/{task.id}/{verb}", data={"body": "Here"}, headers=headers)

    assert answer.status_code == 404
    assert world.get(task).completed_at is None
    assert not world.all(Comment)
    assert page.post(f"/requests/{second.id}/tasks/{task.id}/tick").status_code == 303


def test_asvs_53_a_refused_form_leaves_one_line_a_minute_for_each_door(world: World, asked: Asked) -> None:
    theirs = Asked(world)
    page = browser(world, client=asked.session(asked.contact))

    for _press in range(3):
        theirs.post("tick", page, as_json="yes")
        theirs.post("comment", page, body="Mine now")

    lines = world.all(AuditEntry, action="access:refused")
    assert sorted(line.facts["target"] for line in lines) == ["comment", "tick"]
    assert {line.actor_id for line in lines} == {asked.contact.id}
    assert {line.firm_id for line in lines} == {world.firm.id}


def test_asvs_53_whoever_tries_every_door_leaves_ten_lines_a_minute(world: World, asked: Asked) -> None:
    actor = world.signed_in(asked.contact)

    for number in range(30):
        note_refusal(world.ports, actor, f"door {number}")
    note_refusal(world.ports, Actor.nobody(), "door")

    assert len(world.all(AuditEntry, action="access:refused")) == 10


def typed_in(answer: Any) -> str:
    """What stands in the page's text field."""
    found = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.text, flags=re.DOTALL)
    assert len(found) == 1
    return unescape(found[0])


def test_a_refused_comment_form_repeats_what_was_typed_to_be_corrected(world: World, asked: Asked) -> None:
    page, long = browser(world, device=asked.device), "<b>" + "x" * 5000

    answer = asked.post("comment", page, body=long)

    assert answer.status_code == 422
    assert "This comment is too long: 5000 characters at most." in words(answer)
    assert typed_in(answer) == long
    assert f'action="{asked.here}/tasks/{asked.tasks[0].id}/comment"' in answer.text
    assert "readonly" not in answer.text


@pytest.mark.parametrize("how", [*ENDED, "completed", "signed out"])
def test_6_23_a_comment_that_comes_too_late_is_shown_to_whoever_typed_it(
    world: World, asked: Asked, how: str
) -> None:
    page = browser(world, device=asked.device)
    if how == "completed":
        asked.post("tick", page)
    elif how == "signed out":
        page = browser(world)
    else:
        end(world, asked, how)

    answer = asked.post("comment", page, body="The policy is in my husband’s name")

    assert answer.status_code in {401, 409, 410}
    assert typed_in(answer) == "The policy is in my husband’s name"
    assert "readonly" in answer.text
    assert f'href="{asked.here}' in answer.text
    assert not world.all(Comment)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=b"])
def test_a_form_that_is_none_is_refused_as_such(world: World, asked: Asked, kind: str) -> None:
    page = browser(world, device=asked.device)

    answer = page.post(
        f"{asked.here}/tasks/{asked.tasks[0].id}/tick", content=b"{}", headers={"Content-Type": kind}
    )

    assert answer.status_code == 415
    assert world.get(asked.tasks[0]).completed_at is None


HIDDEN = "".join(
    map(
        chr,
        (
            0x202A,
            0x202B,
            0x202D,
            0x202E,
            0x202C,
            0x2066,
            0x2067,
            0x2068,
            0x2069,
            0x200E,
            0x200F,
            0x061C,
            0xFEFF,
            7,
        ),
    )
)


def test_comments_and_names_keep_no_character_that_turns_the_text_around_them(
    world: World, asked: Asked
) -> None:
    page = browser(world, device=asked.device)
    asked.post("comment", page, body=f"{HIDDEN}Paid by\r\n\u202eeuqehc 👩‍💼{HIDDEN}", as_json="yes")
    fields = ContactFields(name=f"Luc {HIDDEN}Roy", email="roy@client.example")
    contacts.add_contact(world.ports, world.staff, asked.client.id, fields)

    assert [row.body for row in world.all(Comment)] == ["Paid by\neuqehc 👩‍💼"]
    assert "Luc Roy" in [row.name for row in world.all(Contact)]


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


def test_5_7_a_comment_sent_again_with_its_key_is_one_comment(world: World, asked: Asked) -> None:
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
    assert shown.text.count("<textarea") == 3  # the other task's: a comment, a reason, a question
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
