"""What people say of themselves on their account page: name, phone, language, and whether they want reminders (9.5, 7.5)."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.models import Contact
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.account.own import clients_of, holder_row, own
from portal_app.services.clients.contacts import LONGEST_NAME, LONGEST_PHONE
from portal_app.services.reminders import replanning
from portal_app.text import _, known_language
from portal_app.work import begin


@dataclass(frozen=True, slots=True)
class Profile:
    """What the form holds; staff have no phone there, and none of it is an address (2.18)."""

    name: str
    locale: str
    phone: str = ""


def change_profile(ports: Ports, actor: Actor, profile: Profile) -> str:
    """Keep name, phone and language; gives the language. Raises `BadInput` beside the field, `SignInNeeded`."""
    name = typed.line(profile.name, "name", longest=LONGEST_NAME, missing=_("Write your name."))
    phone = typed.line(profile.phone, "phone", longest=LONGEST_PHONE)
    language = known_language(profile.locale)
    if language is None:
        raise BadInput(_("Choose one of the two languages."), field="locale")
    with begin(ports, actor) as work:
        person = own(work, lock=True)
        row = holder_row(work, person, lock=True)
        row.name, row.locale = name, language
        if isinstance(row, Contact):
            row.phone = phone
        work.add(row)
        work.audit(
            "account:edited", firm_id=person.firm.id, subject_kind=person.kind.value, subject_id=person.id
        )
        work.ring(f"firm:{person.firm.id}")
    return language


def switch_reminders(ports: Ports, actor: Actor, *, is_on: bool) -> None:
    """Switch all reminders to the contact off, or on again; staff see it beside each request (7.5).

    On again, what was switched off by the link of one request's reminder stays off: that was said of it alone.
    """
    with begin(ports, actor) as work:
        access.allow(work, Permission.ACCOUNT_EDIT)
        person = own(work, lock=True)
        contact = work.session.get_one(Contact, person.contact_id, with_for_update=True)
        if is_on is (contact.reminders_off_at is None):
            return
        contact.reminders_off_at = None if is_on else work.now
        work.add(contact)
        replanning.replan_contact(work, contact.id)
        word = "on" if is_on else "off"
        work.audit(
            f"reminders:switched_{word}",
            firm_id=person.firm.id,
            subject_kind="contact",
            subject_id=contact.id,
            contact=contact.id,
        )
        for client in clients_of(work, contact.id):
            work.note(
                f"reminders_all_switched_{word}",
                firm_id=person.firm.id,
                client_id=client.id,
                contact_id=contact.id,
            )
        work.ring(f"firm:{person.firm.id}")
