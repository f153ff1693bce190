"""Who may do what: one table, read by doors, handlers and the generated tests."""

from __future__ import annotations

from enum import StrEnum

from portal_app.domain.actors import Actor, Kind, Role


class Permission(StrEnum):
    """`noun:verb`."""

    # staff
    TRIAGE_READ = "triage:read"
    CLIENT_READ = "client:read"
    CLIENT_EDIT = "client:edit"
    WORK_READ = "work:read"
    WORK_EDIT = "work:edit"
    REQUEST_READ = "request:read"
    REQUEST_EDIT = "request:edit"
    REQUEST_SEND = "request:send"
    DOCUMENT_READ = "document:read"
    DOCUMENT_EDIT = "document:edit"
    SETTINGS_EDIT = "settings:edit"
    TEAM_EDIT = "team:edit"
    MFA_RESET = "mfa:reset"
    AUDIT_READ = "audit:read"
    BULK = "client:bulk"
    EXPORT = "firm:export"
    POLICY_EDIT = "policy:edit"
    ERASE = "firm:erase"
    # clients, by what 1.9 calls an action
    TASK_VIEW = "task:view"
    TASK_COMPLETE = "task:complete"
    TASK_COMMENT = "task:comment"
    TASK_UPLOAD = "task:upload"
    # clients, signed in
    HOME_READ = "home:read"
    DOCUMENT_VIEW = "document:view"
    DOCUMENT_UPLOAD = "document:upload"
    ACCOUNT_EDIT = "account:edit"
    COLLEAGUE_INVITE = "colleague:invite"


P = Permission
_MEMBER = frozenset(
    {
        P.TRIAGE_READ,
        P.CLIENT_READ,
        P.CLIENT_EDIT,
        P.WORK_READ,
        P.WORK_EDIT,
        P.REQUEST_READ,
        P.REQUEST_EDIT,
        P.REQUEST_SEND,
        P.DOCUMENT_READ,
        P.DOCUMENT_EDIT,
    }
)
_ADMIN = _MEMBER | {P.SETTINGS_EDIT, P.TEAM_EDIT, P.MFA_RESET, P.AUDIT_READ, P.BULK, P.EXPORT}
_OWNER = _ADMIN | {P.POLICY_EDIT, P.ERASE}
_CLIENT = frozenset({P.TASK_VIEW, P.TASK_COMPLETE, P.TASK_COMMENT, P.TASK_UPLOAD})
_SIGNED_IN = frozenset({P.HOME_READ, P.ACCOUNT_EDIT, P.COLLEAGUE_INVITE, P.DOCUMENT_VIEW, P.DOCUMENT_UPLOAD})
"""What a device without an account cannot do."""

BY_ROLE = {Role.MEMBER: _MEMBER, Role.ADMIN: _ADMIN, Role.OWNER: _OWNER}


def may(actor: Actor, permission: Permission) -> bool:
    """Whether this sort of person may do this at all (1.16); which rows, the doors say."""
    if actor.kind is Kind.STAFF and actor.role is not None:
        return permission in BY_ROLE[actor.role]
    if actor.kind is Kind.CLIENT:
        return permission in _CLIENT or (permission in _SIGNED_IN and actor.contact_id is not None)
    return False
