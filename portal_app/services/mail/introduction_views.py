"""How far the last introduction is, in the reader's words: it goes on whoever looks, and comes back on the page (1.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import Introduction, IntroductionPerson, MailPhase, OutboxMail, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.mail import outgoing_mail
from portal_app.services.work.work_words import Choice
from portal_app.text import _, ngettext
from portal_app.work import Work, reading

SHOWN_FOR = timedelta(days=3)
"""How long every page looks whether an introduction is still under way; its own page looks for ever."""


@dataclass(frozen=True, slots=True)
class IntroductionView:
    """The last introduction: `id` is empty where there was none, `done` of `total` went their way.

    `trouble` says why no e-mail leaves (15.6).
    """

    id: str = ""
    title: str = ""
    detail: str = ""
    done: int = 0
    total: int = 0
    is_under_way: bool = False
    trouble: str = ""
    bell: str = ""
    staff: tuple[Choice, ...] = ()


def introduction_view(ports: Ports, actor: Actor) -> IntroductionView:
    """The page beside the dry run. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        trouble, bell = outgoing_mail.trouble(work), f"introduction:{actor.firm_id}"
        people = select(Staff.id, Staff.name).where(
            Staff.firm_id == actor.firm_id, col(Staff.deactivated_at).is_(None)
        )
        staff = tuple(
            Choice(str(one), name) for one, name in work.session.exec(people.order_by(col(Staff.name)))
        )
        query = select(Introduction).where(Introduction.firm_id == actor.firm_id)
        made = work.session.exec(query.order_by(col(Introduction.started_at).desc()).limit(1)).first()
        if made is None:
            return IntroductionView(trouble=trouble, bell=bell, staff=staff)
        return _told(work, made, IntroductionView(id=made.id.hex, trouble=trouble, bell=bell, staff=staff))


def progress(work: Work) -> str:
    """How far an introduction under way is, for every page of whoever may start one; empty where none is."""
    query = select(Introduction).where(
        Introduction.firm_id == work.actor.firm_id,
        col(Introduction.cancelled_at).is_(None),
        Introduction.started_at > work.now - SHOWN_FOR,
    )
    made = work.session.exec(query.order_by(col(Introduction.started_at).desc()).limit(1)).first()
    if made is None:
        return ""
    sent, failed, out, total = _counted(work, made)
    done = sent + failed + out
    return _("Introducing the portal: {n} of {m}").format(n=done, m=total) if done < total else ""


def _told(work: Work, made: Introduction, bare: IntroductionView) -> IntroductionView:
    sent, failed, out, total = _counted(work, made)
    waiting = total - sent - failed - out
    parts = [
        ngettext("{n} sent", "{n} sent", sent) if sent else "",
        ngettext("{n} failed", "{n} failed", failed) if failed else "",
        ngettext("{n} left out", "{n} left out", out) if out else "",
        ngettext("{n} to go", "{n} to go", waiting) if waiting else "",
    ]
    is_under_way = waiting > 0 and made.cancelled_at is None
    end = _("You can leave this page.") if is_under_way else ""
    return IntroductionView(
        id=bare.id,
        title=_title(is_under_way=is_under_way, is_cancelled=made.cancelled_at is not None, total=total),
        detail=" ".join(part for part in (", ".join(part for part in parts if part) + ".", end) if part),
        done=total - waiting,
        total=total,
        is_under_way=is_under_way,
        trouble=bare.trouble,
        bell=bare.bell,
        staff=bare.staff,
    )


def _title(*, is_under_way: bool, is_cancelled: bool, total: int) -> str:
    if is_cancelled:
        return _("The introduction was stopped")
    if is_under_way:
        return ngettext("Introducing the portal to {n} person", "Introducing the portal to {n} people", total)
    return ngettext(
        "The portal was introduced to {n} person", "The portal was introduced to {n} people", total
    )


def _counted(work: Work, made: Introduction) -> tuple[int, int, int, int]:
    """Sent, failed, left out, and all, in one query."""
    is_open = col(IntroductionPerson.settled_at).is_(None)
    query = (
        select(col(OutboxMail.phase), is_open, func.count(col(IntroductionPerson.id)))
        .select_from(IntroductionPerson)
        .join(OutboxMail, col(OutboxMail.id) == IntroductionPerson.mail_id, isouter=True)
        .where(IntroductionPerson.introduction_id == made.id)
        .group_by(col(OutboxMail.phase), is_open)
    )
    sent = failed = out = total = 0
    rows: Any = work.session.exec(
        query
    )  # the phase is None where there is no e-mail: the join is an outer one
    for phase, waits, n in rows:
        total += n
        sent += n if phase is MailPhase.SENT else 0
        failed += n if phase in (MailPhase.FAILED, MailPhase.UNKNOWN) else 0
        out += n if phase is MailPhase.CANCELLED or (phase is None and not waits) else 0
    return sent, failed, out, total
