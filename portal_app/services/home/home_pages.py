"""What a signed-in contact finds at home, for the client shown: what waits, soonest first, and all else (9.1 to 9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from uuid import UUID

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import Contact, Firm, Task
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.documents import document_pages
from portal_app.services.files.files import FileView, file_views
from portal_app.services.firm.brand import brand_css, hero
from portal_app.services.firm.client_frames import ClientFrame, framed
from portal_app.services.firm.firm_days import today
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home import home_lines, home_rows, switching
from portal_app.services.home.home_lines import RequestLine, TaskLine
from portal_app.services.home.home_rows import Reached, SeenRequest
from portal_app.services.home.switching import ClientLine
from portal_app.services.notices import notice_views
from portal_app.services.notices.notice_views import News
from portal_app.text import _, format_date
from portal_app.work import Work, begin, reading

MOST = 100
"""Works in progress, and completed ones, that home lists with all that was asked in each (9.3)."""
AT_ONCE = 4
"""Tasks that home names: the first, and those after it."""
RECENT_FILES = 3


@dataclass(frozen=True)
class HomePage(ClientFrame):
    """Home, in the reader's language."""

    contact_id: str = ""
    here: str = ""
    hero: str = ""
    sign_out_url: str = ""
    person: str = ""
    reader: str = ""
    day: str = ""
    greeting: str = ""
    about: str = ""
    waits: str = ""
    empty: str = ""
    all_label: str = ""
    first: TaskLine = field(default_factory=TaskLine)
    next: list[TaskLine] = field(default_factory=list)
    open: list[RequestLine] = field(default_factory=list)
    past: list[RequestLine] = field(default_factory=list)
    files: list[FileView] = field(default_factory=list)
    clients: list[ClientLine] = field(default_factory=list)
    elsewhere: list[ClientLine] = field(default_factory=list)
    news: News = field(default_factory=News)


def home_page(ports: Ports, actor: Actor) -> HomePage:
    """The page of the signed-in contact. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        person, account = access.signed_in(work, Permission.HOME_READ)
        firm = work.session.get_one(Firm, person.firm_id)
        found = switching.switcher(work, person, firm, account.shown_client_id)
        page = replace(
            firm_page(work, firm, person.id, person.name),
            clients=found.clients,
            news=notice_views.news(work, person, firm, found),
        )
        shown = found.shown
        if shown is None:
            return page
        mine = [request for request in found.requests if request.client_id == shown.id]
        page = replace(
            page,
            about=shown.name,
            person=home_rows.assigned_to(work, shown.id),
            elsewhere=[it for it in page.clients if it.elsewhere and not it.is_shown],
            files=_files(work, firm, person, shown, [request.id for request in mine]),
        )
        return _with_requests(work, firm, person, mine, page)


def show_client(ports: Ports, actor: Actor, client_id: UUID) -> None:
    """Let home open with this client from now on (9.2). Raises `NotFound` for one that the account does not reach."""
    with begin(ports, actor) as work:
        person, account = access.signed_in(work, Permission.HOME_READ)
        firm = work.session.get_one(Firm, person.firm_id)
        if client_id not in {client.id for client in home_rows.reached(work, person, firm)}:
            raise NotFound(_("There is nothing here."))
        account.shown_client_id = client_id
        work.add(account)


def firm_page(work: Work, firm: Firm, contact_id: UUID, name: str) -> HomePage:
    """Home with the firm's brand, for a person of this name, before anything is asked of them."""
    head, now = letterhead(work.ports.settings, firm), format_date(today(firm, work.now), "full")
    page = HomePage(
        here=routes.HOME,
        contact_id=str(contact_id),
        hero=hero(firm),
        sign_out_url=routes.to(routes.LOGOUT, firm=firm.slug),
        reader=name,
        day=now[:1].upper() + now[1:],
        greeting=_("Hello, {name}").format(name=name.split()[0] if name.strip() else ""),
        waits=_("Nothing to hand in."),
        empty=_("Your account opens no client any more. Ask the firm if you expected one."),
    )
    return framed(page, head, brand_css(firm))


def _with_requests(
    work: Work, firm: Firm, person: Contact, requests: Sequence[SeenRequest], page: HomePage
) -> HomePage:
    going = [request for request in requests if request.closed_at is None]
    tasks: dict[UUID, list[Task]] = {request.id: [] for request in going}
    for task in home_rows.tasks_of(work, tasks):
        tasks[task.section_id].append(task)
    day_now = today(firm, work.now)
    going.sort(key=lambda request: (home_lines.soonest(tasks[request.id], day_now), request.title))
    waiting = [task for request in going for task in tasks[request.id] if task.completed_at is None]
    waiting.sort(key=lambda task: home_lines.due(task, day_now))
    titles = {request.id: request.title for request in going}
    lines = [home_lines.task_line(task, titles[task.section_id], firm, day_now) for task in waiting[:AT_ONCE]]
    late = sum(home_lines.due(task, day_now) < day_now for task in waiting)
    past = [request for request in requests if request.closed_at is not None]
    past.sort(key=lambda request: request.closed_at or work.now, reverse=True)
    return replace(
        page,
        waits=switching.waits(len(waiting), late),
        empty=_("When the firm asks for something, it shows here."),
        all_label=_("See all {n} items").format(n=len(waiting)) if len(waiting) > AT_ONCE else "",
        first=lines[0] if lines else TaskLine(),
        next=lines[1:],
        open=[
            home_lines.going_line(request, tasks[request.id], firm, day_now)
            for request in _of_first_works(going)
        ],
        past=[home_lines.past_line(request, firm, day_now) for request in _of_first_works(past)],
    )


def _of_first_works(requests: Sequence[SeenRequest]) -> list[SeenRequest]:
    """Those of the first works among them, in their order."""
    works = set(islice(dict.fromkeys(request.work_item_id for request in requests), MOST))
    return [request for request in requests if request.work_item_id in works]


def _files(
    work: Work, firm: Firm, person: Contact, shown: Reached, request_ids: Sequence[UUID]
) -> list[FileView]:
    """What came last, on tasks and among the documents, newest first."""
    now = today(firm, work.now)
    rows = home_rows.recent_files(work, person, shown.id, request_ids, RECENT_FILES)
    found = file_views(work, firm, [row.task_id for row in rows if row.task_id])
    views = {view.id: view for of_task in found.values() for view in of_task}
    lines = [
        (row.completed_at, home_lines.file_line(views[str(row.id)], row, firm, person, now)) for row in rows
    ]
    lines += [
        (one.file.completed_at, home_lines.document_line(one, firm, person, now))
        for one in document_pages.recent(work, person, shown, RECENT_FILES)
    ]
    lines.sort(key=lambda line: line[0], reverse=True)
    return [line for _at, line in lines[:RECENT_FILES]]
