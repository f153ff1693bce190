"""What the portal knows of a contact, as tables that a person reads and a machine too (14.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Activity,
    Client,
    ClientContact,
    ClientRequest,
    Comment,
    Contact,
    ContactNotice,
    Document,
    DocumentReading,
    DocumentShare,
    Firm,
    HandOver,
    Invitation,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    Recipient,
    Section,
    SignInSession,
    StoredFile,
    Task,
    TaskAnswer,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients.contact_data_names import column_names
from portal_app.services.firm import firm_days
from portal_app.services.notices import choices, notice_words
from portal_app.services.work import timeline_views
from portal_app.text import _, format_moment, pgettext
from portal_app.work import Work, begin

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One table: what it is called, the names of its columns by key, and its rows."""

    key: str
    title: str
    names: dict[str, str]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ContactData:
    """The whole, `file_name` for the archive, and the files with their names in it."""

    file_name: str
    name: str
    firm_name: str
    made_at: str
    parts: tuple[Part, ...]
    files: tuple[tuple[UUID, str], ...]

    def for_machines(self) -> dict[str, Any]:
        """The same, by key; moments are ISO 8601 in UTC."""
        return {part.key: [_plain(row) for row in part.rows] for part in self.parts}


def take_data(ports: Ports, actor: Actor, contact_id: UUID) -> ContactData:
    """Read it all, and write down who took it. Raises `NotFound`."""
    with begin(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.EXPORT)
        if contact.merged_into_id is not None or contact.erased_at is not None:
            raise NotFound(_("There is nothing here."))
        firm = work.session.get_one(Firm, contact.firm_id)
        found = _Reader(work, firm, contact)
        work.audit("contact:exported", firm_id=firm.id, subject_kind="contact", subject_id=contact.id)
        return ContactData(
            file_name=_("data {name} {day}.zip").format(
                name=contact.name, day=firm_days.today(firm, work.now)
            ),
            name=contact.name,
            firm_name=firm.name,
            made_at=format_moment(work.now, firm.time_zone),
            parts=tuple(found.parts()),
            files=found.files(),
        )


def _plain(row: Row) -> Row:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}


class _Reader:
    """Reads the parts of one contact, one after the other."""

    def __init__(self, work: Work, firm: Firm, contact: Contact) -> None:
        self.work, self.firm, self.contact = work, firm, contact
        self.mine = contact.id

    def parts(self) -> Iterator[Part]:
        yield self._part("contact", pgettext("data", "Contact"), [self._contact()])
        yield self._part("clients", _("Clients"), self._clients())
        yield self._part("account", pgettext("data", "Account and sessions"), self._account())
        yield self._part("invitations", pgettext("data", "Invitations"), self._invitations())
        yield self._part("requests", pgettext("data", "Requests received"), self._requests())
        yield self._part("answers", pgettext("data", "Answers"), self._answers())
        yield self._part("comments", pgettext("data", "Comments"), self._comments())
        yield self._part("handed_over", pgettext("data", "Tasks handed over"), self._handed())
        yield self._part("files", pgettext("data", "Files"), self._files())
        yield self._part("documents", pgettext("data", "Documents shared with them"), self._shared())
        yield self._part("emails", pgettext("data", "E-mails sent to them"), self._mails())
        yield self._part("notices", pgettext("data", "Notifications"), self._notices())
        yield self._part(
            "notice_choices", pgettext("data", "How they chose to be notified"), self._notice_choices()
        )
        yield self._part("timeline", pgettext("data", "Timeline"), self._timeline())

    def files(self) -> tuple[tuple[UUID, str], ...]:
        """Each file that they sent and that is still there, numbered, so that no two have one name."""
        return tuple(
            (row.id, f"{number:04d} {row.name}") for number, row in enumerate(self._stored(), start=1)
        )

    def _part(self, key: str, title: str, rows: list[Row]) -> Part:
        used = dict.fromkeys(name for row in rows for name in row)
        words = column_names()
        return Part(key, title, {name: words[name] for name in used}, tuple(rows))

    def _rows(self, query: Any) -> list[Any]:
        return list(self.work.session.execute(query))

    def _contact(self) -> Row:
        one = self.contact
        return {
            "name": one.name,
            "email": one.email,
            "phone": one.phone,
            "language": one.locale,
            "created_at": one.created_at,
            "archived_at": one.archived_at,
        }

    def _clients(self) -> list[Row]:
        given = {
            row.client_id: row
            for row in self.work.session.exec(
                select(PortalAccess).where(PortalAccess.contact_id == self.mine)
            )
        }
        query = select_rows(Client, ClientContact).join(
            ClientContact, col(ClientContact.client_id) == Client.id
        )
        return [
            {
                "client": client.name,
                "title": linked.title,
                "level": given[client.id].level.value if client.id in given else "",
                "status": given[client.id].status.value if client.id in given else "",
                "since": linked.created_at,
            }
            for client, linked in self._rows(query.where(col(ClientContact.contact_id) == self.mine))
        ]

    def _account(self) -> list[Row]:
        rows: list[Row] = [
            {"what": "account", "created_at": one.created_at, "last_seen_at": one.last_sign_in_at}
            for one in self.work.session.exec(
                select(PortalAccount).where(PortalAccount.contact_id == self.mine)
            )
        ]
        sessions = select(SignInSession).where(SignInSession.contact_id == self.mine)
        rows += [
            {
                "what": "session",
                "created_at": one.created_at,
                "last_seen_at": one.last_seen_at,
                "address": one.address,
                "browser": one.browser,
            }
            for one in self.work.session.exec(sessions.order_by(col(SignInSession.created_at)))
        ]
        return rows

    def _invitations(self) -> list[Row]:
        query = select_rows(Invitation, col(Client.name)).join(Client, col(Client.id) == Invitation.client_id)
        return [
            {
                "client": client,
                "email": one.email,
                "text": one.message,
                "created_at": one.created_at,
                "until": one.expires_at,
                "accepted_at": one.accepted_at,
            }
            for one, client in self._rows(query.where(col(Invitation.contact_id) == self.mine))
        ]

    def _requests(self) -> list[Row]:
        query = (
            select_rows(Recipient, col(Section.name), col(Client.name))
            .join(ClientRequest, col(ClientRequest.id) == Recipient.request_id)
            .join(Section, col(Section.id) == ClientRequest.id)
            .join(Client, col(Client.id) == ClientRequest.client_id)
            .where(col(Recipient.contact_id) == self.mine, col(Recipient.first_sent_at).is_not(None))
        )
        return [
            {
                "client": client,
                "request": name,
                "sent_at": one.first_sent_at,
                "opened_at": one.opened_at,
                "reminders": one.reminders_used,
            }
            for one, name, client in self._rows(query.order_by(col(Recipient.first_sent_at)))
        ]

    def _answers(self) -> list[Row]:
        query = select_rows(TaskAnswer, col(Task.title)).join(Task, col(Task.id) == TaskAnswer.task_id)
        mine = query.where(col(TaskAnswer.contact_id) == self.mine).order_by(col(TaskAnswer.at))
        return [
            {"task": title, "answer": one.answer.value, "text": one.text, "at": one.at}
            for one, title in self._rows(mine)
        ]

    def _comments(self) -> list[Row]:
        query = select_rows(Comment, col(Task.title)).join(Task, col(Task.id) == Comment.task_id)
        mine = query.where(col(Comment.contact_id) == self.mine).order_by(col(Comment.at))
        return [{"task": title, "text": one.body, "at": one.at} for one, title in self._rows(mine)]

    def _handed(self) -> list[Row]:
        query = select_rows(HandOver, col(Task.title)).join(Task, col(Task.id) == HandOver.task_id)
        return [
            {
                "task": title,
                "to": one.name,
                "email": one.email,
                "created_at": one.created_at,
                "until": one.expires_at,
            }
            for one, title in self._rows(query.where(col(HandOver.contact_id) == self.mine))
        ]

    def _stored(self) -> list[StoredFile]:
        query = select(StoredFile).where(
            StoredFile.contact_id == self.mine, col(StoredFile.deleted_at).is_(None)
        )
        return list(self.work.session.exec(query.order_by(col(StoredFile.completed_at), col(StoredFile.id))))

    def _files(self) -> list[Row]:
        return [
            {
                "name": f"{number:04d} {one.name}",
                "size": one.size,
                "sha256": one.sha256.hex(),
                "at": one.completed_at,
            }
            for number, one in enumerate(self._stored(), start=1)
        ]

    def _shared(self) -> list[Row]:
        """What was shared with them by name, or opened by them."""
        query = (
            select_rows(Document, col(Client.name), DocumentShare, DocumentReading)
            .join(Client, col(Client.id) == Document.client_id)
            .outerjoin(
                DocumentShare,
                (col(DocumentShare.document_id) == Document.id)
                & (col(DocumentShare.contact_id) == self.mine),
            )
            .outerjoin(
                DocumentReading,
                (col(DocumentReading.document_id) == Document.id)
                & (col(DocumentReading.contact_id) == self.mine),
            )
            .where(
                col(DocumentShare.id).is_not(None) | col(DocumentReading.id).is_not(None),
                col(Document.deleted_at).is_(None),
            )
            .order_by(col(Document.created_at), col(Document.id))
        )
        return [
            {
                "client": client,
                "name": one.name,
                "since": share.at if share else None,
                "opened_at": read.first_at if read else None,
            }
            for one, client, share, read in self._rows(query)
        ]

    def _mails(self) -> list[Row]:
        query = select(OutboxMail).where(OutboxMail.contact_id == self.mine)
        return [
            {
                "subject": one.subject,
                "email": one.recipient,
                "at": one.queued_at,
                "sent_at": one.sent_at,
                "status": one.phase.value,
            }
            for one in self.work.session.exec(query.order_by(col(OutboxMail.queued_at)))
        ]

    def _notices(self) -> list[Row]:
        query = (
            select_rows(ContactNotice, col(Client.name))
            .outerjoin(Client, col(Client.id) == ContactNotice.client_id)
            .where(col(ContactNotice.contact_id) == self.mine)
            .order_by(col(ContactNotice.at), col(ContactNotice.id))
        )
        rows = []
        for one, client in self._rows(query):
            said = notice_words.words(one)
            rows.append(
                {
                    "client": client or "",
                    "what": said.text,
                    "text": said.quote,
                    "at": one.at,
                    "read_at": one.read_at,
                }
            )
        return rows

    def _notice_choices(self) -> list[Row]:
        rows = []
        for one in choices.shown(self.work, self.mine):
            ways = (
                (_("In the portal"), one.ways.by_portal),
                (_("By e-mail"), one.ways.by_email or one.is_always_mailed),
                (pgettext("data", "On their devices"), one.ways.by_push),
            )
            rows.append({"what": one.label, "ways": ", ".join(word for word, is_on in ways if is_on)})
        return rows

    def _timeline(self) -> list[Row]:
        query = select(Activity).where(
            Activity.firm_id == self.firm.id,
            Activity.contact_id == self.mine,
            col(Activity.kind).in_(timeline_views.WORDS),
        )
        rows = list(self.work.session.exec(query.order_by(col(Activity.at), col(Activity.id))))
        told = timeline_views.told(self.work, self.firm, rows)
        return [{"at": row.at, "who": one.who, "what": one.what} for row, one in zip(rows, told, strict=True)]
