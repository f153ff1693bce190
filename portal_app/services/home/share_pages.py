"""The open tasks of a signed-in contact, soonest due first, for a file that a phone's share menu handed over (11.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.permissions import Permission
from portal_app.models import Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.firm_days import today
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home import home_lines, home_rows, switching
from portal_app.services.home.switching import ClientLine
from portal_app.services.notices import notice_views
from portal_app.services.notices.notice_views import News
from portal_app.work import reading

MOST: Final = 100


@dataclass(frozen=True)
class ShareLine:
    """One open task: its request and its client stand below it."""

    id: str
    title: str
    about: str
    href: str


@dataclass(frozen=True)
class SharePage:
    """The whole page, in the reader's language."""

    letterhead: Letterhead
    sign_out_url: str
    reader_id: str = ""
    """Whose the files become that this page shows first."""
    about: str = ""
    person: str = ""
    clients: list[ClientLine] = field(default_factory=list)
    news: News = field(default_factory=News)
    tasks: list[ShareLine] = field(default_factory=list)


def share_page(ports: Ports, actor: Actor) -> SharePage:
    """The page of the signed-in contact, over all their clients. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        contact, account = access.signed_in(work, Permission.HOME_READ)
        firm = work.session.get_one(Firm, contact.firm_id)
        found = switching.switcher(work, contact, firm, account.shown_client_id)
        names = {client.id: client.name for client in found.clients}
        going = {request.id: request for request in found.requests if request.closed_at is None}
        day = today(firm, work.now)
        tasks = [task for task in home_rows.tasks_of(work, going) if task.completed_at is None]
        tasks.sort(key=lambda task: home_lines.due(task, day))
        lines = []
        for task in tasks[:MOST]:
            request = going[task.section_id]
            about = [request.title, names[str(request.client_id)] if len(names) > 1 else ""]
            href = f"{routes.to(routes.REQUEST, id=request.id)}#t{task.id}"
            lines.append(ShareLine(str(task.id), task.title, " · ".join(filter(None, about)), href))
        return SharePage(
            letterhead=letterhead(ports.settings, firm),
            sign_out_url=routes.to(routes.LOGOUT, firm=firm.slug),
            reader_id=str(contact.id),
            about=found.shown.name if found.shown else "",
            person=home_rows.assigned_to(work, found.shown.id) if found.shown else "",
            clients=found.clients,
            news=notice_views.news(work, contact, firm, found),
            tasks=lines,
        )
