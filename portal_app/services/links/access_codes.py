"""The six digits of *Send access link*: kept by the page that asked, ten minutes, five tries, once (6.5)."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

from sqlmodel import select

from portal_app.domain import links
from portal_app.domain.secrets import same, token_hash
from portal_app.models import AccessCode, LinkToken
from portal_app.services.links import binding, grants
from portal_app.services.links.links import Found
from portal_app.work import Work

_PAGE = re.compile(r"[A-Za-z0-9_-]{43}")


def keep(
    work: Work, found: Found, kept: AccessCode | None, page: str, link_id: UUID, code_hash: bytes
) -> None:
    """The code of this page; another one takes the place of the one before."""
    row = kept or AccessCode(
        firm_id=found.grant.firm_id,
        grant_id=found.grant.id,
        page_hash=token_hash(page),
        link_id=link_id,
        code_hash=code_hash,
        created_at=work.now,
        expires_at=work.now,
    )
    row.link_id, row.code_hash, row.tries = link_id, code_hash, 0
    row.created_at, row.expires_at = work.now, work.now + links.ACCESS_CODE_LASTS_FOR
    row.used_at = row.ended_at = None
    work.add(row)


def code_of(work: Work, found: Found, page: str, *, lock: bool = False) -> AccessCode | None:
    """The code that belongs to this page of this grant, good or not."""
    if not _PAGE.fullmatch(page):
        return None
    query = select(AccessCode).where(
        AccessCode.page_hash == token_hash(page), AccessCode.grant_id == found.grant.id
    )
    return work.session.exec(query.with_for_update() if lock else query).first()


def is_live(work: Work, row: AccessCode) -> bool:
    """Whether it may still be typed."""
    return (
        row.used_at is None
        and row.ended_at is None
        and row.tries < links.ACCESS_CODE_TRIES
        and work.now < row.expires_at
    )


def was_typed_here(found: Found, row: AccessCode, browser: binding.Browser, page: str, code: str) -> bool:
    """The second press of a double click: the first moved the grant to this very browser (fault 14)."""
    return (
        row.used_at is not None
        and browser.device_id is not None
        and browser.device_id == found.grant.device_id
        and same(row.code_hash, code_hash_of(page, code))
    )


def spend(work: Work, row: AccessCode) -> None:
    """It was typed: it works no more, and the link sent with it moves nothing."""
    row.used_at = work.now
    link = work.session.get(LinkToken, row.link_id)
    if link is not None and link.kind == grants.ACCESS:
        link.spent_at = work.now
        work.add(link)
    work.add(row)


def code_hash_of(page: str, code: str) -> bytes:
    """Bound to the page's secret, which is kept nowhere: six digits alone could be found from their hash."""
    return hashlib.sha256(f"{page}:{code}".encode()).digest()
