"""Browsers that take push: asked for and taken back by their person, ended with their session (11.1, 4.4)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.pushing import MOST_BROWSERS, UNSEEN_FOR, PushTarget, is_target
from portal_app.models import OutboxPush, PushSubscription, SignInSession, Staff
from portal_app.ports import Ports
from portal_app.services.account.own import own
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.sessions import account_holder
from portal_app.text import _
from portal_app.work import Work, begin


def subscribe(ports: Ports, actor: Actor, target: PushTarget) -> None:
    """Let this browser take push for whoever is signed in; again is once, and confirms it.

    Raises `SignInNeeded`, `BadInput` for what is no push service's address.
    """
    if not is_target(target, may_be_plain=ports.settings.demo):
        raise BadInput(_("This browser’s push service cannot be reached safely."))
    with begin(ports, actor) as work:
        person = own(work, lock=True)
        row = _row(work, person, target.endpoint) or PushSubscription(
            firm_id=person.firm.id,
            person_id=person.id,
            staff_id=person.staff_id,
            contact_id=person.contact_id,
            session_id=_session(actor),
            endpoint_hash=_hash(target.endpoint),
            sealed=b"",
            created_at=work.now,
            seen_at=work.now,
        )
        is_new = not row.sealed or row.ended_at is not None
        row.sealed = ports.sealer.seal(json.dumps(asdict(target)).encode(), _about(row.id))
        row.session_id, row.device_id, row.seen_at = _session(actor), actor.device_id, work.now
        row.ended_at, row.ended_because = None, ""
        work.add(row)
        _end_oldest(work, person)
        if is_new:
            _audit(work, person, "push:switched_on")


def unsubscribe(ports: Ports, actor: Actor, endpoint: str) -> None:
    """Let this browser take none any more. Twice is once. Raises `SignInNeeded`."""
    with begin(ports, actor) as work:
        person = own(work, lock=True)
        row = _row(work, person, endpoint)
        if row is not None and row.ended_at is None:
            end(work, row, "switched off")
            _audit(work, person, "push:switched_off")


def open_of(work: Work, person_id: UUID) -> list[PushSubscription]:
    """The subscriptions of a person that may be pushed to now."""
    query = select(PushSubscription).where(
        PushSubscription.person_id == person_id, col(PushSubscription.ended_at).is_(None)
    )
    rows = work.session.exec(query.order_by(col(PushSubscription.id)))
    return [row for row in rows if not why_over(work, row)]


def why_over(work: Work, row: PushSubscription) -> str:
    """Why nothing is pushed there any more, as a word; empty where it may be."""
    if row.ended_at is not None:
        return row.ended_because or "ended"
    session = work.session.get(SignInSession, row.session_id)
    if session is None or session.ended_at is not None:
        return "signed out"
    if work.now - row.seen_at > UNSEEN_FOR:
        return "not seen for long"
    if row.staff_id is not None:
        person = work.session.get(Staff, row.staff_id)
        return "" if person and person.deactivated_at is None else "deactivated"
    return "" if row.contact_id and account_holder(work.session, row.contact_id) else "account disabled"


def end(work: Work, row: PushSubscription, because: str) -> None:
    """End one subscription; of where it led, nothing is kept."""
    row.ended_at, row.ended_because, row.sealed = work.now, because[:60], b""
    work.add(row)


def end_of_device(work: Work, person_id: UUID, device_id: UUID) -> None:
    """End what one browser of a person takes, also by sessions that timed out (4.4)."""
    query = select(PushSubscription).where(
        PushSubscription.person_id == person_id,
        PushSubscription.device_id == device_id,
        col(PushSubscription.ended_at).is_(None),
    )
    for row in work.session.exec(query):
        end(work, row, "browser ended")


def forget(work: Work, person_ids: list[UUID]) -> None:
    """Take away for good where these people were pushed to, and what was (14.3)."""
    mine = select(PushSubscription.id).where(col(PushSubscription.person_id).in_(person_ids))
    work.session.execute(delete(OutboxPush).where(col(OutboxPush.subscription_id).in_(mine)))
    work.session.execute(delete(PushSubscription).where(col(PushSubscription.person_id).in_(person_ids)))


def target_of(ports: Ports, row: PushSubscription) -> PushTarget:
    """Where a subscription leads. Raises `ValueError` where it cannot be opened."""
    return PushTarget(**json.loads(ports.sealer.unseal(row.sealed, _about(row.id))))


def _end_oldest(work: Work, person: Person) -> None:
    """A browser's address that is another person's now is theirs alone; beyond the most, the oldest end."""
    work.session.flush()
    rows = open_of(work, person.id)
    for row in sorted(rows, key=lambda one: one.seen_at)[: max(0, len(rows) - MOST_BROWSERS)]:
        end(work, row, "too many")


def _row(work: Work, person: Person, endpoint: str) -> PushSubscription | None:
    """The person's row of this address; another person of the same side who had it here has it no more."""
    digest = _hash(endpoint)
    is_staff = person.staff_id is not None
    others = (
        col(PushSubscription.staff_id).is_not(None)
        if is_staff
        else col(PushSubscription.contact_id).is_not(None)
    )
    work.session.execute(
        update(PushSubscription)
        .where(
            col(PushSubscription.endpoint_hash) == digest,
            col(PushSubscription.person_id) != person.id,
            col(PushSubscription.ended_at).is_(None),
            others,
        )
        .values(ended_at=work.now, ended_because="somebody else signed in", sealed=b"")
    )
    query = select(PushSubscription).where(
        PushSubscription.endpoint_hash == digest, PushSubscription.person_id == person.id
    )
    return work.session.exec(query).first()


def _session(actor: Actor) -> UUID:
    assert actor.session_id is not None  # noqa: S101  `own` asked
    return actor.session_id


def _audit(work: Work, person: Person, action: str) -> None:
    work.audit(action, firm_id=person.firm.id, subject_kind=person.kind.value, subject_id=person.id)


def _hash(endpoint: str) -> bytes:
    return hashlib.sha256(endpoint.encode()).digest()


def _about(row_id: UUID) -> bytes:
    return b"push subscription:" + row_id.bytes
