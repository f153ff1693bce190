"""Signing in by an issuer of the firm (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class IssuerFault(Exception):
    """An issuer that cannot be believed, or asked: `kind` is *away*, *document* or *token*; the text is for the log."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


@dataclass(frozen=True, slots=True)
class IssuerClient:
    """Us, as an issuer knows us."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str = ""


@dataclass(frozen=True, slots=True)
class WayThere:
    """What a browser takes along to the issuer; `hint` is the address that was typed."""

    state: str
    nonce: str
    verifier: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class WayBack:
    """What a browser brings back, and what it must fit; `issuer` is who says that it answered, where it says so."""

    code: str
    nonce: str
    verifier: str
    issuer: str = ""


class Issuers(Protocol):
    """OpenID Connect issuers, by their discovery documents (1.2)."""

    def check(self, issuer: str) -> str:
        """Read the issuer's document; gives the issuer as it calls itself. Raises `IssuerFault`."""
        ...

    def way_there(self, client: IssuerClient, way: WayThere) -> str:
        """The address at the issuer where a browser goes on. Raises `IssuerFault`."""
        ...

    def way_back(self, client: IssuerClient, way: WayBack) -> Mapping[str, Any]:
        """Redeem a code for an ID token, and check it; gives its claims. Raises `IssuerFault`."""
        ...
