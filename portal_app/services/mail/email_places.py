"""What fills the places of a firm's own text: words from the facts of an e-mail, and what its blocks show (1.12)."""

from __future__ import annotations

from typing import Any

from portal_app.domain.email_texts import one_line
from portal_app.domain.letterhead import Letterhead
from portal_app.text import _, format_date, ngettext


def values(letterhead: Letterhead, facts: dict[str, Any]) -> dict[str, str]:
    """The words of an e-mail's places, each on one line, in the language in force."""
    found = {"firm": letterhead.firm_name, "name": str(facts.get("name", ""))}
    if mail := facts.get("mail"):
        found |= {
            "name": mail.recipient_name,
            "client": mail.client_name,
            "request": mail.title,
            "staff": mail.sender_name,
            "items": ngettext("{n} item", "{n} items", len(mail.tasks)),
            "due": format_date(mail.last_due_on) if mail.last_due_on else _("a date to be agreed"),
            "task": mail.tasks[0].title if mail.tasks else "",
        }
    if access := facts.get("access"):
        found |= {"name": access.recipient_name, "client": access.client_name, "request": access.title}
    if offer := facts.get("offer"):
        found |= {"name": offer.name, "clients": ", ".join(offer.client_names), "staff": offer.inviter_name}
    if it := facts.get("introduced"):
        found |= {"name": it.name, "clients": ", ".join(it.client_names), "staff": it.staff_name}
    return {name: one_line(words) for name, words in found.items()}


def blocks(facts: dict[str, Any], subject: str) -> dict[str, Any]:
    """What the blocks show: a link with the words of its button, a code, tasks, and what somebody typed."""
    about = facts.get("mail") or facts.get("access") or facts.get("offer") or facts.get("introduced")
    mail = facts.get("mail")
    return {
        "title": getattr(about, "title", "") or subject,
        "link": getattr(about, "link", "") or facts.get("link", ""),
        "link_words": _link_words(facts),
        "code": getattr(about, "code", "") or facts.get("code", ""),
        "tasks": mail.tasks if mail else (),
        "last": mail.last_due_on if mail else None,
        "waiting": facts.get("waiting", ()),
        "typed": getattr(about, "message", ""),
        "reason": facts.get("reason", ""),
        "video_url": getattr(about, "video_url", ""),
        "signed": mail,
    }


def _link_words(facts: dict[str, Any]) -> str:
    if "offer" in facts:
        return _("Accept the invitation")
    if "introduced" in facts:
        return _("See how the portal works")
    return _("Choose a new password") if "link" in facts else _("Open the request")
