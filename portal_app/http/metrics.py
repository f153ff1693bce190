"""`GET /metrics` for Prometheus, behind a token of the operator's; without one there is nothing there (15.3).

What is the installation's is read from the database at each scrape. What is a process's (requests, tabs, connections) is counted
here; with several workers on one port they put their counts together (`PROMETHEUS_MULTIPROC_DIR`, set by `serve`).
No label holds an id, a name or an address.
"""

from __future__ import annotations

import hmac
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal_app import __version__
from portal_app import routes as paths
from portal_app.http import visitors
from portal_app.http.not_found import not_found
from portal_app.ports import Clock
from portal_app.services.metrics import Figures, figures

TOGETHER: Final = "PROMETHEUS_MULTIPROC_DIR"
WRONG_TRIES: Final = "20/minute"
_FRESH = {"Cache-Control": "no-store"}
_OURS = CollectorRegistry()

REQUESTS = Counter("comptoir_requests", "Requests answered.", ("route", "method", "status"), registry=_OURS)
SECONDS = Histogram(
    "comptoir_request_seconds",
    "How long they took.",
    ("route",),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
    registry=_OURS,
)
TABS = Gauge(
    "comptoir_live_tabs", "Tabs that listen for changes.", registry=_OURS, multiprocess_mode="livesum"
)
POOL = Gauge(
    "comptoir_database_connections",
    "Connections to the database: in use, and kept at most.",
    ("state",),
    registry=_OURS,
    multiprocess_mode="livesum",
)


class Counted:
    """Counts what is answered by the pattern of its route: what stands in an address may be a secret (6.3)."""

    def __init__(self, app: ASGIApp, clock: Clock, routes: Iterable[BaseRoute]) -> None:
        self._app, self._clock = app, clock
        self._patterns = _patterns(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; sockets and the server's life are none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, self._clock.steady()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = self._route(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            REQUESTS.labels(route, method, str(status)).inc()
            SECONDS.labels(route).observe((self._clock.steady() - began).total_seconds())

    def _route(self, scope: Scope) -> str:
        """The pattern that answered; the framework leaves what it called in the scope."""
        found = self._patterns.get(scope.get("endpoint"), ())
        for pattern, matches in found:
            if len(found) == 1 or matches.match(scope["path"]):
                return pattern
        return "asset" if scope["path"].startswith("/assets/") else "page"


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _patterns(routes: Iterable[BaseRoute]) -> dict[object, list[tuple[str, re.Pattern[str]]]]:
    found: dict[object, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
    for route in routes:
        if isinstance(route, Route):
            found[route.endpoint].append((route.path, route.path_regex))
    return found


class _Installation(Collector):
    """The figures of one scrape, as Prometheus wants them."""

    def __init__(self, found: Figures) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _family("comptoir_info", "The version that answers.", ("version",), [((__version__,), 1)])
        waiting = [((one.kind, one.urgency), one) for one in found.waiting]
        labels = ("kind", "urgency")
        text = "Messages that wait to leave."
        yield _family("comptoir_outbox_waiting", text, labels, [(key, one.count) for key, one in waiting])
        text = "For how long the oldest of them has waited."
        yield _family(
            "comptoir_outbox_oldest_seconds", text, labels, [(key, one.oldest) for key, one in waiting]
        )
        text = "Messages held since a backup was restored."
        yield _family("comptoir_outbox_held", text, (), [((), found.held)])
        text = "What became of messages in the last hour."
        yield _family("comptoir_outbox_last_hour", text, ("kind", "outcome"), found.lately.items())
        text = "Uploads under way."
        yield _family("comptoir_uploads_open", text, (), [((), found.uploads_open)])
        sizes = {("received",): found.uploads_bytes, ("reserved",): found.uploads_reserved}
        yield _family("comptoir_uploads_bytes", "Their bytes.", ("state",), sizes.items())
        refused = [((step,), count) for step, count in found.sign_ins_refused.items()]
        yield _family("comptoir_sign_ins_refused_last_hour", "Refused in the last hour.", ("step",), refused)
        text = "When each job of the timetable last ran."
        yield _family(
            "comptoir_job_last_run_timestamp_seconds", text, ("job",), [((j.name,), j.at) for j in found.jobs]
        )
        text = "Whether its last run failed."
        yield _family("comptoir_job_failing", text, ("job",), [((j.name,), j.is_failing) for j in found.jobs])
        made = [found.backup] if found.backup else []
        text = "When the newest backup was made; absent before the first."
        yield _family("comptoir_backup_timestamp_seconds", text, (), [((), one.at) for one in made])
        text = "Whether the last try to make one failed."
        yield _family("comptoir_backup_failing", text, (), [((), one.is_failing) for one in made])


def _family(
    name: str, text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for which, value in values:
        family.add_metric(which, float(value))
    return family


def metrics(request: Request) -> Response:
    """Everything, for whoever has the token."""
    ports = visitors.ports_of(request)
    token = ports.settings.metrics_token.get_secret_value()
    if not token:
        return not_found(request)
    tries = f"metrics:{visitors.address(request)}"
    if not ports.limiter.has_room(tries, WRONG_TRIES):
        return PlainTextResponse("Too many wrong tokens.\n", 429, _FRESH)
    if not hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()):
        ports.limiter.hit(tries, WRONG_TRIES)
        return PlainTextResponse("The token is wrong.\n", 401, _FRESH | {"WWW-Authenticate": "Bearer"})
    found = figures(ports)
    POOL.labels("in_use").set(found.pool_in_use)
    POOL.labels("kept").set(found.pool_size)
    registry = CollectorRegistry()
    registry.register(_Installation(found))
    body = generate_latest(registry) + generate_latest(_counts())
    return Response(body, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers=_FRESH)


def _counts() -> CollectorRegistry:
    """This process's counts, or those of all workers of this port."""
    folder = os.environ.get(TOGETHER)
    if not folder:
        return _OURS
    _forget_dead(Path(folder))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry


def _forget_dead(folder: Path) -> None:
    """Workers that are no more have no tabs and no connections; what they counted stays."""
    for left in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(left.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):
                left.unlink()


routes: list[BaseRoute] = [Route(paths.METRICS, metrics, methods=["GET"])]
