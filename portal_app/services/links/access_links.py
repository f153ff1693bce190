"""*Send access link*: an e-mail with a link and a code to the recipient's own address, and the code typed on the
page that asked (6.5, 6.6, 6.12). The answer is the same whatever is true."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import select

from portal_app.domain import links
from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.links import Standing
from portal_app.domain.outbox import Urgency
from portal_app.domain.secrets import new_code, new_token, same
from portal_app.models import AccessGrant, Contact, LinkToken
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import access_codes, binding, grants
from portal_app.services.links import links as links_
from portal_app.services.links.links import Found, find
from portal_app.services.mail import emails, post
from portal_app.services.mail.email_facts import Access
from portal_app.services.requests import sendable
from portal_app.services.sign_in import tries
from portal_app.work import Work, begin, reading

OPENABLE = frozenset({Standing.UNCLAIMED, Standing.YOURS, Standing.OTHER_DEVICE, Standing.EXPIRED})
"""Where an access link is of use: not while the work is completed, withdrawn, or waiting for sign-in (6.10)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that asked: `page` is its secret, given back with the code, which works nowhere else (6.5)."""

    page: str
    firm: Letterhead
    title: str


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What a typed code came to: `is_open`, else `tries_left`; none left when it was spent or is too old."""

    page: Asked
    request_id: UUID
    is_open: bool = False
    tries_left: int = 0
    is_new_device: bool = False


def send_access_link(ports: Ports, actor: Actor, token: str, page: str = "") -> Asked:
    """Press *Send access link*. At most one e-mail a minute and five an hour a grant leave (6.12).

    With the `page` of an earlier press a code sent to it stays good until another leaves. Raises `NotFound`
    for a token that is none, `TryLater` after sixty presses an hour from one network address.
    """
    count_press(ports, actor)
    with begin(ports, actor) as work:
        found = find(work, token)
        work.session.refresh(found.grant, with_for_update=True)  # two presses at once send one e-mail
        kept = access_codes.code_of(work, found, page)
        page = page if kept is not None else new_token()
        code = new_code()
        # Worked out whether it leaves or not: the answer takes as long either way.
        link, url = grants.unwritten_link(work, found.grant, grants.ACCESS)
        mail = emails.access_link(_head(work, found), _facts(found, url, code), locale=_locale(found))
        if may_leave(work, found):
            _send(work, found, link, mail)
            access_codes.keep(work, found, kept, page, link.id, access_codes.code_hash_of(page, code))
        elif kept is None:
            # Whoever asked in vain gets the same page, and a code that nobody can guess.
            access_codes.keep(work, found, None, page, found.link.id, secrets.token_bytes(32))
        work.audit(
            "access_link:asked",
            firm_id=found.grant.firm_id,
            subject_kind="access_grant",
            subject_id=found.grant.id,
        )
        return Asked(page, _head(work, found), found.sight.section.name)


def count_press(ports: Ports, actor: Actor) -> None:
    """Count one press of *Send access link* or *Send a new PIN*. Raises `TryLater` after sixty an hour (6.12)."""
    network = f"access_link:{tries.network(actor.address)}"
    if not ports.limiter.hit(network, links.ACCESS_PRESSES):
        raise tries.full(ports, network, (links.ACCESS_PRESSES,))


def page_of(ports: Ports, actor: Actor, token: str, page: str) -> Asked:
    """The page again, where what was typed cannot be a code: no try is counted. Raises `NotFound`."""
    with reading(ports, actor) as work:
        found = find(work, token)
        return Asked(page, _head(work, found), found.sight.section.name)


def give_code(ports: Ports, actor: Actor, token: str, page: str, code: str, device_token: str) -> CodeAnswer:
    """Type the six digits on the page that asked: ten minutes, five tries, once (6.5).

    The right code moves the grant here, even if its access link was pressed meanwhile; after it that link
    moves nothing. Raises `NotFound` for a token that is none.
    """
    with begin(ports, actor) as work:
        found = find(work, token)
        asked = Asked(page, _head(work, found), found.sight.section.name)
        request_id = found.sight.request.id
        work.session.refresh(
            found.grant, with_for_update=True
        )  # the grant before its codes, as a withdrawal does
        row, browser = (
            access_codes.code_of(work, found, page, lock=True),
            binding.Browser(work, actor.device_id, device_token),
        )
        if row is not None and access_codes.was_typed_here(found, row, browser, page, code):
            return CodeAnswer(asked, request_id, is_open=True, is_new_device=browser.is_by_token)
        if row is None or not access_codes.is_live(work, row):
            return CodeAnswer(asked, request_id)
        if not same(row.code_hash, access_codes.code_hash_of(page, code)):
            row.tries += 1
            work.add(row)
            return CodeAnswer(asked, request_id, tries_left=links.ACCESS_CODE_TRIES - row.tries)
        took = binding.move(work, found.grant, browser) if _is_openable(work, found) else None
        if took is None:
            return CodeAnswer(asked, request_id)
        access_codes.spend(work, row)
        binding.record(work, found.sight, found.grant, took)
        return CodeAnswer(asked, request_id, is_open=True, is_new_device=browser.is_by_token)


def may_leave(work: Work, found: Found, kind: str = grants.ACCESS) -> bool:
    """Whether a link of this kind may be sent now: to an address that works, while it is of use, within limits (6.12)."""
    contact = found.sight.contact
    if contact is None or contact.archived_at is not None or sendable.why_not_to(contact):
        return False
    is_by_pin = kind == grants.PIN
    where = access.classic_standing(work, found.sight, found.grant) if is_by_pin else None
    if not (where in OPENABLE if is_by_pin else _is_openable(work, found)):
        return False
    return has_room(work, found.grant, kind)


def has_room(work: Work, grant: AccessGrant, kind: str = grants.ACCESS) -> bool:
    """Whether one more such e-mail may leave for the grant: one a minute, five an hour (6.12)."""
    query = select(LinkToken.created_at).where(
        LinkToken.grant_id == grant.id,
        LinkToken.kind == kind,
        LinkToken.created_at > work.now - timedelta(hours=1),
    )
    sent = list(work.session.exec(query))
    is_soon = any(at > work.now - links.ACCESS_MAIL_EVERY for at in sent)
    return not is_soon and len(sent) < links.ACCESS_MAILS_AN_HOUR


def _is_openable(work: Work, found: Found) -> bool:
    if links_.is_classic(found):
        return False  # its page asks for a PIN instead
    return is_openable(work, found.sight, found.grant)


def is_openable(work: Work, sight: Sight, grant: AccessGrant) -> bool:
    """Whether an access link would open the grant, bound or expired as it may be."""
    return links.standing(access.grant_facts(work, sight, grant), None, work.now) in OPENABLE


def _send(work: Work, found: Found, link: LinkToken, mail: emails.ComposedMail) -> None:
    contact, sight = found.sight.contact, found.sight
    assert contact is not None  # noqa: S101  `_may_leave` looked
    work.add(link)
    work.session.flush()
    post.queue(
        work,
        mail,
        firm=sight.firm,
        to=(contact.name, contact.email),
        dedupe_key=f"access_link:{link.id.hex}",
        urgency=Urgency.NOW,
        contact_id=contact.id,
        request_id=sight.request.id,
        recipient_id=found.grant.recipient_id,
    )
    note_sent(work, sight, contact)


def note_sent(work: Work, sight: Sight, contact: Contact) -> None:
    """Write into the timelines that a recipient asked for an access link and got it."""
    work.note(
        "access_link_sent",
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        contact_id=contact.id,
        facts={"title": sight.section.name, "to": contact.name},
    )


def _facts(found: Found, url: str, code: str) -> Access:
    contact = found.sight.contact
    return Access(
        recipient_name=contact.name if contact else "",
        client_name=found.sight.client.name,
        title=found.sight.section.name,
        link=url,
        code=code,
    )


def _head(work: Work, found: Found) -> Letterhead:
    return letterhead(work.ports.settings, found.sight.firm, found.sight.client)


def _locale(found: Found) -> str:
    return found.sight.contact.locale if found.sight.contact else found.sight.firm.locale
