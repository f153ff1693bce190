"""Bulk work on portal access: what one contact gets, and why not (2.7). Nobody's level is lowered by it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal_app.domain.standings import WAITING


class BulkKind(StrEnum):
    """Change access, or send or cancel what is pending (2.9)."""

    ACCESS = "access"
    RESEND = "resend"
    CANCEL = "cancel"


class Switch(StrEnum):
    """On, off, or as it is."""

    ON = "on"
    OFF = "off"
    LEAVE = "leave"


class WhyNot(StrEnum):
    """Why a contact, or a client, gets nothing."""

    ARCHIVED = "archived"
    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"
    BAD_ADDRESS = "bad_address"
    DISABLED = "disabled"
    NO_ACCESS = "no_access"
    PORTAL_OFF = "portal_off"
    ACCEPTED = "accepted"
    INVITED = "invited"
    JUST_SENT = "just_sent"
    AS_IT_IS = "as_it_is"
    GONE = "gone"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for all contacts of the clients; `is_full` is the level for whoever has less."""

    portal: Switch = Switch.ON
    is_full: bool = False
    notices: Switch = Switch.LEAVE
    is_inviting: bool = False


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A contact at a client as they are now: `status` of 3.5 without *expired*, which `is_open` tells.

    `mail` says why nothing can be sent to them. `is_on`: client and firm have the portal.
    """

    status: str = "none"
    is_full: bool = False
    has_notices: bool = True
    is_open: bool = False
    is_on: bool = True
    is_archived: bool = False
    mail: WhyNot | None = None


@dataclass(frozen=True, slots=True)
class Gets:
    """What one contact gets. `why_not` says why there is no access, or no invitation; both may hold."""

    access: bool = False
    full: bool = False
    notices: Switch = Switch.LEAVE
    invitation: bool = False
    why_not: WhyNot | None = None

    @property
    def is_anything(self) -> bool:
        """Whether anything changes for them."""
        return self.access or self.full or self.invitation or self.notices is not Switch.LEAVE


def gets(choices: Choices, person: PersonFacts) -> Gets:
    """What the choices bring to one contact now."""
    if person.is_archived:
        return Gets(why_not=WhyNot.ARCHIVED)
    if person.status == "disabled":
        return Gets(why_not=WhyNot.DISABLED)
    has_access = person.status in WAITING or person.status == "accepted"
    is_given = choices.portal is Switch.ON and not has_access
    if is_given and person.mail:
        return Gets(why_not=person.mail)
    if not has_access and not is_given:
        return Gets(why_not=WhyNot.NO_ACCESS if choices.portal is Switch.LEAVE else WhyNot.AS_IT_IS)
    is_raised = choices.is_full and choices.portal is not Switch.OFF and (is_given or not person.is_full)
    why_not = _why_not_invited(choices, person) if choices.is_inviting else None
    found = Gets(
        access=is_given,
        full=is_raised,
        notices=_notices(choices.notices, person, is_given=is_given),
        invitation=choices.is_inviting and why_not is None,
        why_not=why_not,
    )
    return found if found.is_anything or why_not else Gets(why_not=WhyNot.AS_IT_IS)


def _notices(wanted: Switch, person: PersonFacts, *, is_given: bool) -> Switch:
    if is_given:  # access begins with notifications
        return wanted if wanted is Switch.OFF else Switch.LEAVE
    return Switch.LEAVE if wanted is Switch.LEAVE or (wanted is Switch.ON) == person.has_notices else wanted


def _why_not_invited(choices: Choices, person: PersonFacts) -> WhyNot | None:
    if choices.portal is Switch.OFF or (choices.portal is Switch.LEAVE and not person.is_on):
        return WhyNot.PORTAL_OFF
    if person.status == "accepted":
        return WhyNot.ACCEPTED
    if person.status == "invited" and person.is_open:
        return WhyNot.INVITED
    return person.mail
