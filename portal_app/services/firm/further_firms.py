"""Further firms of an installation, by the operator's command (1.1). Each is apart from the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from zoneinfo import available_timezones

from sqlmodel import col, select

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.models import Firm, Staff, StaffInvitation
from portal_app.ports import Ports
from portal_app.services import typed
from portal_app.services.firm.setup import checked_email, slug_of
from portal_app.services.team import staff_invitations
from portal_app.services.team.staff_invitations import InvitationFields
from portal_app.text import LANGUAGES, _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class NewFirm:
    """What the operator types."""

    name: str
    time_zone: str
    language: str
    owner_name: str
    email: str


@dataclass(frozen=True, slots=True)
class SetUpLink:
    """The link by which an owner makes their password, and takes their firm over."""

    firm_name: str
    owner_name: str
    url: str


@dataclass(frozen=True, slots=True)
class FirmLine:
    """One firm as the command lists it."""

    slug: str
    name: str
    has_owner: bool


def add_firm(ports: Ports, new: NewFirm) -> SetUpLink:
    """Make the firm, and a link of three days for its owner, which nobody e-mails. Raises `BadInput`."""
    with begin(ports, Actor.timetable()) as work:
        name = typed.line(new.name, "name", longest=200, missing=_("Type the firm’s name."))
        if new.time_zone not in available_timezones():
            raise BadInput(_("Choose a time zone from the list."), field="time_zone")
        if new.language not in LANGUAGES:
            raise BadInput(_("Choose a language from the list."), field="language")
        firm = Firm(
            slug=_free_slug(work, name),
            name=name,
            locale=new.language,
            time_zone=new.time_zone,
            support_email=checked_email(new.email),
            created_at=work.now,
        )
        work.add(firm)
        work.session.flush()
        fields = InvitationFields(new.owner_name, new.email, Role.OWNER, new.language)
        row, token = staff_invitations.new_invitation(work, firm, fields)
        work.audit("firm:added", firm_id=firm.id, subject_kind="firm", subject_id=firm.id)
        return SetUpLink(firm.name, row.name, staff_invitations.link_of(ports, token))


def new_link(ports: Ports, slug: str) -> SetUpLink:
    """Another link of three days for a firm's first owner. Raises `NotFound`, `RuleBroken` where it has an owner."""
    with begin(ports, Actor.timetable()) as work:
        firm = work.session.exec(select(Firm).where(Firm.slug == slug).with_for_update()).first()
        if firm is None:
            raise NotFound(_("There is no such firm. Look at the list of firms."))
        row = work.session.exec(
            select(StaffInvitation).where(
                StaffInvitation.firm_id == firm.id,
                StaffInvitation.role == Role.OWNER,
                col(StaffInvitation.invited_by_staff_id).is_(None),
                col(StaffInvitation.accepted_at).is_(None),
            )
        ).first()
        if row is None or _has_owner(work, firm):
            raise RuleBroken(_("This firm has an owner, who invites the others."))
        token = staff_invitations.renewed(work, row)
        work.audit("firm:link_made", firm_id=firm.id, subject_kind="firm", subject_id=firm.id)
        return SetUpLink(firm.name, row.name, staff_invitations.link_of(ports, token))


def firms(ports: Ports) -> list[FirmLine]:
    """Every firm of the installation, by its part of the addresses."""
    with reading(ports, Actor.timetable()) as work:
        rows = work.session.exec(select(Firm).order_by(col(Firm.slug)))
        return [FirmLine(one.slug, one.name, _has_owner(work, one)) for one in rows.all()]


def _has_owner(work: Work, firm: Firm) -> bool:
    query = select(Staff.id).where(Staff.firm_id == firm.id, Staff.role == Role.OWNER)
    return work.session.exec(query.limit(1)).first() is not None


def _free_slug(work: Work, name: str) -> str:
    """The firm's part of its addresses; with a number where another firm has it."""
    taken = set(work.session.exec(select(Firm.slug)))
    return next(slug for slug in _slugs(slug_of(name)) if slug not in taken)


def _slugs(first: str) -> Iterator[str]:
    yield first
    for number in count(2):
        yield f"{first}-{number}"
