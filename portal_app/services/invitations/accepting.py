"""What an invitation's link shows, and accepting it: with a new password, or as who is signed in (3.3, 3.4, 3.8, 3.9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import LinkEnded, SignInNeeded
from portal_app.domain.invitations import Standing
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.passwords import check_password
from portal_app.domain.sign_in import masked
from portal_app.models import Contact
from portal_app.ports import Ports
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.invitations import invitation_rows, invitations
from portal_app.services.invitations.invitation_rows import Offer
from portal_app.services.sign_in.account_making import begin_session, make_account
from portal_app.services.sign_in.accounts import Entrance, Visit
from portal_app.services.sign_in.sign_in import PasswordGiven
from portal_app.work import Work, begin, reading


class Asker(StrEnum):
    """Who is signed in as a client in the browser that looks."""

    NOBODY = "nobody"
    INVITED = "invited"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """What the link shows; `expires_at` is aware UTC, `client_name` one or several, `clients` how many (3.12), `other_name` who else is
    signed in here (3.9)."""

    standing: Standing
    asker: Asker
    has_account: bool
    firm: Letterhead
    firm_slug: str
    invitation_id: UUID
    entrance: Entrance
    client_name: str
    clients: int
    inviter_name: str
    name: str
    email: str
    message: str
    expires_at: datetime
    other_name: str = ""

    @property
    def masked_email(self) -> str:
        """The invited address, for somebody else's eyes."""
        return masked(self.email)


def look(ports: Ports, actor: Actor, token: str) -> InvitationPage:
    """The link's page; looking changes nothing (asvs 24). Raises `NotFound` for a token that is none."""
    with reading(ports, actor) as work:
        offers = invitation_rows.find(work, token)
        offer, where = offers[0], invitation_rows.standing(work, offers[0])
        names = [one.client.name for one in offers if invitation_rows.standing(work, one) is where]
        asker = _asker(actor, offer)
        other = work.session.get(Contact, actor.contact_id) if asker is Asker.OTHER else None
        row = offer.invitation
        return InvitationPage(
            standing=where,
            asker=asker,
            has_account=_has_account(offer),
            firm=letterhead(ports.settings, offer.firm, offer.client),
            firm_slug=offer.firm.slug,
            invitation_id=row.id,
            entrance=Entrance(Kind.CLIENT, offer.firm.id),
            client_name=", ".join(names),
            clients=len(names),
            inviter_name=invitations.invited_by(work, row).name or offer.firm.name,
            name=offer.contact.name,
            email=row.email,
            message=row.message,
            expires_at=row.expires_at,
            other_name=other.name if other else "",
        )


def accept_signed_in(ports: Ports, actor: Actor, token: str) -> None:
    """The invited person, signed in: the client is added (3.4), or all of one e-mail's (3.12).

    Raises `LinkEnded` with its standing where it is open no more, `SignInNeeded` for anybody else (3.9).
    """
    with begin(ports, actor) as work:
        offers = _open(work, token, lock=True)
        offer = offers[0]
        if _asker(actor, offer) is not Asker.INVITED or offer.account is None:
            raise SignInNeeded()
        for one in offers:
            invitation_rows.accept(work, one)
        offer.account.shown_client_id = offer.client.id
        work.add(offer.account)


def accept(ports: Ports, actor: Actor, token: str, password: str, visit: Visit) -> PasswordGiven:
    """Make the account with this password; all that is open to the person is accepted (3.4, 3.8).

    Goes on to the second step, as every sign-in does (4.3). Of many at once the first makes the account.
    Raises `BadInput` for a password that is not good enough, `LinkEnded` with its standing where it is open no
    more, `SignInNeeded` where somebody else is signed in here or there is an account already (3.9).
    """
    with reading(ports, actor) as work:
        offer = _for_new(actor, _open(work, token)[0])
    check_password(password, firm_name=offer.firm.name, email=offer.invitation.email)
    hashed = ports.passwords.hash(password)
    invited = replace(visit.nobody, kind=Kind.CLIENT, firm_id=offer.firm.id, contact_id=offer.contact.id)
    with begin(ports, invited) as work:
        offer = _for_new(actor, _open(work, token, lock=True)[0])
        make_account(work, offer.contact, offer.account, hashed, shown_client_id=offer.client.id)
        for other in invitation_rows.open_of(work, offer.contact.id):
            invitation_rows.accept(work, other)
        given = begin_session(work, offer.contact.id, visit)
        if given is None:
            raise LinkEnded("", Standing.ENDED)
        return given


def _open(work: Work, token: str, *, lock: bool = False) -> list[Offer]:
    """What is open behind the link. Raises `LinkEnded` where nothing is."""
    offers = invitation_rows.find(work, token, lock=lock)
    still = [offer for offer in offers if invitation_rows.standing(work, offer) is Standing.OPEN]
    if not still:
        raise LinkEnded("", invitation_rows.standing(work, offers[0]))
    return still


def _for_new(actor: Actor, offer: Offer) -> Offer:
    if _asker(actor, offer) is not Asker.NOBODY or _has_account(offer):
        raise SignInNeeded()
    return offer


def _asker(actor: Actor, offer: Offer) -> Asker:
    if actor.contact_id is None:
        return Asker.NOBODY
    return Asker.INVITED if actor.contact_id == offer.contact.id else Asker.OTHER


def _has_account(offer: Offer) -> bool:
    return offer.account is not None and offer.account.password_hash is not None
