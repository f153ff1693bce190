"""*Continue on a computer*: the device that holds a grant gives it to another, without an e-mail (6.5a)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.engine import CursorResult
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import continuing, links
from portal_app.domain.actors import Actor
from portal_app.domain.continuing import CODE_LASTS_FOR, CODES_MADE, LOCKED_FOR, WRONG_TRIES
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import AccessGrant, ContinueCode, Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import binding
from portal_app.services.links.ended_words import link_ended
from portal_app.services.sign_in import tries
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class Held:
    """A request that this device may give away, or that a scanned picture brings. `is_yours`: it opens here."""

    request_id: UUID
    firm: Letterhead
    title: str
    is_yours: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What the device shows: `code`, eight characters, and `url`, the scanned way. Both work once, for ten minutes."""

    held: Held
    code: str
    url: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The grant is this browser's. `is_new_device` where it must keep the token it gave."""

    request_id: UUID
    is_new_device: bool


def held(ports: Ports, actor: Actor, request_id: UUID) -> Held:
    """The request that this device holds by a link, signed in or not. Raises as `access.request` does."""
    with reading(ports, actor) as work:
        sight, grant = _held(work, request_id)
        return _shown(work, sight, grant)


def offer(ports: Ports, actor: Actor, request_id: UUID) -> Offer:
    """Press *Show the code*: one that takes the place of the one before (6.5a).

    Raises as `access.request` does, and `TryLater` after thirty an hour from one device.
    """
    code, token = continuing.new_code(), new_token()
    code_hash = continuing.code_hash(code, ports.settings.public_url)
    with begin(ports, actor) as work:
        sight, grant = _held(work, request_id)
        work.session.refresh(grant, with_for_update=True)
        if grant.device_id != actor.device_id or grant.ended_at is not None:
            raise link_ended(Standing.OTHER_DEVICE)
        counter = f"continue_offer:{actor.device_id}"
        if not ports.limiter.hit(counter, CODES_MADE):
            raise tries.full(ports, counter, (CODES_MADE,))
        _keep(work, grant, code_hash, token_hash(token))
        work.audit("continue:asked", firm_id=grant.firm_id, subject_kind="access_grant", subject_id=grant.id)
        url = ports.settings.public_url + routes.to(routes.CONTINUE_SCANNED, token=token)
        return Offer(_shown(work, sight, grant), code, url)


def front(ports: Ports) -> Letterhead | None:
    """Whose letterhead stands above the field for a code: the only firm's; None where there are several."""
    with reading(ports, Actor.nobody()) as work:
        firms = work.session.exec(select(Firm).limit(2)).all()
        return letterhead(ports.settings, firms[0]) if len(firms) == 1 else None


def scanned(ports: Ports, actor: Actor, token: str) -> Held | None:
    """What a scanned picture would bring here; None where it brings nothing. Changes nothing."""
    with reading(ports, actor) as work:
        row = _row(work, col(ContinueCode.token_hash) == token_hash(token))
        grant = work.session.get(AccessGrant, row.grant_id) if row else None
        sight = access.sight_of(work, grant.request_id) if grant else None
        if row is None or grant is None or sight is None:
            return None
        seen = _shown(work, sight, grant)
        is_live = row.used_at is None and work.now < row.expires_at and _may_move(work, sight, grant, row)
        return seen if seen.is_yours or is_live else None


def take_by_code(ports: Ports, actor: Actor, code: str, device_token: str) -> Moved | None:
    """Type the code: its grant moves here. None, all the same, for a wrong, spent or expired one.

    `code` is as `domain.continuing.typed` gives it. Raises `TryLater` for an hour after five wrong tries from one
    network address, whatever is typed.
    """
    _refuse_locked(ports, actor)
    code_hash = continuing.code_hash(code, ports.settings.public_url)
    with begin(ports, actor) as work:
        _refuse_locked(ports, actor)  # others tried while this one waited for its turn
        moved = _take(work, col(ContinueCode.code_hash) == code_hash, device_token)
        if moved is None:
            _went_wrong(ports, actor)
        return moved


def take_by_scan(ports: Ports, actor: Actor, token: str, device_token: str) -> Moved | None:
    """Press the button that a scanned picture led to. As `take_by_code`; a token cannot be guessed, so none counts."""
    _refuse_locked(ports, actor)
    with begin(ports, actor) as work:
        return _take(work, col(ContinueCode.token_hash) == token_hash(token), device_token)


def _take(work: Work, is_it: ColumnElement[bool], device_token: str) -> Moved | None:
    """Of any number at once exactly one gets it: a conditional UPDATE under the grant's lock decides.

    A browser that holds the grant already, by the first press of a double click, is led to the request (fault 14).
    """
    row, browser = _row(work, is_it), binding.Browser(work, work.actor.device_id, device_token)
    grant = work.session.get(AccessGrant, row.grant_id, with_for_update=True) if row else None
    sight = access.sight_of(work, grant.request_id) if grant else None
    if row is None or grant is None or sight is None:
        return None
    if grant.device_id is not None and grant.device_id == browser.device_id:
        return Moved(sight.request.id, browser.is_by_token)
    if not _may_move(work, sight, grant, row) or not _spend(work, is_it):
        return None
    took = binding.move(work, grant, browser)
    if took is None:
        return None
    binding.record(work, sight, grant, took)
    return Moved(sight.request.id, browser.is_by_token)


def _may_move(work: Work, sight: Sight, grant: AccessGrant, row: ContinueCode) -> bool:
    """Whether the grant is open, and still held by the device that showed the code."""
    where = links.standing(access.grant_facts(work, sight, grant), None, work.now)
    return where is Standing.OTHER_DEVICE and row.device_id == grant.device_id


def _spend(work: Work, is_it: ColumnElement[bool]) -> bool:
    spent = work.session.execute(
        update(ContinueCode)
        .where(is_it, col(ContinueCode.used_at).is_(None), col(ContinueCode.expires_at) > work.now)
        .values(used_at=work.now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(spent, CursorResult)  # noqa: S101  an UPDATE's result has a row count
    return spent.rowcount == 1


def _keep(work: Work, grant: AccessGrant, code_hash: bytes, hashed_token: bytes) -> None:
    """The grant's one code; its lock is held."""
    assert grant.device_id is not None  # noqa: S101  `offer` looked
    row = _row(work, col(ContinueCode.grant_id) == grant.id) or ContinueCode(
        firm_id=grant.firm_id,
        grant_id=grant.id,
        device_id=grant.device_id,
        code_hash=code_hash,
        token_hash=hashed_token,
        created_at=work.now,
        expires_at=work.now,
    )
    row.device_id, row.code_hash, row.token_hash = grant.device_id, code_hash, hashed_token
    row.created_at, row.expires_at, row.used_at = work.now, work.now + CODE_LASTS_FOR, None
    work.add(row)


def _held(work: Work, request_id: UUID) -> tuple[Sight, AccessGrant]:
    """The request as the device sees it, and the grant it holds; an account has nothing to give away."""
    as_device = replace(work, actor=replace(work.actor, contact_id=None))
    sight = access.request(as_device, request_id, Permission.TASK_VIEW)
    if sight.grant is None:
        raise NotFound(_("There is nothing here."))
    return sight, sight.grant


def _shown(work: Work, sight: Sight, grant: AccessGrant) -> Held:
    is_yours = grant.device_id is not None and grant.device_id == work.actor.device_id
    firm = letterhead(work.ports.settings, sight.firm, sight.client)
    return Held(sight.request.id, firm, sight.section.name, is_yours)


def _row(work: Work, is_it: ColumnElement[bool]) -> ContinueCode | None:
    return work.session.exec(select(ContinueCode).where(is_it)).first()


def _refuse_locked(ports: Ports, actor: Actor) -> None:
    lock = f"continue_lock:{tries.network(actor.address)}"
    if not ports.limiter.has_room(lock, LOCKED_FOR):
        raise tries.full(ports, lock, (LOCKED_FOR,))


def _went_wrong(ports: Ports, actor: Actor) -> None:
    network = tries.network(actor.address)
    ports.limiter.hit(f"continue:{network}", WRONG_TRIES)
    if not ports.limiter.has_room(f"continue:{network}", WRONG_TRIES):
        ports.limiter.hit(f"continue_lock:{network}", LOCKED_FOR)
