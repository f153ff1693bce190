"""What a sign-in ends in: an open session with a token of its own, in a browser that is known from now on (4.4, 4.6)."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.domain.actors import Kind
from portal_app.domain.browsers import browser_name
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.sign_in import REMEMBERED_FOR, way_back
from portal_app.models import Contact, Device, KnownBrowser, PortalAccount, SignInSession
from portal_app.ports import Ports
from portal_app.services.invitations import invitation_rows
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import sign_in_mail, sign_up_access
from portal_app.services.sign_in.accounts import Person, Visit, known_browser
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A finished sign-in: cookies for the browser, and where to. `device_token` is None where it has one."""

    kind: Kind
    token: str
    device_token: str | None
    next_path: str


def new_session(ports: Ports, person: Person, visit: Visit, token: str, next_path: str) -> SignInSession:
    """A session to put into the database: without its second step it opens nothing."""
    now = ports.clock.now()
    return SignInSession(
        firm_id=person.firm.id,
        token_hash=token_hash(token),
        created_at=now,
        last_seen_at=now,
        next_path=way_back(next_path, person.kind),
        address=visit.address,
        browser=visit.browser[:200],
        device_id=visit.device_id,
        staff_id=person.staff_id,
        contact_id=person.contact_id,
    )


def open_session(
    work: Work,
    session: SignInSession,
    person: Person,
    visit: Visit,
    *,
    factor: str,
    remember: bool = False,
    is_new: bool = False,
) -> SignedIn:
    """Open the session: a new token, a browser that is known from now on, word of it where it was not (4.6).

    `is_new` is for an account made a moment ago in this browser: there is nobody to warn. An invitation that
    somebody signed in for is accepted with it (3.4).
    """
    token = new_token()
    session.token_hash, session.mfa_at, session.last_seen_at = token_hash(token), work.now, work.now
    work.add(session)
    is_new = is_new or (isinstance(person.holder, PortalAccount) and person.holder.last_sign_in_at is None)
    device, device_token = _device(work, visit)
    session.device_id = device.id
    _know_browser(work, person, visit, device, remember=remember, is_new=is_new)
    if isinstance(person.holder, PortalAccount):
        person.holder.last_sign_in_at = work.now
        work.add(person.holder)
        if session.invitation_id is not None:
            invitation_rows.accept_by_sign_in(work, session.invitation_id, person.holder)
        sign_up_access.give(work, work.session.get_one(Contact, person.contact_id), is_new=False)
        work.note("signed_in", firm_id=person.firm.id, contact_id=person.contact_id)
        work.ring(f"sign-ins:{person.firm.id}")
    work.audit(
        "sign_in:completed",
        firm_id=person.firm.id,
        subject_kind="session",
        subject_id=session.id,
        factor=factor,
    )
    return SignedIn(person.kind, token, device_token, session.next_path)


def _device(work: Work, visit: Visit) -> tuple[Device, str | None]:
    """This browser's row, and the token of one that is new."""
    device_token: str | None = None
    device = work.session.get(Device, visit.device_id) if visit.device_id else None
    if device is None:
        device_token = new_token()
        device = Device(token_hash=token_hash(device_token), created_at=work.now, last_seen_at=work.now)
    device.last_seen_at, device.browser, device.address = work.now, visit.browser[:200], visit.address
    work.add(device)
    work.session.flush()
    return device, device_token


def _know_browser(
    work: Work, person: Person, visit: Visit, device: Device, *, remember: bool, is_new: bool
) -> None:
    """Know this browser from now on (4.2), for thirty days without a second step where asked (4.4)."""
    known = known_browser(work.session, person, device.id)
    if known is None:
        known = KnownBrowser(
            firm_id=person.firm.id,
            device_id=device.id,
            since=work.now,
            staff_id=person.staff_id,
            contact_id=person.contact_id,
        )
        if not is_new:
            sign_in_mail.tell(work, person, SecurityEvent.NEW_BROWSER, browser_name(visit.browser))
    if remember:
        known.remembered_until = work.now + REMEMBERED_FOR
    work.add(known)
