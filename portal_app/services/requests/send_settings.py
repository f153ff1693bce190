"""A request's send settings: when it goes, to whom, and when to remind (5.4). Before the send they are plans; after it, acts."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import Kind, Rule
from portal_app.domain.send_rules import Rule as SendRule
from portal_app.models import Recipient
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.reminders import replanning
from portal_app.services.requests import send_plans, sendable, sending
from portal_app.services.work import work_channels
from portal_app.text import _
from portal_app.work import Work, begin, reading


def save_settings(
    ports: Ports,
    actor: Actor,
    request_id: UUID,
    contact_ids: Collection[UUID],
    rule: Rule,
    key: str,
    send_rule: SendRule | None = None,
) -> None:
    """Keep recipients and reminder rule and, before the send, the send rule (5.4).

    Of a request that is out, a new recipient gets the first e-mail at once (6.15) and a removed one loses
    their link (6.14). `key` names one press. Raises `BadInput` beside the field, or `RuleBroken`.
    """
    if not keep_settings(ports, actor, request_id, contact_ids, rule, send_rule):
        return
    there = _recipients(ports, actor, request_id)
    if not contact_ids:
        raise BadInput(_("Choose at least one recipient."), field="recipients")
    if new := [one for one in contact_ids if one not in there]:
        sending.add_recipients(ports, actor, request_id, new, key)
    for gone in there - set(contact_ids):
        sending.remove_recipient(ports, actor, request_id, gone)


def send_with_settings(
    ports: Ports, actor: Actor, request_id: UUID, contact_ids: Collection[UUID], rule: Rule, key: str
) -> None:
    """Keep the reminder rule, then send (6.1). What was chosen stays kept when the send is refused."""
    keep_settings(ports, actor, request_id, contact_ids, rule)
    sending.send_request(ports, actor, request_id, contact_ids, key)


def keep_settings(
    ports: Ports,
    actor: Actor,
    request_id: UUID,
    contact_ids: Collection[UUID],
    rule: Rule,
    send_rule: SendRule | None = None,
) -> bool:
    """Keep the rules, and the planned recipients of a request that is not out; returns whether it is out.

    A request that was sent has no send rule any more: what is given for it changes nothing.
    """
    _check(rule)
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_EDIT, lock=True)
        is_out = sight.request.sent_at is not None and sight.request.withdrawn_at is None
        sight.request.reminder_rule = _kept(rule)
        if not is_out:
            _plan(work, sight, contact_ids)
        if send_rule is not None and sight.request.sent_at is None:
            send_plans.set_rule(work, sight, send_rule)
        work.add(sight.request)
        replanning.replan(work, [request_id])
        work.audit(
            "request:settings_changed",
            firm_id=sight.firm.id,
            subject_kind="request",
            subject_id=request_id,
            rule=_kept(rule),
        )
        work_channels.ring_section(work, sight.section)
        return is_out


def let_reminders_go_on(ports: Ports, actor: Actor, request_id: UUID) -> None:
    """Let gentle reminders go on for this send although a task is done (7.6). Twice is once."""
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_EDIT, lock=True)
        sight.request.reminders_go_on_at = work.now
        work.add(sight.request)
        replanning.replan(work, [request_id])
        work.audit(
            "request:reminders_go_on",
            firm_id=sight.firm.id,
            subject_kind="request",
            subject_id=request_id,
        )
        work_channels.ring_section(work, sight.section)


def _check(rule: Rule) -> None:
    if rule.kind is Kind.CUSTOM and not 0 <= rule.before <= 60:
        raise BadInput(_("Between 0 and 60 days before."), field="before")
    if rule.kind is Kind.CUSTOM and not 1 <= rule.every <= 30:
        raise BadInput(_("Every 1 to 30 days."), field="every")


def _kept(rule: Rule) -> dict[str, object]:
    kept: dict[str, object] = {"kind": rule.kind.value}
    return kept | {"before": rule.before, "every": rule.every} if rule.kind is Kind.CUSTOM else kept


def _plan(work: Work, sight: Sight, contact_ids: Collection[UUID]) -> None:
    """Recipients of a request that is not out are exactly those chosen; a stranger to the client is left out."""
    usable = {one.id for one in sendable.contacts(work, sight.client)}
    wanted = set(contact_ids) & usable
    rows = {
        row.contact_id: row
        for row in work.session.exec(select(Recipient).where(Recipient.request_id == sight.request.id))
    }
    for contact_id in wanted - rows.keys():
        row = Recipient(
            firm_id=sight.firm.id,
            request_id=sight.request.id,
            contact_id=contact_id,
            created_at=work.now,
        )
        work.add(row)
    for contact_id, row in rows.items():
        is_wanted = contact_id in wanted
        if is_wanted != (row.removed_at is None):
            row.removed_at = None if is_wanted else work.now
            work.add(row)


def _recipients(ports: Ports, actor: Actor, request_id: UUID) -> set[UUID]:
    with reading(ports, actor) as work:
        access.request(work, request_id, Permission.REQUEST_EDIT)
        query = select(Recipient.contact_id).where(
            Recipient.request_id == request_id, col(Recipient.removed_at).is_(None)
        )
        return set(work.session.exec(query))
