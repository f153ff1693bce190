"""*My notifications*: how one gets each topic by e-mail; one's own choices, and nobody else's (8.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.notices import TOPICS, Mailing, Topic
from portal_app.domain.permissions import Permission
from portal_app.models import Firm, NoticeChoice, Notification, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.triage import notice_choices
from portal_app.text import _, format_time
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic, and how it comes."""

    topic: str = ""
    label: str = ""
    hint: str = ""
    mailing: str = ""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """One's own choices, by who the news comes from."""

    email: str = ""
    daily: str = ""
    asking: list[TopicRow] = field(default_factory=list)
    answering: list[TopicRow] = field(default_factory=list)
    sending: list[TopicRow] = field(default_factory=list)


def notice_settings(ports: Ports, actor: Actor) -> NoticeSettings:
    """How the one who asks gets notifications by e-mail. Raises as the doors do."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.TRIAGE_READ)
        person = work.session.get_one(Staff, actor.staff_id)
        firm = work.session.get_one(Firm, person.firm_id)
        chosen = notice_choices.chosen(work, person.id)

        def rows(*topics: Topic) -> list[TopicRow]:
            return [TopicRow(topic.value, *_words(topic), chosen[topic].value) for topic in topics]

        return NoticeSettings(
            email=person.email,
            daily=_("Once a day, at {hour}").format(hour=_hour(firm)),
            asking=rows(Topic.QUESTION, Topic.COMMENT, Topic.PROMISE, Topic.HAND_OVER, Topic.COLLEAGUE),
            answering=rows(
                Topic.TASK_COMPLETED, Topic.REQUEST_COMPLETED, Topic.FILES, Topic.SIGN_UP, Topic.ADDRESS
            ),
            sending=rows(Topic.MAIL_FAILED, Topic.NOT_SENT, Topic.FILE_DAMAGED, Topic.AUTOMATION),
        )


def choose(ports: Ports, actor: Actor, topic: Topic, mailing: Mailing) -> None:
    """Get a topic's e-mails this way from now on; what waits to leave follows."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.TRIAGE_READ)
        person = work.session.get_one(Staff, actor.staff_id, with_for_update=True)
        query = select(NoticeChoice).where(NoticeChoice.staff_id == person.id, NoticeChoice.topic == topic)
        row = work.session.exec(query).first() or NoticeChoice(
            firm_id=person.firm_id, staff_id=person.id, topic=topic, mailing=mailing, changed_at=work.now
        )
        row.mailing, row.changed_at = mailing, work.now
        work.add(row)
        work.audit(
            "notices:chosen",
            firm_id=person.firm_id,
            subject_kind="staff",
            subject_id=person.id,
            topic=topic.value,
            mailing=mailing.value,
        )
        _move_waiting(work, person, topic, mailing)


def _move_waiting(work: Work, person: Staff, topic: Topic, mailing: Mailing) -> None:
    firm = work.session.get_one(Firm, person.firm_id)
    waiting = select(Notification).where(
        Notification.staff_id == person.id,
        col(Notification.mail_due_at).is_not(None),
        col(Notification.kind).in_([kind for kind, of in TOPICS.items() if of is topic]),
    )
    for row in work.session.exec(waiting.with_for_update()):
        row.mail_due_at = notice_choices.due(firm, mailing, row.kind, row.at)
        work.add(row)


def _hour(firm: Firm) -> str:
    at = datetime.combine(date(2026, 1, 15), time(firm.sending_hour), ZoneInfo(firm.time_zone))
    return format_time(at, firm.time_zone)


def _words(topic: Topic) -> tuple[str, str]:
    return {
        Topic.QUESTION: (_("Questions"), _("Reminders for the task wait for your answer.")),
        Topic.COMMENT: (_("Comments"), ""),
        Topic.PROMISE: (_("Promised days"), _("A client says on which day something will be there.")),
        Topic.HAND_OVER: (_("Tasks handed over"), _("A client hands a task to somebody else.")),
        Topic.TASK_COMPLETED: (_("Tasks completed"), _("Each one, with its answer.")),
        Topic.REQUEST_COMPLETED: (_("Requests completed"), _("When nothing of a request is open any more.")),
        Topic.FILES: (_("Files on open tasks"), _("Files of ten minutes count as one.")),
        Topic.SIGN_UP: (_("Sign-ups"), _("A contact of a client you look after can sign in now.")),
        Topic.COLLEAGUE: (
            _("Invitations by clients"),
            _("A client invites a colleague or a bookkeeper, or asks you to."),
        ),
        Topic.ADDRESS: (_("Changed addresses"), _("A contact changed their own e-mail address.")),
        Topic.MAIL_FAILED: (_("E-mails that came back"), _("An address has to be put right.")),
        Topic.NOT_SENT: (
            _("Requests that did not go out"),
            _("Or went out without somebody, or wait to be sent by hand."),
        ),
        Topic.FILE_DAMAGED: (
            _("Damaged and infected files"),
            _("A stored file that no longer reads as it was sent, or in which a virus was found."),
        ),
        Topic.AUTOMATION: (_("Automations"), _("What an automation tells you.")),
    }[topic]
