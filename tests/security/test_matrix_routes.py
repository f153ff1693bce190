"""Every plain route, method by method, asked by everybody of the matrix: no data, no change where it says no.

Routes come from what is served; a new one is in here as soon as it has its line in `tests/security/matrix.py`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.adapters.database import make_engine
from portal_app.domain.permissions import Permission
from portal_app.gate import Gate
from portal_app.http import client_pages, documents, routes
from portal_app.services.sign_in.sessions import SessionBook
from scripts.permissions import PAGE, written
from tests.files.test_tus import TUS, told
from tests.http.asked import first
from tests.security.house import EVERYTHING, House, Looker, build, changed, snapshot
from tests.security.matrix import (
    FIRST_VIEWS,
    ROUTES,
    STAFF,
    Key,
    Person,
    Reach,
    need_of,
    reach,
    reach_of,
    served,
)
from tests.world import World

FORM = {
    "email": "person@other.example",
    "password": "nobody’s password",
    "factor": "password",
    "code": "123456",
    "pin": "123456",
    "body": "Here it is.",
    "text": "Here it is.",
    "name": "Paul Roy",
    "until": "2026-03-09",
    "on": "1",
    "promised_on": "2026-03-09",
    "once_key": "once",
    "page": "x" * 43,
    "device": "x" * 43,
}
"""What the forms ask for; ids are added to it."""
LOOKERS = (
    *("nobody", "a browser without a grant", "another firm's owner"),
    *("another client of the firm", "another firm's client"),
    *("the owner", "the admin", "the member"),
    *("full access", "limited access", "link device", "classic browser", "task handed over"),
)
INSIDE = {"full access", "limited access", "link device", "classic browser", "task handed over"}
OTHERS = {"nobody", "a browser without a grant", "another client of the firm", "another firm's client"}

LEAVING = (paths.LOGOUT, paths.STAFF_LOGOUT, paths.INVITE_LEAVE)
"""Where whoever asks signs out."""

ONE_BY_ONE = (paths.HAND_BACK, paths.ACCOUNT_BROWSER_END, paths.NOTICE_OPEN, paths.DOCUMENT_REMOVE)
"""What needs a row made for it, or takes one away: tests/http/test_handed.py, test_account.py, test_contact_notices.py
and tests/documents/test_routes.py call them."""

ABOUT = {
    "/documents/": "document",
    "/zip/tasks": "task",
    "/zip/work": "work",
    "/zip/clients": "client",
    "/zip/folders": "folder",
}
"""What the id in an address is of, where it is no request's."""

Called = tuple[str, str]


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Looked at and never changed."""
    yield from _house(sqlite_template, tmp_path_factory.mktemp("matrix"))


@pytest.fixture
def open_house(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    """One in which people do what they may."""
    yield from _house(sqlite_template, tmp_path)


def _house(template: Path, folder: Path) -> Iterator[House]:
    shutil.copy(template, folder / "portal.db")
    engine = make_engine(f"sqlite:///{folder / 'portal.db'}")
    world = World(engine, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "ports", lambda: world.ports)
        yield build(world)
    engine.dispose()


def browser(world: World, looker: Looker) -> TestClient:
    """The looker's browser in front of all that is served but the built site."""
    views = [
        Route("/requests/{id}", first(client_pages.request_first)),
        Route("/home", first(client_pages.home_first)),
        Route("/documents", first(documents.documents_first)),
    ]
    app = Starlette(routes=[*routes(), *views])
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    url = world.settings.public_url
    return TestClient(
        gate, base_url=url, follow_redirects=False, headers={"Origin": url}, cookies=looker.cookies
    )


def calls(path: str, rows: dict[str, UUID], *, ids: tuple[str, ...] = ("request", "draft")) -> list[str]:
    """The addresses of a route for these rows."""
    kind = next((name for begins, name in ABOUT.items() if path.startswith(begins)), "")
    kind = "file" if "/files/{id}" in path else kind
    kind = "document" if "/documents/{id}" in path else kind
    request_ids = [rows[kind]] if kind else [rows[n] for n in ids]
    made = []
    for one in request_ids:
        known = {
            "firm": "tremblay",
            "token": "x" * 43,
            "code": "x" * 43,
            "language": "fr",
            "mail_id": 1,
            "kind": "totp",
        }
        known |= {"use": "logo", "page": "email", "name": "x.png", "number": 1}
        known |= {name: rows[name] for name in ("contact", "client", "task", "file")}
        known |= {"id": one, "rest": f"requests/{one}/tasks/{rows['task']}/tick"}
        place = re.sub(r":\w+}", "}", path)
        unknown = set(re.findall(r"{(\w+)}", place)) - set(known)
        assert not unknown, f"teach tests/security/test_matrix_routes.py what to put for {unknown}"
        made.append(paths.to(place, **known))
    return list(dict.fromkeys(made))


def call(page: TestClient, method: str, address: str, rows: dict[str, UUID], side: str = "client") -> Any:
    """One call, with all that a form, an upload or the live page sends."""
    if address == paths.UPLOADS:
        told_of = told(task=str(rows["task"]), filename="a.pdf", side=side)
        return page.request(method, address, headers=TUS | {"upload-length": "9", "upload-metadata": told_of})
    ids = {"file": rows["file"], "reader": rows["contact"], "client": rows["client"], "hand": uuid4()}
    form = FORM | {name: str(row_id) for name, row_id in ids.items()}
    return page.request(method, address, data=form if method == "POST" else None)


def what_a_looker_calls(looker: Looker) -> list[Called]:
    """Where the matrix does not say *yes* to them; whoever is not of the house is nobody there."""
    everything = [*served(), *((path, "GET") for path in FIRST_VIEWS)]
    return [
        (path, method)
        for path, method in everything
        if looker.name in OTHERS
        or (looker.person in STAFF and _is_closed(path, method, looker))
        or (looker.name in INSIDE and _cell(path, method, looker.person) is not Reach.ALL)
    ]


def _is_closed(path: str, method: str, looker: Looker) -> bool:
    cell = _cell(path, method, looker.person)
    return cell is Reach.NOTHING or (looker.name.startswith("another") and cell is Reach.ALL)


def _cell(path: str, method: str, person: Person) -> Reach:
    return reach(FIRST_VIEWS[path], person) if path in FIRST_VIEWS else reach_of(path, method, person)


def _is_demo(path: str, method: str) -> bool:
    return path not in FIRST_VIEWS and need_of(path, method) is Key.DEMO


def test_asvs_27_every_route_has_its_line_and_every_line_its_route() -> None:
    routes_now = set(served())
    missing = sorted(path for path, _method in routes_now if path not in ROUTES)
    assert missing == [], "say what they need in ROUTES of tests/security/matrix.py"
    gone = set(ROUTES) - {path for path, _method in routes_now}
    assert gone == set()
    for path, need in ROUTES.items():
        if isinstance(need, dict):
            assert set(need) == {method for one, method in routes_now if one == path}


def test_asvs_27_the_page_of_permissions_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "run: python -m scripts.permissions"


@pytest.mark.parametrize("name", LOOKERS)
def test_asvs_27_and_29_no_route_gives_or_changes_what_the_matrix_denies(house: House, name: str) -> None:
    """Signing out and the language are for whoever asks; the demo's tools are there in the demo alone."""
    looker, world = house.lookers[name], house.world
    hidden = looker.hidden or EVERYTHING
    before = snapshot(world, apart=looker)
    for path, method in what_a_looker_calls(looker):
        if path in LEAVING or _is_demo(path, method):
            continue
        page = browser(world, looker)
        for address in calls(path, house.rows):
            answer = call(page, method, address, house.rows)
            assert answer.status_code < 500 or path == paths.READYZ, (method, address)
            assert [word for word in hidden if word in answer.text] == [], (method, address)
    assert changed(before, snapshot(world, apart=looker)) == {}


@pytest.mark.parametrize("name", ["another client of the firm", "another firm's client", *sorted(INSIDE)])
def test_asvs_29_ids_of_ones_own_and_of_others_never_go_together(house: House, name: str) -> None:
    """Their own request with a task that they may not see, a task of theirs under another request, and so on."""
    looker, world = house.lookers[name], house.world
    foreign = house.rows | ({"request": house.rows["draft"]} if name == "full access" else {})
    swaps = [(one, foreign[one]) for one in ("request", "task", "file", "contact", "client")]
    swaps += [("task", looker.own["beside"])] if name == "task handed over" else []
    before = snapshot(world, apart=looker)
    for path, method in served():
        if not {"id", "task"} & set(re.findall(r"{(\w+)}", path)) or path.startswith("/staff"):
            continue
        for kind, row_id in swaps:
            mixed = looker.own | {kind: row_id}
            for address in calls(path, mixed, ids=("request",)):
                answer = call(browser(world, looker), method, address, mixed)
                assert answer.status_code < 500, (method, address)
                assert [word for word in looker.hidden if word in answer.text] == [], (method, address)
    assert changed(before, snapshot(world, apart=looker)) == {}


def test_asvs_27_whoever_may_does_get_through(open_house: House) -> None:
    """The same calls with rows of their own are answered: so the others were refused, not lost."""
    world, lost = open_house.world, []
    for name in [*sorted(INSIDE), "the member"]:
        looker = open_house.lookers[name]
        rows = looker.own or open_house.rows
        for path, method in [*served(), *((path, "GET") for path in FIRST_VIEWS)]:
            need = FIRST_VIEWS[path] if path in FIRST_VIEWS else need_of(path, method)
            if path in ONE_BY_ONE or not isinstance(need, Permission):
                continue
            if _cell(path, method, looker.person) is Reach.NOTHING:
                continue
            for address in calls(path, rows, ids=("request",)):
                side = "firm" if looker.person in STAFF else "client"
                answer = call(browser(world, looker), method, address, rows, side)
                to = answer.headers.get("location", "")
                if answer.status_code in {401, 404} or "/login?" in to or to == paths.STAFF_LOGIN:
                    lost.append((name, method, path, answer.status_code))
    assert lost == []
