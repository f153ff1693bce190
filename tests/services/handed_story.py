"""A request of two tasks, one of which is in somebody else's hands."""

from __future__ import annotations

import re
from datetime import date, timedelta

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound
from portal_app.domain.secrets import new_token
from portal_app.models import HandOver
from portal_app.services.links import handed, handing, links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests.request_pages import request_page
from tests.services.posted import text_of, token_in
from tests.services.sends import sent
from tests.world import World

HELPER = "paul.roy@elsewhere.example"
STRANGER = Actor.nobody("en", "192.0.2.9")


class Story:
    """A request of two tasks; the first was handed to Paul for a week."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.new_client()
        self.contact = world.new_contact(self.client)
        self.request = world.draft_request(self.client, to=[self.contact])
        self.recipient = sent(world, self.request)[0]
        deliver_outbox(world.ports)
        self.giver = world.new_device()[0]
        links.claim(world.ports, self.giver, token_in(world.mail.sent[-1]), "x")
        self.task, self.other = world.tasks(self.request)
        self.today = date(2026, 3, 2)
        self.hand()
        self.token = self.newest()

    def hand(self, *, by: Actor | None = None, email: str = HELPER, until: date | None = None) -> None:
        day = (until or self.today + timedelta(days=7)).isoformat()
        handing.hand_over(
            self.world.ports, by or self.giver, self.request.id, self.task.id, "Paul Roy", email, day
        )

    def newest(self) -> str:
        deliver_outbox(self.world.ports)
        found = re.findall(r"^https?://\S+/h/(\S+)$", text_of(self.world.mail.sent[-1]), re.MULTILINE)
        assert len(found) == 1
        return str(found[0])

    def held(self) -> Actor:
        """Paul's device."""
        actor = self.world.new_device()[0]
        assert handed.claim(self.world.ports, actor, self.token, new_token()).is_open
        return actor

    def take_back(self) -> None:
        row = self.world.all(HandOver)[0]
        handing.take_back(self.world.ports, self.giver, self.request.id, self.task.id, row.id)

    def opens(self, actor: Actor) -> bool:
        try:
            return request_page(self.world.ports, actor, self.request.id).total == 1
        except (LinkEnded, NotFound):
            return False
