"""Whether this process can serve, and whether what it stands on can."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.jobs.timetable import TIMETABLE
from portal_app.services.health import ADVISORY, readiness

_FRESH = {"Cache-Control": "no-store"}


async def healthz(_request: Request) -> Response:
    """200 when the process answers: it asks nothing of anybody else."""
    return JSONResponse({"status": "ok"}, headers=_FRESH)


def readyz(_request: Request) -> Response:
    """200 when database, storage and timetable can serve, else 503; names the parts, nothing of their inside."""
    parts = readiness(bootstrap.ports(), {name: every for name, (every, _job) in TIMETABLE.items()})
    status = "ok" if all(well for name, well in parts.items() if name not in ADVISORY) else "not ready"
    body = {"status": status, "parts": {name: "ok" if well else "not ready" for name, well in parts.items()}}
    return JSONResponse(body, status_code=200 if status == "ok" else 503, headers=_FRESH)


routes: list[BaseRoute] = [Route(paths.HEALTHZ, healthz), Route(paths.READYZ, readyz)]
