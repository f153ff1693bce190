"""Timelines: what happened on a work item or with a client, in the reader's words (8.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from portal_app.domain.delivery import Delivery
from portal_app.models import Activity, Contact, Firm, Staff, WorkStatus
from portal_app.services import spoken
from portal_app.services.mail import delivery_states
from portal_app.services.requests import send_words
from portal_app.services.work.work_words import status_mark
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


def of_contact(work: Work, firm: Firm, contact_id: UUID) -> tuple[Moment, ...]:
    """What happened with a contact, over all their clients, newest first."""
    return _moments(work, firm, Activity.contact_id == contact_id)


def of_work_item(work: Work, firm: Firm, work_item_id: UUID) -> tuple[Moment, ...]:
    """What happened on a work item, newest first."""
    return _moments(work, firm, Activity.work_item_id == work_item_id)


def told(work: Work, firm: Firm, rows: list[Activity]) -> tuple[Moment, ...]:
    """What these rows say, one moment each; their kinds are among `WORDS`."""
    return tuple(_told(rows, firm, _people(work, rows), work))


def _moments(work: Work, firm: Firm, where: Any) -> tuple[Moment, ...]:
    query = (
        select(Activity)
        .where(Activity.firm_id == firm.id, where, col(Activity.kind).in_(WORDS))
        .order_by(col(Activity.at).desc(), col(Activity.id).desc())
        .limit(SHOWN)
    )
    return told(work, firm, list(work.session.exec(query)))


def _told(rows: list[Activity], firm: Firm, names: dict[UUID, str], work: Work) -> Iterable[Moment]:
    zone = ZoneInfo(firm.time_zone)
    today, shown = work.now.astimezone(zone).date(), None
    states = _states(work, rows)
    for row in rows:
        on = row.at.astimezone(zone).date()
        drawing, words = WORDS[row.kind]
        yield Moment(
            key=row.id.hex,
            day=spoken.day_head(on, today) if on != shown else "",
            drawing=drawing,
            who=_who(row, names),
            what=_asked(row.facts) if _is_unsent(row, states.get(row.id)) else words(row.facts),
            when=" · ".join([format_time(row.at, firm.time_zone), *_fate(row, states)]),
        )
        shown = on


def _states(work: Work, rows: list[Activity]) -> dict[UUID, Delivery]:
    """What became of the e-mail, or the text message, of each entry."""
    mails = {row.id: row.mail_id for row in rows if row.mail_id}
    texts = {
        row.id: UUID(row.facts["text"]) for row in rows if row.kind == "text_sent" and "text" in row.facts
    }
    states = delivery_states.states(work, set(mails.values()))
    if texts:
        states |= delivery_states.text_states(work, set(texts.values()))
    return {row_id: states[sent_id] for row_id, sent_id in (mails | texts).items() if sent_id in states}


def _fate(row: Activity, states: dict[UUID, Delivery]) -> list[str]:
    """Its word, where the entry does not say so itself."""
    is_said = row.kind in OWN_FATE or row.id not in states
    return [] if is_said else [delivery_states.word(states[row.id])]


def _is_unsent(row: Activity, state: Delivery | None) -> bool:
    """Whether somebody sent a request whose e-mail has not left, so that nothing may be called sent (8.6, 15.6)."""
    return row.kind in {"request_sent", "request_resent"} and state in UNSENT


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
    if facts.get("is_automatic"):
        text = _("sent {title} automatically").format(title=_title(facts))
        return _with(text, _("to {value}"), _to(facts))
    return _with(_("sent {title}").format(title=_title(facts)), _("to {value}"), _to(facts))


def _asked(facts: Facts) -> str:
    """A send while its e-mail has not left."""
    return _with(_("asked to send {title}").format(title=_title(facts)), _("to {value}"), _to(facts))


def _resent(facts: Facts) -> str:
    return _with(_("resent {title}").format(title=_title(facts)), _("to {value}"), _to(facts))


def _commented(facts: Facts) -> str:
    if facts.get("is_note"):
        return _("left a staff note on {title}").format(title=_title(facts))
    return _by_hand(_("commented on {title}").format(title=_title(facts)), facts)


def _uploaded(facts: Facts) -> str:
    text = _by_hand(_("put {name} on a task").format(name=facts.get("name", "")), facts)
    return _("{text}, after closing").format(text=text) if facts.get("is_late") else text


def _taken_back(facts: Facts) -> str:
    return _by_hand(_("took back {name}").format(name=facts.get("name", "")), facts)


def _restored(facts: Facts) -> str:
    return _by_hand(_("restored {name}").format(name=facts.get("name", "")), facts)


def _by_hand(text: str, facts: Facts) -> str:
    """Where somebody else had the task in hand, they are named (5.8a)."""
    return _with(text, _("by {value}, who had the task in hand"), facts.get("by", ""))


def _reminded(facts: Facts) -> str:
    count = facts.get("count")
    if not count:
        return _("A reminder went out")
    return ngettext("A reminder went to {n} person", "A reminder went to {n} people", int(count))


def _held(facts: Facts) -> str:
    reason = send_words.held(str(facts.get("because", "")))
    return _("{title} was not sent: {reason}").format(title=_title(facts), reason=reason)


def _automated(facts: Facts) -> str:
    """What an automation did (8.8)."""
    name = facts.get("automation", "")
    if facts.get("status"):
        word = status_mark(WorkStatus(str(facts["status"])))[2]
        if facts.get("is_taken_back"):
            return _("Status back to {status}, with the undone answer: automation “{name}”").format(
                status=word, name=name
            )
        return _("Status set to {status} by the automation “{name}”").format(status=word, name=name)
    return _("Work assigned to {who} by the automation “{name}”").format(
        who=facts.get("assignee", ""), name=name
    )


def _titled(text: Callable[[], str]) -> Callable[[Facts], str]:
    return lambda facts: text().format(title=_title(facts), name=_title(facts), to=_to(facts))


def _infected(facts: Facts) -> str:
    name, found = facts.get("name", ""), facts.get("found", "")
    return _("A virus was found in {name}, so it was deleted: {found}").format(name=name, found=found)


WORDS: dict[str, tuple[str, Callable[[Facts], str]]] = {
    "request_sent": ("mail", _sent),
    "send_held": ("stop", _held),
    "send_by_hand": ("clock", _titled(lambda: _("{title} waits to be sent by hand: its moment was past"))),
    "link_expired": ("clock", _titled(lambda: _("The link of {to} to {title} expired"))),
    "request_resent": ("mail", _resent),
    "request_withdrawn": ("undo", _titled(lambda: _("withdrew {title}"))),
    "link_claimed": ("eye", _titled(lambda: _("opened the request"))),
    "request_opened": ("eye", _titled(lambda: _("opened the request"))),
    "link_moved": ("link", _titled(lambda: _("moved the link to another device"))),
    "access_link_sent": ("key", _titled(lambda: _("asked for an access link"))),
    "task_handed_over": ("user", _titled(lambda: _("handed {title} to {to}"))),
    "hand_over_ended": ("undo", _titled(lambda: _("took {title} back from {to}"))),
    "hand_over_opened": ("eye", _titled(lambda: _("{to} opened {title}, handed over"))),
    "pin_given": ("eye", _titled(lambda: _("opened the request with a PIN"))),
    "pin_sent": ("key", _titled(lambda: _("asked for a new PIN"))),
    "mail_accepted": ("mail", _titled(lambda: _("E-mail accepted: {title}"))),
    "mail_failed": ("stop", _titled(lambda: _("E-mail to {to} came back"))),
    "text_sent": ("key", _titled(lambda: _("A code went by text message to the number that ends in {to}"))),
    "reminder_sent": ("bell", _reminded),
    "reminder_limit_reached": ("bell", _titled(lambda: _("All reminders of {title} went out"))),
    "reminder_skipped": ("bell", _titled(lambda: _("skips a reminder of {title}"))),
    "reminder_taken_back": ("bell", _titled(lambda: _("lets a skipped reminder of {title} go out"))),
    "reminders_paused": ("bell", _titled(lambda: _("paused the reminders of {title}"))),
    "reminders_resumed": ("bell", _titled(lambda: _("resumed the reminders of {title}"))),
    "reminders_switched_off": ("bell", _titled(lambda: _("switched off the reminders of {title}"))),
    "reminders_switched_on": ("bell", _titled(lambda: _("switched on the reminders of {title}"))),
    "task_completed": ("done", _titled(lambda: _("completed {title}"))),
    "task_promised": ("cal", _titled(lambda: _("promised {title}"))),
    "question_asked": ("ask", _titled(lambda: _("asked about {title}"))),
    "task_undone": ("undo", _titled(lambda: _("took back the answer to {title}"))),
    "task_reopened": ("undo", _titled(lambda: _("reopened {title}"))),
    "comment_added": ("say", _commented),
    "file_uploaded": ("clip", _uploaded),
    "document_uploaded": ("clip", _titled(lambda: _("put {name} among the documents"))),
    "document_replaced": ("clip", _titled(lambda: _("replaced {name} by a new version"))),
    "document_shared": ("eye", _titled(lambda: _("shared {name}"))),
    "document_unshared": ("lock", _titled(lambda: _("made {name} visible to staff only"))),
    "document_opened": ("eye", _titled(lambda: _("opened {name}"))),
    "document_removed": ("clip", _titled(lambda: _("removed {name} from the documents"))),
    "document_restored": ("undo", _titled(lambda: _("restored {name} to the documents"))),
    "file_infected": ("stop", _infected),
    "file_removed": ("clip", _titled(lambda: _("took {name} away"))),
    "file_replaced": ("clip", _titled(lambda: _("replaced {name} by a new version"))),
    "file_taken_back": ("undo", _taken_back),
    "file_restored": ("undo", _restored),
    "client_added": ("clients", _titled(lambda: _("added the client"))),
    "client_archived": ("box", _titled(lambda: _("archived the client"))),
    "client_restored": ("undo", _titled(lambda: _("restored the client"))),
    "contact_added": ("user", _titled(lambda: _("added {name}"))),
    "contact_linked": ("link", _titled(lambda: _("linked {name}"))),
    "contact_unlinked": ("link", _titled(lambda: _("unlinked {name}"))),
    "contact_archived": ("box", _titled(lambda: _("archived {name}"))),
    "contact_restored": ("undo", _titled(lambda: _("restored {name}"))),
    "contact_merged": ("user", _titled(lambda: _("merged two contacts into {name}"))),
    "contact_erased": ("x", _titled(lambda: _("erased a contact"))),
    "address_changed": ("pen", _titled(lambda: _("changed the address of {name}"))),
    "portal_switched_on": ("key", _titled(lambda: _("switched the portal on"))),
    "portal_switched_off": ("key", _titled(lambda: _("switched the portal off"))),
    "access_given": ("key", _titled(lambda: _("gave {name} portal access"))),
    "access_by_sign_in": ("key", _titled(lambda: _("signed in and reaches this client from now on"))),
    "access_made_full": ("key", _titled(lambda: _("gave {name} full access"))),
    "access_made_limited": ("key", _titled(lambda: _("limited the access of {name}"))),
    "portal_firm_on": ("key", _titled(lambda: _("switched the portal on for the firm"))),
    "portal_firm_off": ("key", _titled(lambda: _("switched the portal off for the firm"))),
    "portal_by_sign_in": ("lock", _titled(lambda: _("requires signing in with MFA"))),
    "portal_by_link": ("link", _titled(lambda: _("lets recipients work by link"))),
    "portal_actions": ("lock", _titled(lambda: _("changed what recipients do signed in only"))),
    "access_notices_on": ("bell", _titled(lambda: _("switched e-mail notifications of {name} on"))),
    "access_notices_off": ("bell", _titled(lambda: _("switched e-mail notifications of {name} off"))),
    "access_undone": ("undo", _titled(lambda: _("took back the portal access of {name}"))),
    "invitation_sent": ("mail", _titled(lambda: _("invited {name} to the portal"))),
    "invitation_resent": ("mail", _titled(lambda: _("resent {name} the invitation"))),
    "invitation_cancelled": ("undo", _titled(lambda: _("cancelled the portal access of {name}"))),
    "invitation_asked": ("mail", _titled(lambda: _("asked for a new invitation"))),
    "invitation_accepted": ("done", _titled(lambda: _("accepted the invitation"))),
    "address_moved": ("pen", _titled(lambda: _("changed their own e-mail address"))),
    "reminders_all_switched_off": ("bell", _titled(lambda: _("switched off all reminders"))),
    "reminders_all_switched_on": ("bell", _titled(lambda: _("switched all reminders on again"))),
    "colleague_asked": ("user", _titled(lambda: _("asks that {name} be invited"))),
    "colleague_invited": ("mail", _titled(lambda: _("invited {name} to the portal"))),
    "colleague_approved": ("done", _titled(lambda: _("approved the invitation of {name}"))),
    "colleague_declined": ("undo", _titled(lambda: _("declined the invitation of {name}"))),
    "work_added": ("work", _titled(lambda: _("created {title}"))),
    "work_completed": ("done", _titled(lambda: _("completed the work"))),
    "work_reopened": ("undo", _titled(lambda: _("reopened the work"))),
    "work_archived": ("box", _titled(lambda: _("archived the work"))),
    "work_restored": ("undo", _titled(lambda: _("restored the work"))),
    "automation_ran": ("gear", _automated),
    "signed_in": ("key", _titled(lambda: _("signed in"))),
    "signed_up": ("done", _titled(lambda: _("created an account"))),
}
"""What timelines tell, by kind: the drawing, and the words after the person's name."""

UNSENT = frozenset({Delivery.QUEUED, Delivery.DEFERRED, Delivery.BOUNCED, Delivery.STOPPED})
IMPERSONAL = frozenset(
    {
        "automation_ran",
        "file_infected",
        "hand_over_opened",
        "mail_accepted",
        "mail_failed",
        "text_sent",
        "reminder_sent",
        "reminder_limit_reached",
        "send_held",
        "send_by_hand",
        "link_expired",
    }
)
"""What nobody did, or whose words say who did it, though it may be about a person."""

OWN_FATE = frozenset({"mail_accepted", "mail_failed"})
BY_CONTACT = frozenset(
    {
        "link_claimed",
        "link_moved",
        "access_link_sent",
        "pin_given",
        "pin_sent",
        "reminders_switched_off",
        "reminders_switched_on",
        "access_by_sign_in",
        "signed_in",
        "signed_up",
    }
)
