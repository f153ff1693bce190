"""*Send me my links*: one e-mail with an access link for each open request of an address (6.26)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import col, select

from portal_app.domain.outbox import Urgency
from portal_app.domain.secrets import new_code
from portal_app.domain.sign_in import RESETS
from portal_app.models import AccessGrant, Contact, Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import access_links, grants
from portal_app.services.links.grants import WayIn
from portal_app.services.mail import emails, post
from portal_app.services.mail.email_facts import OpenRequest
from portal_app.services.requests import sendable
from portal_app.services.sign_in import tries
from portal_app.services.sign_in.accounts import Entrance, Visit, contact_at
from portal_app.work import Work, begin, reading


def send_my_links(ports: Ports, entrance: Entrance, email: str, visit: Visit) -> None:
    """E-mail a recipient the links to what is open for them at this firm; say nothing either way.

    At most one e-mail a minute and five an hour an address, and for each grant as 6.12 says. Call it once the
    answer has left: what it does for a recipient takes longer than what it does for anybody else.
    """
    with reading(ports, visit.nobody) as work:
        is_known = contact_at(work.session, entrance, email) is not None
    if not is_known or not tries.take(
        ports.limiter, tries.counter("my_links", entrance, email, None), RESETS
    ):
        return
    with begin(ports, visit.nobody) as work:
        contact = contact_at(work.session, entrance, email, lock=True)
        if contact is not None and not sendable.why_not_to(contact):
            _send(work, contact)


def _send(work: Work, contact: Contact) -> None:
    found = list(_open(work, contact))
    if not found:
        return
    firm = work.session.get_one(Firm, contact.firm_id)
    # The soonest due stands first; what has no day stands last.
    requests = sorted(
        (one for one, _sight in found), key=lambda one: (one.due_on is None, one.due_on, one.title)
    )
    head = letterhead(work.ports.settings, firm)
    mail = emails.my_links(head, name=contact.name, requests=tuple(requests), locale=contact.locale)
    row = post.queue(
        work,
        mail,
        firm=firm,
        to=(contact.name, contact.email),
        dedupe_key=f"my_links:{contact.id.hex}:{work.now.isoformat()}",
        urgency=Urgency.NOW,
        contact_id=contact.id,
    )
    for _one, sight in found:
        access_links.note_sent(work, sight, contact)
    work.audit(
        "access_links:sent", firm_id=firm.id, subject_kind="contact", subject_id=contact.id, mail_id=row.id
    )


def _open(work: Work, contact: Contact) -> Iterator[tuple[OpenRequest, Sight]]:
    """Each request of theirs with something left to do and a grant that opens by a link, or by a PIN (6.9)."""
    query = select(AccessGrant).where(
        AccessGrant.contact_id == contact.id, col(AccessGrant.ended_at).is_(None)
    )
    for grant in work.session.exec(query.order_by(col(AccessGrant.id))).all():
        sight = access.sight_of(work, grant.request_id)
        tasks = sendable.open_tasks(work, sight) if sight else []
        way = _way(work, sight, grant) if sight and tasks else None
        if sight is None or way is None:
            continue
        due_on = min((task.due_on for task in tasks if task.due_on), default=None)
        yield OpenRequest(sight.client.name, sight.section.name, way.url, due_on, way.pin), sight


def _way(work: Work, sight: Sight, grant: AccessGrant) -> WayIn | None:
    """A new way in, as *Send access link* or *Send a new PIN* would send; None where those would send nothing."""
    if grant.classic_at is None:
        if not access_links.is_openable(work, sight, grant) or not access_links.has_room(work, grant):
            return None
        return WayIn(grants.new_link(work, grant, grants.ACCESS)[1])
    stands = access.classic_standing(work, sight, grant)
    if stands not in access_links.OPENABLE or not access_links.has_room(work, grant, grants.PIN):
        return None
    return grants.new_pin_link(work, grant, new_code(), grants.PIN)
