"""Require MFA, and action by action: every door asks, at every event (1.8, 1.9, 6.8, 6.20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.errors import LinkEnded, NotFound, PortalError, RuleBroken, SignInNeeded
from portal_app.domain.links import Standing
from portal_app.domain.policy import Action
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    AuditEntry,
    Client,
    Comment,
    Contact,
    Invitation,
    OutboxMail,
    PortalAccess,
    StoredFile,
    Task,
)
from portal_app.services.clients import portal_switch
from portal_app.services.files import downloads, uploads
from portal_app.services.firm import security
from portal_app.services.invitations import invitations
from portal_app.services.links import links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.request_pages import open_request, request_page
from portal_app.services.tasks import client_answers, comments, tasks
from tests.files.tools import bring, pdf
from tests.services.posted import token_in
from tests.services.sends import sent
from tests.services.test_classic import Story as Classic
from tests.world import World


class Story:
    """A request open on a device by its link."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client: Client = world.new_client()
        self.contact: Contact = world.new_contact(self.client, "Alain Roy")
        self.request = world.draft_request(self.client, to=[self.contact])
        sent(world, self.request)
        deliver_outbox(world.ports)
        self.token = token_in(world.mail.sent[-1])
        self.device = world.new_device()[0]
        assert links.claim(world.ports, self.device, self.token, "x").standing is Standing.YOURS
        self.task: Task = world.tasks(self.request)[0]
        self.file = world.new_file(self.task, contact_id=self.contact.id)

    def require_mfa(self, *, is_on: bool = True) -> None:
        security.require_mfa(self.world.ports, self.world.staff, is_on=is_on)

    def only_signed_in(self, action: Action, *, is_on: bool = True) -> None:
        security.sign_in_for(self.world.ports, self.world.staff, action, is_on=is_on)

    def tomorrow(self) -> date:
        return self.world.clock.now().date() + timedelta(days=2)


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


Door = Callable[[Story, Actor], object]
DOORS: dict[str, tuple[Action, Door]] = {
    "page": (Action.VIEW, lambda s, who: request_page(s.world.ports, who, s.request.id)),
    "opening": (Action.VIEW, lambda s, who: open_request(s.world.ports, who, s.request.id)),
    "tick": (Action.COMPLETE, lambda s, who: tasks.complete_task(s.world.ports, who, s.task.id)),
    "undo": (Action.COMPLETE, lambda s, who: tasks.undo_task(s.world.ports, who, s.task.id)),
    "not applicable": (
        Action.COMPLETE,
        lambda s, who: client_answers.say_not_applicable(s.world.ports, who, s.task.id, "None this year."),
    ),
    "promise": (
        Action.COMPLETE,
        lambda s, who: client_answers.promise_task(s.world.ports, who, s.task.id, s.tomorrow()),
    ),
    "question": (
        Action.COMPLETE,
        lambda s, who: client_answers.ask_question(s.world.ports, who, s.task.id, "Which year?"),
    ),
    "comment": (Action.COMMENT, lambda s, who: comments.add_comment(s.world.ports, who, s.task.id, "Here.")),
    "upload": (Action.UPLOAD, lambda s, who: uploads.start_upload(s.world.ports, who, s.task.id, "a.pdf", 9)),
    "download": (Action.VIEW, lambda s, who: downloads.may_still_read(s.world.ports, who, s.file.id)),
}


@pytest.mark.parametrize("door", DOORS)
def test_6_20_under_require_mfa_no_door_opens_to_a_bound_device(story: Story, door: str) -> None:
    _action, knock = DOORS[door]
    story.require_mfa()
    before = (len(story.world.all(Comment)), story.world.get(story.task).completed_at)
    with pytest.raises(LinkEnded) as refused:
        knock(story, story.device)
    assert refused.value.reason == Standing.WAITS_FOR_SIGN_IN
    assert (len(story.world.all(Comment)), story.world.get(story.task).completed_at) == before


@pytest.mark.parametrize("door", DOORS)
def test_6_8_under_require_mfa_whoever_may_see_it_signs_in(story: Story, door: str) -> None:
    story.require_mfa()
    story.world.give_account(story.contact, story.client)
    signed_in = story.world.signed_in(story.contact)
    DOORS[door][1](story, Actor(**{**_fields(signed_in), "device_id": story.device.device_id}))


def _fields(actor: Actor) -> dict[str, object]:
    return {name: getattr(actor, name) for name in Actor.__slots__}


@pytest.mark.parametrize("door", DOORS)
def test_6_20_back_under_magic_links_grants_and_devices_work_again_without_an_e_mail(
    story: Story, door: str
) -> None:
    mails = len(story.world.all(OutboxMail))
    story.require_mfa()
    story.world.clock.advance(days=3)
    story.require_mfa(is_on=False)
    DOORS[door][1](story, story.device)
    assert len(story.world.all(OutboxMail)) == mails


def test_6_20_a_grant_that_expired_meanwhile_stays_so(story: Story) -> None:
    story.require_mfa()
    story.world.clock.advance(days=30)
    story.require_mfa(is_on=False)
    with pytest.raises(LinkEnded) as refused:
        request_page(story.world.ports, story.device, story.request.id)
    assert refused.value.reason == Standing.EXPIRED


def test_6_8_under_require_mfa_a_link_is_claimed_by_nobody(story: Story) -> None:
    story.require_mfa()
    other = story.world.new_device()[0]
    page = links.look(story.world.ports, other, story.token)
    assert (page.standing, page.can_sign_in) == (Standing.WAITS_FOR_SIGN_IN, True)
    assert links.claim(story.world.ports, other, story.token, "y").standing is Standing.WAITS_FOR_SIGN_IN
    assert story.world.all(AccessGrant)[0].device_id == story.device.device_id


def test_2_14_under_require_mfa_with_the_portal_off_a_link_says_whom_to_ask(story: Story) -> None:
    story.require_mfa()
    portal_switch.switch_client(story.world.ports, story.world.staff, story.client.id, is_on=False)
    assert not links.look(story.world.ports, story.device, story.token).can_sign_in


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("chosen", [Action.COMPLETE, Action.COMMENT, Action.UPLOAD])
def test_1_9_an_action_that_is_signed_in_only_leads_there_and_the_others_go_on(
    story: Story, door: str, chosen: Action
) -> None:
    story.only_signed_in(chosen)
    action, knock = DOORS[door]
    if action is chosen:
        with pytest.raises(SignInNeeded):
            knock(story, story.device)
        story.only_signed_in(chosen, is_on=False)
    knock(story, story.device)


def test_1_9_what_the_firm_has_already_is_an_answer_too(story: Story) -> None:
    story.only_signed_in(Action.COMPLETE)
    with pytest.raises(SignInNeeded):
        client_answers.say_already_there(story.world.ports, story.device, story.task.id, story.file.id)


def test_10_10_an_upload_under_way_when_mfa_is_required_finishes_and_no_other_begins(story: Story) -> None:
    world, body = story.world, pdf(2 << 20)
    token, _standing = uploads.start_upload(world.ports, story.device, story.task.id, "a.pdf", len(body))
    bring(world, token, body[: 1 << 20])
    story.require_mfa()
    with pytest.raises(LinkEnded):
        uploads.start_upload(world.ports, story.device, story.task.id, "b.pdf", 9)
    assert bring(world, token, body) is not None
    assert world.all(StoredFile)[-1].task_id == story.task.id


def test_9_4_sign_in_and_an_account_stand_beside_a_request_opened_by_link(story: Story) -> None:
    page = request_page(story.world.ports, story.device, story.request.id)
    back = f"?next=%2Frequests%2F{story.request.id}"
    assert page.sign_in_url.endswith(f"/f/{story.world.firm.slug}/login{back}")
    assert page.register_url.endswith(f"/f/{story.world.firm.slug}/register{back}")
    story.world.give_account(story.contact, story.client)
    signed_in = request_page(story.world.ports, story.world.signed_in(story.contact), story.request.id)
    assert (signed_in.sign_in_url, signed_in.register_url) == ("", "")
    story.world.change(story.client, portal_on_at=None)
    off = request_page(story.world.ports, story.device, story.request.id)
    assert (off.sign_in_url, off.register_url) == ("", "")


def test_1_9_what_is_viewed_signed_in_only_waits_as_under_require_mfa(story: Story) -> None:
    story.only_signed_in(Action.VIEW)
    with pytest.raises(LinkEnded) as refused:
        comments.add_comment(story.world.ports, story.device, story.task.id, "Here.")
    assert refused.value.reason == Standing.WAITS_FOR_SIGN_IN


def test_1_9_where_nobody_can_sign_in_it_says_whom_to_ask(story: Story) -> None:
    story.only_signed_in(Action.COMMENT)
    story.world.change(story.client, portal_on_at=None)
    with pytest.raises(RuleBroken, match="Tremblay"):
        comments.add_comment(story.world.ports, story.device, story.task.id, "Here.")


def test_1_9_the_page_says_beforehand_that_files_come_signed_in(story: Story) -> None:
    story.only_signed_in(Action.UPLOAD)
    view = request_page(story.world.ports, story.device, story.request.id).tasks[0]
    assert view.is_full
    assert "sign in" in view.room


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN])
def test_1_16_the_policy_is_an_owners_to_change(story: Story, role: Role) -> None:
    world = story.world
    who = world.actor(world.new_staff("Luc Roy", role=role))
    for change in (
        lambda: security.require_mfa(world.ports, who, is_on=True),
        lambda: security.sign_in_for(world.ports, who, Action.COMMENT, is_on=True),
    ):
        with pytest.raises(NotFound):
            change()
    assert world.get(world.firm).mfa_required_at is None
    assert world.get(world.firm).signed_in_actions == []
    if role is Role.MEMBER:
        with pytest.raises(NotFound):
            security.security_view(world.ports, who)
    else:
        assert not security.security_view(world.ports, who).can_change


def test_asvs_29_the_policy_of_one_firm_touches_no_other(story: Story) -> None:
    world = story.world
    other = world.new_firm("Other CPA", slug="other")
    owner = world.new_staff("Ana Roy", role=Role.OWNER, firm=other)
    security.require_mfa(world.ports, world.actor(owner), is_on=True)
    assert request_page(world.ports, story.device, story.request.id).total == 2


def test_1_8_settings_say_whom_the_switch_touches_and_count_classic_requests(world: World) -> None:
    Story(world)
    bound, without_account, classic = security.security_view(world.ports, world.staff).touches
    assert bound.startswith("1 request is open on a device")
    assert without_account.startswith("1 person with an open request has no account")
    assert classic.startswith("0 requests")
    story = Classic(world)
    assert security.security_view(world.ports, world.staff).touches[-1].startswith("1 request still")
    sending.withdraw_request(world.ports, world.staff, story.request.id)
    assert security.security_view(world.ports, world.staff).touches[-1].startswith("0 requests")


def test_1_9_the_list_shows_what_require_mfa_decides(world: World) -> None:
    security.sign_in_for(world.ports, world.staff, Action.PAY, is_on=True)
    security.require_mfa(world.ports, world.staff, is_on=True)
    rows = {row.id: row for row in security.security_view(world.ports, world.staff).actions}
    assert [rows[one].is_fixed for one in ("view", "complete", "comment", "upload")] == [True] * 4
    assert (rows["pay"].is_signed_in, rows["pay"].is_fixed) == (True, False)
    assert (rows["sign"].is_signed_in, rows["sign"].is_fixed) == (False, False)


def test_asvs_53_each_change_of_policy_is_audited_once(world: World) -> None:
    for _ in range(2):
        security.require_mfa(world.ports, world.staff, is_on=True)
        security.sign_in_for(world.ports, world.staff, Action.COMMENT, is_on=True)
    actions = [row.action for row in world.all(AuditEntry)]
    assert actions.count("policy:mfa_required") == 1
    assert actions.count("policy:signed_in_only") == 1


def test_6_8_the_send_dialog_names_who_will_have_to_make_an_account(story: Story) -> None:
    story.require_mfa()
    plan = sending.preview(story.world.ports, story.world.staff, story.request.id)
    assert [one.way_in for one in plan.possible] == ["has to make an account first"]
    assert any(story.contact.name in text and "Create an account" in text for text in plan.warnings)


# the portal's switch


def test_2_14_switching_off_ends_sign_in_at_the_next_event_and_on_gives_it_back(story: Story) -> None:
    world = story.world
    world.give_account(story.contact, story.client)
    someone = world.signed_in(story.contact)
    assert request_page(world.ports, someone, story.request.id).total == 2
    portal_switch.switch_client(world.ports, world.staff, story.client.id, is_on=False)
    with pytest.raises(PortalError):
        request_page(world.ports, someone, story.request.id)
    assert request_page(world.ports, story.device, story.request.id).total == 2
    portal_switch.switch_client(world.ports, world.staff, story.client.id, is_on=True)
    assert request_page(world.ports, someone, story.request.id).total == 2


def test_1_3_no_client_is_switched_on_before_the_firm(story: Story) -> None:
    world = story.world
    portal_switch.switch_firm(world.ports, world.staff, is_on=False)
    portal_switch.switch_client(world.ports, world.staff, story.client.id, is_on=False)
    with pytest.raises(RuleBroken):
        portal_switch.switch_client(world.ports, world.staff, story.client.id, is_on=True)
    portal_switch.switch_firm(world.ports, world.staff, is_on=True)
    assert world.get(story.client).portal_on_at is None
    assert portal_switch.switch_client(world.ports, world.staff, story.client.id, is_on=True)


@pytest.mark.parametrize("whole_firm", [True, False])
def test_2_14_switching_off_cancels_open_invitations(story: Story, whole_firm: bool) -> None:
    world = story.world
    invitations.invite_contact(
        world.ports, world.staff, story.client.id, story.contact.id, AccessLevel.LIMITED, ""
    )
    if whole_firm:
        portal_switch.switch_firm(world.ports, world.staff, is_on=False)
    else:
        portal_switch.switch_client(world.ports, world.staff, story.client.id, is_on=False)
    assert world.all(Invitation)[0].ended_at is not None
    assert world.all(PortalAccess)[0].status is AccessStatus.GIVEN


def test_asvs_29_another_firms_client_is_not_found_at_the_switch(story: Story) -> None:
    world = story.world
    other = world.new_firm("Other CPA", slug="other")
    stranger = Actor(
        kind=Kind.STAFF,
        firm_id=other.id,
        staff_id=world.new_staff("Ana Roy", role=Role.OWNER, firm=other).id,
        role=Role.OWNER,
    )
    with pytest.raises(NotFound):
        portal_switch.switch_client(world.ports, stranger, story.client.id, is_on=False)
    member = world.actor(world.new_staff("Luc Roy"))
    with pytest.raises(NotFound):
        portal_switch.switch_firm(world.ports, member, is_on=False)
