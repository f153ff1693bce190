"""A firm with so many of everything, each row with people of its own, so that no look-up is saved by chance.

Around one client, one work item, one request, one task and one reader, who meet all of it on their pages.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal_app.domain.actors import Actor, Role
from portal_app.domain.automations import Trigger
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Activity,
    Answer,
    Automation,
    Client,
    ClientRequest,
    ColleagueInvite,
    Comment,
    Contact,
    ContactNotice,
    Document,
    Folder,
    HandOver,
    Invitation,
    MailPhase,
    Notification,
    OutboxMail,
    PortalAccess,
    Recipient,
    Section,
    SectionKind,
    SharedWith,
    Side,
    Staff,
    Task,
    TaskAnswer,
    TemplateSection,
    TemplateTask,
    WorkItem,
    WorkTemplate,
)
from tests.world import World


class Crowd:
    """The firm; `grow` adds rows of every kind."""

    def __init__(self, world: World) -> None:
        self.world, self.count = world, 0
        self.client = world.new_client("Gagnon inc.")
        self.reader = world.new_contact(self.client)
        world.give_account(self.reader, self.client)
        self.request = self._sent(self.client, self.reader)
        self.work = world.all(WorkItem)[0]
        self.task = world.tasks(self.request)[0]
        self.template = self._put(WorkTemplate, title="T1", title_key="t1")
        self.section = self._put(
            TemplateSection, template_id=self.template.id, kind=SectionKind.CLIENT, name="Documents"
        )
        self.signed_in: Actor = world.signed_in(self.reader)
        recipient = world.all(Recipient, request_id=self.request.id)[0]
        self.device, _token = world.new_device()
        self.grant = self._grant(recipient, device_id=self.device.device_id, claimed_at=self.now)

    def grow(self, to: int) -> None:
        """Have `to` rows of every kind."""
        for number in range(self.count, to):
            self._one_more(number)
        self.count = to

    @property
    def now(self) -> Any:
        return self.world.clock.now()

    def _put(self, table: type[Any], /, **values: Any) -> Any:
        """A row of the firm, made at this moment where it says when."""
        made = {name: self.now for name in ("created_at", "at") if name in table.model_fields}
        return self.world.put(table(firm_id=self.world.firm.id, **(made | values)))

    def _sent(self, client: Client, *to: Contact, **more: Any) -> ClientRequest:
        request = self.world.draft_request(client, to=to, due_on=self.now.date(), **more)
        for recipient in self.world.all(Recipient, request_id=request.id):
            self.world.change(recipient, first_sent_at=self.now, last_sent_at=self.now)
        return self.world.change(request, sent_at=self.now, sent_by_staff_id=self.world.owner.id)

    def _grant(self, recipient: Recipient, **more: Any) -> AccessGrant:
        return self._put(
            AccessGrant,
            request_id=recipient.request_id,
            recipient_id=recipient.id,
            contact_id=recipient.contact_id,
            expires_at=self.now + timedelta(days=30),
            **more,
        )

    def _one_more(self, number: int) -> None:
        world = self.world
        staff = world.new_staff(f"Staff {number}", role=Role.ADMIN)
        client = world.new_client(f"Client {number:02}", assigned=staff)
        person = world.new_contact(self.client, f"Person {number}")
        theirs = world.new_contact(client, f"Other {number}")
        self._access(client, theirs, AccessStatus.INVITED)
        self._access(client, self.reader, AccessStatus.ACCEPTED)
        self._access(self.client, person, AccessStatus.INVITED, by=staff)
        work = world.new_work(self.client, f"Work {number}", assignee_id=staff.id, due_on=self.now.date())
        self._sent(self.client, self.reader, person, work=work, name=f"Request {number}")
        self._sent(client, theirs, self.reader)
        self._in_the_work(number, person, staff)
        self._on_the_task(number, person, staff)
        self._documents(number, person, staff)
        self._told(number, person, staff, client)
        self._template(number, staff)

    def _access(
        self, client: Client, contact: Contact, status: AccessStatus, by: Staff | None = None
    ) -> None:
        accepted_at = self.now if status is AccessStatus.ACCEPTED else None
        access = self._put(
            PortalAccess,
            client_id=client.id,
            contact_id=contact.id,
            level=AccessLevel.FULL,
            status=status,
            invited_at=self.now,
            accepted_at=accepted_at,
        )
        self._put(
            Invitation,
            portal_access_id=access.id,
            client_id=client.id,
            contact_id=contact.id,
            email=contact.email,
            invited_by_staff_id=by.id if by else None,
            invited_by_contact_id=None if by else self.reader.id,
            expires_at=self.now + timedelta(hours=72),
            accepted_at=accepted_at,
        )

    def _in_the_work(self, number: int, person: Contact, staff: Staff) -> None:
        """One more recipient and one more task of the request, one more section of the work."""
        recipient = self._put(
            Recipient, request_id=self.request.id, contact_id=person.id, first_sent_at=self.now
        )
        grant = self._grant(recipient)
        task = self._put(
            Task,
            section_id=self.request.id,
            title=f"Task {number}",
            position=number + 5,
            completed_at=self.now,
            completed_by_contact_id=person.id,
            answer=Answer.DONE,
        )
        self._put(TaskAnswer, task_id=task.id, answer=Answer.DONE, contact_id=person.id)
        self._put(Comment, task_id=task.id, body="From the firm", staff_id=staff.id)
        self.world.new_file(task, f"Answer {number}.pdf", contact_id=person.id)
        still = self._put(Task, section_id=self.request.id, title=f"Still {number}", position=number + 99)
        self.world.new_file(still, f"So far {number}.pdf", contact_id=person.id)
        hand = self._put(
            HandOver,
            task_id=self.task.id,
            request_id=self.request.id,
            grant_id=grant.id,
            contact_id=person.id,
            name=f"Helper {number}",
            email="helper@books.example",
            expires_at=self.now + timedelta(days=9),
        )
        self._put(Comment, task_id=still.id, body="From a helper", hand_over_id=hand.id)
        section = self._put(
            Section, work_item_id=self.work.id, kind=SectionKind.STAFF, name=f"Section {number}"
        )
        self._put(Task, section_id=section.id, title="Ours", assignee_id=staff.id)

    def _on_the_task(self, number: int, person: Contact, staff: Staff) -> None:
        self._put(Comment, task_id=self.task.id, body="From a client", contact_id=person.id)
        self._put(Comment, task_id=self.task.id, body="From the firm", staff_id=staff.id)
        self._put(TaskAnswer, task_id=self.task.id, answer=Answer.QUESTION, contact_id=person.id)
        self.world.new_file(self.task, f"T4 {number}.pdf", contact_id=person.id)
        self.world.new_file(self.task, f"Ours {number}.pdf", side=Side.FIRM, staff_id=staff.id)

    def _documents(self, number: int, person: Contact, staff: Staff) -> None:
        folder = self._put(Folder, client_id=self.client.id, name=f"Folder {number}", shown_at=self.now)
        for one, by in (("Ours", {"staff_id": staff.id}), ("Theirs", {"contact_id": person.id})):
            for place in (None, folder.id):
                file = self.world.new_file(self.task, f"{one} {number}.pdf", **by)
                document = self._put(
                    Document,
                    client_id=self.client.id,
                    folder_id=place,
                    name=file.name,
                    file_id=file.id,
                    shared_with=SharedWith.CLIENT,
                    **by,
                )
                self.world.change(file, task_id=None, document_id=document.id)

    def _told(self, number: int, person: Contact, staff: Staff, client: Client) -> None:
        about = {"client_id": self.client.id, "request_id": self.request.id, "task_id": self.task.id}
        for kind in ("task_completed", "comment"):
            self._put(
                Notification,
                staff_id=self.world.owner.id,
                kind=kind,
                work_item_id=self.work.id,
                contact_id=person.id,
                facts={"title": "Lease", "text": "Here"},
                **about,
            )
        self._put(
            ContactNotice,
            contact_id=self.reader.id,
            kind="comment",
            staff_id=staff.id,
            facts={"task": "Lease", "text": "Here", "by": staff.name},
            **about,
        )
        for row, who in ((client, {"staff_id": staff.id}), (self.client, {"contact_id": person.id})):
            self._put(
                Activity,
                kind="contact_added",
                client_id=row.id,
                work_item_id=self.work.id if row is self.client else None,
                facts={"name": "Somebody"},
                **who,
            )
        self._mail(number)
        self._put(
            ColleagueInvite,
            client_id=self.client.id,
            asked_by_contact_id=person.id,
            name=f"Colleague {number}",
            email=f"colleague{number}@books.example",
            email_key=f"colleague{number}@books.example",
        )

    def _mail(self, number: int) -> None:
        recipient = self.world.all(Recipient, request_id=self.request.id)[0]
        self._put(
            OutboxMail,
            dedupe_key=f"crowd:{number}",
            event="request_sent",
            phase=MailPhase.SENT,
            sender="sophie@tremblay.example",
            recipient=self.reader.email,
            subject=f"Documents {number}",
            message_id=f"<{number}@tremblay.example>",
            contact_id=self.reader.id,
            request_id=self.request.id,
            recipient_id=recipient.id,
            next_try_at=self.now,
            queued_at=self.now,
            sent_at=self.now,
        )

    def _template(self, number: int, staff: Staff) -> None:
        title = f"Template {number}"
        self._put(WorkTemplate, title=title, title_key=title.casefold(), created_by_staff_id=staff.id)
        section = self._put(
            TemplateSection, template_id=self.template.id, kind=SectionKind.CLIENT, name=f"Part {number}"
        )
        for of in (section, self.section):
            self._put(TemplateTask, section_id=of.id, title=f"Task {number}")
        self._put(
            Automation,
            name=title,
            trigger=Trigger.REQUEST_SENT,
            assigns_id=staff.id,
            on_at=self.now,
        )
