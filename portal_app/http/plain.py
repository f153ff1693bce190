"""How plain pages with forms are answered: a bounded form in, a function that runs in a thread, refusals shown (4.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from functools import wraps
from math import ceil
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal_app.domain.errors import NotFound, TryLater
from portal_app.http import visitors
from portal_app.http.rendering import HEADERS, render
from portal_app.services.accounts import Visit
from portal_app.text import _, locale

LARGEST_FORM: Final = 64 * 1024  # bytes; the longest comment in three-byte letters takes 45,000 of them
FORM_TYPE: Final = "application/x-www-form-urlencoded"
AT_ONCE: Final = 8
"""Forms worked on at once: passwords take long to check, and nobody else's page waits for them."""

_forms = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="forms")

Typed = Mapping[str, str]
Answer = Callable[[Request, Typed], Response]


def page(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """`answer` as a route's endpoint: it gets what was typed (nothing for a GET) and may raise `NotFound`."""

    @wraps(answer)
    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(_answered, answer, request, {})
        typed = await typed_fields(request)
        if typed is None:
            text = _("What was sent is too long to be read. Make it shorter and send it again.")
            return render(
                request, "refused.html", 413, text=text, back="/", back_words=_("Go to the start page")
            )
        run = copy_context().run
        return await asyncio.get_running_loop().run_in_executor(
            _forms, run, _answered, answer, request, typed
        )

    return endpoint


async def typed_fields(request: Request) -> Typed | None:
    """The form's fields, the first of each name, without NUL; None for what is too large or no form."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            return None
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return None
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    return {name: value.replace("\0", "") for name, value in reversed(pairs)}


def visit(request: Request) -> Visit:
    """From where the request comes, as signing in needs it."""
    return Visit(
        address=visitors.address(request),
        browser=request.headers.get("user-agent", "")[:200],
        device_id=visitors.visitor(request).device,
        locale=locale(),
    )


def lead(to: str) -> RedirectResponse:
    """On to another page, after a form."""
    return RedirectResponse(to, status_code=303, headers=HEADERS)


def retry_after(refusal: TryLater, now: datetime) -> str:
    """Seconds to wait, at least one, as the header says them."""
    return str(max(1, ceil((refusal.until - now).total_seconds())))


def _answered(answer: Answer, request: Request, typed: Typed) -> Response:
    try:
        return answer(request, typed)
    except NotFound:
        return render(request, "not_found.html", 404)
    except TryLater as refusal:
        seconds = retry_after(refusal, visitors.ports_of(request).clock.now())
        response = render(request, "try_later.html", 429, minutes=ceil(int(seconds) / 60))
        response.headers["Retry-After"] = seconds
        return response
