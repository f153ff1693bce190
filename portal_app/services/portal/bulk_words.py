"""Bulk work in words: what somebody gets, and why somebody does not (2.7)."""

from __future__ import annotations

from portal_app.domain.bulk_access import Choices, Gets, Switch, WhyNot
from portal_app.text import _


def gets_words(got: Gets, choices: Choices) -> str:
    """*Access, limited · invitation*."""
    parts = []
    if got.access:
        parts.append(_("full access") if choices.is_full else _("limited access"))
    elif got.full:
        parts.append(_("raised to full access"))
    if got.notices is not Switch.LEAVE:
        parts.append(_("notifications on") if got.notices is Switch.ON else _("notifications off"))
    if got.invitation:
        parts.append(_("invitation"))
    return ", ".join(parts)


def why_words(why: str) -> str:
    """A reason, as one reads it beside a name."""
    return {
        "": "",
        WhyNot.ARCHIVED: _("archived"),
        WhyNot.NO_ADDRESS: _("no e-mail address"),
        WhyNot.BOUNCED: _("e-mails to this address came back"),
        WhyNot.BAD_ADDRESS: _("the address cannot be written to"),
        WhyNot.DISABLED: _("their account is disabled"),
        WhyNot.NO_ACCESS: _("has no portal access"),
        WhyNot.PORTAL_OFF: _("the portal is off for this client"),
        WhyNot.ACCEPTED: _("can sign in already"),
        WhyNot.INVITED: _("was invited already, the invitation is still open"),
        WhyNot.JUST_SENT: _("an invitation left less than a minute ago"),
        WhyNot.AS_IT_IS: _("is so already"),
        WhyNot.GONE: _("is no contact of this client any more"),
        WhyNot.FAULT: _("something went wrong; try again"),
    }[why]


def kept_words(kept: str) -> str:
    """Why *Undo* left something as it is."""
    return {
        "": "",
        "used": _("used meanwhile"),
        "changed": _("changed meanwhile"),
        "fault": _("something went wrong; try again"),
    }[kept]
