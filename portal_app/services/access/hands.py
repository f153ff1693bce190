"""Tasks handed over: what opens to whoever holds one (5.8a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel, col, select

from portal_app.domain import handing, links
from portal_app.domain.errors import LinkEnded, NotFound
from portal_app.domain.handing import HandFacts
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.policy import Way
from portal_app.models import AccessGrant, Contact, HandOver, Task
from portal_app.services.access.grants import classic_standing, grant_facts, say_why_not
from portal_app.services.access.sights import Sight
from portal_app.services.access.ways import way
from portal_app.services.links.ended_words import link_ended
from portal_app.work import Work


def by_hands(work: Work, found: Sight, *, handed: bool) -> Sight:
    """The tasks that were handed to this browser, where the caller can show them; else why nothing opens."""
    try:
        say_why_not(work, found)
    except (LinkEnded, NotFound) as refusal:
        hands = _hands(work, found)
        there = [(hand, hand_standing(work, found, hand)) for hand in hands]
        live = tuple(hand for hand, where in there if where is Standing.UNCLAIMED)
        if live and handed:
            giver = work.session.get(Contact, live[0].contact_id)
            mine = tuple(hand for hand in live if hand.contact_id == live[0].contact_id)
            return replace(found, contact=giver, handed=mine)
        if there and not live and isinstance(refusal, NotFound):
            raise link_ended(there[0][1]) from None
        raise


def _hands(work: Work, found: Sight) -> list[HandOver]:
    if work.actor.device_id is None:
        return []
    query = select(HandOver).where(
        HandOver.request_id == found.request.id, HandOver.device_id == work.actor.device_id
    )
    return list(work.session.exec(query.order_by(col(HandOver.claimed_at).desc())))


def read_hands(work: Work, hands: Sequence[HandOver]) -> list[SQLModel]:
    """Read at once what `hand_standing` looks at for each of these; held meanwhile, or the session forgets it."""
    asked: list[tuple[Any, set[UUID]]] = [
        (AccessGrant, {hand.grant_id for hand in hands}),
        (Contact, {hand.contact_id for hand in hands}),
        (Task, {hand.task_id for hand in hands}),
    ]
    return [
        row for kind, ids in asked if ids for row in work.session.exec(select(kind).where(kind.id.in_(ids)))
    ]


def hand_standing(work: Work, found: Sight, hand: HandOver) -> Standing:
    """Whether a task handed over still opens to whoever holds it: *unclaimed*, or why not (5.8a)."""
    given, asked = work.session.get_one(AccessGrant, hand.grant_id), work.session.get_one(Task, hand.task_id)
    giver = links.standing(grant_facts(work, found, given), None, work.now)
    if given.classic_at is not None:
        giver = classic_standing(work, found, given)
    facts = HandFacts(
        giver=giver,
        created_at=hand.created_at,
        expires_at=hand.expires_at,
        is_taken_back=hand.ended_at is not None,
        is_task_over=asked.completed_at is not None or asked.put_aside_at is not None,
        reopened_at=asked.reopened_at,
        is_mfa_required=way(found.firm, Permission.TASK_VIEW) is Way.SIGNED_IN,
    )
    return handing.standing(facts, work.now)
