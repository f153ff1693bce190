"""What the send dialog shows before anything goes: to whom, from whom, and the e-mail itself (6.1).

The coming reminders are the planner's: `reminder_rows.preview_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import links
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    ClientRequest,
    Contact,
    PortalAccess,
    Recipient,
    Staff,
    Task,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.links import grants
from portal_app.services.mail import post
from portal_app.services.requests import dispatch, request_mail, sendable
from portal_app.text import _, format_date
from portal_app.work import Work, reading

NO_LINK = "…"
"""Where the e-mail will hold a link: staff are never shown a live one (5.9)."""
NO_PIN = "······"


@dataclass(frozen=True, slots=True)
class Possible:
    """One contact of the client: whether they are proposed, why nothing can go to them, how they get in."""

    contact_id: UUID
    name: str
    email: str
    is_proposed: bool = False
    why_not: str = ""
    way_in: str = ""
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class MailPreview:
    """The e-mail as one recipient will get it; its link is a placeholder."""

    contact_id: UUID
    name: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class SendPreview:
    """Ready to show, in the reader's language. With `refusal` it cannot be sent, and that says why (6.25)."""

    request_id: UUID
    title: str
    work_title: str
    client_name: str
    possible: tuple[Possible, ...]
    from_line: str
    reply_to: str
    also_see: tuple[str, ...]
    mails: tuple[MailPreview, ...]
    warnings: tuple[str, ...]
    refusal: str
    is_sent: bool


def preview(
    ports: Ports, actor: Actor, request_id: UUID, contact_ids: Sequence[UUID] | None = None
) -> SendPreview:
    """What would happen on *Send to client*. With `contact_ids` for those; else for whom it proposes (6.1)."""
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_SEND)
        sender = work.session.get_one(Staff, actor.staff_id)
        tasks = sendable.open_tasks(work, sight)
        people = sendable.contacts(work, sight.client)
        proposed = set(contact_ids) if contact_ids is not None else _proposed(work, sight, people)
        line = post.sender_of(ports.settings, sight.firm, sender)
        return SendPreview(
            request_id=request_id,
            title=sight.section.name,
            work_title=sight.work_item.title,
            client_name=sight.client.name,
            possible=_possible(work, sight, people, proposed),
            from_line=line.line,
            reply_to=line.reply_to or line.address,
            also_see=_also_see(work, sight, proposed),
            mails=_mails(work, sight, sender, tasks, [one for one in people if one.id in proposed]),
            warnings=(*_warnings(work, sight, tasks), *_must_sign_up(work, sight, people, proposed)),
            refusal=sendable.why_not(work, sight, tasks, people),
            is_sent=sight.request.sent_at is not None and sight.request.withdrawn_at is None,
        )


def _proposed(work: Work, sight: Sight, people: Sequence[Contact]) -> set[UUID]:
    """Its own recipients; else those of the client's last send; else the only contact there is (6.1)."""
    usable = {one.id for one in people if not sendable.why_not_to(one)}
    own = {one.contact_id for one in dispatch.recipients(work, sight)}
    last = select(ClientRequest.id).where(
        ClientRequest.client_id == sight.client.id, col(ClientRequest.sent_at).is_not(None)
    )
    last_id = work.session.exec(last.order_by(col(ClientRequest.sent_at).desc()).limit(1)).first()
    before = select(Recipient.contact_id).where(
        Recipient.request_id == last_id, col(Recipient.removed_at).is_(None)
    )
    return (own or set(work.session.exec(before)) or (usable if len(usable) == 1 else set())) & usable


def _possible(
    work: Work, sight: Sight, people: Sequence[Contact], proposed: set[UUID]
) -> tuple[Possible, ...]:
    accounts = {one.contact_id for one in _accesses(work, sight)}
    query = select(AccessGrant.contact_id).where(
        AccessGrant.request_id == sight.request.id,
        col(AccessGrant.ended_at).is_(None),
        col(AccessGrant.device_id).is_not(None),
    )
    bound = set(work.session.exec(query))
    return tuple(
        Possible(
            contact_id=one.id,
            name=one.name,
            email=one.email,
            is_proposed=one.id in proposed,
            why_not=sendable.why_not_to(one),
            is_bound=one.id in bound,
            way_in=_way_in(sight, has_account=one.id in accounts),
        )
        for one in people
    )


def _must_sign_up(
    work: Work, sight: Sight, people: Sequence[Contact], proposed: set[UUID]
) -> tuple[str, ...]:
    """Under *require MFA*, who of the chosen must make an account before they see anything (6.8)."""
    if sight.firm.mfa_required_at is None or not grants.is_portal_on(sight.firm, sight.client):
        return ()
    able = {one.contact_id for one in _accesses(work, sight)}
    names = [one.name for one in people if one.id in proposed - able]
    if not names:
        return ()
    text = _(
        "The firm requires MFA. These people have no account: the link leads them to “Create an account” first, "
        "then to the request: {names}."
    )
    return (text.format(names=", ".join(names)),)


def _way_in(sight: Sight, *, has_account: bool) -> str:
    """How the recipient will get in; who has no account under *require MFA* will have to make one (6.8)."""
    if not grants.is_portal_on(sight.firm, sight.client):
        return _("classic: by link and PIN")
    if has_account:
        return _("has an account")
    if sight.firm.mfa_required_at is not None:
        return _("has to make an account first")
    return _("by link, no account")


def _also_see(work: Work, sight: Sight, proposed: set[UUID]) -> tuple[str, ...]:
    """Who sees it through full access without being a recipient (6.2)."""
    full = [one.contact_id for one in _accesses(work, sight) if one.level is AccessLevel.FULL]
    query = select(Contact.name).where(
        col(Contact.id).in_(set(full) - proposed), col(Contact.archived_at).is_(None)
    )
    return tuple(work.session.exec(query.order_by(col(Contact.name))))


def _accesses(work: Work, sight: Sight) -> list[PortalAccess]:
    """Who can sign in for this client now."""
    if sight.firm.portal_on_at is None or sight.client.portal_on_at is None:
        return []
    query = select(PortalAccess).where(
        PortalAccess.client_id == sight.client.id, PortalAccess.status == AccessStatus.ACCEPTED
    )
    return list(work.session.exec(query))


def _mails(
    work: Work, sight: Sight, sender: Staff, tasks: Sequence[Task], people: Sequence[Contact]
) -> tuple[MailPreview, ...]:
    is_classic = not grants.is_portal_on(sight.firm, sight.client)
    path = (
        routes.to(routes.CLASSIC, code=NO_LINK) if is_classic else routes.to(routes.MAGIC_LINK, token=NO_LINK)
    )
    link, pin = work.ports.settings.public_url + path, NO_PIN if is_classic else ""
    until = work.now + links.SEND_LASTS_FOR
    found = []
    for person in people:
        facts = request_mail.facts(work, sight, person, sender, tasks, link=link, pin=pin, expires_at=until)
        mail = request_mail.request_sent(work, sight, person, facts)
        found.append(MailPreview(person.id, person.name, mail.subject, mail.text, mail.html))
    return tuple(found)


def _warnings(work: Work, sight: Sight, tasks: Sequence[Task]) -> tuple[str, ...]:
    today = firm_days.today(sight.firm, work.now)
    late = [
        _("{task} was due on {date}. It is overdue from the start.").format(
            task=task.title, date=format_date(task.due_on, "short")
        )
        for task in tasks
        if task.due_on and task.due_on < today
    ]
    undated = [task.title for task in tasks if task.due_on is None]
    if undated and len(undated) < len(tasks):
        text = _("No due date, so no reminder of its own: {tasks}.").format(tasks=", ".join(undated))
        return (*late, text)
    return tuple(late)
