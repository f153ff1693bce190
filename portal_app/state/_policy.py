"""Who may call a handler: a permission, a side, or anyone (15.4)."""

from __future__ import annotations

from enum import StrEnum

from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.domain.permissions import BY_ROLE, Permission, may
from portal_app.text import _


class Audience(StrEnum):
    """A whole side."""

    ANYONE = "anyone"
    STAFF = "staff"
    CLIENT = "client"


Policy = Permission | Audience


def side(policy: Policy) -> Kind:
    """As whom such a handler acts. What anyone may call acts for nobody, whoever calls it."""
    if policy is Audience.ANYONE:
        return Kind.NOBODY
    if policy is Audience.STAFF or policy in BY_ROLE[Role.OWNER]:
        return Kind.STAFF
    return Kind.CLIENT


def admit(policy: Policy, actor: Actor) -> None:
    """Let `actor` pass. Raises `SignInNeeded` for nobody, `NotFound` for somebody who may not do this."""
    if policy is Audience.ANYONE:
        return
    if actor.kind is not side(policy):
        raise SignInNeeded(_("Please sign in."))
    if isinstance(policy, Permission) and not may(actor, policy):
        raise NotFound(_("There is nothing here."))
