"""What Settings › Team shows: the people, who is invited, and what passes on before somebody leaves (1.13, 1.16)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor, Role
from portal_app.domain.names import initials
from portal_app.domain.permissions import Permission
from portal_app.domain.team import may_touch
from portal_app.models import Firm, SignInSession, Staff, StaffInvitation
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.frame_views import role_word
from portal_app.services.team import passing_on
from portal_app.services.team.team import is_last_owner
from portal_app.text import _, format_date, format_moment, ngettext
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person of the team; the buttons that may be pressed, and a note where one may not."""

    id: str = ""
    name: str = ""
    email: str = ""
    initials: str = ""
    role: str = ""
    role_word: str = ""
    seen: str = ""
    note: str = ""
    is_active: bool = True
    can_change: bool = False
    can_leave: bool = False
    can_return: bool = False


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """One open invitation."""

    id: str = ""
    name: str = ""
    email: str = ""
    role_word: str = ""
    until: str = ""
    is_expired: bool = False
    can_change: bool = False


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that the asker may give, and what it may do."""

    id: str = ""
    word: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TeamView:
    """The page; `bell` is its channel."""

    members: list[MemberRow] = field(default_factory=list)
    left: list[MemberRow] = field(default_factory=list)
    invited: list[InvitedRow] = field(default_factory=list)
    roles: list[RoleChoice] = field(default_factory=list)
    summary: str = ""
    locale: str = "fr"
    bell: str = ""


@dataclass(frozen=True, slots=True)
class LeavingView:
    """What passes on when somebody leaves, line by line, and to whom it can."""

    id: str = ""
    name: str = ""
    lines: list[str] = field(default_factory=list)
    heirs: list[RoleChoice] = field(default_factory=list)


def team_view(ports: Ports, actor: Actor) -> TeamView:
    """The team, for admins and owners. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.TEAM_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id)
        people = _people(work)
        seen = _last_seen(work)
        rows = [_member(work, firm, one, seen.get(one.id, "")) for one in people]
        here = [row for row in rows if row.is_active]
        return TeamView(
            members=here,
            left=[row for row in rows if not row.is_active],
            invited=_invited(work, firm),
            roles=[
                RoleChoice(role.value, role_word(role), _what(role))
                for role in Role
                if may_touch(actor.role, role)
            ][::-1],
            summary=ngettext("{n} person can sign in.", "{n} people can sign in.", len(here)),
            locale=firm.locale,
            bell=f"firm:{firm.id}",
        )


def leaving_view(ports: Ports, actor: Actor, staff_id: UUID) -> LeavingView:
    """What would pass on now (1.13). Raises `NotFound`."""
    with reading(ports, actor) as work:
        person = access.of_firm(work, Staff, staff_id, Permission.TEAM_EDIT)
        heirs = [one for one in _people(work) if one.deactivated_at is None and one.id != person.id]
        return LeavingView(
            id=str(person.id),
            name=person.name,
            lines=_lines(passing_on.counted(work, person.id)),
            heirs=[RoleChoice(str(one.id), one.name) for one in heirs],
        )


def _lines(passed: passing_on.Passed) -> list[str]:
    """What passes, in words; what there is none of is left out."""
    said = (
        (passed["work_items"], ngettext("{n} work item", "{n} work items", passed["work_items"])),
        (passed["tasks"], ngettext("{n} task of the office", "{n} tasks of the office", passed["tasks"])),
        (passed["clients"], ngettext("{n} assigned client", "{n} assigned clients", passed["clients"])),
        (passed["sends"], ngettext("{n} coming send", "{n} coming sends", passed["sends"])),
        (
            passed["reminders"],
            ngettext("reminders of {n} request", "reminders of {n} requests", passed["reminders"]),
        ),
        (passed["triage"], ngettext("{n} open notification", "{n} open notifications", passed["triage"])),
        (passed["automations"], ngettext("{n} automation", "{n} automations", passed["automations"])),
    )
    return [line for count, line in said if count]


def _people(work: Work) -> list[Staff]:
    """Owners, admins, members; each by name."""
    order = list(Role)
    query = select(Staff).where(Staff.firm_id == work.actor.firm_id)
    return sorted(
        work.session.exec(query), key=lambda one: (order.index(one.role), one.name.casefold(), one.id)
    )


def _member(work: Work, firm: Firm, person: Staff, seen: str) -> MemberRow:
    actor, is_active = work.actor, person.deactivated_at is None
    may, is_self, is_last = (
        may_touch(actor.role, person.role),
        person.id == actor.staff_id,
        is_last_owner(work, person),
    )
    return MemberRow(
        id=str(person.id),
        name=person.name,
        email=person.email,
        initials=initials(person.name),
        role=person.role.value,
        role_word=role_word(person.role),
        seen=seen if is_active else _left(work, firm, person),
        note=_note(is_self=is_self, is_last=is_last),
        is_active=is_active,
        can_change=may and is_active and not is_last,
        can_leave=may and is_active and not is_self and not is_last,
        can_return=may and not is_active,
    )


def _note(*, is_self: bool, is_last: bool) -> str:
    if is_last:
        return _("The last owner: one always remains.")
    return _("This is you.") if is_self else ""


def _left(work: Work, firm: Firm, person: Staff) -> str:
    day = format_date(person.deactivated_at.date()) if person.deactivated_at else ""
    heir = work.session.get(Staff, person.successor_id) if person.successor_id else None
    if heir is None:
        return _("Left on {date}").format(date=day)
    return _("Left on {date}; {name} took over").format(date=day, name=heir.name)


def _last_seen(work: Work) -> dict[UUID, str]:
    """When each was last here, by their sessions that are kept."""
    firm = work.session.get_one(Firm, work.actor.firm_id)
    query = (
        select(SignInSession.staff_id, SignInSession.last_seen_at)
        .where(
            SignInSession.firm_id == firm.id,
            col(SignInSession.staff_id).is_not(None),
            col(SignInSession.mfa_at).is_not(None),
        )
        .order_by(col(SignInSession.last_seen_at))
    )
    said = _("Last here {moment}")
    return {
        person: said.format(moment=format_moment(at, firm.time_zone))
        for person, at in dict(work.session.exec(query).all()).items()
        if person
    }


def _invited(work: Work, firm: Firm) -> list[InvitedRow]:
    query = (
        select(StaffInvitation)
        .where(
            StaffInvitation.firm_id == firm.id,
            col(StaffInvitation.accepted_at).is_(None),
            col(StaffInvitation.ended_at).is_(None),
        )
        .order_by(col(StaffInvitation.created_at), col(StaffInvitation.id))
    )
    return [_invited_row(work, firm, row) for row in work.session.exec(query)]


def _invited_row(work: Work, firm: Firm, row: StaffInvitation) -> InvitedRow:
    is_expired = work.now >= row.expires_at
    said = _("Expired on {moment}") if is_expired else _("Valid until {moment}")
    return InvitedRow(
        id=str(row.id),
        name=row.name,
        email=row.email,
        role_word=role_word(row.role),
        until=said.format(moment=format_moment(row.expires_at, firm.time_zone)),
        is_expired=is_expired,
        can_change=may_touch(work.actor.role, row.role),
    )


def _what(role: Role) -> str:
    return {
        Role.MEMBER: _("Works with all clients: contacts, work items, requests, documents, invitations."),
        Role.ADMIN: _("Also settings, the team, bulk work, MFA resets, exports and the audit log."),
        Role.OWNER: _("Also security policy, sign-in rules, erasing, and the other owners."),
    }[role]
