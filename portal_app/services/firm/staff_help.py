"""*Help and feedback* of the staff menu: whom to ask about this installation, and which version it is (1.17)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal_app.domain.actors import Actor
from portal_app.domain.addresses import is_mailable
from portal_app.domain.permissions import Permission
from portal_app.models import Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.work import reading


@dataclass(frozen=True, slots=True)
class StaffHelp:
    """What only this installation knows; `contact_href` is empty where the contact is no address to follow."""

    contact: str = ""
    contact_href: str = ""
    client_help_href: str = ""


def staff_help(ports: Ports, actor: Actor) -> StaffHelp:
    """The operator's contact, and the help page that the firm's clients read. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.TRIAGE_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        contact = ports.settings.operator_contact.strip()
        return StaffHelp(contact, href_of(contact), f"/f/{firm.slug}/help")


def href_of(contact: str) -> str:
    """How one follows a contact: an e-mail, a page, a call; empty for what is neither."""
    if is_mailable(contact):
        return f"mailto:{contact}"
    if re.fullmatch(r"https://\S+", contact):
        return contact
    digits = re.sub(r"[^0-9]", "", contact)
    if re.fullmatch(r"[+0-9()\s.-]+", contact) and len(digits) >= 7:
        return f"tel:{'+' if contact.startswith('+') else ''}{digits}"
    return ""
