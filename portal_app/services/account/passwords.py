"""A new password for one's own account, after giving the old one or MFA again (4.5, 4.7)."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.passwords import check_password
from portal_app.ports import Ports
from portal_app.services.account.own import own
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import resets, sign_in_mail, step_up
from portal_app.services.sign_in.accounts import Visit
from portal_app.services.sign_in.sessions import end_sessions
from portal_app.work import begin, reading


@dataclass(frozen=True, slots=True)
class Choosing:
    """What the page shows: whose password it is."""

    letterhead: Letterhead
    email: str


def look(ports: Ports, actor: Actor) -> Choosing:
    """What the page shows. Raises `ConfirmNeeded` where password or MFA are to be given first, `SignInNeeded`."""
    with reading(ports, actor) as work:
        step_up.need_fresh(work)
        person = own(work)
        return Choosing(sign_in_mail.head(work, person), person.email)


def change_password(ports: Ports, actor: Actor, password: str, visit: Visit) -> None:
    """Set it; every other session ends at once, remembered browsers are forgotten, the person is told (4.4, 4.7).

    Raises `BadInput` for one that is not good enough, `ConfirmNeeded`, `SignInNeeded`.
    """
    with reading(ports, actor) as work:
        step_up.need_fresh(work)
        person = own(work)
    check_password(password, firm_name=person.firm.name, email=person.email)
    hashed = ports.passwords.hash(password)
    with begin(ports, actor) as work:
        person = own(work, lock=True)
        step_up.need_fresh(work)
        person.holder.password_hash = hashed
        work.add(person.holder)
        resets.end_open(work, person)
        resets.forget_browsers(work, person)
        end_sessions(work, staff_id=person.staff_id, contact_id=person.contact_id, but=actor.session_id)
        work.audit(
            "password:changed", firm_id=person.firm.id, subject_kind=person.kind.value, subject_id=person.id
        )
        sign_in_mail.tell(work, person, SecurityEvent.PASSWORD_CHANGED, browser_name(visit.browser))
