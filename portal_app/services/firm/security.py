"""Settings › Security: by link or signed in, as a whole and action by action (1.8, 1.9, 6.20). An owner's to change."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import distinct, func
from sqlmodel import col, select

from portal_app.domain import policy
from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission, may
from portal_app.domain.policy import Action, Way
from portal_app.models import (
    AccessGrant,
    AccessStatus,
    Client,
    ClientRequest,
    Firm,
    PortalAccess,
    PortalAccount,
    WorkItem,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.text import _, ngettext
from portal_app.work import Work, begin, reading


class CodesBy(StrEnum):
    """Second steps that the firm switches."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action of 1.9. `is_fixed`: *require MFA* decides it, whatever was chosen."""

    id: str = ""
    word: str = ""
    hint: str = ""
    is_signed_in: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class SecurityView:
    """The policy as it stands, and beside it whom it touches, in the reader's language."""

    can_change: bool = False
    is_mfa_required: bool = False
    touches: list[str] = field(default_factory=list)
    actions: list[ActionRow] = field(default_factory=list)
    has_email_codes: bool = False
    has_sms_codes: bool = False
    can_text: bool = False
    """Whether the operator set a provider of text messages."""


def security_view(ports: Ports, actor: Actor) -> SecurityView:
    """The firm's policy, for admins and owners. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id)
        return SecurityView(
            can_change=may(actor, Permission.POLICY_EDIT),
            is_mfa_required=firm.mfa_required_at is not None,
            touches=[text for text in (_bound(work), _without_account(work), _classic(work)) if text],
            actions=[_row(firm, action) for action in Action],
            has_email_codes=firm.email_codes_at is not None,
            has_sms_codes=firm.sms_codes_at is not None,
            can_text=ports.texter is not None,
        )


def require_mfa(ports: Ports, actor: Actor, *, is_on: bool) -> bool:
    """Magic links, or signing in with MFA (1.8): from everybody's next event, and without an e-mail (6.20).

    False where it is so already. Owners alone; raises `NotFound` for others.
    """
    with begin(ports, actor) as work:
        firm = _firm(work)
        if (firm.mfa_required_at is not None) == is_on:
            return False
        firm.mfa_required_at = work.now if is_on else None
        _record(work, firm, "policy:mfa_required" if is_on else "policy:magic_links")
        work.note("portal_by_sign_in" if is_on else "portal_by_link", firm_id=firm.id)
        return True


def take_codes(ports: Ports, actor: Actor, way: CodesBy, *, is_on: bool) -> bool:
    """Whether codes by e-mail, or by text message, count as a second step (4.3, row 8). As `require_mfa`.

    Who has nothing else gives theirs once more at the next sign-in, and sets another one up.
    """
    with begin(ports, actor) as work:
        firm = _firm(work)
        name = f"{way.value}_codes_at"
        if (getattr(firm, name) is not None) == is_on:
            return False
        if is_on and way is CodesBy.SMS and ports.texter is None:
            raise RuleBroken(_("No provider of text messages is set. Ask whoever runs the server."))
        setattr(firm, name, work.now if is_on else None)
        _record(work, firm, "policy:codes_on" if is_on else "policy:codes_off", by=way.value)
        return True


def sign_in_for(ports: Ports, actor: Actor, action: Action, *, is_on: bool) -> bool:
    """Have one action done signed in only, or by link too (1.9). As `require_mfa`."""
    with begin(ports, actor) as work:
        firm = _firm(work)
        if (action in firm.signed_in_actions) == is_on:
            return False
        chosen = {*firm.signed_in_actions, action} if is_on else set(firm.signed_in_actions) - {action}
        firm.signed_in_actions = [one.value for one in Action if one in chosen]
        _record(work, firm, "policy:signed_in_only" if is_on else "policy:by_link", of=action.value)
        work.note("portal_actions", firm_id=firm.id, facts={"action": action.value})
        return True


def _firm(work: Work) -> Firm:
    access.allow(work, Permission.POLICY_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)


def _record(work: Work, firm: Firm, action: str, **facts: str) -> None:
    work.add(firm)
    work.audit(action, firm_id=firm.id, subject_kind="firm", subject_id=firm.id, **facts)
    work.ring(f"firm:{firm.id}")


def _row(firm: Firm, action: Action) -> ActionRow:
    is_fixed = firm.mfa_required_at is not None and action in policy.ON_REQUESTS
    chosen = action in firm.signed_in_actions
    now = policy.way(
        action, is_mfa_required=firm.mfa_required_at is not None, signed_in_only=firm.signed_in_actions
    )
    hints = {
        Action.VIEW: _("Who may only look signed in can do nothing else by link either."),
        Action.SIGN: _("Kept for when signatures are asked for."),
        Action.APPROVE: _("Kept for when approvals are asked for."),
        Action.PAY: _("Kept for when payments are asked for."),
    }
    return ActionRow(
        id=action.value,
        word=_words()[action],
        hint=_("Signed in only, since MFA is required.") if is_fixed else hints.get(action, ""),
        is_signed_in=chosen or now is Way.SIGNED_IN,
        is_fixed=is_fixed or (now is Way.SIGNED_IN and not chosen),
    )


def _words() -> dict[Action, str]:
    return {
        Action.VIEW: _("View requests"),
        Action.COMPLETE: _("Complete tasks"),
        Action.COMMENT: _("Comment"),
        Action.UPLOAD: _("Upload files"),
        Action.SIGN: _("Sign documents"),
        Action.APPROVE: _("Approve documents"),
        Action.PAY: _("Pay invoices"),
    }


def _open_grants(work: Work) -> list[Any]:
    """What holds of a grant that opens something, the policy apart."""
    return [
        AccessGrant.firm_id == work.actor.firm_id,
        col(AccessGrant.ended_at).is_(None),
        AccessGrant.expires_at > work.now,
        col(ClientRequest.withdrawn_at).is_(None),
        col(WorkItem.completed_at).is_(None),
        col(WorkItem.archived_at).is_(None),
        col(Client.archived_at).is_(None),
    ]


def _count(work: Work, *where: Any, what: Any = None) -> int:
    query = (
        select(func.count(distinct(what if what is not None else col(AccessGrant.request_id))))
        .select_from(AccessGrant)
        .join(ClientRequest, col(ClientRequest.id) == AccessGrant.request_id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .where(*_open_grants(work), *where)
    )
    return int(work.session.exec(query).one())


def _bound(work: Work) -> str:
    """How many requests lead to sign-in from their next event; empty for none."""
    bound = _count(work, col(AccessGrant.device_id).is_not(None))
    text = ngettext(
        "{n} request is open on a device of a client by its link.",
        "{n} requests are open on devices of clients by their links.",
        bound,
    )
    return text if bound else ""


def _classic(work: Work) -> str:
    """How many requests go on by PIN, which no policy touches (6.8)."""
    return ngettext(
        "{n} request still uses classic access by PIN, which none of this touches.",
        "{n} requests still use classic access by PIN, which none of this touches.",
        _count(work, col(AccessGrant.classic_at).is_not(None)),
    )


def _without_account(work: Work) -> str:
    able = (
        select(PortalAccess.contact_id)
        .join(PortalAccount, col(PortalAccount.contact_id) == PortalAccess.contact_id)
        .where(PortalAccess.firm_id == work.actor.firm_id, PortalAccess.status == AccessStatus.ACCEPTED)
    )
    people = _count(
        work,
        col(AccessGrant.classic_at).is_(None),
        col(AccessGrant.contact_id).not_in(able),
        what=col(AccessGrant.contact_id),
    )
    text = ngettext(
        "{n} person with an open request has no account, and would have to make one.",
        "{n} people with an open request have no account, and would have to make one.",
        people,
    )
    return text if people else ""
