"""Every page of the portal in its states: what is opened, by whom, and what is pressed there.

A demo firm and, in the same portal, a firm with nothing in it yet. A plain page has its states drawn from samples
(tests/http/page_samples.py); here it is opened once as it is served, with its own scripts and headers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from portal_app import routes
from portal_app.adapters.database import make_engine
from portal_app.domain.actors import Role
from portal_app.models import (
    Client,
    ClientRequest,
    Contact,
    PortalAccess,
    Recipient,
    Staff,
    WorkItem,
    WorkTemplate,
)
from portal_app.text import catalog
from tests.browser.demo import browse, demo
from tests.browser.stage import Stage
from tests.world import World

UNKNOWN = "00000000-0000-7000-8000-000000000000"
CSV = b"name,email,client\nNadia Roy,nadia@roy.example,Verger Roy\n,wrong,Verger Roy\n"


@dataclass(frozen=True)
class Named:
    """A button's name that holds another one: `text` with `name` in its first place and nothing in any other."""

    text: str
    name: str = ""


Press = str | Named | Callable[[Page], None]


def names(what: str | Named, language: str) -> list[str]:
    """How a button may be called there: the English text's translations, in every context; itself where it has none."""
    text = what.text if isinstance(what, Named) else what
    found = [forms[0] for (_context, english), forms in catalog(language).items() if english == text]
    if isinstance(what, str):
        return found or [text]
    return [re.sub(r"{.*?}", "", re.sub(r"{.*?}", what.name, it, count=1)).strip() for it in found or [text]]


def choose_file(page: Page) -> None:
    """A file to import, with a line that is wrong."""
    page.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": CSV}
    )


def choose_row(page: Page) -> None:
    """The first of a list."""
    page.locator("tbody .check").first.click()


def open_bell(page: Page) -> None:
    """What is new, in the masthead."""
    page.locator("#bell > summary").click()


def open_table(page: Page) -> None:
    """What a chart shows, in figures."""
    page.locator("main summary").first.click()


def snooze(page: Page) -> None:
    """Until when the first notification is put off; its buttons show where the pointer is."""
    page.locator(".item").first.hover()
    page.locator(".item .row-acts [popovertarget]").first.click()


def start_last_year(page: Page) -> None:
    """A start so early that what is to be sent by itself should have gone already."""
    page.locator("#starts_on").fill("2025-01-15")
    page.locator("[name=past]").first.wait_for(state="attached")


def unfold(page: Page) -> None:
    """Every task of a list."""
    page.locator("main details").evaluate_all("all => all.forEach(it => { it.open = true })")


def cut_off(page: Page) -> None:
    """No network, until the tab closes."""
    page.context.set_offline(True)


@dataclass(frozen=True)
class Sight:
    """A page in one state, after `press`. With `over`, what opens over it is looked at instead, one after the other."""

    route: str
    state: str
    who: str
    at: str = ""
    press: tuple[Press, ...] = ()
    language: str = "en"
    over: tuple[tuple[Press, ...], ...] = ()

    def __str__(self) -> str:
        return f"{self.route.strip('/').replace('/', '-') or 'start'}-{self.state}"


def staff(route: str, at: str = "", *over: tuple[Press, ...]) -> list[Sight]:
    """A staff page filled, in French; in the firm that has nothing; and what opens over it: dialogs and menus."""
    empty = [] if "{" in at else [Sight(route, "empty", "newcomer", route)]
    opened = [Sight(route, "opened", "staff", at, over=over)] if over else []
    return [Sight(route, "filled", "staff", at, language="fr"), *empty, *opened]


def unknown(route: str) -> Sight:
    """The same page for something that is not there."""
    return Sight(route, "not-found", "staff", route.replace("[id]", UNKNOWN), language="fr")


CLIENT = routes.CLIENT.replace("[id]", "{client}")
CONTACT = routes.CONTACT.replace("[id]", "{contact}")
CLIENT_DOCUMENTS = routes.CLIENT_DOCUMENTS.replace("[id]", "{client}")
WORK, DRAFT = (routes.WORK.replace("[id]", name) for name in ("{work}", "{draft}"))
TEMPLATE = routes.TEMPLATE.replace("[id]", "{template}")

MORE = "More for this client"
ASKS = Named("{who} asks about {task}")
WORK_MORE = "More for this work item"
SIGHTS = [
    *staff(routes.TRIAGE, "", (ASKS,), (snooze,)),
    *staff(
        routes.CLIENTS, routes.CLIENTS + "?search=car", ("Add a client",), ("Add a client", "Add the client")
    ),
    *staff(
        routes.CLIENT,
        CLIENT,
        (MORE,),
        (MORE, "Portal access…"),
        (MORE, "Portal access…", "Switch off…"),
        (MORE, "Assigned staff…"),
        (MORE, "Pause reminders…"),
        (MORE, "Archive…"),
        ("Edit",),
        ("Add a contact",),
        (Named("More for {name}", "Marie-Claude Gagnon"), "Unlink…"),
    ),
    unknown(routes.CLIENT),
    *staff(
        routes.CLIENT_DOCUMENTS,
        CLIENT_DOCUMENTS,
        ("New folder",),
        (Named("More for {name}", "Impôts 2025"), "Remove…"),
    ),
    *staff(routes.CONTACTS, routes.CONTACTS + "?search=car"),
    *staff(
        routes.CONTACT,
        CONTACT,
        ("Edit",),
        ("Link to a client",),
        ("More for this contact", "Merge with another contact…"),
        ("More for this contact", "Archive…"),
    ),
    unknown(routes.CONTACT),
    *staff(routes.IMPORTS),
    Sight(routes.IMPORT, "preview", "staff", routes.IMPORTS, (choose_file, "Show what it would bring")),
    unknown(routes.IMPORT),
    *staff(routes.DASHBOARD, "", (open_table,)),
    *staff(routes.FIGURES, routes.FIGURES + "?figure=overdue"),
    *staff(routes.ACTIVITY),
    *staff(routes.NOTICES),
    *staff(
        routes.PORTAL,
        routes.PORTAL + "?search=caroline",
        ("Caroline Beaulieu",),
        (choose_row,),
        ("Change access…",),
    ),
    Sight(routes.PORTAL, "pending", "staff", routes.PORTAL + "?tab=pending", language="fr"),
    *staff(routes.SETTINGS, "", ("Pause reminders",), ("Add an automation",)),
    *staff(routes.SETTINGS_BRANDING),
    *staff(routes.SETTINGS_EMAIL),
    *staff(routes.SETTINGS_HELP),
    *staff(routes.SETTINGS_INTRODUCTION, "", ("Send",)),
    *staff(routes.SETTINGS_SIGN_IN),
    *staff(
        routes.SETTINGS_TEAM,
        "",
        ("Invite",),
        (Named("Role of {name}", "Karim Benali"),),
        (Named("Deactivate {name}", "Karim Benali"),),
    ),
    Sight(routes.STAFF_HELP, "manual", "staff", language="fr"),
    *staff(routes.TEMPLATES, "", ("Add a template",)),
    *staff(
        routes.TEMPLATE,
        TEMPLATE,
        ("Make work from it",),
        ("Make work from it", start_last_year),
        ("More for this template", "Edit the template"),
        ("Add a client section",),
        ("Send settings",),
        (Named("Add a task to {name}"),),
    ),
    unknown(routes.TEMPLATE),
    *staff(routes.WORKS, routes.WORKS + "?due=week", ("Add a work item",), ("From a template",)),
    *staff(
        routes.WORK,
        WORK,
        (WORK_MORE,),
        (WORK_MORE, "Edit the work item"),
        (WORK_MORE, "Make next year’s"),
        (WORK_MORE, "Make a template from it"),
        (WORK_MORE, "Archive"),
        ("Add a client section",),
        (Named("Add a task to {name}"),),
        ("Feuillets T4 et relevés 1",),
        ("Send settings",),
        ("Pause reminders",),
        ("Resend",),
    ),
    Sight(routes.WORK, "draft", "staff", DRAFT, over=(("Send to client",),)),
    unknown(routes.WORK),
    Sight(routes.HOME, "filled", "client", language="fr"),
    Sight(routes.HOME, "empty", "idle"),
    Sight(routes.HOME, "notices", "client", press=(open_bell,)),
    Sight(routes.REQUEST, "signed-in", "client", routes.REQUEST.replace("[id]", "{request}"), language="fr"),
    Sight(routes.REQUEST, "by-link", "device", routes.REQUEST.replace("[id]", "{asked}"), (unfold,), "fr"),
    Sight(routes.REQUEST, "without-network", "device", routes.REQUEST.replace("[id]", "{asked}"), (cut_off,)),
    Sight(routes.REQUEST, "closed", "idle", routes.REQUEST.replace("[id]", "{closed}"), language="fr"),
    Sight(routes.DOCUMENTS, "filled", "client", language="fr"),
    Sight(routes.DOCUMENTS, "empty", "idle"),
]
"""Every page that Reflex draws. What a test presses is named in English, and pressed in the language of the page."""


def served(who: str, language: str, *paths: str) -> list[Sight]:
    """Plain pages as they are served."""
    return [Sight(path, "served", who, path.format(**PLACES), language=language) for path in paths]


PLACES = {"firm": "demo", "kind": "totp", "contact": "{contact}", "id": "{contact}"}
SERVED = [
    *served("nobody", "fr", routes.STAFF_LOGIN, routes.LOGIN, routes.FORGOT, routes.HELP, routes.OFFLINE),
    *served("nobody", "en", routes.STAFF_FORGOT, routes.REGISTER, routes.MY_LINKS, routes.CONTINUE),
    *served("client", "fr", routes.HISTORY, routes.ACCOUNT, routes.ACCOUNT_PASSWORD, routes.SHARE),
    *served("client", "en", routes.ACCOUNT_ADDRESS, routes.MFA, routes.MFA + "/{kind}"),
    *served(
        "staff", "fr", routes.STAFF_ACCOUNT, routes.STAFF_MFA, routes.MFA_RESET, routes.SEEN_AS + "/home"
    ),
    *served("staff", "en", routes.STAFF_ADDRESS, routes.STAFF_PASSWORD, routes.SETTINGS_ISSUER),
    *served("staff", "en", routes.CONTACT_ERASE, routes.SEEN_AS + "/documents"),
    Sight(routes.CONTINUE_FROM, "served", "device", "/requests/{asked}/continue", language="fr"),
]


@dataclass
class Gallery:
    """The served portal, who looks, and what the addresses name."""

    stage: Stage
    browser: Browser
    ids: dict[str, str]
    cookies: dict[str, dict[str, str] | None]
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def page(self, sight: Sight) -> Page:
        """A new tab of that person's, in that language."""
        key = (sight.who, sight.language)
        if key not in self.contexts:
            context = browse(self.browser, "desk", sight.language, reduced_motion="reduce")
            cookie = self.cookies[sight.who]
            context.add_cookies([cookie] if cookie else [])  # type: ignore[list-item]
            self.contexts[key] = context
        return self.contexts[key].new_page()

    def url(self, sight: Sight) -> str:
        """Where it is."""
        return self.stage.portal.url + (sight.at or sight.route).format(**self.ids)


@contextmanager
def gallery(folder: Path, browser: Browser) -> Iterator[Gallery]:
    """Serve the demo firm, a firm with two contacts, and one with nothing in it."""
    with demo(folder) as portal:
        engine = make_engine(f"sqlite:///{folder / 'portal.db'}")
        stage = Stage(portal, World(engine, folder))
        shown = Gallery(stage, browser, *_people(stage))
        yield shown
        for context in shown.contexts.values():
            context.close()
        engine.dispose()


def _people(stage: Stage) -> tuple[dict[str, str], dict[str, dict[str, str] | None]]:
    """What the addresses name, and the cookies of those who look."""
    world = stage.world
    asked, idle = stage.asked(due_on=stage.days(5)), stage.asked(("Lease",), reader="Luc Roy")
    world.change(world.all(WorkItem, id=idle.request.work_item_id)[0], completed_at=world.clock.now())
    [owner] = world.all(Staff, email="owner@demo.example")
    [contact] = world.all(Contact, email="client1@mail.example")
    [access] = world.all(PortalAccess, contact_id=contact.id)
    [client] = world.all(Client, id=access.client_id)
    sent = world.all(Recipient, contact_id=contact.id)[0].request_id
    draft = world.new_work(client, "Draft", assignee_id=owner.id)
    world.draft_request(client, to=[contact], work=draft)
    bare = world.new_firm("Bare", slug="bare")
    newcomer = world.new_staff("Nadia Newman", firm=bare, role=Role.OWNER)
    ids = {
        "client": client.id,
        "contact": contact.id,
        "request": sent,
        "work": world.all(ClientRequest, id=sent)[0].work_item_id,
        "draft": draft.id,
        "template": world.all(WorkTemplate)[0].id,
        "asked": asked.request.id,
        "closed": idle.request.id,
    }

    def signed_in(name: str, **who: Any) -> dict[str, str]:
        row, token = world.new_session(**who)
        world.change(row, confirmed_at=world.clock.now())
        return {"name": name, "value": token, "url": stage.portal.url}

    return {name: str(value) for name, value in ids.items()}, {
        "staff": signed_in("staff", staff_id=owner.id, firm_id=owner.firm_id),
        "newcomer": signed_in("staff", staff_id=newcomer.id, firm_id=bare.id),
        "client": signed_in("client", contact_id=contact.id, firm_id=contact.firm_id),
        "idle": stage.account(idle),
        "device": asked.cookie,
        "nobody": None,
    }
