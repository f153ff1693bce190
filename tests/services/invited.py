"""A contact invited to a client, and the account they make; for tests of invitations."""

from __future__ import annotations

import re

from portal_app.domain.actors import Actor
from portal_app.domain.errors import PortalError
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel, Client, Contact, OutboxMail, PortalAccess
from portal_app.services import access
from portal_app.services.clients import contacts
from portal_app.services.invitations import accepting, invitations
from portal_app.services.sign_in.accounts import Visit
from portal_app.work import reading
from tests.signing import mails, text_of
from tests.world import World

HERE = Visit(address="192.0.2.7", browser="Firefox/140.0")
STRANGER = Actor.nobody("en", "192.0.2.7")
NEW = "marmotte sous la neige"


class Story:
    """A contact of a client, invited by the owner."""

    def __init__(self, world: World, level: AccessLevel = AccessLevel.LIMITED) -> None:
        self.world = world
        world.change(world.firm, portal_on_at=world.clock.now())
        self.client: Client = world.new_client()
        self.contact: Contact = world.new_contact(self.client)
        self.invite(level)
        self.token = self.tokens[-1]

    def invite(self, level: AccessLevel = AccessLevel.LIMITED, message: str = "") -> None:
        invitations.invite_contact(
            self.world.ports, self.world.staff, self.client.id, self.contact.id, level, message
        )

    def resend(self) -> None:
        invitations.resend_invitation(self.world.ports, self.world.staff, self.client.id, self.contact.id)

    def cancel(self) -> None:
        invitations.cancel_invitation(self.world.ports, self.world.staff, self.client.id, self.contact.id)

    @property
    def tokens(self) -> list[str]:
        """The tokens of the e-mails that still wait, oldest first."""
        return [token_of(self.world, mail) for mail in mails(self.world, "invitation") if mail.sealed]

    @property
    def access(self) -> PortalAccess:
        return self.world.all(PortalAccess, contact_id=self.contact.id, client_id=self.client.id)[0]

    def look(self, token: str = "", actor: Actor = STRANGER) -> accepting.InvitationPage:
        return accepting.look(self.world.ports, actor, token or self.token)

    def accept(self, token: str = "", password: str = NEW, actor: Actor = STRANGER) -> str:
        return accepting.accept(self.world.ports, actor, token or self.token, password, HERE).token

    def press(self, token: str = "") -> None:
        invitations.send_new(self.world.ports, STRANGER, token or self.token)

    def sees(self, actor: Actor) -> bool:
        """Whether this person's home shows the client's request."""
        request = self.world.draft_request(self.client, to=[self.contact])
        self.world.change(request, sent_at=self.world.clock.now())
        with reading(self.world.ports, actor) as work:
            try:
                access.request(work, request.id, Permission.TASK_VIEW)
            except PortalError:
                return False
        return True


def token_of(world: World, mail: OutboxMail) -> str:
    found = re.findall(r"^https?://\S+/invite/(\S+)$", text_of(world, mail), re.MULTILINE)
    assert len(found) == 1
    return str(found[0])


def with_account(world: World) -> Story:
    """Somebody with an account at one client, invited to another."""
    home = world.new_client("Home")
    person = world.new_contact(home, "Nadia Haddad")
    world.give_account(person, home)
    story = Story(world)
    contacts.link_contact(world.ports, world.staff, story.client.id, person.id)
    story.contact = person
    story.invite(AccessLevel.FULL)
    story.token = story.tokens[-1]
    return story
