"""A push is a row first, in the transaction of what it tells of: nothing in it that a locked screen should not show (11.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from portal_app.models import Firm, OutboxPush, PushSubscription, new_id
from portal_app.services.firm import app_icons
from portal_app.services.push import subscriptions
from portal_app.work import OUTBOX, Work


@dataclass(frozen=True, slots=True)
class Said:
    """What a push shows: a sentence in the person's language that names nothing, and the path where it leads."""

    event: str
    body: str
    path: str
    locale: str

    @property
    def about(self) -> str:
        """Under what a newer one takes its place: the same news about the same place."""
        return f"{self.event}:{self.path}"


def queue(
    work: Work, person_id: UUID, firm_id: UUID, said: Said, *, notice_id: UUID, after: timedelta = timedelta()
) -> int:
    """Push to every browser of a person that takes it, once `after` has passed; gives how many."""
    rows = subscriptions.open_of(work, person_id)
    if not rows:
        return 0
    firm = work.session.get_one(Firm, firm_id)
    payload = {
        "title": firm.name,
        "body": said.body,
        "path": said.path,
        "tag": said.about,
        "lang": said.locale,
        "icon": app_icons.address(firm, app_icons.ANY),
    }
    for row in rows:
        work.add(_row(work, row, said, json.dumps(payload), notice_id, after))
    work.ring(OUTBOX)
    return len(rows)


def about_of(payload: bytes) -> str:
    """`Said.about` of a payload."""
    return str(json.loads(payload)["tag"])


def about(row_id: UUID) -> bytes:
    """What a payload is sealed with."""
    return b"push:" + row_id.bytes


def _row(
    work: Work, to: PushSubscription, said: Said, payload: str, notice_id: UUID, after: timedelta
) -> OutboxPush:
    row_id = new_id()
    return OutboxPush(
        id=row_id,
        firm_id=to.firm_id,
        dedupe_key=f"push:{notice_id.hex}:{to.id.hex}",
        event=said.event,
        subscription_id=to.id,
        notice_id=notice_id,
        sealed=work.ports.sealer.seal(payload.encode(), about(row_id)),
        next_try_at=work.now + after,
        queued_at=work.now,
    )
