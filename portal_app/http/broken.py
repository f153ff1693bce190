"""What is shown where something broke on our side: a reference, and nothing of the inside (asvs 55)."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal_app.http.rendering import render


def broken(request: Request, _fault: Exception) -> Response:
    """500 in the reader's language, with the reference that the log line bears; asks nothing of the database."""
    reference = str(structlog.contextvars.get_contextvars().get("request", ""))
    if "text/html" in request.headers.get("accept", ""):
        return render(request, "error.html", 500, reference=reference)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JSONResponse({"error": "fault", "reference": reference}, status_code=500, headers=headers)
