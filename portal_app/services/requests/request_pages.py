"""A request as one recipient sees it: the checklist in words, in the reader's language (5.11, 5.12, 9.2).

The reactive page and its first view read the same `RequestPage`; what has numbers or dates is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import promises
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import accent_css
from portal_app.domain.permissions import Permission
from portal_app.domain.sessions import LIMITS
from portal_app.models import Answer, Contact, PortalAccount, Recipient, Staff, Task, TaskAnswer
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.counts import in_words
from portal_app.services.firm.client_frames import ClientFrame, framed
from portal_app.services.firm.firm_days import day_of
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home import switching
from portal_app.services.home.switching import ClientLine
from portal_app.services.links import reading_as
from portal_app.services.notices import notice_marks, notice_views
from portal_app.services.notices.notice_views import News
from portal_app.services.tasks import answering, known_documents
from portal_app.services.tasks.answering import UNDO_FOR
from portal_app.services.tasks.known_documents import KnownDocument
from portal_app.services.tasks.task_views import TaskView, can_undo, task_views
from portal_app.text import _, format_date, ngettext
from portal_app.work import Work, begin, reading

MOST_MARKS = 20
"""Tasks that have a notch each in the progress line; above that it is one bar."""


KEPT_FOR = int(LIMITS[Kind.CLIENT].whole_for.total_seconds())


@dataclass(frozen=True)
class Reader:
    """Another person for whom this browser opens the request, and the words of the button that shows it (6.22)."""

    id: str = ""
    shows: str = ""


@dataclass(frozen=True)
class RequestPage(ClientFrame):
    """A whole request page. `as_of` is when it was read, in milliseconds since 1970."""

    id: str = ""
    here: str = ""
    zip: str = ""
    as_of: int = 0
    keeps_for: int = 0
    """Seconds for which a browser may show it without network."""
    sign_in_url: str = ""
    register_url: str = ""
    by_link: bool = True
    reader_id: str = ""
    readers: list[Reader] = field(default_factory=list)
    for_whom: str = ""
    title: str = ""
    intro: str = ""
    person: str = ""
    until: str = ""
    closed_text: str = ""
    progress: str = ""
    done: int = 0
    total: int = 0
    is_many: bool = False
    is_complete: bool = False
    next_task_id: str = ""
    undo_task_id: str = ""
    undo_title: str = ""
    undo_said: str = ""
    undo_ms: int = 0
    promise_from: str = ""
    promise_until: str = ""
    documents: list[KnownDocument] = field(default_factory=list)
    tasks: list[TaskView] = field(default_factory=list)
    about: str = ""
    clients: list[ClientLine] = field(default_factory=list)
    sign_out_url: str = ""
    news: News = field(default_factory=News)


def request_page(ports: Ports, actor: Actor, request_id: UUID) -> RequestPage:
    """The page of a request for whoever may see it. Raises what `access.request` raises."""
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW, handed=True)
        return _handed(sight, page_of(work, sight)) if sight.handed else page_of(work, sight)


def check_task(ports: Ports, actor: Actor, request_id: UUID, task_id: UUID) -> None:
    """That the task stands in this request; whether this person may see it, its own door says. Raises `NotFound`."""
    with reading(ports, actor) as work:
        task = work.session.get(Task, task_id)
        if task is None or task.section_id != request_id:
            raise NotFound(_("There is nothing here."))


def open_request(ports: Ports, actor: Actor, request_id: UUID) -> None:
    """A signed-in recipient who sees the request has opened it (5.6), once, and home opens with its client (9.2);
    what was told about it is read.

    Claiming tells it for links.
    """
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW, handed=True)
        is_told = sight.contact is not None and notice_marks.has_new(work, sight.contact.id, request_id)
        if not is_told and not _is_news(sight, _account(work, sight)):
            return
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW, lock=True)
        if sight.contact is not None:
            notice_marks.mark_seen(work, sight.contact.id, request_id)
        account = _account(work, sight)
        if account is not None:
            account.shown_client_id = sight.client.id
            work.add(account)
        if sight.recipient is not None and sight.recipient.opened_at is None:
            sight.recipient.opened_at = work.now
            work.add(sight.recipient)
            work.note(
                "request_opened",
                firm_id=sight.firm.id,
                client_id=sight.client.id,
                work_item_id=sight.work_item.id,
                request_id=sight.request.id,
                contact_id=sight.recipient.contact_id,
                facts={"title": sight.section.name},
            )
            work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")


def _account(work: Work, sight: Sight) -> PortalAccount | None:
    """The account by which the reader sees it; None by link."""
    if sight.by_link or sight.contact is None:
        return None
    return work.session.exec(
        select(PortalAccount).where(PortalAccount.contact_id == sight.contact.id)
    ).first()


def _is_news(sight: Sight, account: PortalAccount | None) -> bool:
    is_new = sight.recipient is not None and sight.recipient.opened_at is None
    return is_new or (account is not None and account.shown_client_id != sight.client.id)


def page_of(work: Work, sight: Sight) -> RequestPage:
    """The page of a request that a door has opened."""
    tasks = _tasks(work, sight)
    done = sum(task.completed_at is not None for task in tasks)
    waiting = [task for task in tasks if task.completed_at is None]
    person, today = _person(work, sight), day_of(sight.firm, work.now)
    is_asked = bool(waiting) and not sight.is_read_only and not sight.handed
    documents = known_documents.offered(work, sight) if is_asked else []
    page = RequestPage(
        id=str(sight.request.id),
        here=routes.to(routes.REQUEST, id=sight.request.id),
        as_of=int(work.now.timestamp() * 1000),
        by_link=sight.by_link,
        reader_id=reading_as.reader_name(sight),
        readers=_readers(work, sight),
        for_whom=_for_whom(sight),
        title=sight.section.name,
        intro=_intro(work, sight, tasks, person),
        person=person,
        until=_until(sight),
        closed_text=_(access.CLOSED).format(firm=sight.firm.name) if sight.is_read_only else "",
        progress=_("{done} of {total} done").format(done=done, total=len(tasks)),
        done=done,
        total=len(tasks),
        is_many=len(tasks) > MOST_MARKS,
        is_complete=bool(tasks) and not waiting,
        next_task_id=str(waiting[0].id) if waiting and not sight.is_read_only else "",
        promise_from=promises.first_day(today).isoformat(),
        promise_until=promises.last_day(today).isoformat(),
        documents=documents,
        tasks=task_views(work, sight, tasks, person, documents),
    )
    files = sum(len(task.firm_files) + len(task.files) for task in page.tasks)
    if files > 1 and not sight.handed:
        page = replace(page, zip=routes.to(routes.REQUEST_ZIP, id=sight.request.id))
    return _with_undo(work, sight, tasks, _with_clients(work, sight, _with_firm(work, sight, page)))


def _handed(sight: Sight, page: RequestPage) -> RequestPage:
    """The page of whoever was handed a task: that task, and of the request nothing else (5.8a)."""
    giver = sight.contact.name if sight.contact else sight.firm.name
    until = format_date(
        day_of(sight.firm, max(hand.expires_at for hand in sight.handed) - timedelta(seconds=1))
    )
    said = _("{name} asks for your help until {date}: files and comments. Only {name} can mark it as done.")
    return replace(
        page,
        for_whom=_("For {name}").format(name=sight.client.name),
        title=_("A task for you"),
        intro=said.format(name=giver, date=until),
        person="",
        until="",
        sign_in_url="",
        register_url="",
        next_task_id="",
        undo_task_id="",
    )


def _with_firm(work: Work, sight: Sight, page: RequestPage) -> RequestPage:
    head = letterhead(work.ports.settings, sight.firm, sight.client)
    back, is_offered = urlencode({"next": page.here}), bool(head.sign_in_url) and sight.by_link
    register_url = work.ports.settings.public_url + routes.to(routes.REGISTER, firm=sight.firm.slug)
    return replace(
        framed(page, head, accent_css(head.accent)),
        keeps_for=_keeps_for(work, sight),
        sign_in_url=f"{head.sign_in_url}?{back}" if is_offered else "",
        register_url=f"{register_url}?{back}" if is_offered else "",
    )


def _keeps_for(work: Work, sight: Sight) -> int:
    """As long as a session lasts at most, by link as long as the grant; a task handed over is not kept (4.6)."""
    if sight.handed or sight.is_classic or sight.contact is None:
        return 0
    return int((sight.grant.expires_at - work.now).total_seconds()) if sight.grant else KEPT_FOR


def _with_clients(work: Work, sight: Sight, page: RequestPage) -> RequestPage:
    """Signed in, the way to the other clients of the account (2.2); staff who look on get none (5.9)."""
    if sight.by_link or sight.contact is None or work.actor.contact_id != sight.contact.id:
        return page
    found = switching.switcher(work, sight.contact, sight.firm, sight.client.id)
    return replace(
        page,
        about=sight.client.name,
        clients=found.clients,
        sign_out_url=routes.to(routes.LOGOUT, firm=sight.firm.slug),
        news=notice_views.news(work, sight.contact, sight.firm, found),
    )


def _with_undo(work: Work, sight: Sight, tasks: Sequence[Task], page: RequestPage) -> RequestPage:
    found = _undoable(work, sight, tasks)
    if found is None:
        return page
    task, row = found
    left = row.at + UNDO_FOR - work.now
    return replace(
        page,
        undo_task_id=str(task.id),
        undo_title=task.title,
        undo_said=_undo_said(task, row),
        undo_ms=max(0, int(left.total_seconds() * 1000)),
    )


def _tasks(work: Work, sight: Sight) -> Sequence[Task]:
    query = select(Task).where(Task.section_id == sight.request.id, col(Task.put_aside_at).is_(None))
    if sight.handed:
        query = query.where(col(Task.id).in_([hand.task_id for hand in sight.handed]))
    return work.session.exec(query.order_by(col(Task.position), col(Task.id))).all()


def _for_whom(sight: Sight) -> str:
    reader = sight.contact.name if sight.contact else sight.client.name
    if reader == sight.client.name:
        return _("For {name}").format(name=reader)
    return _("For {name}, about {client}").format(name=reader, client=sight.client.name)


def _readers(work: Work, sight: Sight) -> list[Reader]:
    """Who else's this list is on this device; each has a page of their own (6.22)."""
    return [
        Reader(str(one.contact.id), _("Open it for {name}").format(name=one.contact.name))
        for one in reading_as.others(work, sight)
        if one.contact is not None
    ]


def _person(work: Work, sight: Sight) -> str:
    """Who asks: the one who sent last."""
    sender = (
        work.session.get(Staff, sight.request.sent_by_staff_id) if sight.request.sent_by_staff_id else None
    )
    return sender.name if sender else sight.firm.name


def _intro(work: Work, sight: Sight, tasks: Sequence[Task], person: str) -> str:
    """One sentence: who asks, for how much, until when; and who else sees it (5.11)."""
    is_asked = bool(tasks) and not sight.is_read_only
    said = _asked([task for task in tasks if task.completed_at is None], person) if is_asked else ""
    others = _others(work, sight)
    if not others:
        return said
    also = ngettext("{names} also sees this list.", "{names} also see this list.", len(others))
    return f"{said} {also.format(names=_listed(others))}".strip()


def _asked(waiting: Sequence[Task], person: str) -> str:
    if not waiting:
        return _("{person} has all that was asked for.").format(person=person)
    count, days = len(waiting), [task.due_on for task in waiting if task.due_on]
    if not days:
        said = ngettext("{person} asks for {count} item.", "{person} asks for {count} items.", count)
        return said.format(person=person, count=in_words(count))
    said = ngettext(
        "{person} asks for {count} item by {date}.", "{person} asks for {count} items by {date}.", count
    )
    return said.format(person=person, count=in_words(count), date=format_date(max(days)))


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
    if sight.grant is None or sight.is_classic:
        return ""
    day = format_date(day_of(sight.firm, sight.grant.expires_at))
    return _("This link works on this device until {date}.").format(date=day)


def _undoable(work: Work, sight: Sight, tasks: Sequence[Task]) -> tuple[Task, TaskAnswer] | None:
    """What the reader answered last, while it can be taken back (5.12)."""
    last = answering.last_answers(work, [task.id for task in tasks])
    mine = [(task, last[task.id]) for task in tasks if can_undo(work, sight, task, last.get(task.id))]
    return max(mine, key=lambda one: (one[1].at, one[1].id)) if mine else None


def _undo_said(task: Task, row: TaskAnswer) -> str:
    """What the bar says of the answer that can be taken back."""
    if row.answer is Answer.DONE:
        return _("Marked as done. The firm has been told.")
    if row.answer is Answer.PROMISED and row.promised_on:
        said = _("Promised for {date}").format(date=format_date(row.promised_on, "short"))
    else:
        said = ANSWERED[row.answer]()
    return _("{answer}. The firm has been told.").format(answer=said)


ANSWERED: dict[Answer, Callable[[], str]] = {
    Answer.NOT_APPLICABLE: lambda: _("Doesn’t apply"),
    Answer.QUESTION: lambda: _("Question asked"),
    Answer.ALREADY_HAVE: lambda: _("The firm already has it"),
}
