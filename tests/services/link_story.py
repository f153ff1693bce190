"""A request that was sent and its magic link, for tests of what links do."""

from __future__ import annotations

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token
from portal_app.models import (
    AccessGrant,
    ClientRequest,
    Recipient,
)
from portal_app.services import access
from portal_app.services.links import access_links, links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.work import reading
from tests.services.posted import token_in
from tests.services.sends import sent
from tests.world import World

STRANGER = Actor.nobody("en", "192.0.2.7")


class Story:
    """A request that was sent, and its link."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.request: ClientRequest = world.draft_request()
        self.recipient: Recipient = sent(world, self.request)[0]
        deliver_outbox(world.ports)
        self.token = token_in(world.mail.sent[0])

    @property
    def grant(self) -> AccessGrant:
        return self.world.all(AccessGrant, request_id=self.request.id)[-1]

    def look(self, actor: Actor = STRANGER, token: str = "") -> links.LinkPage:
        return links.look(self.world.ports, actor, token or self.token)

    def claim(self, actor: Actor | None = None, token: str = "", device: str = "") -> links.Claim:
        actor = actor or self.world.new_device()[0]
        return links.claim(self.world.ports, actor, token or self.token, device or new_token())

    def bound(self) -> Actor:
        """A device that pressed first."""
        actor = self.world.new_device()[0]
        assert self.claim(actor).standing is Standing.YOURS
        return actor

    def ask(self, page: str = "", token: str = "") -> access_links.Asked:
        asked = access_links.send_access_link(self.world.ports, STRANGER, token or self.token, page)
        deliver_outbox(self.world.ports)
        return asked

    def type(
        self, asked: access_links.Asked, code: str, actor: Actor | None = None
    ) -> access_links.CodeAnswer:
        actor = actor or self.world.new_device()[0]
        return access_links.give_code(self.world.ports, actor, self.token, asked.page, code, new_token())

    def sees(self, actor: Actor) -> Standing | None:
        """None where the request opens for this device, else why not."""
        with reading(self.world.ports, actor) as work:
            try:
                access.request(work, self.request.id, Permission.TASK_VIEW)
            except LinkEnded as ended:
                return Standing(ended.reason)
        return None
