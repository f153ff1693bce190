"""Which device holds a grant: bound once, moved by an access link or its code, never shared (6.5, 6.6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from portal_app.domain import links
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import AccessGrant, Device, LinkToken, LostDevice, Recipient
from portal_app.services.access import Sight
from portal_app.work import Work


class Took(StrEnum):
    """How a device came to hold a grant."""

    CLAIMED = "link_claimed"
    MOVED = "link_moved"


@dataclass
class Browser:
    """The browser that presses: known by its cookie, or by the token that its form gave and its cookie will hold."""

    work: Work
    known_id: UUID | None
    token: str
    is_made_here: bool = False

    @property
    def device_id(self) -> UUID | None:
        """Its device, where it has one already."""
        if self.known_id is not None:
            return self.known_id
        query = select(Device.id).where(Device.token_hash == token_hash(self.token))
        return self.work.session.exec(query).first()

    @property
    def is_by_token(self) -> bool:
        """Whether its cookie is not set yet."""
        return self.known_id is None

    def enter(self) -> UUID:
        """Its device, made where it has none; of two presses of one browser at once, both get the same."""
        if (device_id := self.device_id) is not None:
            seen(self.work, device_id)
            return device_id
        device = Device(
            token_hash=token_hash(self.token),
            created_at=self.work.now,
            last_seen_at=self.work.now,
            browser=self.work.actor.browser,
            address=self.work.actor.address,
        )
        try:
            with self.work.session.begin_nested():
                self.work.add(device)
        except IntegrityError:
            device_id = self.device_id
            if device_id is None:
                raise
            return device_id
        self.is_made_here = True
        return device.id

    def leave(self) -> None:
        """Take back a device made for nothing."""
        if self.is_made_here:
            self.work.session.execute(delete(Device).where(col(Device.token_hash) == token_hash(self.token)))


def seen(work: Work, device_id: UUID) -> None:
    """A browser was here, and what it calls itself."""
    work.session.execute(
        update(Device)
        .where(col(Device.id) == device_id)
        .values(last_seen_at=work.now, browser=work.actor.browser, address=work.actor.address)
        .execution_options(synchronize_session=False)
    )


def bind(work: Work, grant: AccessGrant, browser: Browser) -> Took | None:
    """Give an unclaimed grant to this browser; None where another was first. One conditional UPDATE decides."""
    device_id = browser.enter()
    taken = work.session.execute(
        update(AccessGrant)
        .where(
            col(AccessGrant.id) == grant.id,
            col(AccessGrant.device_id).is_(None),
            col(AccessGrant.ended_at).is_(None),
            col(AccessGrant.expires_at) > work.now,
        )
        .values(device_id=device_id, claimed_at=work.now, shown_at=None)
        .execution_options(synchronize_session=False)
    )
    if _count(taken) == 1:
        return Took.CLAIMED
    browser.leave()
    return None


def move_by_link(work: Work, grant: AccessGrant, link: LinkToken, browser: Browser) -> Took | None:
    """The first press of an access link moves the grant here; None where it was pressed or spent before (6.5)."""
    used = work.session.execute(
        update(LinkToken)
        .where(
            col(LinkToken.id) == link.id,
            col(LinkToken.used_at).is_(None),
            col(LinkToken.spent_at).is_(None),
        )
        .values(used_at=work.now)
        .execution_options(synchronize_session=False)
    )
    return move(work, grant, browser) if _count(used) == 1 else None


def move(work: Work, grant: AccessGrant, browser: Browser) -> Took | None:
    """Move an open grant to this browser, and begin thirty new days where it had expired (6.6)."""
    work.session.refresh(grant, with_for_update=True)
    if grant.ended_at is not None:
        return None
    device_id = browser.enter()
    if grant.device_id is not None and grant.device_id != device_id:
        _lose(work, grant, grant.device_id)
    work.session.execute(
        delete(LostDevice).where(col(LostDevice.grant_id) == grant.id, col(LostDevice.device_id) == device_id)
    )
    took = Took.CLAIMED if grant.device_id is None else Took.MOVED
    grant.device_id, grant.claimed_at, grant.shown_at = device_id, work.now, None
    grant.device_ended_at = None
    if grant.expires_at <= work.now:
        grant.expires_at = work.now + links.ACCESS_LINK_LASTS_FOR
    work.add(grant)
    return took


def free(work: Work, grant: AccessGrant) -> None:
    """Take the grant from its device: the next that presses has it, and the device is told so (6.5)."""
    if grant.device_id is None:
        return
    _lose(work, grant, grant.device_id)
    grant.device_id = grant.claimed_at = grant.shown_at = grant.device_ended_at = None
    work.add(grant)


def end(work: Work, grant: AccessGrant) -> None:
    """Take the grant from its device for good: only an access link, which goes to the recipient's own address, opens
    it again (4.4, 6.5). The grant stays open."""
    if grant.device_id is None:
        return
    _lose(work, grant, grant.device_id)
    nobodys = Device(token_hash=token_hash(new_token()), created_at=work.now, last_seen_at=work.now)
    work.add(nobodys)
    work.session.flush()
    grant.device_id, grant.shown_at, grant.device_ended_at = nobodys.id, None, work.now
    work.add(grant)


def record(work: Work, sight: Sight, grant: AccessGrant, took: Took) -> None:
    """The recipient has opened the request (5.6); timelines, audit and whoever looks are told."""
    recipient = work.session.get(Recipient, grant.recipient_id, with_for_update=True)
    if recipient is not None and recipient.opened_at is None:
        recipient.opened_at = work.now
        work.add(recipient)
    work.note(
        took.value,
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        contact_id=grant.contact_id,
        facts={"title": sight.section.name},
    )
    work.audit(
        took.value.replace("_", ":", 1),
        firm_id=sight.firm.id,
        subject_kind="access_grant",
        subject_id=grant.id,
    )
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}", f"firm:{sight.firm.id}")


def _lose(work: Work, grant: AccessGrant, device_id: UUID) -> None:
    """Remember who held it before: their pages say *opened on another device*."""
    query = select(LostDevice).where(LostDevice.grant_id == grant.id, LostDevice.device_id == device_id)
    row = work.session.exec(query).first() or LostDevice(
        firm_id=grant.firm_id, grant_id=grant.id, device_id=device_id, lost_at=work.now
    )
    row.lost_at = work.now
    work.add(row)


def _count(result: object) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101  an UPDATE's result has a row count
    return result.rowcount
