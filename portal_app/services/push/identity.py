"""The key by which push services know this installation: made once, kept sealed (10.3, 11.1)."""

from __future__ import annotations

import base64
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.exc import IntegrityError

from portal_app.domain.actors import Actor
from portal_app.models import VapidKey
from portal_app.ports import Ports, VapidIdentity
from portal_app.work import Work, begin, reading

_ABOUT: Final = b"vapid key"


def identity(ports: Ports) -> VapidIdentity:
    """The installation's key, made at the first start; of two who make it, the first stands."""
    for _try in range(2):
        with reading(ports, Actor.nobody()) as work:
            if row := work.session.get(VapidKey, 1):
                private = ports.sealer.unseal(row.sealed, _ABOUT)
                return VapidIdentity(private, row.public, ports.settings.push_contact)
        try:
            with begin(ports, Actor.nobody()) as work:
                _make(work)
        except IntegrityError:
            continue
    return identity(ports)


def public_key(ports: Ports) -> str:
    """What browsers ask their push service with; empty before the portal was started once."""
    with reading(ports, Actor.nobody()) as work:
        row = work.session.get(VapidKey, 1)
        return row.public if row else ""


def _make(work: Work) -> None:
    if work.session.get(VapidKey, 1) is not None:
        return
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    public = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    work.add(VapidKey(id=1, sealed=work.ports.sealer.seal(private, _ABOUT), public=public))
