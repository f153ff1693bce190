"""An authenticator in software: answers what pages ask of passkeys, as a browser and a phone would together."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(said: str) -> bytes:
    return urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class SoftKey:
    """One key on one device; `origin` is where its browser is."""

    origin: str = "http://localhost:8000"
    counter: int = 0
    knows_person: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: str) -> str:
        """Answer a request for a new key."""
        asked = json.loads(options)
        numbers = self._private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        about = self._about(asked["rp"]["id"], ATTESTED)
        about += bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": about})
        client = self._client("webauthn.create", asked)
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(attested)})

    def sign(self, options: str) -> str:
        """Answer a question."""
        asked = json.loads(options)
        self.counter += 1
        about, client = self._about(asked["rpId"]), self._client("webauthn.get", asked)
        signed = self._private.sign(about + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(about),
                "signature": text(signed),
                "userHandle": None,
            }
        )

    def _about(self, rp_id: str, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.knows_person else 0) | more
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        known = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return json.dumps(known | {"response": response, "clientExtensionResults": {}})
