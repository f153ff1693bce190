"""When requests go out by themselves, worked out anew whenever something it depends on changes (5.4, 6.18, 7.14)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from portal_app.domain import send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.domain.send_rules import Days, Kind, Rule
from portal_app.models import ClientRequest, Firm, Section, WorkItem
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.requests import dispatch
from portal_app.services.triage import triage
from portal_app.text import _, format_moment
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class PastSend:
    """A request whose moment to send would be past: the dialog asks *now, or by hand* (6.18)."""

    request_id: UUID
    title: str
    moment: str


def days_of(firm: Firm) -> Days:
    """How the firm counts the days and hours of its sends (1.11, 1.15)."""
    return Days(ZoneInfo(firm.time_zone), firm.sending_hour, frozenset(firm.sending_weekdays))


def send_at(firm: Firm, rule: Rule, starts_on: date | None) -> datetime | None:
    """The moment at which a request with this rule goes out by itself; None where none is known."""
    return send_rules.send_at(rule, starts_on, days_of(firm))


def is_past(firm: Firm, rule: Rule, starts_on: date | None, now: datetime) -> bool:
    """Whether that moment has come already: then the dialog that makes a work asks (6.18)."""
    planned = send_at(firm, rule, starts_on)
    return planned is not None and planned <= now


def past_sends(ports: Ports, actor: Actor, work_item_id: UUID, starts_on: date | None) -> list[PastSend]:
    """Which requests of a work would be past their moment if it started on `starts_on`: to ask before saving (6.18)."""
    with reading(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT)
        firm = work.session.get_one(Firm, item.firm_id)
        found = []
        for request in _planned(work, item):
            rule = Rule.read(request.send_rule)
            planned = send_at(firm, rule, starts_on)
            if planned is None or planned > work.now or _is_settled(request, planned):
                continue
            title = work.session.get_one(Section, request.id).name
            found.append(PastSend(request.id, title, format_moment(planned, firm.time_zone)))
        return found


def plan_work(work: Work, item: WorkItem, send_now: Collection[UUID] | None = None) -> None:
    """Work out the sends of a work that was made, or whose start moved (5.14, 6.18).

    A send whose moment is past goes out now where it is in `send_now`, and else waits for somebody's hand: it
    becomes manual. With None nobody was asked (the API, bulk work), so the staff are told. What was held, and
    stays past, stays held.
    """
    firm = work.session.get_one(Firm, item.firm_id)
    for request in _planned(work, item):
        planned = send_at(firm, Rule.read(request.send_rule), item.starts_on)
        if planned is not None and _is_settled(request, planned):
            continue
        if planned is not None and planned <= work.now and request.id not in (send_now or ()):
            _leave_to_hand(work, request, planned, is_told=send_now is None)
            continue
        request.send_at = max(planned, work.now) if planned is not None else None
        _let_go(work, request)


def plan_again(work: Work, item: WorkItem, request: ClientRequest) -> None:
    """The send of a section that comes back, as its work starts now; what is past meanwhile waits for a hand (6.18)."""
    rule = Rule.read(request.send_rule)
    if request.sent_at is not None or rule.kind is Kind.MANUAL:
        return
    planned = send_at(work.session.get_one(Firm, item.firm_id), rule, item.starts_on)
    if planned is not None and planned <= work.now:
        _leave_to_hand(work, request, planned, is_told=False)
        return
    request.send_at = planned
    _let_go(work, request)


def plan_firm(work: Work, firm: Firm) -> None:
    """Work out all coming sends after the firm's zone, hour or weekdays changed (7.14). None is lost."""
    days = days_of(firm)
    query = (
        select(ClientRequest, WorkItem)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .where(
            ClientRequest.firm_id == firm.id,
            col(ClientRequest.sent_at).is_(None),
            col(ClientRequest.held_at).is_(None),
            _is_automatic(),
        )
        .order_by(col(ClientRequest.id))
        .with_for_update(of=ClientRequest)
    )
    for request, item in work.session.exec(query):
        rule = Rule.read(request.send_rule)
        planned = send_rules.send_at(rule, item.starts_on, days)
        request.send_at = planned and send_rules.again(rule, planned, work.now, days)
        work.add(request)


def set_rule(work: Work, sight: Sight, rule: Rule) -> None:
    """Keep a send rule chosen by hand. Raises `BadInput` where its moment is past: then one sends, or chooses later.

    The rule that was there already may stay, whatever its moment: it is what is held, or about to go.
    """
    request, firm = sight.request, sight.firm
    if rule == Rule.read(request.send_rule):
        return
    _check(rule)
    planned = send_at(firm, rule, sight.work_item.starts_on)
    if planned is not None and planned <= work.now:
        raise BadInput(
            _("That would have been on {moment}. Choose a later day, or send it now.").format(
                moment=format_moment(planned, firm.time_zone)
            ),
            field="send_day",
        )
    if rule.kind is Kind.ON and planned is None:
        raise BadInput(_("The firm sends on no day of the week."), field="send_day")
    request.send_rule, request.send_at = rule.kept, planned
    _let_go(work, request)


def _check(rule: Rule) -> None:
    if rule.kind is Kind.RELATIVE and abs(rule.days) > send_rules.FURTHEST:
        text = _("From 0 to {n} days.").format(n=send_rules.FURTHEST)
        raise BadInput(text, field="send_day")
    if rule.kind is Kind.ON and rule.on is None:
        raise BadInput(_("Choose a day."), field="send_day")
    if rule.hour is not None and not 0 <= rule.hour <= 23:
        raise BadInput(_("Choose an hour."), field="send_hour")


def _planned(work: Work, item: WorkItem) -> list[ClientRequest]:
    """The work's requests that are to go out by themselves, locked; what was taken out of it is left out."""
    there = select(Section.id).where(Section.work_item_id == item.id, col(Section.archived_at).is_(None))
    query = select(ClientRequest).where(
        col(ClientRequest.id).in_(there), col(ClientRequest.sent_at).is_(None), _is_automatic()
    )
    return list(work.session.exec(query.order_by(col(ClientRequest.id)).with_for_update()))


def _is_automatic() -> ColumnElement[bool]:
    kind: ColumnElement[str] = col(ClientRequest.send_rule)["kind"].as_string()
    return kind != Kind.MANUAL.value


def _is_settled(request: ClientRequest, planned: datetime) -> bool:
    """Whether this very moment was planned before: it goes, or was held, as it was."""
    return request.send_at == planned


def _let_go(work: Work, request: ClientRequest) -> None:
    """What kept it from going belongs to the moment that was."""
    request.held_at, request.held_because = None, ""
    work.add(request)


def _leave_to_hand(work: Work, request: ClientRequest, planned: datetime, *, is_told: bool) -> None:
    request.send_rule, request.send_at = Rule().kept, None
    _let_go(work, request)
    sight = access.sight_of(work, request.id) if is_told else None
    if sight is not None:
        once_key = f"send_by_hand:{request.id}:{planned.isoformat()}"
        triage.notify(work, sight, "send_by_hand", once_key=once_key, was_for=planned.isoformat())
        dispatch.tell(work, sight, "send_by_hand", {"was_for": planned.isoformat()})
