"""Signing in by the firm's issuer (OpenID Connect): the way there, and what comes back (1.2).

It takes the place of password and MFA. Who comes back is found by issuer and subject; the first time, by the
address that the issuer says is verified. What is asked of the issuer is asked outside of any transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import NotFound, PortalError
from portal_app.domain.issuers import ATTEMPT_LASTS_FOR, LONGEST_SUBJECT, Claims, Ways, claims_of, ways
from portal_app.domain.secrets import new_token, same, token_hash
from portal_app.domain.sign_in import email_key
from portal_app.models import Firm, FirmIssuer, IssuerAttempt, Staff, StaffIdentity, StaffInvitation
from portal_app.ports import IssuerClient, IssuerFault, Ports, WayBack, WayThere
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import sign_in_mail, tries
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Person, Visit, by_address, by_id
from portal_app.services.sign_in.allowed import issuer_name, issuer_of, ways_of
from portal_app.services.sign_in.issuer_words import refusal_text
from portal_app.services.sign_in.opening import SignedIn, new_session, open_session
from portal_app.services.sign_in.sessions import end_session
from portal_app.services.team import joining
from portal_app.text import _
from portal_app.work import Work, begin, reading

KEPT_FOR = timedelta(days=1)
"""How long an attempt is kept, whatever became of it."""

log = structlog.get_logger(__name__)


class IssuerRefused(PortalError):
    """Signing in by the issuer ended without a session; the text says why, and what to do."""

    status = 403

    def __init__(self, why: str, issuer_name: str, firm: Firm | None = None, email: str = "") -> None:
        super().__init__(refusal_text(why, issuer_name, firm.name if firm else "", email))
        self.why = why


@dataclass(frozen=True, slots=True)
class Offered:
    """What the sign-in page offers for an address; an unknown one looks like one with a password."""

    ways: Ways = field(default_factory=Ways)
    issuer_name: str = ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser goes on, what it is known by until it is back, and what the button says."""

    url: str
    token: str
    issuer_name: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the issuer's answer brought along in the address."""

    state: str = ""
    code: str = ""
    issuer: str = ""
    error: str = ""


@dataclass(frozen=True)
class _Attempt:
    """An attempt that was taken up: whose firm, by which client, and what the answer must fit."""

    id: UUID
    firm: Firm
    client: IssuerClient
    issuer_name: str
    nonce: str
    verifier: str
    next_path: str
    invitation_id: UUID | None


def offered(ports: Ports, email: str) -> Offered:
    """By which ways whoever signs in by this address may do so (1.2)."""
    with reading(ports, Visit().nobody) as work:
        person = by_address(work.session, STAFF_ENTRANCE, email)
        issuer = issuer_of(work, person.firm.id) if person else None
        if person is None or issuer is None:
            return Offered()
        may = ways_of(person, has_issuer=True)
        return Offered(may, issuer_name(issuer) if may.issuer else "")


def start(
    ports: Ports, email: str, visit: Visit, *, next_path: str = "", replaces: UUID | None = None
) -> Leaving | None:
    """Send a browser to the issuer of whoever has this address; None where they do not sign in that way.

    Raises `IssuerRefused` where the issuer cannot be asked, `TryLater` for a flood.
    """
    tries.refuse_flood(ports, visit.address)
    with reading(ports, visit.nobody) as work:
        person = by_address(work.session, STAFF_ENTRANCE, email)
        issuer = issuer_of(work, person.firm.id) if person else None
        if person is None or issuer is None or not ways_of(person, has_issuer=True).issuer:
            return None
    return _leave(ports, person.firm, issuer, visit, person.email, next_path=next_path, replaces=replaces)


def start_joining(ports: Ports, token: str, visit: Visit) -> Leaving:
    """Send an invited person to the issuer. Raises `NotFound`, `IssuerRefused`, `TryLater`."""
    tries.refuse_flood(ports, visit.address)
    with reading(ports, visit.nobody) as work:
        row, firm = joining.open_invitation(work, token)
        issuer = issuer_of(work, firm.id)
        if issuer is None or not ways(firm.staff_sign_in, row.role, has_issuer=True).issuer:
            raise NotFound(_("There is nothing here."))
    return _leave(ports, firm, issuer, visit, row.email, invitation_id=row.id)


def finish(ports: Ports, token: str, back: Returned, visit: Visit) -> SignedIn:
    """Open a session for whom the issuer names, with a token of its own.

    `token` is what the browser was known by. Raises `IssuerRefused` saying why not, `TryLater` for a flood.
    """
    tries.refuse_flood(ports, visit.address)
    attempt = _taken(ports, token, back, visit)
    try:
        if back.error or not back.code:
            raise IssuerRefused("stopped" if back.error == "access_denied" else "away", attempt.issuer_name)
        claims = _claims(ports, attempt, back)
        with begin(ports, visit.nobody) as work:
            return _opened(work, attempt, claims, visit)
    except IssuerRefused as refusal:
        _record(ports, attempt, refusal, visit)
        raise


def _leave(
    ports: Ports,
    firm: Firm,
    issuer: FirmIssuer,
    visit: Visit,
    hint: str,
    *,
    next_path: str = "",
    invitation_id: UUID | None = None,
    replaces: UUID | None = None,
) -> Leaving:
    name = issuer_name(issuer)
    way = WayThere(state=new_token(), nonce=new_token(), verifier=new_token(), hint=hint)
    try:
        url = ports.issuers.way_there(client_of(ports, issuer), way)
    except IssuerFault as fault:
        log.warning("issuer_not_asked", firm=str(firm.id), kind=fault.kind, why=fault.text)
        raise IssuerRefused("away", name) from fault
    token = new_token()
    with begin(ports, visit.nobody) as work:
        row = IssuerAttempt(
            firm_id=firm.id,
            browser_hash=token_hash(token),
            state_hash=token_hash(way.state),
            sealed=b"",
            issuer=issuer.issuer,
            invitation_id=invitation_id,
            next_path=next_path,
            created_at=work.now,
        )
        kept = json.dumps([way.nonce, way.verifier]).encode()
        row.sealed = ports.sealer.seal(kept, _about(row.id))
        if replaces is not None:
            end_session(work, replaces)
        work.session.execute(delete(IssuerAttempt).where(col(IssuerAttempt.created_at) < work.now - KEPT_FOR))
        work.add(row)
    return Leaving(url, token, name)


def client_of(ports: Ports, issuer: FirmIssuer) -> IssuerClient:
    """Us, as the firm's issuer knows us."""
    return IssuerClient(
        issuer.issuer,
        issuer.client_id,
        ports.sealer.unseal(issuer.secret_sealed, about_secret(issuer.firm_id)).decode(),
        ports.settings.public_url + routes.STAFF_ISSUER_BACK,
    )


def about_secret(firm_id: UUID) -> bytes:
    """What the client's secret is sealed with."""
    return b"issuer secret:" + firm_id.bytes


def _about(attempt_id: UUID) -> bytes:
    return b"issuer attempt:" + attempt_id.bytes


def _taken(ports: Ports, token: str, back: Returned, visit: Visit) -> _Attempt:
    """Take up the attempt that this browser began, once, while it lives. Raises `IssuerRefused`."""
    with begin(ports, visit.nobody) as work:
        query = select(IssuerAttempt).where(IssuerAttempt.browser_hash == token_hash(token))
        row = work.session.exec(query.with_for_update()).first()
        issuer = issuer_of(work, row.firm_id) if row else None
        if row is not None and issuer is not None and _is_live(work, row, issuer, back):
            row.used_at = work.now
            work.add(row)
            nonce, verifier = json.loads(ports.sealer.unseal(row.sealed, _about(row.id)))
            return _Attempt(
                row.id,
                work.session.get_one(Firm, row.firm_id),
                client_of(ports, issuer),
                issuer_name(issuer),
                nonce,
                verifier,
                row.next_path,
                row.invitation_id,
            )
    tries.went_wrong(ports, visit.address)
    raise IssuerRefused("over", "")


def _is_live(work: Work, row: IssuerAttempt, issuer: FirmIssuer, back: Returned) -> bool:
    return (
        row.used_at is None
        and work.now < row.created_at + ATTEMPT_LASTS_FOR
        and row.issuer == issuer.issuer
        and same(row.state_hash, token_hash(back.state))
    )


def _claims(ports: Ports, attempt: _Attempt, back: Returned) -> Claims:
    way = WayBack(back.code, attempt.nonce, attempt.verifier, back.issuer)
    try:
        return claims_of(ports.issuers.way_back(attempt.client, way))
    except IssuerFault as fault:
        log.warning("issuer_not_believed", firm=str(attempt.firm.id), kind=fault.kind, why=fault.text)
        raise IssuerRefused("away" if fault.kind == "away" else "token", attempt.issuer_name) from fault


def _opened(work: Work, attempt: _Attempt, claims: Claims, visit: Visit) -> SignedIn:
    person, is_new = _person(work, attempt, claims, visit)
    if not ways_of(person, has_issuer=True).issuer:
        raise IssuerRefused("not_allowed", attempt.issuer_name, attempt.firm)
    session = new_session(work.ports, person, visit, new_token(), attempt.next_path)
    work.actor = person.actor(visit, session.id)
    work.add(session)
    work.session.flush()
    return open_session(work, session, person, visit, factor="issuer", is_new=is_new)


def _person(work: Work, attempt: _Attempt, claims: Claims, visit: Visit) -> tuple[Person, bool]:
    """Whom the issuer names, linked from now on; and whether they joined by this."""
    known = work.session.exec(
        select(StaffIdentity)
        .where(
            StaffIdentity.firm_id == attempt.firm.id,
            StaffIdentity.issuer == claims.issuer,
            StaffIdentity.subject == claims.subject,
        )
        .with_for_update()
    ).first()
    if known is not None:
        known.last_sign_in_at = work.now
        work.add(known)
        return _active(work, attempt, known.staff_id, claims), False
    if not claims.email or len(claims.subject) > LONGEST_SUBJECT:
        raise IssuerRefused("unverified", attempt.issuer_name, attempt.firm)
    person, is_new = _by_email(work, attempt, claims, visit)
    _link(work, attempt, person, claims)
    if not is_new:
        sign_in_mail.tell(work, person, SecurityEvent.ISSUER_LINKED, browser_name(visit.browser))
    return person, is_new


def _by_email(work: Work, attempt: _Attempt, claims: Claims, visit: Visit) -> tuple[Person, bool]:
    staff = work.session.exec(
        select(Staff).where(Staff.firm_id == attempt.firm.id, Staff.email_key == email_key(claims.email))
    ).first()
    if staff is not None:
        return _active(work, attempt, staff.id, claims), False
    row = work.session.get(StaffInvitation, attempt.invitation_id) if attempt.invitation_id else None
    if row is None or row.email_key != email_key(claims.email):
        raise IssuerRefused("nobody", attempt.issuer_name, attempt.firm, claims.email)
    try:
        firm = joining.still_open(work, row)
    except NotFound:
        raise IssuerRefused("nobody", attempt.issuer_name, attempt.firm, claims.email) from None
    return joining.become_staff(work, firm, row, visit, password_hash=None), True


def _active(work: Work, attempt: _Attempt, staff_id: UUID, claims: Claims) -> Person:
    person = by_id(work.session, staff_id, None, lock=True)
    if person is None or person.firm.id != attempt.firm.id:
        raise IssuerRefused("nobody", attempt.issuer_name, attempt.firm, claims.email)
    return person


def _link(work: Work, attempt: _Attempt, person: Person, claims: Claims) -> None:
    """Know this subject from now on. Whoever is linked to another one of the issuer is not linked anew."""
    other = select(StaffIdentity.id).where(
        StaffIdentity.staff_id == person.id, StaffIdentity.issuer == claims.issuer
    )
    if work.session.exec(other).first() is not None:
        raise IssuerRefused("other", attempt.issuer_name, attempt.firm, claims.email)
    work.add(
        StaffIdentity(
            firm_id=attempt.firm.id,
            staff_id=person.id,
            issuer=claims.issuer,
            subject=claims.subject,
            linked_at=work.now,
            last_sign_in_at=work.now,
        )
    )
    work.audit(
        "sign_in:issuer_linked",
        firm_id=attempt.firm.id,
        subject_kind="staff",
        subject_id=person.id,
        issuer=claims.issuer,
    )


def _record(ports: Ports, attempt: _Attempt, refusal: IssuerRefused, visit: Visit) -> None:
    tries.went_wrong(ports, visit.address)
    with begin(ports, visit.nobody) as work:
        work.audit(
            "sign_in:refused",
            firm_id=attempt.firm.id,
            subject_kind="issuer_attempt",
            subject_id=attempt.id,
            why=f"issuer: {refusal.why}",
        )
