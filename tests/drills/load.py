"""People at work over HTTP who know nothing but what the portal said, and try again where it could not answer."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from portal_app.domain.uploads import MB
from portal_app.models import Task
from tests.files.tools import Asked, asked, pdf
from tests.world import World

TASKS = 200
AWAY = frozenset({502, 503, 504})
"""What may be said while something is away: that it did not work, and that nobody made a mistake."""
TUS = {"Tus-Resumable": "1.0.0"}
STREAM = {"Content-Type": "application/offset+octet-stream"}


@dataclass
class Person:
    """A client at one browser. `ticked`, `written` and `brought` are what was acknowledged."""

    url: str
    who: Asked
    to_tick: list[UUID]
    line: httpx.Client
    chance: random.Random
    over: threading.Event
    ticked: set[UUID] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    brought: set[str] = field(default_factory=set)
    said: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """How many of their acts."""
        return len(self.ticked) + len(self.written) + len(self.brought)

    def work(self) -> None:
        """Until it is over: tick, write, bring a file; each until it is acknowledged."""
        while not self.over.is_set():
            try:
                self.chance.choice([self._tick, self._write, self._write, self._bring])()
            except Exception as fault:  # noqa: BLE001 (the thread's, shown by the test)
                self.wrong.append(repr(fault))
                return

    def _tick(self) -> None:
        if not self.to_tick:
            return
        task_id = self.to_tick.pop()
        self._post(f"tasks/{task_id}/tick", {})
        self.ticked.add(task_id)

    def _write(self) -> None:
        text = uuid4().hex
        self._post(f"tasks/{self.who.task.id}/comment", {"body": text, "once_key": text})
        self.written.add(text)

    def _bring(self) -> None:
        """A file, from wherever the portal says that it stands."""
        body = pdf(self.chance.randint(1, MB))
        told = {"task": str(self.who.task.id), "filename": f"{len(self.brought)}.pdf"}
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items()
        )
        begun = {"Upload-Length": str(len(body)), "Upload-Metadata": metadata}
        path = self._until(201, "POST", f"{self.url}/files/", headers=TUS | begun).headers["Location"]
        while True:
            standing = self._until(200, "HEAD", f"{self.url}{path}", headers=TUS)
            if "Portal-Receipt" in standing.headers:
                break
            at = int(standing.headers["Upload-Offset"])
            headers = TUS | STREAM | {"Upload-Offset": str(at)}
            self._ask("PATCH", f"{self.url}{path}", headers=headers, content=body[at:])
        self.brought.add(hashlib.sha256(body).hexdigest())

    def _post(self, path: str, form: dict[str, str]) -> None:
        url = f"{self.url}/requests/{self.who.request.id}/{path}"
        self._until(200, "POST", url, data=form, headers={"Accept": "application/json"})

    def _until(self, status: int, method: str, url: str, **sent: Any) -> httpx.Response:
        """Ask until the answer is that; whatever else but *away* is wrong."""
        while True:
            answer = self._ask(method, url, **sent)
            if answer is None or answer.status_code in AWAY:
                continue
            if answer.status_code != status:
                raise AssertionError(f"{method} {url}: {answer.status_code} {answer.text[:200]}")
            return answer

    def _ask(self, method: str, url: str, **sent: Any) -> httpx.Response | None:
        try:
            answer = self.line.request(method, url, **sent)
        except httpx.TransportError as fault:
            self.said[type(fault).__name__] += 1
            return None
        self.said[str(answer.status_code)] += 1
        return answer


def people(world: World, url: str, trust: Any, count: int, seed: int, over: threading.Event) -> list[Person]:
    """So many, each with a request of their own that is open on their browser."""
    found = []
    for number in range(count):
        who = asked(world, f"Person {number}")
        now = world.clock.now()
        tasks = [
            Task(
                firm_id=who.task.firm_id,
                section_id=who.request.id,
                title=f"Task {n}",
                position=9 + n,
                created_at=now,
            )
            for n in range(TASKS)
        ]
        world.put(*tasks)
        headers = {"Cookie": f"__Host-device={who.cookie}", "Origin": url}
        line = httpx.Client(verify=trust, headers=headers, timeout=30)
        found.append(Person(url, who, [task.id for task in tasks], line, random.Random(seed + number), over))
    return found
