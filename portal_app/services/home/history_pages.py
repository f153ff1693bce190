"""A signed-in contact's history with the firm, for the client shown: requests, e-mails and comments (9.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from heapq import merge
from itertools import islice
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel, Contact, Firm, HandOver, Staff
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home import history_lines, history_rows, home_rows, switching
from portal_app.services.home.history_lines import Line, Names
from portal_app.services.home.history_rows import Place, Seen
from portal_app.services.home.switching import ClientLine
from portal_app.services.notices import notice_views
from portal_app.services.notices.notice_views import News
from portal_app.text import format_time
from portal_app.work import Work, reading

PAGE: Final = 40
KINDS: Final = ("", "requests", "emails", "comments")
"""What the page can be narrowed to; nothing shows all."""


@dataclass(frozen=True)
class HistoryPage:
    """One page of it, newest first, in the reader's language; `older` is the address of the next, empty on the last."""

    letterhead: Letterhead
    sign_out_url: str
    kind: str = ""
    about: str = ""
    person: str = ""
    clients: list[ClientLine] = field(default_factory=list)
    news: News = field(default_factory=News)
    lines: list[Line] = field(default_factory=list)
    older: str = ""
    is_first: bool = True


def history_page(ports: Ports, actor: Actor, kind: str = "", after: str = "") -> HistoryPage:
    """The page of the signed-in contact; a kind or a place that the address makes up shows all, from the newest.

    Raises `SignInNeeded`.
    """
    with reading(ports, actor) as work:
        person, account = access.signed_in(work, Permission.HOME_READ)
        firm = work.session.get_one(Firm, person.firm_id)
        found = switching.switcher(work, person, firm, account.shown_client_id)
        page = HistoryPage(
            letterhead=letterhead(ports.settings, firm),
            sign_out_url=routes.to(routes.LOGOUT, firm=firm.slug),
            kind=kind if kind in KINDS else "",
            clients=found.clients,
            news=notice_views.news(work, person, firm, found),
        )
        if found.shown is None:
            return page
        mine = [request for request in found.requests if request.client_id == found.shown.id]
        seen = Seen(person, found.shown.id, mine, found.shown.level is AccessLevel.FULL)
        place = _place(after)
        lines = _lines(work, firm, seen, page.kind, place)
        return replace(
            page,
            about=found.shown.name,
            person=home_rows.assigned_to(work, found.shown.id),
            lines=list(_dated(lines[:PAGE], firm, work.now)),
            older=_mark(lines[PAGE - 1]) if len(lines) > PAGE else "",
            is_first=place is None,
        )


def _lines(work: Work, firm: Firm, seen: Seen, kind: str, after: Place | None) -> list[Line]:
    """A page and one line more, to know whether there are any."""
    most, requests = PAGE + 1, {request.id: request for request in seen.requests}
    wanted = {kind} if kind else {"requests", "comments", "emails"}
    acts = history_rows.acts(work, seen, after, most) if "requests" in wanted else []
    comments = history_rows.comments(work, seen, after, most) if "comments" in wanted else []
    mails = history_rows.mails(work, seen, after, most) if "emails" in wanted else []
    names = Names(
        seen.person.id,
        _people(
            work,
            [row.staff_id for row in acts] + [row.staff_id for row, *_rest in comments],
            [row.contact_id for row in acts] + [row.contact_id for row, *_rest in comments],
            [row.hand_over_id for row, *_rest in comments],
        ),
        firm.name,
    )
    streams = (
        [history_lines.act_line(row, requests, names) for row in acts],
        [history_lines.comment_line(row, of, title, names) for row, of, title in comments],
        [history_lines.mail_line(row, requests) for row in mails],
    )
    newest_first = merge(*streams, key=lambda line: (line.at, line.key), reverse=True)
    return list(islice(newest_first, most))


def _people(
    work: Work, staff: Sequence[UUID | None], contacts: Sequence[UUID | None], hands: Sequence[UUID | None]
) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    for kind, ids in ((Staff, staff), (Contact, contacts), (HandOver, hands)):
        query = select(kind.id, kind.name).where(col(kind.id).in_({one for one in ids if one}))
        names |= dict(work.session.exec(query).all())
    return names


def _dated(lines: Iterable[Line], firm: Firm, now: datetime) -> Iterable[Line]:
    """The lines with their hour, and the day where a new one begins, in the firm's zone."""
    zone, shown = ZoneInfo(firm.time_zone), date.min
    today = now.astimezone(zone).date()
    for line in lines:
        on = line.at.astimezone(zone).date()
        head = spoken.day_head(on, today) if on != shown else ""
        yield replace(line, day=head, when=format_time(line.at, firm.time_zone))
        shown = on


def _mark(line: Line) -> str:
    """The place after a line, as the address of the next page holds it."""
    return f"{line.at.isoformat()}~{line.key.hex}"


def _place(written: str) -> Place | None:
    at, _cut, key = written.partition("~")
    try:
        place = Place(datetime.fromisoformat(at), UUID(key))
    except ValueError:
        return None
    return place if place.at.tzinfo else None
