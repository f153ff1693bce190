"""What keeps a request, or one contact, from being sent to (5.23, 6.25): asked by the dialog and by the send."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from portal_app.models import Client, ClientContact, Contact, Task
from portal_app.services.access import Sight
from portal_app.services.mail import post
from portal_app.text import _, format_date
from portal_app.work import Work


def open_tasks(work: Work, sight: Sight) -> list[Task]:
    """What the client still has to do, in the firm's order."""
    query = select(Task).where(
        Task.section_id == sight.request.id,
        col(Task.completed_at).is_(None),
        col(Task.put_aside_at).is_(None),
    )
    return list(work.session.exec(query.order_by(col(Task.position), col(Task.id))))


def contacts(work: Work, client: Client) -> list[Contact]:
    """The client's contacts who are not archived, by name."""
    query = (
        select(Contact)
        .join(ClientContact, col(ClientContact.contact_id) == Contact.id)
        .where(ClientContact.client_id == client.id, col(Contact.archived_at).is_(None))
        .order_by(col(Contact.name), col(Contact.id))
    )
    return list(work.session.exec(query))


def why_not_to(contact: Contact) -> str:
    """Why nothing can be sent to this contact; empty where something can."""
    if not contact.email:
        return _("has no e-mail address")
    if contact.bounced_at is not None:
        day = format_date(contact.bounced_at.date(), "short")
        return _("{address} came back on {date}").format(address=contact.email, date=day)
    return (
        ""
        if post.is_usable(contact.email)
        else _("{address} cannot be written to").format(address=contact.email)
    )


def why_not(work: Work, sight: Sight, tasks: Sequence[Task], people: Sequence[Contact]) -> str:
    """Why the request cannot be sent at all, and what to do; empty where it can (6.25)."""
    if sight.client.archived_at or sight.work_item.archived_at or sight.section.archived_at:
        return _("This was archived. Restore it first.")
    if sight.work_item.completed_at is not None:
        return _("The work is completed. Reopen it to send this request.")
    if not tasks:
        return _("There is no open task to send. Add one first.")
    if not people:
        return _("{client} has no contact yet. Add one with an e-mail address.").format(
            client=sight.client.name
        )
    if all(why_not_to(person) for person in people):
        return _("No contact of {client} has an e-mail address that works. Correct one first.").format(
            client=sight.client.name
        )
    return ""
