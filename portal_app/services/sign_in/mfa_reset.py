"""An admin takes a contact's second steps away, after checking who asks (4.5): audited, and the contact is told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.permissions import Permission
from portal_app.models import Passkey
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.letterheads import staff_letterhead
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import recovery, sign_in_mail
from portal_app.services.sign_in.accounts import Person, by_id
from portal_app.services.sign_in.resets import forget_browsers
from portal_app.services.sign_in.sessions import end_sessions
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True)
class MfaReset:
    """Whose it is, as the page that asks shows it."""

    letterhead: Letterhead
    name: str
    email: str


def look(ports: Ports, actor: Actor, contact_id: UUID) -> MfaReset:
    """Whose second steps would go. Raises `NotFound` for members, and for a contact without an account."""
    with reading(ports, actor) as work:
        person = _holder(work, contact_id)
        return MfaReset(staff_letterhead(ports.settings, person.firm), person.name, person.email)


def reset_mfa(ports: Ports, actor: Actor, contact_id: UUID) -> None:
    """Take all second steps and recovery codes away, end all sessions, forget remembered browsers, tell the contact.

    The next sign-in asks for the password and a code by e-mail, and then for a second step. As `look`.
    """
    with begin(ports, actor) as work:
        person = _holder(work, contact_id, lock=True)
        holder = person.holder
        holder.totp_sealed = holder.totp_confirmed_at = None
        holder.email_factor_at = holder.sms_confirmed_at = None
        holder.sms_number = holder.sms_asked_number = ""
        holder.mfa_reset_at = work.now
        work.add(holder)
        work.session.execute(delete(Passkey).where(col(Passkey.contact_id) == contact_id))
        recovery.forget(work, person)
        forget_browsers(work, person)
        end_sessions(work, contact_id=contact_id)
        work.audit("mfa:reset", firm_id=person.firm.id, subject_kind="contact", subject_id=contact_id)
        sign_in_mail.tell(work, person, SecurityEvent.MFA_RESET)


def _holder(work: Work, contact_id: UUID, *, lock: bool = False) -> Person:
    access.contact(work, contact_id, Permission.MFA_RESET)
    person = by_id(work.session, None, contact_id, lock=lock)
    if person is None:
        raise NotFound(_("There is nothing here."))
    return person
