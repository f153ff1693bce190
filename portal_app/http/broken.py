"""What is shown where something broke on our side, or the database is away: nothing of the inside (asvs 55)."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal_app.domain.errors import DatabaseAway
from portal_app.http.rendering import render


def broken(request: Request, fault: Exception) -> Response:
    """In the reader's language, and without asking the database: 503 where that is away, when to try again and what
    became of what was sent; else 500 with the reference that the log line bears."""
    if isinstance(fault, DatabaseAway):
        answer = _answer(request, fault.status, "away.html", {"error": "away"}, text=fault.text)
        answer.headers["Retry-After"] = str(fault.retry_after)
        return answer
    reference = str(structlog.contextvars.get_contextvars().get("request", ""))
    return _answer(request, 500, "error.html", {"error": "fault"}, reference=reference)


def _answer(request: Request, status: int, page: str, body: dict[str, str], **said: str) -> Response:
    """A page for who reads pages; the same as JSON for the rest."""
    if "text/html" in request.headers.get("accept", ""):
        return render(request, page, status, **said)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JSONResponse(body | said, status_code=status, headers=headers)
