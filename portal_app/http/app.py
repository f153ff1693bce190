"""The installable portal: each firm's manifest, icons and first page, and the worker that stands behind (11.1)."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.assets import SITE, asset_url, content
from portal_app.domain.actors import Kind
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.domain.showings import SHOWINGS, Showing
from portal_app.http import visitors
from portal_app.http.not_found import not_found
from portal_app.http.plain import Typed, lead, page, sign_in_url
from portal_app.http.rendering import render
from portal_app.http.site import FOR_EVER, NotBuilt, documents
from portal_app.services.firm import app_icons, app_manifest
from portal_app.services.home import share_pages
from portal_app.text import _, known_language, locale, use_locale

MANIFEST_HEADERS: Final = {"Cache-Control": "public, max-age=600", "Vary": "Accept-Language"}
ICON_HEADERS: Final = {
    "Cache-Control": FOR_EVER,
    "Content-Security-Policy": "sandbox; default-src 'none'",
}

WORKER_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self'",
    "Service-Worker-Allowed": "/",
}
SCRIPT_HEADERS: Final = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"}


async def manifest(request: Request) -> Response:
    """A firm's manifest, in the language that its address names."""
    with use_locale(known_language(request.query_params.get("lang")) or locale()):
        try:
            found = await run_in_threadpool(
                app_manifest.manifest, visitors.ports_of(request), str(request.path_params["firm"])
            )
        except NotFound:
            return not_found(request)
    body = json.dumps(found, ensure_ascii=False)
    return Response(body, media_type="application/manifest+json", headers=MANIFEST_HEADERS)


async def icon(request: Request) -> Response:
    """One icon of a firm, the same for ever under its address."""
    slug, name = str(request.path_params["firm"]), str(request.path_params["name"])
    try:
        content = await run_in_threadpool(app_icons.open_icon, visitors.ports_of(request), slug, name)
    except NotFound:
        return not_found(request)
    return Response(content, media_type="image/png", headers=ICON_HEADERS)


@page
def start(request: Request, _typed: Typed) -> Response:
    """Where the installed portal opens: home, or the firm's sign-in page and then home."""
    actor = visitors.of(request, Kind.CLIENT)
    slug = str(request.path_params["firm"])
    return lead(paths.HOME if actor.contact_id else f"{paths.to(paths.LOGIN, firm=slug)}?next={paths.HOME}")


async def worker(_request: Request) -> Response:
    """The service worker of the whole portal, by the site that is served."""
    body = content("worker.js").decode().replace("__VERSION__", _version())
    return Response(body, media_type="text/javascript", headers=WORKER_HEADERS)


async def offline_script(_request: Request) -> Response:
    """What a page that is shown without network runs, in the reader's language."""
    words = {
        "offline": _(
            "No connection. This is your list as it was on {at}. Answers and comments are kept, and go out later."
        ),
        "back": _("The connection is back. What you answered and wrote is being sent."),
        "waiting": _("Waits for the connection"),
        "kept": _("Kept on this device. It goes out when the connection is back."),
        "later": _("This needs the connection. Try again when it is back."),
        "answers": {verb: _shown(showing) for verb, showing in SHOWINGS.items()},
    }
    body = content("offline.js").decode().replace("__WORDS__", json.dumps(words))
    return Response(body, media_type="text/javascript", headers=SCRIPT_HEADERS)


def _shown(showing: Showing) -> dict[str, object]:
    """What components/checklist.jsx keeps with an answer of this kind."""
    return {
        "said": showing.said,
        "told": showing.told,
        "tone": showing.tone,
        "sign": showing.sign,
        "done": showing.completes,
    }


@page
def offline(request: Request, _typed: Typed) -> Response:
    """What stands where a page would that was not kept."""
    return render(request, "offline.html")


@page
def share(request: Request, _typed: Typed) -> Response:
    """Where what was shared goes; what a browser without our worker posts here is not taken."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    try:
        found = share_pages.share_page(ports, actor)
    except SignInNeeded:
        return lead(sign_in_url(request, paths.SHARE))
    return render(
        request,
        "share.html",
        firm=found.letterhead,
        page=found,
        current="",
        script=asset_url("share.js"),
    )


@cache
def _version() -> str:
    """Another one for each site and each worker: then browsers take the new one."""
    found = hashlib.sha256(content("worker.js") + content("offline.js"))
    try:
        for language, route, facts in documents():
            found.update(f"{language} {route}".encode() + (SITE / language / facts["file"]).read_bytes())
    except NotBuilt:
        return "bare"
    return found.hexdigest()[:16]


routes: list[BaseRoute] = [
    Route(paths.SHARE, share),
    Route(paths.SERVICE_WORKER, worker),
    Route(paths.OFFLINE_SCRIPT, offline_script),
    Route(paths.OFFLINE, offline),
    Route(paths.APP_MANIFEST, manifest),
    Route(paths.APP_ICON, icon),
    Route(paths.APP_START, start),
]
