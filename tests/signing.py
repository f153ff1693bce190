"""What tests of signing in share: the codes and links that e-mails in the outbox hold, and a browser with a gate."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import auth, auth_code, help, language, mfa, resets, setup
from portal_app.models import OutboxMail
from portal_app.services import post
from portal_app.services.sessions import SessionBook
from tests.world import World

HOME = "10.0.0.1"


def mails(world: World, event: str) -> list[OutboxMail]:
    """The e-mails queued about this, oldest first."""
    return sorted(world.all(OutboxMail, event=event), key=lambda row: row.id)


def text_of(world: World, mail: OutboxMail) -> str:
    """The text part of a queued e-mail."""
    message = message_from_bytes(post.envelope(world.ports, mail).message, policy=policy.default)
    body = message.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def latest_code(world: World) -> str:
    """The six digits that were e-mailed last."""
    found = re.search(r"^(\d{6})$", text_of(world, mails(world, "sign_in_code")[-1]), re.MULTILINE)
    assert found
    return found[1]


def wrong_code(world: World) -> str:
    """Six digits that are not the ones e-mailed last."""
    return f"{(int(latest_code(world)) + 1) % 1_000_000:06d}"


def latest_reset(world: World) -> str:
    """The token of the reset link that was e-mailed last."""
    found = re.search(r"/reset/(\S+)$", text_of(world, mails(world, "password_reset")[-1]), re.MULTILINE)
    assert found
    return found[1]


def browser(world: World, *, address: str = HOME, **headers: str) -> TestClient:
    """A browser before the sign-in pages, gate included; it follows no redirect by itself."""
    pages = Starlette(
        routes=[
            *auth.routes,
            *auth_code.routes,
            *help.routes,
            *language.routes,
            *mfa.routes,
            *resets.routes,
            *setup.routes,
        ]
    )
    pages.state.ports = world.ports
    gate = Gate(pages, sessions=SessionBook(world.ports), settings=world.settings)
    return TestClient(
        gate,
        base_url=world.settings.public_url,
        follow_redirects=False,
        client=(address, 4711),
        headers={"Origin": world.settings.public_url, "User-Agent": "Mozilla/5.0 Firefox/140.0", **headers},
    )
