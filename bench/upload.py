"""Uploads (figures 4, 5 and 6)

200 MB received, hashed, sealed and synced to disk part by part before they are *received*, against write + fsync of the
same bytes into one file, and against Granian with an app that writes what comes into one file and syncs it once, neither
hashed nor sealed. One at a time, interleaved, medians. Then twenty at once to the whole portal: the memory it grows by,
and how long somebody else's tick takes meanwhile, fifty milliseconds after the one before. Last, what must be sent again
after a line that is cut at 90 %, and after kill -9 there, once the server has read what was sent.

Where the rates lie below their goals: each of the 200 parts is summed, sealed and synced to disk with its folder, and
every few of them are committed, where the others sync once; sender and server share two cores. Where the bystander's
tick takes too long, look at what it takes while nobody uploads: a busy machine shows there.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bench import Row, ratio
from bench._asking import Line
from bench._firm import Out
from bench._served import a_firm, portal, raw, requests_out
from tests.files.served import Server
from tests.files.tools import pdf

MB = 1 << 20
SIZE = 200 * MB
ROUNDS, AT_ONCE = 5, 20
PATIENCE = 120.0
TUS = {"Tus-Resumable": "1.0.0"}
STREAM = TUS | {"Content-Type": "application/offset+octet-stream"}


@dataclass
class Uploads:
    """A served portal, a file, and people who upload it: each upload is of somebody of its own."""

    server: Server
    body: Path
    people: list[Out]

    def begin(self, size: int = SIZE) -> tuple[str, str]:
        """Begin one; where its bytes go, and the browser's cookie."""
        who = self.people.pop()
        told = {"filename": b"a.pdf", "task": str(who.task_ids[0]).encode()}
        metadata = ",".join(f"{name} {b64encode(value).decode()}" for name, value in told.items())
        with Line(self.server.port, who.cookie) as line:
            line.ask(
                "POST",
                "/files/",
                TUS | {"Upload-Length": size, "Upload-Metadata": metadata, "Content-Length": 0},
            )
            status, headers, said = line.answer()
        if status != 201:
            raise RuntimeError(f"an upload was refused with {status}: {said!r}")
        return str(headers["Location"]), who.cookie

    def bring(self, place: str, cookie: str) -> bool:
        """All bytes in one request; whether they were received."""
        with Line(self.server.port, cookie, timeout=PATIENCE) as line:
            line.ask("PATCH", place, STREAM | {"Upload-Offset": 0, "Content-Length": SIZE})
            line.send_file(self.body, 0, SIZE)
            return line.answer()[0] == 204

    def standing(self, place: str, cookie: str) -> int:
        """How many bytes are kept."""
        with Line(self.server.port, cookie) as line:
            line.ask("HEAD", place, TUS)
            return int(line.answer()[1]["Upload-Offset"])

    def until(self, place: str, cookie: str, least: int) -> int:
        """The same once it is `least`; what it is after a while where it stays below."""
        deadline = time.monotonic() + PATIENCE
        while (kept := self.standing(place, cookie)) < least and time.monotonic() < deadline:
            time.sleep(0.02)
        return kept


def measure() -> list[Row]:
    """One served portal for all of it."""
    with tempfile.TemporaryDirectory(prefix="bench-upload-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        body = folder / "body.pdf"
        body.write_bytes(pdf(8 * MB) * (SIZE // (8 * MB)))
        world = a_firm(folder / "data")
        world.change(world.firm, task_total_mb=200)
        people = requests_out(world, 100, tasks=10)
        bystanders, senders = people[:60], people[60:]
        with portal(world) as server, raw() as granian:
            uploads = Uploads(server, body, senders)
            uploads.bring(*uploads.begin())  # the first one warms it
            rows = _alone(uploads, granian, folder)
            rows += _together(uploads, _ticking(server, bystanders))
            rows += _broken(uploads)
        world.engine.dispose()
    return rows


def _alone(uploads: Uploads, granian: Server, folder: Path) -> list[Row]:
    runs = []
    for _round in range(ROUNDS):
        place, cookie = uploads.begin()
        runs.append(
            (
                _seconds(lambda: _write(uploads.body, folder / "written")),
                _seconds(lambda: _to_granian(granian, uploads.body)),
                _seconds(lambda where=place, who=cookie: uploads.bring(where, who)),
            )
        )
    disk, bare, ours = (SIZE / MB / statistics.median(run[which] for run in runs) for which in range(3))
    return [
        Row(
            "200 MB, of the disk's rate",
            f"{ours:.0f} MB/s, {ratio(ours, disk)}",
            f"write + fsync: {disk:.0f} MB/s",
            "≥ 0.5×",
            ours >= 0.5 * disk,
        ),
        Row(
            "200 MB, of Granian's rate",
            f"{ours:.0f} MB/s, {ratio(ours, bare)}",
            f"received, written, synced: {bare:.0f} MB/s",
            "≥ 1.0×",
            ours >= bare,
        ),
    ]


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _write(body: Path, to: Path) -> None:
    with body.open("rb") as given, to.open("wb") as kept:
        while piece := given.read(MB):
            kept.write(piece)
        kept.flush()
        os.fsync(kept.fileno())
    to.unlink()


def _to_granian(granian: Server, body: Path) -> None:
    with Line(granian.port) as line:
        line.ask("PATCH", "/", {"Content-Length": SIZE})
        line.send_file(body, 0, SIZE)
        line.answer()


def _ticking(server: Server, bystanders: list[Out]) -> Callable[[Callable[[], bool]], list[float]]:
    """Tick one task after the other until told to stop; how long each took."""
    left = cycle([(path, who.cookie) for who in bystanders for path in who.tick_paths()])

    def tick(is_over: Callable[[], bool]) -> list[float]:
        took = []
        with Line(server.port) as line:
            while not is_over():
                took.append(line.tick(*next(left)))
                time.sleep(0.05)
        return took

    return tick


def _together(uploads: Uploads, ticking: Callable[[Callable[[], bool]], list[float]]) -> list[Row]:
    until = time.monotonic() + 5
    quiet = ticking(lambda: time.monotonic() > until)
    begun = [uploads.begin() for _upload in range(AT_ONCE)]
    idle = uploads.server.idle_memory()
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        under_way = [pool.submit(uploads.bring, *one) for one in begun]
        busy = pool.submit(ticking, lambda: all(one.done() for one in under_way)).result()
    failures = sum(one.exception() is not None or not one.result() for one in under_way)
    grown = (uploads.server.peak_memory() - idle) / MB / AT_ONCE
    alone, p99 = (1000 * _p99(took) for took in (quiet, busy))
    return [
        Row(f"{AT_ONCE} at once, memory an upload", f"{grown:.1f} MB", "", "≤ 4 MB", grown <= 4),
        Row(
            f"{AT_ONCE} at once, a bystander's tick, p99 of {len(busy)}",
            f"{p99:.0f} ms, {ratio(p99, alone)}",
            f"nobody uploads: {alone:.0f} ms",
            "≤ 50 ms",
            p99 <= 50,
        ),
        Row(f"{AT_ONCE} at once, failures", str(failures), "", "0", failures == 0),
    ]


def _p99(took: list[float]) -> float:
    return sorted(took)[int(0.99 * (len(took) - 1) + 0.5)]


def _broken(uploads: Uploads) -> list[Row]:
    sent = SIZE * 9 // 10
    again = {"the line was cut": _cut(uploads, sent), "kill -9": _killed(uploads, sent)}
    return [
        Row(f"sent again after {what} at 90 %", f"{lost / MB:.2f} MiB", "", "≤ 1 MiB", lost <= MB)
        for what, lost in again.items()
    ]


def _cut(uploads: Uploads, sent: int) -> int:
    place, cookie = uploads.begin()
    with Line(uploads.server.port, cookie) as line:
        line.ask("PATCH", place, STREAM | {"Upload-Offset": 0, "Content-Length": SIZE})
        line.send_file(uploads.body, 0, sent)
    return sent - uploads.until(place, cookie, sent)


def _killed(uploads: Uploads, sent: int) -> int:
    place, cookie = uploads.begin()
    sent += 300_000  # in the middle of a part
    with Line(uploads.server.port, cookie) as line:
        line.ask("PATCH", place, STREAM | {"Upload-Offset": 0, "Content-Length": SIZE})
        line.send_file(uploads.body, 0, sent)
        uploads.until(place, cookie, sent - MB)
        uploads.server.kill()
    uploads.server.start()
    return sent - uploads.standing(place, cookie)
