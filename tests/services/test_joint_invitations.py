"""A person invited for several clients at once gets one e-mail; accepting accepts all, each is cancelled alone (3.12)."""

from __future__ import annotations

import pytest

from portal_app.domain.errors import LinkEnded
from portal_app.domain.invitations import Standing
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    InvitationLink,
    MailPhase,
    OutboxMail,
    PortalAccess,
)
from portal_app.services.clients import clients, contacts
from portal_app.services.invitations import accepting, invitations
from portal_app.services.invitations.invitations import Inviter
from portal_app.services.sign_in import sign_in
from portal_app.work import begin
from tests.services.invited import HERE, NEW, STRANGER, token_of
from tests.signing import give_code, latest_code, mails, text_of
from tests.world import PASSWORD, World


class Joint:
    """One contact of three clients, invited to all of them by one e-mail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients: list[Client] = [world.new_client(name) for name in ("Café", "Atelier", "Studio")]
        self.contact = world.new_contact(self.clients[0], "Nadia Haddad")
        for client in self.clients[1:]:
            contacts.link_contact(world.ports, world.staff, client.id, self.contact.id)

    def invite(self) -> str:
        with begin(self.world.ports, self.world.staff) as work:
            offered = []
            for client in self.clients:
                case = invitations.case_of(work, work.session.merge(client), work.session.merge(self.contact))
                offered.append((case, invitations.given(work, case, AccessLevel.LIMITED)))
            owner = work.session.merge(self.world.owner)
            invitations.send_together(work, offered, Inviter(staff=owner), "Bienvenue")
        return token_of(self.world, mails(self.world, "invitation")[-1])

    def statuses(self) -> list[AccessStatus]:
        by_client = {row.client_id: row.status for row in self.world.all(PortalAccess)}
        return [by_client[client.id] for client in self.clients]

    def cancel(self, number: int) -> None:
        world = self.world
        invitations.cancel_invitation(world.ports, world.staff, self.clients[number].id, self.contact.id)


@pytest.fixture
def joint(world: World) -> Joint:
    return Joint(world)


def test_3_12_one_email_names_all_clients_and_its_link_accepts_them_all(joint: Joint) -> None:
    token = joint.invite()
    (mail,) = mails(joint.world, "invitation")
    assert all(client.name in text_of(joint.world, mail) for client in joint.clients)
    page = accepting.look(joint.world.ports, STRANGER, token)
    assert (page.client_name, page.clients) == ("Café, Atelier, Studio", 3)
    accepting.accept(joint.world.ports, STRANGER, token, NEW, HERE)
    assert joint.statuses() == [AccessStatus.ACCEPTED] * 3
    assert joint.world.all(OutboxMail, event="invitation")[0].phase is MailPhase.CANCELLED


def test_3_12_each_can_be_cancelled_alone_and_the_link_still_opens_the_others(joint: Joint) -> None:
    token = joint.invite()
    joint.cancel(0)
    assert joint.world.all(OutboxMail, event="invitation")[0].phase is MailPhase.QUEUED
    assert accepting.look(joint.world.ports, STRANGER, token).client_name == "Atelier, Studio"
    accepting.accept(joint.world.ports, STRANGER, token, NEW, HERE)
    assert joint.statuses() == [AccessStatus.CANCELLED, AccessStatus.ACCEPTED, AccessStatus.ACCEPTED]


def test_3_12_when_the_last_is_cancelled_the_email_that_waits_does_not_leave(joint: Joint) -> None:
    token = joint.invite()
    joint.cancel(0)
    clients.archive_client(joint.world.ports, joint.world.staff, joint.clients[1].id)
    assert joint.world.all(OutboxMail, event="invitation")[0].phase is MailPhase.QUEUED
    joint.cancel(2)
    assert joint.world.all(OutboxMail, event="invitation")[0].phase is MailPhase.CANCELLED
    with pytest.raises(LinkEnded) as ended:
        accepting.accept(joint.world.ports, STRANGER, token, NEW, HERE)
    assert ended.value.reason is Standing.CANCELLED


def test_3_12_who_has_an_account_signs_in_once_for_all(joint: Joint) -> None:
    world = joint.world
    other = world.new_client("Where they are already")
    contacts.link_contact(world.ports, world.staff, other.id, joint.contact.id)
    world.give_account(joint.contact, other)
    token = joint.invite()
    page = accepting.look(world.ports, STRANGER, token)
    given = sign_in.give_password(
        world.ports, page.entrance, page.email, PASSWORD, HERE, invitation_id=page.invitation_id
    )
    give_code(world.ports, page.entrance, given.token, latest_code(world), HERE)
    assert joint.statuses() == [AccessStatus.ACCEPTED] * 3


def test_3_12_accepting_while_signed_in_accepts_all(joint: Joint) -> None:
    world = joint.world
    other = world.new_client("Where they are already")
    world.give_account(joint.contact, other)
    accepting.accept_signed_in(world.ports, world.signed_in(joint.contact), joint.invite())
    assert joint.statuses() == [AccessStatus.ACCEPTED] * 3


def test_3_3_the_press_on_an_expired_link_renews_what_expired_by_one_email(joint: Joint) -> None:
    token = joint.invite()
    joint.cancel(1)
    joint.world.clock.advance(hours=72)
    assert accepting.look(joint.world.ports, STRANGER, token).standing is Standing.EXPIRED
    for _press in range(2):
        invitations.send_new(joint.world.ports, STRANGER, token)
    _first, second = mails(joint.world, "invitation")
    body = text_of(joint.world, second)
    assert "Café" in body
    assert "Atelier" not in body
    fresh = token_of(joint.world, second)
    assert len({row.hash for row in joint.world.all(InvitationLink)}) == 2
    accepting.accept(joint.world.ports, STRANGER, fresh, NEW, HERE)
    assert joint.statuses() == [AccessStatus.ACCEPTED, AccessStatus.CANCELLED, AccessStatus.ACCEPTED]
