"""Asking what becomes of a send whose moment is past when a work is made or its start moved (6.18)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal_app.domain import send_rules
from portal_app.domain.errors import BadInput
from portal_app.models import ClientRequest, Firm, WorkItem
from portal_app.services.requests import send_plans
from portal_app.text import _, format_moment
from portal_app.work import Work


class Past(StrEnum):
    """What becomes of a send whose moment is past already; empty where nobody was asked."""

    UNASKED = ""
    NOW = "now"
    BY_HAND = "manual"


def keep_rule(work: Work, firm: Firm, item: WorkItem, request: ClientRequest, rule: send_rules.Rule) -> bool:
    """Keep the rule of a request of new work; returns whether its moment is past already."""
    request.send_rule = rule.kept
    work.add(request)
    return send_plans.is_past(firm, rule, item.starts_on, work.now)


def plan(work: Work, item: WorkItem, past_ids: Collection[UUID], past: Past) -> None:
    """Work out the sends of new work; what is past goes now or by hand, as asked.

    Raises `BadInput` naming `past` where nobody was asked.
    """
    if past_ids and past is Past.UNASKED:
        raise BadInput(_("The moment of sending is past: say whether to send now, or by hand."), field="past")
    work.session.flush()
    send_plans.plan_work(work, item, past_ids if past is Past.NOW else ())


def words(firm: Firm, rule: send_rules.Rule, starts_on: date | None) -> str:
    """The moment as people of the firm read it; empty where the rule gives none."""
    at = send_plans.send_at(firm, rule, starts_on)
    return format_moment(at, firm.time_zone) if at else ""
