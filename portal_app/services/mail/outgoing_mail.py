"""Whether outgoing mail works: what every staff page says when it does not (15.6)."""

from __future__ import annotations

from typing import Final

from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.models import Heartbeat, MailPhase, OutboxMail
from portal_app.ports import Ports
from portal_app.text import _
from portal_app.work import Work, begin, reading

NAME: Final = "outgoing_mail"


def trouble(work: Work) -> str:
    """A sentence for staff while no mail server takes e-mails; empty while one does."""
    chosen = work.ports.settings
    if not chosen.smtp_host and not chosen.demo:
        return _("E-mails do not leave: no mail server is set. What you send waits until one is.")
    row = work.session.get(Heartbeat, NAME)
    if row is None or not row.error or not _is_waiting(work):
        return ""
    return _(
        "E-mails do not leave at the moment: the mail server cannot be reached. They wait, and go by themselves."
    )


def works(ports: Ports) -> None:
    """A server answered."""
    _write(ports, "")


def fails(ports: Ports, error: str) -> None:
    """No server answered, or not as it must."""
    _write(ports, error[:300] or "no answer")


def _is_waiting(work: Work) -> bool:
    query = select(OutboxMail.id).where(OutboxMail.phase == MailPhase.QUEUED, OutboxMail.tries > 0)
    return work.session.exec(query.limit(1)).first() is not None


def _write(ports: Ports, error: str) -> None:
    """Only what changed: a row that every batch wrote would make them wait for each other."""
    with reading(ports, Actor.timetable()) as work:
        row = work.session.get(Heartbeat, NAME)
        if (row.error if row else "") == error:
            return
    with begin(ports, Actor.timetable()) as work:
        row = work.session.get(Heartbeat, NAME) or Heartbeat(name=NAME, at=work.now)
        row.at, row.error = work.now, error
        row.failed_at = work.now if error else row.failed_at
        work.add(row)
