"""The portal switched on and off, for the firm and client by client (1.3, 2.3, 2.14)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import AccessStatus, Client, Firm, Invitation
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.invitations import invitation_rows
from portal_app.text import _
from portal_app.work import Work, begin

SWITCHED_OFF = "portal off"


def switch_client(ports: Ports, actor: Actor, client_id: UUID, *, is_on: bool) -> bool:
    """Switch the portal on or off for a client; false where it is so already.

    On, later sends are magic links (2.4). Off, nobody signs in to it from their next event, open invitations
    are cancelled, links that were sent work on and later sends are classic; what was accepted comes back with
    the portal (2.14). Raises `RuleBroken` while the firm's portal is off (1.3).
    """
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        if (client.portal_on_at is not None) == is_on:
            return False
        firm = work.session.get_one(Firm, client.firm_id)
        if is_on and firm.portal_on_at is None:
            raise RuleBroken(_("The portal is off for the whole firm. Switch it on in the settings first."))
        if is_on and client.archived_at is not None:
            raise RuleBroken(_("This was archived. Restore it first."))
        switch(work, client, is_on=is_on)
        return True


def switch(work: Work, client: Client, *, is_on: bool) -> None:
    """Switch the portal of a client that is locked, and write it down; whether it may be, the caller has looked at."""
    client.portal_on_at = work.now if is_on else None
    work.add(client)
    if not is_on:
        _end_invitations(work, client_id=client.id)
    word = "on" if is_on else "off"
    work.note(
        f"portal_switched_{word}", firm_id=client.firm_id, client_id=client.id, facts={"name": client.name}
    )
    work.audit(
        f"client:portal_switched_{word}", firm_id=client.firm_id, subject_kind="client", subject_id=client.id
    )
    work.ring(f"firm:{client.firm_id}")


def switch_firm(ports: Ports, actor: Actor, *, is_on: bool) -> bool:
    """Switch the portal on or off for the firm; on, it changes nothing for any client by itself (1.3, 2.14)."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id, with_for_update=True)
        if (firm.portal_on_at is not None) == is_on:
            return False
        firm.portal_on_at = work.now if is_on else None
        work.add(firm)
        if not is_on:
            _end_invitations(work)
        word = "on" if is_on else "off"
        work.note(f"portal_firm_{word}", firm_id=firm.id)
        work.audit(f"firm:portal_switched_{word}", firm_id=firm.id, subject_kind="firm", subject_id=firm.id)
        work.ring(f"firm:{firm.id}")
        return True


def let_contacts_invite(ports: Ports, actor: Actor, *, is_on: bool) -> bool:
    """Whether contacts with full access may invite others to their client (3.6); false where it is so already."""
    return _rule_of_invites(ports, actor, "contacts_may_invite", is_on=is_on)


def approve_first(ports: Ports, actor: Actor, *, is_on: bool) -> bool:
    """Whether staff look at such an invitation before it leaves (3.6). What waits goes on waiting."""
    return _rule_of_invites(ports, actor, "invites_need_approval", is_on=is_on)


def _rule_of_invites(ports: Ports, actor: Actor, column: str, *, is_on: bool) -> bool:
    with begin(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id, with_for_update=True)
        if getattr(firm, column) is is_on:
            return False
        setattr(firm, column, is_on)
        work.add(firm)
        work.audit(
            "settings:changed",
            firm_id=firm.id,
            subject_kind="firm",
            subject_id=firm.id,
            fields=column,
            now=is_on,
        )
        work.ring(f"firm:{firm.id}")
        return True


def _end_invitations(work: Work, client_id: UUID | None = None) -> None:
    """Cancel what is open, to one client or to all of the firm; the access itself stays *given*."""
    query = select(Invitation.contact_id, Invitation.client_id).where(
        Invitation.firm_id == work.actor.firm_id,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.ended_at).is_(None),
    )
    if client_id is not None:
        query = query.where(Invitation.client_id == client_id)
    for contact_id, invited_to in work.session.exec(query).all():
        invitation_rows.end(work, contact_id, SWITCHED_OFF, AccessStatus.GIVEN, invited_to)
