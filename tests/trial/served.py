"""An app served by Granian in a process of its own, and browsers' sockets to it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import socketio

from scripts.with_services import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which what does not come counts as lost."""
LOOKS_EVERY = 0.1
STATE = "reflex___state____state"
BOOT = f"{STATE}.hydrate_and_load"
SOCKET = "/_event"


def becomes(look: Callable[[], object], wanted: object) -> None:
    """What was asked for is there once the server has done it: look again until it is."""
    deadline = time.monotonic() + PATIENCE
    while (seen := look()) != wanted and time.monotonic() < deadline:
        time.sleep(LOOKS_EVERY)
    assert seen == wanted


@dataclass
class Served:
    """Where an app answers, and what it wrote."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def inside(self) -> str:
        """The same where no certificate need be trusted."""
        return self.url

    def said(self) -> str:
        """All it logged, on both streams."""
        return self.log.read_text(errors="replace")

    def told(self) -> str:
        """For a failure's report: how it answers now, and the end of its log."""
        try:
            answer = httpx.get(f"{self.inside}/readyz", timeout=5)
            ready = f"{answer.status_code} after {answer.elapsed.total_seconds():.1f} s: {answer.text}"
        except httpx.HTTPError as fault:
            ready = repr(fault)
        return f"/readyz: {ready}\n…{self.said()[-6000:]}"


@contextmanager
def served(factory: str, folder: Path, *, at: int | None = None, **environment: str) -> Iterator[Served]:
    """Serve `module:factory` with its data in `folder` until the block ends; on port `at`, else on a free one."""
    port, log = at or free_port(), folder / "served.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    given = {
        "__REFLEX_SKIP_COMPILE": "true",
        "REFLEX_ENV_MODE": "prod",
        "PORTAL_DEMO": "true",
        "PORTAL_ROLE": "web",
        "PORTAL_DATA_DIR": str(folder),
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    command += ["--workers", environment.get("PORTAL_WORKERS", "1")]
    command += ["--host", "127.0.0.1", "--port", str(port), factory]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=kept | given | environment, stdout=out, stderr=out)
    try:
        running = Served(port, log)
        _wait_until_up(process, running)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(process: subprocess.Popen[bytes], running: Served) -> None:
    deadline = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            httpx.get(f"{running.url}/ping", timeout=PATIENCE)
        except httpx.TransportError:
            time.sleep(LOOKS_EVERY)
        else:
            return
    raise RuntimeError(f"the app did not come up:\n{running.said()}")


@dataclass
class Browser:
    """One tab's socket, and what came by it: the merged state, all updates as text, events asked for, calls to reload."""

    client: socketio.AsyncClient
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    mismatches: int = 0
    patience: float = PATIENCE
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def on_update(self, update: Mapping[str, Any]) -> None:
        self.heard.append(json.dumps(update, ensure_ascii=False))
        for name, changes in (update.get("delta") or {}).items():
            known = self.state.setdefault(name, {})
            known.update({key.removesuffix("_rx_state_"): value for key, value in changes.items()})
        self.asked += [event["name"] for event in update.get("events") or []]
        self._news.set()

    def on_mismatch(self, _data: object) -> None:
        self.mismatches += 1
        self._news.set()

    def on_disconnect(self, *_reason: object) -> None:
        self._news.set()

    @property
    def is_open(self) -> bool:
        return bool(self.client.connected)

    async def send(self, name: str, path: str = "/", /, **payload: Any) -> None:
        """One event, as the page sends it."""
        event = {"name": name, "payload": payload, "router_data": {"pathname": path, "asPath": path}}
        await self.client.emit("event", event, namespace=SOCKET)

    async def until(self, fits: Callable[[Browser], Any]) -> None:
        """Wait for news until `fits(self)`."""
        async with asyncio.timeout(self.patience):
            while not fits(self):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def browser(
    url: str,
    *,
    cookies: Mapping[str, str] | None = None,
    origin: str | None = "own",
    token: str | None = None,
    path: str = "/",
    query: Mapping[str, str] | None = None,
    patience: float = PATIENCE,
    **headers: str,
) -> AsyncIterator[Browser]:
    """A browser's tab on `path`, connected and hydrated as Reflex's own script does it; `query` holds what stands for
    the parts in brackets of the page's route."""
    client = socketio.AsyncClient(reconnection=False)
    tab = Browser(client, patience=patience)
    client.on("event", tab.on_update, namespace=SOCKET)
    client.on("state_mismatch", tab.on_mismatch, namespace=SOCKET)
    client.on("disconnect", tab.on_disconnect, namespace=SOCKET)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if origin is not None:
        sent["Origin"] = url if origin == "own" else origin
    place = {"pathname": path, "asPath": path, "query": dict(query or {})}
    boot = {"name": BOOT, "payload": {"hashes": ["x"]}, "router_data": place}
    try:
        await client.connect(
            f"{url}{SOCKET}?token={token or uuid.uuid4()}",
            headers=sent,
            transports=["websocket"],
            socketio_path=SOCKET,
            namespaces=[SOCKET],
            auth={"event": boot},
            wait_timeout=patience,
        )
        await tab.until(lambda self: self.state or not self.is_open)
        yield tab
    finally:
        await client.disconnect()
