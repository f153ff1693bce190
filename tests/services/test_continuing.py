"""*Continue on a computer*: one device gives its grant to another, by a code or a picture (6.5a, 10.10)."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from portal_app.domain import continuing as codes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, SignInNeeded, TryLater
from portal_app.domain.links import Because, Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import (
    AccessGrant,
    Activity,
    AuditEntry,
    Contact,
    ContinueCode,
    Device,
    LostDevice,
    OutboxMail,
    StoredFile,
)
from portal_app.services import access
from portal_app.services.links import continuing
from portal_app.services.links.continuing import Moved, Offer
from portal_app.work import reading
from tests.fakes import SetClock
from tests.files.tools import Asked, asked, begin, bring, pdf
from tests.world import World

HERE = Actor.nobody("en", "192.0.2.7")
BODY = pdf(3 << 20)


class Windows:
    """Windows that run on the world's clock."""

    def __init__(self, clock: SetClock) -> None:
        self.clock, self.hits = clock, dict[str, list[datetime]]()

    def hit(self, name: str, limit: str) -> bool:
        if not self.has_room(name, limit):
            return False
        self.hits.setdefault(f"{name} {limit}", []).append(self.clock.now())
        return True

    def has_room(self, name: str, limit: str) -> bool:
        return len(self._recent(name, limit)) < int(limit.partition("/")[0])

    def reset_at(self, name: str, limit: str) -> datetime:
        return min(self._recent(name, limit)) + timedelta(hours=1)

    def clear(self, name: str, limit: str) -> None:
        self.hits.pop(f"{name} {limit}", None)

    def _recent(self, name: str, limit: str) -> list[datetime]:
        assert limit.endswith("/hour")
        since = self.clock.now() - timedelta(hours=1)
        return [at for at in self.hits.get(f"{name} {limit}", []) if at > since]


class Story:
    """A recipient on the device that holds the grant, and whoever else comes."""

    def __init__(self, world: World) -> None:
        self.world, self.who = world, asked(world)
        self.ports = replace(world.ports, limiter=Windows(world.clock))
        self.phone = replace(self.who.client, address="198.51.100.1")

    @property
    def grant(self) -> AccessGrant:
        return self.world.get(self.who.grant)

    def offer(self, actor: Actor | None = None) -> Offer:
        return continuing.offer(self.ports, actor or self.phone, self.who.request.id)

    def type(self, code: str, actor: Actor = HERE, device: str = "") -> Moved | None:
        return continuing.take_by_code(self.ports, actor, code, device or new_token())

    def scan(self, offer: Offer, actor: Actor = HERE, device: str = "") -> Moved | None:
        return continuing.take_by_scan(self.ports, actor, token_of(offer), device or new_token())

    def sees(self, actor: Actor) -> Standing | None:
        """None where the request opens for this device, else why not."""
        with reading(self.ports, actor) as work:
            try:
                access.request(work, self.who.request.id, Permission.TASK_VIEW)
            except LinkEnded as ended:
                return Standing(ended.reason)
        return None

    def device(self) -> Actor:
        return replace(self.world.new_device()[0], address="192.0.2.9")


def token_of(offer: Offer) -> str:
    return offer.url.rpartition("/")[2]


def everything(world: World) -> str:
    kinds = (AccessGrant, ContinueCode, Device, LostDevice, Activity, AuditEntry, OutboxMail)
    return repr([world.all(kind) for kind in kinds])


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


# what the device shows


def test_6_5a_the_code_is_eight_characters_that_nobody_confuses_and_the_address_leads_here(
    story: Story,
) -> None:
    shown = story.offer()
    assert len(shown.code) == 8
    assert set(shown.code) <= set(codes.ALPHABET)
    alike = ("0ODQ", "1IL", "5S", "8B", "2Z", "6G", "UV", "AEIOU")
    assert all(len(set(codes.ALPHABET) & set(group)) <= 1 for group in alike)
    assert shown.url.startswith(f"{story.world.settings.public_url}/continue/")
    assert len(token_of(shown)) == 43, "256 random bits"
    assert (shown.held.title, shown.held.firm.firm_name) == ("Documents for 2025", "Tremblay Ouellet CPA")


def test_6_5a_looking_any_number_of_times_changes_no_row(story: Story) -> None:
    token, other = token_of(story.offer()), story.device()
    before = everything(story.world)
    for actor in (story.phone, HERE, other) * 5:
        continuing.scanned(story.ports, actor, token)
        continuing.held(story.ports, story.phone, story.who.request.id)
    assert everything(story.world) == before


def test_6_5a_only_the_device_that_holds_the_grant_is_given_a_code(story: Story) -> None:
    for stranger, refusal in ((HERE, SignInNeeded), (story.device(), NotFound)):
        with pytest.raises(refusal):
            story.offer(stranger)
        with pytest.raises(refusal):
            continuing.held(story.ports, stranger, story.who.request.id)
    with pytest.raises(NotFound):
        continuing.offer(story.ports, story.phone, uuid4())
    with pytest.raises(NotFound):
        story.offer(story.world.staff)
    assert story.world.all(ContinueCode) == []


def test_6_5a_a_signed_in_reader_without_the_device_has_nothing_to_give_and_with_it_has(story: Story) -> None:
    world = story.world
    world.give_account(
        story.who.contact, world.all(type(world.new_client("Other")), name="Marie-Claude Gagnon")[0]
    )
    signed_in = world.signed_in(story.who.contact)
    with pytest.raises(NotFound):
        story.offer(signed_in)
    assert story.offer(replace(signed_in, device_id=story.phone.device_id)).code


def test_6_5a_the_device_that_lost_the_grant_is_told_so(story: Story) -> None:
    assert story.type(story.offer().code)
    with pytest.raises(LinkEnded) as told:
        story.offer()
    assert told.value.reason == Standing.OTHER_DEVICE


def test_6_5a_a_dump_of_the_database_tells_neither_code_nor_address(story: Story) -> None:
    """asvs 38: a fast hash of eight characters would be found within their ten minutes."""
    shown = story.offer()
    row = story.world.all(ContinueCode)[0]
    kept = repr(row.model_dump())
    assert shown.code not in kept
    assert token_of(shown) not in kept
    assert row.code_hash != token_hash(shown.code)


def test_6_5a_asking_thirty_times_an_hour_is_enough(story: Story) -> None:
    for _press in range(30):
        story.offer()
    with pytest.raises(TryLater):
        story.offer()
    assert len(story.world.all(ContinueCode)) == 1, "one row a grant"


# moving


@pytest.mark.parametrize("way", ["type", "scan"])
def test_6_5a_the_grant_moves_without_an_e_mail_and_the_old_device_has_lost_it(
    story: Story, way: str
) -> None:
    shown, computer = story.offer(), story.device()
    moved = story.type(shown.code, computer) if way == "type" else story.scan(shown, computer)

    assert moved == Moved(story.who.request.id, is_new_device=False)
    assert story.sees(computer) is None
    assert story.sees(story.phone) is Standing.OTHER_DEVICE
    assert [row.device_id for row in story.world.all(LostDevice)] == [story.phone.device_id]
    assert story.world.all(OutboxMail) == []
    assert [row.kind for row in story.world.all(Activity)] == ["link_moved"]
    assert [row.action for row in story.world.all(AuditEntry)] == ["continue:asked", "link:moved"]
    assert f"request:{story.who.request.id}" in story.world.bell.rung, "the old page is told"


def test_6_5a_a_browser_without_a_device_gets_one(story: Story) -> None:
    token = new_token()
    moved = story.type(story.offer().code, device=token)
    assert moved is not None
    assert moved.is_new_device
    assert story.world.all(Device, token_hash=token_hash(token))[0].id == story.grant.device_id


def test_6_5a_the_way_back_is_the_same(story: Story) -> None:
    computer = story.device()
    assert story.type(story.offer().code, computer)
    assert story.type(story.offer(computer).code, story.phone)
    assert story.sees(story.phone) is None
    assert story.sees(computer) is Standing.OTHER_DEVICE


@pytest.mark.parametrize("first", ["type", "scan"])
def test_6_5a_code_and_picture_together_work_once(story: Story, first: str) -> None:
    shown = story.offer()
    computer = story.device()
    assert story.type(shown.code, computer) if first == "type" else story.scan(shown, computer)
    assert story.type(shown.code, story.device()) is None
    assert story.scan(shown, story.device()) is None
    assert continuing.scanned(story.ports, HERE, token_of(shown)) is None
    assert story.grant.device_id == computer.device_id


def test_fault_14_pressed_twice_in_one_browser_is_pressed_once(story: Story) -> None:
    shown, device = story.offer(), new_token()
    answers = [story.type(shown.code, device=device), story.type(shown.code, device=device)]
    answers += [story.scan(shown, device=device)]
    assert answers == [Moved(story.who.request.id, is_new_device=True)] * 3
    assert [row.kind for row in story.world.all(Activity)] == ["link_moved"]


def test_6_5a_the_device_itself_typing_its_code_gives_nothing_away(story: Story) -> None:
    shown = story.offer()
    assert story.type(shown.code, story.phone) == Moved(story.who.request.id, is_new_device=False)
    assert continuing.scanned(story.ports, story.phone, token_of(shown)) == shown.held
    assert story.world.all(ContinueCode)[0].used_at is None
    assert story.type(shown.code)


def test_6_5a_asking_again_replaces_the_earlier_code(story: Story) -> None:
    first, second = story.offer(), story.offer()
    assert story.type(first.code) is None
    assert story.scan(first) is None
    assert story.type(second.code)


@pytest.mark.parametrize(("seconds", "is_open"), [(599, True), (600, False)])
def test_6_5a_code_and_picture_last_ten_minutes(story: Story, seconds: int, is_open: bool) -> None:
    shown = story.offer()
    story.world.clock.advance(seconds=seconds)
    assert (continuing.scanned(story.ports, HERE, token_of(shown)) is not None) is is_open
    if not is_open:
        assert story.scan(shown) is None
    assert (story.type(shown.code) is not None) is is_open


def _move_by_mail(story: Story) -> None:
    story.world.change(story.grant, device_id=story.device().device_id)


def _free(story: Story) -> None:
    story.world.change(story.grant, device_id=None)


def _expire(story: Story) -> None:
    story.world.change(story.grant, expires_at=story.world.clock.now())


def _withdraw(story: Story) -> None:
    story.world.change(story.who.request, withdrawn_at=story.world.clock.now())


def _end(story: Story) -> None:
    story.world.change(story.grant, ended_at=story.world.clock.now(), ended_because=Because.REMOVED)


def _require_mfa(story: Story) -> None:
    story.world.change(story.world.firm, mfa_required_at=story.world.clock.now())


@pytest.mark.parametrize("change", [_move_by_mail, _free, _expire, _withdraw, _end, _require_mfa])
def test_6_5a_a_code_moves_only_what_its_device_still_holds_open(story: Story, change: object) -> None:
    shown = story.offer()
    assert callable(change)
    change(story)
    before = everything(story.world)
    assert continuing.scanned(story.ports, HERE, token_of(shown)) is None
    assert story.scan(shown) is None
    assert story.type(shown.code) is None
    assert everything(story.world) == before, "no device is left behind"


@pytest.mark.parametrize("way", ["type", "scan"])
def test_asvs_25_of_fifty_at_once_one_wins(story: Story, way: str) -> None:
    shown, start = story.offer(), threading.Barrier(50)
    results: list[Moved | None] = []

    def press(number: int) -> None:
        browser = replace(HERE, address=f"203.0.113.{number}")
        start.wait()
        results.append(story.type(shown.code, browser) if way == "type" else story.scan(shown, browser))

    threads = [threading.Thread(target=press, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 50, "nobody got an error"
    assert sum(moved is not None for moved in results) == 1
    assert len(story.world.all(Device)) == 2, "who lost leaves no device behind"
    assert [row.kind for row in story.world.all(Activity)] == ["link_moved"]


# wrong tries


def test_6_5a_five_wrong_tries_lock_the_address_out_for_an_hour(story: Story) -> None:
    shown = story.offer()
    for _try in range(5):
        story.world.clock.advance(minutes=1)
        assert story.type("X" * 8) is None
    locked_at = story.world.clock.now()
    shown = story.offer()

    for way in (lambda: story.type(shown.code), lambda: story.scan(shown)):
        with pytest.raises(TryLater) as refusal:
            way()
        assert refusal.value.until == locked_at + timedelta(hours=1)
    story.world.clock.move_to(locked_at + timedelta(minutes=59, seconds=59))
    shown = story.offer()
    with pytest.raises(TryLater):
        story.type(shown.code)
    story.world.clock.advance(seconds=1)
    assert story.type(shown.code), "after the hour it opens"


def test_6_5a_another_address_goes_on_and_the_lock_is_the_networks_alone(story: Story) -> None:
    shown = story.offer()
    six = replace(HERE, address="2001:db8:1:2::1")
    for number in range(5):
        assert story.type("X" * 8, replace(six, address=f"2001:db8:1:2::{number}")) is None
    with pytest.raises(TryLater):
        story.type(shown.code, replace(six, address="2001:db8:1:2:ffff::1"))
    assert story.type(shown.code, replace(six, address="2001:db8:1:3::1"))


def test_6_5a_a_right_code_takes_no_wrong_try_back(story: Story) -> None:
    holder = story.phone
    for _try in range(4):
        assert story.type("X" * 8) is None
    computer = story.device()
    assert story.type(story.offer(holder).code, replace(computer, address=HERE.address))
    assert story.type("X" * 8) is None
    with pytest.raises(TryLater):
        story.type("X" * 8)


def test_6_5a_a_scanned_address_that_is_wrong_is_no_try(story: Story) -> None:
    for _try in range(9):
        assert continuing.take_by_scan(story.ports, HERE, new_token(), new_token()) is None
    assert story.type(story.offer().code)


# files


def test_10_10_an_upload_under_way_on_the_first_device_finishes(story: Story) -> None:
    world, who = story.world, story.who
    token = begin(world, who, BODY)
    bring(world, token, BODY[: 1 << 20])
    assert story.type(story.offer().code)

    assert bring(world, token, BODY) is not None
    file = world.all(StoredFile)[0]
    assert (file.late_at, file.contact_id) == (None, who.contact.id), "moving closed nothing: it is not late"


def test_6_5a_one_device_with_two_peoples_grants_gives_one_away(story: Story) -> None:
    """6.22: each request moves by itself."""
    other: Asked = asked(story.world, "Luc Gagnon")
    story.world.change(other.grant, device_id=story.phone.device_id)
    assert story.type(story.offer().code)
    held = Counter(grant.device_id == story.phone.device_id for grant in story.world.all(AccessGrant))
    assert held == {True: 1, False: 1}
    assert len(story.world.all(Contact)) == 2
