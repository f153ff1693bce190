"""Where a mail service posts what came back (8.6): with the secret alone, bounded, as often as it likes."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.domain import bounces as rules
from portal_app.gate import Gate
from portal_app.http import bounces
from portal_app.models import MailPhase, Notification, OutboxMail
from portal_app.routes import BOUNCES
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.sign_in.sessions import SessionBook
from tests.mail.corpus import notice
from tests.services.sends import sent
from tests.world import World

SECRET = "k3N7" * 10
BEARER = {"Authorization": f"Bearer {SECRET}"}


def service(world: World, secret: str = SECRET, address: str = "192.0.2.1") -> TestClient:
    """A mail service before the gate."""
    settings = world.settings.model_copy(update={"bounce_secret": SecretStr(secret)})
    app = Starlette(routes=bounces.routes)
    app.state.ports = replace(world.ports, settings=settings)
    gate = Gate(app, sessions=SessionBook(world.ports), settings=settings)
    return TestClient(gate, base_url=settings.public_url, client=(address, 25))


@pytest.fixture
def mail(world: World) -> OutboxMail:
    sent(world, world.draft_request())
    deliver_outbox(world.ports)
    return world.all(OutboxMail)[0]


def raw_of(mail: OutboxMail) -> bytes:
    return notice("postfix_failed", message_id=mail.message_id, recipient=mail.recipient, tag=mail.id.hex)


def post_raw(world: World, body: bytes, **headers: str) -> Any:
    return service(world).post(
        BOUNCES, content=body, headers={"Content-Type": "message/rfc822", **BEARER, **headers}
    )


def test_8_6_a_notice_is_taken_as_it_came(world: World, mail: OutboxMail) -> None:
    answer = post_raw(world, raw_of(mail))
    assert (answer.status_code, answer.json()) == (200, {"matched": 1})
    assert world.get(mail).phase is MailPhase.FAILED
    assert post_raw(world, raw_of(mail)).json() == {"matched": 1}
    assert len(world.all(Notification)) == 1


def test_8_6_a_list_is_taken_and_what_is_not_ours_is_left(world: World, mail: OutboxMail) -> None:
    items = [
        {"message_id": "<nobody@elsewhere.example>", "recipient": mail.recipient, "status": "5.1.1"},
        {"message_id": mail.message_id, "recipient": mail.recipient, "status": "4.2.2"},
        {"recipient": "a@b.example", "status": "no idea"},
        {
            "message_id": mail.message_id.strip("<>"),
            "recipient": mail.recipient,
            "status": "5.1.1",
            "diagnostic": "550 no such\r\nuser",
        },
    ]
    answer = service(world).post(BOUNCES, json=items, headers=BEARER)
    assert answer.json() == {"matched": 2}
    assert (world.get(mail).phase, world.get(mail).answer) == (MailPhase.FAILED, "550 no such user")


def test_8_6_a_signed_body_needs_no_bearer(world: World, mail: OutboxMail) -> None:
    body = raw_of(mail)
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    told = {"Authorization": "", "X-Signature": signature}
    assert post_raw(world, body + b" ", **told).status_code == 401
    assert world.get(mail).phase is MailPhase.SENT
    assert post_raw(world, body, **told).json() == {"matched": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": "Bearer é"},
        {"Authorization": "", "X-Signature": "sha256="},
    ],
)
def test_8_6_without_the_secret_nothing_is_read(
    world: World, mail: OutboxMail, headers: dict[str, str]
) -> None:
    told = {name: value.encode("latin-1") for name, value in {**BEARER, **headers}.items()}
    answer = service(world).post(
        BOUNCES, content=raw_of(mail), headers={"Content-Type": "message/rfc822", **told}
    )
    assert answer.status_code == 401
    assert world.get(mail).phase is MailPhase.SENT


def test_8_6_guessing_is_limited_by_network(world: World, mail: OutboxMail) -> None:
    answers = {post_raw(world, b"", Authorization="Bearer no").status_code for _ in range(21)}
    assert answers == {401, 429}
    assert post_raw(world, raw_of(mail)).status_code == 429
    elsewhere = service(world, address="192.0.2.2")
    told = {"Content-Type": "message/rfc822", **BEARER}
    assert elsewhere.post(BOUNCES, content=raw_of(mail), headers=told).status_code == 200


def test_8_6_without_a_secret_in_the_settings_there_is_no_such_door(world: World) -> None:
    for told in ({}, {"Authorization": "Bearer "}):
        answer = service(world, secret="").post(
            BOUNCES, content=b"", headers={"Content-Type": "message/rfc822", **told}
        )
        assert answer.status_code == 404


def test_8_6_what_is_too_large_or_no_notice_is_refused(world: World, mail: OutboxMail) -> None:
    assert post_raw(world, b"x" * (rules.LARGEST + 1)).status_code == 413
    assert post_raw(world, raw_of(mail), **{"Content-Type": "text/plain"}).status_code == 415
    many = [{"status": "5.1.1"}] * (bounces.MOST + 1)
    for bad in ({}, [{}], [{"status": 5}], [{"status": "5.1.1", "more": 1}], many, [{"status": "5" * 30}]):
        answer = service(world).post(BOUNCES, json=bad, headers=BEARER)
        assert answer.status_code == 422, bad
    big = json.dumps([{"status": "5.1.1", "diagnostic": "x" * bounces.LARGEST_LIST}])
    answer = service(world).post(BOUNCES, content=big, headers={**BEARER, "Content-Type": "application/json"})
    assert answer.status_code == 413
    assert service(world).get(BOUNCES).status_code == 405
