"""A staff member's own account page: who they are, how they sign in, and where they are signed in (9.5, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.domain.actors import Actor
from portal_app.domain.errors import SignInNeeded
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.names import initials
from portal_app.ports import Ports
from portal_app.services.account import addresses
from portal_app.services.account.browsers import BrowserRow, browser_rows
from portal_app.services.account.factor_words import factor_words
from portal_app.services.account.own import own
from portal_app.services.firm.letterheads import staff_letterhead
from portal_app.text import _
from portal_app.work import reading


@dataclass(frozen=True)
class StaffAccount:
    """The page, in the reader's language."""

    letterhead: Letterhead
    person_id: str
    name: str
    email: str
    locale: str
    waiting_email: str
    has_password: bool
    factors: list[str]
    browsers: list[BrowserRow]

    @property
    def crest(self) -> str:
        """The firm's initials, as in the frame of the reactive pages."""
        return initials(self.letterhead.firm_name)

    @property
    def has_others(self) -> bool:
        """Whether something else than this browser can be ended."""
        return any(not row.is_here for row in self.browsers)


def staff_account(ports: Ports, actor: Actor) -> StaffAccount:
    """The page of the signed-in staff member. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        if actor.staff_id is None:
            raise SignInNeeded(_("Please sign in."))
        person = own(work)
        return StaffAccount(
            letterhead=staff_letterhead(ports.settings, person.firm),
            person_id=str(actor.staff_id),
            name=person.name,
            email=person.email,
            locale=person.locale,
            waiting_email=addresses.waiting(work, person),
            has_password=person.holder.password_hash is not None,
            factors=factor_words(work, person),
            browsers=browser_rows(work, person),
        )
