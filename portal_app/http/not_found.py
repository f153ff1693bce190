"""What is shown where nothing is: the same for a wrong path and for somebody else's page."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal_app.assets import asset_url
from portal_app.text import _, locale

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title><link rel="stylesheet" href="{sheet}"></head>
<body><main class="letter"><h1>{title}</h1><p>{text}</p><p><a href="/">{way}</a></p></main></body></html>
"""


def not_found(request: Request) -> Response:
    """404 in the reader's language, as a page or as JSON."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": "not found"}, status_code=404, headers=headers)
    page = _PAGE.format(
        language=locale(),
        sheet=asset_url("client.css"),
        title=_("This page does not exist"),
        text=_("The address may be mistyped, or what it led to may have been closed or moved."),
        way=_("Go to the start page"),
    )
    return Response(page, status_code=404, headers=headers, media_type="text/html")
