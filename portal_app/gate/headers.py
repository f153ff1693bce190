"""The headers that every answer carries; what a page says more exactly itself is left alone."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

HSTS = "max-age=63072000; includeSubDomains"
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
DOCUMENT_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
"""For a document that has none of its own: our files, no inline script. On documents only: it costs bytes."""


def security_headers(send: Send, *, https: bool) -> Send:
    """`send` with the security headers added to the start of the answer."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            for name, value in EVERYWHERE.items():
                headers.setdefault(name, value)
            if https:
                headers.setdefault("strict-transport-security", HSTS)
            if headers.get("content-type", "").startswith("text/html"):
                headers.setdefault("content-security-policy", DOCUMENT_POLICY)
        await send(message)

    return with_headers
