"""A request as one recipient sees it: the checklist in words, in the reader's language (5.11, 5.12, 9.2).

The reactive page and its first view read the same `RequestPage`; what has numbers or dates is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import accent_css
from portal_app.domain.permissions import Permission
from portal_app.models import Contact, PortalAccount, Recipient, Staff, Task
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.counts import in_words
from portal_app.services.firm_days import day_of
from portal_app.services.letterheads import letterhead, signature
from portal_app.services.task_views import TaskView, can_undo, task_views
from portal_app.services.tasks import UNDO_FOR
from portal_app.text import _, format_date, ngettext
from portal_app.work import Work, begin, reading

MOST_MARKS = 20
"""Tasks that have a notch each in the progress line; above that it is one bar."""


@dataclass(frozen=True)
class RequestPage:
    """A whole request page. `as_of` is when it was read, in milliseconds since 1970."""

    id: str = ""
    here: str = ""
    as_of: int = 0
    firm_name: str = ""
    firm_line: str = ""
    accent_css: str = ""
    support_email: str = ""
    support_phone: str = ""
    phone_url: str = ""
    help_url: str = ""
    sign_in_url: str = ""
    by_link: bool = True
    reader_id: str = ""
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
    undo_ms: int = 0
    tasks: list[TaskView] = field(default_factory=list)


def request_page(ports: Ports, actor: Actor, request_id: UUID) -> RequestPage:
    """The page of a request for whoever may see it. Raises what `access.request` raises."""
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW)
        return _page(work, sight)


def open_request(ports: Ports, actor: Actor, request_id: UUID) -> None:
    """A signed-in recipient who sees the request has opened it (5.6), once, and home opens with its client (9.2).

    Claiming tells it for links.
    """
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW)
        if not _is_news(sight, _account(work, sight)):
            return
    with begin(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW, lock=True)
        account = _account(work, sight)
        if account is not None:
            account.shown_client_id = sight.client.id
            work.add(account)
        if sight.recipient is not None and sight.recipient.opened_at is None:
            sight.recipient.opened_at = work.now
            work.add(sight.recipient)
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


def _page(work: Work, sight: Sight) -> RequestPage:
    tasks = _tasks(work, sight)
    done = sum(task.completed_at is not None for task in tasks)
    waiting = [task for task in tasks if task.completed_at is None]
    person = _person(work, sight)
    page = RequestPage(
        id=str(sight.request.id),
        here=routes.to(routes.REQUEST, id=sight.request.id),
        as_of=int(work.now.timestamp() * 1000),
        by_link=sight.by_link,
        reader_id=str(sight.contact.id) if sight.contact else "",
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
        tasks=task_views(work, sight, tasks, person),
    )
    return _with_undo(work, sight, tasks, _with_firm(work, sight, page))


def _with_firm(work: Work, sight: Sight, page: RequestPage) -> RequestPage:
    head = letterhead(work.ports.settings, sight.firm, sight.client)
    sign_in = urlencode({"next": page.here})
    return replace(
        page,
        firm_name=head.firm_name,
        firm_line=signature(head),
        accent_css=accent_css(head.accent),
        support_email=head.support_email,
        support_phone=head.support_phone,
        phone_url=head.phone_url if head.support_phone else "",
        help_url=head.help_url,
        sign_in_url=f"{head.sign_in_url}?{sign_in}" if head.sign_in_url and sight.by_link else "",
    )


def _with_undo(work: Work, sight: Sight, tasks: Sequence[Task], page: RequestPage) -> RequestPage:
    last = _undoable(work, sight, tasks)
    if last is None:
        return page
    return replace(page, undo_task_id=str(last.id), undo_title=last.title, undo_ms=_ms_left(work, last))


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
    if sight.grant is None:
        return ""
    day = format_date(day_of(sight.firm, sight.grant.expires_at))
    return _("This link works on this device until {date}.").format(date=day)


def _undoable(work: Work, sight: Sight, tasks: Sequence[Task]) -> Task | None:
    """The task that the reader answered last, while it can be taken back (5.12)."""
    mine = [task for task in tasks if can_undo(work, sight, task)]
    return max(mine, key=lambda task: task.completed_at or work.now) if mine else None


def _ms_left(work: Work, task: Task) -> int:
    assert task.completed_at is not None  # noqa: S101  _undoable gives no other
    return max(0, int((task.completed_at + UNDO_FOR - work.now).total_seconds() * 1000))
