"""What signing in sends: codes, reset links, and word of what happened to an account (4.3, 4.5, 4.7)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.outbox import Urgency
from portal_app.domain.phones import last_digits
from portal_app.models import AddressChange, Contact, Firm, SignUpLink, new_id
from portal_app.ports import Ports
from portal_app.services.firm.letterheads import letterhead, staff_letterhead
from portal_app.services.mail import emails, post, texts
from portal_app.services.mail.email_facts import SecurityEvent, SecurityNotice
from portal_app.services.mail.emails import ComposedMail
from portal_app.services.mail.texts import Text
from portal_app.services.sign_in.accounts import Person, by_id
from portal_app.text import _, use_locale
from portal_app.work import Work, reading


def send_code(work: Work, person: Person, code: str, code_id: UUID) -> None:
    """E-mail a sign-in code, before everything else that waits (15.5)."""
    mail = emails.sign_in_code(head(work, person), name=person.name, code=code, locale=person.locale)
    _queue(work, person, mail, f"sign_in_code:{code_id}", Urgency.NOW)


def text_code(work: Work, person: Person, number: str, code: str, code_id: UUID) -> None:
    """Send a code as a text message; its last line lets a phone fill it into this portal's pages, and no others."""
    host = urlsplit(work.ports.settings.public_url).hostname
    with use_locale(person.locale):
        said = _("{code} is your code for {firm}. It lasts ten minutes. Give it to nobody.")
        body = said.format(code=code, firm=person.firm.name[:60])
    row = texts.queue(
        work,
        Text("sign_in_code", number, f"{body}\n\n@{host} #{code}"),
        firm_id=person.firm.id,
        dedupe_key=f"sign_in_code:{code_id}",
        code_id=code_id,
        staff_id=person.staff_id,
        contact_id=person.contact_id,
    )
    if person.contact_id is not None:  # its delivery shows in the contact's timeline (8.6)
        facts = {"to": last_digits(number), "text": row.id.hex}
        work.note("text_sent", firm_id=person.firm.id, contact_id=person.contact_id, facts=facts)


def send_reset(work: Work, person: Person, token: str, reset_id: UUID) -> None:
    """E-mail a link to choose a new password."""
    route = routes.STAFF_RESET if person.staff_id else routes.RESET
    link = work.ports.settings.public_url + routes.to(route, firm=person.firm.slug, token=token)
    mail = emails.password_reset(head(work, person), name=person.name, link=link, locale=person.locale)
    _queue(work, person, mail, f"password_reset:{reset_id}", Urgency.NOW)


def send_sign_up(work: Work, firm: Firm, contact: Contact, token: str, row: SignUpLink) -> None:
    """E-mail the way on with *Create an account* (3.7)."""
    link = work.ports.settings.public_url + routes.to(routes.REGISTERING, firm=firm.slug, token=token)
    mail = emails.sign_up(
        letterhead(work.ports.settings, firm),
        name=contact.name,
        link=link,
        expires_at=row.expires_at,
        locale=contact.locale,
    )
    _queue_to(work, firm, contact, mail, f"sign_up:{row.id}")


def send_address_change(work: Work, person: Person, token: str, row: AddressChange) -> None:
    """E-mail somebody's new address the link that confirms it (2.17, 2.18)."""
    route = routes.STAFF_ADDRESS_LINK if person.staff_id else routes.ADDRESS_LINK
    mail = emails.address_change(
        head(work, person),
        name=person.name,
        link=work.ports.settings.public_url + routes.to(route, firm=person.firm.slug, token=token),
        expires_at=row.expires_at,
        is_given=person.is_readdressed,
        locale=person.locale,
    )
    asked = replace(person, email=row.email)
    _queue(work, asked, mail, f"address_change:{row.id}", Urgency.NOW)


def send_has_account(work: Work, firm: Firm, contact: Contact) -> None:
    """Say that there is an account, and where to sign in (3.7)."""
    link = work.ports.settings.public_url + routes.to(routes.LOGIN, firm=firm.slug)
    mail = emails.has_account(
        letterhead(work.ports.settings, firm), name=contact.name, link=link, locale=contact.locale
    )
    _queue_to(work, firm, contact, mail, f"has_account:{new_id()}")


def tell(work: Work, person: Person, what: SecurityEvent, browser: str = "") -> None:
    """Tell somebody what happened to their account; a text of its own each time."""
    notice = SecurityNotice(person.name, what, work.now, browser)
    mail = emails.security_notice(head(work, person), notice, locale=person.locale)
    _queue(work, person, mail, f"{what.value}:{new_id()}", Urgency.SOON)


def head(work: Work, person: Person) -> Letterhead:
    """The firm's letterhead; for staff without what is said to clients alone."""
    made = staff_letterhead if person.staff_id else letterhead
    return made(work.ports.settings, person.firm)


def letterhead_of(ports: Ports, actor: Actor) -> Letterhead | None:
    """The letterhead of a signed-in person's pages; None where they may sign in no more."""
    with reading(ports, actor) as work:
        person = by_id(work.session, actor.staff_id, actor.contact_id)
        return head(work, person) if person else None


def _queue(work: Work, person: Person, mail: ComposedMail, dedupe_key: str, urgency: Urgency) -> None:
    post.queue(
        work,
        mail,
        firm=person.firm,
        to=(person.name, person.email),
        dedupe_key=dedupe_key,
        urgency=urgency,
        staff_id=person.staff_id,
        contact_id=person.contact_id,
    )


def _queue_to(work: Work, firm: Firm, contact: Contact, mail: ComposedMail, dedupe_key: str) -> None:
    post.queue(
        work,
        mail,
        firm=firm,
        to=(contact.name, contact.email),
        dedupe_key=dedupe_key,
        urgency=Urgency.NOW,
        contact_id=contact.id,
    )
