"""The level of portal access, changed after it was given (3.1, 3.10)."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel, AccessStatus
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.invitations import invitations
from portal_app.text import _
from portal_app.work import begin

WITHOUT = frozenset({AccessStatus.NONE, AccessStatus.CANCELLED})


def change_level(ports: Ports, actor: Actor, client_id: UUID, contact_id: UUID, level: AccessLevel) -> bool:
    """Give the contact another level at this client; false where it is theirs already.

    It holds from their next event on, in open tabs too: these are told to look again. An invitation that is open
    is accepted at it. Raises `RuleBroken` where no access was given.
    """
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        case = invitations.case_of(work, client, contact)
        row = case.access
        if row is None or row.status in WITHOUT:
            raise RuleBroken(
                _("{name} has no access to this client. Give it first.").format(name=contact.name)
            )
        if row.level is level:
            return False
        row.level = level
        work.add(row)
        invitations.record(work, case, f"access_made_{level}", "access:level_changed", level=level.value)
        work.ring(f"contact:{contact.id}")
        return True


def words(level: AccessLevel) -> str:
    """What the status region says once it was changed."""
    if level is AccessLevel.FULL:
        return _("Full access: they see every request sent for this client, from now on.")
    return _("Limited access: they see what was sent to them alone, from now on.")
