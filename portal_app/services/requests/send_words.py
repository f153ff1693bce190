"""Automatic sending in words: when, and why not (5.4, 6.17). Pure: facts in, the reader's language out."""

from __future__ import annotations

from portal_app.domain.send_rules import Held, Kind, Rule
from portal_app.text import _, format_date, ngettext, pgettext


def held(because: str) -> str:
    """Why a request whose moment came did not go, after *not sent:*; `because` is what its row keeps."""
    return {
        Held.NO_SENDER.value: _("nobody active looks after the client"),
        Held.NO_RECIPIENT.value: _("no recipient was chosen"),
        Held.NO_OPEN_TASK.value: _("no task was open"),
        Held.NO_ADDRESS.value: _("no recipient has an address that works"),
        Held.CLOSED.value: _("the work was closed when its moment came"),
    }.get(because, _("something was missing"))


def rule(kept: Rule) -> str:
    """A send rule in a few words: *by hand*, *3 days before the start*, *on 3 March 2026*."""
    if kept.kind is Kind.ON and kept.on is not None:
        return pgettext("send rule", "on {date}").format(date=format_date(kept.on))
    if kept.kind is Kind.RELATIVE and kept.days == 0:
        return _("on the day the work starts")
    if kept.kind is Kind.RELATIVE and kept.days < 0:
        return ngettext("{n} day before the work starts", "{n} days before the work starts", -kept.days)
    if kept.kind is Kind.RELATIVE:
        return ngettext("{n} day after the work starts", "{n} days after the work starts", kept.days)
    return pgettext("send rule", "by hand")
