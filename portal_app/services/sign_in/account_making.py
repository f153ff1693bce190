"""A contact's own sign-in, made: by an invitation (3.4) or by *Create an account* (3.7)."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.secrets import new_token
from portal_app.models import Contact, PortalAccount
from portal_app.services.sign_in import second_step
from portal_app.services.sign_in.accounts import Visit, by_id
from portal_app.services.sign_in.opening import new_session
from portal_app.services.sign_in.sign_in import PasswordGiven
from portal_app.work import Work


def make_account(
    work: Work, contact: Contact, account: PortalAccount | None, hashed: str, *, shown_client_id: UUID | None
) -> None:
    """Give the contact this password; `account` is the row they have already, without one."""
    account = account or PortalAccount(firm_id=contact.firm_id, contact_id=contact.id, created_at=work.now)
    account.password_hash, account.shown_client_id = hashed, shown_client_id
    work.add(account)
    work.session.flush()
    work.audit("account:made", firm_id=contact.firm_id, subject_kind="contact", subject_id=contact.id)


def begin_session(work: Work, contact_id: UUID, visit: Visit, next_path: str = "") -> PasswordGiven | None:
    """Go on to the second step, as every sign-in does (4.3); None where the contact may not sign in."""
    person = by_id(work.session, None, contact_id, lock=True)
    if person is None:
        return None
    token = new_token()
    session = new_session(work.ports, person, visit, token, next_path)
    work.add(session)
    work.session.flush()
    second_step.offer(work, session, person, visit)
    return PasswordGiven(token, None)
