"""A request sent to two recipients, the browsers that ask for its pages, and the ways in which it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import client_pages
from portal_app.http.site import language_of
from portal_app.models import (
    AccessGrant,
    Activity,
    AuditEntry,
    Contact,
    Device,
    LinkToken,
    LostDevice,
    OutboxMail,
    Recipient,
    WorkItem,
)
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.text import use_locale
from tests.world import World

JSON = {"Accept": "application/json"}


def first(view: Any) -> Any:
    """A first view as a page of its own, in the reader's language, as the site serves it."""

    async def endpoint(request: Request) -> Response:
        with use_locale(language_of(request)):
            filled = await run_in_threadpool(view, request)
        return filled if isinstance(filled, Response) else HTMLResponse(filled.html)

    return endpoint


def browser(world: World, language: str = "en", **cookies: str) -> TestClient:
    """A browser behind the gate, with these cookies; it follows no redirect by itself."""
    views = [
        Route("/requests/{id}", first(client_pages.request_first)),
        Route("/home", first(client_pages.home_first)),
    ]
    app = Starlette(routes=[*client_pages.routes, *views])
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    url = world.settings.public_url
    headers = {"Accept-Language": language, "Origin": url}
    return TestClient(gate, base_url=url, follow_redirects=False, headers=headers, cookies=cookies)


def everything(world: World) -> str:
    """All that looking could have written."""
    kinds = (AccessGrant, LinkToken, Device, LostDevice, Recipient, Activity, AuditEntry, OutboxMail)
    return repr([world.all(kind) for kind in kinds])


class Asked:
    """A request sent to Marie-Claude, with a bound device's cookie and an account's."""

    def __init__(self, world: World, **more: Any) -> None:
        self.world = world
        self.client = world.new_client("Gagnon inc.")
        count = len(world.all(Contact))
        self.contact = world.new_contact(self.client, email=f"mc{count}@client.example")
        self.other = world.new_contact(self.client, "Luc Gagnon", email=f"luc{count}@client.example")
        self.request = world.draft_request(self.client, to=[self.contact, self.other], **more)
        world.change(self.request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
        self.tasks = world.tasks(self.request)
        self.here = f"/requests/{self.request.id}"
        self.device = self.bound(self.contact)

    def bound(self, contact: Contact) -> str:
        """The cookie of a device bound to this recipient's grant."""
        actor, token = self.world.new_device()
        now = self.world.clock.now()
        recipient = self.world.all(Recipient, request_id=self.request.id, contact_id=contact.id)[0]
        self.grant = self.world.put(
            AccessGrant(
                firm_id=self.request.firm_id,
                request_id=self.request.id,
                recipient_id=recipient.id,
                contact_id=contact.id,
                created_at=now,
                expires_at=now + timedelta(days=30),
                device_id=actor.device_id,
                claimed_at=now,
            )
        )
        return token

    def session(self, contact: Contact, **more: Any) -> str:
        """The cookie of a session of this contact, who gets an account."""
        self.world.give_account(contact, self.client, **more)
        return self.world.new_session(contact_id=contact.id, firm_id=contact.firm_id)[1]

    def post(self, verb: str, page: TestClient, number: int = 0, **fields: str) -> Any:
        """Press a form of a task, or what the live page sends instead."""
        headers = JSON if fields.pop("as_json", "") else {}
        return page.post(f"{self.here}/tasks/{self.tasks[number].id}/{verb}", data=fields, headers=headers)


def words(response: Any) -> str:
    """What a page says, without its markup."""
    html = re.sub(r"<(style|script).*?</\1>", "", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


ENDED = {
    "removed": "This link no longer works",
    "moved": "This link was opened on another device",
    "expired": "This link expired on 1 April 2026",
    "withdrawn": "This request was withdrawn",
    "closed": "This request is closed",
}


def end(world: World, asked: Asked, how: str) -> None:
    """The bound device loses its way in, this way."""
    now = world.clock.now()
    if how == "expired":
        world.clock.advance(days=31)
    elif how == "withdrawn":
        world.change(asked.request, withdrawn_at=now)
        world.change(asked.grant, ended_at=now, ended_because="withdrawn")
    elif how == "closed":
        world.change(world.all(WorkItem, id=asked.request.work_item_id)[0], completed_at=now)
    elif how == "moved":
        lost = asked.grant.device_id
        world.put(LostDevice(firm_id=world.firm.id, grant_id=asked.grant.id, device_id=lost, lost_at=now))
        world.change(asked.grant, device_id=world.new_device()[0].device_id)
    else:
        world.change(asked.grant, ended_at=now, ended_because="removed")
