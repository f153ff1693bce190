"""The e-mail that presents the portal to clients: to whom, who is left out and why, sent in the background (1.12).

Starting writes one row a person, and no e-mail. A job of the timetable turns rows into e-mails, a batch a
transaction, so one may leave the page, a bad address stops nothing, and nobody is in one introduction twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, exists, func, insert
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.names import name_key
from portal_app.domain.outbox import Urgency
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Client,
    ClientAssignment,
    ClientContact,
    Contact,
    Firm,
    Introduction,
    IntroductionPerson,
    MailPhase,
    OutboxMail,
    Staff,
    new_id,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import grants
from portal_app.services.mail import email_facts, emails, post
from portal_app.text import _, ngettext
from portal_app.work import Work, begin, reading

BATCH = 100
"""E-mails queued in one transaction: short enough for others to write between."""
SHOWN = 200
"""People that a dry run names; all are counted."""

Who = Literal["all", "never", "portal_on"]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom it is for: everybody, whoever got no introduction yet, or whose client has the portal on; and of
    those, the clients that a staff member looks after, or whose name holds `search`."""

    who: Who = "never"
    assigned: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the dry run; `why_not` is empty for whoever gets it."""

    id: str = ""
    name: str = ""
    email: str = ""
    clients: str = ""
    language: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Who would get it and who not; `rows` are the first of them by name, the counts are of all.

    `said` tells the counts, `asks` what one press of *Send* does.
    """

    rows: tuple[PersonRow, ...] = ()
    gets: int = 0
    said: str = ""
    asks: str = ""


def dry_run(ports: Ports, actor: Actor, audience: Audience) -> DryRun:
    """Who would get an introduction now, by name. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        where = _chosen(work, audience)
        people = list(
            work.session.exec(select(Contact).where(*where).order_by(col(Contact.name)).limit(SHOWN))
        )
        clients = _clients_of(work, [one.id for one in people])
        gets = work.session.exec(select(func.count()).select_from(Contact).where(*where, _usable())).one()
        every = work.session.exec(select(func.count()).select_from(Contact).where(*where)).one()
        return DryRun(
            rows=tuple(
                PersonRow(
                    id=one.id.hex,
                    name=one.name,
                    email=one.email,
                    clients=", ".join(clients.get(one.id, ())),
                    language={"fr": "Français", "en": "English"}.get(one.locale, one.locale),
                    why_not=_sentence(_why_not(one)),
                )
                for one in people
            ),
            gets=gets,
            said=_said(gets, every - gets),
            asks=ngettext(
                "It goes to {n} person of the list, unless you unticked them.",
                "It goes to the {n} people of the list, without those you unticked.",
                gets,
            ),
        )


def _said(gets: int, without: int) -> str:
    parts = [ngettext("{n} person gets it.", "{n} people get it.", gets)]
    if without:
        parts.append(
            ngettext("{n} does not, and the row says why.", "{n} do not, and their rows say why.", without)
        )
    if gets + without > SHOWN:
        parts.append(_("The first {count} are listed.").format(count=SHOWN))
    return " ".join(parts)


def start_introduction(ports: Ports, actor: Actor, audience: Audience, left_out: list[UUID]) -> int:
    """Begin to send to the audience of now without `left_out`; gives to how many.

    Raises `RuleBroken` while another one is under way or where nobody would get it, `NotFound` for members.
    """
    with begin(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id, with_for_update=True)
        if _under_way(work, firm.id) is not None:
            raise RuleBroken(_("An introduction is being sent: wait until it is done, or stop it."))
        query = select(Contact.id).where(
            *_chosen(work, audience), _usable(), col(Contact.id).not_in(left_out)
        )
        people = list(work.session.exec(query))
        if not people:
            raise RuleBroken(_("Nobody would get it: choose others."))
        made = Introduction(firm_id=firm.id, staff_id=_staff_id(actor), started_at=work.now)
        work.add(made)
        work.session.flush()
        rows = [
            {"id": new_id(), "firm_id": firm.id, "introduction_id": made.id, "contact_id": one, "why_not": ""}
            for one in people
        ]
        work.session.execute(insert(IntroductionPerson), rows)
        _record(work, made, "introduction:started", people=len(people))
        return len(people)


def cancel_introduction(ports: Ports, actor: Actor, introduction_id: UUID) -> int:
    """Stop what has not left yet; gives how many do not get it. What left stays sent. Raises `NotFound`."""
    with begin(ports, actor) as work:
        made = access.of_firm(work, Introduction, introduction_id, Permission.SETTINGS_EDIT, lock=True)
        if made.cancelled_at is not None:
            return 0
        made.cancelled_at = work.now
        work.add(made)
        waiting = select(IntroductionPerson).where(
            IntroductionPerson.introduction_id == made.id, col(IntroductionPerson.settled_at).is_(None)
        )
        stopped = 0
        for person in work.session.exec(waiting.with_for_update()):
            person.settled_at, person.why_not = work.now, "cancelled"
            work.add(person)
            stopped += 1
        queued = (
            select(OutboxMail)
            .join(IntroductionPerson, col(IntroductionPerson.mail_id) == OutboxMail.id)
            .where(IntroductionPerson.introduction_id == made.id, OutboxMail.phase == MailPhase.QUEUED)
        )
        for mail in work.session.exec(queued.with_for_update()):
            grants.cancel(work, mail, "introduction stopped")
            stopped += 1
        _record(work, made, "introduction:cancelled", people=stopped)
        return stopped


def queue_introductions(ports: Ports) -> None:
    """The timetable's: put what waits into the outbox, a batch a transaction; may run twice, or anywhere."""
    with reading(ports, Actor.timetable()) as work:
        query = select(Introduction.id).where(
            col(Introduction.queued_at).is_(None), col(Introduction.cancelled_at).is_(None)
        )
        under_way = list(work.session.exec(query))
    for introduction_id in under_way:
        while _queue_batch(ports, introduction_id):
            pass


def _queue_batch(ports: Ports, introduction_id: UUID) -> bool:
    """Whether there is more. The lock on the introduction keeps two jobs and *stop* from one another."""
    with begin(ports, Actor.timetable()) as work:
        made = work.session.get(Introduction, introduction_id, with_for_update=True)
        if made is None or made.queued_at is not None or made.cancelled_at is not None:
            return False
        query = (
            select(IntroductionPerson)
            .where(
                IntroductionPerson.introduction_id == made.id, col(IntroductionPerson.settled_at).is_(None)
            )
            .order_by(col(IntroductionPerson.id))
            .limit(BATCH)
        )
        people = list(work.session.exec(query))
        if not people:
            made.queued_at = work.now
            work.add(made)
            return False
        clients = _clients_of(work, [one.contact_id for one in people])
        firm, sender = (
            work.session.get_one(Firm, made.firm_id),
            work.session.get_one(Staff, made.staff_id),
        )
        for person in people:
            _queue_one(work, person, firm, sender, clients.get(person.contact_id, []))
        work.ring(f"introduction:{firm.id}")
        return True


def _queue_one(work: Work, person: IntroductionPerson, firm: Firm, sender: Staff, clients: list[str]) -> None:
    """One e-mail, or why there is none: what is true now counts, not what the dry run saw."""
    contact = work.session.get_one(Contact, person.contact_id)
    person.settled_at, person.why_not = work.now, _why_not(contact)
    work.add(person)
    if person.why_not:
        return
    head = letterhead(work.ports.settings, firm)
    facts = email_facts.Introduction(contact.name, tuple(clients), sender.name, head.help_url, head.video_url)
    try:
        mail = post.queue(
            work,
            emails.introduction(head, facts, locale=contact.locale),
            firm=firm,
            to=(contact.name, contact.email),
            dedupe_key=f"introduction:{person.introduction_id}:{contact.id}",
            sender=post.sender_of(work.ports.settings, firm, sender),
            urgency=Urgency.LATER,
            contact_id=contact.id,
        )
    except BadInput:
        person.why_not = "bad_address"
        log.warning("introduction_left_out", contact=str(contact.id))
        return
    person.mail_id = mail.id


def _staff_id(actor: Actor) -> UUID:
    if actor.staff_id is None:
        raise NotFound(_("There is nothing here."))
    return actor.staff_id


def _under_way(work: Work, firm_id: UUID) -> Introduction | None:
    query = select(Introduction).where(
        Introduction.firm_id == firm_id,
        col(Introduction.queued_at).is_(None),
        col(Introduction.cancelled_at).is_(None),
    )
    return work.session.exec(query.limit(1)).first()


def _chosen(work: Work, audience: Audience) -> list[ColumnElement[bool]]:
    """Contacts who are not archived, of clients who are neither archived nor test clients."""
    about: list[Any] = [
        ClientContact.contact_id == Contact.id,
        ClientContact.client_id == Client.id,
        col(Client.archived_at).is_(None),
        col(Client.test_of_staff_id).is_(None),
    ]
    if audience.who == "portal_on":
        about.append(col(Client.portal_on_at).is_not(None))
    if audience.assigned:
        about += [
            ClientAssignment.client_id == Client.id,
            ClientAssignment.staff_id == _uuid(audience.assigned),
        ]
    if words := name_key(audience.search):
        about.append(col(Client.name_key).contains(words, autoescape=True))
    where = [
        col(Contact.firm_id) == work.actor.firm_id,
        col(Contact.archived_at).is_(None),
        exists().where(*about),
    ]
    if audience.who == "never":
        had = exists().where(
            col(IntroductionPerson.contact_id) == col(Contact.id),
            col(IntroductionPerson.mail_id).is_not(None),
        )
        where.append(~had)
    return where


def _uuid(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


def _usable() -> ColumnElement[bool]:
    return (col(Contact.email) != "") & col(Contact.bounced_at).is_(None)


def _why_not(contact: Contact) -> str:
    if contact.archived_at is not None:
        return "archived"
    if not contact.email:
        return "no_address"
    if contact.bounced_at is not None:
        return "bounced"
    return "" if post.is_usable(contact.email) else "bad_address"


def _sentence(why_not: str) -> str:
    return {
        "": "",
        "archived": _("Archived"),
        "no_address": _("No e-mail address"),
        "bounced": _("E-mails to this address came back"),
        "bad_address": _("The address cannot be used"),
    }[why_not]


def _clients_of(work: Work, people: list[UUID]) -> dict[UUID, list[str]]:
    query = (
        select(ClientContact.contact_id, Client.name)
        .join(Client, col(Client.id) == ClientContact.client_id)
        .where(
            col(ClientContact.contact_id).in_(people),
            col(Client.archived_at).is_(None),
            col(Client.test_of_staff_id).is_(None),
        )
        .order_by(col(Client.name_key))
    )
    found: dict[UUID, list[str]] = {}
    for contact_id, name in work.session.exec(query):
        found.setdefault(contact_id, []).append(name)
    return found


def _record(work: Work, made: Introduction, action: str, *, people: int) -> None:
    work.audit(action, firm_id=made.firm_id, subject_kind="introduction", subject_id=made.id, people=people)
    work.ring(f"introduction:{made.firm_id}")
