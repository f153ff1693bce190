"""OpenID Connect, by Authlib: an issuer's documents, the way there, and the ID token on the way back (1.2).

What an issuer sends is bounded in size and time, its redirects are not followed, and unless the operator says
otherwise nothing is asked of a machine that is not on the public internet.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

import httpx
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal_app.domain.issuers import is_inside, issuer_fault
from portal_app.ports import Clock, IssuerClient, IssuerFault, WayBack, WayThere

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that the issuer alone holds: neither *none* nor one made with the client's secret."""
PATIENCE: Final = 8.0
"""Seconds that an answer may take."""
LARGEST: Final = 256 * 1024  # bytes of one answer
KEPT_FOR: Final = timedelta(minutes=10)
OFF_BY: Final = 60
"""Seconds that an issuer's clock may be off."""
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_DOCUMENT: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class _Known:
    """An issuer's document and keys, as they were read."""

    document: Mapping[str, Any]
    keys: KeySet
    at: datetime


@dataclass(frozen=True, slots=True)
class _Given:
    """What a code was redeemed for."""

    id_token: str
    access_token: str


@dataclass
class OidcIssuers:
    """Talks to issuers; what they publish is kept for ten minutes."""

    clock: Clock
    may_be_inside: bool = False
    """Lets addresses of this machine and of private networks through, and plain http to this machine."""
    _known: dict[str, _Known] = field(default_factory=dict)

    def check(self, issuer: str) -> str:
        """Read the issuer's document anew; gives the issuer as it calls itself. Raises `IssuerFault`."""
        return str(self._read(issuer).document["issuer"])

    def way_there(self, client: IssuerClient, way: WayThere) -> str:
        """The address at the issuer where a browser goes on (authorization code with PKCE). Raises `IssuerFault`."""
        document = self._of(client.issuer).document
        oauth = OAuth2Client(
            None,
            client.client_id,
            redirect_uri=client.redirect_uri,
            scope="openid email",
            code_challenge_method="S256",
        )
        url, _state = oauth.create_authorization_url(
            document["authorization_endpoint"],
            state=way.state,
            nonce=way.nonce,
            code_verifier=way.verifier,
            **({"login_hint": way.hint} if way.hint else {}),
        )
        return str(url)

    def way_back(self, client: IssuerClient, way: WayBack) -> Mapping[str, Any]:
        """Redeem the code and check the ID token; gives its claims. Raises `IssuerFault`."""
        known = self._of(client.issuer)
        if way.issuer != client.issuer and (
            way.issuer or known.document.get("authorization_response_iss_parameter_supported")
        ):
            raise IssuerFault("token", "the answer came from another issuer")
        given = self._token(client, way, known.document)
        return self._with_email(self._claims(client, way, given), given, known.document)

    def _token(self, client: IssuerClient, way: WayBack, document: Mapping[str, Any]) -> _Given:
        supported = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        proof: dict[str, Any] = {
            "auth": httpx.BasicAuth(quote_plus(client.client_id), quote_plus(client.secret))
        }
        if "client_secret_basic" not in supported:
            proof = {"auth": httpx.Auth(), "client_id": client.client_id, "client_secret": client.secret}
        try:
            with httpx.Client(transport=self._transport(), timeout=PATIENCE) as session:
                token = OAuth2Client(session, redirect_uri=client.redirect_uri).fetch_token(
                    document["token_endpoint"],
                    grant_type="authorization_code",
                    code=way.code,
                    code_verifier=way.verifier,
                    **proof,
                )
        except OAuth2Error as fault:
            raise IssuerFault("token", f"the code was not taken: {fault.error}") from fault
        except (httpx.HTTPError, ValueError) as fault:
            raise IssuerFault("away", f"the token endpoint: {type(fault).__name__}") from fault
        id_token = token.get("id_token") if isinstance(token, Mapping) else None
        if not isinstance(id_token, str):
            raise IssuerFault("token", "no ID token came")
        return _Given(id_token, str(token.get("access_token") or ""))

    def _with_email(
        self, claims: Mapping[str, Any], given: _Given, document: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Where the ID token names no address, what the issuer says of the same person when it is asked."""
        endpoint = document.get("userinfo_endpoint")
        if "email" in claims or not given.access_token or not isinstance(endpoint, str):
            return claims
        found = self._json(endpoint, Authorization=f"Bearer {given.access_token}")
        if found.get("sub") != claims["sub"]:
            raise IssuerFault("token", "what it says of the person is of somebody else")
        return {**claims, "email": found.get("email"), "email_verified": found.get("email_verified")}

    def _claims(self, client: IssuerClient, way: WayBack, given: _Given) -> Mapping[str, Any]:
        """Signature first, then what it says. The issuer's keys are read once more where none of them fits."""
        try:
            token = jwt.decode(given.id_token, self._of(client.issuer).keys, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            token = self._with_new_keys(client, given)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"value": client.issuer},
                "aud": {"value": client.client_id},
                "sub": {"essential": True},
            },
            {"nonce": way.nonce, "client_id": client.client_id, "access_token": given.access_token},
        )
        try:
            claims.validate(now=int(self.clock.now().timestamp()), leeway=OFF_BY)
        except (JoseError, ValueError, TypeError) as fault:
            raise IssuerFault("token", f"{type(fault).__name__}: {fault}") from fault
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise IssuerFault("token", "it names nobody")
        return dict(claims)

    def _with_new_keys(self, client: IssuerClient, given: _Given) -> jwt.Token:
        keys = self._read(client.issuer).keys
        try:
            return jwt.decode(given.id_token, keys, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError) as fault:
            raise IssuerFault("token", f"{type(fault).__name__}: {fault}") from fault

    def _of(self, issuer: str) -> _Known:
        known = self._known.get(issuer)
        if known is not None and self.clock.now() - known.at < KEPT_FOR:
            return known
        return self._read(issuer)

    def _read(self, issuer: str) -> _Known:
        document = self._json(issuer.rstrip("/") + _DOCUMENT)
        own = document.get("issuer")
        if not isinstance(own, str) or own.rstrip("/") != issuer.rstrip("/"):
            raise IssuerFault("document", "it names another issuer")
        for name in NEEDED:
            if not isinstance(document.get(name), str) or issuer_fault(
                _without_query(document[name]), may_be_plain=self.may_be_inside
            ) in ("scheme", "form"):
                raise IssuerFault("document", f"it names no {name}")
        try:
            keys = KeySet.import_key_set(self._json(document["jwks_uri"]))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as fault:
            raise IssuerFault("document", "its keys cannot be read") from fault
        self._known[own] = known = _Known(document, keys, self.clock.now())
        return known

    def _json(self, url: str, **headers: str) -> dict[str, Any]:
        try:
            with httpx.Client(transport=self._transport(), timeout=PATIENCE) as client:
                answer = client.get(url, headers={"Accept": "application/json", **headers})
                answer.raise_for_status()
                found = answer.json()
        except (httpx.HTTPError, ValueError) as fault:
            raise IssuerFault("away", f"{url}: {type(fault).__name__}") from fault
        if not isinstance(found, dict):
            raise IssuerFault("document", f"{url} is no document")
        return found

    def _transport(self) -> httpx.BaseTransport:
        return Outside(may_be_inside=self.may_be_inside)


class Outside(httpx.BaseTransport):
    """Asks the address that a name stands for once it was looked at, so that it cannot change in between."""

    def __init__(self, *, may_be_inside: bool) -> None:
        self._may_be_inside = may_be_inside
        self._inner = httpx.HTTPTransport(retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises `httpx.ConnectError` for a machine that is not to be asked."""
        host = request.url.host
        request.headers["Accept-Encoding"] = "identity"
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=self._address(host, request.url.port))
        answer = self._inner.handle_request(request)
        try:
            return httpx.Response(answer.status_code, headers=answer.headers, content=_bounded(answer))
        finally:
            answer.close()

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()

    def _address(self, host: str, port: int | None) -> str:
        try:
            found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
        except OSError as fault:
            raise httpx.ConnectError(f"no address for {host}") from fault
        addresses = [str(one[4][0]).partition("%")[0] for one in found]
        if not self._may_be_inside and any(is_inside(address) for address in addresses):
            raise httpx.ConnectError(f"{host} is not on the public internet")
        v4 = [one for one in addresses if ipaddress.ip_address(one).version == 4]
        return (v4 or addresses)[0]


def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > LARGEST:
            raise httpx.ReadError("too much came")
    return bytes(body)


def _without_query(url: str) -> str:
    return url.partition("?")[0]
