"""What *Settings* shows: each setting as it stands, and what it touches before it is touched (1.10, 1.14, 1.15)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import distinct, func
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import file_kinds, uploads
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessStatus,
    Client,
    ClientRequest,
    ColleagueInvite,
    Contact,
    Firm,
    Invitation,
    MailPhase,
    OutboxMail,
    PortalAccess,
    Staff,
    StoredFile,
    Task,
    Upload,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.files.there import there
from portal_app.services.firm.firm_settings import other_endings
from portal_app.text import _, format_number, format_size, format_time, ngettext
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class SettingsView:
    """The settings as fields hold them, and beside them what they touch (`…_text`), in the reader's language.

    `refused` are the kinds that are refused whole; a note is empty where there is nothing to warn of.
    """

    name: str = ""
    address: str = ""
    time_zone: str = ""
    locale: str = ""
    date_format: str = ""
    support_email: str = ""
    support_phone: str = ""
    sender_email: str = ""
    reply_to_email: str = ""
    mail_per_minute: str = ""
    video_url: str = ""
    limit_text: str = ""
    largest_file_mb: str = ""
    task_total_mb: str = ""
    retention_days: str = ""
    endings: str = ""
    refused: tuple[str, ...] = ()
    zone_text: str = ""
    language_text: str = ""
    sender_text: str = ""
    largest_text: str = ""
    total_text: str = ""
    retention_text: str = ""
    limits_note: str = ""
    is_portal_on: bool = False
    portal_text: str = ""
    sign_in_url: str = ""
    contacts_may_invite: bool = True
    invites_need_approval: bool = True
    waiting_text: str = ""
    off_lines: list[str] = field(default_factory=list)
    """What switching the portal off ends, line by line (2.14)."""


def settings_view(ports: Ports, actor: Actor) -> SettingsView:
    """The firm's settings, for admins and owners. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id)
        return SettingsView(
            name=firm.name,
            address=firm.address,
            time_zone=firm.time_zone,
            locale=firm.locale,
            date_format=firm.date_format,
            contacts_may_invite=firm.contacts_may_invite,
            invites_need_approval=firm.invites_need_approval,
            waiting_text=_waiting_text(work, firm),
            off_lines=_off_lines(work, firm),
            support_email=firm.support_email,
            support_phone=firm.support_phone,
            sender_email=firm.sender_email,
            reply_to_email=firm.reply_to_email,
            video_url=firm.video_url,
            limit_text=_limit_text(work),
            mail_per_minute="" if firm.mail_per_minute is None else str(firm.mail_per_minute),
            largest_file_mb=str(firm.largest_file_mb),
            task_total_mb=str(firm.task_total_mb),
            retention_days=str(firm.retention_days),
            endings=", ".join(other_endings(firm)),
            refused=tuple(kind for kind in file_kinds.REFUSED if kind in firm.refused_kinds),
            zone_text=_zone_text(work, firm),
            language_text=_language_text(work, firm),
            sender_text=_sender_text(work, firm),
            largest_text=_largest_text(work, firm),
            total_text=_total_text(work, firm),
            retention_text=_retention_text(work, firm),
            limits_note=_limits_note(firm),
            is_portal_on=firm.portal_on_at is not None,
            portal_text=_portal_text(work, firm),
            sign_in_url=ports.settings.public_url + routes.to(routes.LOGIN, firm=firm.slug),
        )


def _limit_text(work: Work) -> str:
    most = format_number(work.ports.settings.mail_per_minute)
    return _("Of the {n} a minute that this server sends. Codes, links and invitations do not wait.").format(
        n=most
    )


def _zone_text(work: Work, firm: Firm) -> str:
    query = (
        select(func.count())
        .select_from(Task)
        .join(ClientRequest, col(ClientRequest.id) == col(Task.section_id))
        .where(
            Task.firm_id == firm.id,
            col(Task.due_on).is_not(None),
            col(Task.completed_at).is_(None),
            col(Task.put_aside_at).is_(None),
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
        )
    )
    tasks = ngettext(
        "{n} open task of a client has a due date, which ends at midnight there.",
        "{n} open tasks of clients have a due date, which ends at midnight there.",
        work.session.exec(query).one(),
    )
    hour = _("It is {time} there now.").format(time=format_time(work.now, firm.time_zone))
    return f"{hour} {tasks}"


def _language_text(work: Work, firm: Firm) -> str:
    people = sum(
        work.session.exec(select(func.count()).select_from(kind).where(kind.firm_id == firm.id)).one()
        for kind in (Contact, Staff)
    )
    rule = _("New contacts begin with it.")
    kept = ngettext("The {n} person here keeps theirs.", "The {n} people here keep theirs.", people)
    return f"{rule} {kept}"


def _sender_text(work: Work, firm: Firm) -> str:
    waiting = work.session.exec(
        select(func.count())
        .select_from(OutboxMail)
        .where(OutboxMail.firm_id == firm.id, OutboxMail.phase == MailPhase.QUEUED)
    ).one()
    parts = [_("Codes, access links and notices come from it; so does what staff send from another domain.")]
    fallback = work.ports.settings.mail_from or firm.support_email
    if not firm.sender_email and fallback:
        parts.append(_("While it is empty, they come from {address}.").format(address=fallback))
    if waiting:
        parts.append(
            ngettext(
                "{n} e-mail waiting to leave keeps its sender.",
                "{n} e-mails waiting to leave keep their sender.",
                waiting,
            )
        )
    return " ".join(parts)


def _largest_text(work: Work, firm: Firm) -> str:
    largest = work.session.exec(
        select(func.max(StoredFile.size)).where(
            StoredFile.firm_id == firm.id, col(StoredFile.deleted_at).is_(None)
        )
    ).one()
    under_way = work.session.exec(
        select(func.count())
        .select_from(Upload)
        .where(
            Upload.firm_id == firm.id, col(Upload.finished_at).is_(None), col(Upload.expires_at) > work.now
        )
    ).one()
    parts = [_("For every upload, of clients and staff. Files that are here stay.")]
    if largest:
        parts.append(_("The largest now has {size}.").format(size=format_size(largest)))
    if under_way:
        parts.append(
            ngettext("{n} upload under way may finish.", "{n} uploads under way may finish.", under_way)
        )
    return " ".join(parts)


def _total_text(work: Work, firm: Firm) -> str:
    totals = (
        select(func.sum(StoredFile.size).label("total"))
        .where(
            StoredFile.firm_id == firm.id,
            col(StoredFile.task_id).is_not(None),
            there(),
        )
        .group_by(col(StoredFile.task_id), col(StoredFile.side))
        .subquery()
    )
    fullest = work.session.exec(select(func.max(totals.c.total))).one()
    rule = _("What clients put on one task; what the firm attaches has as much for itself.")
    if not fullest:
        return rule
    now = _("The fullest task now holds {size}.").format(size=format_size(int(fullest)))
    return f"{rule} {now}"


def _retention_text(work: Work, firm: Firm) -> str:
    deleted = work.session.exec(
        select(func.count())
        .select_from(StoredFile)
        .where(StoredFile.firm_id == firm.id, col(StoredFile.deleted_at).is_not(None))
    ).one()
    rule = _("They can be restored until then, and are gone for good after.")
    if not deleted:
        return rule
    counted = ngettext("It holds for {n} deleted file now.", "It holds for {n} deleted files now.", deleted)
    return f"{rule} {counted}"


def _portal_text(work: Work, firm: Firm) -> str:
    """What the firm's switch touches (1.3, 2.14)."""
    people, invited = _who_signs_in(work, firm)
    if firm.portal_on_at is None:
        on = _("Switching it on changes nothing for a client until their own portal is on.")
        back = ngettext("{n} person can sign in again.", "{n} people can sign in again.", people)
        return f"{on} {back}" if people else on
    return " ".join([_clients_on(work, firm), *_off(firm, people, invited)])


def _who_signs_in(work: Work, firm: Firm) -> tuple[int, int]:
    """How many people have accepted, and how many invitations are open."""
    people = work.session.exec(
        select(func.count(distinct(col(PortalAccess.contact_id)))).where(
            PortalAccess.firm_id == firm.id, PortalAccess.status == AccessStatus.ACCEPTED
        )
    ).one()
    invited = work.session.exec(
        select(func.count())
        .select_from(Invitation)
        .where(
            Invitation.firm_id == firm.id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.ended_at).is_(None),
            Invitation.expires_at > work.now,
        )
    ).one()
    return people, invited


def _off_lines(work: Work, firm: Firm) -> list[str]:
    """What switching it off ends, for the question before it (2.14)."""
    people, invited = _who_signs_in(work, firm)
    again = _("Switched on again, everybody has the access they had.")
    return [*_off(firm, people, invited), again]


def _off(firm: Firm, people: int, invited: int) -> list[str]:
    signed_in = ngettext(
        "Switching it off ends signing in for {n} person from their next click.",
        "Switching it off ends signing in for {n} people from their next click.",
        people,
    )
    cancelled = ngettext("{n} open invitation is cancelled.", "{n} open invitations are cancelled.", invited)
    links = _("Links that were sent work on; later sends are classic, by PIN.")
    if firm.mfa_required_at is not None:
        links = _(
            "Links that were sent say whom to ask, since MFA is required; later sends are classic, by PIN."
        )
    return [signed_in, *([cancelled] if invited else []), links]


def _clients_on(work: Work, firm: Firm) -> str:
    """How many clients have their own portal on (8.9)."""
    counted: list[Any] = [
        Client.firm_id == firm.id,
        col(Client.archived_at).is_(None),
        col(Client.test_of_staff_id).is_(None),
    ]
    every = work.session.exec(select(func.count()).select_from(Client).where(*counted)).one()
    on = work.session.exec(
        select(func.count()).select_from(Client).where(*counted, col(Client.portal_on_at).is_not(None))
    ).one()
    text = ngettext(
        "It is on for {on} of {n} client.",
        "It is on for {on} of {n} clients; each is switched on by itself.",
        every,
    )
    return text.format(on=format_number(on))


def _waiting_text(work: Work, firm: Firm) -> str:
    """How many such invitations wait for staff now (3.6)."""
    waiting = work.session.exec(
        select(func.count())
        .select_from(ColleagueInvite)
        .where(ColleagueInvite.firm_id == firm.id, col(ColleagueInvite.decided_at).is_(None))
    ).one()
    rule = _("They wait in triage until someone does.")
    now = ngettext("{n} waits now.", "{n} wait now.", waiting)
    return f"{rule} {now}" if waiting else rule


def _limits_note(firm: Firm) -> str:
    is_as_made = (firm.largest_file_mb, firm.task_total_mb) == (
        uploads.LARGEST_FILE_MB,
        uploads.TASK_TOTAL_MB,
    )
    if is_as_made or firm.task_total_mb >= firm.largest_file_mb:
        return ""
    text = _("The total per task is below the largest file, so no task takes a file over {size}.")
    return text.format(size=format_size(firm.task_total_mb * uploads.MB))
