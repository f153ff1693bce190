"""Triage as its owner reads it: notifications by client, newest first, with their words and counts (8.1, 8.2, 8.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.domain.snoozing import Snooze, comes_back_at
from portal_app.models import Firm, Notification
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.firm.firm_days import today
from portal_app.services.triage import triage_rows
from portal_app.services.triage.triage_rows import (
    CLIENTS,
    FAILED,
    QUESTIONS,
    SNOOZED,
    UNREAD,
    Found,
    Progress,
    progress_words,
)
from portal_app.services.triage.triage_words import Piece, Told, Words, words
from portal_app.text import _, format_number, ngettext
from portal_app.work import Work, reading

PAGE = 60
MOST = 600
FRESH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Item:
    """One notification; `name` is its sentence without marks, for accessible names."""

    id: str = ""
    drawing: str = "bell"
    tone: str = ""
    pieces: list[Piece] = field(default_factory=list)
    name: str = ""
    quote: str = ""
    where: str = ""
    when: str = ""
    is_unread: bool = False
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A client's notifications; `end` says where its newest request stands."""

    id: str = ""
    name: str = ""
    href: str = ""
    work: str = ""
    end: str = ""
    tone: str = "m"
    notifications: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SnoozeChoice:
    """One moment to come back at."""

    value: str = ""
    word: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TriageView:
    """The whole list. Counts are empty where there is nothing; `as_of` is the moment that it shows."""

    groups: list[Group] = field(default_factory=list)
    summary: str = ""
    unread: str = ""
    questions: str = ""
    failures: str = ""
    snoozed: str = ""
    has_more: bool = False
    choices: list[SnoozeChoice] = field(default_factory=list)
    bell: str = ""
    as_of: str = ""


def triage_view(ports: Ports, actor: Actor, view: str = UNREAD, most: int = PAGE) -> TriageView:
    """One's own notifications in one of the five views, at most `most` of them."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.TRIAGE_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        found = triage_rows.found(work, view, min(most, MOST) + 1)
        shown = found[: min(most, MOST)]
        counts = triage_rows.counts(work)
        return TriageView(
            groups=_groups(work, firm, shown),
            summary=_summary(counts),
            unread=_number(counts[UNREAD]),
            questions=_number(counts[QUESTIONS]),
            failures=_number(counts[FAILED]),
            snoozed=_number(counts[SNOOZED]),
            has_more=len(found) > len(shown) and most < MOST,
            choices=snooze_choices(work.now, firm.time_zone),
            bell=f"staff:{actor.staff_id}",
            as_of=work.now.isoformat(),
        )


def snooze_choices(now: datetime, zone: str) -> list[SnoozeChoice]:
    """When a notification can come back, in the firm's own time; no moment under two names."""
    named = {
        Snooze.TODAY: _("Later today"),
        Snooze.TOMORROW: _("Tomorrow"),
        Snooze.WEEK: _("In a week"),
        Snooze.MONDAY: _("On Monday"),
    }
    offered: dict[datetime, Snooze] = {}
    for choice in named:
        offered.setdefault(comes_back_at(choice, now, zone), choice)
    return [
        SnoozeChoice(choice.value, named[choice], spoken.coming(at, now, zone))
        for at, choice in sorted(offered.items())
    ]


def _summary(counts: dict[str, int]) -> str:
    if not counts[UNREAD]:
        return _("nothing unread")
    unread = ngettext("{n} unread", "{n} unread", counts[UNREAD])
    clients = ngettext("from {n} client", "from {n} clients", counts[CLIENTS])
    return f"{unread} {clients}"


def _number(count: int) -> str:
    return format_number(count) if count else ""


def said_of(work: Work, firm: Firm, found: Sequence[Found]) -> dict[UUID, Words]:
    """Each of these notifications in words, in the reader's language."""
    progress = triage_rows.progress_of(work, {one.row.request_id for one in found if one.row.request_id})
    files = triage_rows.files_of(work, {one.row.task_id for one in found if one.row.task_id})
    return {one.row.id: _words(firm, one, work.now, progress, files) for one in found}


def _groups(work: Work, firm: Firm, shown: list[Found]) -> list[Group]:
    progress = triage_rows.progress_of(work, {one.row.request_id for one in shown if one.row.request_id})
    said = said_of(work, firm, shown)
    by_client: dict[UUID | None, list[Found]] = {}
    for one in shown:
        by_client.setdefault(one.row.client_id, []).append(one)
    return [
        _group(firm, rows, progress, [_item(firm, one, work.now, said[one.row.id]) for one in rows], work.now)
        for rows in by_client.values()
    ]


def _group(
    firm: Firm, rows: list[Found], progress: dict[UUID, Progress], items: list[Item], now: datetime
) -> Group:
    newest = rows[0]
    request_id, client_id = newest.row.request_id, newest.row.client_id
    end, tone = "", "m"
    if request_id in progress:
        end, tone = progress_words(progress[request_id], today(firm, now))
    return Group(
        id=str(client_id or ""),
        name=newest.client or _("The portal"),
        href=routes.to(routes.CLIENT, id=client_id) if client_id else "",
        work=", ".join(dict.fromkeys(one.work for one in rows if one.work)),
        end=end,
        tone=tone,
        notifications=items,
    )


def _words(
    firm: Firm,
    one: Found,
    now: datetime,
    progress: dict[UUID, Progress],
    files: dict[UUID, tuple[int, int]],
) -> Words:
    row = one.row
    far = progress.get(row.request_id, Progress()) if row.request_id else Progress()
    count, size = files.get(row.task_id, (0, 0)) if row.task_id else (0, 0)
    told = Told(
        kind=row.kind,
        facts=row.facts,
        who=str(row.facts.get("by") or one.contact or one.client),
        task=one.task,
        request=one.request,
        done=far.done,
        tasks=far.tasks,
        files=count,
        size=size,
        is_question_open=one.is_question_open,
    )
    return words(told, today(firm, now))


def _item(firm: Firm, one: Found, now: datetime, said: Words) -> Item:
    row = one.row
    is_snoozed = row.snoozed_until is not None and row.snoozed_until > now and row.read_at is None
    return Item(
        id=str(row.id),
        drawing=said.drawing,
        tone=said.tone,
        pieces=said.pieces,
        name=said.plain,
        quote=said.quote,
        where=said.where,
        when=_back(row, now, firm) if is_snoozed else spoken.moment(row.at, now, firm.time_zone),
        is_unread=row.read_at is None,
        is_fresh=row.read_at is None and now - row.at < FRESH,
    )


def _back(row: Notification, now: datetime, firm: Firm) -> str:
    assert row.snoozed_until is not None  # noqa: S101  asked for snoozed rows only
    return _("back {moment}").format(moment=spoken.coming(row.snoozed_until, now, firm.time_zone))
