"""Who is told of what in triage: every kind by its cause, nobody of their own act, successors for who left (8.1, 8.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor, Role
from portal_app.domain.automations import Told, Trigger
from portal_app.domain.bounces import Fate, Report
from portal_app.domain.notices import TOPICS
from portal_app.domain.outbox import Urgency
from portal_app.models import (
    Answer,
    Automation,
    Client,
    ClientRequest,
    Contact,
    Firm,
    Invitation,
    MailPhase,
    Notification,
    OutboxMail,
    PortalAccount,
    Recipient,
    Staff,
    Task,
    WorkItem,
)
from portal_app.services.automations import automations
from portal_app.services.automations.running import run_automations
from portal_app.services.files import downloads, uploads
from portal_app.services.invitations import invitation_rows, invitations
from portal_app.services.links import handing
from portal_app.services.mail import delivery, emails, post
from portal_app.services.mail.bounces import take_reports
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests.automatic import send_due_requests
from portal_app.services.tasks import client_answers, comments, staff_answers, tasks
from portal_app.services.triage import triage, triage_views
from portal_app.services.triage.triage_words import Told as ToldOf
from portal_app.services.triage.triage_words import words
from portal_app.work import begin
from tests.files.tools import bring, pdf
from tests.services.claims import bound
from tests.world import World

TODAY = date(2026, 3, 2)


@dataclass
class Case:
    """A request that Luc sent for a client of his; Luc left, and Eve took over."""

    world: World
    luc: Staff
    eve: Staff
    contact: Contact
    request: ClientRequest
    device: Actor

    @property
    def tasks(self) -> list[Task]:
        return self.world.tasks(self.request)

    def told(self, kind: str) -> list[UUID]:
        rows = self.world.all(Notification, kind=kind)
        return [row.staff_id for row in rows if row.taken_back_at is None]

    def upload(self, name: str, who: Actor | None = None) -> None:
        ports, task = self.world.ports, self.tasks[0]
        token, _standing = uploads.start_upload(ports, who or self.device, task.id, name, 100)
        bring(self.world, token, pdf(100))


@pytest.fixture
def case(world: World) -> Case:
    luc, eve = world.new_staff("Luc Tremblay"), world.new_staff("Eve Roy")
    client = world.new_client(assigned=luc)
    contact = world.new_contact(client)
    item = world.new_work(client, assignee_id=luc.id)
    request = world.draft_request(client, work=item, to=[contact])
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=luc.id)
    recipient = world.all(Recipient)[0]
    device = bound(world, request, recipient)
    world.change(luc, deactivated_at=world.clock.now(), successor_id=eve.id)
    return Case(world, luc, eve, contact, request, device)


def _answer(kind: str) -> Callable[[Case], None]:
    def give(case: Case) -> None:
        ports, task_id = case.world.ports, case.tasks[0].id
        if kind == "promise":
            client_answers.promise_task(ports, case.device, task_id, TODAY + timedelta(days=9))
        elif kind == "question":
            client_answers.ask_question(ports, case.device, task_id, "Which year?")
        elif kind == "comment":
            comments.add_comment(ports, case.device, task_id, "It is in the mail.")
        else:
            tasks.complete_task(ports, case.device, task_id)

    return give


def _complete_all(case: Case) -> None:
    for task in case.tasks:
        tasks.complete_task(case.world.ports, case.device, task.id)


def _hand_over(case: Case) -> None:
    until = (TODAY + timedelta(days=9)).isoformat()
    task = case.tasks[0]
    handing.hand_over(
        case.world.ports, case.device, case.request.id, task.id, "Paul Roy", "paul@x.example", until
    )


def _sign_up(case: Case) -> None:
    """An invitation is accepted (2.11)."""
    world = case.world
    client_id = case.request.client_id
    invitations.invite_contact(world.ports, world.staff, client_id, case.contact.id)
    account = PortalAccount(
        firm_id=world.firm.id, contact_id=case.contact.id, password_hash="x", created_at=world.clock.now()
    )
    world.put(account)
    with begin(world.ports, Actor.timetable()) as work:
        kept = work.session.get_one(PortalAccount, account.id)
        invitation_rows.accept_by_sign_in(work, world.all(Invitation)[0].id, kept)


def _mail_back(case: Case) -> None:
    """An invitation comes back: no request stands behind it, so the client's assigned staff are told."""
    world = case.world
    invitations.invite_contact(world.ports, world.staff, case.request.client_id, case.contact.id)
    deliver_outbox(world.ports)
    mail = world.all(OutboxMail)[0]
    take_reports(world.ports, [Report(Fate.FAILED, mail.message_id, status="5.1.1", text="no such user")])


def _left_out(case: Case) -> None:
    world = case.world
    client = world.all(Client, id=case.request.client_id)[0]
    people = [world.new_contact(client, "Ann Roy", email=""), world.new_contact(client, "Bo Roy")]
    request = world.draft_request(client, to=people, work=world.all(WorkItem)[0])
    world.change(request, send_at=world.clock.now())
    send_due_requests(world.ports)


def _not_sent(case: Case) -> None:
    world = case.world
    client = world.all(Client, id=case.request.client_id)[0]
    request = world.draft_request(client, to=[], work=world.all(WorkItem)[0])
    world.change(request, send_at=world.clock.now())
    send_due_requests(world.ports)


def _damaged(case: Case) -> None:
    file = case.world.new_file(case.tasks[0], contact_id=case.contact.id)
    downloads.mark_damaged(case.world.ports, case.world.staff, file.id)


def _automated(trigger: Trigger) -> Callable[[Case], None]:
    def set_off(case: Case) -> None:
        world = case.world
        world.put(
            Automation(
                firm_id=world.firm.id,
                trigger=trigger,
                name="Tell us",
                tells=Told.ASSIGNEE,
                created_at=world.clock.now(),
                on_at=world.clock.now(),
            )
        )
        with begin(world.ports, Actor.timetable()) as work:
            item = work.session.get_one(WorkItem, case.request.work_item_id)
            automations.react(work, trigger, item, "once", request_id=case.request.id)
        run_automations(world.ports)

    return set_off


CAUSES: list[tuple[str, Callable[[Case], None]]] = [
    ("task_completed", _answer("done")),
    ("promise", _answer("promise")),
    ("question", _answer("question")),
    ("comment", _answer("comment")),
    ("request_completed", _complete_all),
    ("task_handed_over", _hand_over),
    ("files_uploaded", lambda case: case.upload("T4.pdf")),
    ("signed_up", _sign_up),
    ("mail_failed", _mail_back),
    ("left_out", _left_out),
    ("send_failed", _not_sent),
    ("file_damaged", _damaged),
    ("automation", _automated(Trigger.REMINDER_LIMIT)),
    ("automation", _automated(Trigger.LINK_EXPIRED)),
]


@pytest.mark.parametrize(("kind", "cause"), CAUSES, ids=[kind for kind, _cause in CAUSES])
def test_8_7_each_kind_is_told_by_its_cause_to_the_successor_of_who_left(
    case: Case, kind: str, cause: Callable[[Case], None]
) -> None:
    """8.1, 8.7."""
    cause(case)

    assert case.told(kind) == [case.eve.id]
    [group] = triage_views.triage_view(case.world.ports, case.world.actor(case.eve), "all").groups
    assert all(item.name and "{" not in item.name for item in group.notifications)


@pytest.mark.parametrize("kind", TOPICS)
def test_8_7_each_kind_has_words_of_its_own(kind: str) -> None:
    told = ToldOf(kind, {"trigger": "link_expired"}, who="Ann", task="T4", request="2025")
    assert words(told, TODAY).plain != "Ann: T4"


def test_8_7_files_of_one_person_in_ten_minutes_are_one_that_counts_up_and_is_unread_again(
    case: Case,
) -> None:
    world = case.world
    case.upload("a.pdf")
    [row] = world.all(Notification, kind="files_uploaded")
    world.change(row, read_at=world.clock.now())
    world.clock.advance(minutes=9, seconds=59)
    case.upload("b.pdf")

    assert (world.get(row).facts["count"], world.get(row).read_at) == (2, None)

    world.clock.advance(seconds=1)
    case.upload("c.pdf")
    assert [one.facts["count"] for one in world.all(Notification, kind="files_uploaded")] == [2, 1]


def test_8_7_files_of_two_people_are_two_notifications(case: Case) -> None:
    world = case.world
    client = world.all(Client, id=case.request.client_id)[0]
    other = world.new_contact(client, "Ann Roy")
    recipient = world.put(
        Recipient(
            firm_id=world.firm.id,
            request_id=case.request.id,
            contact_id=other.id,
            created_at=world.clock.now(),
        )
    )
    case.upload("a.pdf")
    case.upload("b.pdf", bound(world, case.request, recipient))

    assert [one.facts["count"] for one in world.all(Notification, kind="files_uploaded")] == [1, 1]


def test_8_7_nobody_is_told_of_what_they_did_or_the_firm_answered(case: Case) -> None:
    world, eve = case.world, case.world.actor(case.eve)
    staff_answers.answer_for_client(world.ports, eve, case.tasks[0].id, Answer.DONE)
    comments.add_comment(world.ports, eve, case.tasks[1].id, "Please send both sides.")
    case.world.change(case.request, sent_by_staff_id=world.owner.id)
    with begin(world.ports, eve) as work:
        triage.tell(work, [case.eve.id, world.owner.id], "comment", firm_id=world.firm.id, facts={})

    assert [row.staff_id for row in world.all(Notification)] == [world.owner.id]


def test_8_6_an_e_mail_of_unknown_outcome_that_comes_back_later_tells_staff_once(case: Case) -> None:
    """The second word about one e-mail is no second notification, and is not lost either."""
    world = case.world
    invitations.invite_contact(world.ports, world.staff, case.request.client_id, case.contact.id)
    mail = world.change(world.all(OutboxMail)[0], phase=MailPhase.UNKNOWN, sealed=None)
    with begin(world.ports, Actor.timetable()) as work:
        delivery.stays_unknown(work, work.session.get_one(OutboxMail, mail.id))
    take_reports(world.ports, [Report(Fate.FAILED, mail.message_id, status="5.1.1", text="no such user")])

    assert case.told("mail_failed") == [case.eve.id]
    assert world.get(mail).phase is MailPhase.FAILED
    assert world.get(case.contact).bounced_at is not None


def test_8_6_a_colleagues_e_mail_that_comes_back_is_told_to_owner_and_admins_once_a_day(case: Case) -> None:
    world = case.world
    karim = world.new_staff("Karim Benali", role=Role.ADMIN)
    for number in range(2):
        with begin(world.ports, Actor.timetable()) as work:
            head = emails.Letterhead(firm_name=world.firm.name)
            mail = emails.sign_in_code(head, name=karim.name, code="123456", locale="en")
            row = post.queue(
                work,
                mail,
                firm=work.session.get_one(Firm, world.firm.id),
                to=(karim.name, karim.email),
                dedupe_key=f"code:{number}",
                urgency=Urgency.NOW,
                staff_id=karim.id,
            )
            name = row.message_id
        deliver_outbox(world.ports)
        take_reports(world.ports, [Report(Fate.FAILED, name, status="5.1.1", text="no such user")])

    rows = world.all(Notification, kind="staff_mail_failed")
    assert {row.staff_id for row in rows} == {world.owner.id, karim.id}
    assert len(rows) == 2
    assert {row.staff_id for row in rows if row.mail_due_at is None} == {karim.id}
    [group] = triage_views.triage_view(world.ports, world.staff, "failures").groups
    assert group.notifications[0].name == f"E-mail to Karim Benali ({karim.email}) came back"
