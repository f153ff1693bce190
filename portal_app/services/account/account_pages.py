"""A contact's account page: who they are, how they sign in, where they are signed in, and whom they invited (9.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.permissions import Permission
from portal_app.models import Contact, PortalAccess, PortalAccount
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.account import addresses
from portal_app.services.account.browsers import BrowserRow, browser_rows
from portal_app.services.account.factor_words import factor_words
from portal_app.services.account.own import own
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home import home_rows, switching
from portal_app.services.home.switching import ClientLine
from portal_app.services.invitations import colleague_views, colleagues
from portal_app.services.invitations.colleague_views import InvitedLine
from portal_app.services.notices import choices, notice_views
from portal_app.services.notices.choices import TopicChoice
from portal_app.services.notices.notice_views import News
from portal_app.services.sign_in.accounts import Person
from portal_app.work import Work, reading


@dataclass(frozen=True)
class AccountPage:
    """The whole page, in the reader's language; `about` and `client_id` are empty where no client is left (3.11)."""

    letterhead: Letterhead
    person_id: str
    name: str
    email: str
    phone: str
    locale: str
    sign_out_url: str
    waiting_email: str = ""
    has_password: bool = True
    factors: list[str] = field(default_factory=list)
    wants_reminders: bool = True
    browsers: list[BrowserRow] = field(default_factory=list)
    about: str = ""
    client_id: str = ""
    clients: list[ClientLine] = field(default_factory=list)
    person: str = ""
    can_invite: bool = False
    needs_approval: bool = False
    invited: list[InvitedLine] = field(default_factory=list)
    news: News = field(default_factory=News)
    topics: list[TopicChoice] = field(default_factory=list)

    @property
    def has_others(self) -> bool:
        """Whether something else than this browser can be ended."""
        return any(not row.is_here for row in self.browsers)


def account_page(ports: Ports, actor: Actor) -> AccountPage:
    """The page of the signed-in contact. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.ACCOUNT_EDIT)
        person = own(work)
        contact = work.session.get_one(Contact, person.contact_id)
        account = work.session.exec(select(PortalAccount).where(PortalAccount.contact_id == contact.id)).one()
        found = switching.switcher(work, contact, person.firm, account.shown_client_id)
        shown = found.shown
        can_invite = shown is not None and _may_invite(work, person, shown.id)
        return AccountPage(
            letterhead=letterhead(ports.settings, person.firm),
            person_id=str(contact.id),
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            locale=contact.locale,
            sign_out_url=routes.to(routes.LOGOUT, firm=person.firm.slug),
            waiting_email=addresses.waiting(work, person),
            has_password=account.password_hash is not None,
            factors=factor_words(work, person),
            wants_reminders=contact.reminders_off_at is None,
            browsers=browser_rows(work, person),
            about=shown.name if shown else "",
            client_id=str(shown.id) if shown else "",
            clients=found.clients,
            person=home_rows.assigned_to(work, shown.id) if shown else "",
            can_invite=can_invite,
            needs_approval=person.firm.invites_need_approval,
            news=notice_views.news(work, contact, person.firm, found),
            topics=choices.shown(work, contact.id),
            invited=colleague_views.asked_by(work, contact.id, shown.id) if shown else [],
        )


def _may_invite(work: Work, person: Person, client_id: UUID) -> bool:
    query = select(PortalAccess).where(
        PortalAccess.client_id == client_id, PortalAccess.contact_id == person.contact_id
    )
    mine = work.session.exec(query).first()
    return mine is not None and colleagues.may_invite(person.firm, mine)
