"""The reading pane: one notification with its task, what was written and sent there, and what can be done (8.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Client,
    ClientRequest,
    Contact,
    Firm,
    Notification,
    Recipient,
    Staff,
    Task,
)
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.access import Sight
from portal_app.services.files import files
from portal_app.services.files.files import FileView
from portal_app.services.firm.firm_days import today
from portal_app.services.invitations import colleague_views
from portal_app.services.requests import request_lines, send_words
from portal_app.services.requests.request_lines import StatePart
from portal_app.services.tasks import comment_rows
from portal_app.services.tasks.task_words import task_words
from portal_app.services.triage import triage_rows, triage_words
from portal_app.services.triage.triage_words import FAILURES
from portal_app.services.work.work_rows import rows_of
from portal_app.text import _, ngettext, pgettext
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class Line:
    """One comment; `is_note` stays with staff."""

    id: str = ""
    by: str = ""
    when: str = ""
    text: str = ""
    is_firms: bool = False
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know: its word and its value."""

    word: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class PaneView:
    """What the pane shows. `task_id` is empty where nothing can be written; `failure` says what came back, and
    `retry_id` names the contact whose address can be tried again (8.6)."""

    id: str = ""
    above: str = ""
    title: str = ""
    href: str = ""
    client_href: str = ""
    task_id: str = ""
    is_unread: bool = False
    parts: list[StatePart] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    files: list[FileView] = field(default_factory=list)
    file_count: str = ""
    failure: str = ""
    can_answer: bool = False
    is_question_open: bool = False
    can_accept: bool = False
    is_accepted: bool = False
    can_reopen: bool = False
    retry_id: str = ""
    sees: str = ""
    facts: list[Fact] = field(default_factory=list)
    bell: str = ""
    invite_id: str = ""
    """A contact's wish to invite somebody, while nobody has decided (3.6)."""


def pane_view(ports: Ports, actor: Actor, notification_id: UUID) -> PaneView:
    """One of one's own notifications. Raises `NotFound` for others' and for what was taken back."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.TRIAGE_READ)
        query = select(Notification).where(Notification.id == notification_id, *triage_rows.own(work))
        row = work.session.exec(query).first()
        if row is None:
            raise NotFound(_("There is nothing here."))
        sight = access.request(work, row.request_id, Permission.REQUEST_READ) if row.request_id else None
        if sight is None:
            return _without_request(work, row)
        task = work.session.get(Task, row.task_id) if row.task_id else None
        return _about(work, row, sight, task)


def _without_request(work: Work, row: Notification) -> PaneView:
    """About a client alone, such as an e-mail that came back."""
    client = work.session.get(Client, row.client_id) if row.client_id else None
    return PaneView(
        id=str(row.id),
        title=client.name if client else _("The portal"),
        client_href=routes.to(routes.CLIENT, id=client.id) if client else "",
        is_unread=row.read_at is None,
        failure=_failure(row),
        facts=[Fact(word, value) for word, value in colleague_views.facts_of(work, row)],
        invite_id=colleague_views.waiting_id(work, row),
        retry_id=_retry(work, row),
    )


def _about(work: Work, row: Notification, sight: Sight, task: Task | None) -> PaneView:
    lines = _lines(work, sight.firm, task) if task else []
    found = files.file_views(work, sight.firm, [task.id]).get(task.id, []) if task else []
    is_open = sight.request.withdrawn_at is None and sight.work_item.archived_at is None
    is_answered = task is not None and task.completed_at is not None and task.put_aside_at is None
    return PaneView(
        id=str(row.id),
        above=sight.work_item.title,
        title=task.title if task else sight.section.name,
        href=routes.to(routes.WORK, id=sight.work_item.id),
        client_href=routes.to(routes.CLIENT, id=sight.client.id),
        task_id=str(task.id) if task else "",
        is_unread=row.read_at is None,
        parts=_parts(work, sight, task),
        lines=lines,
        files=found,
        file_count=ngettext("{n} file", "{n} files", len(found)) if found else "",
        failure=_failure(row),
        retry_id=_retry(work, row),
        can_answer=task is not None and is_open,
        can_accept=is_answered,
        is_accepted=is_answered and task is not None and task.accepted_at is not None,
        can_reopen=is_answered and is_open and sight.work_item.completed_at is None,
        is_question_open=task is not None and task.question_open_at is not None and task.completed_at is None,
        sees=_sees(work, sight, task),
        facts=_facts(work, sight),
        bell=f"work:{sight.work_item.id}",
    )


def _retry(work: Work, row: Notification) -> str:
    """The contact whose address failed and still counts as failing, at its request or at all."""
    contact = work.session.get(Contact, row.contact_id) if row.contact_id else None
    if row.kind != "mail_failed" or contact is None or contact.archived_at is not None:
        return ""
    query = select(Recipient.id).where(
        Recipient.contact_id == contact.id,
        Recipient.request_id == row.request_id,
        col(Recipient.bounced_at).is_not(None),
        col(Recipient.removed_at).is_(None),
    )
    is_failing = contact.bounced_at is not None or work.session.exec(query.limit(1)).first() is not None
    return str(contact.id) if is_failing else ""


def _failure(row: Notification) -> str:
    if row.kind not in FAILURES:
        return ""
    if row.kind == "send_failed":
        reason = triage_words.sentence(send_words.held(str(row.facts.get("because") or "")))
        return f"{reason} " + _("Put it right on the work item, then send it, or choose a later day.")
    answer = str(row.facts.get("answer") or "")
    text = _("The mail server’s answer: “{answer}”.").format(answer=answer) if answer else ""
    if row.kind == "staff_mail_failed":
        return f"{text} {triage_words.sentence(triage_words.no_mail())}".strip()
    fix = _("Correct the address on the client’s page, or try again if it works after all.")
    return f"{text} {fix}".strip()


def _parts(work: Work, sight: Sight, task: Task | None) -> list[StatePart]:
    """The task's state, or the request's where it is about the whole of it."""
    if task is None:
        return request_lines.state_parts(rows_of(work, sight.work_item), sight.request, work.now)
    day = today(sight.firm, work.now)
    if task.completed_at is not None:
        head = StatePart(task_words(task, sight.firm, day).state, "", "done", "ok")
    elif task.question_open_at is not None:
        head = StatePart(_("Question open"), "", "ask", "wait")
    else:
        head = StatePart(pgettext("task", "Open"), "", "open", "none")
    parts = [head]
    if task.due_on is not None and task.completed_at is None:
        tone = "late" if task.due_on < day else ""
        parts.append(StatePart(_("due"), spoken.short_day(task.due_on, day), "", tone))
    progress = triage_rows.progress_of(work, [sight.request.id]).get(sight.request.id)
    if progress:
        parts.append(StatePart(_("{n} of {m} in").format(n=progress.done, m=progress.tasks)))
    return parts


def _lines(work: Work, firm: Firm, task: Task) -> list[Line]:
    """What was written on the task, the oldest first."""
    return [
        Line(
            id=str(row.id),
            by=name,
            when=spoken.moment(row.at, work.now, firm.time_zone),
            text=row.body,
            is_firms=row.staff_id is not None,
            is_note=row.is_note,
        )
        for row, name in comment_rows.written_on(work, firm, task)
    ]


def _sees(work: Work, sight: Sight, task: Task | None) -> str:
    """Who sees an answer, and what it sets going (5.8, 5.11)."""
    query = (
        select(Contact.name)
        .join(Recipient, col(Recipient.contact_id) == Contact.id)
        .where(Recipient.request_id == sight.request.id, col(Recipient.removed_at).is_(None))
        .order_by(col(Recipient.created_at))
    )
    names = ", ".join(work.session.exec(query))
    if not names:
        return ""
    text = _("{names} will see it.").format(names=names)
    if task is not None and task.question_open_at is not None:
        text += " " + _("Reminders for this task start again.")
    return text


def _facts(work: Work, sight: Sight) -> list[Fact]:
    found = [Fact(_("Client"), sight.client.name)]
    if sight.request.sent_at is not None:
        found.append(Fact(_("Asked"), _asked(work, sight.firm, sight.request)))
    assignee = work.session.get(Staff, sight.work_item.assignee_id) if sight.work_item.assignee_id else None
    found.append(Fact(_("Assignee"), assignee.name if assignee else _("nobody")))
    return found


def _asked(work: Work, firm: Firm, request: ClientRequest) -> str:
    assert request.sent_at is not None  # noqa: S101  asked for sent requests only
    day = spoken.moment(request.sent_at, work.now, firm.time_zone)
    sender = work.session.get(Staff, request.sent_by_staff_id) if request.sent_by_staff_id else None
    return _("{day} by {name}").format(day=day, name=sender.name) if sender else day
