"""Whether what somebody does asks for an account: by link or signed in, as the firm wants it (1.9, 6.20)."""

from __future__ import annotations

from portal_app.domain import policy
from portal_app.domain.errors import RuleBroken, SignInNeeded
from portal_app.domain.permissions import Permission
from portal_app.domain.policy import Way
from portal_app.models import Firm
from portal_app.services.access.sights import Sight
from portal_app.text import _


def check_way(sight: Sight, permission: Permission) -> None:
    """By link, what the firm wants done signed in leads to sign-in (1.9); where nobody can, it says whom to ask.

    Raises `SignInNeeded` or `RuleBroken`. Classic access is outside all this (6.8).
    """
    if not sight.by_link or sight.is_classic or way(sight.firm, permission) is Way.BY_LINK:
        return
    if sight.handed or sight.firm.portal_on_at is None or sight.client.portal_on_at is None:
        text = _("{firm} takes this from people who are signed in. Ask how you can go on.")
        raise RuleBroken(text.format(firm=sight.firm.name))
    raise SignInNeeded(_("Sign in to do this. You come back to this list."))


def way(firm: Firm, permission: Permission) -> Way:
    """How clients of this firm do what the permission stands for, now (6.20)."""
    return policy.way(
        policy.action_of(permission),
        is_mfa_required=firm.mfa_required_at is not None,
        signed_in_only=firm.signed_in_actions,
    )
