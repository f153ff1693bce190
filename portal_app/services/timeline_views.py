"""Timelines: what happened on a work item or with a client, in the reader's words (8.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from portal_app.models import Activity, Contact, Firm, Staff
from portal_app.services import spoken
from portal_app.text import _, format_time, ngettext
from portal_app.work import Work

SHOWN = 40
"""Entries in one timeline."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: `day` where a new day begins, whose act, what, when; `drawing` names its icon."""

    key: str = ""
    day: str = ""
    drawing: str = ""
    who: str = ""
    what: str = ""
    when: str = ""


def of_client(work: Work, firm: Firm, client_id: UUID) -> tuple[Moment, ...]:
    """What happened with a client, newest first."""
    return _moments(work, firm, Activity.client_id == client_id)


def of_work_item(work: Work, firm: Firm, work_item_id: UUID) -> tuple[Moment, ...]:
    """What happened on a work item, newest first."""
    return _moments(work, firm, Activity.work_item_id == work_item_id)


def _moments(work: Work, firm: Firm, where: Any) -> tuple[Moment, ...]:
    query = (
        select(Activity)
        .where(Activity.firm_id == firm.id, where, col(Activity.kind).in_(WORDS))
        .order_by(col(Activity.at).desc(), col(Activity.id).desc())
        .limit(SHOWN)
    )
    rows = list(work.session.exec(query))
    return tuple(_told(rows, firm, _people(work, rows), work))


def _told(rows: Iterable[Activity], firm: Firm, names: dict[UUID, str], work: Work) -> Iterable[Moment]:
    zone = ZoneInfo(firm.time_zone)
    today, shown = work.now.astimezone(zone).date(), None
    for row in rows:
        on = row.at.astimezone(zone).date()
        drawing, words = WORDS[row.kind]
        yield Moment(
            key=row.id.hex,
            day=spoken.day_head(on, today) if on != shown else "",
            drawing=drawing,
            who=_who(row, names),
            what=words(row.facts),
            when=format_time(row.at, firm.time_zone),
        )
        shown = on


def _who(row: Activity, names: dict[UUID, str]) -> str:
    if row.kind in IMPERSONAL:
        return ""
    by_client = row.contact_id if row.kind in BY_CONTACT or row.staff_id is None else None
    person = by_client or row.staff_id
    return names.get(person, "") if person else ""


def _people(work: Work, rows: list[Activity]) -> dict[UUID, str]:
    staff = {row.staff_id for row in rows if row.staff_id}
    contacts = {row.contact_id for row in rows if row.contact_id}
    names = dict(work.session.exec(select(Staff.id, Staff.name).where(col(Staff.id).in_(staff))).all())
    names |= dict(
        work.session.exec(select(Contact.id, Contact.name).where(col(Contact.id).in_(contacts))).all()
    )
    return names


def _title(facts: Facts) -> str:
    return str(facts.get("title") or facts.get("name") or "")


def _to(facts: Facts) -> str:
    to = facts.get("to") or facts.get("address") or ""
    return ", ".join(str(name) for name in to) if isinstance(to, list | tuple) else str(to)


def _with(text: str, tail: str, value: str) -> str:
    """`text`, and `tail` filled with `value` where there is one."""
    return f"{text} {tail.format(value=value)}" if value else text


def _sent(facts: Facts) -> str:
    return _with(_("sent {title}").format(title=_title(facts)), _("to {value}"), _to(facts))


def _resent(facts: Facts) -> str:
    return _with(_("resent {title}").format(title=_title(facts)), _("to {value}"), _to(facts))


def _commented(facts: Facts) -> str:
    if facts.get("is_note"):
        return _("left a staff note on {title}").format(title=_title(facts))
    return _("commented on {title}").format(title=_title(facts))


def _uploaded(facts: Facts) -> str:
    text = _("put {name} on a task").format(name=facts.get("name", ""))
    return _("{text}, after closing").format(text=text) if facts.get("is_late") else text


def _reminded(facts: Facts) -> str:
    count = facts.get("count")
    if not count:
        return _("A reminder went out")
    return ngettext("A reminder went to {n} person", "A reminder went to {n} people", int(count))


def _titled(text: Callable[[], str]) -> Callable[[Facts], str]:
    return lambda facts: text().format(title=_title(facts), name=_title(facts), to=_to(facts))


WORDS: dict[str, tuple[str, Callable[[Facts], str]]] = {
    "request_sent": ("mail", _sent),
    "request_resent": ("mail", _resent),
    "request_withdrawn": ("undo", _titled(lambda: _("withdrew {title}"))),
    "link_claimed": ("eye", _titled(lambda: _("opened the request"))),
    "link_moved": ("link", _titled(lambda: _("moved the link to another device"))),
    "access_link_sent": ("key", _titled(lambda: _("asked for an access link"))),
    "mail_accepted": ("mail", _titled(lambda: _("E-mail accepted: {title}"))),
    "mail_failed": ("stop", _titled(lambda: _("E-mail to {to} came back"))),
    "reminder_sent": ("bell", _reminded),
    "task_completed": ("done", _titled(lambda: _("completed {title}"))),
    "task_promised": ("cal", _titled(lambda: _("promised {title}"))),
    "task_undone": ("undo", _titled(lambda: _("took back the answer to {title}"))),
    "task_reopened": ("undo", _titled(lambda: _("reopened {title}"))),
    "comment_added": ("say", _commented),
    "file_uploaded": ("clip", _uploaded),
    "file_removed": ("clip", _titled(lambda: _("took {name} away"))),
    "client_added": ("clients", _titled(lambda: _("added the client"))),
    "client_archived": ("box", _titled(lambda: _("archived the client"))),
    "client_restored": ("undo", _titled(lambda: _("restored the client"))),
    "contact_added": ("user", _titled(lambda: _("added {name}"))),
    "contact_linked": ("link", _titled(lambda: _("linked {name}"))),
    "contact_unlinked": ("link", _titled(lambda: _("unlinked {name}"))),
    "address_changed": ("pen", _titled(lambda: _("changed the address of {name}"))),
    "portal_switched_on": ("key", _titled(lambda: _("switched the portal on"))),
    "access_given": ("key", _titled(lambda: _("gave {name} portal access"))),
    "invitation_sent": ("mail", _titled(lambda: _("invited {name} to the portal"))),
    "invitation_resent": ("mail", _titled(lambda: _("resent {name} the invitation"))),
    "invitation_cancelled": ("undo", _titled(lambda: _("cancelled the portal access of {name}"))),
    "invitation_asked": ("mail", _titled(lambda: _("asked for a new invitation"))),
    "invitation_accepted": ("done", _titled(lambda: _("accepted the invitation"))),
    "work_added": ("work", _titled(lambda: _("created {title}"))),
    "work_completed": ("done", _titled(lambda: _("completed the work"))),
    "work_reopened": ("undo", _titled(lambda: _("reopened the work"))),
    "work_archived": ("box", _titled(lambda: _("archived the work"))),
    "work_restored": ("undo", _titled(lambda: _("restored the work"))),
    "signed_in": ("key", _titled(lambda: _("signed in"))),
}
"""What timelines tell, by kind: the drawing, and the words after the person's name."""

IMPERSONAL = frozenset({"mail_accepted", "mail_failed", "reminder_sent"})
BY_CONTACT = frozenset({"link_claimed", "link_moved", "access_link_sent", "signed_in"})
