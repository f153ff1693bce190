"""*Require MFA*, and action by action, at every door a browser knocks at: early forms, uploads, downloads, hand-over,
continuing, links (1.8, 1.9, 6.8, 6.20). No way round; classic access and whoever signed in are outside it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.adapters.database import make_engine
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import PortalError
from portal_app.domain.links import Standing
from portal_app.domain.policy import Action, Way, way
from portal_app.domain.secrets import new_token
from portal_app.http import client_pages
from portal_app.models import AccessGrant, HandOver, StoredFile, Upload
from portal_app.services.files import uploads
from portal_app.services.firm import security
from portal_app.services.links import access_links, continuing, handed, links
from portal_app.services.mail.outbox import deliver_outbox
from tests.files.test_tus import STREAM, TUS, told
from tests.files.tools import pdf
from tests.security.house import House, Looker, build, changed, snapshot
from tests.security.test_matrix_routes import browser, call, calls
from tests.services.handed_story import Story as Handing
from tests.services.posted import code_in, token_in
from tests.services.test_security_policy import Story
from tests.world import World

MFA = "require MFA"
POLICIES = [MFA, Action.VIEW, Action.COMPLETE, Action.COMMENT, Action.UPLOAD]
DOORS: list[tuple[str, str, Action]] = [
    (paths.REQUEST, "GET", Action.VIEW),
    (paths.DOWNLOAD, "GET", Action.VIEW),
    (paths.CONTINUE_FROM, "GET", Action.VIEW),
    (paths.CONTINUE_FROM, "POST", Action.VIEW),
    (client_pages.COMMENT, "POST", Action.COMMENT),
    (paths.UPLOADS, "POST", Action.UPLOAD),
    (client_pages.PROMISE, "POST", Action.COMPLETE),
    (client_pages.QUESTION, "POST", Action.COMPLETE),
    (client_pages.ALREADY_THERE, "POST", Action.COMPLETE),
    (client_pages.NOT_APPLICABLE, "POST", Action.COMPLETE),
    (client_pages.TICK, "POST", Action.COMPLETE),
    (client_pages.UNDO, "POST", Action.COMPLETE),
    (paths.HAND_OVER, "GET", Action.COMPLETE),
    (paths.HAND_OVER, "POST", Action.COMPLETE),
]
FOR_HANDS = {paths.REQUEST, paths.DOWNLOAD, client_pages.COMMENT, paths.UPLOADS}


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copy(sqlite_template, tmp_path / "portal.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'portal.db'}")
    world = World(engine, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "ports", lambda: world.ports)
        yield build(world)
    engine.dispose()


def choose(world: World, policy: str, *, is_on: bool = True) -> None:
    if policy == MFA:
        security.require_mfa(world.ports, world.staff, is_on=is_on)
    else:
        security.sign_in_for(world.ports, world.staff, Action(policy), is_on=is_on)


def is_closed(policy: str, action: Action) -> bool:
    chosen = [] if policy == MFA else [policy]
    return way(action, is_mfa_required=policy == MFA, signed_in_only=chosen) is Way.SIGNED_IN


def knock(house: House, looker: Looker, path: str, method: str) -> Any:
    (address,) = calls(path.replace("[id]", "{id}"), looker.own, ids=("request",))
    return call(browser(house.world, looker), method, address, looker.own)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", ["link device", "task handed over"])
def test_6_20_and_1_9_each_door_asks_before_it_opens_to_a_device(
    house: House, name: str, policy: str
) -> None:
    world, looker = house.world, house.lookers[name]
    doors = [door for door in DOORS if name == "link device" or door[0] in FOR_HANDS]
    choose(world, policy)
    for path, method, action in doors:
        if not is_closed(policy, action):
            continue
        before = snapshot(world)
        answer = knock(house, looker, path, method)
        to = answer.headers.get("location", "")
        assert answer.status_code not in {200, 201} or path == paths.REQUEST, (path, method)
        assert answer.status_code != 303 or re.search(r"/login\?next=|^/requests/", to), (path, to)
        if name == "task handed over" and path == paths.REQUEST:  # it names the task that waits, and no more
            assert (answer.status_code, "This link is waiting" in answer.text) == (410, True)
        else:
            assert "First of yours" not in answer.text
        assert set(changed(before, snapshot(world))) == set(), (path, method)
    choose(world, policy, is_on=False)
    shut = [
        door[:2] for door in doors if "/login" in knock(house, looker, *door[:2]).headers.get("location", "")
    ]
    assert shut == []
    assert "First of yours" in knock(house, looker, paths.REQUEST, "GET").text


@pytest.mark.parametrize("name", ["classic browser", "limited access"])
def test_6_8_classic_access_and_whoever_signed_in_are_outside_the_policy(house: House, name: str) -> None:
    world, looker = house.world, house.lookers[name]
    for policy in POLICIES:
        choose(world, policy)
    page = knock(house, looker, paths.REQUEST, "GET")
    assert (page.status_code, "First of yours" in page.text) == (200, True)
    for path in (client_pages.COMMENT, client_pages.TICK):
        answer = knock(house, looker, path, "POST")
        assert answer.headers["location"].startswith(f"/requests/{looker.own['request']}")
    assert world.all(StoredFile, id=looker.own["file"])
    assert knock(house, looker, paths.DOWNLOAD, "GET").status_code == 200


@pytest.mark.parametrize("policy", [MFA, Action.UPLOAD])
def test_10_10_and_6_20_what_was_arriving_goes_on_by_its_own_secret_and_nothing_else_begins(
    house: House, policy: str
) -> None:
    """HEAD and PATCH ask for the upload's secret alone; POST, which begins one, asks the policy."""
    world, looker, body = house.world, house.lookers["link device"], pdf(40)
    page = browser(world, looker)
    about = told(task=str(looker.own["task"]), filename="a.pdf")
    begun = page.post("/files/", headers=TUS | {"upload-length": "40", "upload-metadata": about})
    assert begun.status_code == 201
    choose(world, policy)

    refused = page.post("/files/", headers=TUS | {"upload-length": "40", "upload-metadata": about})
    assert refused.status_code in {401, 410}
    assert len(world.all(Upload, finished_at=None)) == 1
    url = begun.headers["location"]
    assert page.head(url, headers=TUS).headers["upload-offset"] == "0"
    assert page.patch(url, headers=STREAM | {"upload-offset": "0"}, content=body).status_code == 204
    assert len(world.all(StoredFile, contact_id=looker.ids[0])) == 1


@pytest.mark.parametrize("policy", [MFA, Action.VIEW])
class TestWhatIsOut:
    """Links, codes and pictures that left before the policy changed."""

    def test_6_8_a_link_leads_to_sign_in_and_claims_nothing(self, world: World, policy: str) -> None:
        story = Story(world)
        choose(world, policy)
        other = world.new_device()[0]
        assert links.look(world.ports, other, story.token).standing is Standing.WAITS_FOR_SIGN_IN
        done = links.claim(world.ports, other, story.token, new_token())
        assert done.standing is Standing.WAITS_FOR_SIGN_IN
        assert [grant.device_id for grant in world.all(AccessGrant)] == [story.device.device_id]

    def test_6_5a_a_code_to_continue_moves_nothing(self, world: World, policy: str) -> None:
        story = Story(world)
        made = continuing.offer(world.ports, story.device, story.request.id)
        choose(world, policy)
        other = world.new_device()[0]
        assert not _opens(lambda: continuing.take_by_code(world.ports, other, made.code, new_token()))
        token = made.url.rpartition("/")[2]
        assert not _opens(lambda: continuing.take_by_scan(world.ports, other, token, new_token()))
        assert not _opens(lambda: continuing.offer(world.ports, story.device, story.request.id))
        assert [grant.device_id for grant in world.all(AccessGrant)] == [story.device.device_id]

    def test_6_5_an_access_link_and_its_code_move_nothing(self, world: World, policy: str) -> None:
        story = Story(world)
        other = world.new_device()[0]
        secret = access_links.send_access_link(world.ports, other, story.token).page
        deliver_outbox(world.ports)
        code, token = code_in(world.mail.sent[-1]), token_in(world.mail.sent[-1])
        choose(world, policy)
        assert not _opens(
            lambda: access_links.give_code(world.ports, other, story.token, secret, code, new_token()).is_open
        )
        assert links.claim(world.ports, other, token, new_token()).standing is Standing.WAITS_FOR_SIGN_IN
        assert [grant.device_id for grant in world.all(AccessGrant)] == [story.device.device_id]

    def test_5_8a_a_task_that_was_handed_over_waits(self, world: World, policy: str) -> None:
        story = Handing(world)
        choose(world, policy)
        actor: Actor = world.new_device()[0]
        assert not handed.claim(world.ports, actor, story.token, new_token()).is_open
        assert [hand.device_id for hand in world.all(HandOver)] == [None]
        choose(world, policy, is_on=False)
        assert handed.claim(world.ports, actor, story.token, new_token()).is_open


def _opens(act: Any) -> bool:
    try:
        return bool(act())
    except PortalError:
        return False


def test_1_8_the_secret_of_an_upload_opens_no_other_upload(house: House) -> None:
    """What policy leaves open is the upload alone: the same secret begins and reads nothing."""
    world, looker = house.world, house.lookers["link device"]
    token, _standing = uploads.start_upload(
        world.ports, Actor(kind=Kind.CLIENT, device_id=looker.ids[1]), looker.own["task"], "a.pdf", 40
    )
    choose(world, MFA)
    page = browser(world, looker)
    assert page.get(f"/files/{token}/download").status_code == 404
    assert page.post(f"/files/{token}", headers=TUS).status_code == 405
