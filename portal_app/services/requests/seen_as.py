"""Client pages with a recipient's eyes, for staff (5.9): read models only.

No session, link or grant is made or moved: what a signed-in person sees is read as that person, what a link
shows is read by the grant that stands, and nothing here opens a transaction that could commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import links
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import LinkEnded, NotFound, SignInNeeded
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.models import AccessGrant, Contact, Recipient
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.documents import document_pages
from portal_app.services.documents.document_pages import DocumentsPage
from portal_app.services.home import home_pages
from portal_app.services.home.home_pages import HomePage
from portal_app.services.requests import request_pages
from portal_app.services.requests.request_pages import RequestPage
from portal_app.services.sign_in.sessions import account_holder
from portal_app.text import _, use_locale
from portal_app.work import Work, reading


@dataclass(frozen=True)
class Eyes:
    """As whom staff look: the name, their language, and the staff page to go back to."""

    name: str
    locale: str
    back: str
    contact_id: UUID
    is_signed_in: bool


@dataclass(frozen=True)
class Seen:
    """A page as that person finds it; without `page`, `why` says in the staff member's language what they meet."""

    eyes: Eyes
    page: RequestPage | HomePage | DocumentsPage | None = None
    why: str = ""


def request_as(ports: Ports, actor: Actor, contact_id: UUID, request_id: UUID) -> Seen:
    """The checklist as this contact sees it, signed in where they can, else by link. Raises `NotFound`."""
    eyes = _eyes(ports, actor, contact_id, request_id)
    try:
        with use_locale(eyes.locale):
            return Seen(
                eyes, _signed_in(ports, actor, eyes, request_id) or _by_link(ports, actor, eyes, request_id)
            )
    except LinkEnded as ended:
        return Seen(eyes, why=_why(ended.reason).format(name=eyes.name))


def home_as(ports: Ports, actor: Actor, contact_id: UUID) -> Seen:
    """Home as this contact sees it signed in. Raises `NotFound`."""
    eyes = _eyes(ports, actor, contact_id)
    if not eyes.is_signed_in:
        why = _("{name} has no account here: home asks them to sign in, and a link opens its request alone.")
        return Seen(eyes, why=why.format(name=eyes.name))
    with use_locale(eyes.locale):
        return Seen(eyes, home_pages.home_page(ports, _as(actor, eyes)))


def documents_as(ports: Ports, actor: Actor, contact_id: UUID) -> Seen:
    """The documents as this contact sees them signed in. Raises `NotFound`."""
    eyes = _eyes(ports, actor, contact_id)
    if not eyes.is_signed_in:
        why = _("{name} has no account here, and documents outside requests are for who signs in.")
        return Seen(eyes, why=why.format(name=eyes.name))
    with use_locale(eyes.locale):
        return Seen(eyes, document_pages.documents_page(ports, _as(actor, eyes)))


def document_as(ports: Ports, actor: Actor, contact_id: UUID, document_id: UUID) -> UUID:
    """The file of a document that this contact sees. Raises `NotFound` where they do not."""
    eyes = _eyes(ports, actor, contact_id)
    with reading(ports, _as(actor, eyes)) as work:
        return access.document(work, document_id, Permission.DOCUMENT_VIEW).file_id


def file_as(ports: Ports, actor: Actor, contact_id: UUID, file_id: UUID) -> None:
    """Whether this contact could open the file too. Raises `NotFound` where they could not."""
    eyes = _eyes(ports, actor, contact_id)
    with reading(ports, actor) as work:
        file = access.file(work, file_id, Permission.REQUEST_READ)
        document_id = file.document_id
        task = access.task(work, file.task_id, Permission.REQUEST_READ)[0] if file.task_id else None
    if document_id is not None and document_as(ports, actor, contact_id, document_id) == file_id:
        return
    if (
        task is None
        or file.replaced_by_id is not None
        or request_as(ports, actor, eyes.contact_id, task.section_id).page is None
    ):
        raise NotFound(_("There is nothing here."))


def _eyes(ports: Ports, actor: Actor, contact_id: UUID, request_id: UUID | None = None) -> Eyes:
    """Both doors, as staff: the contact, and the request where one is looked at."""
    with reading(ports, actor) as work:
        if not actor.is_staff:
            raise SignInNeeded(_("Please sign in."))
        person = access.contact(work, contact_id, Permission.REQUEST_READ)
        back = routes.TRIAGE
        if request_id is not None:
            sight = access.request(work, request_id, Permission.REQUEST_READ)
            back = routes.to(routes.WORK, id=sight.work_item.id)
        has_account = account_holder(work.session, person.id) is not None
        return Eyes(person.name, person.locale, back, person.id, has_account)


def _as(actor: Actor, eyes: Eyes) -> Actor:
    """Only ever handed to read models."""
    return Actor(kind=Kind.CLIENT, firm_id=actor.firm_id, contact_id=eyes.contact_id, locale=eyes.locale)


def _signed_in(ports: Ports, actor: Actor, eyes: Eyes, request_id: UUID) -> RequestPage | None:
    """None where no account reaches the request."""
    if not eyes.is_signed_in:
        return None
    try:
        return request_pages.request_page(ports, _as(actor, eyes), request_id)
    except NotFound:
        return None


def _by_link(ports: Ports, actor: Actor, eyes: Eyes, request_id: UUID) -> RequestPage:
    """As on the device that is, or will be, theirs. Raises `LinkEnded` with what it would say instead."""
    with reading(ports, actor) as work:
        found = access.request(work, request_id, Permission.REQUEST_READ)
        recipient = work.session.exec(
            select(Recipient).where(
                Recipient.request_id == request_id,
                Recipient.contact_id == eyes.contact_id,
                col(Recipient.removed_at).is_(None),
            )
        ).first()
        if recipient is None:
            raise NotFound(_("There is nothing here."))
        grant = _grant(work, recipient)
        if grant is None:
            raise LinkEnded("", "")
        where = links.standing(access.grant_facts(work, found, grant), grant.device_id, work.now)
        if where not in (Standing.YOURS, Standing.UNCLAIMED):
            raise LinkEnded("", where)
        return request_pages.page_of(work, _sight(work, found, recipient, grant))


def _grant(work: Work, recipient: Recipient) -> AccessGrant | None:
    query = select(AccessGrant).where(AccessGrant.recipient_id == recipient.id)
    newest = query.order_by(col(AccessGrant.ended_at).is_not(None), col(AccessGrant.created_at).desc())
    return work.session.exec(newest.limit(1)).first()


def _sight(work: Work, found: Sight, recipient: Recipient, grant: AccessGrant) -> Sight:
    return access.through_grant(found, work.session.get(Contact, recipient.contact_id), recipient, grant)


def _why(reason: str) -> str:
    """What the person meets instead of the list."""
    return {
        "": _("It has not been sent to {name}: there is no link yet."),
        Standing.EXPIRED: _("The link of {name} has expired: its page says so and offers an access link."),
        Standing.WITHDRAWN: _("The request was withdrawn: its page tells {name} so, and whom to ask."),
        Standing.CLOSED: _("The work is completed: the page tells {name} that the request is closed."),
        Standing.WAITS_FOR_SIGN_IN: _("Signing in is required: the link leads {name} to the sign-in page."),
    }.get(reason, _("The link of {name} opens nothing any more, and its page says so."))
