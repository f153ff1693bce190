"""Web Push from what happened to the browser: who is pushed to, what it says, and how a push service is answered (11.1).

The push service is one of our own: it opens each push as a browser would and checks the signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from portal_app.adapters.web_push import WebPusher
from portal_app.domain.actors import Actor
from portal_app.domain.contact_notices import USUAL, ContactTopic, Ways
from portal_app.domain.errors import BadInput, SignInNeeded
from portal_app.domain.pushing import PushTarget, is_target
from portal_app.models import (
    Client,
    Contact,
    MailPhase,
    OutboxPush,
    PortalAccount,
    PushSubscription,
    SignInSession,
    VapidKey,
)
from portal_app.ports import Push, PushRefused
from portal_app.services.account import browsers
from portal_app.services.notices import notice_marks
from portal_app.services.push import subscriptions
from portal_app.services.push.identity import identity
from portal_app.services.push.pushing import deliver_pushes
from portal_app.services.sign_in import sessions
from portal_app.services.tasks import client_answers, comments
from tests.adapters.push_service import PushService, held, push_service
from tests.services.asked import Asked
from tests.world import World


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture
def reader(world: World, asked: Asked, service: PushService) -> Actor:
    """A contact with an account, whose browser takes push."""
    world.ports = replace(world.ports, pusher=WebPusher(world.clock, may_be_inside=True))
    (client,) = world.all(Client)
    world.change(client, portal_on_at=world.clock.now())
    world.give_account(asked.contact, client)
    actor = world.signed_in(asked.contact)
    subscriptions.subscribe(world.ports, actor, service.target())
    return actor


def write(world: World, asked: Asked, text: str = "Page 2 of the statement is missing.") -> None:
    comments.add_comment(world.ports, world.staff, asked.tasks[0].id, text)


def phases(world: World) -> list[MailPhase]:
    return [row.phase for row in sorted(world.all(OutboxPush), key=lambda row: row.id)]


def test_11_1_a_comment_is_pushed_once_signed_and_names_nothing(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    world.change(asked.contact, locale="fr")
    write(world, asked)
    for _time in range(2):
        deliver_pushes(world.ports)

    (came,) = service.came
    said = service.said()
    assert (said["title"], said["body"]) == (world.firm.name, "Vous avez un nouveau commentaire.")
    assert said["path"].startswith(f"/requests/{asked.request.id}")
    for secret in ("Page 2", "Bank statements", asked.contact.name, world.owner.name):
        assert secret not in str(said)
    assert came.claims["aud"] == f"http://127.0.0.1:{service.port}"
    assert came.claims["exp"] <= (world.clock.now() + timedelta(hours=24)).timestamp()
    assert came.claims["k"] == world.all(VapidKey)[0].public
    assert came.headers["content-encoding"] == "aes128gcm"
    assert came.headers["urgency"] == "normal"
    assert 0 < int(came.headers["ttl"]) <= 24 * 3600
    assert len(came.headers["topic"]) == 32
    assert phases(world) == [MailPhase.SENT]
    assert world.all(OutboxPush)[0].sealed is None


def test_11_1_a_newer_push_about_the_same_task_takes_the_older_one_s_place_and_no_other(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    for number, text in ((0, "Page 2 is missing."), (1, "Which year?"), (0, "And page 3.")):
        comments.add_comment(world.ports, world.staff, asked.tasks[number].id, text)
        deliver_pushes(world.ports)

    assert len(service.came) == 3
    here = f"/requests/{asked.request.id}"
    assert [said["path"] for said in held(service)] == [f"{here}#t{asked.tasks[at].id}" for at in (1, 0)]
    assert len({said["tag"] for said in held(service)}) == 2
    assert all(len(came.headers["topic"]) == 32 for came in service.came)


def test_asvs_51_what_a_database_dump_holds_pushes_to_nobody(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    write(world, asked)
    (row,) = world.all(PushSubscription)
    (waiting,) = world.all(OutboxPush)
    assert b"127.0.0.1" not in row.sealed
    assert world.firm.name.encode() not in waiting.sealed
    key = identity(world.ports)
    assert key.private not in world.all(VapidKey)[0].sealed
    assert identity(world.ports) == key


@pytest.mark.parametrize("status", [404, 410])
def test_11_1_a_push_service_that_knows_it_no_more_ends_the_subscription(
    world: World, asked: Asked, service: PushService, reader: Actor, status: int
) -> None:
    service.answers = [(status, {})]
    write(world, asked)
    deliver_pushes(world.ports)
    write(world, asked, "And page 3.")
    deliver_pushes(world.ports)

    (row,) = world.all(PushSubscription)
    assert (row.ended_because, row.sealed) == ("gone", b"")
    assert len(service.came) == 1
    assert phases(world) == [MailPhase.FAILED]


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [((429, {"Retry-After": "120"}), 120), ((503, {}), 8), ((500, {"Retry-After": "nonsense"}), 8)],
)
def test_11_1_a_busy_push_service_is_asked_again_and_not_before_it_says(
    world: World,
    asked: Asked,
    service: PushService,
    reader: Actor,
    answer: tuple[int, dict[str, str]],
    seconds: int,
) -> None:
    service.answers = [answer]
    write(world, asked)
    deliver_pushes(world.ports)
    world.clock.advance(seconds=seconds - 1)
    deliver_pushes(world.ports)
    assert len(service.came) == 1
    world.clock.advance(seconds=30)
    deliver_pushes(world.ports)
    assert len(service.came) == 2
    assert phases(world) == [MailPhase.SENT]


def test_11_1_a_push_service_that_refuses_is_not_asked_again(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    service.answers = [(400, {})]
    write(world, asked)
    deliver_pushes(world.ports)
    world.clock.advance(hours=1)
    deliver_pushes(world.ports)
    assert len(service.came) == 1
    assert phases(world) == [MailPhase.FAILED]


def test_11_1_what_nobody_takes_for_a_day_is_dropped(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    service.answers = [(503, {})] * 60
    write(world, asked)
    for _hour in range(26):
        deliver_pushes(world.ports)
        world.clock.advance(hours=1)
    assert phases(world) == [MailPhase.CANCELLED]


def test_11_1_what_was_read_meanwhile_is_not_pushed(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    write(world, asked)
    notice_marks.mark_all_read(world.ports, reader)
    deliver_pushes(world.ports)
    assert service.came == []
    assert phases(world) == [MailPhase.CANCELLED]


def test_9_5_who_wants_no_push_about_comments_gets_none(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    notice_marks.choose(world.ports, reader, USUAL | {ContactTopic.COMMENT: Ways(by_push=False)})
    write(world, asked)
    assert world.all(OutboxPush) == []


def _sign_out(world: World, reader: Actor) -> None:
    sessions.sign_out(world.ports, reader)


def _archive(world: World, reader: Actor) -> None:
    world.change(world.all(Contact, id=reader.contact_id)[0], archived_at=world.clock.now())


def _disable(world: World, reader: Actor) -> None:
    world.change(world.all(PortalAccount, contact_id=reader.contact_id)[0], disabled_at=world.clock.now())


def _end_elsewhere(world: World, reader: Actor) -> None:
    other = world.signed_in(world.all(Contact, id=reader.contact_id)[0])
    browsers.end_others(world.ports, other)


def _take_back(world: World, reader: Actor) -> None:
    (row,) = world.all(PushSubscription)
    target = subscriptions.target_of(world.ports, row)
    for _press in range(2):
        subscriptions.unsubscribe(world.ports, reader, target.endpoint)


def _long_ago(world: World, _reader: Actor) -> None:
    world.clock.advance(days=91)


@pytest.mark.parametrize("act", [_sign_out, _archive, _disable, _end_elsewhere, _take_back, _long_ago])
def test_11_1_nothing_is_pushed_to_a_browser_whose_time_is_over(
    world: World, asked: Asked, service: PushService, reader: Actor, act: object
) -> None:
    write(world, asked)
    act(world, reader)  # type: ignore[operator]
    deliver_pushes(world.ports)
    assert service.came == []
    assert phases(world) == [MailPhase.CANCELLED]


def test_11_1_a_session_that_timed_out_is_still_pushed_to(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    world.clock.advance(days=3)
    write(world, asked)
    deliver_pushes(world.ports)
    assert len(service.came) == 1
    (session,) = world.all(SignInSession, id=reader.session_id)
    assert session.ended_at is None


def test_4_9_a_browser_that_somebody_else_signs_in_on_pushes_to_them_alone(
    world: World, asked: Asked, service: PushService, reader: Actor
) -> None:
    (client,) = world.all(Client)
    luc = world.new_contact(client, "Luc Roy")
    world.give_account(luc, client)
    subscriptions.subscribe(world.ports, world.signed_in(luc), service.target())

    write(world, asked)
    assert world.all(OutboxPush) == []


def test_11_1_the_same_browser_stands_once(world: World, service: PushService, reader: Actor) -> None:
    for _time in range(3):
        subscriptions.subscribe(world.ports, reader, service.target())
    assert len(world.all(PushSubscription)) == 1


def test_11_1_nobody_and_a_device_by_link_take_none(world: World, asked: Asked, service: PushService) -> None:
    for actor in (Actor.nobody(), asked.device):
        with pytest.raises(SignInNeeded):
            subscriptions.subscribe(world.ports, actor, service.target())


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/one",
        "ftp://push.example/one",
        "https://user:secret@push.example/one",
        "https://push.example:8443/one",
        "https:///one",
        "https://push.example/" + "x" * 1000,
        "not an address",
    ],
)
def test_11_1_what_is_no_push_service_is_refused(service: PushService, endpoint: str) -> None:
    target = replace(service.target(), endpoint="https://push.example/one")
    assert is_target(target)
    assert not is_target(replace(target, endpoint=endpoint))
    assert not is_target(replace(target, p256dh="AAAA"))
    assert not is_target(replace(target, auth="!"))


def test_11_1_a_bad_address_is_told_beside_the_button(world: World, reader: Actor) -> None:
    with pytest.raises(BadInput):
        subscriptions.subscribe(world.ports, reader, PushTarget("http://10.0.0.1/x", "AA", "AA"))


def test_11_1_a_machine_that_is_not_public_is_never_asked(world: World, service: PushService) -> None:
    push = Push(service.target(), b"{}", timedelta(hours=1))
    with pytest.raises(PushRefused):
        WebPusher(world.clock, may_be_inside=False).push(push, identity(world.ports))
    assert service.came == []


def test_8_2_staff_are_pushed_to_what_comes_to_them_at_once_and_nothing_that_was_undone(
    world: World, asked: Asked, service: PushService
) -> None:
    world.ports = replace(world.ports, pusher=WebPusher(world.clock, may_be_inside=True))
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    owner = replace(world.staff, session_id=session.id)
    subscriptions.subscribe(world.ports, owner, service.target())
    client_answers.ask_question(world.ports, asked.device, asked.tasks[0].id, "Which year?")
    comments.add_comment(world.ports, asked.device, asked.tasks[0].id, "Here it is.")
    deliver_pushes(world.ports)
    assert service.came == []  # a question can be undone for ten seconds

    world.clock.advance(seconds=11)
    deliver_pushes(world.ports)

    assert len(service.came) == 1
    assert service.said()["path"] == "/staff"
    assert "Which year" not in str(service.said())

    client_answers.ask_question(world.ports, asked.device, asked.tasks[1].id, "And there?")
    world.clock.advance(seconds=11)
    deliver_pushes(world.ports)

    assert len(service.came) == 2
    assert [said["body"] for said in held(service)] == ["Something new waits in your triage."]
