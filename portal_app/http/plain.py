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
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal_app import routes as paths
from portal_app.domain.errors import ConfirmNeeded, NotFound, SignInNeeded, TryLater
from portal_app.domain.uploads import StorageAway
from portal_app.http import visitors
from portal_app.http.rendering import HEADERS, render
from portal_app.services.links.request_ways import way_to_sign_in
from portal_app.services.refusals import note_refusal
from portal_app.services.sign_in.accounts import Visit
from portal_app.text import _, locale

LARGEST_FORM: Final = 64 * 1024  # bytes; the longest comment in three-byte letters takes 45,000 of them
FORM_TYPE: Final = "application/x-www-form-urlencoded"
TOO_LARGE, NO_FORM = 413, 415
AT_ONCE: Final = 8
"""Forms worked on at once: passwords take long to check, and nobody else's page waits for them."""

_forms = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="forms")

Typed = Mapping[str, str]
Answer = Callable[[Request, Typed], Response]


def page(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """`answer` as a route's endpoint: it gets what was typed (nothing for a GET).

    It may raise `NotFound`, `TryLater`, and `SignInNeeded` or `ConfirmNeeded`, which lead there and back here.
    """

    @wraps(answer)
    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(_answered, answer, request, {})
        typed = await typed_fields(request)
        if isinstance(typed, int):
            return _unreadable(request, typed)
        run = copy_context().run
        return await asyncio.get_running_loop().run_in_executor(
            _forms, run, _answered, answer, request, typed
        )

    return endpoint


def _unreadable(request: Request, status: int) -> Response:
    text = _("What was sent is too long to be read. Make it shorter and send it again.")
    if status == NO_FORM:
        text = _("What was sent is no form of this portal. Go back and send it again from its page.")
    return refused(request, status, text)


def refused(request: Request, status: int, text: str) -> Response:
    """The page that says why not, and leads to the start."""
    back = {"typed": "", "again": "", "back": "/", "back_words": _("Go to the start page")}
    return render(request, "refused.html", status, text=text, **back)


async def typed_fields(request: Request) -> Typed | int:
    """The form's fields, the first of each name, without NUL; for what is too large or no form, the status to say so."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            return TOO_LARGE
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return NO_FORM
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return TOO_LARGE  # more than fifty fields
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


def confirm_url(request: Request, path: str = "", way: str = "") -> str:
    """*Confirm that it is you* (4.7), for staff or clients as this page is, and back to `path`, else here."""
    is_staff = request.url.path.split("/")[1] == "staff"
    asked = {"factor": way} if way else {}
    query = urlencode(asked | {"next": path or request.url.path})
    return f"{paths.STAFF_CONFIRM if is_staff else paths.CONFIRM}?{query}"


def sign_in_url(request: Request, path: str = "") -> str:
    """The sign-in page of this side, and back to `path`, else here; the start page where several firms have one."""
    back = path or request.url.path
    if request.url.path.split("/")[1] == "staff":
        return f"{paths.STAFF_LOGIN}?{urlencode({'next': back})}"
    return way_to_sign_in(visitors.ports_of(request), back) or paths.START


def retry_after(refusal: TryLater, now: datetime) -> str:
    """Seconds to wait, at least one, as the header says them."""
    return str(max(1, ceil((refusal.until - now).total_seconds())))


def _answered(answer: Answer, request: Request, typed: Typed) -> Response:
    try:
        return answer(request, typed)
    except NotFound:
        if request.method == "POST":
            note_refusal(visitors.ports_of(request), visitors.of(request), answer.__name__)
        return render(request, "not_found.html", 404)
    except StorageAway:
        return render(request, "storage_away.html", 503)
    except ConfirmNeeded:
        return lead(confirm_url(request))
    except SignInNeeded:
        return lead(sign_in_url(request))
    except TryLater as refusal:
        seconds = retry_after(refusal, visitors.ports_of(request).clock.now())
        response = render(request, "try_later.html", 429, minutes=ceil(int(seconds) / 60))
        response.headers["Retry-After"] = seconds
        return response
