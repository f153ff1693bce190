"""One device, links of several people (6.21, 6.22)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token
from portal_app.models import (
    AccessGrant,
    Contact,
    Task,
    TaskAnswer,
)
from portal_app.services import access
from portal_app.services.links import links, reading_as
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import request_pages
from portal_app.services.tasks import tasks
from portal_app.work import reading
from tests.services.link_story import Story
from tests.services.posted import token_in
from tests.services.sends import sent
from tests.world import World


def test_6_22_one_device_may_hold_grants_of_several_people(world: World) -> None:
    """6.22."""
    client = world.new_client()
    people = [world.new_contact(client), world.new_contact(client, "Luc Gagnon")]
    request = world.draft_request(client, to=people)
    sent(world, request)
    deliver_outbox(world.ports)
    device = world.new_device()[0]
    names = set()
    for letter in world.mail.sent:
        token = token_in(letter)
        assert links.claim(world.ports, device, token, new_token()).standing is Standing.YOURS
        names.add(links.look(world.ports, device, token).recipient_name)
    assert names == {"Marie-Claude Gagnon", "Luc Gagnon"}


@pytest.mark.parametrize("last", [0, 1])
def test_6_22_of_two_people_s_grants_the_one_pressed_last_is_shown_and_one_that_expired_hides_none(
    world: World, last: int
) -> None:
    client = world.new_client()
    people = [world.new_contact(client), world.new_contact(client, "Luc Gagnon")]
    request = world.draft_request(client, to=people)
    sent(world, request)
    deliver_outbox(world.ports)
    device, letters = world.new_device()[0], world.mail.sent
    for letter in (letters[1 - last], letters[last]):
        world.clock.advance(minutes=1)
        links.claim(world.ports, device, token_in(letter), new_token())
    pressed = links.look(world.ports, device, token_in(letters[last])).recipient_name

    def shown() -> str | None:
        with reading(world.ports, device) as work:
            contact = access.request(work, request.id, Permission.TASK_VIEW).contact
            return contact.name if contact else None

    assert shown() == pressed
    [grant] = [row for row in world.all(AccessGrant) if world.get(Contact(id=row.contact_id)).name == pressed]
    world.change(grant, expires_at=world.clock.now())
    assert shown() not in {None, pressed}


# several people on one device


class Couple:
    """One request sent to two people who share a device; the later press was Luc's."""

    def __init__(self, world: World) -> None:
        self.world, self.client = world, world.new_client()
        self.people = {
            name: world.new_contact(self.client, name) for name in ("Marie-Claude Gagnon", "Luc Gagnon")
        }
        self.request = world.draft_request(self.client, to=list(self.people.values()))
        sent(world, self.request)
        deliver_outbox(world.ports)
        self.device = world.new_device()[0]
        self.tokens = {}
        for letter in world.mail.sent:
            name = self.look(token_in(letter)).recipient_name
            self.tokens[name] = token_in(letter)
        for name in self.people:
            self.press(name)

    def look(self, token: str, actor: Actor | None = None) -> links.LinkPage:
        return links.look(self.world.ports, actor or self.device, token)

    def press(self, name: str, actor: Actor | None = None) -> None:
        self.world.clock.advance(minutes=1)
        claimed = links.claim(self.world.ports, actor or self.device, self.tokens[name], new_token())
        assert claimed.standing is Standing.YOURS

    def shown(self, actor: Actor | None = None) -> str | None:
        with reading(self.world.ports, actor or self.device) as work:
            contact = access.request(work, self.request.id, Permission.TASK_VIEW).contact
            return contact.name if contact else None

    def page(self, actor: Actor | None = None) -> request_pages.RequestPage:
        return request_pages.request_page(self.world.ports, actor or self.device, self.request.id)


@pytest.fixture
def couple(world: World) -> Couple:
    return Couple(world)


MARIE, LUC = "Marie-Claude Gagnon", "Luc Gagnon"


def test_6_22_the_link_of_who_is_not_shown_goes_on_by_one_press_and_looking_changes_nothing(
    couple: Couple,
) -> None:
    assert couple.shown() == LUC
    assert couple.look(couple.tokens[LUC]).goes_straight
    for _again in range(3):
        seen = couple.look(couple.tokens[MARIE])
        assert (seen.goes_straight, seen.is_known_here, seen.recipient_name) == (False, True, MARIE)
        assert couple.shown() == LUC

    couple.press(MARIE)

    assert couple.shown() == MARIE
    assert couple.look(couple.tokens[MARIE]).goes_straight
    assert not couple.look(couple.tokens[LUC]).goes_straight
    assert {grant.device_id for grant in couple.world.all(AccessGrant)} == {couple.device.device_id}


def test_6_22_the_list_names_whom_it_is_for_and_leads_to_the_other_alone(couple: Couple) -> None:
    page = couple.page()
    assert page.for_whom.startswith(f"For {LUC}")
    assert [it.id for it in page.readers] == [str(couple.people[MARIE].id)]
    assert page.reader_id == str(couple.people[LUC].id)

    couple.world.clock.advance(minutes=1)
    reading_as.show_for(couple.world.ports, couple.device, couple.request.id, couple.people[MARIE].id)

    page = couple.page()
    assert MARIE in page.for_whom
    assert LUC not in page.for_whom
    assert [it.id for it in page.readers] == [str(couple.people[LUC].id)]


def test_6_22_what_is_done_is_done_by_whom_the_list_is_shown_for(couple: Couple) -> None:
    first, second = couple.world.all(Task, section_id=couple.request.id)
    tasks.complete_task(couple.world.ports, couple.device, first.id)
    couple.press(MARIE)
    tasks.complete_task(couple.world.ports, couple.device, second.id)

    by = {row.task_id: row.contact_id for row in couple.world.all(TaskAnswer)}
    assert by == {first.id: couple.people[LUC].id, second.id: couple.people[MARIE].id}


def test_6_22_nobody_is_shown_who_holds_no_grant_here(couple: Couple) -> None:
    stranger = couple.world.new_contact(couple.client, "Zoé Roy")
    elsewhere = couple.world.new_device()[0]
    for actor, person in ((couple.device, stranger), (elsewhere, couple.people[MARIE])):
        with pytest.raises(NotFound):
            reading_as.show_for(couple.world.ports, actor, couple.request.id, person.id)
    assert couple.shown() == LUC


def test_6_22_one_person_alone_is_offered_nobody_else(story: Story) -> None:
    page = request_pages.request_page(story.world.ports, story.bound(), story.request.id)
    assert page.readers == []


def test_6_22_a_grant_that_ended_is_offered_no_more(couple: Couple) -> None:
    [grant] = couple.world.all(AccessGrant, contact_id=couple.people[MARIE].id)
    couple.world.change(grant, expires_at=couple.world.clock.now())
    assert couple.page().readers == []
    with pytest.raises(NotFound):
        reading_as.show_for(couple.world.ports, couple.device, couple.request.id, couple.people[MARIE].id)


def test_6_21_a_link_pressed_where_somebody_else_is_signed_in_shows_its_own_recipient(couple: Couple) -> None:
    world = couple.world
    world.clock.advance(minutes=1)
    world.give_account(couple.people[LUC], couple.client)
    here = replace(world.signed_in(couple.people[LUC]), device_id=couple.device.device_id)
    assert couple.shown(here) == LUC
    assert not couple.look(couple.tokens[MARIE], here).goes_straight

    couple.press(MARIE, here)

    assert couple.shown(here) == MARIE
    assert couple.page(here).by_link
    assert not couple.look(couple.tokens[LUC], here).goes_straight
    couple.press(LUC, here)
    assert couple.shown(here) == LUC
    assert not couple.page(here).by_link, "signed in, as before"


# access link and code
