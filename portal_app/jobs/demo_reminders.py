"""The demo's reminders: of one request all five went, one is paused, of one a day is skipped, one a question holds.

That they stopped because a task is done shows at the requests of the demo's history.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.reminders import MOST, Kind, Rule
from portal_app.models import ClientRequest, Recipient, Task
from portal_app.ports import Ports
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.reminders import pauses
from portal_app.services.reminders.reminding import remind
from portal_app.services.requests import send_settings
from portal_app.services.tasks import client_answers
from portal_app.work import reading

LONG_AGO = timedelta(days=14)
"""When the first of these went out, so that five reminders on working days fit in between."""


def reach_limit(then: Ports, actor: Actor, request_id: UUID, go_to: Callable[[datetime], None]) -> None:
    """A reminder on each working day, until the fifth (7.4, 7.9); `go_to` moves the clock of `then`."""
    _remind_daily(then, actor, request_id)
    for _number in range(MOST):
        with reading(then, actor) as work:
            moment = work.session.get_one(ClientRequest, request_id).next_reminder_at
        if moment is None:
            return
        go_to(moment)
        remind(then, request_id)
        deliver_outbox(then)


def pause(ports: Ports, actor: Actor, request_id: UUID) -> None:
    """Held back for nine days (7.8)."""
    pauses.pause_request(ports, actor, request_id, ports.clock.now().date() + timedelta(days=9))


def skip_next(ports: Ports, actor: Actor, request_id: UUID) -> None:
    """Daily ones, and the next is skipped (7.8)."""
    _remind_daily(ports, actor, request_id)
    with reading(ports, actor) as work:
        moment = work.session.get_one(ClientRequest, request_id).next_reminder_at
    if moment is not None:
        pauses.skip_reminder(ports, actor, request_id, moment.date(), is_skipped=True)


def ask(ports: Ports, device: Actor, request_id: UUID) -> None:
    """A question about the one task that is left, so none calls for a reminder (5.8)."""
    question = {
        "en": "Which of our two accounts do you mean?",
        "fr": "De quel de nos deux comptes s’agit-il?",
    }
    reason = {"en": "We had nothing of the kind.", "fr": "Nous n’avons rien eu de tel."}
    with reading(ports, device) as work:
        query = select(Task.id).where(Task.section_id == request_id).order_by(col(Task.position))
        first, *others = work.session.exec(query).all()
    for task_id in others:
        client_answers.say_not_applicable(ports, device, task_id, reason[device.locale])
    client_answers.ask_question(ports, device, first, question[device.locale])


def _remind_daily(ports: Ports, actor: Actor, request_id: UUID) -> None:
    with reading(ports, actor) as work:
        people = work.session.exec(
            select(Recipient.contact_id).where(Recipient.request_id == request_id)
        ).all()
    rule = Rule(Kind.URGENT)
    send_settings.save_settings(ports, actor, request_id, people, rule, "demo-reminders")
