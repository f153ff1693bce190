"""A push service of our own: it takes what a browser's would, opens it as the browser would, and checks who sent it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal_app.domain.pushing import PushTarget


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


@dataclass
class Came:
    """One push as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    claims: dict[str, Any]


@dataclass
class PushService:
    """A server with one browser behind it; `answers` are given one after the other, then 201."""

    port: int = 0
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    came: list[Came] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes ok"

    def target(self, name: str = "one") -> PushTarget:
        """What the browser would give its page."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return PushTarget(f"http://127.0.0.1:{self.port}/push/{name}", text(point), text(self.secret))

    def said(self, number: int = -1) -> dict[str, Any]:
        """What the browser reads in a push (RFC 8291)."""
        body = http_ece.decrypt(
            self.came[number].body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
        )
        return json.loads(body)  # type: ignore[no-any-return]


def checked_claims(authorization: str) -> dict[str, Any]:
    """The claims of a VAPID token whose signature fits its key (RFC 8292). Raises `InvalidSignature`."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(raw(head)) == {"typ": "JWT", "alg": "ES256"}
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    signed = raw(signature)
    dss = encode_dss_signature(int.from_bytes(signed[:32], "big"), int.from_bytes(signed[32:], "big"))
    key.verify(dss, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    return {**json.loads(raw(claims)), "k": parts["k"]}


def held(service: PushService) -> list[dict[str, Any]]:
    """What a browser that slept all the time gets when it wakes: of one topic the newest (RFC 8030, 5.4)."""
    newest = {(came.path, came.headers.get("topic", str(at))): at for at, came in enumerate(service.came)}
    return [service.said(at) for at in sorted(newest.values())]


@contextmanager
def push_service() -> Iterator[PushService]:
    """Serve one on this machine while the block lasts."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.came.append(Came(self.path, headers, body, checked_claims(headers["authorization"])))
            status, more = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
