"""Tabs at the trial portal, for tests of the gate: the states they hold, who signs in, and how a socket closed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import websockets

from portal_app.adapters.clock import SystemClock
from portal_app.models import SignInSession
from tests.trial.served import PATIENCE, STATE, Browser
from tests.world import World

STAFF = f"{STATE}.tests___trial___states____staff_trial"
CLIENT = f"{STATE}.tests___trial___states____client_trial"
OPEN = f"{STATE}.tests___trial___states____open_trial"
TAB = f"{STATE}.portal_app___state___tab____tab_state"


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scene())


def sign_in(house: World, **who: Any) -> tuple[SignInSession, dict[str, str]]:
    """A live session and its cookie; the owner's unless said otherwise."""
    house.clock.moment = SystemClock().now()
    row, token = house.new_session(firm_id=house.firm.id, **(who or {"staff_id": house.owner.id}))
    return row, {"staff" if row.staff_id else "client": token}


def of(tab: Browser, state: str, name: str) -> Any:
    return tab.state.get(state, {}).get(name)


def knows(state: str, name: str, value: Any) -> Callable[[Browser], bool]:
    return lambda tab: of(tab, state, name) == value


def left(tab: Browser) -> bool:
    return bool(of(tab, TAB, "leave_to"))


async def transport_of(url: str, cookies: dict[str, str]) -> Any:
    """A bare socket, through Engine.IO's and Socket.IO's greetings."""
    address = url.replace("http", "ws") + f"/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Cookie": cookie} if cookie else {}
    socket = await websockets.connect(address, origin=url, additional_headers=headers, open_timeout=PATIENCE)
    assert (await socket.recv()).startswith("0")
    await socket.send("40/_event,{}")
    return socket


async def close_code(socket: Any) -> int:
    async with asyncio.timeout(PATIENCE):
        await socket.wait_closed()
    return socket.close_code
