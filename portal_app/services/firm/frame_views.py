"""What the staff's frame shows on every page: whose portal it is, who is signed in, how much is unread, and that
e-mails do not leave (15.6), files cannot be reached (15.1), or that the clock jumped (fault 28)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain.actors import Actor, Role
from portal_app.domain.names import initials
from portal_app.domain.permissions import Permission, may
from portal_app.models import Firm, Notification, Staff
from portal_app.ports import Ports
from portal_app.services import access, clock_jumps, health
from portal_app.services.backups import nightly
from portal_app.services.files import being_checked, stored_objects
from portal_app.services.mail import introduction_views, outgoing_mail
from portal_app.services.portal import job_views
from portal_app.services.portal.job_views import JobLine
from portal_app.text import _, format_number
from portal_app.work import Work, reading

MOST_SHOWN = 99


@dataclass(frozen=True, slots=True)
class FrameView:
    """Ready to show, in the reader's language; `unread` is empty when there is nothing, `bell` is a channel.

    `troubles` are sentences about what does not work just now; the clock's stands apart, since it asks for an answer.
    """

    bell: str = ""
    firm: str = ""
    crest: str = ""
    name: str = ""
    initials: str = ""
    role: str = ""
    unread: str = ""
    has_settings: bool = False
    troubles: list[str] = field(default_factory=list)
    clock_trouble: str = ""
    progress: str = ""
    progress_bell: str = ""
    job: JobLine = field(default_factory=JobLine)
    job_bell: str = ""


def frame_view(ports: Ports, actor: Actor) -> FrameView:
    """The frame of the staff member who asks. Raises `SignInNeeded` for nobody."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.TRIAGE_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        person = work.session.get_one(Staff, actor.staff_id)
        has_settings, can_bulk = may(actor, Permission.SETTINGS_EDIT), may(actor, Permission.BULK)
        return FrameView(
            bell=f"staff:{person.id}",
            firm=firm.name,
            crest=initials(firm.name),
            name=person.name,
            initials=initials(person.name),
            role=role_word(person.role),
            unread=_shown(_unread(work)),
            has_settings=has_settings,
            troubles=_troubles(work),
            clock_trouble=clock_jumps.trouble(work),
            progress=introduction_views.progress(work) if has_settings else "",
            progress_bell=f"introduction:{firm.id}" if has_settings else "",
            job=job_views.job_line(work) if can_bulk else JobLine(),
            job_bell=f"bulk:{firm.id}" if can_bulk else "",
        )


def _troubles(work: Work) -> list[str]:
    """No e-mail leaves (15.6), nothing can be saved (fault 5), no backup is new (15.3), files cannot be reached (15.1)
    or wait for the scanner (10.13)."""
    said = (
        outgoing_mail.trouble(work),
        health.saving_trouble(work.ports),
        nightly.trouble(work),
        stored_objects.trouble(work),
        being_checked.trouble(work),
    )
    return [one for one in said if one]


def role_word(role: Role) -> str:
    """The role's name (1.16)."""
    return {Role.OWNER: _("Owner"), Role.ADMIN: _("Admin"), Role.MEMBER: _("Member")}[role]


def _unread(work: Work) -> int:
    query = (
        select(func.count())
        .select_from(Notification)
        .where(
            Notification.staff_id == work.actor.staff_id,
            col(Notification.read_at).is_(None),
            col(Notification.taken_back_at).is_(None),
            (col(Notification.snoozed_until).is_(None)) | (col(Notification.snoozed_until) <= work.now),
        )
    )
    return work.session.exec(query).one()


def _shown(count: int) -> str:
    if count > MOST_SHOWN:
        return f"{MOST_SHOWN}+"
    return format_number(count) if count else ""
