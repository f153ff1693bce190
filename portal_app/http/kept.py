"""What somebody typed when their session had ended: it waits in their own browser, sealed, until they are back (4.10)."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from portal_app.http import visitors
from portal_app.http.plain import Typed
from portal_app.settings import settings

COOKIE: Final = "typed"
LASTS_FOR: Final = 30 * 60  # seconds: as long as a sign-in waits for its second step
LARGEST: Final = 3_800
"""What browsers keep of one cookie is 4,096 bytes; what is more is not kept."""
SECRET: Final = frozenset({"password", "code"})


def keep(response: Response, request: Request, typed: Typed) -> None:
    """Let the browser hold what was typed, without passwords and codes, for whom the form was made: its field `for`."""
    said = {name: value for name, value in typed.items() if name not in SECRET}
    packed = zlib.compress(json.dumps(said).encode())
    sealed = urlsafe_b64encode(visitors.ports_of(request).sealer.seal(packed, b"typed")).decode()
    if len(sealed) <= LARGEST:
        response.set_cookie(
            COOKIE, sealed, max_age=LASTS_FOR, secure=settings().https, httponly=True, samesite="lax"
        )


def take(request: Request, person_id: str) -> dict[str, str]:
    """What this person typed before they signed in again; nothing of anybody else's."""
    sealed = request.cookies.get(COOKIE, "")
    if not sealed:
        return {}
    try:
        packed = visitors.ports_of(request).sealer.unseal(urlsafe_b64decode(sealed), b"typed")
        said = json.loads(zlib.decompress(packed))
    except Exception:  # noqa: BLE001 (anybody may write the cookie: what is not ours is nothing)
        return {}
    return dict(said) if said.get("for") == person_id else {}


def forget(response: Response, request: Request) -> None:
    """It is in the form now."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, secure=settings().https, httponly=True, samesite="lax")
