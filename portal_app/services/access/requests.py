"""The door to a request, for staff and for clients."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.services.access.doors import allow
from portal_app.services.access.hands import by_hands
from portal_app.services.access.readers import readers
from portal_app.services.access.sights import Sight, rows_of
from portal_app.services.access.ways import check_way
from portal_app.text import N_, _
from portal_app.work import Work

BY_HANDS = frozenset({Permission.TASK_VIEW, Permission.TASK_COMMENT, Permission.TASK_UPLOAD})
"""What a task handed over is for: reading, writing and sending files; the answer stays the recipient's (5.8a)."""
CLOSED = N_("This request is closed. Ask {firm} if something is still missing.")


def request(
    work: Work, request_id: UUID, permission: Permission, *, lock: bool = False, handed: bool = False
) -> Sight:
    """A request for staff of its firm, a recipient by link, or a contact with an account (3.1, 6.10, 6.21).

    With `handed` also whoever was handed one of its tasks (5.8a): the caller then shows `Sight.handed` alone.

    With `lock` the request's row stays locked until commit. Raises `NotFound`, `SignInNeeded` or, for a
    client whose grant ended, `LinkEnded` saying why (6.23).
    """
    allow(work, permission)
    found = rows_of(work, request_id, lock=lock)
    if found is None:
        raise NotFound(_("There is nothing here."))
    if work.actor.is_staff:
        if found.firm.id != work.actor.firm_id:
            raise NotFound(_("There is nothing here."))
        return found
    sight = next(iter(readers(work, found)), None) or by_hands(work, found, handed=handed)
    if sight.handed and permission not in BY_HANDS:
        who = sight.contact.name if sight.contact else sight.firm.name
        raise RuleBroken(_("This task was handed to you: only {name} can answer it.").format(name=who))
    check_way(sight, permission)
    if sight.is_read_only and permission is not Permission.TASK_VIEW:
        raise RuleBroken(_(CLOSED).format(firm=sight.firm.name))
    return sight
