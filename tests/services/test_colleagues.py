"""A contact with full access invites a colleague or a bookkeeper (3.6)."""

from __future__ import annotations

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, PortalError, RuleBroken, SignInNeeded, TryLater
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    ClientContact,
    ColleagueInvite,
    Contact,
    Invitation,
    Notification,
    OutboxMail,
    PortalAccess,
)
from portal_app.services.clients import client_views
from portal_app.services.invitations import accepting, colleague_views, colleagues, invitations
from portal_app.services.invitations.colleagues import ColleagueFields
from portal_app.services.sign_in.accounts import Visit
from portal_app.services.triage import triage_pane
from portal_app.work import reading
from tests.services.invited import STRANGER, token_of
from tests.signing import mails, text_of
from tests.world import World

BOOKKEEPER = ColleagueFields("Julie Roy", "Julie.Roy@roy.example", AccessLevel.FULL, "Notre comptable", "fr")


class Office:
    """A client with one contact who has full access and is signed in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.new_client("Boulangerie Soleil")
        self.contact: Contact = world.new_contact(self.client, "Ann Soleil", locale="fr")
        world.give_account(self.contact, self.client, level=AccessLevel.FULL)
        self.ann = world.signed_in(self.contact)

    def asks(self, fields: ColleagueFields = BOOKKEEPER, actor: Actor | None = None) -> bool:
        return colleagues.invite_colleague(self.world.ports, actor or self.ann, self.client.id, fields)

    def firm(self, **values: bool) -> None:
        self.world.change(self.world.firm, **values)

    @property
    def wish(self) -> ColleagueInvite:
        return self.world.all(ColleagueInvite)[-1]

    def invited(self) -> Contact:
        return self.world.all(Contact, email_key="julie.roy@roy.example")[0]

    def access_of(self, contact: Contact) -> PortalAccess:
        return self.world.all(PortalAccess, contact_id=contact.id, client_id=self.client.id)[0]


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_3_6_a_new_firm_lets_contacts_invite_and_looks_at_it_first(world: World) -> None:
    assert (world.firm.contacts_may_invite, world.firm.invites_need_approval) == (True, True)


def test_3_6_what_waits_for_staff_writes_to_nobody_and_stands_in_triage_and_on_the_clients_page(
    office: Office,
) -> None:
    world = office.world
    assert office.asks() is False

    assert (world.all(Invitation), world.all(OutboxMail)) == ([], [])
    assert world.all(Contact, email_key="julie.roy@roy.example") == []
    [told] = world.all(Notification)
    assert (told.kind, told.staff_id, told.client_id) == ("colleague_asked", world.owner.id, office.client.id)
    pane = triage_pane.pane_view(world.ports, world.staff, told.id)
    assert pane.invite_id == str(office.wish.id)
    assert {fact.value for fact in pane.facts} >= {"Julie Roy", "Ann Soleil", "Full", "Notre comptable"}
    [row] = client_views.client_view(world.ports, world.staff, office.client.id).invites
    assert (row.name, row.email, row.asker) == ("Julie Roy", "Julie.Roy@roy.example", "Ann Soleil")
    assert [one.contact_id for one in world.all(Activity, kind="colleague_asked")] == [office.contact.id]


def test_3_6_once_approved_it_goes_out_in_the_contacts_name_at_the_level_they_chose(office: Office) -> None:
    world = office.world
    office.asks()
    colleagues.approve_invite(world.ports, world.staff, office.wish.id)

    person = office.invited()
    assert (person.name, person.locale) == ("Julie Roy", "fr")
    assert len(world.all(ClientContact, contact_id=person.id, client_id=office.client.id)) == 1
    given = office.access_of(person)
    assert (given.level, given.status) == (AccessLevel.FULL, AccessStatus.INVITED)
    assert (given.invited_by_contact_id, given.invited_by_staff_id) == (office.contact.id, None)
    [mail] = mails(world, "invitation")
    body = text_of(world, mail)
    assert mail.recipient == "Julie.Roy@roy.example"
    assert all(words in body for words in ("Ann Soleil", "Notre comptable"))
    assert "Sophie" not in body
    page = accepting.look(world.ports, STRANGER, token_of(world, mail))
    assert page.inviter_name == "Ann Soleil"
    [shown] = world.all(Activity, kind="colleague_invited")
    assert (shown.client_id, shown.contact_id, shown.staff_id) == (office.client.id, office.contact.id, None)
    assert [one.staff_id for one in world.all(Activity, kind="colleague_approved")] == [world.owner.id]
    assert client_views.client_view(world.ports, world.staff, office.client.id).invites == []


def test_3_6_without_approval_it_leaves_at_once_and_the_person_can_accept(office: Office) -> None:
    world = office.world
    office.firm(invites_need_approval=False)
    assert office.asks(ColleagueFields("Julie Roy", "julie.roy@roy.example")) is True

    [mail] = mails(world, "invitation")
    visit = Visit(address="192.0.2.7", browser="Firefox/140.0")
    accepting.accept(world.ports, STRANGER, token_of(world, mail), "marmotte sous la neige", visit)
    given = office.access_of(office.invited())
    assert (given.level, given.status) == (AccessLevel.LIMITED, AccessStatus.ACCEPTED)
    assert [row.kind for row in world.all(Notification)] == ["colleague_invited", "signed_up"]


def test_3_6_declined_writes_to_nobody_and_cannot_be_approved_any_more(office: Office) -> None:
    world = office.world
    office.asks()
    colleagues.decline_invite(world.ports, world.staff, office.wish.id)

    with pytest.raises(RuleBroken):
        colleagues.approve_invite(world.ports, world.staff, office.wish.id)
    assert (world.all(Invitation), world.all(OutboxMail)) == ([], [])
    with reading(world.ports, office.ann) as work:
        [line] = colleague_views.asked_by(work, office.contact.id, office.client.id)
    assert (line.name, line.tone) == ("Julie Roy", "late")
    assert office.asks() is False  # asked anew, it waits anew


def test_3_6_two_decisions_at_once_send_one_invitation(office: Office) -> None:
    world = office.world
    office.asks()
    colleagues.approve_invite(world.ports, world.staff, office.wish.id)
    with pytest.raises(RuleBroken):
        colleagues.approve_invite(world.ports, world.staff, office.wish.id)
    assert len(mails(world, "invitation")) == 1


def test_3_6_limited_access_a_firm_that_does_not_let_them_and_other_clients_refuse(office: Office) -> None:
    world = office.world
    limited = world.new_contact(office.client, "Luc Soleil")
    world.give_account(limited, office.client, level=AccessLevel.LIMITED)
    with pytest.raises(RuleBroken):
        office.asks(actor=world.signed_in(limited))
    stranger_client = world.new_client("Autre")
    stranger = world.new_contact(stranger_client, "Eve Autre")
    world.give_account(stranger, stranger_client)
    with pytest.raises(NotFound):
        office.asks(actor=world.signed_in(stranger))
    with pytest.raises(SignInNeeded):
        office.asks(actor=Actor.nobody())
    with pytest.raises(NotFound):
        office.asks(actor=world.new_device()[0])
    office.firm(contacts_may_invite=False)
    with pytest.raises(RuleBroken):
        office.asks()
    assert world.all(ColleagueInvite) == []


def test_asvs_31_who_was_made_limited_invites_nobody_from_the_next_press(office: Office) -> None:
    office.world.change(office.access_of(office.contact), level=AccessLevel.LIMITED)
    with pytest.raises(RuleBroken):
        office.asks()


def test_3_6_a_person_of_another_client_is_linked_and_keeps_their_name(office: Office) -> None:
    """2.16."""
    world = office.world
    other = world.new_client("Plomberie Roy")
    julie = world.new_contact(other, "Julie R.", email="julie.roy@roy.example")
    office.firm(invites_need_approval=False)

    assert office.asks() is True
    assert [row.name for row in world.all(Contact, email_key="julie.roy@roy.example")] == ["Julie R."]
    assert office.access_of(julie).status is AccessStatus.INVITED


@pytest.mark.parametrize("ended", ["cancelled", "archived", "bounced"])
def test_3_6_what_staff_ended_or_does_not_work_waits_for_them_whatever_the_setting(
    office: Office, ended: str
) -> None:
    """3.7: nothing tells the contact which of them it is."""
    world = office.world
    office.firm(invites_need_approval=False)
    julie = world.new_contact(office.client, "Julie Roy", email="julie.roy@roy.example")
    if ended == "cancelled":
        invitations.invite_contact(world.ports, world.staff, office.client.id, julie.id)
        invitations.cancel_invitation(world.ports, world.staff, office.client.id, julie.id)
    elif ended == "archived":
        world.change(julie, archived_at=world.clock.now())
    else:
        world.change(julie, bounced_at=world.clock.now())
    before = len(world.all(Invitation))

    assert office.asks() is False
    assert len(world.all(Invitation)) == before


def test_3_6_who_is_there_already_or_asked_for_already_is_said_beside_the_address(office: Office) -> None:
    world = office.world
    own = ColleagueFields("Ann", office.contact.email.upper())
    office.asks()
    for again in (own, BOOKKEEPER):
        with pytest.raises(BadInput) as refusal:
            office.asks(again)
        assert refusal.value.field == "email"
    colleagues.approve_invite(world.ports, world.staff, office.wish.id)
    with pytest.raises(BadInput):
        office.asks()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (ColleagueFields("", "julie@roy.example"), "name"),
        (ColleagueFields("Julie", ""), "email"),
        (ColleagueFields("Julie", "julie at roy"), "email"),
        (ColleagueFields("Julie", "julie@roy.example", message="x" * 2_001), "message"),
    ],
)
def test_3_6_what_cannot_be_used_is_said_beside_its_field(
    office: Office, fields: ColleagueFields, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        office.asks(fields)
    assert refusal.value.field == field


def test_3_6_staff_of_another_firm_find_no_such_wish_and_no_level_is_lowered(office: Office) -> None:
    """asvs_29."""
    world = office.world
    office.asks(ColleagueFields("Julie", "julie.roy@roy.example", AccessLevel.LIMITED))
    elsewhere = world.new_staff("Zoé Loin", firm=world.new_firm("Loin", slug="loin"))
    for decide in (colleagues.approve_invite, colleagues.decline_invite):
        with pytest.raises(NotFound):
            decide(world.ports, world.actor(elsewhere), office.wish.id)
        with pytest.raises(PortalError):
            decide(world.ports, office.ann, office.wish.id)
    julie = world.new_contact(office.client, "Julie", email="julie.roy@roy.example")
    invitations.give_access(world.ports, world.staff, office.client.id, julie.id, AccessLevel.FULL)
    colleagues.approve_invite(world.ports, world.staff, office.wish.id)
    assert office.access_of(julie).level is AccessLevel.FULL


def test_3_6_it_goes_in_the_firms_name_where_who_asked_has_lost_full_access(office: Office) -> None:
    world = office.world
    office.asks()
    world.change(office.access_of(office.contact), level=AccessLevel.LIMITED)
    colleagues.approve_invite(world.ports, world.staff, office.wish.id)
    [mail] = mails(world, "invitation")
    assert "Ann Soleil" not in text_of(world, mail)


def test_3_6_nobody_writes_to_the_whole_town_through_it(office: Office) -> None:
    office.firm(invites_need_approval=False)
    for number in range(5):
        office.asks(ColleagueFields("Julie", f"julie{number}@roy.example"))
    with pytest.raises(TryLater):
        office.asks(ColleagueFields("Julie", "julie5@roy.example"))
    assert len(office.world.all(Invitation)) == 5
