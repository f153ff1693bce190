"""What becomes of every kind of file: taken or refused, its name, what is seen of it, how it leaves (10.2, 10.3, 10.6).

Over the routes that browsers use, with the processes that draw previews.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import bootstrap
from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.http import documents, downloads, uploads
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files import previews
from tests.files.corpus import photos
from tests.files.corpus.table import CASES, Kept, Refused
from tests.files.test_tus import STREAM, TUS, told
from tests.files.tools import Asked
from tests.world import World

KEPT = {key: case for key, case in CASES.items() if isinstance(case, Kept)}
REFUSED = {key: case for key, case in CASES.items() if isinstance(case, Refused)}


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """Content is the same on every database."""
    return sqlite_engine


@pytest.fixture
def http(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(bootstrap, "ports", lambda: world.ports)
    with TestClient(Starlette(routes=[*uploads.routes, *downloads.routes, *documents.routes])) as client:
        yield client


@pytest.fixture
def staff(world: World) -> Actor:
    """The owner, signed in."""
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    return replace(world.staff, session_id=session.id)


def sent(http: TestClient, who: Asked, name: str, body: bytes) -> Any:
    """Upload in one request, as a client that tells nothing of the content but a lie."""
    facts = told(task=str(who.task.id), filename=name, filetype="text/html")
    length = {"upload-length": str(len(body)), "upload-metadata": facts}
    return http.post("/files/", headers=STREAM | TUS | who.headers | length, content=body)


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT)
def test_10_6_what_is_taken_keeps_a_harmless_name_leaves_as_no_content_and_is_drawn_anew(
    world: World, http: TestClient, who: Asked, staff: Actor, case: Kept
) -> None:
    body = case.content()
    answer = sent(http, who, case.name, body)

    assert answer.status_code == 201, answer.text
    (file,) = world.all(StoredFile)
    assert file.name == case.label
    _leaves_as_no_content(http, who, file.id, body, case.label)
    _shows(world, http, staff, file.id, case)


def _leaves_as_no_content(http: TestClient, who: Asked, file_id: UUID, body: bytes, name: str) -> None:
    answer = http.get(f"/files/{file_id}/download", headers=who.headers)

    assert answer.content == body
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    says, plain, coded = answer.headers["content-disposition"].split("; filename")
    assert says == "attachment"
    assert plain.isascii()
    assert unquote(coded.removeprefix("*=UTF-8''")) == name


def _shows(world: World, http: TestClient, staff: Actor, file_id: UUID, case: Kept) -> None:
    assert staff.session_id is not None
    who = {"x-portal-staff": staff.session_id.hex}
    answer = http.get(f"/files/{file_id}/pages/1", headers=who)

    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    if case.why_not:
        assert (answer.status_code, answer.text) == (415, case.why_not)
        with pytest.raises(RuleBroken, match=re.escape(case.why_not)):
            previews.count_pages(world.ports, staff, file_id)
        return
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"Exif" not in answer.content
    picture = photos.upright(answer.content)
    for across, down, colour in case.colours:
        found = picture.getpixel((int(across * picture.width), int(down * picture.height)))
        assert isinstance(found, tuple)
        assert all(abs(one - other) <= 24 for one, other in zip(found, colour, strict=True)), found
    assert previews.count_pages(world.ports, staff, file_id) == case.pages
    beyond = http.get(f"/files/{file_id}/pages/{case.pages + 1}", headers=who)
    assert beyond.status_code in {404, 415}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_10_2_what_is_refused_says_why_and_leaves_nothing(
    world: World, http: TestClient, who: Asked, case: Refused
) -> None:
    answer = sent(http, who, case.name, case.content())

    assert answer.status_code == (400 if case.name == "vide.pdf" else 415)
    assert case.because in answer.text
    assert not [*world.all(Upload), *world.all(FilePart), *world.all(StoredFile), *world.objects.parts]
