"""Web Push over httpx: sealed for the browser (RFC 8291), signed with our key (RFC 8292), asked of public machines alone."""

from __future__ import annotations

import base64
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import http_ece  # type: ignore[import-untyped]
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from portal_app.adapters.issuers import Outside
from portal_app.domain.pushing import PushTarget, audience
from portal_app.ports import Clock, Push, PushGone, PushRefused, VapidIdentity

PATIENCE: Final = 15.0  # seconds
TOKEN_LASTS_FOR: Final = 12 * 3600  # seconds; RFC 8292 allows 24 hours
GONE: Final = frozenset({404, 410})
TOO_MANY: Final = 429
HEAD: Final = b'{"typ":"JWT","alg":"ES256"}'


class WebPusher:
    """One push, one request; redirects are not followed."""

    def __init__(self, clock: Clock, *, may_be_inside: bool = False) -> None:
        self._clock, self._may_be_inside = clock, may_be_inside

    def push(self, push: Push, identity: VapidIdentity) -> None:
        """Hand a push over. Raises `PushGone` or `PushRefused`."""
        try:
            body = _sealed(push.payload, push.target)
            headers = {
                "TTL": str(int(push.lasts_for.total_seconds())),
                "Urgency": "high" if push.is_urgent else "normal",
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "Authorization": _authorization(push.target.endpoint, identity, self._clock.now()),
            }
            if push.topic:
                headers["Topic"] = push.topic
            with httpx.Client(
                transport=Outside(may_be_inside=self._may_be_inside), timeout=PATIENCE
            ) as client:
                answer = client.post(push.target.endpoint, content=body, headers=headers)
        except httpx.HTTPError as fault:
            # A repeat under one topic takes the place of the first, so an unknown outcome may be tried again.
            raise PushRefused(f"no answer: {type(fault).__name__}", is_final=False) from fault
        except ValueError as fault:
            raise PushRefused(f"its keys are none: {type(fault).__name__}", is_final=True) from fault
        _judge(answer, self._clock.now())


def _judge(answer: httpx.Response, now: datetime) -> None:
    if answer.is_success:
        return
    if answer.status_code in GONE:
        raise PushGone
    is_later = answer.status_code == TOO_MANY or answer.is_server_error
    raise PushRefused(
        f"the push service answered {answer.status_code}",
        code=answer.status_code,
        is_final=not is_later,
        retry_after=_retry_after(answer.headers.get("retry-after", ""), now) if is_later else 0,
    )


def _retry_after(said: str, now: datetime) -> int:
    """Seconds, of a number or a date; nothing where it says neither."""
    if said.isdigit():
        return min(int(said), 24 * 3600)
    try:
        at = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return 0
    return max(0, min(int((at - now).total_seconds()), 24 * 3600)) if at.tzinfo else 0


def _sealed(payload: bytes, target: PushTarget) -> bytes:
    return http_ece.encrypt(  # type: ignore[no-any-return]
        payload,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(target.p256dh),
        auth_secret=_bytes(target.auth),
        version="aes128gcm",
    )


def _authorization(endpoint: str, identity: VapidIdentity, now: datetime) -> str:
    key = load_der_private_key(identity.private, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not a key for pushes")
    claims = (
        f'{{"aud":"{audience(endpoint)}","exp":{int(now.timestamp()) + TOKEN_LASTS_FOR},'
        f'"sub":"{identity.subject}"}}'
    )
    signed = f"{_text(HEAD)}.{_text(claims.encode())}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = _text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={identity.public}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
