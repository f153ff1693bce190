"""Serves what the build made: each page in the reader's language, chunks for ever, our own 404.

All of it lies in memory, some three megabytes: serving touches no disk, and a build that takes the
folder's place leaves a running process whole.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import brotli
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal_app.assets import SITE
from portal_app.http import first_view
from portal_app.http.not_found import not_found
from portal_app.text import LANGUAGES, known_language, use_locale

FOR_EVER = "public, max-age=31536000, immutable"
_END = b"</body>"
_HEAD_END = b"</head>"
_PRELOADED = re.compile(r'<link rel="modulepreload" href="([^"]+)"')
_PLACE = re.compile(r"\[(\w+)\]")


class NotBuilt(Exception):
    """There is no site to serve; the text says how to make one."""


def csp(scripts: Iterable[str] = ()) -> str:
    """The policy of a document whose inline scripts have these hashes (decision 0005)."""
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *scripts)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-src 'self' blob:",
            "form-action 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def documents(folder: Path = SITE) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(language, route, facts) of every page built. Raises NotBuilt when there is none."""
    try:
        languages = json.loads((folder / "documents.json").read_text(encoding="utf-8"))["languages"]
    except FileNotFoundError as error:
        raise NotBuilt(f"There is no site in {folder}. Run `make build`.") from error
    for language, pages in languages.items():
        for route, facts in pages.items():
            yield language, route, facts


@cache
def chunks_of(route: str, language: str, folder: Path = SITE) -> tuple[str, ...]:
    """What the page at `route` loads, for plain pages that lead there to fetch early; nothing before a build.

    `chunks_of(routes.REQUEST, locale())` is the `prefetch` of `rendering.render`.
    """
    try:
        names = {(known, where): facts["file"] for known, where, facts in documents(folder)}
    except NotBuilt:
        return ()
    html = (folder / language / names[language, route]).read_text(encoding="utf-8")
    return tuple(_PRELOADED.findall(html))


@dataclass(frozen=True, slots=True)
class Blob:
    """One file, with what lies packed beside it."""

    content: bytes
    packed: Mapping[str, bytes]
    media_type: str
    etag: str

    @classmethod
    def read(cls, path: Path) -> "Blob":
        """Read a file and its `.br` and `.gz`."""
        content = path.read_bytes()
        beside = {"br": path.with_name(path.name + ".br"), "gzip": path.with_name(path.name + ".gz")}
        packed = {name: file.read_bytes() for name, file in beside.items() if file.is_file()}
        kind = "application/manifest+json" if path.suffix == ".webmanifest" else guess_type(path.name)[0]
        return cls(
            content, packed, kind or "application/octet-stream", hashlib.sha256(content).hexdigest()[:16]
        )


@dataclass(frozen=True, slots=True)
class Document:
    """One page in one language."""

    route: str
    blob: Blob
    policy: str


def accepted(request: Request) -> list[str]:
    """The encodings that we have and the browser takes, best first."""
    said = request.headers.get("accept-encoding", "")
    refused = {
        part.split(";")[0].strip() for part in said.split(",") if re.search(r";\s*q=0(\.0*)?\s*$", part)
    }
    names = {part.split(";")[0].strip() for part in said.split(",")} - refused
    return [name for name in ("br", "gzip") if name in names]


def language_of(request: Request) -> str:
    """The reader's language: what the gate found out, else the browser's wish, else English."""
    if known := known_language(request.headers.get("x-portal-locale")):
        return known
    wishes = re.findall(r"(?:^|,)\s*([a-z]{2})", request.headers.get("accept-language", "").lower())
    return next((wish for wish in wishes if wish in LANGUAGES), "en")


def answer(request: Request, blob: Blob, headers: dict[str, str]) -> Response:
    """The file in the best encoding, or 304 when the browser has it."""
    headers |= {"ETag": f'"{blob.etag}"', "X-Content-Type-Options": "nosniff"}
    if f'"{blob.etag}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    encoding = next((name for name in accepted(request) if name in blob.packed), None)
    if encoding:
        headers["Content-Encoding"] = encoding
    body = blob.packed[encoding] if encoding else blob.content
    return Response(body, headers=headers, media_type=blob.media_type)


def filled(request: Request, document: Document, first: str | first_view.Shown) -> Response:
    """The document with its first view; it is one person's, so nobody keeps it."""
    shown = first_view.Shown(first) if isinstance(first, str) else first
    head, _, tail = document.blob.content.rpartition(_END)
    if shown.head:
        head = head.replace(_HEAD_END, shown.head.encode() + _HEAD_END, 1)
    body = b'%b<div id="first">%b</div>%b%b' % (head, shown.html.encode(), _END, tail)
    headers = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language, Accept-Encoding"}
    headers |= {"Content-Security-Policy": document.policy, "X-Content-Type-Options": "nosniff"}
    if shown.keep:
        headers["Portal-Keep"] = shown.keep
    encodings = accepted(request)
    if "br" in encodings:
        body, headers["Content-Encoding"] = brotli.compress(body, quality=5), "br"
    elif "gzip" in encodings:
        body, headers["Content-Encoding"] = gzip.compress(body, compresslevel=5, mtime=0), "gzip"
    return Response(body, headers=headers, media_type="text/html")


class Site:
    """The built site as an ASGI app. Raises NotBuilt when `folder` holds none."""

    def __init__(self, folder: Path = SITE) -> None:
        self._documents = {
            (language, route): Document(
                route, Blob.read(folder / language / facts["file"]), csp(facts["scripts"])
            )
            for language, route, facts in documents(folder)
        }
        routes = dict.fromkeys(route for _, route in self._documents)
        self._patterns = [
            (re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", route) + "/?$"), route) for route in routes
        ]
        self._files = {
            f"/{path.relative_to(base).as_posix()}": (Blob.read(path), keep)
            for base, below, keep in ((folder, "assets", FOR_EVER), (folder / "public", ".", "no-cache"))
            for path in sorted((base / below).rglob("*"))
            if path.is_file() and path.suffix not in {".br", ".gz"}
        }

    def serves(self, path: str) -> bool:
        """Whether this path is a page or a file of the site."""
        return path in self._files or any(pattern.match(path) for pattern, _ in self._patterns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        with use_locale(language_of(request)):
            response = await self._response(request)
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        path = request.url.path
        if request.method not in {"GET", "HEAD"}:
            return not_found(request)
        if path in self._files:
            blob, keep = self._files[path]
            return answer(request, blob, {"Cache-Control": keep, "Vary": "Accept-Encoding"})
        for pattern, route in self._patterns:
            if match := pattern.match(path):
                request.scope["path_params"] = match.groupdict()
                return await self._page(request, self._documents[language_of(request), route])
        return not_found(request)

    async def _page(self, request: Request, document: Document) -> Response:
        first = await first_view.of(document.route, request)
        if isinstance(first, Response):
            return first
        if first is not None:
            return filled(request, document, first)
        headers = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language, Accept-Encoding"}
        return answer(request, document.blob, headers | {"Content-Security-Policy": document.policy})
