"""What a contact's history says, a line each: about what, what happened, by whom, when (9.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from portal_app import routes
from portal_app.models import Activity, Comment, OutboxMail
from portal_app.services.home.history_rows import WORK_ACTS
from portal_app.services.home.home_rows import SeenRequest
from portal_app.text import N_, _, pgettext

LONGEST: Final = 240  # letters of a comment
Words = tuple[str, str, str]  # sign, tone, what happened

ACTS: Final[Mapping[str, Words]] = {
    "request_sent": ("mail", "", N_("Request sent to {name}")),
    "request_resent": ("mail", "", N_("Request sent again to {name}")),
    "request_withdrawn": ("no", "", N_("Request withdrawn")),
    "task_completed": ("yes", "ok", N_("Done")),
    "task_promised": ("day", "", N_("Promised")),
    "question_asked": ("ask", "", N_("Question asked")),
    "task_undone": ("wait", "", N_("Answer taken back")),
    "task_reopened": ("late", "late", N_("Reopened")),
    "file_uploaded": ("file", "", N_("File added")),
    "file_removed": ("file", "", N_("File taken away")),
    "file_replaced": ("file", "", N_("File replaced by a new version")),
    "file_taken_back": ("file", "", N_("File taken back")),
    "file_restored": ("file", "", N_("File restored")),
    "task_handed_over": ("hand", "", N_("Handed to {name}")),
    "hand_over_ended": ("hand", "", N_("Taken back from {name}")),
    "work_completed": ("yes", "ok", N_("Work completed")),
    "work_reopened": ("late", "", N_("Work reopened")),
}
SENDS: Final = frozenset({"request_sent", "request_resent", "request_withdrawn"})
"""Acts of the firm whose entry names, as its contact, whom they went to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: `title` says about what, `what` and `who` what happened and by whom; `quote` is what was written.

    `day` stands where a new day begins; `href` is empty where there is nothing to open any more.
    """

    key: UUID
    at: datetime
    sign: str
    title: str
    what: str
    who: str = ""
    quote: str = ""
    href: str = ""
    tone: str = ""
    day: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Whom the lines name: the reader, people by id, the firm."""

    reader_id: UUID
    people: Mapping[UUID, str]
    firm: str

    def of(self, contact_id: UUID | None, staff_id: UUID | None, hand_id: UUID | None = None) -> str:
        """Who had the task in hand, *You*, a contact, a staff member with the firm's name, or nobody in particular."""
        if hand_id is not None:
            return self.people.get(hand_id, "")
        if contact_id is not None:
            return _("You") if contact_id == self.reader_id else self.people.get(contact_id, "")
        name = self.people.get(staff_id, "") if staff_id else ""
        return f"{name}, {self.firm}" if name else self.firm


def act_line(row: Activity, requests: Mapping[UUID, SeenRequest], names: Names) -> Line:
    """Something done."""
    sign, tone, what = ACTS[row.kind]
    request = _of(row, requests)
    place = f"#b{row.task_id}" if row.task_id else ""
    is_sending = row.kind in SENDS
    return Line(
        key=row.id,
        at=row.at,
        sign=sign,
        tone=tone,
        title=_title(row, request),
        what=_what(row, what, names),
        who=_hand(row) or names.of(None if is_sending or row.staff_id else row.contact_id, row.staff_id),
        href=f"{routes.to(routes.REQUEST, id=request.id)}{place}" if request else "",
    )


def comment_line(row: Comment, request_id: UUID, title: str, names: Names) -> Line:
    """Something written; long texts are cut at a word."""
    return Line(
        key=row.id,
        at=row.at,
        sign="ask",
        title=title,
        what=pgettext("what happened", "Comment"),
        who=names.of(row.contact_id, row.staff_id, row.hand_over_id),
        quote=cut(row.body),
        href=f"{routes.to(routes.REQUEST, id=request_id)}#b{row.task_id}",
    )


def mail_line(row: OutboxMail, requests: Mapping[UUID, SeenRequest]) -> Line:
    """An e-mail to the reader, by its subject."""
    assert row.sent_at is not None  # noqa: S101  asked for what left only
    request = requests.get(row.request_id) if row.request_id else None
    return Line(
        key=row.id,
        at=row.sent_at,
        sign="mail",
        title=row.subject,
        what=_("E-mail to {address}").format(address=row.recipient),
        who=_("It came back") if row.bounced_at else "",
        tone="late" if row.bounced_at else "",
        href=routes.to(routes.REQUEST, id=request.id) if request else "",
    )


def cut(text: str) -> str:
    """The text, or its first words where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + "…"


def _what(row: Activity, words: str, names: Names) -> str:
    to_reader = row.kind in SENDS and row.contact_id == names.reader_id
    return _(words).format(name=pgettext("sent to", "you") if to_reader else row.facts.get("to", ""))


def _hand(row: Activity) -> str:
    """Who had the task in hand and put the file there, took it back or put it back (5.8a)."""
    return str(row.facts.get("by", "")) if row.kind.startswith("file_") else ""


def _of(row: Activity, requests: Mapping[UUID, SeenRequest]) -> SeenRequest | None:
    if row.request_id:
        return requests.get(row.request_id)
    return next((one for one in requests.values() if one.work_item_id == row.work_item_id), None)


def _title(row: Activity, request: SeenRequest | None) -> str:
    """What it is about, as the client knows it: work by its external name, never by its title inside the firm."""
    if row.kind in WORK_ACTS:
        return request.work_name if request else ""
    if row.kind in SENDS and request:
        return request.title
    return str(row.facts.get("name") or row.facts.get("title") or "")
