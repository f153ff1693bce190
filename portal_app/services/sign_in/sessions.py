"""Who is behind a browser's cookies, read anew each time: a session's end holds at once (4.6, 1.13, 2.10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain import sessions as rules
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.secrets import token_hash
from portal_app.domain.visitors import Visitor
from portal_app.models import Contact, Device, Firm, PortalAccount, SignInSession, Staff
from portal_app.ports import Ports
from portal_app.settings import Settings
from portal_app.work import Work, begin, reading

T = TypeVar("T")
AT_ONCE = 1_000


def cookie_name(kind: str, settings: Settings) -> str:
    """The cookie of `staff`, `client` or `device`; `__Host-` binds it to this host where there is https (4.6)."""
    return f"__Host-{kind}" if settings.https else kind


@dataclass(frozen=True)
class SessionBook:
    """What the gate asks; each method is one look, or one transaction."""

    ports: Ports

    def resolve(self, cookies: Mapping[str, str], address: str) -> Visitor:
        """The live sessions, with their second factor given, and the device behind these cookies."""
        hashes = {
            kind: token_hash(value)
            for kind in ("staff", "client", "device")
            if (value := cookies.get(cookie_name(kind, self.ports.settings)))
        }
        if not hashes:
            return Visitor()
        with reading(self.ports, Actor.nobody(address=address)) as work:
            return Visitor(
                staff=_by_token(work.session, Kind.STAFF, hashes.get("staff"), work.now),
                client=_by_token(work.session, Kind.CLIENT, hashes.get("client"), work.now),
                device=_device(work.session, hashes.get("device")),
            )

    def touch(self, visitor: Visitor) -> None:
        """Begin the idle time of this browser's sessions anew, to the minute; an ended one stays ended."""
        with reading(self.ports, Actor.nobody()) as work:
            stale = [row.id for row in _rows(work.session, visitor) if _is_stale(row, work.now)]
        if not stale:
            return
        with begin(self.ports, Actor.nobody()) as work:
            for row in work.session.exec(select(SignInSession).where(col(SignInSession.id).in_(stale))):
                if is_live(row, work.now):
                    row.last_seen_at = work.now

    def ended(self, visitors: Collection[Visitor]) -> set[Visitor]:
        """Those of whom at least one session or device is no longer there.

        This is asked every second about everybody who has a page open: a few statements, however many they are.
        """
        with reading(self.ports, Actor.nobody()) as work:
            alive = _Alive.of(work.session, visitors, work.now)
        return {visitor for visitor in visitors if not alive.has(visitor)}


def sign_out(ports: Ports, actor: Actor) -> None:
    """End the session by which somebody asks; its open pages hear of it at once (4.6)."""
    if actor.session_id is None:
        return
    with begin(ports, actor) as work:
        end_session(work, actor.session_id)


def end_session(work: Work, session_id: UUID) -> None:
    """End one session, finished or not, once."""
    work.session.flush()
    row = work.session.get(SignInSession, session_id, with_for_update=True, populate_existing=True)
    if row is None or row.ended_at is not None:
        return
    row.ended_at = work.now
    work.add(row)
    work.audit("session:ended", firm_id=row.firm_id, subject_kind="session", subject_id=row.id)
    work.ring(f"session:{row.id}")


def end_sessions(
    work: Work, *, staff_id: UUID | None = None, contact_id: UUID | None = None, but: UUID | None = None
) -> int:
    """End all sessions of one person, wherever they are (1.13, 2.10, 4.5), `but` one; says how many there were."""
    rows = work.session.exec(
        select(SignInSession.id)
        .where(
            SignInSession.staff_id == staff_id,
            SignInSession.contact_id == contact_id,
            col(SignInSession.ended_at).is_(None),
        )
        .order_by(col(SignInSession.id))
    ).all()
    rows = [session_id for session_id in rows if session_id != but]
    for session_id in rows:
        end_session(work, session_id)
    return len(rows)


def is_live(row: SignInSession, now: datetime) -> bool:
    """Whether the session has its second factor and has not ended; whose it is, is not looked at."""
    if row.ended_at is not None or row.mfa_at is None:
        return False
    return now < rules.ends_at(kind_of(row), row.created_at, row.last_seen_at)


def kind_of(row: SignInSession) -> Kind:
    """Which side a session belongs to."""
    return Kind.STAFF if row.staff_id is not None else Kind.CLIENT


def _by_token(session: Session, kind: Kind, digest: bytes | None, now: datetime) -> UUID | None:
    if digest is None:
        return None
    row = session.exec(select(SignInSession).where(SignInSession.token_hash == digest)).first()
    return row.id if row is not None and _opens(session, row, kind, now) else None


def _opens(session: Session, row: SignInSession, kind: Kind, now: datetime) -> bool:
    """Whether a session is live, of this side, and of a person who may still sign in."""
    if kind_of(row) is not kind or not is_live(row, now):
        return False
    if kind is Kind.STAFF:
        person = session.get(Staff, row.staff_id)
        return person is not None and person.deactivated_at is None
    return row.contact_id is not None and account_holder(session, row.contact_id) is not None


def account_holder(session: Session, contact_id: UUID) -> Contact | None:
    """The contact, where their account may be used: not archived, not disabled, the firm's portal on (2.10, 2.14)."""
    return session.exec(_holding(select(Contact)).where(Contact.id == contact_id)).first()


def _holding(contacts: SelectOfScalar[T]) -> SelectOfScalar[T]:
    return (
        contacts.join(PortalAccount, col(PortalAccount.contact_id) == Contact.id)
        .join(Firm, col(Firm.id) == Contact.firm_id)
        .where(
            col(Contact.archived_at).is_(None),
            col(PortalAccount.disabled_at).is_(None),
            col(Firm.portal_on_at).is_not(None),
        )
    )


def _device(session: Session, digest: bytes | None) -> UUID | None:
    if digest is None:
        return None
    return session.exec(select(Device.id).where(Device.token_hash == digest)).first()


def _rows(session: Session, visitor: Visitor) -> list[SignInSession]:
    ids = [one for one in (visitor.staff, visitor.client) if one is not None]
    return list(session.exec(select(SignInSession).where(col(SignInSession.id).in_(ids))))


def _is_stale(row: SignInSession, now: datetime) -> bool:
    return is_live(row, now) and now - row.last_seen_at >= rules.TOUCH_AFTER


@dataclass(frozen=True, slots=True)
class _Alive:
    """What of some visitors' sessions and devices is there and opens something."""

    staff: Set[UUID]
    clients: Set[UUID]
    devices: Set[UUID]

    @classmethod
    def of(cls, session: Session, visitors: Collection[Visitor], now: datetime) -> _Alive:
        """As `_opens` has it for one."""
        asked = {one for visitor in visitors for one in (visitor.staff, visitor.client)}
        live = [
            row for row in _of(session, select(SignInSession), SignInSession.id, asked) if is_live(row, now)
        ]
        working = select(Staff.id).where(col(Staff.deactivated_at).is_(None))
        people = set(_of(session, working, Staff.id, {row.staff_id for row in live}))
        holders = set(
            _of(session, _holding(select(Contact.id)), Contact.id, {row.contact_id for row in live})
        )
        return cls(
            staff={row.id for row in live if row.staff_id in people},
            clients={row.id for row in live if row.staff_id is None and row.contact_id in holders},
            devices=set(_of(session, select(Device.id), Device.id, {visitor.device for visitor in visitors})),
        )

    def has(self, visitor: Visitor) -> bool:
        """Whether all that this visitor came with is there."""
        pairs = ((visitor.staff, self.staff), (visitor.client, self.clients), (visitor.device, self.devices))
        return all(one is None or one in there for one, there in pairs)


def _of(session: Session, query: SelectOfScalar[T], column: Any, ids: Set[UUID | None]) -> Iterator[T]:
    """What a query gives for these ids, so many a statement that every database takes them."""
    wanted = sorted(one for one in ids if one is not None)
    for start in range(0, len(wanted), AT_ONCE):
        yield from session.exec(query.where(col(column).in_(wanted[start : start + AT_ONCE])))
