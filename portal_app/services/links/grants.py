"""Access grants and the links that lead to them (6.3, 6.4, 6.6): opened, made to last, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import links
from portal_app.domain.links import Because
from portal_app.domain.secrets import keyed_hash, new_code, new_token, token_hash
from portal_app.models import (
    AccessCode,
    AccessGrant,
    ClassicPin,
    Client,
    ClientRequest,
    Firm,
    LinkToken,
    MailPhase,
    OutboxMail,
    Recipient,
)
from portal_app.work import Work

MAGIC: Final = "magic"
ACCESS: Final = "access"
CLASSIC: Final = "classic"
PIN: Final = "pin"
"""A classic link that *Send a new PIN* sent."""
BY_PIN = frozenset({CLASSIC, PIN})
WAITING = (MailPhase.QUEUED, MailPhase.LEASED)
"""Phases in which an e-mail can still be stopped."""


@dataclass(frozen=True, slots=True)
class WayIn:
    """What an e-mail holds: a link, and under classic access the PIN that its page asks for (6.9)."""

    url: str
    pin: str = ""


def open_grant(work: Work, recipient: Recipient, lasts_for: timedelta) -> AccessGrant:
    """The recipient's grant, made to last at least `lasts_for` from now; a new one where none is open (6.4, 6.6)."""
    until = work.now + lasts_for
    grant = open_grant_of(work, recipient.id, lock=True)
    if grant is None:
        grant = AccessGrant(
            firm_id=recipient.firm_id,
            request_id=recipient.request_id,
            recipient_id=recipient.id,
            contact_id=recipient.contact_id,
            created_at=work.now,
            expires_at=until,
            classic_at=None if _has_portal(work, recipient) else work.now,
        )
    else:
        grant.expires_at = links.extended(grant.expires_at, work.now, lasts_for)
    work.add(grant)
    work.session.flush()
    return grant


def choose_way(work: Work, grant: AccessGrant, *, has_portal: bool) -> None:
    """A send or resend: classic where the portal is off, a magic link from then on where it is on (6.9, 2.14)."""
    grant.classic_at = None if has_portal else grant.classic_at or work.now
    work.add(grant)


def _has_portal(work: Work, recipient: Recipient) -> bool:
    request = work.session.get_one(ClientRequest, recipient.request_id)
    return is_portal_on(
        work.session.get_one(Firm, request.firm_id), work.session.get_one(Client, request.client_id)
    )


def is_portal_on(firm: Firm, client: Client) -> bool:
    """Whether the client's portal is on, and the firm's (1.3, 2.14)."""
    return firm.portal_on_at is not None and client.portal_on_at is not None


def open_grant_of(work: Work, recipient_id: UUID, *, lock: bool = False) -> AccessGrant | None:
    """The one grant of a recipient that has not ended for good; it may have expired."""
    query = select(AccessGrant).where(
        AccessGrant.recipient_id == recipient_id, col(AccessGrant.ended_at).is_(None)
    )
    return work.session.exec(query.with_for_update() if lock else query).first()


def new_link(work: Work, grant: AccessGrant, kind: str = MAGIC) -> tuple[LinkToken, str]:
    """One more link for a grant, and its URL: the only time that its token is known (6.3). It ends no other."""
    row, url = unwritten_link(work, grant, kind)
    work.add(row)
    work.session.flush()
    return row, url


def new_way(work: Work, grant: AccessGrant) -> WayIn:
    """What the next e-mail about the request leads in by: a link, and its PIN under classic access (6.3, 6.9)."""
    if grant.classic_at is None:
        return WayIn(new_link(work, grant)[1])
    return new_pin_link(work, grant, new_code())


def again(work: Work, grant: AccessGrant) -> str:
    """The address of a link for whoever had one and stands outside; a classic one knows no PIN until it is asked for."""
    if grant.classic_at is None:
        return new_link(work, grant)[1]
    row, token = _row(work, grant, CLASSIC)
    work.add(row)
    return work.ports.settings.public_url + routes.to(routes.CLASSIC, code=token)


def new_pin_link(work: Work, grant: AccessGrant, pin: str, kind: str = CLASSIC) -> WayIn:
    """One more classic link, which asks for `pin`."""
    row, token = _row(work, grant, kind)
    work.add(row)
    work.session.flush()
    work.add(
        ClassicPin(
            firm_id=grant.firm_id,
            link_id=row.id,
            pin_hash=keyed_hash(token, pin),
            created_at=work.now,
            resent_at=work.now if kind == PIN else None,
        )
    )
    return WayIn(work.ports.settings.public_url + routes.to(routes.CLASSIC, code=token), pin)


def unwritten_link(work: Work, grant: AccessGrant, kind: str) -> tuple[LinkToken, str]:
    """A link that leads nowhere until its row is added, and its URL."""
    row, token = _row(work, grant, kind)
    return row, work.ports.settings.public_url + routes.to(routes.MAGIC_LINK, token=token)


def _row(work: Work, grant: AccessGrant, kind: str) -> tuple[LinkToken, str]:
    token = new_token()
    row = LinkToken(
        firm_id=grant.firm_id,
        hash=token_hash(token),
        grant_id=grant.id,
        kind=kind,
        created_at=work.now,
        expires_at=work.now + links.ACCESS_LINK_LASTS_FOR if kind == ACCESS else None,
    )
    return row, token


def end_grants(
    work: Work, request: ClientRequest, because: Because, recipient: Recipient | None = None
) -> None:
    """End the request's open grants for good, or one recipient's: links, devices, codes, waiting e-mails (6.13)."""
    query = select(AccessGrant).where(
        AccessGrant.request_id == request.id, col(AccessGrant.ended_at).is_(None)
    )
    mails = select(OutboxMail).where(OutboxMail.request_id == request.id, col(OutboxMail.phase).in_(WAITING))
    if recipient is not None:
        query = query.where(AccessGrant.recipient_id == recipient.id)
        mails = mails.where(OutboxMail.recipient_id == recipient.id)
    for grant in work.session.exec(query.with_for_update()):
        grant.ended_at, grant.ended_because = work.now, because
        _end_codes(work, grant)
        work.add(grant)
    for mail in work.session.exec(mails.with_for_update()):
        cancel(work, mail, because)


def cancel(work: Work, mail: OutboxMail, reason: str) -> None:
    """Stop an e-mail that has not left; what it said is forgotten, why it did not leave is kept."""
    mail.phase, mail.answer, mail.settled_at, mail.sealed = MailPhase.CANCELLED, reason, work.now, None
    mail.lease_owner = mail.leased_until = None
    work.add(mail)


def _end_codes(work: Work, grant: AccessGrant) -> None:
    open_codes = select(AccessCode).where(
        AccessCode.grant_id == grant.id,
        col(AccessCode.ended_at).is_(None),
        col(AccessCode.used_at).is_(None),
    )
    for code in work.session.exec(open_codes):
        code.ended_at = work.now
        work.add(code)
