"""What is shown where nothing is: the same for a wrong path and for somebody else's page."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal_app.http.rendering import render


def not_found(request: Request) -> Response:
    """404 in the reader's language, as a page or as JSON."""
    if "text/html" in request.headers.get("accept", ""):
        return render(request, "not_found.html", 404)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JSONResponse({"error": "not found"}, status_code=404, headers=headers)
