"""A request as one recipient sees it: the checklist in words, in the reader's language (5.11, 5.12, 9.2).

The reactive page and its first view read the same `RequestPage`; what has numbers or dates is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import accent_css
from portal_app.domain.permissions import Permission
from portal_app.models import Comment, Contact, Recipient, Side, Staff, Task
from portal_app.ports import Ports
from portal_app.services import access, uploads
from portal_app.services.access import Sight
from portal_app.services.files import FileView, file_views, room_view
from portal_app.services.firm_days import day_of
from portal_app.services.letterheads import letterhead, signature
from portal_app.services.task_words import TaskWords, task_words
from portal_app.services.tasks import UNDO_FOR
from portal_app.text import _, format_date, format_moment, ngettext
from portal_app.work import Work, begin, reading


@dataclass(frozen=True)
class CommentView:
    """One comment: who wrote it, when, and whether it was the firm or the reader."""

    id: str = ""
    by: str = ""
    at: str = ""
    text: str = ""
    is_firms: bool = False


@dataclass(frozen=True)
class TaskView:
    """One task of the checklist. `tone` and `sign` are names of the look; `why_not` says why it cannot be ticked."""

    id: str = ""
    title: str = ""
    description: str = ""
    state: str = ""
    tone: str = ""
    sign: str = ""
    is_completed: bool = False
    is_na: bool = False
    is_awaiting_upload: bool = False
    can_tick: bool = False
    can_answer: bool = False
    needs_file: bool = False
    is_open_at_first: bool = False
    tick_label: str = ""
    why_not: str = ""
    closed_text: str = ""
    room: str = ""
    is_full: bool = False
    firm_files: list[FileView] = field(default_factory=list)
    files: list[FileView] = field(default_factory=list)
    comments: list[CommentView] = field(default_factory=list)


@dataclass(frozen=True)
class RequestPage:
    """A whole request page."""

    id: str = ""
    here: str = ""
    firm_name: str = ""
    firm_line: str = ""
    accent_css: str = ""
    support_email: str = ""
    support_phone: str = ""
    phone_url: str = ""
    help_url: str = ""
    sign_in_url: str = ""
    by_link: bool = True
    reader: str = ""
    client_name: str = ""
    for_whom: str = ""
    title: str = ""
    intro: str = ""
    person: str = ""
    until: str = ""
    closed_text: str = ""
    progress: str = ""
    done: int = 0
    total: int = 0
    is_complete: bool = False
    next_task_id: str = ""
    undo_task_id: str = ""
    undo_title: str = ""
    undo_ms: int = 0
    marks: list[str] = field(default_factory=list)
    tasks: list[TaskView] = field(default_factory=list)


def request_page(ports: Ports, actor: Actor, request_id: UUID) -> RequestPage:
    """The page of a request for whoever may see it. Raises what `access.request` raises."""
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW)
        return _page(work, sight)


def open_request(ports: Ports, actor: Actor, request_id: UUID) -> None:
    """A signed-in recipient who sees the request has opened it (5.6); told once. Claiming tells it for links."""
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW)
        if sight.recipient is None or sight.recipient.opened_at is not None:
            return
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW, lock=True)
        if sight.recipient is not None and sight.recipient.opened_at is None:
            sight.recipient.opened_at = work.now
            work.add(sight.recipient)
            work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")


def _page(work: Work, sight: Sight) -> RequestPage:
    tasks = _tasks(work, sight)
    words = {task.id: task_words(task, sight.firm, day_of(sight.firm, work.now)) for task in tasks}
    head = letterhead(work.ports.settings, sight.firm, sight.client)
    done = sum(task.completed_at is not None for task in tasks)
    waiting = [task for task in tasks if task.completed_at is None]
    undo = _undoable(work, sight, tasks)
    person = _person(work, sight)
    return RequestPage(
        id=str(sight.request.id),
        here=f"/requests/{sight.request.id}",
        firm_name=head.firm_name,
        firm_line=signature(head),
        accent_css=accent_css(head.accent),
        support_email=head.support_email,
        support_phone=head.support_phone,
        phone_url=head.phone_url if head.support_phone else "",
        help_url=head.help_url,
        sign_in_url=head.sign_in_url or "",
        by_link=sight.by_link,
        reader=sight.contact.name if sight.contact else "",
        client_name=sight.client.name,
        for_whom=_for_whom(sight),
        title=sight.section.name,
        intro=_intro(work, sight, waiting, person),
        person=person,
        until=_until(sight),
        closed_text=_(access.CLOSED).format(firm=sight.firm.name) if sight.is_read_only else "",
        progress=_("{done} of {total} done").format(done=done, total=len(tasks)),
        done=done,
        total=len(tasks),
        is_complete=bool(tasks) and not waiting,
        next_task_id=str(waiting[0].id) if waiting else "",
        undo_task_id=str(undo.id) if undo else "",
        undo_title=undo.title if undo else "",
        undo_ms=_ms_left(work, undo) if undo else 0,
        marks=[words[task.id].mark for task in tasks],
        tasks=_task_views(work, sight, tasks, words),
    )


def _tasks(work: Work, sight: Sight) -> Sequence[Task]:
    query = select(Task).where(Task.section_id == sight.request.id, col(Task.put_aside_at).is_(None))
    return work.session.exec(query.order_by(col(Task.position), col(Task.id))).all()


def _for_whom(sight: Sight) -> str:
    reader = sight.contact.name if sight.contact else sight.client.name
    if reader == sight.client.name:
        return _("For {name}").format(name=reader)
    return _("For {name}, about {client}").format(name=reader, client=sight.client.name)


def _person(work: Work, sight: Sight) -> str:
    """Who asks: the one who sent last."""
    sender = (
        work.session.get(Staff, sight.request.sent_by_staff_id) if sight.request.sent_by_staff_id else None
    )
    return sender.name if sender else sight.firm.name


def _intro(work: Work, sight: Sight, waiting: Sequence[Task], person: str) -> str:
    """One sentence: who asks, for how much, until when; and who else sees it (5.11)."""
    days = [task.due_on for task in waiting if task.due_on]
    if not waiting:
        said = _("{person} has all that was asked for.").format(person=person)
    elif days:
        said = ngettext(
            "{person} asks for {n} item by {date}.", "{person} asks for {n} items by {date}.", len(waiting)
        ).format(person=person, date=format_date(max(days)))
    else:
        said = ngettext("{person} asks for {n} item.", "{person} asks for {n} items.", len(waiting)).format(
            person=person
        )
    others = _others(work, sight)
    if not others:
        return said
    also = ngettext("{names} also sees this list.", "{names} also see this list.", len(others))
    return f"{said} {also.format(names=_listed(others))}"


def _others(work: Work, sight: Sight) -> list[str]:
    query = (
        select(Contact.name)
        .join(Recipient, col(Recipient.contact_id) == Contact.id)
        .where(Recipient.request_id == sight.request.id, col(Recipient.removed_at).is_(None))
        .order_by(Contact.name)
    )
    if sight.contact is not None:
        query = query.where(Contact.id != sight.contact.id)
    return list(work.session.exec(query))


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def _until(sight: Sight) -> str:
    if sight.grant is None:
        return ""
    day = format_date(day_of(sight.firm, sight.grant.expires_at))
    return _("This link works on this device until {date}.").format(date=day)


def _undoable(work: Work, sight: Sight, tasks: Sequence[Task]) -> Task | None:
    """The task that the reader answered last, while it can be taken back (5.12)."""
    mine = [
        task
        for task in tasks
        if task.completed_at is not None
        and sight.contact is not None
        and task.completed_by_contact_id == sight.contact.id
        and work.now <= task.completed_at + UNDO_FOR
    ]
    return max(mine, key=lambda task: task.completed_at or work.now) if mine else None


def _ms_left(work: Work, task: Task) -> int:
    assert task.completed_at is not None  # noqa: S101  _undoable gives no other
    return max(0, int((task.completed_at + UNDO_FOR - work.now).total_seconds() * 1000))


def _task_views(
    work: Work, sight: Sight, tasks: Sequence[Task], words: dict[UUID, TaskWords]
) -> list[TaskView]:
    ids = [task.id for task in tasks]
    files = file_views(work, sight.firm, ids)
    comments = _comments(work, sight, ids)
    return [
        _task_view(work, sight, task, words[task.id], files.get(task.id, []), comments.get(task.id, []))
        for task in tasks
    ]


def _task_view(
    work: Work,
    sight: Sight,
    task: Task,
    words: TaskWords,
    files: list[FileView],
    comments: list[CommentView],
) -> TaskView:
    theirs = [file for file in files if not file.is_firms]
    is_open = task.completed_at is None and not sight.is_read_only
    lacks_file = task.needs_file and not theirs
    room = room_view(
        uploads.limits_of(sight.firm), uploads.reserved(work, task.id, Side.CLIENT) if is_open else 0
    )
    return TaskView(
        id=str(task.id),
        title=task.title,
        description=task.description,
        state=words.file_needed if lacks_file and words.file_needed else words.state,
        tone=words.tone,
        sign="file" if lacks_file and words.file_needed and words.tone != "late" else words.sign,
        is_completed=task.completed_at is not None,
        is_na=words.is_na,
        is_awaiting_upload=task.completes_after_upload_id is not None and is_open,
        can_tick=is_open and not lacks_file,
        can_answer=is_open,
        needs_file=task.needs_file,
        is_open_at_first=is_open and (words.is_late or task.question_open_at is not None),
        tick_label=_("Mark as done: {task}").format(task=task.title),
        why_not=_("A file is needed before you tick.") if is_open and lacks_file else "",
        closed_text=_closed_text(sight, task),
        room=room.text if is_open else "",
        is_full=room.is_full,
        firm_files=[file for file in files if file.is_firms],
        files=theirs,
        comments=comments,
    )


def _closed_text(sight: Sight, task: Task) -> str:
    if task.completed_at is None:
        return ""
    return _("This task is completed. To change something, write to {firm}.").format(firm=sight.firm.name)


def _comments(work: Work, sight: Sight, task_ids: list[UUID]) -> dict[UUID, list[CommentView]]:
    """The comments that clients may read (5.7), oldest first."""
    query = (
        select(Comment, Contact, Staff)
        .outerjoin(Contact, col(Contact.id) == Comment.contact_id)
        .outerjoin(Staff, col(Staff.id) == Comment.staff_id)
        .where(col(Comment.task_id).in_(task_ids), col(Comment.is_note).is_(False))
        .order_by(col(Comment.at), col(Comment.id))
    )
    found: dict[UUID, list[CommentView]] = {}
    for row, contact, staff in work.session.exec(query):
        is_mine = contact is not None and sight.contact is not None and contact.id == sight.contact.id
        name = contact.name if contact else (staff.name if staff else sight.firm.name)
        view = CommentView(
            id=str(row.id),
            by=_("You") if is_mine else name,
            at=format_moment(row.at, sight.firm.time_zone),
            text=row.body,
            is_firms=contact is None,
        )
        found.setdefault(row.task_id, []).append(view)
    return found
