"""Portal access in words: of a client as a whole (2.6), and of one contact (3.5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal_app.domain.invitations import LASTS_FOR
from portal_app.models import AccessStatus, PortalAccess
from portal_app.text import _

PENDING = frozenset({AccessStatus.INVITED, AccessStatus.UNDELIVERABLE})

Mark = tuple[str, str, str]


def client_mark(statuses: Collection[AccessStatus], *, is_on: bool) -> Mark:
    """Drawing, tone and word of 2.6; `statuses` are of contacts who are not archived, `is_on` firm and client."""
    if is_on and AccessStatus.ACCEPTED in statuses:
        return "done", "ok", _("Activated")
    if PENDING & set(statuses):
        return "half", "wait", _("Pending activation")
    return "ring", "none", _("Not activated")


def access_mark(access: PortalAccess | None, now: datetime) -> Mark:
    """Drawing, tone and word of 3.5; *expired* is worked out from the invitation."""
    if access is None:
        return "ring", "none", _("No access")
    status = access.status
    if status is AccessStatus.INVITED and access.invited_at and now >= access.invited_at + LASTS_FOR:
        return "clock", "wait", _("Expired")
    return {
        AccessStatus.NONE: ("ring", "none", _("No access")),
        AccessStatus.GIVEN: ("ring", "none", _("Given")),
        AccessStatus.INVITED: ("half", "wait", _("Invited")),
        AccessStatus.ACCEPTED: ("done", "ok", _("Accepted")),
        AccessStatus.CANCELLED: ("ring", "none", _("Cancelled")),
        AccessStatus.UNDELIVERABLE: ("stop", "late", _("Undeliverable")),
        AccessStatus.DISABLED: ("lock", "none", _("Disabled")),
    }[status]


def disabled_mark() -> Mark:
    """Of a contact who is archived: nobody signs in, whatever was accepted (2.10)."""
    return "lock", "none", _("Disabled")
