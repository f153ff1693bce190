"""Whether this process can serve, and whether what it stands on can (16)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths


async def healthz(_request: Request) -> Response:
    """200 when the process answers: it asks nothing of anybody else."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


routes: list[BaseRoute] = [Route(paths.HEALTHZ, healthz)]
