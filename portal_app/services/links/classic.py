"""Classic access: a link and a PIN, which bind no device, for clients whose portal is off (6.9)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select

from portal_app.domain import links
from portal_app.domain.actors import Actor
from portal_app.domain.errors import PortalError
from portal_app.domain.links import Standing
from portal_app.domain.outbox import Urgency
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import keyed_hash, new_code, same, token_hash
from portal_app.models import ClassicEntry, ClassicPin, Recipient
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import access_links, binding, grants
from portal_app.services.links.links import Found, LinkPage, find, is_classic, link_page
from portal_app.services.mail import emails, post
from portal_app.services.mail.email_facts import Access
from portal_app.services.sign_in import tries
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class PinPage:
    """What a classic link shows. `asks` for the PIN; `tries_left` is none where that PIN is locked or unknown.

    `is_magic` where a resend made it a link like the others: its page is elsewhere.
    """

    seen: LinkPage
    is_magic: bool
    asks: bool
    tries_left: int


@dataclass(frozen=True, slots=True)
class Entered:
    """What a typed PIN came to. `is_new_device` where the browser must keep the token it gave."""

    page: PinPage
    is_open: bool = False
    is_new_device: bool = False


def look(ports: Ports, actor: Actor, code: str) -> PinPage:
    """What the link shows to this browser. Changes nothing (6.4). Raises `NotFound`."""
    with reading(ports, actor) as work:
        return _page(work, find(work, code))


def give_pin(ports: Ports, actor: Actor, code: str, pin: str, device_token: str) -> Entered:
    """Type the PIN: this browser gets the request for 24 hours, and takes it from no other (6.9).

    Five wrong tries lock the PIN. One sent to an expired grant begins thirty new days (6.6). Raises `NotFound`,
    and `TryLater` after sixty wrong tries an hour from one network address, over however many links.
    """
    network = f"pin:{tries.network(actor.address)}"
    if not ports.limiter.has_room(network, links.WRONG_PINS):
        raise tries.full(ports, network, (links.WRONG_PINS,))
    with begin(ports, actor) as work:
        found = find(work, code)
        work.session.refresh(found.grant, with_for_update=True)
        row = _pin(work, found, lock=True)
        if row is None or not _page(work, found).asks or row.tries >= links.PIN_TRIES:
            return Entered(_page(work, found))
        if not same(row.pin_hash, keyed_hash(code, pin)):
            row.tries += 1
            work.add(row)
            ports.limiter.hit(network, links.WRONG_PINS)
            _audit(work, found, "pin:refused")
            return Entered(_page(work, found))
        row.tries = 0
        work.add(row)
        if found.grant.expires_at <= work.now:
            found.grant.expires_at = work.now + links.ACCESS_LINK_LASTS_FOR
            work.add(found.grant)
        browser = binding.Browser(work, actor.device_id, device_token)
        _enter(work, found, browser.enter())
        return Entered(_page(work, found), is_open=True, is_new_device=browser.is_by_token)


def send_pin(ports: Ports, actor: Actor, code: str) -> PinPage:
    """Press *Send a new PIN*: the same answer whatever is true, within the limits of 6.12.

    It takes the place of the link's own PIN, and the e-mail brings a link of its own too (6.3). Raises `NotFound`,
    and `TryLater` after sixty presses an hour from one network address.
    """
    access_links.count_press(ports, actor)
    with begin(ports, actor) as work:
        found = find(work, code)
        work.session.refresh(found.grant, with_for_update=True)  # two presses at once send one e-mail
        if is_classic(found) and access_links.may_leave(work, found, grants.PIN):
            _send(work, found, code, new_code())
        _audit(work, found, "pin:asked")
        return _page(work, found)


def _page(work: Work, found: Found) -> PinPage:
    where = access.classic_standing(work, found.sight, found.grant)
    row = _pin(work, found)
    reopens = where is Standing.EXPIRED and row is not None and _reopens(work, row)
    left = max(0, links.PIN_TRIES - row.tries) if row else 0
    is_here = is_classic(found)
    asks = is_here and (where is Standing.UNCLAIMED or reopens)
    seen = link_page(work, found, where, goes_straight=is_here and _goes_straight(work, found))
    return PinPage(seen, is_magic=not is_here, asks=asks, tries_left=left)


def _goes_straight(work: Work, found: Found) -> bool:
    """This browser gave the PIN not long ago, or the recipient is signed in: the portal may be on by now."""
    try:
        sight = access.request(work, found.sight.request.id, Permission.TASK_VIEW)
    except PortalError:
        return False
    return sight.contact is not None and sight.contact.id == found.grant.contact_id


def _reopens(work: Work, row: ClassicPin) -> bool:
    """A PIN asked for after all had expired lives thirty days, as an access link does (6.6)."""
    return row.resent_at is not None and work.now < row.resent_at + links.ACCESS_LINK_LASTS_FOR


def _pin(work: Work, found: Found, *, lock: bool = False) -> ClassicPin | None:
    query = select(ClassicPin).where(ClassicPin.link_id == found.link.id)
    return work.session.exec(query.with_for_update() if lock else query).first()


def _enter(work: Work, found: Found, device_id: UUID) -> None:
    """The browser's entry, and the recipient's first opening (5.6)."""
    query = select(ClassicEntry).where(
        ClassicEntry.grant_id == found.grant.id, ClassicEntry.device_id == device_id
    )
    row = work.session.exec(query).first() or ClassicEntry(
        firm_id=found.grant.firm_id,
        grant_id=found.grant.id,
        device_id=device_id,
        entered_at=work.now,
        expires_at=work.now,
    )
    row.entered_at, row.expires_at = work.now, work.now + links.ENTRY_LASTS_FOR
    recipient = work.session.get(Recipient, found.grant.recipient_id, with_for_update=True)
    if recipient is not None and recipient.opened_at is None:
        recipient.opened_at = work.now
        work.add(recipient)
    work.add(row)
    sight = found.sight
    work.note(
        "pin_given",
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        contact_id=found.grant.contact_id,
        facts={"title": sight.section.name},
    )
    _audit(work, found, "pin:given")
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}", f"firm:{sight.firm.id}")


def _send(work: Work, found: Found, code: str, pin: str) -> None:
    contact, sight = found.sight.contact, found.sight
    assert contact is not None  # noqa: S101  `may_leave` looked
    row = _pin(work, found, lock=True) or ClassicPin(
        firm_id=found.grant.firm_id, link_id=found.link.id, pin_hash=b"", created_at=work.now
    )
    row.pin_hash, row.tries, row.resent_at = keyed_hash(code, pin), 0, work.now
    work.add(row)
    way = grants.new_pin_link(work, found.grant, pin, grants.PIN)
    said = Access(contact.name, sight.client.name, sight.section.name, way.url, pin)
    head = letterhead(work.ports.settings, sight.firm, sight.client)
    mail = post.queue(
        work,
        emails.classic_pin(head, said, locale=contact.locale),
        firm=sight.firm,
        to=(contact.name, contact.email),
        dedupe_key=f"classic_pin:{token_hash(way.url).hex()}",
        urgency=Urgency.NOW,
        contact_id=contact.id,
        request_id=sight.request.id,
        recipient_id=found.grant.recipient_id,
    )
    work.note(
        "pin_sent",
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        contact_id=contact.id,
        mail_id=mail.id,
        facts={"title": sight.section.name, "to": contact.name},
    )


def _audit(work: Work, found: Found, action: str) -> None:
    work.audit(action, firm_id=found.grant.firm_id, subject_kind="access_grant", subject_id=found.grant.id)
