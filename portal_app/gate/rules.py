"""What the gate reads in a request's head: whose address, which origin, which cookies, which language."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs

from starlette.requests import cookie_parser
from starlette.types import Scope

from portal_app.settings import Settings
from portal_app.text import LANGUAGES

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SOCKET_PATH = "/_event"
SOCKET = "SOCKET"
"""Stands for a handshake's method: not a safe one, since events follow."""
CLOSED_PATHS = frozenset({"_event", "_upload", "ping", "_health", "_all_routes", "auth-codespace"})
"""First parts of Reflex's own paths: its socket has no business with plain requests, the rest none with anybody."""
STATIC_ENDINGS = (".js", ".css", ".map", ".svg", ".png", ".webp", ".ico", ".woff2", ".webmanifest")

OURS = "x-portal-"
"""Headers of this beginning are written by the gate alone."""
FORWARDED = frozenset({"forwarded", "x-real-ip"})
SOCKET_HEADERS = frozenset({"host", "origin", "user-agent", "accept-language", "connection", "upgrade"})
"""All that Reflex sees of a handshake, besides `sec-websocket-*`: it keeps what it sees in its state store."""

LANGUAGE_COOKIE = "lang"
_TOKEN = re.compile(r"[0-9a-fA-F-]{16,64}")

Headers = list[tuple[bytes, bytes]]


class From(Enum):
    """Where a request says it comes from."""

    HERE = "here"
    NOWHERE = "nowhere"
    """It does not say; browsers always do on sockets and posts, so its cookies are not believed."""
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Head:
    """The head of one request or handshake."""

    path: str
    method: str
    headers: Mapping[str, str]
    address: str
    cookies: Mapping[str, str]
    language: str
    origin: From
    is_plain: bool = False
    """Whether it came by plain http where people are to come by https (15.4)."""

    @property
    def is_static(self) -> bool:
        """A built file, the same for everybody: no session is looked up for it."""
        return self.path.endswith(STATIC_ENDINGS)

    @property
    def is_safe(self) -> bool:
        """A method that changes nothing."""
        return self.method in SAFE_METHODS

    @property
    def believes_cookies(self) -> bool:
        """Whether the cookies speak for the person: from here, or where nothing changes and nobody else asks."""
        return self.origin is From.HERE or (self.origin is From.NOWHERE and self.is_safe)

    @property
    def is_closed(self) -> bool:
        """A path that Reflex serves and we do not."""
        return self.area in CLOSED_PATHS

    @property
    def area(self) -> str:
        """The path's first part: what may stand in a log, since later parts may be secrets (6.3)."""
        return self.path.lstrip("/").partition("/")[0]


def read(scope: Scope, settings: Settings) -> Head:
    """Read the head of an HTTP request or a socket's handshake."""
    headers = joined(scope["headers"])
    cookies = cookie_parser(headers.get("cookie", ""))
    return Head(
        path=scope["path"],
        method=scope.get("method", SOCKET),
        headers=headers,
        address=client_address(scope, headers, settings.trusted_proxy_hops),
        cookies=cookies,
        language=language(cookies.get(LANGUAGE_COOKIE, ""), headers.get("accept-language", "")),
        origin=whence(headers, settings, is_socket=scope["type"] == "websocket"),
        is_plain=settings.https and is_plain_http(headers, settings.trusted_proxy_hops),
    )


def joined(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header names in lower case; what is sent twice is one list."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        glue = "; " if key == "cookie" else ", "
        headers[key] = headers[key] + glue + text if key in headers else text
    return headers


def client_address(scope: Scope, headers: Mapping[str, str], hops: int) -> str:
    """The client's address as the outermost of `hops` proxies of ours saw it; never what a client claims."""
    peer = (scope.get("client") or ("",))[0]
    chain = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if hops == 0 or len(chain) < hops:
        return _plain(peer) or ""
    return _plain(chain[-hops]) or _plain(peer) or ""


def is_plain_http(headers: Mapping[str, str], hops: int) -> bool:
    """Whether the outermost proxy of ours was reached by plain http, as `X-Forwarded-Proto` says.

    Who forges it only sends themselves elsewhere; a proxy that says nothing has to redirect by itself.
    """
    chain = [part.strip().lower() for part in headers.get("x-forwarded-proto", "").split(",")]
    return (chain[-hops] if 0 < hops <= len(chain) else chain[0]) in {"http", "ws"}


def _plain(address: str) -> str | None:
    """An address without port or brackets; None when it is none."""
    bare = address.partition("]")[0].lstrip("[") if address.startswith("[") else address
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(_parsed(bare))
    except ValueError:
        return None


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address; an IPv4 one that came dressed as IPv6 (`::ffff:a.b.c.d`) is IPv4. Raises `ValueError`."""
    parsed = ipaddress.ip_address(address)
    mapped = parsed.ipv4_mapped if parsed.version == 6 else None
    return mapped or parsed


def neighbourhood(address: str) -> str:
    """What is counted as one address: an IPv6 customer has a whole /64."""
    try:
        parsed = _parsed(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def whence(headers: Mapping[str, str], settings: Settings, *, is_socket: bool) -> From:
    """Compare Origin with our own.

    A form on a page with `Referrer-Policy: no-referrer` posts `Origin: null`; then only the browser's own
    Sec-Fetch-Site, which no page can write, shows that the page is ours. Browsers leave it out on plain http
    from another machine; there, in the demo alone, the cookies' SameSite=Lax has to do.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin in settings.origins:
        return From.HERE
    if is_socket or origin not in (None, "null"):
        return From.NOWHERE if origin is None else From.ELSEWHERE
    if site == "same-origin" or (origin == "null" and site is None and not settings.https):
        return From.HERE
    return From.NOWHERE if origin is None else From.ELSEWHERE


def language(cookie: str, accepted: str) -> str:
    """The person's choice, else the first of ours that the browser prefers, else English."""
    if cookie in LANGUAGES:
        return cookie
    wishes: list[tuple[float, str]] = []
    for wish in accepted.split(",")[:20]:
        tag, _, quality = wish.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    known = [tag for _, tag in sorted(wishes, key=lambda wish: wish[0]) if tag in LANGUAGES]
    return known[0] if known else LANGUAGES[0]


def is_tab_token(query: bytes) -> bool:
    """Whether a handshake names one tab, by something that looks like Reflex's token."""
    named = parse_qs(query.decode("latin-1")).get("token", [])
    return len(named) == 1 and _TOKEN.fullmatch(named[0]) is not None


def passed_on(raw: Headers, ours: Mapping[str, str], *, dropped: frozenset[str] = frozenset()) -> Headers:
    """A request's headers as they go inside: without what only the gate may say, with what it does say."""
    kept = [(name, value) for name, value in raw if _passes(_key(name), dropped)]
    return kept + _written(ours)


def to_socket(raw: Headers, ours: Mapping[str, str]) -> Headers:
    """A handshake's headers as Reflex sees them: the few it needs, and ours."""
    kept = [(name, value) for name, value in raw if _is_for_socket(_key(name))]
    return kept + _written(ours)


def _key(name: bytes) -> str:
    return name.decode("latin-1").lower().replace("_", "-")


def _passes(key: str, dropped: frozenset[str]) -> bool:
    return not (key.startswith((OURS, "x-forwarded-")) or key in FORWARDED or key in dropped)


def _is_for_socket(key: str) -> bool:
    return key in SOCKET_HEADERS or key.startswith("sec-websocket-")


def _written(ours: Mapping[str, str]) -> Headers:
    return [(name.encode(), value.encode("latin-1", "replace")) for name, value in ours.items() if value]
