"""What is known of an address shows neither in an answer nor in how long it takes (row 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from portal_app.adapters.limits import WindowLimiter
from portal_app.domain.errors import BadInput
from portal_app.models import SignInSession
from portal_app.services.invitations import invitations
from portal_app.services.links import my_links
from portal_app.services.sign_in import resets, sign_ups
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Visit
from portal_app.services.sign_in.sign_in import give_password
from tests.http import test_invitations
from tests.http.test_auth import with_account
from tests.security.test_sign_in_limits import WRONG, CountedPasswords
from tests.services.invited import Story
from tests.signing import browser
from tests.statements import statements
from tests.world import World

DOORS: dict[str, tuple[Any, str]] = {
    "/staff/forgot": (resets, "ask_reset"),
    "/f/tremblay/forgot": (resets, "ask_reset"),
    "/f/tremblay/register": (sign_ups, "ask_sign_up"),
    "/f/tremblay/links": (my_links, "send_my_links"),
    "/invite/{token}/again": (invitations, "send_new"),
}


def post(app: Any, path: str, typed: dict[str, str]) -> list[dict[str, Any]]:
    """One POST, as a server would give it to the app; the list grows as the app answers."""
    said: list[dict[str, Any]] = []
    body = urlencode(typed).encode()
    headers = {
        "host": "localhost:8000",
        "origin": "http://localhost:8000",
        "content-type": "application/x-www-form-urlencoded",
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("10.0.0.1", 4711),
        "server": ("localhost", 8000),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    post.said = said  # type: ignore[attr-defined]  what a spy looks at meanwhile
    asyncio.run(app(scope, receive, send))
    return said


@pytest.mark.parametrize("path", DOORS)
def test_asvs_6_what_is_done_for_whom_is_known_is_done_once_the_answer_has_left(
    world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no answer takes longer because there is something to send."""
    where, name = DOORS[path]
    done: Callable[..., None] = getattr(where, name)
    had_left: list[bool] = []

    def spy(*given: Any) -> None:
        had_left.append(any(said.get("more_body") is False or "body" in said for said in post.said))  # type: ignore[attr-defined]
        done(*given)

    monkeypatch.setattr(where, name, spy)
    app, email = browser(world).app, world.owner.email
    if "{token}" in path:
        story = Story(world)
        app, path = test_invitations.browser(world).app, path.format(token=story.token)
    elif path.startswith("/f/"):
        email = with_account(world)
    answer = post(app, path, {"email": email})
    assert answer[0]["status"] == 200
    assert had_left == [True]


WHO = ["unknown", "wrong password", "left the firm", "no password", "too many tries"]


@pytest.mark.parametrize("who", WHO)
def test_asvs_6_every_failed_sign_in_takes_the_same_work(world: World, who: str) -> None:
    """One hash and as many writes, whatever was wrong: time is not measured, what takes it is counted."""
    passwords = CountedPasswords(world.ports.passwords)
    ports = replace(world.ports, passwords=passwords, limiter=WindowLimiter(world.clock))
    email = "nobody@x.example" if who == "unknown" else world.owner.email
    if who == "left the firm":
        world.change(world.owner, deactivated_at=world.clock.now())
    elif who == "no password":
        world.change(world.owner, password_hash=None)
    elif who == "too many tries":
        for _time in range(10):
            with pytest.raises(BadInput):
                give_password(ports, STAFF_ENTRANCE, email, WRONG, Visit(address="10.0.0.8"))
    before = passwords.worked_out

    with statements(world.engine) as said, pytest.raises(BadInput) as refusal:
        give_password(ports, STAFF_ENTRANCE, email, WRONG, Visit(address="10.0.0.9"))

    assert passwords.worked_out - before == 1
    writes = [one for one in said if one.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert [one.split()[2] for one in writes] == ["audit_entry"], writes
    assert len(said) <= 12
    assert refusal.value.text.startswith("The address or the password does not match.")
    assert world.all(SignInSession) == []
