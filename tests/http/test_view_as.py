"""*View as*: a client page as a recipient finds it, for staff, read-only, without a link or a session of theirs (5.9)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import client_pages, view_as
from portal_app.models import AccessGrant, Answer, Document, LinkToken, SharedWith, SignInSession, TaskAnswer
from portal_app.services.documents import document_uploads
from portal_app.services.documents.document_uploads import Place
from portal_app.services.requests import sending
from portal_app.services.sign_in.sessions import SessionBook
from tests.files.tools import bring, pdf
from tests.http.asked import Asked, words
from tests.security.test_registry_matrix import snapshot
from tests.world import World


@pytest.fixture
def asked(world: World) -> Asked:
    return Asked(world)


def staff_browser(world: World, language: str = "en", **cookies: str) -> TestClient:
    app = Starlette(routes=[*client_pages.routes, *view_as.routes])
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    url = world.settings.public_url
    headers = {"Accept-Language": language, "Origin": url}
    return TestClient(gate, base_url=url, follow_redirects=False, headers=headers, cookies=cookies)


def owner(world: World) -> dict[str, str]:
    return {"staff": world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)[1]}


def at(asked: Asked, rest: str = "") -> str:
    return f"/staff/as/{asked.contact.id}{rest or asked.here}"


def test_5_9_staff_see_the_list_as_its_recipient_does_by_link(world: World, asked: Asked) -> None:
    world.change(asked.contact, locale="fr")
    shown = staff_browser(world, **owner(world)).get(at(asked))

    assert shown.status_code == 200
    assert "You see this as Marie-Claude Gagnon does. Nothing can be changed here." in words(shown)
    assert "Pour Marie-Claude Gagnon" in words(shown)
    assert "Ce lien fonctionne sur cet appareil" in words(shown)


def test_5_9_a_recipient_who_signs_in_is_seen_signed_in(world: World, asked: Asked) -> None:
    asked.session(asked.contact)
    page = staff_browser(world, **owner(world))

    shown, home = page.get(at(asked)), page.get(at(asked, "/home"))

    assert "This link works on this device" not in words(shown)
    assert f'href="/staff/as/{asked.contact.id}/home"' in shown.text
    assert "Hello, Marie-Claude" in words(home)
    assert f'href="/staff/as/{asked.contact.id}/requests/{asked.request.id}' in home.text


def test_5_9_every_address_leads_back_here_and_no_live_link_is_shown(world: World, asked: Asked) -> None:
    sending.send_request(
        world.ports,
        world.staff,
        world.draft_request(asked.client, to=[asked.other]).id,
        [asked.other.id],
        "once",
    )
    world.new_file(asked.tasks[0], contact_id=asked.contact.id)
    asked.session(asked.contact)
    page = staff_browser(world, **owner(world))

    for rest in ("", "/home"):
        text = page.get(at(asked, rest)).text
        inside = re.findall(r'(?:href|action)="(/[^"]*)"', text)
        assert inside
        assert [one for one in inside if not re.match("/staff(/|$)", one)] == []
        assert "/r/" not in text
        assert "/p/" not in text


def test_5_9_looking_changes_nothing_and_makes_no_session_or_link(world: World, asked: Asked) -> None:
    cookies = owner(world)
    before = snapshot(world)

    page = staff_browser(world, **cookies)
    for rest in ("", "/home", f"{asked.here}/continue"):
        page.get(at(asked, rest))

    assert snapshot(world) == before
    assert {row.staff_id for row in world.all(SignInSession)} == {world.owner.id}
    assert world.all(LinkToken) == []


@pytest.mark.parametrize(
    "verb", ["tick", "undo", "comment", "not-applicable", "promise", "question", "already-there"]
)
def test_5_9_every_write_is_refused_by_the_server(world: World, asked: Asked, verb: str) -> None:
    cookies = owner(world) | {"client": asked.session(asked.contact), "device": asked.device}
    before = snapshot(world)
    page = staff_browser(world, **cookies)

    fields = {"body": "Hello", "text": "No", "promised_on": "2026-03-09"}
    refused = page.post(f"{at(asked)}/tasks/{asked.tasks[0].id}/{verb}", data=fields)

    assert refused.status_code == 403
    assert snapshot(world) == before
    assert world.all(TaskAnswer) == []


def test_5_9_whoever_is_not_staff_of_the_firm_sees_nothing(world: World, asked: Asked) -> None:
    other = world.new_firm("Other CPA", slug="other")
    rival = world.new_staff("Rival", firm=other)
    cookies: list[dict[str, str]] = [
        {},
        {"client": asked.session(asked.contact), "device": asked.device},
        {"staff": world.new_session(staff_id=rival.id, firm_id=other.id)[1]},
    ]
    file = world.new_file(asked.tasks[0], contact_id=asked.contact.id)

    for one in cookies:
        for rest in ("", "/home", f"/files/{file.id}/download"):
            shown = staff_browser(world, **one).get(at(asked, rest))
            assert shown.status_code in (303, 404)
            assert shown.status_code == 404 or shown.headers["location"] == "/staff/login"
            assert "Gagnon" not in shown.text


def test_5_17_with_a_recipients_eyes_other_sections_are_not_there(world: World, asked: Asked) -> None:
    hidden = world.draft_request(asked.client, to=[asked.other], name="Quetzalcoatl")
    world.change(hidden, sent_at=world.clock.now())
    file = world.new_file(world.tasks(hidden)[0], "Quetzalcoatl.pdf", contact_id=asked.other.id)
    page = staff_browser(world, **owner(world))

    assert page.get(at(asked, f"/requests/{hidden.id}")).status_code == 404
    assert page.get(at(asked, f"/files/{file.id}/download")).status_code == 404
    assert "Quetzalcoatl" not in page.get(at(asked)).text


ENDED: dict[str, Any] = {
    "has expired": lambda world, asked: world.change(
        asked.grant, expires_at=world.clock.now() - timedelta(1)
    ),
    "was withdrawn": lambda world, asked: world.change(asked.request, withdrawn_at=world.clock.now()),
    "Signing in is required": lambda world, asked: world.change(
        world.firm, mfa_required_at=world.clock.now()
    ),
}


@pytest.mark.parametrize("said", ENDED)
def test_5_9_where_the_link_opens_nothing_staff_read_what_the_recipient_meets(
    world: World, asked: Asked, said: str
) -> None:
    ENDED[said](world, asked)
    shown = staff_browser(world, **owner(world)).get(at(asked))

    assert said in words(shown)
    assert "Bank statements" not in shown.text


def test_5_9_what_was_not_sent_is_not_shown_as_if_it_had_been(world: World, asked: Asked) -> None:
    for grant in world.all(AccessGrant):
        world.change(grant, ended_at=world.clock.now(), ended_because="removed")

    assert "opens nothing any more" in words(staff_browser(world, **owner(world)).get(at(asked)))


def test_5_9_answers_show_as_the_recipient_reads_them(world: World, asked: Asked) -> None:
    world.change(
        asked.tasks[0],
        completed_at=world.clock.now(),
        completed_by_contact_id=asked.contact.id,
        answer=Answer.NOT_APPLICABLE,
        answer_text="Sold",
    )

    assert "Your answer, " in words(staff_browser(world, **owner(world)).get(at(asked)))


def test_5_9_documents_are_seen_as_the_contact_sees_them(world: World, asked: Asked) -> None:
    asked.session(asked.contact)
    client_id = asked.request.client_id
    for name, shared_with in (("Theirs.pdf", SharedWith.CLIENT), ("Ours.pdf", SharedWith.STAFF)):
        body, place = pdf(300), Place(client_id, None, None, shared_with)
        token, _ = document_uploads.start_upload(world.ports, world.staff, place, name, len(body))
        bring(world, token, body)
    page, before = staff_browser(world, **owner(world)), snapshot(world)

    shown = page.get(at(asked, "/documents"))

    assert "Theirs.pdf" in words(shown)
    assert "Ours.pdf" not in words(shown)
    theirs, ours = sorted(world.all(Document), key=lambda row: row.name != "Theirs.pdf")
    opened = page.get(at(asked, f"/documents/{theirs.id}"))
    assert opened.headers["location"] == f"/files/{theirs.file_id}/download"
    assert page.get(at(asked, f"/documents/{ours.id}")).status_code == 404
    assert page.get(at(asked, f"/files/{ours.file_id}/download")).status_code == 404
    assert staff_browser(world).get(at(asked, "/documents")).headers["location"] == "/staff/login"
    assert snapshot(world) == before
