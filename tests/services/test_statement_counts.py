"""How many statements a page asks of the database does not depend on how many rows it shows (2.5, 15.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from portal_app.models import Notification
from portal_app.services.account.account_pages import account_page
from portal_app.services.automations.automation_settings import automations_view
from portal_app.services.clients import client_list_views, client_views, contact_list_views, contact_views
from portal_app.services.dashboard.dashboard_views import dashboard
from portal_app.services.documents.document_pages import documents_page
from portal_app.services.documents.document_views import documents_view
from portal_app.services.firm.frame_views import frame_view
from portal_app.services.home.history_pages import history_page
from portal_app.services.home.home_pages import home_page
from portal_app.services.home.share_pages import share_page
from portal_app.services.links.handing import hand_page
from portal_app.services.portal import access_views, pending_views, places, portal_views
from portal_app.services.requests.request_pages import request_page
from portal_app.services.requests.send_views import send_view
from portal_app.services.tasks.task_rows import task_view
from portal_app.services.team.team_views import team_view
from portal_app.services.templates import template_views
from portal_app.services.triage.triage_pane import pane_view
from portal_app.services.triage.triage_views import triage_view
from portal_app.services.work import activity_views, work_views
from portal_app.services.work.work_item_views import work_item_view
from tests.services.crowd import Crowd
from tests.statements import statements
from tests.world import World

STAFF: dict[str, Callable[[Crowd], tuple[Any, ...]]] = {
    "frame": lambda it: (frame_view,),
    "dashboard": lambda it: (dashboard,),
    "clients": lambda it: (client_list_views.client_list, client_list_views.ListWanted()),
    "contacts": lambda it: (contact_list_views.contact_list, contact_list_views.ContactsWanted()),
    "client": lambda it: (client_views.client_view, it.client.id),
    "contact": lambda it: (contact_views.contact_view, it.reader.id),
    "access": lambda it: (access_views.access_view, it.client.id),
    "portal": lambda it: (portal_views.portal_view, places.Filters()),
    "pending": lambda it: (pending_views.pending_view, places.Filters(tab="pending")),
    "work": lambda it: (work_views.work_list, work_views.Filters()),
    "work item": lambda it: (work_item_view, it.work.id),
    "task": lambda it: (task_view, it.task.id),
    "sending": lambda it: (send_view, it.request.id),
    "documents": lambda it: (documents_view, it.client.id),
    "triage": lambda it: (triage_view,),
    "triage pane": lambda it: (pane_view, it.world.all(Notification)[0].id),
    "activity": lambda it: (activity_views.activity_feed, activity_views.Filters()),
    "templates": lambda it: (template_views.template_list, template_views.Filters()),
    "template": lambda it: (template_views.template_view, it.template.id),
    "team": lambda it: (team_view,),
    "automations": lambda it: (automations_view,),
}
CLIENT: dict[str, Callable[[Crowd], tuple[Any, ...]]] = {
    "home": lambda it: (home_page,),
    "request": lambda it: (request_page, it.request.id),
    "documents": lambda it: (documents_page,),
    "history": lambda it: (history_page,),
    "account": lambda it: (account_page,),
    "share": lambda it: (share_page,),
    "hand over": lambda it: (hand_page, it.request.id, it.task.id),
}


MORE_THAN_A_PAGE = {"staff: clients", "staff: contacts"}
"""They ask once more where what they show is not all: how many there are."""
_SEVERAL = re.compile(r"\((?:\?|%\(\w+\)s)(?:, (?:\?|%\(\w+\)s))*\)")


def asked(crowd: Crowd) -> dict[str, list[str]]:
    """The statements of every page, by its name; the second time it is looked at."""
    found = {}
    for who, actor, pages in (
        ("staff", crowd.world.staff, STAFF),
        ("client", crowd.signed_in, CLIENT),
        ("link", crowd.device, {"request": CLIENT["request"]}),
    ):
        for name, page in pages.items():
            view, *about = page(crowd)
            view(crowd.world.ports, actor, *about)
            with statements(crowd.world.engine) as seen:
                view(crowd.world.ports, actor, *about)
            found[f"{who}: {name}"] = [_SEVERAL.sub("(?)", statement) for statement in seen]
    return found


def test_the_number_of_statements_of_a_page_does_not_grow_with_its_rows(world: World) -> None:
    crowd = Crowd(world)
    crowd.grow(to=5)
    few = asked(crowd)
    crowd.grow(to=50)
    many = asked(crowd)

    grown = {
        name: [
            (count, " … ".join((text[:60], text[text.find("WHERE") :][:160])))
            for text, count in (Counter(seen) - Counter(few[name])).most_common(3)
        ]
        for name, seen in many.items()
        if len(seen) > len(few[name]) + (name in MORE_THAN_A_PAGE)
    }
    assert not grown, "\n".join(f"{name}: {lines}" for name, lines in grown.items())
