"""What tests of signing in share: the codes and links that e-mails in the outbox hold, and a browser with a gate."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import (
    account,
    auth,
    auth_code,
    auth_passkey,
    confirming,
    contact_data,
    factors,
    help,
    history,
    issuer,
    issuer_settings,
    joining,
    language,
    mfa_reset,
    my_links,
    notices,
    own_sign_in,
    registering,
    resets,
    setup,
    staff_account,
)
from portal_app.models import OutboxMail
from portal_app.ports import Ports
from portal_app.services.mail import post
from portal_app.services.mail.texts import deliver_texts
from portal_app.services.sign_in import second_step
from portal_app.services.sign_in.accounts import Entrance, Visit
from portal_app.services.sign_in.opening import SignedIn
from portal_app.services.sign_in.proofs import Given
from portal_app.services.sign_in.sessions import SessionBook
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
            *account.routes,
            *auth.routes,
            *auth_code.routes,
            *auth_passkey.routes,
            *confirming.routes,
            *contact_data.routes,
            *help.routes,
            *history.routes,
            *issuer.routes,
            *issuer_settings.routes,
            *joining.routes,
            *language.routes,
            *mfa_reset.routes,
            *factors.routes,
            *my_links.routes,
            *notices.routes,
            *own_sign_in.routes,
            *registering.routes,
            *resets.routes,
            *setup.routes,
            *staff_account.routes,
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


def give_code(
    ports: Ports,
    entrance: Entrance,
    token: str,
    code: str,
    visit: Visit,
    *,
    remember: bool = False,
    way: str = "",
) -> SignedIn:
    """Finish a sign-in by the first way that is asked for, or by `way`."""
    passed = second_step.give(ports, entrance, token, Given(way, code), visit, remember=remember)
    assert passed.signed_in
    return passed.signed_in


def send_again(ports: Ports, entrance: Entrance, token: str, visit: Visit) -> None:
    """Ask for another code by e-mail."""
    second_step.choose(ports, entrance, token, "email", visit)


def latest_text(world: World) -> str:
    """The six digits that were sent by text message last."""
    deliver_texts(world.ports)
    found = re.search(r"#(\d{6})$", world.texts.sent[-1][1])
    assert found
    return found[1]
