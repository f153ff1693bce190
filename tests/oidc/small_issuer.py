"""An OpenID Connect issuer of our own, on loopback, that says whatever a test wants it to say (asvs 22)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "portal", "the client's secret"
Change = Callable[["SmallIssuer", dict[str, Any]], str | None]


@dataclass
class SmallIssuer:
    """Keys, what was asked of it, and how the next ID token is changed before it leaves."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    now: Callable[[], int] = lambda: 0
    person: dict[str, Any] = field(default_factory=dict)
    change: Change | None = None
    document: dict[str, Any] = field(default_factory=dict)
    redeemed: list[dict[str, str]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    """What the browser brought along."""

    def arrive(self, address: str) -> dict[str, str]:
        """A browser comes by this address; gives what it takes back: code and state."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        self.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return {"code": "the code", "state": self.asked["state"]}

    def token(self) -> dict[str, Any]:
        """The answer of the token endpoint."""
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "nonce": self.asked["nonce"],
            "iat": self.now(),
            "exp": self.now() + 300,
        } | self.person
        changed = self.change(self, claims) if self.change else None
        return {
            "access_token": "opaque",
            "token_type": "Bearer",
            "id_token": changed or self.signed(claims),
        }

    def signed(self, claims: dict[str, Any], *, key: RSAKey | None = None, **header: str) -> str:
        """An ID token."""
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": "one", **header}, claims, key)


def unsigned(_issuer: SmallIssuer, claims: dict[str, Any]) -> str:
    """Signed by nobody: `alg` is *none*."""
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    return ".".join(_b64(json.dumps(part).encode()) for part in parts) + "."


def by_the_secret(_issuer: SmallIssuer, claims: dict[str, Any]) -> str:
    """Signed with the client's secret, which is not the issuer's alone."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def by_the_public_key(issuer: SmallIssuer, claims: dict[str, Any]) -> str:
    """Signed with the issuer's public key as if it were a secret."""
    parts = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "one"}, claims))
    return f"{parts}.{_b64(hmac.digest(issuer.key.as_pem(private=False), parts.encode(), 'sha256'))}"


def by_an_unknown_key(issuer: SmallIssuer, claims: dict[str, Any]) -> str:
    """Signed by a key that the issuer does not publish, under a name of its own."""
    return issuer.signed(claims, key=RSAKey.generate_key(2048, {"kid": "two"}), kid="two")


def by_a_key_of_the_same_name(issuer: SmallIssuer, claims: dict[str, Any]) -> str:
    """Signed by another key that bears the name of the published one."""
    return issuer.signed(claims, key=RSAKey.generate_key(2048, {"kid": "one"}))


def with_claims(**wrong: Any) -> Change:
    """Says something else; None leaves the claim out. What begins with + is added to the moment of now."""

    def change(issuer: SmallIssuer, claims: dict[str, Any]) -> None:
        for name, value in wrong.items():
            if value is None:
                claims.pop(name)
            elif name in ("exp", "iat", "nbf") and isinstance(value, int):
                claims[name] = issuer.now() + value
            else:
                claims[name] = value

    return change


@contextmanager
def small_issuer() -> Iterator[SmallIssuer]:
    """Serve it until the block ends."""
    issuer = SmallIssuer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return None

        def do_GET(self) -> None:
            _answer(self, _get(issuer, self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            _answer(self, _redeem(issuer, fields, self.headers["Authorization"] or ""))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _get(issuer: SmallIssuer, path: str) -> dict[str, Any] | None:
    if path == "/.well-known/openid-configuration":
        own = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return (
            {"issuer": issuer.url}
            | {name: issuer.url + place for name, place in own.items()}
            | issuer.document
        )
    return {"keys": [issuer.key.as_dict(private=False)]} if path == "/keys" else None


def _redeem(issuer: SmallIssuer, fields: dict[str, str], authorization: str) -> dict[str, Any] | None:
    challenge = _b64(hashlib.sha256(fields["code_verifier"].encode()).digest())
    given = [
        unquote_plus(part)
        for part in base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
    ]
    assert challenge == issuer.asked["code_challenge"], "PKCE"
    assert given == [CLIENT, SECRET]
    issuer.redeemed.append(fields)
    return issuer.token() if fields["code"] == "the code" else None


def _answer(handler: BaseHTTPRequestHandler, found: dict[str, Any] | None) -> None:
    body = json.dumps(found if found is not None else {"error": "invalid_grant"}).encode()
    handler.send_response(200 if found is not None else 400)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
