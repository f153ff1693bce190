"""Plain pages: one HTML answer that needs no script, no second request, and nobody's cache.

Their sheet is inline, so a cold phone paints after one round trip.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Final

from jinja2 import Environment
from markupsafe import Markup
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal_app import assets
from portal_app.domain.letterhead import DEFAULT_ACCENT, accent_css
from portal_app.gate.rules import LANGUAGE_COOKIE
from portal_app.settings import settings
from portal_app.templates import environment
from portal_app.text import format_date, known_language, locale, use_dates

YEAR: Final = 365 * 24 * 3600  # seconds

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}

AHEAD: Final = Markup(
    "new PerformanceObserver((_,it)=>{it.disconnect();const links=[...ahead.content.children],"
    "go=()=>{document.head.append(...links.splice(0,3));links.length&&setTimeout(go)};setTimeout(go)})"
    '.observe({type:"paint",buffered:true})'
)
"""The one script that may stand in a page: it asks for what the next page loads, once this one is painted, and by
threes, so that a cheap phone's only thread is free in between."""
_AHEAD_HASH: Final = f"'sha256-{b64encode(sha256(AHEAD.encode()).digest()).decode()}'"


def render(request: Request, template: str, status: int = 200, **context: object) -> Response:
    """The page `templates/pages/<template>` in the current language.

    Every page takes `firm` (a `Letterhead`, or None where no firm is known), `prefetch` (addresses to load while
    the person reads), `errors` (field name to sentence; the name "" is the whole form) and `values` (what was typed,
    without passwords); what else it needs is named at the top of its file. `?lang=` on any page that is got keeps
    that language in the browser and comes back without it; a page that answers a post to another address than its
    own says so by `here`, a path. `script` is the address of the one script of ours that it loads. Raises jinja2.UndefinedError for a name left out.
    """
    chosen = known_language(request.query_params.get("lang"))
    if chosen and request.method in {"GET", "HEAD"}:
        return keep_language(_here(request.url.remove_query_params("lang")), chosen)
    other = "en" if locale() == "fr" else "fr"
    own = request.url.replace(path=str(context["here"]), query="") if "here" in context else request.url
    given = {
        "firm": None,
        "prefetch": (),
        "errors": {},
        "values": {},
        "lang": locale(),
        "other_lang": other,
        "switch_url": _here(own.include_query_params(lang=other)),
    } | context
    firm = given["firm"]
    given["accent_css"] = Markup(accent_css(getattr(firm, "accent", DEFAULT_ACCENT)))  # noqa: S704 (our own constants)
    with use_dates(getattr(firm, "dates", "")):
        body = pages().get_template(template).render(given)
    headers = _headers(has_script=bool(given.get("script")), looks_ahead=bool(given["prefetch"]))
    return HTMLResponse(body, status_code=status, headers=headers)


def _headers(*, has_script: bool, looks_ahead: bool) -> dict[str, str]:
    """A page runs nothing but the script of ours that it names, and asks for the next page's ahead."""
    allowed = ["'self'"] * has_script + [_AHEAD_HASH] * looks_ahead
    if not allowed:
        return HEADERS
    more = f"; script-src {' '.join(allowed)}"
    if has_script:
        more += "; connect-src 'self'; worker-src 'self'"
    return HEADERS | {"Content-Security-Policy": HEADERS["Content-Security-Policy"] + more}


@cache
def pages() -> Environment:
    """The pages' templates, compiled once a process."""
    made = environment("pages", is_page=True)
    made.globals.update(
        sheet=letter_sheet(),
        client_sheet=client_sheet(),
        ahead_script=AHEAD,
        icon=sprite_icon,
        format_date=_raised_date,
    )
    made.filters["zip"] = zip
    return made


def app_head(manifest_url: str, icon_url: str) -> str:
    """What makes a client's page installable (11.1); nothing where no firm is known."""
    if not manifest_url:
        return ""
    return Markup('<link rel="manifest" href="{}?lang={}"/><link rel="apple-touch-icon" href="{}"/>').format(
        manifest_url, locale(), icon_url
    )


@cache
def letter_sheet() -> Markup:
    """The sheet of plain pages, minified."""
    return Markup(minified(assets.content("letter.css").decode()))  # noqa: S704 (our own file)


@cache
def client_sheet() -> Markup:
    """The sheet of the client's plain pages, minified."""
    return Markup(minified(assets.content("client.css").decode()))  # noqa: S704 (our own file)


@cache
def live_sheet() -> Markup:
    """The sheet of the client's live pages, for a first view that is looked at outside the built site."""
    return client_sheet() + Markup(minified(assets.content("client_uploads.css").decode()))  # noqa: S704 (our own file)


@cache
def first_views() -> Environment:
    """The templates of the client's pages before their script."""
    made = environment("first", is_page=True)
    made.globals.update(icon=sprite_icon)
    return made


def minified(css: str) -> str:
    """`css` without needless space; for sheets of ours, whose strings hold none that matters."""
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    css = re.sub(r"(?<![\d.])0(\.\d)", r"\1", css)
    return css.replace(": ", ":").replace(";}", "}").strip()


@cache
def sprite_icon(name: str, kind: str = "") -> Markup:
    """One sign of the sprite, drawn in place; decoration only, so hidden from readers."""
    sprite = assets.content("icons/client.svg").decode()
    found = re.search(rf'<symbol id="{re.escape(name)}" (viewBox="[^"]+")>(.+?)</symbol>', sprite)
    if found is None:
        raise LookupError(name)
    look = f' class="{kind}"' if kind else ""
    return Markup(f'<svg{look} {found[1]} aria-hidden="true">{found[2]}</svg>')  # noqa: S704 (our own file)


def _raised_date(day: date, style: str = "long") -> Markup:
    """A day whose French *er* stands high."""
    words = format_date(day, style)
    return (
        Markup("1<sup>er</sup>{}").format(words[3:])
        if words.startswith("1er")
        else Markup("{}").format(words)
    )


def _here(url: URL) -> str:
    """The address within this portal: `//elsewhere` would leave it."""
    path = "/" + url.path.lstrip("/\\")
    return f"{path}?{url.query}" if url.query else path


def keep_language(to: str, language: str) -> Response:
    """On to `to`, an address within this portal, with the language kept in the browser."""
    back = RedirectResponse(to, status_code=303, headers=HEADERS)
    back.set_cookie(
        LANGUAGE_COOKIE, language, max_age=YEAR, secure=settings().https, httponly=True, samesite="lax"
    )
    return back
