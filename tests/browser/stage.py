"""A served portal and the world behind it: a test puts rows where it wants them, then looks as a person would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from portal_app.models import AccessGrant, Client, ClientRequest, Contact, Recipient, Task
from portal_app.services.firm import firm_days
from portal_app.text import use_locale
from tests.browser.demo import browse, live
from tests.migrate import upgrade
from tests.trial.served import Served, served
from tests.trial.served import becomes as becomes  # for tests that have a stage
from tests.world import World

ASKED = ("Tax questionnaire", "T4 slips", "Void cheque", "Medical expenses", "Notice of assessment")


@dataclass
class Asked:
    """A request sent to one contact, and the cookie of the device bound to it."""

    client: Client
    request: ClientRequest
    contact: Contact
    tasks: list[Task]
    url: str
    cookie: dict[str, str]


@dataclass
class Stage:
    """What a test acts on."""

    portal: Served
    world: World

    def asked(
        self, titles: Sequence[str] = ASKED, *, reader: str = "Marie-Claude Gagnon", **more: Any
    ) -> Asked:
        """A request with these tasks, sent a minute ago, claimed by a device."""
        world = self.world
        world.clock.moment = SystemClock().now() - timedelta(minutes=1)
        client = more.pop("client", None) or world.new_client(
            more.pop("client_name", "Ébénisterie Gagnon inc.")
        )
        contact = world.new_contact(
            client, reader, email=more.pop("email", f"reader{len(world.all(Contact))}@client.example")
        )
        others = [
            world.new_contact(client, name, email=f"other{len(world.all(Contact))}@client.example")
            for name in more.pop("others", ())
        ]
        request = world.draft_request(client, tasks=titles, to=[contact, *others], **more)
        world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
        return Asked(
            client,
            request,
            contact,
            world.tasks(request),
            f"{self.portal.url}/requests/{request.id}",
            self.device(request, reader),
        )

    def device(self, request: ClientRequest, name: str = "Marie-Claude Gagnon") -> dict[str, str]:
        """The cookie of a device bound to the grant of the recipient of this name."""
        actor, token = self.world.new_device()
        recipients = self.world.all(Recipient, request_id=request.id)
        contacts = [self.world.all(Contact, id=recipient.contact_id)[0] for recipient in recipients]
        recipient = recipients[[contact.name for contact in contacts].index(name)]
        now = self.world.clock.now()
        self.world.put(
            AccessGrant(
                firm_id=request.firm_id,
                request_id=request.id,
                recipient_id=recipient.id,
                contact_id=recipient.contact_id,
                created_at=now,
                expires_at=now + timedelta(days=30),
                device_id=actor.device_id,
                claimed_at=now,
            )
        )
        return {"name": "device", "value": token, "url": self.portal.url}

    def account(self, asked: Asked, **more: Any) -> dict[str, str]:
        """Give the reader an account; the cookie of a session of theirs."""
        self.world.give_account(asked.contact, asked.client, **more)
        _row, token = self.world.new_session(contact_id=asked.contact.id, firm_id=asked.contact.firm_id)
        return {"name": "client", "value": token, "url": self.portal.url}

    def days(self, number: int) -> date:
        """A day from the firm's today, which is not UTC's in the evening."""
        return firm_days.today(self.world.firm, SystemClock().now()) + timedelta(days=number)

    @contextmanager
    def reader(
        self, browser: Browser, cookie: dict[str, str], size: str = "phone", language: str = "en", **more: Any
    ) -> Iterator[BrowserContext]:
        """A browser that holds this cookie."""
        context = browse(browser, size, language, **more)
        context.add_cookies([cookie])  # type: ignore[list-item]
        yield context
        context.close()


@contextmanager
def staged(folder: Path, **environment: str) -> Iterator[Stage]:
    """Serve an empty, migrated portal with one firm in it."""
    engine = make_engine(f"sqlite:///{folder / 'portal.db'}")
    upgrade(engine)
    world = World(engine, folder)
    world.clock.moment = SystemClock().now()
    with served("portal_app.asgi:app", folder, **environment) as portal:
        yield Stage(portal, world)
    engine.dispose()


@contextmanager
def opened(
    stage: Stage, browser: Browser, path: str, size: str = "desk", language: str = "en", **more: object
) -> Iterator[Page]:
    """A staff page, live, as the owner; it must not report a fault."""
    _row, token = stage.world.new_session(staff_id=stage.world.owner.id, firm_id=stage.world.firm.id)
    cookie = {"name": "staff", "value": token, "url": stage.portal.url}
    faults: list[str] = []
    with stage.reader(browser, cookie, size, language, **more) as context, use_locale(language):
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{stage.portal.url}{path}")
        live(page)
        yield page
    assert faults == []
