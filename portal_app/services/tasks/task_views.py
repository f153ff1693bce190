"""A request's tasks as one reader sees them: state in words, files, comments, what may be done (5.3, 5.7, 5.11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.permissions import Permission
from portal_app.domain.policy import Way
from portal_app.models import (
    Answer,
    Comment,
    Contact,
    HandOver,
    Side,
    Staff,
    StoredFile,
    Task,
    TaskAnswer,
    Upload,
)
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.files import removing, uploads
from portal_app.services.files.files import FileView, RoomView, file_views, room_view, with_check
from portal_app.services.firm.firm_days import day_of
from portal_app.services.links import handing
from portal_app.services.links.handing import Hand
from portal_app.services.spoken import day
from portal_app.services.tasks import again, answering, known_documents
from portal_app.services.tasks.again import Proposal
from portal_app.services.tasks.known_documents import KnownDocument, NamedDocument
from portal_app.services.tasks.task_words import sending, task_words
from portal_app.text import _, format_time, ngettext
from portal_app.work import Work

RECENT = 3
"""Comments that always show; with more than one besides, the earlier ones fold away."""


@dataclass(frozen=True)
class CommentView:
    """One comment: who wrote it, when, and whether it was the firm; `key` is what the reader's browser called its own."""

    id: str = ""
    by: str = ""
    at: str = ""
    text: str = ""
    is_firms: bool = False
    key: str = ""


@dataclass(frozen=True)
class TaskView:
    """One task of the checklist. `tone` and `sign` are names of the look; `mark` is its notch in the progress line.

    `is_ticked` is how its box stands, `answered` whose answer it was. `room` says what may be uploaded, and before
    that why the task cannot be ticked yet, where `lacks_file`.
    """

    id: str = ""
    title: str = ""
    description: str = ""
    state: str = ""
    tone: str = ""
    sign: str = ""
    mark: str = ""
    is_completed: bool = False
    is_ticked: bool = False
    is_na: bool = False
    has_tick: bool = True
    can_tick: bool = False
    can_untick: bool = False
    can_answer: bool = False
    can_choose: bool = False
    is_open_at_first: bool = False
    tick_label: str = ""
    lacks_file: bool = False
    answer_text: str = ""
    answered: str = ""
    closed_text: str = ""
    hint: str = ""
    hands: str = ""
    room: str = ""
    is_full: bool = False
    promised_on: str = ""
    promise_label: str = ""
    has_documents: bool = False
    document: NamedDocument = field(default_factory=NamedDocument)
    proposal: Proposal = field(default_factory=Proposal)
    firm_files: list[FileView] = field(default_factory=list)
    files: list[FileView] = field(default_factory=list)
    earlier: list[CommentView] = field(default_factory=list)
    earlier_label: str = ""
    comments: list[CommentView] = field(default_factory=list)


@dataclass(frozen=True)
class _Facts:
    """What lies on one task."""

    files: Sequence[FileView]
    comments: Sequence[CommentView]
    arriving: int
    mine: Collection[str]
    last: TaskAnswer | None
    document: NamedDocument | None
    has_documents: bool
    proposal: Proposal
    reserved: int
    by: str
    """Who completed the task; empty where nobody's name stands there."""


def task_views(
    work: Work, sight: Sight, tasks: Sequence[Task], person: str, documents: Sequence[KnownDocument] = ()
) -> list[TaskView]:
    """The tasks in the order given; `person` is whom to write to about what is closed.

    `documents` are those that the reader may choose where the firm has them already.
    """
    ids = [task.id for task in tasks]
    files = file_views(work, sight.firm, ids, gone=removing.undoable(sight, work.now))
    comments = _comments(work, sight, ids)
    arriving, mine = _arriving(work, ids), _mine(work, sight, ids)
    last = answering.last_answers(work, ids)
    proposed = again.proposals(work, sight, tasks, documents)
    taken, by = uploads.reserved_each(work, ids, Side.CLIENT), answering.who_completed_each(work, tasks)
    chosen = known_documents.named(work, sight, [row.file_id for row in last.values() if row.file_id])

    def on(task: Task) -> _Facts:
        row = last.get(task.id)
        return _Facts(
            files.get(task.id, ()),
            comments.get(task.id, ()),
            arriving[task.id],
            mine,
            row,
            chosen.get(row.file_id) if row and row.file_id else None,
            any(one.task_id != str(task.id) for one in documents),
            proposed.get(task.id, Proposal()),
            taken[task.id],
            by.get(task.id, ""),
        )

    hands = {} if sight.handed else handing.hands_of(work, sight, ids)
    views = [_view(work, sight, task, on(task), person) for task in tasks]
    if sight.handed:
        return [_handed(work, sight, view, task) for view, task in zip(views, tasks, strict=True)]
    return [_in_hands(sight, view, hands.get(task.id, [])) for view, task in zip(views, tasks, strict=True)]


def _handed(work: Work, sight: Sight, view: TaskView, task: Task) -> TaskView:
    """The task for whoever has it in hand: its date, and none of the recipient's answers (5.8a)."""
    bare = Task(
        firm_id=task.firm_id,
        section_id=task.section_id,
        title=task.title,
        due_on=task.due_on,
        created_at=task.created_at,
    )
    words = task_words(bare, sight.firm, day_of(sight.firm, work.now))
    return replace(
        view,
        state=words.state,
        tone=words.tone,
        sign=words.sign,
        mark=words.mark,
        has_tick=False,
        can_tick=False,
        can_untick=False,
        can_choose=False,
        lacks_file=False,
        is_ticked=False,
        is_open_at_first=True,
        hint="",
        promised_on="",
        promise_label="",
        document=NamedDocument(),
    )


def _in_hands(sight: Sight, view: TaskView, hands: list[Hand]) -> TaskView:
    """Who else has the task, for its recipient (5.8a)."""
    can_hand = view.can_answer and sight.recipient is not None
    words = handing.in_words(hands)
    is_plain = view.sign in ("", "day", "file") and view.tone != "late"
    if words and is_plain:
        view = replace(view, state=words, sign="hand")
    return replace(view, hands=words or _("Hand to someone else")) if can_hand else view


def can_undo(work: Work, sight: Sight, task: Task, last: TaskAnswer | None) -> bool:
    """Whether the reader may still take the task's latest answer back: their own, for ten seconds (5.12)."""
    reader = sight.contact.id if sight.contact else None
    return not sight.is_read_only and answering.can_undo(task, last, reader, work.now)


def _view(work: Work, sight: Sight, task: Task, on: _Facts, person: str) -> TaskView:
    words = task_words(task, sight.firm, day_of(sight.firm, work.now))
    theirs = [file for file in on.files if not file.is_firms]
    is_completed = task.completed_at is not None
    is_open = not is_completed and not sight.is_read_only
    is_awaiting = task.completes_after_upload_id is not None and is_open
    if sight.handed:
        own = {str(file_id) for file_id in on.mine}
        theirs = [file for file in theirs if file.id in own]
    has_file = any(not file.is_gone for file in theirs)
    lacks_file = task.needs_file and not has_file and not on.arriving and not sight.handed
    if on.arriving and is_open and not is_awaiting and not words.is_late:
        words = sending(words, on.arriving)
    elif lacks_file:
        words = words.needing()
    room = room_view(uploads.limits_of(sight.firm), on.reserved if is_open else 0)
    room, may_upload = _by_way(sight, room), is_open and _may_upload(sight)
    view = TaskView(
        id=str(task.id),
        title=task.title,
        description=task.description,
        state=words.state,
        tone=words.tone,
        sign=words.sign,
        mark=words.mark,
        is_completed=is_completed,
        is_ticked=is_completed or is_awaiting,
        is_na=words.is_na,
        can_tick=is_open and not lacks_file,
        can_untick=is_awaiting or (is_completed and can_undo(work, sight, task, on.last)),
        can_answer=is_open,
        can_choose=is_open,
        is_open_at_first=is_open and (words.is_late or task.question_open_at is not None or on.arriving > 0),
        tick_label=_("Mark as done: {task}").format(task=task.title),
        lacks_file=is_open and lacks_file,
        hint=_("No reminder until the firm answers.") if is_open and task.question_open_at else "",
        room=_room(room.text, needs=lacks_file) if is_open else "",
        is_full=room.is_full,
        promised_on=task.promised_on.isoformat() if task.promised_on and is_open else "",
        promise_label=_("Change the day") if task.promised_on else _("I’ll have it on…"),
        has_documents=is_open and on.has_documents,
        proposal=on.proposal if is_open else Proposal(),
        document=on.document if on.document and task.answer is Answer.ALREADY_HAVE else NamedDocument(),
        firm_files=[with_check(file) for file in on.files if file.is_firms],
        files=[
            _signed(with_check(file), on.mine, may_change=may_upload)
            for file in theirs
            if may_upload or not file.is_gone
        ],
    )
    return _answered(work, sight, task, _with_comments(view, on.comments), on.by, person)


def _by_way(sight: Sight, room: RoomView) -> RoomView:
    """Where files come from people who are signed in, the button is gone and the line says so (1.9)."""
    if _may_upload(sight):
        return room
    return RoomView(_("To upload files here, sign in first."), is_full=True)


def _may_upload(sight: Sight) -> bool:
    is_link = sight.by_link and not sight.is_classic
    return not is_link or access.way(sight.firm, Permission.TASK_UPLOAD) is Way.BY_LINK


def _room(limits: str, *, needs: bool) -> str:
    return _("A file is needed before you tick.") + " " + limits if needs else limits


def _with_comments(view: TaskView, comments: Sequence[CommentView]) -> TaskView:
    if len(comments) <= RECENT + 1:
        return replace(view, comments=list(comments))
    earlier = list(comments[:-RECENT])
    label = ngettext("{n} earlier comment", "{n} earlier comments", len(earlier))
    return replace(view, earlier=earlier, earlier_label=label, comments=list(comments[-RECENT:]))


def _answered(work: Work, sight: Sight, task: Task, view: TaskView, by: str, person: str) -> TaskView:
    """Whose answer it was, with what they wrote (5.11), and whom to ask for a change (5.12)."""
    if task.completed_at is None:
        return view
    at = _moment(work, sight, task.completed_at)
    if sight.contact is not None and task.completed_by_contact_id == sight.contact.id:
        said = _("Your answer, {moment}.").format(moment=at)
    else:
        said = _("{name}’s answer, {moment}.").format(name=by or sight.firm.name, moment=at)
    return replace(
        view,
        answer_text=_("“{text}”").format(text=task.answer_text) if task.answer_text else "",
        answered=said,
        closed_text=_("This task is completed. To change something, write to {name}.").format(name=person),
    )


def _signed(file: FileView, mine: Collection[str], *, may_change: bool) -> FileView:
    """A client's file says who put it there; the reader's own can be taken back (10.11)."""
    if file.is_gone:
        return replace(
            file, href="", detail=_("{detail}, taken back").format(detail=file.detail), can_change=True
        )
    if file.id in mine:
        detail = _("{detail}, from you").format(detail=file.detail)
        receipt = routes.to(routes.FILE_RECEIPT, id=file.id)
        return replace(file, detail=detail, receipt=receipt, can_change=may_change)
    return replace(file, detail=_("{detail}, from {name}").format(detail=file.detail, name=file.by))


def _mine(work: Work, sight: Sight, task_ids: Sequence[UUID]) -> frozenset[str]:
    if sight.contact is None:
        return frozenset()
    query = select(StoredFile.id).where(
        col(StoredFile.task_id).in_(task_ids),
        StoredFile.contact_id == sight.contact.id,
        _own(StoredFile, sight),
    )
    return frozenset(str(file_id) for file_id in work.session.exec(query))


def _own(kind: type[StoredFile] | type[Comment], sight: Sight) -> ColumnElement[bool]:
    """What the reader put there: not what somebody did who had the task in hand, nor the other way round (5.8a)."""
    mine = col(kind.hand_over_id)
    return mine.in_([hand.id for hand in sight.handed]) if sight.handed else mine.is_(None)


def _moment(work: Work, sight: Sight, at: datetime) -> str:
    local, today = day_of(sight.firm, at), day_of(sight.firm, work.now)
    return f"{day(local, today)}, {format_time(at, sight.firm.time_zone)}"


def _arriving(work: Work, task_ids: Sequence[UUID]) -> Counter[UUID]:
    """Files of clients under way, by task."""
    query = select(Upload.task_id).where(
        col(Upload.task_id).in_(task_ids),
        Upload.side == Side.CLIENT,
        col(Upload.finished_at).is_(None),
        Upload.expires_at > work.now,
    )
    return Counter(task_id for task_id in work.session.exec(query) if task_id is not None)


def _comments(work: Work, sight: Sight, task_ids: Sequence[UUID]) -> dict[UUID, list[CommentView]]:
    """The comments that clients may read (5.7), oldest first."""
    query = (
        select(Comment, Contact, Staff, HandOver)
        .outerjoin(Contact, col(Contact.id) == Comment.contact_id)
        .outerjoin(Staff, col(Staff.id) == Comment.staff_id)
        .outerjoin(HandOver, col(HandOver.id) == Comment.hand_over_id)
        .where(_own(Comment, sight) if sight.handed else true())
        .where(col(Comment.task_id).in_(task_ids), col(Comment.is_note).is_(False))
        .order_by(col(Comment.at), col(Comment.id))
    )
    found: dict[UUID, list[CommentView]] = {}
    for row, contact, staff, hand in work.session.exec(query):
        is_by_hands = hand is not None and not sight.handed
        is_mine = contact is not None and sight.contact is not None and contact.id == sight.contact.id
        is_mine = is_mine and not is_by_hands
        name = contact.name if contact else (staff.name if staff else sight.firm.name)
        if hand is not None and not sight.handed:
            name = hand.name
        view = CommentView(
            id=str(row.id),
            by=_("You") if is_mine else name,
            at=_moment(work, sight, row.at),
            text=row.body,
            is_firms=contact is None,
            key=(row.once_key or "").rpartition(":")[2] if is_mine else "",
        )
        found.setdefault(row.task_id, []).append(view)
    return found
