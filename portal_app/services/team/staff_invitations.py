"""Asking somebody to join the firm's staff, by a link of three days to their own address (1.13)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.outbox import Urgency
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.sign_in import email_key
from portal_app.domain.team import INVITED_FOR, INVITES, may_give, may_touch
from portal_app.models import Firm, Staff, StaffInvitation, new_id
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.firm.letterheads import staff_letterhead
from portal_app.services.firm.setup import checked_email
from portal_app.services.mail import email_facts, emails, post
from portal_app.services.sign_in import tries
from portal_app.services.team.team import locked_firm, write_down
from portal_app.text import LANGUAGES, _
from portal_app.work import Work, begin

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class InvitationFields:
    """What is typed: whom, as what, and in which language the e-mail is."""

    name: str
    email: str
    role: Role
    locale: str


def invite(ports: Ports, actor: Actor, fields: InvitationFields) -> None:
    """E-mail somebody the link by which they join. Raises `BadInput` naming the field, `NotFound` for members."""
    with begin(ports, actor) as work:
        firm = locked_firm(work)
        if not may_give(actor.role, fields.role):
            raise NotFound(_("There is nothing here."))
        row, token = new_invitation(work, firm, fields)
        _send(work, firm, row, token)
        write_down(work, firm, "invited", row.id, role=row.role.value)


def invite_again(ports: Ports, actor: Actor, invitation_id: UUID) -> None:
    """A new link in place of the one before, for three new days. Raises `TryLater` for the sixth in an hour."""
    with begin(ports, actor) as work:
        firm = locked_firm(work)
        row = _open(work, invitation_id)
        counted = f"staff_invitation:{row.id.hex}"
        if not tries.take(ports.limiter, counted, INVITES):
            raise tries.full(ports, counted, INVITES)
        token = renewed(work, row)
        _send(work, firm, row, token)
        write_down(work, firm, "invited_again", row.id)


def cancel_invitation(ports: Ports, actor: Actor, invitation_id: UUID) -> None:
    """The link opens nothing from now on."""
    with begin(ports, actor) as work:
        firm = locked_firm(work)
        row = _open(work, invitation_id)
        row.ended_at = work.now
        work.add(row)
        write_down(work, firm, "invitation_cancelled", row.id)


def new_invitation(work: Work, firm: Firm, fields: InvitationFields) -> tuple[StaffInvitation, str]:
    """The row and its token; nothing is sent. Raises `BadInput` naming the field."""
    name = typed.line(fields.name, "name", longest=LONGEST_NAME, missing=_("Type the person’s name."))
    email = checked_email(fields.email)
    if fields.locale not in LANGUAGES:
        raise BadInput(_("Choose a language from the list."), field="locale")
    _refuse_taken(work, firm, email)
    token = new_token()
    row = StaffInvitation(
        firm_id=firm.id,
        token_hash=token_hash(token),
        email=email,
        email_key=email_key(email),
        name=name,
        role=fields.role,
        locale=fields.locale,
        invited_by_staff_id=work.actor.staff_id,
        created_at=work.now,
        sent_at=work.now,
        expires_at=work.now + INVITED_FOR,
    )
    work.add(row)
    work.session.flush()
    return row, token


def renewed(work: Work, row: StaffInvitation) -> str:
    """Three new days and a new token, which is given back; the one before works no more."""
    token = new_token()
    row.token_hash, row.sent_at, row.expires_at = token_hash(token), work.now, work.now + INVITED_FOR
    work.add(row)
    return token


def link_of(ports: Ports, token: str) -> str:
    """Where a token leads."""
    return ports.settings.public_url + routes.to(routes.STAFF_JOIN, token=token)


def _refuse_taken(work: Work, firm: Firm, email: str) -> None:
    """A staff address belongs to one firm of an installation (1.2), and is invited once at a time."""
    there = work.session.exec(select(Staff).where(Staff.email_key == email_key(email))).first()
    if there is not None and there.firm_id == firm.id and there.deactivated_at is None:
        raise BadInput(
            _("{name} is in the team by this address already.").format(name=there.name), field="email"
        )
    if there is not None and there.firm_id == firm.id:
        raise BadInput(
            _("{name} left the team by this address. Reactivate them instead.").format(name=there.name),
            field="email",
        )
    if there is not None:
        raise BadInput(_("This address cannot be used here. Invite them by another one."), field="email")
    open_one = select(StaffInvitation.id).where(
        StaffInvitation.firm_id == firm.id,
        StaffInvitation.email_key == email_key(email),
        col(StaffInvitation.accepted_at).is_(None),
        col(StaffInvitation.ended_at).is_(None),
    )
    if work.session.exec(open_one).first() is not None:
        raise BadInput(_("This address is invited already. Send it again from the list."), field="email")


def _open(work: Work, invitation_id: UUID) -> StaffInvitation:
    row = access.of_firm(work, StaffInvitation, invitation_id, Permission.TEAM_EDIT, lock=True)
    is_open = row.accepted_at is None and row.ended_at is None
    if not is_open or not may_touch(work.actor.role, row.role):
        raise NotFound(_("There is nothing here."))
    return row


def _send(work: Work, firm: Firm, row: StaffInvitation, token: str) -> None:
    inviter = work.session.get(Staff, work.actor.staff_id) if work.actor.staff_id else None
    facts = email_facts.StaffInvitation(
        name=row.name,
        inviter_name=inviter.name if inviter else firm.name,
        link=link_of(work.ports, token),
        expires_at=row.expires_at,
    )
    mail = emails.staff_invitation(staff_letterhead(work.ports.settings, firm), facts, locale=row.locale)
    post.queue(
        work,
        mail,
        firm=firm,
        to=(row.name, row.email),
        dedupe_key=f"staff_invitation:{new_id()}",
        urgency=Urgency.NOW,
    )
