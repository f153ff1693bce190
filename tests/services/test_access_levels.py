"""Limited and full: what each sees and does, and what a change of level takes and gives (3.1, 3.10)."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, PortalError, RuleBroken
from portal_app.domain.invitations import Standing
from portal_app.domain.links import Standing as LinkStanding
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    AuditEntry,
    ClientContact,
    ClientRequest,
    Comment,
    PortalAccess,
    Section,
    SectionKind,
)
from portal_app.services.clients import clients
from portal_app.services.files import downloads, uploads
from portal_app.services.home.home_pages import home_page, show_client
from portal_app.services.invitations import accepting, invitations, levels
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import client_answers, comments, tasks
from portal_app.services.work.activity_views import Filters, activity_feed
from tests.files.tools import bring, pdf
from tests.services.posted import text_of
from tests.services.sends import sent
from tests.world import World


class Story:
    """Two requests of one client, each to one contact; both have an account, Ada the full one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.new_client("Gagnon inc.")
        self.ada, self.luc = world.new_contact(self.client, "Ada"), world.new_contact(self.client, "Luc")
        self.to_ada = world.draft_request(self.client, to=[self.ada], name="For Ada")
        self.to_luc = world.draft_request(self.client, to=[self.luc], name="For Luc")
        for request in (self.to_ada, self.to_luc):
            sent(world, request)
        world.give_account(self.ada, self.client, level=AccessLevel.FULL)
        world.give_account(self.luc, self.client, level=AccessLevel.LIMITED)
        self.as_ada, self.as_luc = world.signed_in(self.ada), world.signed_in(self.luc)

    def upload(self, actor: Actor, request: ClientRequest) -> UUID:
        """A file on the first task of a request; its id. Its name says whose it is."""
        task = self.world.tasks(request)[0]
        token = uploads.start_upload(self.world.ports, actor, task.id, f"{actor.contact_id}.pdf", 40)[0]
        receipt = bring(self.world, token, pdf(40))
        assert receipt is not None
        return receipt.file_id

    def level(self, level: AccessLevel) -> bool:
        return levels.change_level(self.world.ports, self.world.staff, self.client.id, self.ada.id, level)

    def titles(self, actor: Actor) -> set[str]:
        return {line.title for line in home_page(self.world.ports, actor).open}


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_3_1_full_access_sees_and_answers_what_went_to_others_and_limited_only_their_own(
    story: Story,
) -> None:
    world = story.world
    assert (story.titles(story.as_ada), story.titles(story.as_luc)) == ({"For Ada", "For Luc"}, {"For Luc"})

    task = world.tasks(story.to_luc)[0]
    comments.add_comment(world.ports, story.as_ada, task.id, "From Ada.")
    tasks.complete_task(world.ports, story.as_ada, task.id)
    assert world.get(task).completed_at is not None
    assert request_page(world.ports, story.as_luc, story.to_luc.id).total == 2

    other = world.tasks(story.to_ada)[0]
    for act in (tasks.complete_task, lambda *who: comments.add_comment(*who, "From Luc.")):
        with pytest.raises(NotFound):
            act(world.ports, story.as_luc, other.id)
    with pytest.raises(NotFound):
        request_page(world.ports, story.as_luc, story.to_ada.id)


@pytest.mark.parametrize("who", ["as_ada", "as_luc"])
def test_3_1_neither_sees_drafts_staff_sections_or_notes(story: Story, who: str) -> None:
    world, actor = story.world, getattr(story, who)
    draft = world.draft_request(story.client, to=[story.ada, story.luc], name="Not sent")
    section = Section(
        firm_id=world.firm.id,
        work_item_id=story.to_luc.work_item_id,
        kind=SectionKind.STAFF,
        name="Ours alone",
        created_at=world.clock.now(),
    )
    task = world.tasks(story.to_luc)[0]
    note = {"firm_id": world.firm.id, "task_id": task.id, "at": world.clock.now(), "is_note": True}
    world.put(section, Comment(body="Between us", staff_id=world.owner.id, **note))

    for hidden in (draft.id, section.id):
        with pytest.raises(NotFound):
            request_page(world.ports, actor, hidden)
    said = repr(home_page(world.ports, actor)) + repr(request_page(world.ports, actor, story.to_luc.id))
    assert [word for word in ("Not sent", "Ours alone", "Between us") if word in said] == []


def test_3_10_made_limited_what_was_never_theirs_is_not_found_from_the_next_event(story: Story) -> None:
    world = story.world
    theirs, own = story.upload(story.as_luc, story.to_luc), story.upload(story.as_ada, story.to_luc)
    task = world.tasks(story.to_luc)[1]
    downloads.may_still_read(world.ports, story.as_ada, theirs)
    world.bell.rung.clear()

    assert story.level(AccessLevel.LIMITED)

    assert f"contact:{story.ada.id}" in world.bell.rung
    assert story.titles(story.as_ada) == {"For Ada"}
    doors = (
        lambda: request_page(world.ports, story.as_ada, story.to_luc.id),
        lambda: tasks.complete_task(world.ports, story.as_ada, task.id),
        lambda: client_answers.ask_question(world.ports, story.as_ada, task.id, "Why?"),
        lambda: comments.add_comment(world.ports, story.as_ada, task.id, "Still here."),
        lambda: uploads.start_upload(world.ports, story.as_ada, task.id, "More.pdf", 40),
        lambda: downloads.may_still_read(world.ports, story.as_ada, theirs),
    )
    for door in doors:
        with pytest.raises(NotFound):
            door()
    downloads.may_still_read(world.ports, story.as_ada, own)
    assert [file.name for file in home_page(world.ports, story.as_ada).files] == [f"{story.ada.id}.pdf"]
    assert request_page(world.ports, story.as_ada, story.to_ada.id).total == 2


def test_3_1_made_full_they_see_the_rest_at_their_next_event_and_it_is_written_down(story: Story) -> None:
    world = story.world
    assert story.level(AccessLevel.LIMITED)
    assert not story.level(AccessLevel.LIMITED)

    assert story.level(AccessLevel.FULL)

    assert story.titles(story.as_ada) == {"For Ada", "For Luc"}
    changes = [entry.facts for entry in world.all(AuditEntry, action="access:level_changed")]
    assert [facts["level"] for facts in changes] == ["limited", "full"]
    feed = activity_feed(world.ports, world.staff, Filters(kind="access"))
    assert [row.what for row in feed.rows][:2] == ["gave Ada full access", "limited the access of Ada"]


def test_3_10_a_file_of_theirs_goes_with_the_access_to_the_client(story: Story) -> None:
    world, own = story.world, story.upload(story.as_ada, story.to_luc)
    access = world.all(PortalAccess, contact_id=story.ada.id)[0]
    story.level(AccessLevel.LIMITED)
    world.change(access, status=AccessStatus.CANCELLED)
    with pytest.raises(NotFound):
        downloads.may_still_read(world.ports, story.as_ada, own)
    world.change(access, status=AccessStatus.ACCEPTED)
    world.change(story.client, portal_on_at=None)
    with pytest.raises(NotFound):
        downloads.may_still_read(world.ports, story.as_ada, own)


def test_3_10_somebody_elses_device_or_account_reads_no_upload_of_theirs(story: Story) -> None:
    world, own = story.world, story.upload(story.as_ada, story.to_ada)
    for actor in (story.as_luc, world.new_device()[0], replace(story.as_luc, device_id=None)):
        with pytest.raises(NotFound):
            downloads.may_still_read(world.ports, actor, own)


def test_3_1_a_level_belongs_to_access_that_was_given(story: Story) -> None:
    world = story.world
    third = world.new_contact(story.client, "Third")
    with pytest.raises(RuleBroken, match="has no access to this client"):
        levels.change_level(world.ports, world.staff, story.client.id, third.id, AccessLevel.FULL)
    invitations.give_access(world.ports, world.staff, story.client.id, third.id)
    assert levels.change_level(world.ports, world.staff, story.client.id, third.id, AccessLevel.FULL)
    assert world.all(PortalAccess, contact_id=third.id)[0].level is AccessLevel.FULL


def test_asvs_29_another_firms_staff_change_no_level(story: Story) -> None:
    world = story.world
    rival = world.actor(world.new_staff("Rival", firm=world.new_firm("Other", slug="other")))
    with pytest.raises(NotFound):
        levels.change_level(world.ports, rival, story.client.id, story.ada.id, AccessLevel.LIMITED)
    assert [row.kind for row in world.all(Activity) if row.kind.startswith("access_made")] == []


def test_2_2_each_link_has_its_own_level_and_home_goes_to_the_client_that_was_chosen(story: Story) -> None:
    world = story.world
    other = world.new_client("Succession Gagnon")
    link = {"firm_id": world.firm.id, "client_id": other.id, "contact_id": story.ada.id}
    world.put(ClientContact(created_at=world.clock.now(), **link))
    given = {"level": AccessLevel.LIMITED, "status": AccessStatus.ACCEPTED, "created_at": world.clock.now()}
    world.put(PortalAccess(**link, **given))
    theirs = world.draft_request(other, to=[story.ada], name="For Ada there")
    world.draft_request(other, to=[world.new_contact(other, "Somebody")], name="For somebody there")
    sent(world, theirs)

    assert story.titles(story.as_ada) == {"For Ada", "For Luc"}
    show_client(world.ports, story.as_ada, other.id)
    assert story.titles(story.as_ada) == {"For Ada there"}
    with pytest.raises(NotFound):
        show_client(world.ports, story.as_luc, other.id)


def test_2_15_restoring_a_client_gives_back_links_access_and_invitations_that_last(story: Story) -> None:
    world, ports, staff = story.world, story.world.ports, story.world.staff
    third = world.new_contact(story.client, "Third")
    invitations.invite_contact(ports, staff, story.client.id, third.id)
    deliver_outbox(ports)
    said = "\n".join(text_of(mail) for mail in world.mail.sent)
    token = re.search(r"/invite/(\S+)$", said, re.MULTILINE)
    assert token
    opens = (
        lambda: request_page(ports, story.as_ada, story.to_ada.id).total == 2,
        lambda: accepting.look(ports, Actor.nobody(), token[1]).standing is Standing.OPEN,
    )
    assert [door() for door in opens] == [True, True]

    clients.archive_client(ports, staff, story.client.id)
    assert not opens[1]()
    with pytest.raises(PortalError):
        opens[0]()

    clients.restore_client(ports, staff, story.client.id)
    assert [door() for door in opens] == [True, True]
    world.clock.advance(hours=72)
    assert accepting.look(ports, Actor.nobody(), token[1]).standing is Standing.EXPIRED


@pytest.mark.parametrize("who", ["as_ada", "as_luc"])
def test_6_13_a_request_that_was_withdrawn_says_so_to_whoever_is_signed_in_and_takes_nothing(
    story: Story, who: str
) -> None:
    """Recipient and full access alike: what came in stays with staff."""
    world, actor = story.world, getattr(story, who)
    task = world.tasks(story.to_luc)[0]
    sending.withdraw_request(world.ports, world.staff, story.to_luc.id)
    before = len(world.all(Comment))
    for act in (
        lambda: request_page(world.ports, actor, story.to_luc.id),
        lambda: tasks.complete_task(world.ports, actor, task.id),
        lambda: comments.add_comment(world.ports, actor, task.id, "Too late."),
        lambda: uploads.start_upload(world.ports, actor, task.id, "late.pdf", 40),
    ):
        with pytest.raises(LinkEnded) as ended:
            act()
        assert ended.value.reason == LinkStanding.WITHDRAWN
    assert (world.get(task).completed_at, len(world.all(Comment))) == (None, before)
    assert "For Luc" not in story.titles(actor)
