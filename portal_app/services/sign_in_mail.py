"""What signing in sends: codes, reset links, and word of what happened to an account (4.3, 4.5, 4.7)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from portal_app import routes
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.outbox import Urgency
from portal_app.models import new_id
from portal_app.services import emails, post
from portal_app.services.accounts import Person
from portal_app.services.emails import ComposedMail, SecurityEvent, SecurityNotice
from portal_app.services.letterheads import letterhead
from portal_app.work import Work


def send_code(work: Work, person: Person, code: str, code_id: UUID) -> None:
    """E-mail a sign-in code, before everything else that waits (15.5)."""
    mail = emails.sign_in_code(head(work, person), name=person.name, code=code, locale=person.locale)
    _queue(work, person, mail, f"sign_in_code:{code_id}", Urgency.NOW)


def send_reset(work: Work, person: Person, token: str, reset_id: UUID) -> None:
    """E-mail a link to choose a new password."""
    route = routes.STAFF_RESET if person.staff_id else routes.RESET
    link = work.ports.settings.public_url + routes.to(route, firm=person.firm.slug, token=token)
    mail = emails.password_reset(head(work, person), name=person.name, link=link, locale=person.locale)
    _queue(work, person, mail, f"password_reset:{reset_id}", Urgency.NOW)


def tell(work: Work, person: Person, what: SecurityEvent, browser: str = "") -> None:
    """Tell somebody what happened to their account; a text of its own each time."""
    notice = SecurityNotice(person.name, what, work.now, browser)
    mail = emails.security_notice(head(work, person), notice, locale=person.locale)
    _queue(work, person, mail, f"{what.value}:{new_id()}", Urgency.SOON)


def head(work: Work, person: Person) -> Letterhead:
    """The firm's letterhead; for staff without what is said to clients alone."""
    whole = letterhead(work.ports.settings, person.firm)
    return replace(whole, help_url="", sign_in_url=None) if person.staff_id else whole


def _queue(work: Work, person: Person, mail: ComposedMail, dedupe_key: str, urgency: Urgency) -> None:
    post.queue(
        work,
        mail,
        firm=person.firm,
        to=(person.name, person.email),
        dedupe_key=dedupe_key,
        urgency=urgency,
        staff_id=person.staff_id,
        contact_id=person.contact_id,
    )
