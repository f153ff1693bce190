"""Settings › Team: roles, leaving and coming back (1.13, 1.16). Of two who change the team at once, one waits.

An admin looks after members and admins; owners are owners' business, and one active owner always remains.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.domain.team import may_give, may_touch
from portal_app.models import Firm, PasswordReset, Staff, StaffIdentity
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.resets import forget_browsers
from portal_app.services.sign_in.sessions import end_sessions
from portal_app.services.team import passing_on
from portal_app.text import _
from portal_app.work import Work, begin


def change_role(ports: Ports, actor: Actor, staff_id: UUID, role: Role) -> bool:
    """Give somebody another role, from their next event on; false where they have it.

    Raises `NotFound` for members and whoever touches what is above them, `RuleBroken` for the last owner.
    """
    with begin(ports, actor) as work:
        firm = locked_firm(work)
        person = person_of(work, staff_id)
        if not may_give(actor.role, role):
            raise NotFound(_("There is nothing here."))
        if person.role is role:
            return False
        if person.role is Role.OWNER:
            _keep_an_owner(work, person)
        before, person.role = person.role, role
        work.add(person)
        write_down(work, firm, "role_changed", person.id, before=before.value, now=role.value)
        work.ring(f"staff:{person.id}")
        return True


def deactivate(ports: Ports, actor: Actor, staff_id: UUID, successor_id: UUID | None) -> bool:
    """End somebody's sign-in at once; what they had to do, and what comes for them, is their successor's (1.13).

    False where they left already. Raises `BadInput` naming `successor_id`, `RuleBroken` for the last owner and
    for oneself, `NotFound` as `change_role`.
    """
    with begin(ports, actor) as work:
        firm = locked_firm(work)
        person = person_of(work, staff_id)
        if person.deactivated_at is not None:
            return False
        if person.id == actor.staff_id:
            raise RuleBroken(_("Nobody deactivates themselves: ask another admin or owner to do it."))
        if person.role is Role.OWNER:
            _keep_an_owner(work, person)
        heir = _heir(work, person, successor_id)
        person.deactivated_at, person.successor_id = work.now, heir.id
        work.add(person)
        passed = passing_on.pass_on(work, person, heir)
        _shut_out(work, firm, person)
        write_down(work, firm, "deactivated", person.id, successor=str(heir.id), **passed)
        work.ring(f"staff:{person.id}", f"staff:{heir.id}")
        return True


def reactivate(ports: Ports, actor: Actor, staff_id: UUID) -> bool:
    """Let somebody sign in again, with the role and the password they had; false where they may already.

    What passed to their successor stays there; what comes from now on for them is theirs again.
    """
    with begin(ports, actor) as work:
        firm = locked_firm(work)
        person = person_of(work, staff_id)
        if person.deactivated_at is None:
            return False
        person.deactivated_at, person.successor_id = None, None
        work.add(person)
        write_down(work, firm, "reactivated", person.id)
        return True


def locked_firm(work: Work) -> Firm:
    """The firm whose team is changed, locked until commit. Raises `NotFound` for members."""
    access.allow(work, Permission.TEAM_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)


def person_of(work: Work, staff_id: UUID) -> Staff:
    """Somebody of the team whom the asker may change; else `NotFound`."""
    person = access.of_firm(work, Staff, staff_id, Permission.TEAM_EDIT, lock=True)
    if not may_touch(work.actor.role, person.role):
        raise NotFound(_("There is nothing here."))
    return person


def write_down(work: Work, firm: Firm, what: str, subject_id: UUID, **facts: object) -> None:
    """Write down a change of the team, and tell whoever looks at it."""
    work.audit(f"team:{what}", firm_id=firm.id, subject_kind="staff", subject_id=subject_id, **facts)
    work.ring(f"firm:{firm.id}")


def is_last_owner(work: Work, person: Staff) -> bool:
    """Whether no other owner could sign in without this one."""
    if person.role is not Role.OWNER or person.deactivated_at is not None:
        return False
    others = select(Staff.id).where(
        Staff.firm_id == person.firm_id,
        Staff.role == Role.OWNER,
        Staff.id != person.id,
        col(Staff.deactivated_at).is_(None),
    )
    return work.session.exec(others.limit(1)).first() is None


def _keep_an_owner(work: Work, person: Staff) -> None:
    if is_last_owner(work, person):
        text = _("{name} is the firm’s last owner. Make somebody else an owner first.")
        raise RuleBroken(text.format(name=person.name))


def _heir(work: Work, person: Staff, successor_id: UUID | None) -> Staff:
    if successor_id is None:
        raise BadInput(_("Choose who takes over."), field="successor_id")
    heir = access.of_firm(work, Staff, successor_id, Permission.TEAM_EDIT)
    if heir.id == person.id or heir.deactivated_at is not None:
        raise BadInput(_("Choose somebody who works here."), field="successor_id")
    return heir


def _shut_out(work: Work, firm: Firm, person: Staff) -> None:
    """Sessions end at their next event, remembered browsers ask again, reset links work no more, and the issuer's
    account is linked anew if they come back."""
    end_sessions(work, staff_id=person.id)
    forget_browsers(work, Person(firm, person, person.name, person.email, person.locale, staff_id=person.id))
    work.session.flush()
    still = select(PasswordReset).where(
        PasswordReset.staff_id == person.id,
        col(PasswordReset.used_at).is_(None),
        col(PasswordReset.ended_at).is_(None),
    )
    for row in work.session.exec(still):
        row.ended_at = work.now
        work.add(row)
    for identity in work.session.exec(select(StaffIdentity).where(StaffIdentity.staff_id == person.id)):
        work.session.delete(identity)
