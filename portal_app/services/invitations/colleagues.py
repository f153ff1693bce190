"""A contact with full access invites a colleague or a bookkeeper to that client, and staff approve where they want to (3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.addresses import LONGEST as LONGEST_ADDRESS
from portal_app.domain.addresses import is_mailable
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.domain.sign_in import email_key
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    ColleagueInvite,
    Contact,
    Firm,
    PortalAccess,
    PortalAccount,
)
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.clients.contacts import LONGEST_NAME
from portal_app.services.invitations import invitation_rows, invitations
from portal_app.services.invitations.invitations import Inviter
from portal_app.services.requests import sendable
from portal_app.services.sign_in import tries
from portal_app.services.triage import triage
from portal_app.text import _, known_language
from portal_app.work import Work, begin

LIMITS: Final = ("5/minute", "20/day")
"""Invitations that one contact may ask for: enough for an office, too few to write to strangers with."""
TAKEN_BACK = (AccessStatus.CANCELLED, AccessStatus.DISABLED)
"""What staff ended comes back by staff alone (3.7)."""


@dataclass(frozen=True, slots=True)
class ColleagueFields:
    """What the form holds; `level` is *limited* or *full*, `locale` the language of the invitation."""

    name: str
    email: str
    level: AccessLevel = AccessLevel.LIMITED
    message: str = ""
    locale: str = ""


def invite_colleague(ports: Ports, actor: Actor, client_id: UUID, fields: ColleagueFields) -> bool:
    """Invite somebody to a client in the name of the contact who asks; false where the firm looks at it first.

    The person becomes a contact of the client. What only staff may do waits for them, whatever the setting:
    somebody archived, somebody whose access was cancelled, an address that does not work. Raises `BadInput`
    beside the field, `RuleBroken` saying why not, `TryLater` after too many.
    """
    clean = _checked(fields)
    counted = f"colleague:{actor.contact_id}"
    if actor.contact_id is not None and not tries.take(ports.limiter, counted, LIMITS):
        raise tries.full(ports, counted, LIMITS)
    try:
        return _invited(ports, actor, client_id, clean)
    except IntegrityError:  # the address was given to a contact at the same moment
        return _invited(ports, actor, client_id, clean)


def approve_invite(ports: Ports, actor: Actor, invite_id: UUID) -> None:
    """Let the invitation go out in the name of who asked for it. Raises `RuleBroken` saying why it cannot (3.6)."""
    with begin(ports, actor) as work:
        row = _undecided(work, invite_id)
        client = access.client(work, row.client_id, Permission.CLIENT_EDIT, lock=True)
        if client.archived_at is not None or client.portal_on_at is None:
            raise RuleBroken(_("The portal is off for this client. Switch it on first."))
        row.decided_at, row.decided_by_staff_id = work.now, actor.staff_id
        asker = work.session.get_one(Contact, row.asked_by_contact_id)
        _bring_in(work, row, client, asker)
        _record(work, row, "colleague_approved", staff_id=actor.staff_id, contact_id=None)


def decline_invite(ports: Ports, actor: Actor, invite_id: UUID) -> None:
    """Say no: nobody is written to, and who asked sees it on their account page (3.6)."""
    with begin(ports, actor) as work:
        row = _undecided(work, invite_id)
        row.decided_at = row.declined_at = work.now
        row.decided_by_staff_id = actor.staff_id
        work.add(row)
        _record(work, row, "colleague_declined", staff_id=actor.staff_id, contact_id=None)


def _undecided(work: Work, invite_id: UUID) -> ColleagueInvite:
    row = access.of_firm(work, ColleagueInvite, invite_id, Permission.CLIENT_EDIT, lock=True)
    if row.decided_at is not None:
        raise RuleBroken(_("Somebody decided this already."))
    return row


def _checked(fields: ColleagueFields) -> ColleagueFields:
    name = typed.line(fields.name, "name", longest=LONGEST_NAME, missing=_("Write the person’s name."))
    email = typed.line(
        fields.email, "email", longest=LONGEST_ADDRESS, missing=_("Write an address like name@company.ca.")
    )
    if not is_mailable(email):
        raise BadInput(_("Write an address like name@company.ca."), field="email")
    message = typed.prose(fields.message, "message", longest=invitations.LONGEST_MESSAGE)
    return ColleagueFields(name, email, fields.level, message, fields.locale)


def _invited(ports: Ports, actor: Actor, client_id: UUID, clean: ColleagueFields) -> bool:
    with begin(ports, actor) as work:
        client, asker, mine = access.own_client(work, client_id, Permission.COLLEAGUE_INVITE, lock=True)
        firm = work.session.get_one(Firm, client.firm_id)
        _check_may_invite(firm, mine)
        owner = _owner(work, firm.id, clean.email)
        _refuse_needless(work, client, owner, clean)
        row = ColleagueInvite(
            firm_id=firm.id,
            client_id=client.id,
            asked_by_contact_id=asker.id,
            name=clean.name,
            email=clean.email,
            email_key=email_key(clean.email),
            level=clean.level,
            locale=known_language(clean.locale) or asker.locale,
            message=clean.message,
            created_at=work.now,
        )
        work.add(row)
        work.session.flush()
        waits = firm.invites_need_approval or _is_for_staff(work, client, owner)
        if waits:
            _record(work, row, "colleague_asked", contact_id=asker.id)
        else:
            row.decided_at = work.now
            _bring_in(work, row, client, asker)
        _tell(work, row, client, asker, is_waiting=waits)
        return not waits


def may_invite(firm: Firm, mine: PortalAccess) -> bool:
    """Whether a contact with this access may invite to its client (3.6)."""
    return mine.level is AccessLevel.FULL and firm.contacts_may_invite


def _check_may_invite(firm: Firm, mine: PortalAccess) -> None:
    """Raises `RuleBroken` saying why not."""
    if mine.level is not AccessLevel.FULL:
        raise RuleBroken(_("Your access is limited, so you cannot invite others. Ask the firm."))
    if not firm.contacts_may_invite:
        raise RuleBroken(_("{firm} invites people itself. Ask the firm.").format(firm=firm.name))


def _refuse_needless(work: Work, client: Client, owner: Contact | None, clean: ColleagueFields) -> None:
    """Say beside the address that there is nothing to invite; only what shows at this client is told."""
    given = _given(work, client, owner)
    if given is not None and given.status is AccessStatus.ACCEPTED:
        raise BadInput(
            _("This person has access to {client} already.").format(client=client.name), field="email"
        )
    if given is not None and given.status in invitation_rows.OFFERED:
        raise BadInput(_("This person was invited already. The firm can send it again."), field="email")
    waiting = select(ColleagueInvite.id).where(
        ColleagueInvite.client_id == client.id,
        ColleagueInvite.email_key == email_key(clean.email),
        col(ColleagueInvite.decided_at).is_(None),
    )
    if work.session.exec(waiting).first() is not None:
        raise BadInput(_("The firm is looking at an invitation to this address already."), field="email")


def _is_for_staff(work: Work, client: Client, owner: Contact | None) -> bool:
    """Whether staff must look, since they ended something for this person, or nothing can be sent to them."""
    if owner is None:
        return False
    account = work.session.exec(select(PortalAccount).where(PortalAccount.contact_id == owner.id)).first()
    given = _given(work, client, owner)
    return (
        owner.archived_at is not None
        or bool(sendable.why_not_to(owner))
        or (given is not None and given.status in TAKEN_BACK)
        or (account is not None and account.disabled_at is not None)
    )


def _bring_in(work: Work, row: ColleagueInvite, client: Client, asker: Contact) -> None:
    """Make the person a contact of the client, and send the invitation in the name of who asked."""
    person = _owner(work, client.firm_id, row.email, lock=True) or _new_contact(work, row)
    _link(work, client, person)
    case = invitations.case_of(work, client, person)
    before = case.access
    is_kept = before is not None and before.status is AccessStatus.GIVEN and before.level is AccessLevel.FULL
    level = AccessLevel.FULL if is_kept else row.level
    given = invitations.given(work, case, level)
    invitations.send(work, case, given, _in_name_of(work, client, asker), row.message)
    row.contact_id = person.id
    work.add(row)
    _record(work, row, "colleague_invited", staff_id=None, contact_id=asker.id)


def _in_name_of(work: Work, client: Client, asker: Contact) -> Inviter:
    """The contact who asked, while they reach the client with full access; else the firm."""
    firm, mine = work.session.get_one(Firm, client.firm_id), _given(work, client, asker)
    if mine is None or mine.level is not AccessLevel.FULL or not access.is_reached(client, asker, mine, firm):
        return Inviter()
    return Inviter(contact=asker)


def _owner(work: Work, firm_id: UUID, email: str, *, lock: bool = False) -> Contact | None:
    query = select(Contact).where(Contact.firm_id == firm_id, Contact.email_key == email_key(email))
    return work.session.exec(query.with_for_update() if lock else query).first()


def _given(work: Work, client: Client, person: Contact | None) -> PortalAccess | None:
    if person is None:
        return None
    return invitations.case_of(work, client, person).access


def _new_contact(work: Work, row: ColleagueInvite) -> Contact:
    person = Contact(
        firm_id=row.firm_id,
        name=row.name,
        email=row.email,
        email_key=row.email_key,
        locale=row.locale,
        created_at=work.now,
    )
    work.add(person)
    work.session.flush()
    return person


def _link(work: Work, client: Client, person: Contact) -> None:
    linked = select(ClientContact.id).where(
        ClientContact.client_id == client.id, ClientContact.contact_id == person.id
    )
    if work.session.exec(linked).first() is None:
        work.add(
            ClientContact(
                firm_id=client.firm_id, client_id=client.id, contact_id=person.id, created_at=work.now
            )
        )


def _tell(work: Work, row: ColleagueInvite, client: Client, asker: Contact, *, is_waiting: bool) -> None:
    triage.notify_assigned(
        work,
        client,
        "colleague_asked" if is_waiting else "colleague_invited",
        contact=asker,
        once_key=f"colleague:{row.id.hex}",
        invite_id=row.id.hex,
        name=row.name,
        email=row.email,
    )
    work.ring(f"firm:{row.firm_id}")


def _record(work: Work, row: ColleagueInvite, kind: str, **who: UUID | None) -> None:
    work.note(kind, firm_id=row.firm_id, client_id=row.client_id, facts={"name": row.name}, **who)
    work.audit(
        kind.replace("_", ":", 1),
        firm_id=row.firm_id,
        subject_kind="client",
        subject_id=row.client_id,
        invite=row.id,
        level=row.level.value,
    )
    work.ring(f"firm:{row.firm_id}", f"contact:{row.asked_by_contact_id}")
