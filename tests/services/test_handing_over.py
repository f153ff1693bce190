"""One task in somebody else's hands: what they see and do, and when it ends (5.8a, 8.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, PortalError, RuleBroken
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token
from portal_app.models import (
    AccessGrant,
    Activity,
    Comment,
    HandOver,
    Notification,
    OutboxMail,
    Side,
    StoredFile,
    Upload,
    WorkItem,
)
from portal_app.services import access
from portal_app.services.documents.document_pages import documents_page
from portal_app.services.files import downloads, landing, uploads
from portal_app.services.firm import security
from portal_app.services.home.history_pages import history_page
from portal_app.services.home.home_pages import home_page
from portal_app.services.links import handed, handing
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import comments, staff_answers, task_rows, tasks
from portal_app.services.work import timeline_views
from portal_app.work import begin, reading
from tests.files.tools import bring, pdf
from tests.services.handed_story import HELPER, STRANGER, Story
from tests.world import World


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_5_8a_the_helper_gets_a_link_and_sees_that_task_alone(story: Story) -> None:
    world = story.world
    world.new_file(story.other, "Secret.pdf", contact_id=story.contact.id)
    world.new_file(story.task, "Mine.pdf", contact_id=story.contact.id)
    world.new_file(story.task, "Guide.pdf", side=Side.FIRM, staff_id=world.owner.id)
    comments.add_comment(world.ports, story.giver, story.task.id, "My private remark.")
    comments.add_comment(world.ports, world.staff, story.task.id, "Our answer to her.")
    assert world.mail.sent[-1].recipient == HELPER
    page = request_page(world.ports, story.held(), story.request.id)
    assert [task.title for task in page.tasks] == [story.task.title]
    only = page.tasks[0]
    assert [file.name for file in only.firm_files] == ["Guide.pdf"]
    assert (only.files, only.comments) == ([], [])
    assert (only.can_tick, only.can_untick, only.can_answer, only.hands) == (False, False, True, "")
    told = repr(page)
    for hidden in (story.other.title, "Secret", "Mine.pdf", "private", "Our answer", "Documents for 2025"):
        assert hidden not in told
    assert (page.sign_in_url, page.undo_task_id, page.total) == ("", "", 1)


def test_5_8a_the_helper_comments_and_uploads_and_sees_what_they_put_there(story: Story) -> None:
    world, paul = story.world, story.held()
    comments.add_comment(world.ports, paul, story.task.id, "Here are the slips.")
    uploads.start_upload(world.ports, paul, story.task.id, "slips.pdf", 10)
    upload = world.all(Upload)[-1]
    with begin(world.ports, paul) as work:
        landing.land(work, work.session.get_one(Upload, upload.id), b"x" * 32)
    mine = request_page(world.ports, paul, story.request.id).tasks[0]
    assert [one.by for one in mine.comments] == ["You"]
    assert [file.name for file in mine.files] == ["slips.pdf"]
    downloads.may_still_read(world.ports, paul, world.all(StoredFile)[0].id)
    hers = request_page(world.ports, story.giver, story.request.id).tasks[0]
    assert [one.by for one in hers.comments] == ["Paul Roy"]
    assert "Paul Roy" in hers.files[0].detail
    assert world.all(Comment)[0].hand_over_id == world.all(HandOver)[0].id


DOORS: dict[str, Callable[[Story, Actor], object]] = {
    "tick": lambda s, who: tasks.complete_task(s.world.ports, who, s.task.id),
    "undo": lambda s, who: tasks.undo_task(s.world.ports, who, s.task.id),
    "hand on": lambda s, who: s.hand(by=who, email="third@elsewhere.example"),
    "other task's comment": lambda s, who: comments.add_comment(s.world.ports, who, s.other.id, "Hello."),
    "other task's upload": lambda s, who: uploads.start_upload(s.world.ports, who, s.other.id, "a.pdf", 9),
    "other task's tick": lambda s, who: tasks.complete_task(s.world.ports, who, s.other.id),
    "her file": lambda s, who: downloads.may_still_read(
        s.world.ports, who, s.world.new_file(s.task, contact_id=s.contact.id).id
    ),
    "other task's file": lambda s, who: downloads.may_still_read(
        s.world.ports, who, s.world.new_file(s.other, side=Side.FIRM, staff_id=s.world.owner.id).id
    ),
    "request": lambda s, who: _enter(s, who),
}


def _enter(story: Story, who: Actor) -> None:
    with reading(story.world.ports, who) as work:
        access.request(work, story.request.id, Permission.TASK_VIEW)


@pytest.mark.parametrize("door", DOORS)
def test_asvs_29_5_8a_no_other_door_opens_to_whoever_has_a_task(story: Story, door: str) -> None:
    world, paul = story.world, story.held()
    with pytest.raises((NotFound, RuleBroken)):
        DOORS[door](story, paul)
    assert world.get(story.task).completed_at is None
    assert world.all(Comment) == []
    assert len(world.all(HandOver)) == 1


ENDS: dict[str, Callable[[Story], object]] = {
    "taken back": lambda s: s.take_back(),
    "the day": lambda s: s.world.clock.move_to("2026-03-10T00:00:00", "America/Toronto"),
    "completed": lambda s: tasks.complete_task(s.world.ports, s.giver, s.task.id),
    "withdrawn": lambda s: sending.withdraw_request(s.world.ports, s.world.staff, s.request.id),
    "her grant expired": lambda s: s.world.change(
        s.world.all(AccessGrant)[0], expires_at=s.world.clock.now()
    ),
    "her address changed": lambda s: s.world.change(
        s.world.all(AccessGrant)[0], ended_at=s.world.clock.now(), ended_because="address_changed"
    ),
    "client archived": lambda s: s.world.change(s.client, archived_at=s.world.clock.now()),
    "work completed": lambda s: s.world.change(s.world.all(WorkItem)[0], completed_at=s.world.clock.now()),
    "put aside": lambda s: s.world.change(s.task, put_aside_at=s.world.clock.now()),
    "require mfa": lambda s: security.require_mfa(s.world.ports, s.world.staff, is_on=True),
}


@pytest.mark.parametrize("end", ENDS)
def test_5_8a_it_ends_at_the_next_event_with_its_day_its_task_and_the_recipients_grant(
    story: Story, end: str
) -> None:
    paul = story.held()
    assert story.opens(paul)
    ENDS[end](story)
    assert not story.opens(paul)
    with pytest.raises(PortalError):
        comments.add_comment(story.world.ports, paul, story.task.id, "Still here?")
    with pytest.raises(PortalError):
        uploads.start_upload(story.world.ports, paul, story.task.id, "a.pdf", 9)
    page = handed.look(story.world.ports, paul, story.token)
    assert page.standing not in (Standing.YOURS, Standing.UNCLAIMED)
    assert not handed.claim(story.world.ports, STRANGER, story.token, new_token()).is_open
    assert story.world.all(Comment) == []


def test_5_8a_it_lasts_to_the_end_of_its_day_in_the_firms_zone(story: Story) -> None:
    paul = story.held()
    story.world.clock.move_to("2026-03-09T23:59:59", "America/Toronto")
    assert story.opens(paul)


def test_5_8a_a_task_that_was_completed_comes_back_to_the_recipient_alone(story: Story) -> None:
    world, paul = story.world, story.held()
    world.clock.advance(minutes=1)
    tasks.complete_task(world.ports, story.giver, story.task.id)
    staff_answers.reopen_task(world.ports, world.staff, story.task.id, "Page 2 is missing.")
    assert not story.opens(paul)


def test_6_20_5_8a_under_require_mfa_nothing_is_handed_over_and_links_wait(story: Story) -> None:
    world, paul = story.world, story.held()
    security.require_mfa(world.ports, world.staff, is_on=True)
    world.give_account(story.contact, story.client)
    signed_in = world.signed_in(story.contact)
    with pytest.raises(RuleBroken):
        story.hand(by=signed_in, email="third@elsewhere.example")
    assert handed.look(world.ports, paul, story.token).standing is Standing.WAITS_FOR_SIGN_IN
    security.require_mfa(world.ports, world.staff, is_on=False)
    assert story.opens(paul)
    story.hand(by=signed_in, email="third@elsewhere.example")


@pytest.mark.parametrize(("days", "is_taken"), [(-1, False), (0, True), (30, True), (31, False)])
def test_asvs_26_5_8a_a_day_from_today_to_thirty_days_ahead(story: Story, days: int, is_taken: bool) -> None:
    day = story.today + timedelta(days=days)
    if is_taken:
        story.hand(email="third@elsewhere.example", until=day)
        assert len(story.world.all(HandOver)) == 2
    else:
        with pytest.raises(BadInput) as refused:
            story.hand(email="third@elsewhere.example", until=day)
        assert refused.value.field == "until"


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b\r\nBcc: c@d.example", "marie-claude.gagnon@client.example"]
)
def test_5_8a_an_address_that_is_none_or_their_own_is_refused_beside_its_field(
    story: Story, email: str
) -> None:
    with pytest.raises(BadInput) as refused:
        story.hand(email=email)
    assert refused.value.field == "email"


def test_5_8a_the_same_address_again_moves_the_day_and_keeps_the_device(story: Story) -> None:
    paul = story.held()
    story.hand(email=HELPER.upper(), until=story.today + timedelta(days=20))
    assert len(story.world.all(HandOver)) == 1
    story.world.clock.advance(days=15)
    assert story.opens(paul)


def test_5_8a_the_recipient_and_staff_see_who_has_it(story: Story) -> None:
    world = story.world
    view = request_page(world.ports, story.giver, story.request.id).tasks[0]
    assert (view.state, view.sign) == (view.hands, "hand")
    assert "Handed to Paul Roy until 9" in view.state
    told = world.all(Notification, kind="task_handed_over")
    assert [row.facts["to"] for row in told] == ["Paul Roy"]
    assert "Paul Roy" in task_rows.task_view(world.ports, world.staff, story.task.id).handed
    story.take_back()
    view = request_page(world.ports, story.giver, story.request.id).tasks[0]
    assert view.hands == "Hand to someone else"
    assert task_rows.task_view(world.ports, world.staff, story.task.id).handed == ""


def test_5_8a_taking_it_back_stops_the_e_mail_and_the_upload_under_way(story: Story) -> None:
    world, paul = story.world, story.held()
    story.hand()
    uploads.start_upload(world.ports, paul, story.task.id, "a.pdf", 9)
    story.take_back()
    deliver_outbox(world.ports)
    assert [mail.phase.value for mail in world.all(OutboxMail, event="task_handed_over")] == [
        "sent",
        "cancelled",
    ]
    with reading(world.ports, paul) as work:
        assert not landing.is_welcome(work, world.all(Upload)[-1])


def test_5_8a_a_hand_over_whose_task_was_completed_meanwhile_leaves_no_e_mail(story: Story) -> None:
    story.hand(email="third@elsewhere.example")
    tasks.complete_task(story.world.ports, story.giver, story.task.id)
    before = len(story.world.mail.sent)
    deliver_outbox(story.world.ports)
    assert all(mail.recipient != "third@elsewhere.example" for mail in story.world.mail.sent[before:])


def test_5_8a_the_helpers_list_has_no_tick(story: Story) -> None:
    view = request_page(story.world.ports, story.held(), story.request.id)
    assert [task.has_tick for task in view.tasks] == [False]
    assert view.register_url == ""
    assert all(task.has_tick for task in request_page(story.world.ports, story.giver, story.request.id).tasks)


def test_5_8a_only_a_recipient_hands_over_and_only_the_giver_takes_back(story: Story) -> None:
    world = story.world
    someone = world.new_contact(story.client, "Alain Roy")
    world.give_account(someone, story.client)
    with pytest.raises(RuleBroken):
        story.hand(by=world.signed_in(someone), email="third@elsewhere.example")
    row = world.all(HandOver)[0]
    with pytest.raises(RuleBroken):
        handing.take_back(world.ports, world.signed_in(someone), story.request.id, story.task.id, row.id)
    with pytest.raises(NotFound):
        handing.take_back(world.ports, story.giver, story.request.id, story.other.id, row.id)
    assert world.get(row).ended_at is None


def test_5_8a_and_9_1_what_other_hands_put_there_is_told_as_theirs_wherever_it_is_listed(
    story: Story,
) -> None:
    world, now = story.world, story.world.clock.now()
    world.change(world.firm, portal_on_at=now)
    world.change(story.client, portal_on_at=now)
    world.give_account(story.contact, story.client)
    hand = world.all(HandOver)[0]
    world.new_file(story.task, "Theirs.pdf", contact_id=story.contact.id, hand_over_id=hand.id)
    world.clock.advance(minutes=1)
    world.new_file(story.task, "Mine.pdf", contact_id=story.contact.id)
    reader = world.signed_in(story.contact)

    (folder,) = documents_page(world.ports, reader).requests
    assert [(one.name, one.by) for one in folder.documents] == [
        ("Mine.pdf", "You"),
        ("Theirs.pdf", "Paul Roy"),
    ]
    said = [file.detail.partition(",")[0] for file in home_page(world.ports, reader).files]
    assert said == ["From you", "From Paul Roy"]


def test_5_8a_and_8_3_timeline_and_history_name_whose_hands_wrote_and_put_it_there(story: Story) -> None:
    world, now, paul = story.world, story.world.clock.now(), story.held()
    world.change(world.firm, portal_on_at=now)
    world.change(story.client, portal_on_at=now)
    world.give_account(story.contact, story.client)
    comments.add_comment(world.ports, paul, story.task.id, "Page 2 is missing.")
    token, _standing = uploads.start_upload(world.ports, paul, story.task.id, "Slips.pdf", 100)
    bring(world, token, pdf(100))

    lines = history_page(world.ports, world.signed_in(story.contact)).lines
    assert [(line.what, line.who) for line in lines[:2]] == [
        ("File added", "Paul Roy"),
        ("Comment", "Paul Roy"),
    ]
    with reading(world.ports, world.staff) as work:
        rows = [row for row in world.all(Activity) if row.kind in {"comment_added", "file_uploaded"}]
        said = [one.what for one in timeline_views.told(work, world.firm, rows)]
    assert len(said) == 2
    assert all("by Paul Roy, who had the task in hand" in what for what in said)
