"""A file taken back from the checklist before its script, and by the live page's own request (10.11)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from portal_app import bootstrap
from portal_app.gate import Gate
from portal_app.http import client_pages, task_files
from portal_app.models import StoredFile
from portal_app.services.sign_in.sessions import SessionBook
from tests.http.asked import JSON, Asked, first
from tests.world import World


def browser(asked: Asked) -> TestClient:
    """The recipient's browser, behind the gate."""
    world = asked.world
    views = [Route("/requests/{id}", first(client_pages.request_first))]
    app = Starlette(routes=[*client_pages.routes, *task_files.routes, *views])
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    url = world.settings.public_url
    return TestClient(
        gate,
        base_url=url,
        follow_redirects=False,
        headers={"Accept-Language": "en", "Origin": url},
        cookies={"device": asked.device},
    )


def forms(html: str) -> list[str]:
    """Where the forms of own files lead."""
    return [unescape(to) for to in re.findall(r'action="([^"]*/files/[^"]*)"', html)]


def test_10_11_without_script_it_asks_once_and_can_be_undone(world: World) -> None:
    asked = Asked(world)
    file = world.new_file(asked.tasks[0], contact_id=asked.contact.id)
    world.new_file(asked.tasks[0], "Luc.pdf", contact_id=asked.other.id)
    page = browser(asked)
    html = page.get(asked.here).text
    assert forms(html) == [f"{asked.here}/tasks/{asked.tasks[0].id}/files/{file.id}/back"]
    assert "You can undo this for ten minutes." in html

    answer = page.post(forms(html)[0])

    assert (answer.status_code, answer.headers["location"]) == (303, f"{asked.here}#t{asked.tasks[0].id}")
    html = page.get(asked.here).text
    assert "<s>T4.pdf</s>" in html
    (undo,) = forms(html)
    assert undo.endswith("/undo")
    assert page.post(undo).status_code == 303
    assert world.all(StoredFile, id=file.id)[0].deleted_at is None


def test_10_11_the_live_page_is_answered_in_words(world: World) -> None:
    asked = Asked(world)
    file = world.new_file(asked.tasks[0], contact_id=asked.contact.id)
    other = world.new_file(asked.tasks[0], "Luc.pdf", contact_id=asked.other.id)
    page, here = browser(asked), f"{asked.here}/tasks/{asked.tasks[0].id}/files"

    assert page.post(f"{here}/{file.id}/back", headers=JSON).json()["at"] > 0
    refused = page.post(f"{here}/{other.id}/back", headers=JSON)
    assert (refused.status_code, refused.json()["leave"]) == (409, "")
    assert refused.json()["text"].startswith("Only what you put here yourself")
    assert page.post(f"{here}/nonsense/back", headers=JSON).status_code == 404


def test_10_7_the_receipt_is_a_pdf_for_whoever_reads_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "ports", lambda: world.ports)
    asked = Asked(world)
    file = world.new_file(asked.tasks[0], contact_id=asked.contact.id)
    page, here = browser(asked), f"/files/{file.id}/receipt"
    assert f'href="{here}"' in page.get(asked.here).text

    answer = page.get(here)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["cache-control"] == "no-store"
    page.cookies.clear()
    assert page.get(here).status_code == 404
    assert browser(asked).get("/files/nonsense/receipt").status_code == 404
