"""Handing one task to somebody else, and taking it back (5.8a, 8.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from portal_app.domain import handing
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.policy import Way
from portal_app.models import AccessGrant, HandOver, Task
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import grants, handed, ways_in
from portal_app.services.mail import post
from portal_app.services.sign_in import tries
from portal_app.services.triage import triage
from portal_app.text import _, format_date
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class Hand:
    """Who has the task now, and until when."""

    id: str
    name: str
    email: str
    until: date
    is_yours: bool = False
    """Whether whoever looks handed it over, and so can take it back."""


@dataclass(frozen=True, slots=True)
class HandPage:
    """What the recipient sees before handing a task over. With `refusal` they cannot, and that says why."""

    firm: Letterhead
    title: str
    client_name: str
    hands: list[Hand] = field(default_factory=list)
    refusal: str = ""
    least: date = date.min
    usual: date = date.min
    most: date = date.min


def hand_page(ports: Ports, actor: Actor, request_id: UUID, task_id: UUID) -> HandPage:
    """The task, in whose hands it is, and between which days it can be handed over. Raises as the doors do."""
    with reading(ports, actor) as work:
        task, sight = _task(work, request_id, task_id)
        today = firm_days.today(sight.firm, work.now)
        return HandPage(
            firm=letterhead(ports.settings, sight.firm, sight.client),
            title=task.title,
            client_name=sight.client.name,
            hands=hands_of(work, sight, [task.id]).get(task.id, []),
            refusal=_why_not(work, sight, task),
            least=today,
            usual=today + timedelta(days=handing.USUAL_DAYS),
            most=handing.last_day(today),
        )


def hand_over(
    ports: Ports, actor: Actor, request_id: UUID, task_id: UUID, name: str, email: str, until: str
) -> None:
    """Hand one open task to somebody by e-mail, to the end of a day at most thirty days ahead (5.8a).

    Handing it to the same address again changes nothing but the day, and sends another link. Raises `BadInput`
    beside the field, `RuleBroken` under *require MFA*, `TryLater`, and what the doors raise.
    """
    with begin(ports, actor) as work:
        task, sight = _task(work, request_id, task_id, lock=True)
        if refusal := _why_not(work, sight, task):
            raise RuleBroken(refusal)
        who = typed.line(name, "name", longest=120, missing=_("Write who it is for."))
        address, day = _address(sight, email), _day(work, sight, until)
        grant = _grant(work, sight)
        counter = f"hand_over:{sight.contact.id if sight.contact else actor.device_id}"
        if not ports.limiter.hit(counter, handing.MAILS_A_DAY):
            raise tries.full(ports, counter, (handing.MAILS_A_DAY,))
        row = _row(work, sight, task, grant, address)
        row.name, row.expires_at = who, _end_of(sight, day)
        work.add(row)
        work.session.flush()
        handed.send_link(work, sight, task, row)
        _record(work, sight, task, "task_handed_over", to=who)
        triage.notify(work, sight, "task_handed_over", task=task, once_key=f"hand:{row.id}", to=who)


def take_back(ports: Ports, actor: Actor, request_id: UUID, task_id: UUID, hand_id: UUID) -> None:
    """Take the task back: its links, its device, and e-mails not yet sent end at once; what was sent stays."""
    with begin(ports, actor) as work:
        task, sight = _task(work, request_id, task_id, lock=True)
        row = work.session.get(HandOver, hand_id, with_for_update=True)
        if row is None or row.task_id != task.id:
            raise NotFound(_("There is nothing here."))
        if sight.contact is None or row.contact_id != sight.contact.id:
            raise RuleBroken(_("Only the person who handed it over can take it back."))
        if row.ended_at is not None:
            return
        row.ended_at = work.now
        work.add(row)
        ways_in.cancel_mail(work, "taken back", handed.mails_of(work, row))
        _record(work, sight, task, "hand_over_ended", to=row.name)


def hands_of(work: Work, sight: Sight, task_ids: Iterable[UUID]) -> dict[UUID, list[Hand]]:
    """Who has each of these tasks now; for a page that a door has already opened."""
    query = select(HandOver).where(
        col(HandOver.task_id).in_(list(task_ids)),
        col(HandOver.ended_at).is_(None),
        HandOver.expires_at > work.now,
    )
    rows = list(work.session.exec(query.order_by(col(HandOver.id))))
    found: dict[UUID, list[Hand]] = {}
    _held = access.read_hands(work, rows)
    for row in rows:
        if access.hand_standing(work, sight, row) in (Standing.UNCLAIMED, Standing.WAITS_FOR_SIGN_IN):
            until = firm_days.day_of(sight.firm, row.expires_at - timedelta(seconds=1))
            is_yours = sight.contact is not None and sight.contact.id == row.contact_id
            hand = Hand(str(row.id), row.name, row.email, until, is_yours)
            found.setdefault(row.task_id, []).append(hand)
    return found


def in_words(hands: list[Hand]) -> str:
    """*Handed to Paul Roy until 5 April*; empty where nobody has it."""
    if not hands:
        return ""
    names = ", ".join(hand.name for hand in hands)
    day = format_date(max(hand.until for hand in hands), "short")
    return _("Handed to {names} until {date}").format(names=names, date=day)


def _task(work: Work, request_id: UUID, task_id: UUID, *, lock: bool = False) -> tuple[Task, Sight]:
    """A task that a recipient may answer: whoever has it in hand passes it on to nobody."""
    task, sight = access.task(work, task_id, Permission.TASK_COMPLETE, lock=lock)
    if task.section_id != request_id or not work.actor.is_client:
        raise NotFound(_("There is nothing here."))
    return task, sight


def _why_not(work: Work, sight: Sight, task: Task) -> str:
    if sight.recipient is None or _open_grant(work, sight) is None:
        return _("Only somebody to whom this request was sent can hand a task over.")
    if access.way(sight.firm, Permission.TASK_VIEW) is Way.SIGNED_IN:
        return _("The firm requires signing in, so tasks cannot be handed over.")
    if task.completed_at is not None:
        return _("This task is completed, so there is nothing to hand over.")
    if len(hands_of(work, sight, [task.id]).get(task.id, [])) >= handing.MOST_AT_ONCE:
        return _("This task is in as many hands as it can be. Take it back from one first.")
    return ""


def _open_grant(work: Work, sight: Sight) -> AccessGrant | None:
    """The recipient's own, signed in too: what is handed over falls with it."""
    grant = sight.grant or (grants.open_grant_of(work, sight.recipient.id) if sight.recipient else None)
    return grant if grant is not None and grant.expires_at > work.now else None


def _grant(work: Work, sight: Sight) -> AccessGrant:
    grant = _open_grant(work, sight)
    assert grant is not None  # noqa: S101  `_why_not` looked
    return grant


def _address(sight: Sight, written: str) -> str:
    email = typed.line(written, "email", longest=254, missing=_("Type an e-mail address."))
    if not post.is_usable(email):
        raise BadInput(_("This is not an e-mail address, like name@example.com."), field="email")
    if sight.contact is not None and post.is_same(sight.contact.email, email):
        raise BadInput(_("This is your own address. Choose somebody else’s."), field="email")
    return email


def _day(work: Work, sight: Sight, written: str) -> date:
    today = firm_days.today(sight.firm, work.now)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise BadInput(_("Choose a day."), field="until") from None
    if not today <= day <= handing.last_day(today):
        last = format_date(handing.last_day(today))
        raise BadInput(_("Choose a day from today to {date}.").format(date=last), field="until")
    return day


def _end_of(sight: Sight, day: date) -> datetime:
    """Midnight after `day` in the firm's zone (1.15)."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(sight.firm.time_zone))


def _row(work: Work, sight: Sight, task: Task, grant: AccessGrant, email: str) -> HandOver:
    """The open hand-over to this address, else a new one."""
    query = select(HandOver).where(HandOver.task_id == task.id, HandOver.grant_id == grant.id)
    for row in work.session.exec(query.with_for_update()):
        is_live = access.hand_standing(work, sight, row) is Standing.UNCLAIMED
        if is_live and post.is_same(row.email, email):
            return row
    assert sight.contact is not None  # noqa: S101  a recipient
    return HandOver(
        firm_id=sight.firm.id,
        task_id=task.id,
        request_id=sight.request.id,
        grant_id=grant.id,
        contact_id=sight.contact.id,
        name="",
        email=email,
        locale=sight.contact.locale,
        created_at=work.now,
        expires_at=work.now,
    )


def _record(work: Work, sight: Sight, task: Task, kind: str, *, to: str) -> None:
    work.note(
        kind,
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=task.id,
        contact_id=sight.contact.id if sight.contact else None,
        facts={"title": task.title, "to": to},
    )
    work.audit(kind.replace("_", ":", 1), firm_id=sight.firm.id, subject_kind="task", subject_id=task.id)
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}", f"firm:{sight.firm.id}")
