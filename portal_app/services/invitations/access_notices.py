"""Whether one contact's access to one client brings e-mail notifications (2.8, 9.6)."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.invitations import invitations, levels
from portal_app.text import _
from portal_app.work import begin


def set_notices(ports: Ports, actor: Actor, client_id: UUID, contact_id: UUID, *, is_on: bool) -> None:
    """Switch e-mail notifications about a client on or off for a contact (9.6).

    Raises `RuleBroken` for somebody without access, `NotFound`.
    """
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT)
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        case = invitations.case_of(work, client, contact)
        row = case.access
        if row is None or row.status in levels.WITHOUT:
            raise RuleBroken(
                _("{name} has no access to this client. Give it first.").format(name=contact.name)
            )
        if (row.notices_off_at is None) != is_on:
            row.notices_off_at = None if is_on else work.now
            work.add(row)
            word = "on" if is_on else "off"
            invitations.record(work, case, f"access_notices_{word}", f"access:notices_{word}")
