"""Demo only: the captured mail and the portal's clock. Outside demo these paths do not exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import wraps
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.domain.actors import Actor
from portal_app.http import rendering
from portal_app.http.not_found import not_found
from portal_app.jobs.travel import travel
from portal_app.models import CapturedMail
from portal_app.work import reading

NO_STORE = {"Cache-Control": "no-store"}
SHOWN = 200
"""E-mails on the mailbox page; the JSON has all."""

Endpoint = Callable[[Request], Any]


def demo_only(endpoint: Endpoint) -> Endpoint:
    """Not found outside the demo."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        if not bootstrap.ports().settings.dev_tools:
            return not_found(request)
        answer: Response = await endpoint(request)
        return answer

    return guarded


@demo_only
async def mailbox_json(_request: Request) -> Response:
    """Every e-mail as `[{to, from, subject, text, html, at}]`, newest last."""
    return JSONResponse(await run_in_threadpool(_captured), headers=NO_STORE)


@demo_only
async def mailbox(request: Request) -> Response:
    """The captured mail as a list to read, newest first."""
    mails = await run_in_threadpool(_captured)
    newest = list(reversed(mails))[:SHOWN]
    return rendering.render(request, "dev_mailbox.html", mails=newest, total=len(mails))


@demo_only
async def mail(request: Request) -> Response:
    """One e-mail's HTML part, as a mail program would show it: no scripts, no remote content."""
    mails = {entry["id"]: entry for entry in await run_in_threadpool(_captured)}
    found = mails.get(request.path_params["mail_id"])
    if found is None:
        return not_found(request)
    policy_text = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"
    return HTMLResponse(
        str(found["html"]),
        headers=NO_STORE | {"Content-Security-Policy": f"{policy_text} allow-popups-to-escape-sandbox"},
    )


@demo_only
async def clock(request: Request) -> Response:
    """The portal's time; a POST of `{"advance": "P1DT2H"}` moves it, running all that becomes due."""
    ports = bootstrap.ports()
    if request.method != "POST":
        return JSONResponse({"now": ports.clock.now().isoformat()}, headers=NO_STORE)
    try:
        body = await request.json()
        by = TypeAdapter(timedelta).validate_python(body["advance"])
        now = await run_in_threadpool(travel, ports, by)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        text = 'Send {"advance": "P1DT2H"}: an ISO 8601 duration between nothing and 800 days.'
        return JSONResponse({"error": text}, status_code=422, headers=NO_STORE)
    return JSONResponse({"now": now.isoformat()}, headers=NO_STORE)


def _captured() -> list[dict[str, object]]:
    with reading(bootstrap.ports(), Actor.nobody()) as work:
        rows = work.session.exec(select(CapturedMail).order_by(col(CapturedMail.id))).all()
        return [_entry(row) for row in rows]


def _entry(row: CapturedMail) -> dict[str, object]:
    message = message_from_bytes(row.message, policy=policy.default)
    return {
        "id": row.id,
        "to": row.recipient,
        "from": str(message["from"]),
        "subject": str(message["subject"]),
        "text": _part(message, "plain"),
        "html": _part(message, "html"),
        "at": row.at.isoformat(),
    }


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


routes: list[BaseRoute] = [
    Route(paths.MAILBOX, mailbox),
    Route(paths.MAILBOX_JSON, mailbox_json),
    Route(paths.MAILBOX + "/{mail_id:int}", mail),
    Route(paths.DEV_CLOCK, clock, methods=["GET", "POST"]),
]
