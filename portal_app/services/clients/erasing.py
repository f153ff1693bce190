"""A contact erased: their name and address leave every row; the audit log knows them by number (14.3).

What they sent and answered stays with the client's file, by nobody's name. The page that asks says what stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, or_, update
from sqlmodel import SQLModel, col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.links import Because
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.domain.sign_in import email_key
from portal_app.models import (
    Activity,
    AddressChange,
    CapturedMail,
    Client,
    ClientContact,
    ColleagueInvite,
    Contact,
    ContactNotice,
    ContactNoticeChoice,
    Firm,
    HandOver,
    ImportInvitation,
    Invitation,
    KnownBrowser,
    Notification,
    OutboxMail,
    OutboxText,
    PortalAccount,
    SignInSession,
    SignUpLink,
    Upload,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import contact_archiving, contact_ends, unlinking
from portal_app.services.firm.letterheads import staff_letterhead
from portal_app.services.links import ways_in
from portal_app.services.push import subscriptions as push
from portal_app.text import N_, _, use_locale
from portal_app.work import Work, begin, reading

ERASED: Final = N_("Erased person")
TO_SOMEBODY_ELSE: Final = "task_handed_over"
"""An e-mail about a contact that goes to another address than theirs (5.8a)."""
ABOUT_THEM: Final = ("contact_", "access_", "invitation_", "address_", "account_", "colleague_")
"""Kinds of entries whose *name* is the contact's, perhaps an earlier one."""
SHORTEST: Final = 3
"""A name shorter than this is taken out where it stands alone, and not out of longer words."""

BLANK: Final[tuple[tuple[type[SQLModel], dict[str, Any]], ...]] = (
    (AddressChange, {"email": ""}),
    (ImportInvitation, {"why_not": ""}),
    (Invitation, {"email": "", "message": ""}),
    (OutboxMail, {"recipient": "", "answer": "", "sealed": None}),
    (OutboxText, {"recipient": "", "answer": "", "sealed": None}),
    (SignInSession, {"address": "", "browser": ""}),
    (SignUpLink, {"email": ""}),
    (Upload, {"began_as": ""}),
)
"""What a contact's own rows no longer say."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """The page that asks once: who it is, and the clients that bear their name and stay."""

    contact_id: UUID
    name: str
    email: str
    namesakes: tuple[str, ...]
    letterhead: Letterhead


def look_erasing(ports: Ports, actor: Actor, contact_id: UUID) -> Erasing:
    """Whom the page is about. Raises `NotFound` for all but owners."""
    with reading(ports, actor) as work:
        contact = _contact(work, contact_id)
        same = select(Client.name).where(
            Client.firm_id == contact.firm_id,
            col(Client.name_key).contains(contact.name_key, autoescape=True),
        )
        head = staff_letterhead(ports.settings, work.session.get_one(Firm, contact.firm_id))
        names = tuple(work.session.exec(same.order_by(col(Client.name_key)).limit(10)))
        return Erasing(contact.id, contact.name, contact.email, names, head)


def erase_contact(ports: Ports, actor: Actor, contact_id: UUID, typed_name: str) -> None:
    """End all that is open to a contact and take who they were out of every row, for good (14.3).

    Raises `BadInput` beside *name* where another name was typed, `NotFound` for all but owners.
    """
    with begin(ports, actor) as work:
        contact = _contact(work, contact_id, lock=True)
        if name_key(typed_name) != contact.name_key:
            raise BadInput(
                _("Type the name as it stands above: {name}").format(name=contact.name), field="name"
            )
        people = [contact, *_merged(work, contact)]
        _end(work, contact)
        wiper = _Wiper(work, work.session.get_one(Firm, contact.firm_id), people)
        wiper.wipe()
        work.session.flush()
        work.note("contact_erased", firm_id=contact.firm_id, contact_id=contact.id)
        work.audit("contact:erased", firm_id=contact.firm_id, subject_kind="contact", subject_id=contact.id)
        work.ring(f"firm:{contact.firm_id}", f"contact:{contact.id}")


def _contact(work: Work, contact_id: UUID, *, lock: bool = False) -> Contact:
    contact = access.contact(work, contact_id, Permission.ERASE, lock=lock)
    if contact.merged_into_id is not None or contact.erased_at is not None:
        raise NotFound(_("There is nothing here."))
    return contact


def _merged(work: Work, contact: Contact) -> list[Contact]:
    """Whoever was found to be the same person before, however often."""
    found: list[Contact] = []
    ids = [contact.id]
    while ids:
        rows = list(work.session.exec(select(Contact).where(col(Contact.merged_into_id).in_(ids))))
        found += rows
        ids = [row.id for row in rows]
    return found


def _end(work: Work, contact: Contact) -> None:
    """Nothing opens any more, at no client; a request that was theirs alone is withdrawn (2.10, 2.19)."""
    ways_in.end_grants_of(work, contact.id, Because.ARCHIVED)
    contact_archiving.end_what_is_open(work, contact, Because.ARCHIVED)
    ways_in.forget_browsers(work, contact.id)
    for client_id in contact_archiving.clients_of(work, contact):
        client = work.session.get_one(Client, client_id)
        unlinking.end_access(work, client, contact)
        unlinking.leave_requests(work, client, contact)
    for link in work.session.exec(select(ClientContact).where(ClientContact.contact_id == contact.id)).all():
        work.session.delete(link)
    work.session.flush()


class _Wiper:
    """Takes names, addresses and numbers of some contacts, who are one person, out of a firm's rows."""

    def __init__(self, work: Work, firm: Firm, people: list[Contact]) -> None:
        self.work, self.firm, self.people = work, firm, people
        self.ids = [one.id for one in people]
        addresses = {one.email for one in people} | self._earlier()
        self.words = {word for one in people for word in (one.name, one.phone) if word} | addresses - {""}
        self.emails = {email_key(one) for one in addresses if one}
        with use_locale(firm.locale):
            self.nobody = _(ERASED)

    def _earlier(self) -> set[str]:
        """Addresses that they had before: whatever was sent to them went there."""
        sent = select(OutboxMail.recipient).where(
            col(OutboxMail.contact_id).in_(self.ids), OutboxMail.event != TO_SOMEBODY_ELSE
        )
        asked = select(Invitation.email).where(col(Invitation.contact_id).in_(self.ids))
        return {*self.work.session.exec(sent.distinct()), *self.work.session.exec(asked.distinct())}

    def wipe(self) -> None:
        self._facts(Activity)
        self._facts(Notification)
        push.forget(self.work, self.ids)
        for kind in (ContactNotice, ContactNoticeChoice):
            self.work.session.execute(delete(kind).where(col(kind.contact_id).in_(self.ids)))
        self._facts(ContactNotice)
        self._own_rows()
        self._others()
        self._subjects()
        for one in self.people:
            one.name, one.email, one.email_key, one.phone = self.nobody, "", None, ""
            one.bounced_at, one.bounce_text = None, ""
            one.erased_at, one.archived_at = self.work.now, one.archived_at or self.work.now
            self.work.add(one)

    def _own_rows(self) -> None:
        for kind, values in BLANK:
            place = kind.__table__.c["contact_id"]  # type: ignore[attr-defined]
            self.work.session.execute(update(kind).where(place.in_(self.ids)).values(**values))
        self.work.session.execute(delete(KnownBrowser).where(col(KnownBrowser.contact_id).in_(self.ids)))
        contact_ends.forget_second_steps(self.work, self.ids)
        accounts = select(PortalAccount).where(col(PortalAccount.contact_id).in_(self.ids))
        for account in self.work.session.exec(accounts):
            account.password_hash = account.totp_sealed = None
            account.sms_number = account.sms_asked_number = ""
            account.disabled_at = account.disabled_at or self.work.now
            self.work.add(account)

    def _others(self) -> None:
        """Rows of others that name them by address: tasks handed to them, colleagues asked for, captured mail."""
        if not self.emails:
            return
        session, nobody = self.work.session, self.nobody
        session.execute(
            update(HandOver)
            .where(col(HandOver.firm_id) == self.firm.id, func.lower(HandOver.email).in_(self.emails))
            .values(name=nobody, email="")
        )
        asked = or_(
            col(ColleagueInvite.email_key).in_(self.emails), col(ColleagueInvite.contact_id).in_(self.ids)
        )
        session.execute(
            update(ColleagueInvite)
            .where(col(ColleagueInvite.firm_id) == self.firm.id, asked)
            .values(name=nobody, email="", email_key="", message="")
        )
        session.execute(
            update(OutboxMail)
            .where(col(OutboxMail.firm_id) == self.firm.id, func.lower(OutboxMail.recipient).in_(self.emails))
            .values(recipient="", answer="", sealed=None)
        )
        session.execute(delete(CapturedMail).where(func.lower(CapturedMail.recipient).in_(self.emails)))

    def _subjects(self) -> None:
        """Subjects of e-mails of the firm that name them."""
        for word in self._long():
            named = select(OutboxMail).where(
                OutboxMail.firm_id == self.firm.id, col(OutboxMail.subject).contains(word, autoescape=True)
            )
            for mail in self.work.session.exec(named):
                mail.subject = self._without(mail.subject)[:300]
                self.work.add(mail)

    def _facts(self, kind: type[Activity] | type[ContactNotice] | type[Notification]) -> None:
        """What timelines and triage tell: wherever it names them."""
        text = cast(kind.facts, Text)
        named = [text.contains(json.dumps(word)[1:-1], autoescape=True) for word in self.words]
        named += [text.contains(word, autoescape=True) for word in self.words]
        query = select(kind).where(
            kind.firm_id == self.firm.id, or_(col(kind.contact_id).in_(self.ids), *named)
        )
        rows: list[Any] = list(self.work.session.exec(query))
        for row in rows:
            facts = {key: self._clean(value) for key, value in row.facts.items()}
            if row.contact_id in self.ids and row.kind.startswith(ABOUT_THEM) and "name" in facts:
                facts["name"] = self.nobody
            if facts != row.facts:
                row.facts = facts
                self.work.add(row)

    def _clean(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._clean(one) for one in value]
        if not isinstance(value, str):
            return value
        return self.nobody if value in self.words else self._without(value)

    def _without(self, text: str) -> str:
        for word in self._long():
            text = text.replace(word, self.nobody)
        return text

    def _long(self) -> list[str]:
        return sorted((word for word in self.words if len(word) >= SHORTEST), key=len, reverse=True)
