"""Contacts: added to a client, edited, linked and unlinked (2.1, 2.2, 2.16, 2.17, 2.19)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.domain.addresses import LONGEST as LONGEST_ADDRESS
from portal_app.domain.addresses import is_mailable
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.links import Because
from portal_app.domain.permissions import Permission
from portal_app.domain.sign_in import email_key
from portal_app.models import (
    Client,
    ClientContact,
    Contact,
)
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.clients import contact_archiving, readdressing, unlinking
from portal_app.services.links import ways_in
from portal_app.services.reminders import replanning
from portal_app.services.sign_in import address_links
from portal_app.text import _, known_language
from portal_app.work import Work, begin

LONGEST_NAME, LONGEST_PHONE, LONGEST_TITLE = 120, 40, 80


@dataclass(frozen=True, slots=True)
class ContactFields:
    """What a contact's form holds; `title` is what they are at this client, `locale` *fr* or *en*."""

    name: str
    email: str = ""
    phone: str = ""
    title: str = ""
    locale: str = "fr"


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """The typed address belongs to this contact already: offer to link them instead (2.16)."""

    contact_id: str = ""
    name: str = ""
    email: str = ""
    title: str = ""


def add_contact(ports: Ports, actor: Actor, client_id: UUID, fields: ContactFields) -> LinkOffer:
    """Add a contact to a client; an empty offer says that it was done.

    An address that belongs to another contact of the firm adds nothing and offers them (2.16).
    Raises `BadInput` beside the field.
    """
    clean = _checked(fields)
    try:
        return _added(ports, actor, client_id, clean)
    except IntegrityError:  # somebody else gave the address to a contact at the same moment
        return _added(ports, actor, client_id, clean)


def link_contact(ports: Ports, actor: Actor, client_id: UUID, contact_id: UUID, title: str = "") -> None:
    """Link a contact of the firm to one more client, without portal access (2.2, 5.23)."""
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT)
        if contact.archived_at is not None:
            raise RuleBroken(_("{name} is archived.").format(name=contact.name))
        if _linked(work, client.id, contact.id) is None:
            _link(work, client, contact, title, "contact_linked")


def edit_contact(
    ports: Ports,
    actor: Actor,
    client_id: UUID,
    contact_id: UUID,
    fields: ContactFields,
    *,
    resend: bool = False,
) -> int:
    """Change a contact, and what they are at this client; gives how many requests were resent.

    With a new address, every link, session, bound device and waiting e-mail of the old one ends at once
    (2.17), and with `resend` what is open goes to the new one (6.24). Raises `BadInput` beside the field.
    """
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT)
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        linked = _linked(work, client.id, contact.id)
        if linked is None:
            raise NotFound(_("There is nothing here."))
        clean = _checked(fields)
        linked.title = clean.title
        work.add(linked)
        return _changed(work, contact, clean, resend=resend)


def edit_person(
    ports: Ports, actor: Actor, contact_id: UUID, fields: ContactFields, *, resend: bool = False
) -> int:
    """Change a contact from their own page, as `edit_contact` does; what they are at each client stays."""
    with begin(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        return _changed(work, contact, _checked(fields), resend=resend)


def unlink_contact(ports: Ports, actor: Actor, client_id: UUID, contact_id: UUID) -> None:
    """Unlink a contact from a client: their access to it ends and they leave its requests (2.19, 6.14).

    A sent request of which they were the last recipient is withdrawn (6.13). Their other clients are untouched.
    """
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        linked = _linked(work, client.id, contact.id)
        if linked is None:
            return
        work.session.delete(linked)
        unlinking.end_access(work, client, contact)
        unlinking.leave_requests(work, client, contact)
        work.ring(f"contact:{contact.id}")
        _record(work, client, contact, "contact_unlinked")


def _added(ports: Ports, actor: Actor, client_id: UUID, clean: ContactFields) -> LinkOffer:
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        owner = _owner(work, client.firm_id, clean.email)
        if owner is not None:
            return _offer(work, client, owner, clean.title)
        contact = Contact(firm_id=client.firm_id, name="", created_at=work.now)
        _fill(contact, clean)
        work.add(contact)
        work.session.flush()
        _link(work, client, contact, clean.title, "contact_added")
        return LinkOffer()


def _changed(work: Work, contact: Contact, clean: ContactFields, *, resend: bool) -> int:
    if contact.merged_into_id is not None or contact.erased_at is not None:
        raise NotFound(_("There is nothing here."))
    has_moved = email_key(clean.email) != (contact.email_key or "")
    if has_moved:
        _check_free(work, contact, clean.email)
    _fill(contact, clean)
    if has_moved:
        _end_old_address(work, contact)
    work.add(contact)
    if has_moved:
        work.session.flush()
        address_links.readdress(work, contact.id)
    resent = 0
    if has_moved and resend:
        work.session.flush()
        resent = readdressing.resend_open(work, contact)
    replanning.replan_contact(work, contact.id)
    work.audit("contact:edited", firm_id=contact.firm_id, subject_kind="contact", subject_id=contact.id)
    work.ring(f"firm:{contact.firm_id}")
    return resent


def _checked(fields: ContactFields) -> ContactFields:
    """The fields as they are kept. Raises `BadInput` beside the first that cannot be."""
    email = typed.line(fields.email, "email", longest=LONGEST_ADDRESS)
    name = typed.line(fields.name, "name", longest=LONGEST_NAME, missing=_("Write the person’s name."))
    if email and not is_mailable(email):
        raise BadInput(_("Write an address like name@company.ca, or leave it empty."), field="email")
    return ContactFields(
        name=name,
        email=email,
        phone=typed.line(fields.phone, "phone", longest=LONGEST_PHONE),
        title=typed.line(fields.title, "title", longest=LONGEST_TITLE),
        locale=known_language(fields.locale) or "fr",
    )


def _fill(contact: Contact, clean: ContactFields) -> None:
    contact.name, contact.phone, contact.locale = clean.name, clean.phone, clean.locale
    contact.email, contact.email_key = clean.email, email_key(clean.email) or None


def _owner(work: Work, firm_id: UUID, email: str) -> Contact | None:
    query = select(Contact).where(Contact.firm_id == firm_id, Contact.email_key == email_key(email))
    return work.session.exec(query).first() if email else None


def _offer(work: Work, client: Client, owner: Contact, title: str) -> LinkOffer:
    if _linked(work, client.id, owner.id) is not None:
        text = _("{name} is already a contact of this client, with this address.")
    elif owner.archived_at is not None:
        text = _("This address belongs to {name}, who is archived.")
    else:
        return LinkOffer(contact_id=str(owner.id), name=owner.name, email=owner.email, title=title)
    raise BadInput(text.format(name=owner.name), field="email")


def _linked(work: Work, client_id: UUID, contact_id: UUID) -> ClientContact | None:
    query = select(ClientContact).where(
        ClientContact.client_id == client_id, ClientContact.contact_id == contact_id
    )
    return work.session.exec(query).first()


def _link(work: Work, client: Client, contact: Contact, title: str, kind: str) -> None:
    work.add(
        ClientContact(
            firm_id=client.firm_id,
            client_id=client.id,
            contact_id=contact.id,
            title=typed.line(title, "title", longest=LONGEST_TITLE),
            created_at=work.now,
        )
    )
    _record(work, client, contact, kind)


def _check_free(work: Work, contact: Contact, email: str) -> None:
    owner = _owner(work, contact.firm_id, email)
    if owner is not None and owner.id != contact.id:
        raise BadInput(_("This address belongs to {name} already.").format(name=owner.name), field="email")


def _end_old_address(work: Work, contact: Contact) -> None:
    """End what went to the old address (2.17); the new one starts without a bounce."""
    contact.bounced_at, contact.bounce_text = None, ""
    ways_in.end_grants_of(work, contact.id, Because.ADDRESS_CHANGED)
    contact_archiving.end_what_is_open(work, contact, Because.ADDRESS_CHANGED)
    ways_in.forget_browsers(work, contact.id)
    contact_archiving.record(work, contact, "address_changed")


def _record(work: Work, client: Client, contact: Contact, kind: str) -> None:
    work.note(
        kind,
        firm_id=client.firm_id,
        client_id=client.id,
        contact_id=contact.id,
        facts={"name": contact.name},
    )
    work.audit(
        kind.replace("_", ":", 1),
        firm_id=client.firm_id,
        subject_kind="contact",
        subject_id=contact.id,
        client_id=client.id,
    )
    work.ring(f"firm:{client.firm_id}")
