"""The brand by plain routes: an image goes up as the body of one POST, its pictures come down for whoever has their
address, and admins look at the pages and the e-mail that bear it."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import unquote

from markupsafe import Markup
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import bootstrap
from portal_app import routes as paths
from portal_app.domain import brand
from portal_app.domain.actors import Kind
from portal_app.domain.brand import ImageUse
from portal_app.domain.errors import BadInput, NotFound, PortalError
from portal_app.domain.letterhead import Letterhead
from portal_app.http import visitors
from portal_app.http.intake import in_thread
from portal_app.http.not_found import not_found
from portal_app.http.plain import Typed, page
from portal_app.http.rendering import HEADERS, first_views, live_sheet, render
from portal_app.http.site import FOR_EVER
from portal_app.services.firm import brand_images, brand_previews
from portal_app.services.home.home_pages import HomePage
from portal_app.services.refusals import note_refusal
from portal_app.text import _, known_language, locale, use_locale

PICTURE_HEADERS: Final = {
    "Cache-Control": FOR_EVER,
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",  # webmail shows it too
}
LARGEST: Final = brand.LARGEST_MB << 20
WITHIN: Final = 120.0  # seconds for all of an image to arrive
READING_AT_ONCE: Final = 4
"""Images held while they arrive: eighty megabytes at most."""

_places = asyncio.Semaphore(READING_AT_ONCE)


async def picture(request: Request) -> Response:
    """One picture of a firm's brand."""
    try:
        found = await in_thread(
            brand_images.open_picture, bootstrap.ports(), str(request.path_params["name"])
        )
    except NotFound:
        return not_found(request)
    return Response(found.content, media_type=found.media_type, headers=PICTURE_HEADERS)


async def upload(request: Request) -> Response:
    """Take an image; the answer says what is wrong with it, in a sentence. What a stranger sends is not read."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.STAFF)
    try:
        use = ImageUse(request.path_params["use"])
        await in_thread(brand_images.check_asker, ports, actor)
        async with _places:
            name, content = unquote(request.headers.get("x-file-name", ""))[:500], await _body(request, use)
            await in_thread(brand_images.take_image, ports, actor, use, name, content)
    except ValueError:
        return not_found(request)
    except NotFound:
        await in_thread(note_refusal, ports, actor, "upload")
        return not_found(request)
    except PortalError as refusal:
        return JSONResponse({"text": refusal.text}, refusal.status, headers=HEADERS)
    except ClientDisconnect:
        return Response(status_code=400)
    return JSONResponse({"text": ""}, headers=HEADERS)


async def _body(request: Request, use: ImageUse) -> bytes:
    """All of it, counted while it arrives. Raises `BadInput`."""
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    text = _("This file is too large: {n} MB at most. Save it smaller, and choose it anew.")
                    raise BadInput(text.format(n=brand.LARGEST_MB), field=use)
    except TimeoutError:
        raise BadInput(_("The image took too long to arrive. Try again."), field=use) from None
    return bytes(body)


@page
def preview(request: Request, _typed: Typed) -> Response:
    """Home, the sign-in page or an e-mail in a language, as clients would find them; shown in frames of our own."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.STAFF)
    language = known_language(request.query_params.get("language")) or locale()
    shown = request.path_params["page"]
    with use_locale(language):
        if shown == "home":
            answer = _home(brand_previews.home(ports, actor))
        elif shown == "sign-in":
            answer = _sign_in(request, brand_previews.letterhead_of(ports, actor))
        elif shown == "email":
            mail = brand_previews.email(ports, actor, language)
            answer = Response(mail, media_type="text/html", headers=HEADERS)
        else:
            raise NotFound(_("There is nothing here."))
    policy = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    answer.headers["Content-Security-Policy"] = policy
    return answer


def _home(shown: HomePage) -> Response:
    body = Markup(first_views().get_template("home.html").render(page=shown, other_lang=_other()))  # noqa: S704 (escaped)
    whole = first_views().get_template("preview.html").render(sheet=live_sheet(), body=body, lang=locale())
    return HTMLResponse(whole, headers=HEADERS)


def _sign_in(request: Request, head: Letterhead) -> Response:
    ways: dict[str, object] = dict.fromkeys(
        ("action", "forgot_url", "passkey_url", "links_url", "register_url"), "#"
    )
    return render(request, "sign_in.html", 200, firm=head, next="", notice="", **ways)


def _other() -> str:
    return "en" if locale() == "fr" else "fr"


routes: list[BaseRoute] = [
    Route(paths.BRAND, picture, methods=["GET", "HEAD"]),
    Route(paths.BRAND_IMAGE, upload, methods=["POST"]),
    Route(paths.BRAND_PREVIEW, preview, methods=["GET"]),
]
