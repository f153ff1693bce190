"""Signing in by OpenID Connect: what a firm allows, whom an issuer vouches for, and what may be said of it (1.2)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from portal_app.domain.actors import Role

ATTEMPT_LASTS_FOR: Final = timedelta(minutes=10)
"""How long somebody may take at the issuer."""
LONGEST: Final = 300
LONGEST_SUBJECT: Final = 255  # OpenID Connect Core, 2
GOOGLE: Final = "https://accounts.google.com"
MICROSOFT: Final = "https://login.microsoftonline.com/{tenant}/v2.0"
_OF_ALL: Final = frozenset({"common", "organizations", "consumers"})
_MICROSOFT = re.compile(r"https://login\.microsoftonline\.com/([^/]+)/v2\.0")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


class Preset(StrEnum):
    """Which issuer it is, as the settings call it."""

    GOOGLE = "google"
    MICROSOFT = "microsoft"
    OTHER = "other"


class StaffSignIn(StrEnum):
    """By which ways a firm's staff may sign in."""

    PASSWORD = "password"  # noqa: S105 (a way)
    EITHER = "either"
    ISSUER = "issuer"


@dataclass(frozen=True, slots=True)
class Ways:
    """What one person may use."""

    password: bool = True
    issuer: bool = False


def ways(allowed: StaffSignIn, role: Role, *, has_issuer: bool) -> Ways:
    """What a person of this role may use; an owner always keeps the password, and so does everybody without an issuer."""
    if not has_issuer or allowed is StaffSignIn.PASSWORD:
        return Ways()
    return Ways(password=allowed is StaffSignIn.EITHER or role is Role.OWNER, issuer=True)


def issuer_fault(url: str, *, may_be_plain: bool = False) -> str:
    """Why this is no address of an issuer: `scheme`, `form`, `all` (of everybody's accounts); empty where it is one.

    `may_be_plain` lets http through to this machine, for the demo and tests.
    """
    parts = urlsplit(url)
    is_here = parts.hostname in {"localhost", "127.0.0.1"} and may_be_plain
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        return "scheme"
    if not _HOST.fullmatch(parts.hostname or "") or parts.query or parts.fragment or parts.username:
        return "form"
    tenant = _MICROSOFT.fullmatch(url)
    return "all" if tenant and tenant[1] in _OF_ALL else ""


def is_inside(address: str) -> bool:
    """Whether a network address is not the public internet's: what asks there must have been let."""
    return not ipaddress.ip_address(address).is_global


@dataclass(frozen=True, slots=True)
class Claims:
    """What a checked ID token says; `email` is empty unless the issuer says that it is verified."""

    issuer: str
    subject: str
    email: str = ""


def claims_of(token: Mapping[str, Any]) -> Claims:
    """The claims that count. *Verified* is `email_verified`, or Microsoft's `xms_edov`; anything but yes is no."""
    is_verified = any(token.get(name) in (True, 1, "1", "true") for name in ("email_verified", "xms_edov"))
    email = token.get("email")
    return Claims(
        issuer=str(token["iss"]),
        subject=str(token["sub"]),
        email=email if is_verified and isinstance(email, str) else "",
    )
