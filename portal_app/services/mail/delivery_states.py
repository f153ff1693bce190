"""Where e-mails and text messages stand, for many at once: three queries for a whole timeline (8.3, 8.6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.delivery import Delivery, MailFacts, delivery
from portal_app.models import OutboxMail, OutboxText, Recipient, SignInCode, Task, TaskAnswer
from portal_app.text import pgettext
from portal_app.work import Work


def states(work: Work, mail_ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """Each e-mail's state now. The caller's door has said that they may be seen."""
    mails = list(work.session.exec(select(OutboxMail).where(col(OutboxMail.id).in_(mail_ids))))
    opened, acted = _opened(work, mails), _acted(work, mails)
    return {
        mail.id: delivery(
            MailFacts(
                phase=mail.phase.value,
                tries=mail.tries,
                sent_at=mail.sent_at,
                deferred_at=mail.deferred_at,
                opened_at=opened.get(mail.recipient_id) if mail.recipient_id else None,
                acted_at=acted.get((mail.request_id, mail.contact_id)),
            )
        )
        for mail in mails
    }


def text_states(work: Work, text_ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """Each text message's state now; a code that was used is acted on. The caller's door is as for `states`."""
    query = (
        select_rows(OutboxText, col(SignInCode.used_at))
        .outerjoin(SignInCode, col(SignInCode.id) == OutboxText.code_id)
        .where(col(OutboxText.id).in_(text_ids))
    )
    return {
        text.id: delivery(
            MailFacts(phase=text.phase.value, tries=text.tries, sent_at=text.sent_at, acted_at=used_at)
        )
        for text, used_at in work.session.execute(query)
    }


def word(state: Delivery) -> str:
    """A state in the reader's language, as it stands behind a time."""
    return {
        Delivery.QUEUED: pgettext("e-mail", "queued"),
        Delivery.DEFERRED: pgettext("e-mail", "deferred"),
        Delivery.ACCEPTED: pgettext("e-mail", "accepted"),
        Delivery.OPENED: pgettext("e-mail", "opened"),
        Delivery.ACTED_ON: pgettext("e-mail", "acted on"),
        Delivery.BOUNCED: pgettext("e-mail", "delivery failed"),
        Delivery.UNKNOWN: pgettext("e-mail", "outcome unknown"),
        Delivery.STOPPED: pgettext("e-mail", "stopped"),
    }[state]


def _opened(work: Work, mails: Collection[OutboxMail]) -> dict[UUID, datetime]:
    ids = {mail.recipient_id for mail in mails if mail.recipient_id}
    query = select(Recipient.id, Recipient.opened_at).where(
        col(Recipient.id).in_(ids), col(Recipient.opened_at).is_not(None)
    )
    return {recipient_id: at for recipient_id, at in work.session.exec(query) if at is not None}


def _acted(work: Work, mails: Collection[OutboxMail]) -> dict[tuple[UUID | None, UUID | None], datetime]:
    """When each contact last answered in each request; what was undone is no answer."""
    requests = {mail.request_id for mail in mails if mail.request_id}
    query = (
        select_rows(col(Task.section_id), col(TaskAnswer.contact_id), func.max(col(TaskAnswer.at)))
        .join(Task, col(Task.id) == TaskAnswer.task_id)
        .where(
            col(Task.section_id).in_(requests),
            col(TaskAnswer.contact_id).is_not(None),
            col(TaskAnswer.undone_at).is_(None),
        )
        .group_by(col(Task.section_id), col(TaskAnswer.contact_id))
    )
    return {(request_id, contact_id): at for request_id, contact_id, at in work.session.execute(query)}
