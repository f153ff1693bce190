"""Bulk work on portal access: dry run, jobs that survive, one bad row, *Undo*, resend and cancel (2.7, 2.9, 3.12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from portal_app.domain.actors import Role
from portal_app.domain.bulk_access import BulkKind, Choices, Switch
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    AuditEntry,
    BulkItem,
    BulkJob,
    Client,
    Contact,
    OutboxMail,
    PortalAccess,
)
from portal_app.services.clients import contacts
from portal_app.services.firm.frame_views import frame_view
from portal_app.services.invitations import accepting, invitations
from portal_app.services.portal import bulk_jobs, bulk_running, dry_runs
from portal_app.services.portal.bulk_running import run_bulk_jobs
from portal_app.services.portal.places import Filters
from portal_app.services.portal.selections import Selection
from tests.services.invited import HERE, NEW, STRANGER, token_of
from tests.signing import mails, text_of
from tests.world import World

INVITING = Choices(is_inviting=True)


def chosen(*clients: Client) -> Selection:
    return Selection(Filters(), ids=tuple(client.id for client in clients))


def start(world: World, clients: Sequence[Client], choices: Choices = INVITING, message: str = "") -> UUID:
    return bulk_jobs.start_access(world.ports, world.staff, chosen(*clients), choices, message)


def done(world: World, clients: Sequence[Client], choices: Choices = INVITING, message: str = "") -> BulkJob:
    job_id = start(world, clients, choices, message)
    run_bulk_jobs(world.ports)
    return job_of(world, job_id)


def job_of(world: World, job_id: UUID) -> BulkJob:
    (job,) = world.all(BulkJob, id=job_id)
    return job


def access_of(world: World, client: Client, contact: Contact) -> PortalAccess | None:
    return next(iter(world.all(PortalAccess, client_id=client.id, contact_id=contact.id)), None)


def whys(world: World, job: BulkJob) -> dict[str, str]:
    """Why whoever was left out was."""
    names = {contact.id: contact.name for contact in world.all(Contact)}
    return {
        names[item.contact_id]: item.why_not
        for item in world.all(BulkItem, job_id=job.id)
        if item.contact_id and item.why_not
    }


@pytest.fixture
def house(world: World) -> list[Client]:
    """Two clients whose portal is off, with one contact each and one whom both have."""
    first, second = (
        world.new_client("Atelier", portal_on_at=None),
        world.new_client("Café", portal_on_at=None),
    )
    world.new_contact(first, "Ana")
    world.new_contact(second, "Bruno")
    both = world.new_contact(first, "Nadia")
    contacts.link_contact(world.ports, world.staff, second.id, both.id)
    return [first, second]


def test_2_7_the_dry_run_says_who_gets_what_and_why_not_and_changes_nothing(
    world: World, house: list[Client]
) -> None:
    world.new_contact(house[0], "No address", email="")
    world.new_contact(house[0], "Came back", bounced_at=world.clock.now())
    world.new_contact(house[1], "Gone", archived_at=world.clock.now())
    account = world.new_contact(house[1], "Signs in")
    world.give_account(account, house[1])
    before = world.all(PortalAccess)
    found = dry_runs.dry_run(world.ports, world.staff, chosen(*house), INVITING)
    assert "The portal is switched on for 2 clients." in found.summary
    assert "4 invitations go out; a person with several clients gets one e-mail." in found.summary
    what = {(row.name, row.client): row.what or row.why_not for row in found.rows}
    assert what == {
        ("Ana", "Atelier"): "limited access, invitation",
        ("Nadia", "Atelier"): "limited access, invitation",
        ("Nadia", "Café"): "limited access, invitation",
        ("Bruno", "Café"): "limited access, invitation",
        ("No address", "Atelier"): "no e-mail address",
        ("Came back", "Atelier"): "e-mails to this address came back",
        ("Gone", "Café"): "archived",
        ("Signs in", "Café"): "can sign in already",
    }
    assert (world.all(PortalAccess), world.all(OutboxMail), world.all(BulkJob)) == (before, [], [])


def test_2_7_on_turns_the_portal_on_gives_access_and_invites_each_person_once(
    world: World, house: list[Client]
) -> None:
    job = done(world, house, INVITING, "Bienvenue")
    assert job.finished_at is not None
    assert (job.clients, job.contacts, job.total, job.settled) == (2, 3, 6, 6)
    assert (job.changed, job.invited, job.left_out) == (6, 4, 0)
    assert all(world.get(client).portal_on_at for client in house)
    assert {row.status for row in world.all(PortalAccess)} == {AccessStatus.INVITED}
    assert {row.level for row in world.all(PortalAccess)} == {AccessLevel.LIMITED}
    sent = {mail.recipient: text_of(world, mail) for mail in mails(world, "invitation")}
    assert len(sent) == 3  # 3.12
    both = sent["nadia@client.example"]
    assert "Atelier" in both
    assert "Café" in both
    assert "Bienvenue" in both
    kinds = [row.kind for row in world.all(Activity)]
    assert (kinds.count("invitation_sent"), kinds.count("access_given")) == (4, 4)  # 2.11
    assert {entry.actor_id for entry in world.all(AuditEntry)} == {world.owner.id}


def test_2_7_giving_access_and_inviting_are_two_things(world: World, house: list[Client]) -> None:
    job = done(world, house, Choices(is_full=True, notices=Switch.OFF))
    assert (job.invited, world.all(OutboxMail)) == (0, [])
    for row in world.all(PortalAccess):
        assert (row.status, row.level) == (AccessStatus.GIVEN, AccessLevel.FULL)
        assert row.notices_off_at == world.clock.now()
        assert row.invited_by_staff_id == world.owner.id
    job = done(world, house, Choices(portal=Switch.LEAVE, notices=Switch.ON, is_inviting=True))
    assert job.invited == 4
    assert {row.notices_off_at for row in world.all(PortalAccess)} == {None}


def test_2_7_nobodys_level_is_lowered_and_full_raises(world: World, house: list[Client]) -> None:
    (client, _other), person = house, world.all(Contact, name="Ana")[0]
    world.give_account(person, client, level=AccessLevel.FULL)
    done(world, house, Choices())
    assert access_of(world, client, person).level is AccessLevel.FULL  # type: ignore[union-attr]
    limited = world.all(Contact, name="Nadia")[0]
    assert access_of(world, client, limited).level is AccessLevel.LIMITED  # type: ignore[union-attr]
    done(world, house, Choices(portal=Switch.LEAVE, is_full=True))
    assert {row.level for row in world.all(PortalAccess)} == {AccessLevel.FULL}


def test_2_7_leave_gives_nobody_access_and_off_switches_the_portal_off(
    world: World, house: list[Client]
) -> None:
    job = done(world, house, Choices(portal=Switch.LEAVE, is_inviting=True))
    assert set(whys(world, job).values()) == {"no_access"}
    assert world.all(PortalAccess) == []
    done(world, house)
    done(world, house, Choices(portal=Switch.OFF))
    assert [world.get(client).portal_on_at for client in house] == [None, None]
    assert {row.status for row in world.all(PortalAccess)} == {AccessStatus.GIVEN}  # 2.14


def test_2_7_who_was_invited_is_not_invited_again_until_it_expired(world: World, house: list[Client]) -> None:
    done(world, house)
    job = done(world, house)
    assert (set(whys(world, job).values()), len(mails(world, "invitation"))) == ({"invited"}, 3)
    world.clock.advance(hours=72)
    assert done(world, house).invited == 4
    assert len(mails(world, "invitation")) == 6


def test_2_7_all_that_match_a_filter_but_some(world: World, house: list[Client]) -> None:
    left = world.new_client("Left out", portal_on_at=None)
    world.new_client("Put away", portal_on_at=None, archived_at=world.clock.now())
    world.new_client("Trial", portal_on_at=None, test_of_staff_id=world.owner.id)
    selection = Selection(Filters(portal="off"), is_all=True, ids=(left.id,))
    bulk_jobs.start_access(world.ports, world.staff, selection, Choices())
    run_bulk_jobs(world.ports)
    on = {client.name for client in world.all(Client) if client.portal_on_at}
    assert on == {"Atelier", "Café"}


def test_2_7_one_bad_row_stops_nothing_else(world: World, house: list[Client]) -> None:
    bad = world.new_contact(house[0], "Two\r\nlines", email="two@client.example")  # no header can hold it
    job = done(world, house)
    assert whys(world, job) == {"Two\r\nlines": "fault"}
    assert (job.invited, job.left_out, job.finished_at is not None) == (4, 1, True)
    assert access_of(world, house[0], bad) is None


def test_2_7_a_job_killed_half_way_goes_on_where_it_stood(
    world: World, house: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_running, "BATCH", 1)
    job_id = start(world, house)

    class Killed(BaseException):
        """Not an Exception: nothing catches it."""

    queue, calls = bulk_running.bulk_doing.do_person, []

    def dies(*args: object) -> None:
        queue(*args)  # type: ignore[arg-type]
        calls.append(args)
        if len(calls) == 2:
            raise Killed

    monkeypatch.setattr(bulk_running.bulk_doing, "do_person", dies)
    with pytest.raises(Killed):
        run_bulk_jobs(world.ports)
    half = job_of(world, job_id)
    assert half.finished_at is None
    assert 0 < half.settled < half.total
    assert len(mails(world, "invitation")) == 1  # the second person's went with the transaction
    run_bulk_jobs(world.ports)
    run_bulk_jobs(world.ports)
    job = job_of(world, job_id)
    assert (job.settled, job.invited, job.finished_at is not None) == (6, 4, True)
    assert len(mails(world, "invitation")) == 3


def test_2_7_stopping_leaves_the_rest_as_it_is(
    world: World, house: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = start(world, house)
    with pytest.raises(RuleBroken, match="under way"):
        start(world, house)
    bulk_jobs.stop_job(world.ports, world.staff, job_id)
    bulk_jobs.stop_job(world.ports, world.staff, job_id)
    run_bulk_jobs(world.ports)
    assert (world.all(PortalAccess), job_of(world, job_id).settled) == ([], 0)


def test_2_7_undo_takes_back_what_nobody_has_used_yet(world: World, house: list[Client]) -> None:
    first, second = house
    job = done(world, house)
    token = next(
        token_of(world, mail) for mail in mails(world, "invitation") if mail.recipient.startswith("ana")
    )
    world.clock.advance(minutes=5)
    accepting.accept(world.ports, STRANGER, token, NEW, HERE)
    bulk_jobs.undo_job(world.ports, world.staff, job.id)
    bulk_jobs.undo_job(world.ports, world.staff, job.id)
    run_bulk_jobs(world.ports)
    run_bulk_jobs(world.ports)
    undone = job_of(world, job.id)
    assert undone.undone_at is not None
    kept = {item.kept for item in world.all(BulkItem, job_id=job.id) if item.client_id == first.id}
    assert kept == {"", "used"}
    statuses = {
        contact.name: access_of(world, client, contact).status  # type: ignore[union-attr]
        for client, contact in (
            (first, world.all(Contact, name="Ana")[0]),
            (second, world.all(Contact, name="Bruno")[0]),
            (first, world.all(Contact, name="Nadia")[0]),
        )
    }
    assert statuses == {
        "Ana": AccessStatus.ACCEPTED,
        "Bruno": AccessStatus.NONE,
        "Nadia": AccessStatus.NONE,
    }
    assert (world.get(first).portal_on_at is None, world.get(second).portal_on_at is None) == (False, True)
    waiting = [mail for mail in world.all(OutboxMail, event="invitation") if mail.phase.value == "queued"]
    assert waiting == []
    assert undone.taken_back == 4


def test_2_7_undo_gives_back_levels_notifications_and_the_portal_that_was_on(world: World) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    invitations.give_access(world.ports, world.staff, client.id, contact.id)
    switched_on = world.get(client).portal_on_at
    job = done(world, [client], Choices(portal=Switch.LEAVE, is_full=True, notices=Switch.OFF))
    bulk_jobs.undo_job(world.ports, world.staff, job.id)
    run_bulk_jobs(world.ports)
    (row,) = world.all(PortalAccess)
    assert (row.status, row.level, row.notices_off_at) == (AccessStatus.GIVEN, AccessLevel.LIMITED, None)
    world.clock.advance(hours=1)
    job = done(world, [client], Choices(portal=Switch.OFF))
    assert world.get(client).portal_on_at is None
    bulk_jobs.undo_job(world.ports, world.staff, job.id)
    run_bulk_jobs(world.ports)
    assert world.get(client).portal_on_at == switched_on


def test_2_7_undo_leaves_what_staff_changed_since(world: World, house: list[Client]) -> None:
    job = done(world, house, Choices())
    ana = world.all(Contact, name="Ana")[0]
    invitations.invite_contact(world.ports, world.staff, house[0].id, ana.id)
    bulk_jobs.undo_job(world.ports, world.staff, job.id)
    run_bulk_jobs(world.ports)
    assert access_of(world, house[0], ana).status is AccessStatus.INVITED  # type: ignore[union-attr]
    assert [item.kept for item in world.all(BulkItem, contact_id=ana.id)] == ["changed"]


def test_2_9_resend_to_selected_sends_the_first_invitation_where_none_was_sent(world: World) -> None:
    client, other = world.new_client("Atelier"), world.new_client("Café")
    given, expired = world.new_contact(client, "Given"), world.new_contact(client, "Expired")
    contacts.link_contact(world.ports, world.staff, other.id, given.id)
    invitations.invite_contact(world.ports, world.staff, client.id, expired.id, message="Bonjour")
    for one in (client, other):
        invitations.give_access(world.ports, world.staff, one.id, given.id)
    world.clock.advance(hours=73)
    selection = Selection(Filters(tab="pending"), ids=(given.id, expired.id))
    bulk_jobs.start_pending(world.ports, world.staff, selection, BulkKind.RESEND)
    run_bulk_jobs(world.ports)
    (job,) = world.all(BulkJob)
    assert (job.invited, job.clients, job.contacts) == (3, 2, 2)
    assert sorted(mail.recipient for mail in mails(world, "invitation")[1:]) == [expired.email, given.email]
    assert {row.status for row in world.all(PortalAccess)} == {AccessStatus.INVITED}
    with pytest.raises(RuleBroken):
        bulk_jobs.undo_job(world.ports, world.staff, job.id)
    bulk_jobs.start_pending(world.ports, world.staff, selection, BulkKind.RESEND)
    run_bulk_jobs(world.ports)
    assert set(whys(world, world.all(BulkJob)[1]).values()) == {"just_sent"}


def test_2_9_cancel_ends_what_the_selected_were_offered(world: World, house: list[Client]) -> None:
    done(world, house)
    people = tuple(contact.id for contact in world.all(Contact))
    selection = Selection(Filters(tab="pending"), is_all=True, ids=people[:1])
    bulk_jobs.start_pending(world.ports, world.staff, selection, BulkKind.CANCEL)
    run_bulk_jobs(world.ports)
    statuses = sorted(row.status.value for row in world.all(PortalAccess))
    assert statuses == ["cancelled", "cancelled", "cancelled", "invited"]


def test_1_16_bulk_work_is_for_admins_and_within_the_firm(world: World, house: list[Client]) -> None:
    member = replace(world.staff, role=Role.MEMBER)
    rival = world.actor(world.new_staff("Rival", role=Role.OWNER, firm=world.new_firm("Other", "other")))
    with pytest.raises(NotFound):
        dry_runs.dry_run(world.ports, member, chosen(*house), INVITING)
    with pytest.raises(NotFound):
        bulk_jobs.start_access(world.ports, member, chosen(*house), INVITING)
    with pytest.raises(RuleBroken, match="Nothing is selected"):
        bulk_jobs.start_access(world.ports, rival, chosen(*house), INVITING)
    job_id = start(world, house)
    for act in (bulk_jobs.stop_job, bulk_jobs.undo_job, bulk_jobs.dismiss_job):
        for actor in (member, rival):
            with pytest.raises(NotFound):
                act(world.ports, actor, job_id)
    with pytest.raises(BadInput):
        start(world, house, INVITING, "x" * 2_001)


def test_1_3_while_the_firms_portal_is_off_nothing_is_switched_on(world: World, house: list[Client]) -> None:
    job_id = start(world, house)
    world.change(world.firm, portal_on_at=None)
    run_bulk_jobs(world.ports)
    assert world.all(PortalAccess) == []
    assert set(whys(world, job_of(world, job_id)).values()) == {"portal_off"}
    assert [world.get(client).portal_on_at for client in house] == [None, None]
    with pytest.raises(RuleBroken, match="off for the whole firm"):
        start(world, house)


def test_2_7_whoever_started_it_sees_how_far_it_is_on_every_staff_page_until_they_put_it_away(
    world: World, house: list[Client]
) -> None:
    colleague = world.actor(world.new_staff("Ada Admin", role=Role.ADMIN))
    member = world.actor(world.new_staff("Karim Benali"))
    assert frame_view(world.ports, world.staff).job.id == ""
    job_id = start(world, house)

    running = frame_view(world.ports, world.staff)

    assert running.job_bell == f"bulk:{world.firm.id}"
    assert (running.job.id, running.job.title) == (job_id.hex, "Changing access: 3 contacts of 2 clients")
    assert (running.job.is_moving, running.job.detail, running.job.done) == (True, "6 to go", 0)
    assert frame_view(world.ports, colleague).job.id == ""
    assert (frame_view(world.ports, member).job.id, frame_view(world.ports, member).job_bell) == ("", "")

    run_bulk_jobs(world.ports)
    over = frame_view(world.ports, world.staff).job
    assert (over.title, over.is_moving) == ("Access changed: 3 contacts of 2 clients", False)

    bulk_jobs.undo_job(world.ports, world.staff, job_id)
    assert frame_view(world.ports, world.staff).job.is_moving
    run_bulk_jobs(world.ports)
    bulk_jobs.dismiss_job(world.ports, world.staff, job_id)
    assert frame_view(world.ports, world.staff).job.id == ""
